// SPDX-License-Identifier: GPL-3.0-or-later
#include "transcoder/source/allow_list.h"

#include <criterion/criterion.h>
#include <libavformat/avformat.h>
#include <libavutil/avstring.h>

Test(allow_list, demuxers_that_open_other_files_or_draw_are_not_on_it)
{
    static const char *const REFUSED[] = {"hls",    "dash",     "concat", "image2", "jpeg_pipe",
                                          "tty",    "lavfi",    "sdp",    "rtsp",   "ffmetadata",
                                          "webvtt", "svg_pipe", "bin",    "xbin",   "vobsub"};

    for (size_t i = 0; i < sizeof REFUSED / sizeof REFUSED[0]; i++)
        cr_assert_not(allow_list_has_demuxer(REFUSED[i]), "%s", REFUSED[i]);
}

Test(allow_list, every_name_is_one_of_libavformat)
{
    void *at = NULL;
    int n = 0;

    for (const AVInputFormat *f = av_demuxer_iterate(&at); f; f = av_demuxer_iterate(&at))
        n += allow_list_has_demuxer(f->name);
    cr_assert_eq(n, 16);
}

Test(allow_list, decoders_are_exactly_those_named)
{
    CLEANUP(buf_clear) struct buf names = buf_with_limit(4096);

    allow_list_append_decoders(&names);
    cr_assert_str_eq(allow_list_decoder(AV_CODEC_ID_H264)->name, "h264");
    cr_assert_str_eq(allow_list_decoder(AV_CODEC_ID_AV1)->name, "libdav1d");
    cr_assert_null(allow_list_decoder(AV_CODEC_ID_MAGICYUV));
    cr_assert_null(allow_list_decoder(AV_CODEC_ID_MACE6));
    cr_assert_null(allow_list_decoder(AV_CODEC_ID_NONE));
    cr_assert_gt(av_match_list("h264", names.data, ','), 0);
    cr_assert_eq(av_match_list("magicyuv", names.data, ','), 0);
    for (struct slice rest = buf_slice(&names); rest.data;) {
        char name[32];
        cr_assert_eq(slice_to_cstr(slice_split(&rest, ','), name, sizeof name), 0);
        cr_assert_not_null(avcodec_find_decoder_by_name(name), "libavcodec has no %s", name);
    }
}
