// SPDX-License-Identifier: GPL-3.0-or-later
/* The catalogue's handlers in process: a database of their own, and what is broken in it. */
#include <ftw.h>
#include <jansson.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include <sqlite3.h>

#include "common/clock.h"
#include "common/work_pool.h"
#include "server/auth/playback_token.h"
#include "server/config.h"
#include "server/features/catalogue/course_store.h"
#include "server/features/health/health.h"
#include "server/features/playback/package_cache.h"
#include "server/web/handlers.h"
#include "server/web/route.h"
#include "server/web/services.h"
#include "storage/jobs/job_store.h"
#include "storage/jobs/upload_store.h"
#include "storage/media/media_store.h"
#include "storage/sqlite/db.h"
#include "tests/unit/server/http/fake_protocol.h"

static char directory[] = "/tmp/banmai-catalogue-XXXXXX";
static char path[64];
static struct db *writer;
static struct media_store *media;
static struct config config;
static struct health health;
static struct playback_key key;
static _Atomic(const struct config *) now;
static struct services services;
static struct user teacher = {.login = "thay", .name = "Thầy", .role = ROLE_INSTRUCTOR};
static struct course course = {.title = "Toán"};
static char lecture_ids[3][ID_SIZE];

static void execute(const char *sql)
{
    sqlite3 *handle = NULL;

    cr_assert_eq(sqlite3_open_v2(path, &handle, SQLITE_OPEN_READWRITE, NULL), SQLITE_OK);
    cr_assert_eq(sqlite3_exec(handle, sql, NULL, NULL, NULL), SQLITE_OK, "%s", sql);
    sqlite3_close(handle);
}

static void add_lecture(char id[ID_SIZE])
{
    struct upload upload = {.length_bytes = 1, .created_at_ms = 1};
    struct lecture lecture = {.title = "Bài"};
    char job[ID_SIZE], sql[300];

    id_new(id);
    id_new(job);
    memcpy(upload.id, id, ID_SIZE);
    memcpy(upload.owner_id, teacher.id, ID_SIZE);
    memcpy(lecture.course_id, course.id, ID_SIZE);
    cr_assert_eq(upload_store_create(writer, &upload, &lecture), 0);
    cr_assert_eq(job_store_create(writer, job, id, 1), 0);
    (void)snprintf(sql, sizeof sql,
                   "DELETE FROM uploads; UPDATE lectures SET state = 'ready', package_id ="
                   " '00112233445566778899aabbccddeeff' WHERE id = '%s'",
                   id);
    execute(sql);
}

static void start(void)
{
    cr_assert_not_null(mkdtemp(directory));
    (void)snprintf(path, sizeof path, "%s/banmai.sqlite3", directory);
    cr_assert_eq(db_open_writer(path, &writer), 0);
    cr_assert_eq(media_store_open(directory, 0, &media), 0);
    id_new(teacher.id);
    id_new(course.id);
    memcpy(course.owner_id, teacher.id, ID_SIZE);
    cr_assert_eq(user_store_add(writer, &teacher, "!"), 0);
    cr_assert_eq(course_store_add(writer, &course), 0);
    for (int i = 0; i < 3; i++)
        add_lecture(lecture_ids[i]);
    atomic_store(&now, &config);
    services =
        (struct services){.config = &now, .playback_key = &key, .media = media, .health = &health};
    cr_assert_eq(db_open_reader(path, &services.reader), 0);
    cr_assert_eq(package_cache_new(media, 2, &services.packages), 0);
}

static int remove_entry(const char *name, const struct stat *st, int kind, struct FTW *walk)
{
    (void)st;
    (void)kind;
    (void)walk;
    return remove(name);
}

static void stop(void)
{
    package_cache_free(services.packages);
    db_free(services.reader);
    db_free(writer);
    media_store_free(media);
    (void)nftw(directory, remove_entry, 8, FTW_DEPTH | FTW_PHYS);
}

TestSuite(catalogue_routes, .init = start, .fini = stop);

/* The answer's status; its document, if it is one, in *ret_document. */
static int ask(void (*handle)(struct call *call), const char *id, const char *query,
               const struct user *user, json_t **ret_document)
{
    struct call call = {.services = &services, .params = {slice_from(id)}};

    fake_set_up();
    fake_request(HTTP_GET, NULL, 0);
    fake_x->request.query = slice_from(query);
    call.x = fake_x;
    if (user) {
        call.actor.kind = ACTOR_USER;
        call.actor.user = *user;
    }
    handle(&call);
    const int status = (int)strtol(fake_head.data, NULL, 10);
    *ret_document = json_loadb(fake_body.data, fake_body.length, 0, NULL);
    exchange_release(fake_x, true);
    fake_tear_down();
    return status;
}

static int status_of(void (*handle)(struct call *call), const char *id, const struct user *user)
{
    json_t *document = NULL;
    const int status = ask(handle, id, "", user, &document);

    json_decref(document);
    return status;
}

static void assert_all_fail(const struct user *user)
{
    cr_assert_geq(status_of(handle_lectures, "", user), 500);
    cr_assert_geq(status_of(handle_course, course.id, user), 500);
    cr_assert_geq(status_of(handle_lecture, lecture_ids[1], user), 500);
}

Test(catalogue_routes, every_lecture_is_reached_by_following_next)
{
    char query[512] = "limit=1";

    for (int i = 2; i >= 0; i--) {
        json_t *document = NULL;
        cr_assert_eq(ask(handle_lectures, "", query, NULL, &document), 200);
        const json_t *row = json_array_get(json_object_get(document, "lectures"), 0);
        const json_t *next = json_object_get(document, "next");
        cr_assert_str_eq(json_string_value(json_object_get(row, "id")), lecture_ids[i]);
        cr_assert_eq(json_is_null(next), i == 0);
        (void)snprintf(query, sizeof query, "limit=1&after=%s",
                       i ? json_string_value(next) : "end");
        json_decref(document);
    }
}

Test(catalogue_routes, a_course_comes_with_its_first_page)
{
    json_t *document = NULL;

    cr_assert_eq(ask(handle_course, course.id, "limit=2", NULL, &document), 200);
    cr_assert_eq(json_array_size(json_object_get(document, "lectures")), 2);
    cr_assert_eq(json_integer_value(json_object_get(document, "n_lectures")), 3);
    cr_assert(json_is_string(json_object_get(document, "next")));
    json_decref(document);
    cr_assert_eq(status_of(handle_course, "nothing", NULL), 404);
}

Test(catalogue_routes, a_row_is_small_and_the_lecture_itself_says_all)
{
    json_t *list = NULL, *lecture = NULL;

    cr_assert_eq(ask(handle_lectures, "", "", NULL, &list), 200);
    const json_t *row = json_array_get(json_object_get(list, "lectures"), 0);
    cr_assert(json_is_null(json_object_get(row, "job")));
    cr_assert_null(json_object_get(json_object_get(row, "playback"), "hls"));
    cr_assert_eq(ask(handle_lecture, lecture_ids[0], "", NULL, &lecture), 200);
    cr_assert_not_null(json_object_get(json_object_get(lecture, "playback"), "hls"));
    cr_assert(json_is_object(json_object_get(lecture, "job")));
    json_decref(list);
    json_decref(lecture);
}

Test(catalogue_routes, a_table_that_fails_is_no_poorer_answer)
{
    static const char *const TABLES[] = {"progress", "jobs", "uploads", "courses", "lectures"};

    for (size_t i = 0; i < sizeof TABLES / sizeof TABLES[0]; i++) {
        char sql[80];
        (void)snprintf(sql, sizeof sql, "ALTER TABLE %s RENAME TO hidden", TABLES[i]);
        execute(sql);
        assert_all_fail(NULL);
        assert_all_fail(&teacher);
        (void)snprintf(sql, sizeof sql, "ALTER TABLE hidden RENAME TO %s", TABLES[i]);
        execute(sql);
        cr_assert_eq(status_of(handle_lectures, "", NULL), 200);
    }
}

Test(catalogue_routes, the_lists_of_admins_fail_as_honestly)
{
    execute("ALTER TABLE users RENAME TO hidden");
    cr_assert_geq(status_of(handle_user_list, "", NULL), 500);
    cr_assert_geq(status_of(handle_quarantine, "", NULL), 500);
    execute("ALTER TABLE hidden RENAME TO users");
    cr_assert_eq(status_of(handle_user_list, "", NULL), 200);
    cr_assert_eq(status_of(handle_quarantine, "", NULL), 200);
    execute("UPDATE users SET name = CAST(x'ff' AS TEXT)");
    cr_assert_geq(status_of(handle_user_list, "", NULL), 500);
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
        cr_assert_geq(status_of(handle_lecture, lecture_ids[1], NULL), 500, "%s", DAMAGES[i]);
        cr_assert_geq(status_of(handle_lectures, "", &teacher), 500, "%s", DAMAGES[i]);
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
    struct call call = {.services = &services};

    cr_assert_eq(work_pool_start(&pool, &services.guest_readers), 0);
    for (int i = 0; i < 2; i++) { /* one runs, one waits */
        while (work_pool_submit(services.guest_readers, &HOME, &held[i]))
            usleep(100);
    }
    fake_set_up();
    fake_request(HTTP_GET, NULL, 0);
    call.x = fake_x;
    handle_lectures(&call);
    cr_assert(fake_head_has("503\n"));
    cr_assert(fake_head_has("Retry-After: "));
    exchange_release(fake_x, true);
    fake_tear_down();
    cr_assert_eq(status_of(handle_lectures, "", &teacher), 200, "who signed in waits elsewhere");
    atomic_store(&gate, true);
    work_pool_free(services.guest_readers);
    services.guest_readers = NULL;
}
