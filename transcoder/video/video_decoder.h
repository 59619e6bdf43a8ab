// SPDX-License-Identifier: GPL-3.0-or-later
/* video_decoder.h - the pictures of a source in the order and at the times they are shown.
 *
 * Broken packets are passed over: what can be decoded is. Times are microseconds in the lecture's
 * timeline (or in the source's own, with no shifts). One thread. */
#ifndef TRANSCODER_VIDEO_VIDEO_DECODER_H
#define TRANSCODER_VIDEO_VIDEO_DECODER_H

#include <stdint.h>

#include <libavutil/frame.h>

#include "common/cleanup.h"
#include "common/package/tally.h"
#include "transcoder/fault.h"
#include "transcoder/source/source.h"

struct video_decoder; /* opaque */

/* Decodes that stream of the source, which reads nothing else from now on. Borrows the source and
 * the shifts (NULL: none). Returns 0 and a decoder that video_decoder_free() ends. */
int video_decoder_open(struct source *source, int stream, const struct time_shifts *shifts,
                       struct fault *fault, struct video_decoder **ret_decoder);
void video_decoder_free(struct video_decoder *decoder);
DEFINE_CLEANUP(video_decoder_free, struct video_decoder *)

/* Goes to a key frame that is shown at `time_us` or before it, as the container's index has it; the
 * caller looks at the first frame's time and goes further back when the index was wrong. INT64_MIN
 * is the start of the file. */
int video_decoder_seek(struct video_decoder *decoder, int64_t time_us);

/* Gives key frames alone from now on. */
void video_decoder_keys_only(struct video_decoder *decoder);

/* Moves the next picture into *frame (unreferenced before), with pts in microseconds that rise from
 * picture to picture, and a sample aspect ratio that is set. Returns 0, ERR_NOT_FOUND when there
 * are no more, or another ERR_. */
int video_decoder_next(struct video_decoder *decoder, AVFrame *frame);

/* Which pictures of these seconds packets were read for, and which were given since the last seek.
 */
void video_decoder_report(const struct video_decoder *decoder, struct time_span seconds,
                          struct tally *ret_tally);

#endif
