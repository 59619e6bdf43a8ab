// SPDX-License-Identifier: GPL-3.0-or-later
#include "transcoder/plan/frame_grid.h"

#include <criterion/criterion.h>

/* The grid for n frames at `rate`, their times rounded to `unit_us`. */
static struct frame_grid grid_of(double rate, int64_t unit_us, size_t n)
{
    static int64_t times[4096];

    for (size_t i = 0; i < n; i++)
        times[i] = (int64_t)((double)i * 1e6 / rate / (double)unit_us + 0.5) * unit_us;
    const struct frame_spacing spacing = frame_spacing_measure(times, n);
    return frame_grid_choose(&spacing);
}

static void expect(struct frame_grid grid, uint32_t num, uint32_t den)
{
    cr_assert(grid.rate_num == num && grid.rate_den == den, "%u/%u instead of %u/%u", grid.rate_num,
              grid.rate_den, num, den);
    cr_assert_eq((uint64_t)grid.slot_ticks * num, (uint64_t)grid.timescale * den,
                 "a slot is a whole number of ticks");
    cr_assert_geq(grid.timescale, 10000);
}

Test(frame_grid, a_regular_source_keeps_its_rate)
{
    expect(grid_of(25, 1, 500), 25, 1);
    expect(grid_of(30000.0 / 1001, 1, 500), 30000, 1001);
    expect(grid_of(24000.0 / 1001, 1, 500), 24000, 1001);
    expect(grid_of(10, 1, 500), 10, 1);
}

Test(frame_grid, times_in_milliseconds_do_not_hide_a_rate)
{
    expect(grid_of(30, 1000, 500), 30, 1);
    expect(grid_of(30000.0 / 1001, 1000, 4000), 30000, 1001);
    expect(grid_of(60, 1000, 4000), 30, 1);
}

Test(frame_grid, fast_sources_are_halved)
{
    expect(grid_of(60, 1, 500), 30, 1);
    expect(grid_of(50, 1, 500), 25, 1);
    expect(grid_of(60000.0 / 1001, 1, 500), 30000, 1001);
    expect(grid_of(120, 1, 500), 30, 1);
}

Test(frame_grid, no_gap_exceeds_200_ms)
{
    expect(grid_of(1, 1, 50), 5, 1);
    expect(grid_of(2, 1, 50), 6, 1);
    expect(grid_of(0.5, 1, 50), 5, 1);
}

Test(frame_grid, an_irregular_source_gets_the_nearer_usual_rate)
{
    int64_t times[200];
    int64_t at = 0;

    for (size_t i = 0; i < 200; i++) {
        times[i] = at;
        at += i % 3 == 0 ? 20000 : 45000;
    }
    struct frame_spacing spacing = frame_spacing_measure(times, 200);
    expect(frame_grid_choose(&spacing), 25, 1);
    at = 0;
    for (size_t i = 0; i < 200; i++) {
        times[i] = at;
        at += i % 2 == 0 ? 22000 : 42000;
    }
    spacing = frame_spacing_measure(times, 200);
    expect(frame_grid_choose(&spacing), 30, 1);
}

Test(frame_grid, nothing_to_go_by_is_25)
{
    int64_t one = 5;
    struct frame_spacing spacing = frame_spacing_measure(NULL, 0);

    expect(frame_grid_choose(&spacing), 25, 1);
    spacing = frame_spacing_measure(&one, 1);
    expect(frame_grid_choose(&spacing), 25, 1);
    int64_t same[3] = {7, 7, 7};
    spacing = frame_spacing_measure(same, 3);
    expect(frame_grid_choose(&spacing), 25, 1);
}

Test(frame_grid, a_long_gap_does_not_change_the_rate)
{
    int64_t times[300];

    for (size_t i = 0; i < 300; i++)
        times[i] = (int64_t)i * 40000 + (i > 150 ? 60000000 : 0);
    const struct frame_spacing spacing = frame_spacing_measure(times, 300);
    expect(frame_grid_choose(&spacing), 25, 1);
}

Test(frame_grid, slots_and_times_agree)
{
    const struct frame_grid grid = frame_grid_of(30000, 1001);

    for (int64_t slot = 0; slot < 1300000; slot += 997) {
        const int64_t us = frame_grid_slot_us(&grid, slot);
        cr_assert_eq(frame_grid_nearest_slot(&grid, us), slot);
        cr_assert_eq(frame_grid_slots_before(&grid, us + 1), slot + 1);
    }
    cr_assert_eq(frame_grid_slots_before(&grid, 0), 0);
    cr_assert_eq(frame_grid_slots_before(&grid, -5), 0);
}
