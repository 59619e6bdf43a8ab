// SPDX-License-Identifier: GPL-3.0-or-later
/* audio_decoder.h - the sound of a source, frame by frame, in whatever form it has. Broken packets
 * are passed over. Times are microseconds in the lecture's timeline. One thread. */
#ifndef TRANSCODER_AUDIO_AUDIO_DECODER_H
#define TRANSCODER_AUDIO_AUDIO_DECODER_H

#include <stdint.h>

#include <libavutil/frame.h>

#include "common/cleanup.h"
#include "common/package/tally.h"
#include "transcoder/fault.h"
#include "transcoder/source/source.h"

struct audio_decoder; /* opaque */

/* Decodes that stream of the source, which reads nothing else from now on. Borrows the source and
 * the shifts (NULL: none). */
int audio_decoder_open(struct source *source, int stream, const struct time_shifts *shifts,
                       struct fault *fault, struct audio_decoder **ret_decoder);
void audio_decoder_free(struct audio_decoder *decoder);
DEFINE_CLEANUP(audio_decoder_free, struct audio_decoder *)

/* Moves the next frame into *frame (unreferenced before): pts is in microseconds, or AV_NOPTS_VALUE
 * when the container gave none; rate, channels and layout are sane.
 * Returns 0, ERR_NOT_FOUND when there are no more, or another ERR_. */
int audio_decoder_next(struct audio_decoder *decoder, AVFrame *frame);

/* What packets were read for and what was decoded since it was last asked. */
void audio_decoder_report(struct audio_decoder *decoder, struct tally *ret_tally);

#endif
