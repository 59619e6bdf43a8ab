// SPDX-License-Identifier: GPL-3.0-or-later
/* audio_encoder.h - one sound rendition's encoder. Packet k holds the sound from k packet lengths
 * after 0 on, exactly: what the encoder puts in front to warm up is left out. One thread. */
#ifndef TRANSCODER_AUDIO_AUDIO_ENCODER_H
#define TRANSCODER_AUDIO_AUDIO_ENCODER_H

#include <stddef.h>
#include <stdint.h>

#include "common/buf.h"
#include "common/cleanup.h"
#include "common/slice.h"
#include "transcoder/fault.h"
#include "transcoder/plan/ladder.h"

struct audio_encoder; /* opaque */

int audio_encoder_open(const struct sound_rung *rung, struct fault *fault,
                       struct audio_encoder **ret_encoder);
void audio_encoder_free(struct audio_encoder *encoder);
DEFINE_CLEANUP(audio_encoder_free, struct audio_encoder *)

/* Samples of a packet, at the rung's rate. */
uint32_t audio_encoder_packet_samples(const struct audio_encoder *encoder);

/* Appends the init section and stores the RFC 6381 codecs text. */
int audio_encoder_init_section(const struct audio_encoder *encoder, const char *language,
                               struct buf *out, char codecs[32]);

/* Takes one packet's worth of samples at the rung's rate; planes NULL after the last ones. */
int audio_encoder_send(struct audio_encoder *encoder, float *const *planes);

/* The next packet: borrowed, until the next call. Returns 0, ERR_AGAIN, ERR_NOT_FOUND after the
 * last one, or another ERR_. */
int audio_encoder_receive(struct audio_encoder *encoder, struct slice *ret_packet);

#endif
