// SPDX-License-Identifier: GPL-3.0-or-later
#include "transcoder/video/picture_tally.h"

#include <criterion/criterion.h>

enum { SECOND = 1000000 };

static const struct time_span ALL = {0, 100 * (int64_t)SECOND};

/* The seconds that were left out of `report`. */
static struct span_list left_of(const struct picture_tally *tally, struct time_span seconds)
{
    struct tally report;
    struct span_list left;

    picture_tally_report(tally, seconds, &report);
    span_list_subtract(&report.offered, &report.taken, 0, &left);
    return left;
}

Test(picture_tally, reordered_pictures_are_all_accounted_for)
{
    static const int DECODED[] = {0, 4, 2, 1, 3, 8, 6, 5, 7};
    struct picture_tally tally = picture_tally_empty();

    for (int i = 0; i < 9; i++)
        picture_tally_offer(&tally, DECODED[i] * (int64_t)SECOND);
    for (int i = 0; i < 9; i++)
        picture_tally_take(&tally, i * (int64_t)SECOND);
    picture_tally_end(&tally);
    cr_assert_eq(left_of(&tally, ALL).n, 0);
}

Test(picture_tally, pictures_that_never_came_are_named_until_the_next_one)
{
    struct picture_tally tally = picture_tally_empty();

    for (int i = 0; i < 10; i++)
        picture_tally_offer(&tally, i * (int64_t)SECOND);
    picture_tally_take(&tally, 0);
    picture_tally_take(&tally, SECOND);
    picture_tally_take(&tally, 5 * (int64_t)SECOND);
    struct span_list left = left_of(&tally, ALL);
    cr_assert_eq(left.n, 1);
    cr_assert_eq(left.items[0].from_us, 2 * SECOND);
    cr_assert_eq(left.items[0].until_us, 5 * SECOND);
    picture_tally_end(&tally);
    left = left_of(&tally, ALL);
    cr_assert_eq(left.n, 2);
    cr_assert_eq(left.items[1].from_us, 6 * SECOND);
    cr_assert_eq(left.items[1].until_us, 100 * (int64_t)SECOND);
    cr_assert_eq(left_of(&tally, (struct time_span){0, 2 * SECOND}).n, 0);
}

Test(picture_tally, what_is_shorter_than_the_slack_is_not_named)
{
    struct picture_tally tally = picture_tally_empty();

    for (int i = 0; i < 10; i++)
        picture_tally_offer(&tally, i * 40000);
    picture_tally_take(&tally, 0);
    picture_tally_take(&tally, 160000 + 300); /* containers round */
    cr_assert_eq(left_of(&tally, ALL).n, 0);
}

Test(picture_tally, pictures_before_the_first_that_can_be_decoded_are_named)
{
    struct picture_tally tally = picture_tally_empty();

    for (int i = 0; i < 4; i++)
        picture_tally_offer(&tally, i * (int64_t)SECOND);
    picture_tally_take(&tally, 3 * (int64_t)SECOND);
    const struct span_list left = left_of(&tally, ALL);
    cr_assert_eq(left.n, 1);
    cr_assert_eq(left.items[0].from_us, 0);
    cr_assert_eq(left.items[0].until_us, 3 * SECOND);
}

Test(picture_tally, a_chunk_before_the_first_picture_was_offered_nothing)
{
    struct picture_tally tally = picture_tally_empty();
    struct tally report;

    picture_tally_offer(&tally, 50 * (int64_t)SECOND);
    picture_tally_take(&tally, 50 * (int64_t)SECOND);
    picture_tally_report(&tally, (struct time_span){0, 20 * (int64_t)SECOND}, &report);
    cr_assert_eq(report.offered.n, 0);
    cr_assert_eq(report.taken.n, 0);
}

Test(picture_tally, packets_without_end_forget_the_oldest)
{
    struct picture_tally tally = picture_tally_empty();

    for (int i = 0; i < 10 * PICTURE_TALLY_MAX_PENDING; i++)
        picture_tally_offer(&tally, i * 1000);
    cr_assert_eq(tally.n_pending, PICTURE_TALLY_MAX_PENDING);
    cr_assert_eq(tally.pending_us[0], 9 * PICTURE_TALLY_MAX_PENDING * 1000);
}
