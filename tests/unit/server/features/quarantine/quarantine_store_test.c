// SPDX-License-Identifier: GPL-3.0-or-later
#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

#include "storage/jobs/job_task.h"
#include "storage/jobs/lecture_store.h"
#include "tests/unit/server/web_fixture.h"

static char owner_id[ID_SIZE], lecture_id[ID_SIZE], job_id[ID_SIZE];

static void start(void)
{
    char admin[ID_SIZE];

    web_open();
    web_sign_in("teacher", ROLE_INSTRUCTOR, owner_id);
    web_sign_in("admin", ROLE_ADMIN, admin);
    fixture_add_job(&web.storage, owner_id, 10, lecture_id, job_id);
}

TestSuite(quarantine_store, .init = start, .fini = web_close);

static void crash_twice(void)
{
    for (int64_t now_ms = 20; now_ms < 22; now_ms++) {
        const struct task_ref task = fixture_start_task(&web.storage, now_ms);
        cr_assert_eq(job_task_failed(web.storage.db, &task, FAILURE_SOURCE_CRASHES, true,
                                     AT(now_ms)),
                     0);
    }
}

static const json_t *rows(const char *query)
{
    char path[500];

    (void)snprintf(path, sizeof path, "/api/v1/admin/quarantine?%s", query);
    cr_assert_eq(web_ask("GET", path, NULL), 200, "%s", web.body);
    return json_object_get(web.document, "quarantine");
}

static const char *text(const json_t *row, const char *name)
{
    const char *value = json_string_value(json_object_get(row, name));

    return value ? value : "";
}

Test(quarantine_store, a_source_is_listed_from_its_second_crash_on)
{
    cr_assert_eq(json_array_size(rows("")), 0);
    crash_twice();
    const json_t *row = json_array_get(rows(""), 0);
    cr_assert_str_eq(text(row, "lecture"), lecture_id);
    cr_assert_str_eq(text(row, "owner"), "teacher");
    cr_assert_str_eq(text(row, "source_sha256"), SOURCE_OF_TESTS);
    cr_assert_str_eq(text(row, "stage"), "plan");
    cr_assert_str_eq(text(row, "failed_at"), "1970-01-01T00:00:00.021Z");
    cr_assert(json_is_null(json_object_get(web.document, "next")));
}

Test(quarantine_store, every_entry_is_reached_page_by_page)
{
    char id[ID_SIZE], job[ID_SIZE], last[ID_SIZE] = "", query[400] = "limit=1";
    const json_t *next = NULL;
    size_t n = 0;

    crash_twice();
    for (int i = 0; i < 4; i++) /* of the same source: two at the same time */
        fixture_add_job(&web.storage, owner_id, 30 + i / 2, id, job);
    for (; n == 0 || json_is_string(next); n++) {
        const json_t *row = json_array_get(rows(query), 0);
        cr_assert_str_neq(text(row, "lecture"), last);
        (void)snprintf(last, sizeof last, "%s", text(row, "lecture"));
        next = json_object_get(web.document, "next");
        (void)snprintf(query, sizeof query, "limit=1&after=%s",
                       next ? text(web.document, "next") : "");
    }
    cr_assert_eq(n, 5);
}

Test(quarantine_store, what_is_left_without_a_lecture_is_still_listed)
{
    char other[ID_SIZE], job[ID_SIZE];

    crash_twice();
    cr_assert_eq(lecture_store_delete(web.storage.db, lecture_id), 0);
    const json_t *row = json_array_get(rows(""), 0);
    cr_assert_null(json_object_get(row, "lecture"));
    cr_assert_str_eq(text(row, "title"), "Bài giảng");
    cr_assert_str_eq(text(row, "owner"), "teacher");
    fixture_add_job(&web.storage, owner_id, 30, other, job);
    cr_assert_eq(json_array_size(rows("")), 1);
    cr_assert_str_eq(text(json_array_get(rows(""), 0), "lecture"), other,
                     "and by it can let it be tried again");
}
