// SPDX-License-Identifier: GPL-3.0-or-later
#include "storage/jobs/lecture_state.h"

#include <stdio.h>
#include <string.h>

#include <criterion/criterion.h>

#include "common/err.h"
#include "storage/jobs/lecture_store.h"
#include "tests/unit/storage/fixture.h"

static struct fixture f;
static char owner[ID_SIZE], lecture_id[ID_SIZE];

static void set_up(void)
{
    fixture_open(&f);
    fixture_add_user(&f, "thay", ROLE_INSTRUCTOR, owner);
    fixture_add_upload(&f, owner, 10, 77, lecture_id);
}

static void tear_down(void)
{
    fixture_close(&f);
}

TestSuite(lecture_state, .init = set_up, .fini = tear_down);

static int receive(struct db *db, const char *id, int64_t now_ms)
{
    return lecture_state_received(db, id, SOURCE_OF_TESTS, 10, now_ms);
}

#define NEVER LECTURE_UPLOADING /* no arrow leads there */

/* The whole drawing: from which states to which each arrow leads. */
static const struct {
    const char *name;
    int (*go)(struct db *db, const char *id, int64_t now_ms);
    enum lecture_state to[N_LECTURE_STATES];
} ARROWS[] = {
    {"received", receive, {[LECTURE_UPLOADING] = LECTURE_QUEUED}},
    {"begun", lecture_state_begun, {[LECTURE_QUEUED] = LECTURE_PROCESSING}},
    {"made",
     lecture_state_made,
     {[LECTURE_PROCESSING] = LECTURE_READY, [LECTURE_READY] = LECTURE_READY}},
    {"failed",
     lecture_state_failed,
     {[LECTURE_QUEUED] = LECTURE_FAILED, [LECTURE_PROCESSING] = LECTURE_FAILED}},
    {"retried", lecture_state_retried, {[LECTURE_FAILED] = LECTURE_QUEUED}},
};

enum { N_ARROWS = sizeof ARROWS / sizeof ARROWS[0] };

static void put_into(enum lecture_state state)
{
    char sql[160];

    (void)snprintf(sql, sizeof sql, "UPDATE lectures SET state = '%s', updated_at_ms = 77",
                   lecture_state_name(state));
    fixture_execute(&f, sql);
}

static struct lecture find(void)
{
    struct lecture lecture;

    cr_assert_eq(lecture_store_find(f.db, lecture_id, &lecture), 0);
    return lecture;
}

Test(lecture_state, each_arrow_leads_from_each_state_where_it_is_drawn_and_nowhere_else)
{
    for (int a = 0; a < N_ARROWS; a++) {
        for (int i = 0; i < N_LECTURE_STATES; i++) {
            const enum lecture_state from = (enum lecture_state)i, to = ARROWS[a].to[i];
            put_into(from);
            const int err = ARROWS[a].go(f.db, lecture_id, 99);
            const struct lecture lecture = find();
            cr_expect_eq(err, to == NEVER ? ERR_CONFLICT : 0, "%s from %s: %d", ARROWS[a].name,
                         lecture_state_name(from), err);
            cr_expect_eq(lecture.state, to == NEVER ? from : to, "%s from %s", ARROWS[a].name,
                         lecture_state_name(from));
            cr_expect_eq(lecture.updated_at_ms, to == NEVER ? 77 : 99);
        }
    }
}

Test(lecture_state, no_arrow_leads_from_a_lecture_that_is_not_there)
{
    for (int a = 0; a < N_ARROWS; a++)
        cr_assert_eq(ARROWS[a].go(f.db, owner, 99), ERR_NOT_FOUND, "%s", ARROWS[a].name);
}

Test(lecture_state, what_was_received_is_kept)
{
    cr_assert_eq(receive(f.db, lecture_id, 99), 0);
    cr_assert_str_eq(find().source_sha256, SOURCE_OF_TESTS);
    cr_assert_eq(find().source_bytes, 10);
}
