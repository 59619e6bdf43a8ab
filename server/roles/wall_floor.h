// SPDX-License-Identifier: GPL-3.0-or-later
/* wall_floor.h - a time of the day that a jumping clock does not carry away: the lowest that the
 * clock has shown for two hours. What is deleted for its age is deleted by this one; a clock that
 * is ahead for a while makes nobody's things old. Pure. */
#ifndef SERVER_ROLES_WALL_FLOOR_H
#define SERVER_ROLES_WALL_FLOOR_H

#include <stdbool.h>
#include <stdint.h>

enum { WALL_FLOOR_MS = 2 * 60 * 60 * 1000 };

struct wall_floor { /* all zero at first */
    bool has_begun;
    bool has_last;      /* a whole window has been watched */
    int64_t since_ms;   /* monotonic: the current window's beginning */
    int64_t last_ms;    /* wall: the lowest of the window before */
    int64_t current_ms; /* wall: the lowest of the current window */
};

/* Notes what both clocks show. Returns the lowest wall time of the last WALL_FLOOR_MS at least, or
 * INT64_MIN when it has not been watched for that long. */
int64_t wall_floor_note(struct wall_floor *floor, int64_t wall_ms, int64_t monotonic_ms);

#endif
