// SPDX-License-Identifier: GPL-3.0-or-later
/* audio_encoder.h - one sound rendition's encoder. Packet k holds the sound from k packet lengths
 * after 0 on, exactly: what the encoder puts in front to warm up is left out, which makes an edit
 * list needless. (Players do not agree on what to do with one.) AAC delays by a whole packet, so
 * its first packet goes; Opus delays by less, so silence in front makes it a whole packet too. One
 * thread. */
#ifndef TRANSCODER_AUDIO_AUDIO_ENCODER_H
#define TRANSCODER_AUDIO_AUDIO_ENCODER_H

#include <stddef.h>
#include <stdint.h>

#include "common/buf.h"
#include "common/cleanup.h"
#include "common/slice.h"
#include "transcoder/fault.h"
#include "transcoder/plan/sound_ladder.h"

struct audio_encoder; /* opaque */

int audio_encoder_open(const struct sound_rung *rung, struct fault *fault,
                       struct audio_encoder **ret_encoder);
void audio_encoder_free(struct audio_encoder *encoder);
DEFINE_CLEANUP(audio_encoder_free, struct audio_encoder *)

/* Samples of a packet, at the rung's rate. */
uint32_t audio_encoder_packet_samples(const struct audio_encoder *encoder);

/* Samples of silence that must be sent before the sound. */
uint32_t audio_encoder_lead_samples(const struct audio_encoder *encoder);

/* Appends the init section and stores the RFC 6381 codecs text. */
int audio_encoder_init_section(const struct audio_encoder *encoder, const char *iso_language,
                               struct buf *out, char codecs[32]);

/* Takes one packet's worth of samples at the rung's rate. */
int audio_encoder_send(struct audio_encoder *encoder, float *const *planes);

/* The next packet: borrowed, until the next call. Returns 0, ERR_AGAIN when more has to be sent
 * first, or another ERR_. */
int audio_encoder_receive(struct audio_encoder *encoder, struct slice *ret_packet);

#endif
