// SPDX-License-Identifier: GPL-3.0-or-later
/* edit_start.h - an MP4's cut that begins inside a picture.
 *
 * A selection that an editor saved begins where it was cut (ISO/IEC 14496-12 §8.6.6), and the
 * picture that stands there began before. libav leaves that one out and shows the next one at the
 * start: the slide is lost, and all pictures come early against the sound, by as much as one
 * stands. */
#ifndef TRANSCODER_SOURCE_EDIT_START_H
#define TRANSCODER_SOURCE_EDIT_START_H

#include <stdint.h>

#include <libavformat/avformat.h>

/* One edit of a track, after an empty one or not. */
struct track_edit {
    int64_t empty;      /* before it, in ticks of the track */
    int64_t media_time; /* where it begins in the media, in ticks of the track */
};

/* Finds the edit of the track with that id and time scale. Returns 0, or ERR_NOT_FOUND where there
 * is not exactly one that plays at the normal rate. Believes nothing it reads. */
int track_edit_find(int fd, int64_t size_bytes, uint32_t track_id, uint32_t timescale,
                    struct track_edit *ret_edit);

/* By how many ticks libav shows the pictures too early: `shown` is where it puts a packet,
 * `media_time` where the media has it. Below 0 where it shows none at all. */
int64_t edit_start_early(const struct track_edit *edit, int64_t shown, int64_t media_time);

#endif
