// SPDX-License-Identifier: GPL-3.0-or-later
#include <criterion/criterion.h>
#include <stdlib.h>

#include "server/http/loop/deadline.h"
#include "tests/unit/support/dice.h"

static struct deadline_wheel wheel;

Test(deadline, comes_due_not_early_and_at_most_two_ticks_late)
{
    static const int64_t DELAYS[] = {1, 249, 250, 251, 1000, 10000, 65000, 127999, 128001, 600000};

    for (size_t i = 0; i < sizeof DELAYS / sizeof DELAYS[0]; i++) {
        struct deadline d = {.at_ms = 0};
        int64_t now = 123456;
        deadline_wheel_init(&wheel, now);
        deadline_set(&wheel, &d, now + DELAYS[i]);
        while (!deadline_next_due(&wheel, now))
            now += 50;
        const int64_t late = now - 123456 - DELAYS[i];
        cr_assert(late >= 0 && late <= 2 * DEADLINE_TICK_MS, "%d ms: %d late", (int)DELAYS[i],
                  (int)late);
        cr_assert_eq(wheel.n, 0);
    }
}

Test(deadline, can_be_moved_later_and_earlier)
{
    struct deadline d = {.at_ms = 0};

    deadline_wheel_init(&wheel, 1000);
    deadline_set(&wheel, &d, 2000);
    deadline_set(&wheel, &d, 60000);
    cr_assert_null(deadline_next_due(&wheel, 30000));
    deadline_set(&wheel, &d, 31000);
    cr_assert_eq(deadline_next_due(&wheel, 32000), &d);
}

Test(deadline, can_be_taken_back)
{
    struct deadline a = {.at_ms = 0};
    struct deadline b = {.at_ms = 0};

    deadline_wheel_init(&wheel, 1000);
    deadline_set(&wheel, &a, 2000);
    deadline_set(&wheel, &b, 2000);
    deadline_set(&wheel, &a, 0);
    deadline_clear(&wheel, &b);
    deadline_clear(&wheel, &b);
    cr_assert_null(deadline_next_due(&wheel, 100000));
    cr_assert_eq(wheel.n, 0);
}

Test(deadline, works_after_a_long_time_without_any)
{
    struct deadline d = {.at_ms = 0};
    const int64_t week_ms = 7LL * 24 * 3600 * 1000;

    deadline_wheel_init(&wheel, 1000);
    cr_assert_null(deadline_next_due(&wheel, week_ms));
    deadline_set(&wheel, &d, week_ms + 1000);
    cr_assert_null(deadline_next_due(&wheel, week_ms + 500));
    cr_assert_eq(deadline_next_due(&wheel, week_ms + 2000), &d);
}

Test(deadline, thousands_come_due_as_an_oracle_says)
{
    enum { N = 5000 };
    static struct deadline all[N];
    static bool was_seen[N];
    size_t n_seen = 0;

    deadline_wheel_init(&wheel, 0);
    for (int i = 0; i < N; i++)
        deadline_set(&wheel, &all[i], 1 + dice(300000));
    for (int64_t now = 0; now <= 301000; now += 173) {
        for (struct deadline *d; (d = deadline_next_due(&wheel, now));) {
            cr_assert_leq(d->at_ms, now);
            cr_assert_not(was_seen[d - all]);
            was_seen[d - all] = true;
            n_seen++;
        }
        const int moved = dice(N); /* somebody is always busy */
        if (!was_seen[moved])
            deadline_set(&wheel, &all[moved], now + 1 + dice(1000));
    }
    cr_assert_eq(n_seen, N);
}
