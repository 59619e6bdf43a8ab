// SPDX-License-Identifier: GPL-3.0-or-later
#include "transcoder/plan/video_codec.h"

#include "common/err.h"

static const char *const NAMES[N_VIDEO_CODECS] = {[VIDEO_H264] = "h264", [VIDEO_AV1] = "av1"};

const char *video_codec_name(enum video_codec codec)
{
    return NAMES[codec];
}

int video_codec_find(struct slice name, enum video_codec *ret_codec)
{
    for (int i = 0; i < N_VIDEO_CODECS; i++) {
        if (slice_is(name, NAMES[i])) {
            *ret_codec = (enum video_codec)i;
            return 0;
        }
    }
    return ERR_NOT_FOUND;
}
