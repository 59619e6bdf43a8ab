// SPDX-License-Identifier: GPL-3.0-or-later
/* video_encoder.h - one rung's encoder for one chunk. What encodes is a back end
 * (video_back_end.h); what it writes comes out in the form that files hold.
 *
 * Key frames come where they are asked for and nowhere else, groups are closed, and equal input
 * gives equal output: one thread, no dates, nothing that depends on the machine. */
#ifndef TRANSCODER_VIDEO_VIDEO_ENCODER_H
#define TRANSCODER_VIDEO_VIDEO_ENCODER_H

#include <stdbool.h>
#include <stdint.h>

#include <libavutil/frame.h>

#include "common/buf.h"
#include "common/cleanup.h"
#include "transcoder/fault.h"
#include "transcoder/plan/plan.h"

struct video_encoder; /* opaque */

enum { VIDEO_CODECS_SIZE = 32 };

/* Borrows nothing. Returns 0 and an encoder that video_encoder_free() ends. */
int video_encoder_open(const struct plan_picture *plan, const struct rung *rung,
                       struct fault *fault, struct video_encoder **ret_encoder);
void video_encoder_free(struct video_encoder *encoder);
DEFINE_CLEANUP(video_encoder_free, struct video_encoder *)

/* Appends the init section of the track, and stores its RFC 6381 codecs text. The same plan and
 * rung give the same bytes in every chunk. */
int video_encoder_init_section(const struct video_encoder *encoder, struct buf *out,
                               char codecs[VIDEO_CODECS_SIZE]);

/* Appends what a decoder has to know before the first picture: the content of avcC or av1C. */
int video_encoder_config(const struct video_encoder *encoder, struct buf *out);

/* Takes a picture of the rung's size to be shown at that tick; NULL after the last one. */
int video_encoder_send(struct video_encoder *encoder, AVFrame *picture, int64_t pts_ticks,
                       bool is_key);

struct encoded_picture {
    int64_t pts_ticks;
    bool is_key;
    struct buf *data; /* the encoder's: valid until the next receive */
};

/* The next picture in decode order, in the form that fragments hold. Returns 0, ERR_AGAIN when
 * another picture has to be sent first, ERR_NOT_FOUND after the last one, or another ERR_. */
int video_encoder_receive(struct video_encoder *encoder, struct encoded_picture *ret_picture);

#endif
