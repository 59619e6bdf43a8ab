// SPDX-License-Identifier: GPL-3.0-or-later
/* avc_sps.h - what the sequence parameter set of H.264 says about time. Pure.
 *
 * A set says how long a tick is (ITU-T H.264 §E.2.1), encoders write the unit that they count in.
 * Files say for each frame how long it lasts, so players need no ticks. But GStreamer 1.22's
 * h264parse, and with it WebKitGTK's buffers, forget what the file says: a frame lasts two ticks,
 * or, where that is below 1 ms, as long as frames of its fragment last on average. */
#ifndef TRANSCODER_CMAF_AVC_SPS_H
#define TRANSCODER_CMAF_AVC_SPS_H

#include "common/buf.h"
#include "common/slice.h"

enum { AVC_SPS_LIMIT = 1024 };

/* How long frames last, mostly: frame_ticks / timescale seconds, both > 0. */
struct avc_clock {
    uint32_t frame_ticks;
    uint32_t timescale; /* at most 2^31 - 1 */
};

/* Appends the NAL unit of a set, with that duration of frames in place of the one it has. A set
 * without one is appended as it is; so is one that has what no encoder of ours writes (scaling
 * lists, order type 1), or ends too early. Returns what the buffer says. */
int avc_sps_append(struct slice nal, const struct avc_clock *clock, struct buf *out);

#endif
