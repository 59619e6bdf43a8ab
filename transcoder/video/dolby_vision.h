// SPDX-License-Identifier: GPL-3.0-or-later
/* dolby_vision.h - pictures that only a Dolby Vision decoder can show.
 *
 * Most recordings in Dolby Vision are HDR10, HLG or plain pictures with data beside them that may
 * be left out. Some (profile 5 above all) have colours of their own kind: shown as if they were
 * ordinary they are violet and green. Pure. */
#ifndef TRANSCODER_VIDEO_DOLBY_VISION_H
#define TRANSCODER_VIDEO_DOLBY_VISION_H

#include <stdbool.h>

#include <libavformat/avformat.h>
#include <libavutil/frame.h>

/* Whether the container says so, */
bool dolby_vision_is_needed_for(const AVStream *stream);

/* or, where it says nothing, the data in the bitstream. */
bool dolby_vision_is_needed_by(const AVFrame *picture);

#endif
