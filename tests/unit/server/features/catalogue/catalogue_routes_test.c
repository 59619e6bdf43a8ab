// SPDX-License-Identifier: GPL-3.0-or-later
/* The catalogue's handlers in process: a database of their own, and what is broken in it. */
#include <criterion/criterion.h>
#include <stdatomic.h>
#include <unistd.h>

#include "common/work_pool.h"
#include "server/features/catalogue/course_store.h"
#include "storage/jobs/job_store.h"
#include "storage/jobs/upload_store.h"
#include "tests/unit/server/web_fixture.h"

static struct course course = {.title = "Toán"};
static char teacher_id[ID_SIZE];
static char lecture_ids[3][ID_SIZE];

static void execute(const char *sql)
{
    fixture_execute(&web.storage, sql);
}

static void add_lecture(char id[ID_SIZE])
{
    struct upload upload = {.length_bytes = 1, .created_at_ms = 1};
    struct lecture lecture = {.title = "Bài"};
    char job[ID_SIZE], sql[300];

    fixture_new_id(id);
    id_new(job);
    memcpy(upload.id, id, ID_SIZE);
    memcpy(upload.owner_id, teacher_id, ID_SIZE);
    memcpy(lecture.course_id, course.id, ID_SIZE);
    cr_assert_eq(upload_store_create(web.storage.db, &upload, &lecture), 0);
    cr_assert_eq(job_store_create(web.storage.db, job, id, 1), 0);
    (void)snprintf(sql, sizeof sql,
                   "DELETE FROM uploads; UPDATE lectures SET state = 'ready', package_id ="
                   " '00112233445566778899aabbccddeeff' WHERE id = '%s'",
                   id);
    execute(sql);
}

static void start(void)
{
    char other[ID_SIZE];

    web_open();
    web_sign_in("admin", ROLE_ADMIN, other);
    web_sign_in("thay", ROLE_INSTRUCTOR, teacher_id);
    id_new(course.id);
    memcpy(course.owner_id, teacher_id, ID_SIZE);
    cr_assert_eq(course_store_add(web.storage.db, &course), 0);
    for (int i = 0; i < 3; i++)
        add_lecture(lecture_ids[i]);
}

TestSuite(catalogue_routes, .init = start, .fini = web_close);

static int ask(const char *path, const char *id, const char *query, const char *who)
{
    char target[600];

    (void)snprintf(target, sizeof target, "%s%s%s%s", path, id, query[0] ? "?" : "", query);
    web_as(who);
    return web_ask("GET", target, NULL);
}

#define LECTURES "/api/v1/lectures"
#define LECTURE  "/api/v1/lectures/"
#define COURSE   "/api/v1/courses/"

static void assert_all_fail(const char *who)
{
    cr_assert_geq(ask(LECTURES, "", "", who), 500);
    cr_assert_geq(ask(COURSE, course.id, "", who), 500);
    cr_assert_geq(ask(LECTURE, lecture_ids[1], "", who), 500);
}

Test(catalogue_routes, every_lecture_is_reached_by_following_next)
{
    char query[512] = "limit=1";

    for (int i = 2; i >= 0; i--) {
        cr_assert_eq(ask(LECTURES, "", query, ""), 200);
        const json_t *row = json_array_get(json_object_get(web.document, "lectures"), 0);
        const json_t *next = json_object_get(web.document, "next");
        cr_assert_str_eq(json_string_value(json_object_get(row, "id")), lecture_ids[i]);
        cr_assert_eq(json_is_null(next), i == 0);
        (void)snprintf(query, sizeof query, "limit=1&after=%s",
                       i ? json_string_value(next) : "end");
    }
}

Test(catalogue_routes, a_course_comes_with_its_first_page)
{
    cr_assert_eq(ask(COURSE, course.id, "limit=2", ""), 200);
    cr_assert_eq(json_array_size(json_object_get(web.document, "lectures")), 2);
    cr_assert_eq(json_integer_value(json_object_get(web.document, "n_lectures")), 3);
    cr_assert(json_is_string(json_object_get(web.document, "next")));
    cr_assert_eq(ask(COURSE, "nothing", "", ""), 404);
}

Test(catalogue_routes, a_row_is_small_and_the_lecture_itself_says_all)
{
    cr_assert_eq(ask(LECTURES, "", "", ""), 200);
    const json_t *row = json_array_get(json_object_get(web.document, "lectures"), 0);
    cr_assert(json_is_null(json_object_get(row, "job")));
    cr_assert_null(json_object_get(json_object_get(row, "playback"), "hls"));
    cr_assert_eq(ask(LECTURE, lecture_ids[0], "", ""), 200);
    cr_assert_not_null(json_object_get(json_object_get(web.document, "playback"), "hls"));
    cr_assert(json_is_object(json_object_get(web.document, "job")));
}

Test(catalogue_routes, a_table_that_fails_is_no_poorer_answer)
{
    static const char *const TABLES[] = {"progress", "jobs", "uploads", "courses", "lectures"};

    for (size_t i = 0; i < sizeof TABLES / sizeof TABLES[0]; i++) {
        char sql[80];
        (void)snprintf(sql, sizeof sql, "ALTER TABLE %s RENAME TO hidden", TABLES[i]);
        execute(sql);
        assert_all_fail("");
        assert_all_fail("thay");
        (void)snprintf(sql, sizeof sql, "ALTER TABLE hidden RENAME TO %s", TABLES[i]);
        execute(sql);
        cr_assert_eq(ask(LECTURES, "", "", ""), 200);
    }
}

Test(catalogue_routes, the_lists_of_admins_fail_as_honestly)
{
    execute("ALTER TABLE users RENAME TO hidden");
    cr_assert_geq(ask("/control/v1/users", "", "", "local"), 500);
    cr_assert_geq(ask("/api/v1/admin/quarantine", "", "", "admin"), 500);
    execute("ALTER TABLE hidden RENAME TO users");
    cr_assert_eq(ask("/control/v1/users", "", "", "local"), 200);
    cr_assert_eq(ask("/api/v1/admin/quarantine", "", "", "admin"), 200);
    execute("UPDATE users SET name = CAST(x'ff' AS TEXT)");
    cr_assert_geq(ask("/control/v1/users", "", "", "local"), 500);
}

Test(catalogue_routes, a_row_that_is_damaged_is_no_shorter_list)
{
    static const char *const DAMAGES[] = {
        "UPDATE jobs SET warnings = 'no json'",
        "UPDATE jobs SET warnings = '[7]'",
        "UPDATE courses SET title = CAST(x'ff' AS TEXT)",
        "UPDATE lectures SET title = 'a' || char(0)",
    };

    for (size_t i = 0; i < sizeof DAMAGES / sizeof DAMAGES[0]; i++) {
        execute(DAMAGES[i]);
        cr_assert_geq(ask(LECTURE, lecture_ids[1], "", ""), 500, "%s", DAMAGES[i]);
        cr_assert_geq(ask(LECTURES, "", "", "thay"), 500, "%s", DAMAGES[i]);
        execute("UPDATE jobs SET warnings = '[]'; UPDATE courses SET title = 'Toán';"
                "UPDATE lectures SET title = 'Bài'");
    }
}

/* ---- a pool whose only thread is held ---- */

static atomic_bool gate;

static void hold(struct work *work, void *context)
{
    (void)work;
    (void)context;
    while (!atomic_load(&gate))
        usleep(100);
}

static void post_nowhere(void *owner, struct mail *mail)
{
    (void)owner;
    (void)mail;
}

Test(catalogue_routes, guests_who_come_to_a_full_queue_are_told_when_to_come_again)
{
    static const struct mailbox HOME = {.post = post_nowhere};
    const struct work_pool_config pool = {.name = "guest", .n_threads = 1, .queue_length = 1};
    struct work held[2] = {{.run = hold}, {.run = hold}};
    struct services *services = &web.services;

    services->readers = NULL; /* who signed in: the loop itself */
    cr_assert_eq(work_pool_start(&pool, &services->guest_readers), 0);
    for (int i = 0; i < 2; i++) { /* one runs, one waits */
        while (work_pool_submit(services->guest_readers, &HOME, &held[i]))
            usleep(100);
    }
    cr_assert_eq(ask(LECTURES, "", "", ""), 503);
    cr_assert(web_has("Retry-After: "));
    cr_assert_eq(ask(LECTURES, "", "", "thay"), 200, "who signed in waits elsewhere");
    web_as("");
    cr_assert_eq(web_ask("POST", "/api/v1/session",
                         "{\"login\":\"lan\",\"password\":\"12345678\"}"),
                 401, "and so does who is about to");
    atomic_store(&gate, true);
    work_pool_free(services->guest_readers);
    services->guest_readers = NULL;
}
