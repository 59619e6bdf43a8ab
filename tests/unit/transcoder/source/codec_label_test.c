// SPDX-License-Identifier: GPL-3.0-or-later
#include "transcoder/source/codec_label.h"

#include <criterion/criterion.h>

static void check(enum AVCodecID id, uint32_t tag, const char *wanted)
{
    const AVCodecParameters codec = {.codec_id = id, .codec_tag = tag};
    char label[CODEC_LABEL_SIZE];

    codec_label_of(&codec, label);
    cr_assert_str_eq(label, wanted);
}

Test(codec_label, is_what_is_printed_on_boxes)
{
    check(AV_CODEC_ID_DTS, 0, "DTS");
    check(AV_CODEC_ID_TRUEHD, 0, "Dolby TrueHD");
    check(AV_CODEC_ID_SPEEX, 0, "Speex");
}

Test(codec_label, else_it_is_the_librarys_name_in_capitals)
{
    check(AV_CODEC_ID_AAC, 0, "AAC");
    check(AV_CODEC_ID_ADPCM_YAMAHA, 0, "ADPCM YAMAHA");
    check(AV_CODEC_ID_MACE6, 0, "MACE6");
}

Test(codec_label, of_what_the_library_does_not_know_is_the_containers)
{
    check(AV_CODEC_ID_NONE, MKTAG('a', 'p', 'a', 'c'), "APAC");
    check(AV_CODEC_ID_NONE, MKTAG('a', 'c', '-', '4'), "AC-4");
    check(AV_CODEC_ID_NONE, MKTAG('a', 1, '-', '4'), "0x342d0161");
    check(AV_CODEC_ID_NONE, MKTAG('a', 0xe9, '-', '4'), "0x342de961");
    check(AV_CODEC_ID_NONE, 0x130, "0x0130");
    check(AV_CODEC_ID_NONE, 0, "");
}
