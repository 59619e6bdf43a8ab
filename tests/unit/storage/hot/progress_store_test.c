// SPDX-License-Identifier: GPL-3.0-or-later
#include "storage/hot/progress_store.h"

#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <criterion/criterion.h>

#include "common/err.h"
#include "storage/jobs/lecture_store.h"
#include "tests/unit/storage/fixture.h"

static struct fixture f;
static char user_id[ID_SIZE], lecture_id[ID_SIZE];

static void set_up(void)
{
    fixture_open(&f);
    fixture_add_user(&f, "lan", ROLE_LEARNER, user_id);
    fixture_add_upload(&f, user_id, 10, 1, lecture_id);
}

static void tear_down(void)
{
    fixture_close(&f);
}

TestSuite(progress_store, .init = set_up, .fini = tear_down);

static struct progress progress_of(const uint8_t *bits, size_t n_bytes, int64_t position_ms,
                                   int64_t order)
{
    struct progress progress = {
        .watched = {.bits = bits, .n_bytes = n_bytes, .position_ms = position_ms, .order = order}};

    memcpy(progress.user_id, user_id, ID_SIZE);
    memcpy(progress.lecture_id, lecture_id, ID_SIZE);
    return progress;
}

static struct watched find(void)
{
    struct watched watched;

    cr_assert_eq(progress_store_find(f.db, user_id, lecture_id, &f.arena, &watched), 0);
    return watched;
}

Test(progress_store, nothing_watched_is_not_found)
{
    struct watched watched;

    cr_assert_eq(progress_store_find(f.db, user_id, lecture_id, &f.arena, &watched), ERR_NOT_FOUND);
}

Test(progress_store, what_comes_is_merged_with_what_is_there)
{
    const uint8_t first[] = {0xf0}, second[] = {0x18, 0x80};
    const struct progress early = progress_of(first, 1, 4000, 100);
    const struct progress late = progress_of(second, 2, 3000, 200);

    cr_assert_eq(progress_store_merge_many(f.db, &late, 1, 5), 0);
    cr_assert_eq(progress_store_merge_many(f.db, &early, 1, 6), 0);
    const struct watched found = find();
    const uint8_t expected[] = {0xf8, 0x80};
    cr_assert_eq(found.n_bytes, 2);
    cr_assert_arr_eq(found.bits, expected, 2);
    cr_assert_eq(found.position_ms, 3000);
    cr_assert_eq(found.order, 200);
    cr_assert_eq(fixture_number(&f, "SELECT watched_s FROM progress"), 6);
}

Test(progress_store, a_replay_changes_nothing_at_all)
{
    const uint8_t bits[] = {0xf0, 0x01};
    const struct progress progress = progress_of(bits, 2, 4000, 100);

    cr_assert_eq(progress_store_merge_many(f.db, &progress, 1, 5), 0);
    cr_assert_eq(progress_store_merge_many(f.db, &progress, 1, 9), 0);
    cr_assert_eq(fixture_number(&f, "SELECT updated_at_ms FROM progress"), 5);
}

/* A wall clock that ran 400 days ahead pinned the position for 400 days. */
Test(progress_store, order_and_seq_decide_and_old_rows_are_older_than_all)
{
    const uint8_t bits[] = {0xf0};
    struct progress first = progress_of(bits, 1, 9000, 0);
    struct progress later = progress_of(bits, 1, 1000, 1);
    struct watched place = {0};

    cr_assert_eq(progress_store_merge_many(f.db, &first, 1, 5), 0);
    fixture_execute(&f, "UPDATE progress SET position_at_ms = 99999999999999");
    later.watched.seq = 7;
    later.watched.sessions = slice_from("aa bb");
    cr_assert_eq(progress_store_merge_many(f.db, &later, 1, 6), 0);
    cr_assert_eq(find().position_ms, 1000);
    later.watched.seq = 6;
    later.watched.position_ms = 5000;
    cr_assert_eq(progress_store_merge_many(f.db, &later, 1, 7), 0);
    cr_assert_eq(progress_store_find_place(f.db, user_id, lecture_id, &f.arena, &place), 0);
    cr_assert_eq(place.position_ms, 1000);
    cr_assert_eq(place.order, 1);
    cr_assert_eq(place.seq, 7);
    cr_assert(slice_is(place.sessions, "aa bb"));
    cr_assert_eq(place.n_bytes, 0, "bits are not read for it");
}

Test(progress_store, a_lecture_or_user_that_is_gone_does_not_stop_the_others)
{
    const uint8_t bits[] = {0x80};
    struct progress many[3];

    for (int i = 0; i < 3; i++)
        many[i] = progress_of(bits, 1, 1, 1);
    (void)snprintf(many[0].user_id, ID_SIZE, "%s", PACKAGE_OF_TESTS);
    (void)snprintf(many[1].lecture_id, ID_SIZE, "%s", PACKAGE_OF_TESTS);
    cr_assert_eq(progress_store_merge_many(f.db, many, 3, 5), 0);
    cr_assert_eq(fixture_number(&f, "SELECT count(*) FROM progress"), 1);
}

Test(progress_store, too_many_at_once_and_too_long_bitmaps_are_refused)
{
    static uint8_t bits[WATCHED_MAX_BYTES + 1];
    static struct progress many[PROGRESS_MERGE_MAX + 1];
    struct progress progress = progress_of(bits, sizeof bits, 1, 1);

    cr_assert_eq(progress_store_merge_many(f.db, &progress, 1, 5), ERR_INVALID);
    memset(bits, 0xff, sizeof bits);
    progress.watched.n_bytes = WATCHED_MAX_BYTES;
    cr_assert_eq(progress_store_merge_many(f.db, &progress, 1, 5), 0);
    cr_assert_eq(find().n_bytes, WATCHED_MAX_BYTES);
    cr_assert_eq(progress_store_merge_many(f.db, many, PROGRESS_MERGE_MAX + 1, 5), ERR_INVALID);
}

Test(progress_store, a_thousand_rows_are_one_transaction)
{
    static struct progress many[PROGRESS_MERGE_MAX];
    const uint8_t bits[] = {0xff};
    struct db *open = NULL;

    cr_assert_eq(db_begin(f.db, &open), 0);
    for (int i = 0; i < PROGRESS_MERGE_MAX; i++) {
        char login[16];
        (void)snprintf(login, sizeof login, "u%d", i);
        many[i] = progress_of(bits, 1, 1, 1);
        fixture_add_user(&f, login, ROLE_LEARNER, many[i].user_id);
    }
    cr_assert_eq(db_commit(&open), 0);
    cr_assert_eq(progress_store_merge_many(f.db, many, PROGRESS_MERGE_MAX, 5), 0);
    cr_assert_eq(fixture_number(&f, "SELECT sum(watched_s) FROM progress"), 8000);
}
