// SPDX-License-Identifier: GPL-3.0-or-later
#include "transcoder/plan/video_codec.h"

#include <criterion/criterion.h>

#include "common/err.h"

Test(video_codec, each_is_found_by_its_name)
{
    for (int i = 0; i < N_VIDEO_CODECS; i++) {
        enum video_codec codec = N_VIDEO_CODECS;
        cr_assert_eq(video_codec_find(slice_from(video_codec_name((enum video_codec)i)), &codec),
                     0);
        cr_assert_eq((int)codec, i);
    }
}

Test(video_codec, others_are_not_known)
{
    enum video_codec codec;

    cr_assert_eq(video_codec_find(slice_from("av2"), &codec), ERR_NOT_FOUND);
    cr_assert_eq(video_codec_find(slice_from(""), &codec), ERR_NOT_FOUND);
    cr_assert_eq(video_codec_find(slice_from(NULL), &codec), ERR_NOT_FOUND);
}
