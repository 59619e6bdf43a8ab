// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/roles/core_thread.h"

#include <criterion/criterion.h>
#include <unistd.h>

#include "common/clock.h"

static atomic_int n_rounds;

static uint32_t quick_round(void *arg)
{
    (void)arg;
    return atomic_fetch_add(&n_rounds, 1) < 5 ? 0 : 60000;
}

static void wait_for_rounds(int n)
{
    for (int i = 0; i < 1000 && atomic_load(&n_rounds) < n; i++)
        usleep(5000);
    cr_assert_eq(atomic_load(&n_rounds), n);
}

Test(core_thread, rounds_follow_each_other_and_stopping_cuts_a_pause_short)
{
    const struct core_thread_config config = {.name = "test", .round = quick_round};
    struct core_thread *thread = NULL;

    cr_assert_eq(core_thread_start(&config, &thread), 0);
    wait_for_rounds(6);
    const int64_t before_ms = clock_monotonic_ms();
    core_thread_stop(thread);
    cr_assert_lt(clock_monotonic_ms() - before_ms, 10000,
                 "the pause of a minute was not waited for");
}

static atomic_bool is_interrupted;

static uint32_t blocking_round(void *arg)
{
    (void)arg;
    atomic_store(&n_rounds, 1);
    while (!atomic_load(&is_interrupted))
        usleep(1000);
    return 0;
}

static void interrupt(void *arg)
{
    (void)arg;
    atomic_store(&is_interrupted, true);
}

Test(core_thread, a_blocking_round_is_interrupted)
{
    const struct core_thread_config config = {.name = "test",
                                              .round = blocking_round,
                                              .interrupt = interrupt};
    struct core_thread *thread = NULL;

    cr_assert_eq(core_thread_start(&config, &thread), 0);
    wait_for_rounds(1);
    core_thread_stop(thread);
    cr_assert(atomic_load(&is_interrupted));
    core_thread_stop(NULL);
}
