// SPDX-License-Identifier: GPL-3.0-or-later
/* video_codec.h - what pictures are encoded with. Pure. */
#ifndef TRANSCODER_PLAN_VIDEO_CODEC_H
#define TRANSCODER_PLAN_VIDEO_CODEC_H

#include "common/slice.h"

enum video_codec { VIDEO_H264, VIDEO_AV1, N_VIDEO_CODECS };

/* As plan.json and the command line say it: "h264", "av1". */
const char *video_codec_name(enum video_codec codec);

/* Returns 0, or ERR_NOT_FOUND. */
int video_codec_find(struct slice name, enum video_codec *ret_codec);

#endif
