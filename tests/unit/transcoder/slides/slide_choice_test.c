// SPDX-License-Identifier: GPL-3.0-or-later
#include "transcoder/slides/slide_choice.h"

#include <criterion/criterion.h>

#include "tests/unit/support/dice.h"

enum { SECOND = 1000000 };

static const int64_t HOUR_US = INT64_C(3600) * SECOND;
static struct slide_candidate list[2000];
static size_t n;

/* `state` tells candidates apart. */
static void add(double at_s, uint32_t slide)
{
    list[n] = (struct slide_candidate){.start_us = (int64_t)(at_s * SECOND),
                                       .slide = slide,
                                       .state = (uint32_t)n};
    n++;
}

static void choose(int64_t duration_us)
{
    n = slide_choice_make(list, n, duration_us);
    for (size_t i = 1; i < n; i++)
        cr_assert_geq(list[i].start_us - list[i - 1].start_us, SLIDE_APART_US, "at %zu", i);
    cr_assert_leq(n, slide_choice_most(duration_us));
}

static void check(size_t i, double at_s, uint32_t state)
{
    cr_assert_lt(i, n);
    cr_assert_eq(list[i].start_us, (int64_t)(at_s * SECOND), "%zu: %lld", i,
                 (long long)list[i].start_us);
    cr_assert_eq(list[i].state, state, "%zu: %u", i, list[i].state);
}

Test(slide_choice, an_hour_has_a_hundred_and_a_short_lecture_its_share_and_a_few)
{
    cr_assert_eq(slide_choice_most(HOUR_US), 100);
    cr_assert_eq(slide_choice_most(2 * HOUR_US + HOUR_US / 2), 250);
    cr_assert_eq(slide_choice_most(0), 10);
    cr_assert_eq(slide_choice_most(HOUR_US / 10), 19);
    cr_assert_leq(slide_choice_most(HOUR_US - 1), 100);
}

Test(slide_choice, the_first_picture_is_there_from_the_start)
{
    add(1.5, 1);
    add(20, 2);
    choose(HOUR_US);
    check(0, 0, 0);
    check(1, 20, 1);
}

Test(slide_choice, ink_that_comes_quickly_takes_the_place_of_what_it_was_written_on)
{
    add(0, 1);
    add(10, 1);
    add(13, 1);
    choose(HOUR_US);
    cr_assert_eq(n, 2);
    check(1, 10, 2);
}

Test(slide_choice, a_slides_last_state_comes_earlier_rather_than_the_next_slide_later)
{
    add(0, 1);
    add(19, 1);
    add(20, 2);
    choose(HOUR_US);
    check(1, 15, 1);
    check(2, 20, 2);
}

Test(slide_choice, where_there_is_no_room_the_last_state_is_shown_all_the_time)
{
    add(0, 1);
    add(7, 1);
    add(7.1, 2);
    choose(HOUR_US);
    cr_assert_eq(n, 2);
    check(0, 0, 1);
    check(1, 7.1, 2);
}

Test(slide_choice, slides_that_are_leafed_through_wait_for_each_other_or_are_left_out)
{
    for (uint32_t i = 0; i < 5; i++)
        add(i * 4, i + 1);
    choose(HOUR_US);
    cr_assert_eq(n, 5);
    check(4, 20, 4);
    n = 0;
    for (uint32_t i = 0; i < 10; i++)
        add(i * 2, i + 1);
    choose(HOUR_US);
    check(1, 5, 2);
    check(2, 10, 5);
}

Test(slide_choice, over_the_budget_each_slide_keeps_its_last_state_from_its_start_on)
{
    for (uint32_t slide = 1; slide <= 100; slide++) {
        for (int i = 0; i < 6; i++)
            add((slide - 1) * 36 + i * 6, slide);
    }
    choose(HOUR_US);
    cr_assert_eq(n, 100);
    for (size_t i = 0; i < n; i++)
        check(i, (double)i * 36, (uint32_t)(i * 6 + 5));
}

Test(slide_choice, more_slides_than_the_budget_lose_those_that_are_seen_shortest)
{
    for (uint32_t i = 0; i < 150; i++)
        add(i / 2 * 24 + i % 2 * 16, i + 1);
    choose(HOUR_US / 2);
    cr_assert_eq(n, 55);
    choose(HOUR_US / 2);
    cr_assert_eq(n, 55, "and what is chosen stays chosen");
}

Test(slide_choice, whatever_comes_is_kept_apart_and_in_order)
{
    for (int round = 0; round < 300; round++) {
        uint32_t slide = 1;
        double at = 0;
        n = 0;
        for (uint32_t i = 0; i < 100; i++) {
            at += (dice(200) + 1) / 10.0;
            slide += dice(3) == 0;
            add(at, slide);
        }
        choose((int64_t)(at * SECOND) + SECOND);
        for (size_t i = 1; i < n; i++)
            cr_assert(list[i].state > list[i - 1].state && list[i].slide >= list[i - 1].slide);
        cr_assert_gt(n, 0);
    }
}
