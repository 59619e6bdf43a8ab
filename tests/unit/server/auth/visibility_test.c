// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/auth/visibility.h"

#include <stdio.h>
#include <string.h>

#include <criterion/criterion.h>

#include "storage/sqlite/db_query.h"
#include "tests/unit/storage/fixture.h"

static struct fixture f;
static char owner[ID_SIZE];
static char other[ID_SIZE];

static void set_up(void)
{
    fixture_open(&f);
    fixture_add_user(&f, "thay", ROLE_INSTRUCTOR, owner);
    fixture_add_user(&f, "co", ROLE_INSTRUCTOR, other);
}

static void tear_down(void)
{
    fixture_close(&f);
}

TestSuite(visibility, .init = set_up, .fini = tear_down);

static bool is_visible_in_sql(const struct viewer *viewer, const char *id)
{
    CLEANUP(query_end)
    struct query q =
        query_start(f.db, "SELECT count(*) FROM lectures WHERE " LECTURE_IS_VISIBLE " AND id = ?3");

    query_bind_text(&q, viewer->own_id);
    query_bind_int(&q, viewer->sees_all);
    query_bind_text(&q, id);
    cr_assert_eq(query_next(&q), 0);
    return query_read_int(&q) == 1;
}

static bool is_open_in_sql(const char *id)
{
    char sql[160];

    (void)snprintf(sql, sizeof sql,
                   "SELECT count(*) FROM lectures WHERE " LECTURE_IS_OPEN " AND id = '%s'", id);
    return fixture_number(&f, sql) == 1;
}

static void set_state(const char *id, enum lecture_state state)
{
    char sql[160];

    (void)snprintf(sql, sizeof sql, "UPDATE lectures SET state = '%s' WHERE id = '%s'",
                   lecture_state_name(state), id);
    fixture_execute(&f, sql);
}

Test(visibility, the_rule_for_one_lecture_and_the_rule_in_sql_are_the_same)
{
    struct viewer viewers[4] = {{{0}, false}, {{0}, false}, {{0}, false}, {{0}, true}};
    char id[ID_SIZE];

    memcpy(viewers[1].own_id, owner, ID_SIZE);
    memcpy(viewers[2].own_id, other, ID_SIZE);
    fixture_add_upload(&f, owner, 10, 1, id);
    for (enum lecture_state state = 0; state < N_LECTURE_STATES; state++) {
        set_state(id, state);
        for (size_t i = 0; i < 4; i++) {
            const bool is_visible = lecture_is_visible(&viewers[i], state, owner);
            cr_assert_eq(is_visible, is_visible_in_sql(&viewers[i], id), "viewer %zu, %s", i,
                         lecture_state_name(state));
            if (viewer_is_stranger(&viewers[i]))
                cr_assert_eq(is_visible, is_open_in_sql(id), "%s", lecture_state_name(state));
        }
    }
    cr_assert(viewer_is_stranger(&viewers[0]));
    cr_assert_not(viewer_is_stranger(&viewers[1]));
    cr_assert_not(viewer_is_stranger(&viewers[3]));
}
