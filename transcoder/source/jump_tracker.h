// SPDX-License-Identifier: GPL-3.0-or-later
/* jump_tracker.h - finds jumps in the times of a stream of packets and closes them. Pure.
 *
 * A run is a part of the file without jumps. When the packets of one stream jump, a new run starts
 * where everything read so far ends; when the packets of another stream then jump to about the same
 * time, they join that run and get its shift, so that sound and picture stay together.
 *
 * Time goes back when a clock starts again (a recorder that appends, files put one behind the
 * other). Time that leaps forward is a jump when no stream has anything in between: a slide that
 * stands for a minute while somebody talks is none. */
#ifndef TRANSCODER_SOURCE_JUMP_TRACKER_H
#define TRANSCODER_SOURCE_JUMP_TRACKER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { JUMP_MAX_RUNS = 64, JUMP_MAX_LANES = 9 };

struct jump_run {
    int64_t start_us; /* the time in the file at which it was noticed */
    int64_t end_us;   /* in the file, of all its packets so far */
    int64_t shift_us;
    int64_t closed_us; /* how far time leapt forward; 0 when it went back */
};

struct jump_lane { /* one stream */
    bool has_started;
    size_t run;
    int64_t last_us; /* in the file */
};

struct jump_tracker {
    struct jump_run runs[JUMP_MAX_RUNS]; /* runs[0] is the start of the file, not shifted */
    size_t n_runs;
    struct jump_lane lanes[JUMP_MAX_LANES];
    int64_t end_us; /* of all that was seen, shifted */
    int64_t longest_hole_us;
};

/* What is longer than JUMP_HOLE_US is no hole of lost packets. Where pictures are alone they may
 * stand for longer: as long as the caller says. */
#define JUMP_HOLE_US INT64_C(10000000)

struct jump_tracker jump_tracker_empty(int64_t longest_hole_us);

/* Takes a lane's next packet (decode time in the file, duration) and stores the shift for it.
 * Returns whether the lane's shift changed with this packet. */
bool jump_tracker_next(struct jump_tracker *tracker, size_t lane, int64_t time_us,
                       int64_t duration_us, int64_t *ret_shift_us);

#endif
