// SPDX-License-Identifier: GPL-3.0-or-later
#include "transcoder/storyboard/slide_watch.h"

#include <criterion/criterion.h>
#include <string.h>

/* Ten slots a second: settled after 15. */
static const struct frame_grid GRID = {.rate_num = 10, .rate_den = 1};

/* Runs a script of slots, "." still, "m" moving, "N" new, from slot 100 on; writes "L" and "S"
 * where an event comes and stores the run that led to the last one. */
static void run(const char *script, char *events, struct slide_watch *ret_run)
{
    struct slide_watch watch = slide_watch_start(&GRID, 100);

    for (size_t i = 0; script[i]; i++) {
        const enum slot_kind kind = script[i] == '.'   ? SLOT_STILL
                                    : script[i] == 'N' ? SLOT_NEW
                                                       : SLOT_MOVING;
        const struct slide_watch before = watch;
        const enum slide_event event = slide_watch_at(&watch, 100 + (int64_t)i, kind);
        events[i] = event == SLIDE_LEFT ? 'L' : event == SLIDE_SETTLED ? 'S' : '-';
        if (event == SLIDE_SETTLED)
            *ret_run = before;
    }
    events[strlen(script)] = '\0';
}

Test(slide_watch, a_still_chunk_settles_once_and_says_that_nothing_moved)
{
    struct slide_watch before = {0};
    char events[64];

    run("......................", events, &before);
    cr_assert_str_eq(events, "---------------S------");
    cr_assert_not(before.has_run);
    cr_assert(before.first_busy == 100 && before.last_busy == 100);
}

Test(slide_watch, a_cut_settles_after_a_while_and_began_where_it_was)
{
    struct slide_watch before = {0};
    char events[64];

    run("................N.................", events, &before);
    cr_assert_str_eq(events, "---------------SL--------------S--");
    cr_assert(before.first_busy == 116 && before.last_busy == 116);
}

Test(slide_watch, an_animated_transition_is_one_run)
{
    struct slide_watch before = {0};
    char events[64];

    run("................mmN.m....m.................", events, &before);
    cr_assert_str_eq(events, "---------------SL-----------------------S--");
    cr_assert(before.first_busy == 116 && before.last_busy == 125);
    cr_assert_eq(slide_start_us(11600000, 12500000), 11600000);
}

Test(slide_watch, what_never_rests_never_settles)
{
    struct slide_watch before = {0};
    char events[64];

    run("N....m....N....m....N....m....N....m....", events, &before);
    cr_assert_str_eq(events, "----------------------------------------");
}

Test(slide_watch, a_slide_after_a_film_starts_where_the_film_ends)
{
    cr_assert_eq(slide_start_us(10000000, 13000000), 10000000);
    cr_assert_eq(slide_start_us(10000000, 13000001), 13000001);
}

Test(slide_watch, a_slow_grid_still_waits_a_slot)
{
    const struct frame_grid slow = {.rate_num = 1, .rate_den = 2};

    cr_assert_eq(slide_watch_start(&slow, 0).settle_slots, 1);
}
