// SPDX-License-Identifier: GPL-3.0-or-later
#include "transcoder/source/jump_tracker.h"

#define BACK_US INT64_C(500000)   /* interleaving and reordering stay below it */
#define JOIN_US INT64_C(15000000) /* how far apart streams may notice the same jump */

struct jump_tracker jump_tracker_empty(int64_t longest_hole_us)
{
    return (struct jump_tracker){.runs[0].end_us = INT64_MIN,
                                 .n_runs = 1,
                                 .end_us = INT64_MIN,
                                 .longest_hole_us = longest_hole_us};
}

static bool is_jump(const struct jump_tracker *tracker, const struct jump_lane *lane,
                    int64_t time_us)
{
    return lane->has_started &&
           (time_us < lane->last_us - BACK_US ||
            time_us - tracker->runs[lane->run].end_us > tracker->longest_hole_us);
}

/* A run that another lane opened and this one has not reached yet, or n_runs. */
static size_t find_run(const struct jump_tracker *tracker, size_t after, int64_t time_us)
{
    for (size_t i = after + 1; i < tracker->n_runs; i++) {
        const int64_t distance = time_us - tracker->runs[i].start_us;
        if (distance < JOIN_US && distance > -JOIN_US)
            return i;
    }
    return tracker->n_runs;
}

static void open_run(struct jump_tracker *tracker, const struct jump_lane *lane, int64_t time_us)
{
    const int64_t leap_us = time_us - tracker->runs[lane->run].end_us;

    tracker->runs[tracker->n_runs++] = (struct jump_run){.start_us = time_us,
                                                         .end_us = time_us,
                                                         .shift_us = tracker->end_us - time_us,
                                                         .closed_us = leap_us > 0 ? leap_us : 0};
}

/* The run that a stream begins in whose first packet has that time, or n_runs: the latest that goes
 * on to about there. Where streams are not interleaved one of them begins long before the last
 * packet. */
static size_t find_first_run(const struct jump_tracker *tracker, int64_t time_us)
{
    for (size_t i = tracker->n_runs; i-- > 0;) {
        const struct jump_run *run = &tracker->runs[i];
        if (time_us - run->end_us <= tracker->longest_hole_us &&
            (i == 0 || time_us > run->start_us - JOIN_US))
            return i;
    }
    return tracker->n_runs;
}

/* Puts the stream into that run; n_runs is a new one. Returns whether it changed. */
static bool enter_run(struct jump_tracker *tracker, struct jump_lane *lane, size_t run,
                      int64_t time_us)
{
    if (run >= JUMP_MAX_RUNS)
        return false;
    if (run == tracker->n_runs)
        open_run(tracker, lane, time_us);
    const bool is_changed = run != lane->run;
    lane->run = run;
    return is_changed;
}

bool jump_tracker_next(struct jump_tracker *tracker, size_t lane_index, int64_t time_us,
                       int64_t duration_us, int64_t *ret_shift_us)
{
    struct jump_lane *lane = &tracker->lanes[lane_index];
    const bool is_first_of_all = tracker->end_us == INT64_MIN;
    bool is_changed = false;

    if (!lane->has_started && !is_first_of_all)
        is_changed = enter_run(tracker, lane, find_first_run(tracker, time_us), time_us);
    else if (is_jump(tracker, lane, time_us))
        is_changed = enter_run(tracker, lane, find_run(tracker, lane->run, time_us), time_us);
    lane->has_started = true;
    lane->last_us = time_us;
    struct jump_run *run = &tracker->runs[lane->run];
    const int64_t end_us = time_us + duration_us;
    run->end_us = end_us > run->end_us ? end_us : run->end_us;
    if (run->end_us + run->shift_us > tracker->end_us)
        tracker->end_us = run->end_us + run->shift_us;
    *ret_shift_us = run->shift_us;
    return is_changed;
}
