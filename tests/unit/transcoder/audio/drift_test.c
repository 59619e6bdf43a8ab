// SPDX-License-Identifier: GPL-3.0-or-later
#include "transcoder/audio/drift.h"

#include <criterion/criterion.h>
#include <stdlib.h>

Test(drift, the_first_sample_is_placed_exactly)
{
    cr_assert_eq(drift_decide(0, true).kind, DRIFT_KEEP);
    cr_assert_eq(drift_decide(1, true).kind, DRIFT_SILENCE);
    cr_assert_eq(drift_decide(1, true).samples, 1);
    cr_assert_eq(drift_decide(-1, true).kind, DRIFT_DROP);
    cr_assert_eq(drift_decide(-1, true).samples, 1);
}

Test(drift, rounded_times_are_left_alone)
{
    cr_assert_eq(drift_decide(96, false).kind, DRIFT_KEEP);
    cr_assert_eq(drift_decide(-96, false).kind, DRIFT_KEEP);
}

Test(drift, a_small_distance_is_stretched_away_in_its_direction)
{
    cr_assert_eq(drift_decide(200, false).kind, DRIFT_STRETCH);
    cr_assert_eq(drift_decide(200, false).samples, 200);
    cr_assert_eq(drift_decide(-2000, false).samples, -960);
}

Test(drift, a_large_distance_is_a_gap_or_an_overlap)
{
    cr_assert_eq(drift_decide(48000, false).kind, DRIFT_SILENCE);
    cr_assert_eq(drift_decide(48000, false).samples, 48000);
    cr_assert_eq(drift_decide(-4800, false).kind, DRIFT_DROP);
    cr_assert_gt(drift_decide(INT64_MAX / 2, false).samples, 0);
}

/* A clock that is 100 ppm off, for six hours, in frames of 1024 samples. */
Test(drift, a_drifting_clock_stays_within_5_ms)
{
    double late = 0;
    double worst = 0;

    for (int frame = 0; frame < 6 * 3600 * 48000 / 1024; frame++) {
        late += 1024 * 100e-6;
        const struct drift_step step = drift_decide((int64_t)late, false);
        if (step.kind == DRIFT_STRETCH)
            late -= (double)step.samples * 1024 / step.over_samples;
        cr_assert(step.kind == DRIFT_KEEP || step.kind == DRIFT_STRETCH);
        worst = late > worst ? late : worst;
    }
    cr_assert_lt(worst, 240, "worst distance %f samples", worst);
}
