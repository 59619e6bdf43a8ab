// SPDX-License-Identifier: GPL-3.0-or-later
/* video_back_end.h - what an encoder has to do to fill rungs. A new one is a file with a table of
 * these functions, and a row in video_encoder.c.
 *
 * `state` is the back end's own. Key frames come where they are asked for and nowhere else, groups
 * are closed, no more than one picture is shown for each packet, and equal input gives equal
 * output. Errors are those of video_encoder.h. */
#ifndef TRANSCODER_VIDEO_VIDEO_BACK_END_H
#define TRANSCODER_VIDEO_VIDEO_BACK_END_H

#include <stdbool.h>
#include <stdint.h>

#include <libavcodec/packet.h>
#include <libavutil/frame.h>

#include "common/slice.h"
#include "transcoder/fault.h"
#include "transcoder/plan/plan.h"

struct video_back_end {
    enum video_codec codec;

    /* Stores a state that `close` ends; NULL is allowed there. Borrows nothing. */
    int (*open)(const struct plan_picture *plan, const struct rung *rung, struct fault *fault,
                void **ret_state);
    void (*close)(void *state);

    /* Parameter sets or the sequence header, as the encoder writes them, known from the start.
     * Borrowed. */
    struct slice (*headers)(const void *state);

    /* Takes a picture; NULL drains. Everything is received before the next one is sent. */
    int (*send)(void *state, AVFrame *picture, int64_t pts_ticks, bool is_key);

    /* The next packet: 0, ERR_AGAIN, ERR_NOT_FOUND after the last one, or another ERR_. */
    int (*receive)(void *state, AVPacket *packet);
};

extern const struct video_back_end VIDEO_BACK_END_X264;
extern const struct video_back_end VIDEO_BACK_END_LIBAOM;

#endif
