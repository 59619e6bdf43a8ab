// SPDX-License-Identifier: GPL-3.0-or-later
/* rate_converter.h - sound of 48 kHz on its way to an encoder: mixed to the channels, converted to
 * the rate and cut into the packets that it takes. Sample 0 stays at time 0. One thread. */
#ifndef TRANSCODER_AUDIO_RATE_CONVERTER_H
#define TRANSCODER_AUDIO_RATE_CONVERTER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/cleanup.h"

struct rate_converter; /* opaque */

enum { CONVERTER_MAX_CHANNELS = 2, CONVERTER_MAX_PACKET = 4096 };

struct rate_converter_config {
    int n_in, n_out; /* channels, 1 or 2; two become one as half their sum */
    uint32_t rate;   /* that comes out */
    uint32_t packet_samples;
    uint32_t lead_samples; /* of silence that come out first */
};

int rate_converter_new(const struct rate_converter_config *config,
                       struct rate_converter **ret_converter);
void rate_converter_free(struct rate_converter *converter);
DEFINE_CLEANUP(rate_converter_free, struct rate_converter *)

/* Takes n samples at 48 kHz. Returns 0, ERR_NO_MEMORY or ERR_INVALID. */
int rate_converter_put(struct rate_converter *converter,
                       float *const planes[CONVERTER_MAX_CHANNELS], size_t n);

/* Stores pointers to the next whole packet's samples, which stay until the next call. False when
 * there is none yet. */
bool rate_converter_take(struct rate_converter *converter, float *planes[CONVERTER_MAX_CHANNELS]);

#endif
