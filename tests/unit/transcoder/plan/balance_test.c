// SPDX-License-Identifier: GPL-3.0-or-later
#include "transcoder/plan/balance.h"

#include <criterion/criterion.h>

#include "common/err.h"

#define SECOND INT64_C(1000000)

enum { PICTURE, SOUND };

static struct plan *plan;
static struct tally tallies[2];
static struct warning_list warnings;
static struct time_span open_span;

static void set_up(void)
{
    plan = plan_new();
    plan->duration_us = 60 * SECOND;
    plan->has_picture = true;
    plan->picture.stream = PICTURE;
    plan->n_sounds = 1;
    plan->sounds[0].stream = SOUND;
    memset(tallies, 0, sizeof tallies);
    tallies[SOUND].stream = SOUND;
    warnings.n = 0;
}

static void tear_down(void)
{
    plan_free(plan);
}

TestSuite(balance, .init = set_up, .fini = tear_down);

static void offer(int stream, int64_t from_s, int64_t until_s)
{
    span_list_add(&tallies[stream].offered, (struct time_span){from_s * SECOND, until_s * SECOND},
                  0);
}

static void take(int stream, int64_t from_s, int64_t until_s)
{
    span_list_add(&tallies[stream].taken, (struct time_span){from_s * SECOND, until_s * SECOND}, 0);
}

static void offer_and_take(int stream, int64_t from_s, int64_t until_s)
{
    offer(stream, from_s, until_s);
    take(stream, from_s, until_s);
}

static int find(void)
{
    return balance_find(plan, &(struct tally_list){tallies, 2}, &warnings, &open_span);
}

static void expect(size_t i, enum failure failure, int64_t from_s, int64_t until_s)
{
    cr_assert_lt(i, warnings.n);
    cr_assert_eq(warnings.items[i].failure, failure);
    cr_assert_eq(warnings.items[i].from_us, from_s * SECOND);
    cr_assert_eq(warnings.items[i].until_us, until_s * SECOND);
}

Test(balance, a_lecture_that_was_taken_whole_needs_no_words)
{
    offer_and_take(PICTURE, 5, 60);
    offer_and_take(SOUND, 0, 40);
    cr_assert_eq(find(), 0);
    cr_assert_eq(warnings.n, 0);
}

Test(balance, a_damaged_middle_is_named_with_its_seconds)
{
    offer(PICTURE, 0, 60);
    take(PICTURE, 0, 20);
    take(PICTURE, 23, 60);
    offer(SOUND, 0, 60);
    take(SOUND, 0, 30);
    take(SOUND, 34, 60);
    cr_assert_eq(find(), 0);
    cr_assert_eq(warnings.n, 2);
    expect(0, FAILURE_LEFT_OUT, 30, 34);
    cr_assert_str_eq(warnings.items[0].detail, "sound");
    expect(1, FAILURE_LEFT_OUT, 20, 23);
    cr_assert_str_eq(warnings.items[1].detail, "picture");
}

Test(balance, a_pause_of_the_sound_is_named)
{
    offer_and_take(PICTURE, 0, 60);
    offer_and_take(SOUND, 2, 10);
    offer_and_take(SOUND, 11, 20);
    offer_and_take(SOUND, 25, 50);
    cr_assert_eq(find(), 0);
    cr_assert_eq(warnings.n, 1);
    expect(0, FAILURE_GAP, 20, 25);
}

Test(balance, sound_alone_is_all_there_is)
{
    plan->has_picture = false;
    offer_and_take(SOUND, 0, 50);
    cr_assert_eq(find(), 0);
    cr_assert_eq(warnings.n, 1);
    expect(0, FAILURE_GAP, 50, 60);
}

Test(balance, pictures_that_no_chunk_answers_for_are_our_fault)
{
    offer_and_take(SOUND, 0, 60);
    cr_assert_eq(find(), ERR_CORRUPT);
    cr_assert_eq(open_span.until_us, 60 * SECOND);
    offer_and_take(PICTURE, 0, 20);
    offer_and_take(PICTURE, 21, 60);
    cr_assert_eq(find(), ERR_CORRUPT);
    cr_assert_eq(open_span.from_us, 20 * SECOND);
    cr_assert_eq(open_span.until_us, 21 * SECOND);
}
