// SPDX-License-Identifier: GPL-3.0-or-later
/* edit_start.h - an MP4's cut that begins inside a picture.
 *
 * A selection that an editor saved begins where it was cut (ISO/IEC 14496-12 §8.6.6), and the
 * picture that stands there began before. libav leaves that one out and shows the next one at the
 * start: the slide is lost, and all pictures come early against the sound, by as much as one
 * stands. */
#ifndef TRANSCODER_SOURCE_EDIT_START_H
#define TRANSCODER_SOURCE_EDIT_START_H

#include <stdbool.h>
#include <stddef.h>
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

/* A time in which a track stands still, as shown: an empty edit shows nothing, so what was there
 * before stays; one of rate 0 shows the picture that it names. libav plays on in both. */
struct track_stand {
    int64_t from_us, until_us;
    bool is_empty;
};

/* Stores the stands of that track, in order, but for an empty edit at the start. Returns how many,
 * TRACK_MAX_STANDS at most. Believes nothing it reads. */
enum { TRACK_MAX_STANDS = 8 };
size_t track_stands_find(int fd, int64_t size_bytes, uint32_t track_id,
                         struct track_stand stands[TRACK_MAX_STANDS]);

/* Which stand of n that time is in, where the track has to be silent or still: NULL for none. The
 * picture that a stand begins with is not in it. */
const struct track_stand *track_stand_at(const struct track_stand *stands, size_t n,
                                         int64_t time_us);

/* By how many ticks libav shows the pictures too early: `shown` is where it puts a packet,
 * `media_time` where the media has it. Below 0 where it shows none at all. */
int64_t edit_start_early(const struct track_edit *edit, int64_t shown, int64_t media_time);

#endif
