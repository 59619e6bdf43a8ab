// SPDX-License-Identifier: GPL-3.0-or-later
/* av_encoder.h - what back ends that go through libavcodec share. */
#ifndef TRANSCODER_VIDEO_AV_ENCODER_H
#define TRANSCODER_VIDEO_AV_ENCODER_H

#include <stdbool.h>
#include <stdint.h>

#include <libavcodec/avcodec.h>

#include "transcoder/fault.h"
#include "transcoder/plan/plan.h"

/* A context for the encoder of that name with the rung's pictures, one thread, headers apart from
 * the frames and closed groups, to be set further and opened. avcodec_free_context() ends it. */
int av_encoder_new(const char *name, const struct plan_picture *plan, const struct rung *rung,
                   struct fault *fault, AVCodecContext **ret_context);

/* Opens it. An option that it does not know is an error; the dictionary is the caller's. */
int av_encoder_open(AVCodecContext *context, AVDictionary **options, struct fault *fault);

/* As video_back_end.h wants it. `type`: AV_PICTURE_TYPE_NONE leaves the choice to the encoder. */
int av_encoder_send(AVCodecContext *context, AVFrame *picture, int64_t pts_ticks,
                    enum AVPictureType type);
int av_encoder_receive(AVCodecContext *context, AVPacket *packet);

#endif
