// SPDX-License-Identifier: GPL-3.0-or-later
#include "common/package/tally.h"

#include <criterion/criterion.h>

#include "common/err.h"
#include "tests/unit/support/dice.h"

static void add(struct span_list *list, int64_t from_us, int64_t until_us, int64_t near_us)
{
    span_list_add(list, (struct time_span){from_us, until_us}, near_us);
}

Test(tally, spans_that_touch_or_are_near_become_one)
{
    struct span_list list = {0};

    add(&list, 500, 600, 0);
    add(&list, 100, 200, 0);
    add(&list, 300, 400, 0);
    add(&list, 900, 800, 0);
    cr_assert_eq(list.n, 3);
    cr_assert_eq(list.items[0].from_us, 100);
    add(&list, 200, 300, 0);
    cr_assert_eq(list.n, 2);
    cr_assert_eq(list.items[0].until_us, 400);
    add(&list, 700, 800, 100);
    cr_assert_eq(list.n, 2);
    cr_assert_eq(list.items[1].until_us, 800);
}

Test(tally, a_full_list_joins_its_nearest_and_claims_no_more_than_it_must)
{
    struct span_list list = {0};

    for (int64_t i = 0; i < 2 * SPAN_LIST_MAX; i++)
        add(&list, i * 100 + (i % 2) * 50, i * 100 + (i % 2) * 50 + 10, 0);
    cr_assert_eq(list.n, SPAN_LIST_MAX);
    cr_assert_eq(list.items[0].from_us, 0);
    cr_assert_eq(list.items[SPAN_LIST_MAX - 1].until_us, (2 * SPAN_LIST_MAX - 1) * 100 + 60);
    for (size_t i = 1; i < list.n; i++)
        cr_assert_gt(list.items[i].from_us, list.items[i - 1].until_us);
}

Test(tally, what_was_offered_and_not_taken_is_left)
{
    struct span_list offered = {0};
    struct span_list taken = {0};
    struct span_list rest;

    add(&offered, 0, 1000, 0);
    add(&offered, 2000, 3000, 0);
    add(&taken, 100, 400, 0);
    add(&taken, 700, 2500, 0);
    span_list_subtract(&offered, &taken, 0, &rest);
    cr_assert_eq(rest.n, 3);
    cr_assert_eq(rest.items[1].from_us, 400);
    cr_assert_eq(rest.items[1].until_us, 700);
    cr_assert_eq(rest.items[2].from_us, 2500);
    span_list_subtract(&offered, &taken, 299, &rest);
    cr_assert_eq(rest.n, 2);
}

/* Against a plain map of moments. */
Test(tally, adding_and_subtracting_are_those_of_sets)
{
    enum { MOMENTS = 200, ROUNDS = 300 };

    for (int round = 0; round < ROUNDS; round++) {
        struct span_list lists[2] = {0};
        struct span_list rest;
        char has[2][MOMENTS] = {0};
        for (int i = 0; i < 16; i++) {
            const int which = dice(2);
            const int64_t from = dice(MOMENTS - 10);
            const int64_t until = from + 1 + dice(9);
            add(&lists[which], from, until, 0);
            memset(&has[which][from], 1, (size_t)(until - from));
        }
        span_list_subtract(&lists[0], &lists[1], 0, &rest);
        for (int m = 0; m < MOMENTS; m++) {
            bool is_in = false;
            for (size_t i = 0; i < rest.n; i++)
                is_in |= rest.items[i].from_us <= m && m < rest.items[i].until_us;
            cr_assert_eq(is_in, has[0][m] && !has[1][m], "round %d, %d", round, m);
        }
    }
}

Test(tally, clipping_drops_what_is_outside)
{
    struct span_list list = {0};

    add(&list, -500, 100, 0);
    add(&list, 300, 900, 0);
    add(&list, 1000, 1100, 0);
    span_list_clip(&list, (struct time_span){0, 500});
    cr_assert_eq(list.n, 2);
    cr_assert_eq(list.items[0].from_us, 0);
    cr_assert_eq(list.items[1].until_us, 500);
}

Test(tally, is_read_as_it_was_written)
{
    CLEANUP(buf_clear) struct buf json = buf_with_limit(4096);
    CLEANUP(json_decref) json_t *document = NULL;
    struct tally tally = {.stream = 3};
    struct tally again = {0};

    add(&tally.offered, 0, 4000000, 0);
    add(&tally.taken, 0, 1000000, 0);
    add(&tally.taken, 2500000, 4000000, 0);
    tally_write(&tally, &json);
    cr_assert(slice_is(buf_slice(&json),
                       "{\"stream\":3,\"offered\":[[0,4000000]],\"taken\":[[0,1000000],"
                       "[2500000,4000000]]}"));
    cr_assert_eq(json_parse(buf_slice(&json), &document), 0);
    cr_assert_eq(tally_parse(document, &again), 0);
    cr_assert_eq(again.stream, 3);
    cr_assert_eq(again.taken.n, 2);
    cr_assert_eq(again.taken.items[1].from_us, 2500000);
}

Test(tally, what_makes_no_sense_is_refused)
{
    static const char *const BAD[] = {
        "{}",
        "{\"stream\":1,\"offered\":[],\"taken\":7}",
        "{\"stream\":-1,\"offered\":[],\"taken\":[]}",
        "{\"stream\":1,\"offered\":[[2,1]],\"taken\":[]}",
        "{\"stream\":1,\"offered\":[[-2,1]],\"taken\":[]}",
        "{\"stream\":1,\"offered\":[[1]],\"taken\":[]}",
        "{\"stream\":1,\"offered\":[[1,9223372036854775807]],\"taken\":[]}",
    };

    for (size_t i = 0; i < sizeof BAD / sizeof BAD[0]; i++) {
        CLEANUP(json_decref) json_t *document = NULL;
        struct tally tally;
        cr_assert_eq(json_parse(slice_from(BAD[i]), &document), 0);
        cr_assert_eq(tally_parse(document, &tally), ERR_INVALID, "%s", BAD[i]);
    }
}

Test(tally, parts_add_up_by_stream)
{
    struct tally_list list = {0};
    struct tally tally = {.stream = 1};

    add(&tally.taken, 0, 1000000, 0);
    cr_assert_eq(tally_list_add(&list, &tally), 0);
    tally.taken.n = 0;
    add(&tally.taken, 1000000 + TALLY_SLACK_US, 3000000, 0);
    cr_assert_eq(tally_list_add(&list, &tally), 0);
    cr_assert_eq(list.n, 1);
    cr_assert_eq(list.items[0].taken.n, 1);
    cr_assert_eq(list.items[0].taken.items[0].until_us, 3000000);
    for (uint32_t i = 2; i <= TALLY_LIST_MAX; i++) {
        tally.stream = i;
        cr_assert_eq(tally_list_add(&list, &tally), 0);
    }
    tally.stream = 99;
    cr_assert_eq(tally_list_add(&list, &tally), ERR_INVALID);
    tally_list_clear(&list);
}
