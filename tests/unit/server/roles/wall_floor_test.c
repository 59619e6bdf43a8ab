// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/roles/wall_floor.h"

#include <criterion/criterion.h>

enum { ROUND_MS = 10 * 60 * 1000, DAY_MS = 24 * 60 * 60 * 1000 };

static const int64_t WALL = INT64_C(1790000000000);

Test(wall_floor, says_nothing_before_it_has_watched_for_a_while)
{
    struct wall_floor floor = {0};

    for (int64_t t = 0; t < WALL_FLOOR_MS; t += ROUND_MS)
        cr_assert_eq(wall_floor_note(&floor, WALL + t, t), INT64_MIN);
    cr_assert_eq(wall_floor_note(&floor, WALL + WALL_FLOOR_MS, WALL_FLOOR_MS), WALL);
}

Test(wall_floor, follows_an_honest_clock)
{
    struct wall_floor floor = {0};
    int64_t low = 0;

    for (int64_t t = 0; t <= 3 * DAY_MS; t += ROUND_MS)
        low = wall_floor_note(&floor, WALL + t, t);
    cr_assert_geq(low, WALL + 3 * DAY_MS - 2 * (int64_t)WALL_FLOOR_MS);
    cr_assert_leq(low, WALL + 3 * DAY_MS - (int64_t)WALL_FLOOR_MS + ROUND_MS);
}

Test(wall_floor, a_clock_400_days_ahead_for_an_hour_makes_nothing_old)
{
    struct wall_floor floor = {0};

    for (int64_t t = 0; t <= 3 * DAY_MS; t += ROUND_MS) {
        const bool is_ahead = t % DAY_MS < 60 * 60 * 1000;
        const int64_t wall = WALL + t + (is_ahead ? INT64_C(400) * DAY_MS : 0);
        cr_assert_leq(wall_floor_note(&floor, wall, t), WALL + t);
    }
}
