// SPDX-License-Identifier: GPL-3.0-or-later
/* mp4_track_name.h - the name that a track of an MP4 or QuickTime file has in its user data
 * (moov/trak/udta/name), where OBS and FFmpeg write titles and libavformat 5.1 does not look. Reads
 * a few box headers; trusts none of them. */
#ifndef TRANSCODER_SOURCE_MP4_TRACK_NAME_H
#define TRANSCODER_SOURCE_MP4_TRACK_NAME_H

#include <stdint.h>

#include "common/package/track_title.h"

/* Stores the name of the track with that id; "" when it has none. */
void mp4_track_name_find(int fd, int64_t size_bytes, uint32_t track_id,
                         char title[TRACK_TITLE_SIZE]);

#endif
