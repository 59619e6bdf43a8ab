// SPDX-License-Identifier: GPL-3.0-or-later
/* time_shift.h - from a stream's own times to the lecture's timeline. Pure.
 *
 * Most sources need one shift: their first presented instant becomes 0. Times may jump inside a
 * file (a recorder that was restarted, files put one behind the other): there each run of packets
 * has its own shift, found by the packet's place in the file, so that a task that starts in the
 * middle shifts exactly as one that read everything. A run may also go on in another stream: a
 * transport stream whose packet ids change. */
#ifndef TRANSCODER_SOURCE_TIME_SHIFT_H
#define TRANSCODER_SOURCE_TIME_SHIFT_H

#include <stddef.h>
#include <stdint.h>

enum { TIME_SHIFTS_MAX = 64 };

struct time_shift {
    int64_t from_byte; /* packets at this place in the file and behind it */
    int64_t shift_us;  /* is added to their times */
    uint32_t stream;   /* they are this one's; 0: of the one that the file began with */
};

struct time_shifts {
    struct time_shift items[TIME_SHIFTS_MAX]; /* rising from_byte; items[0].from_byte is 0 */
    size_t n;                                 /* 0: nothing is shifted */
};

/* The shift for a packet at that place; a place that is not known (< 0) gets the first one. */
int64_t time_shift_at(const struct time_shifts *shifts, int64_t byte);

/* The stream at that place, when another one than `stream` goes on there; else `stream`. */
uint32_t time_shift_stream(const struct time_shifts *shifts, int64_t byte, uint32_t stream);

/* Where that place's run begins. */
int64_t time_shift_start(const struct time_shifts *shifts, int64_t byte);

/* Adds one more run. A run beyond TIME_SHIFTS_MAX goes with the one before it. */
void time_shifts_add(struct time_shifts *shifts, struct time_shift run);

/* Moves everything by that much. */
void time_shifts_move(struct time_shifts *shifts, int64_t by_us);

#endif
