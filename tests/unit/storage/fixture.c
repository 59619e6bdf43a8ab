// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/unit/storage/fixture.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <criterion/criterion.h>
#include <sqlite3.h>

#include "common/file.h"
#include "storage/jobs/upload_store.h"
#include "storage/sqlite/db_query.h"
#include "storage/sqlite/schema.h"

void fixture_open(struct fixture *f)
{
    *f = (struct fixture){.arena = arena_with_limit(16 << 20)};
    (void)snprintf(f->directory, sizeof f->directory, "%s/banmai-storage-XXXXXX",
                   access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp");
    cr_assert_not_null(mkdtemp(f->directory));
    (void)snprintf(f->path, sizeof f->path, "%s/banmai.sqlite3", f->directory);
    cr_assert_eq(db_open_writer(f->path, &f->db), 0);
}

void fixture_reopen(struct fixture *f)
{
    db_free(f->db);
    f->db = NULL;
    cr_assert_eq(db_open_writer(f->path, &f->db), 0);
}

void fixture_close(struct fixture *f)
{
    db_free(f->db);
    arena_clear(&f->arena);
    cr_expect_eq(file_remove_tree(AT_FDCWD, f->directory), 0);
}

void fixture_keep(struct fixture *f, struct buf *kept)
{
    db_free(f->db); /* which leaves nothing beside the file */
    f->db = NULL;
    cr_assert_eq(file_read_all(AT_FDCWD, f->path, kept), 0);
    cr_assert_eq(db_open_writer(f->path, &f->db), 0);
}

void fixture_put_back(struct fixture *f, const struct buf *kept)
{
    db_free(f->db);
    f->db = NULL;
    const int fd = open(f->path, O_WRONLY | O_TRUNC | O_CLOEXEC);
    cr_assert(fd >= 0);
    cr_assert_eq(file_write_all(fd, kept->data, kept->length), 0);
    cr_assert_eq(close(fd), 0);
    cr_assert_eq(db_open_writer(f->path, &f->db), 0);
}

void fixture_hurry(struct fixture *f)
{
    CLEANUP(query_end) struct query q = query_start(f->db, "PRAGMA synchronous = OFF");

    cr_assert_eq(query_run(&q), 0);
}

static sqlite3 *open_aside(struct fixture *f)
{
    sqlite3 *handle = NULL;

    cr_assert_eq(sqlite3_open_v2(f->path, &handle, SQLITE_OPEN_READWRITE, NULL), SQLITE_OK);
    cr_assert_eq(sqlite3_busy_timeout(handle, 5000), SQLITE_OK);
    return handle;
}

void fixture_execute(struct fixture *f, const char *sql)
{
    sqlite3 *handle = open_aside(f);
    char *message = NULL;

    cr_assert_eq(sqlite3_exec(handle, sql, NULL, NULL, &message), SQLITE_OK, "%s", message);
    sqlite3_close(handle);
}

int fixture_try(struct fixture *f, const char *sql)
{
    sqlite3 *handle = open_aside(f);
    const int code = sqlite3_exec(handle, sql, NULL, NULL, NULL);

    sqlite3_close(handle);
    return code;
}

int64_t fixture_number(struct fixture *f, const char *sql)
{
    sqlite3 *handle = open_aside(f);
    sqlite3_stmt *statement = NULL;

    cr_assert_eq(sqlite3_prepare_v2(handle, sql, -1, &statement, NULL), SQLITE_OK, "%s",
                 sqlite3_errmsg(handle));
    cr_assert_eq(sqlite3_step(statement), SQLITE_ROW);
    const int64_t number = sqlite3_column_int64(statement, 0);
    sqlite3_finalize(statement);
    sqlite3_close(handle);
    return number;
}

static sqlite3 *open_new(const char *path)
{
    sqlite3 *handle = NULL;

    cr_assert_eq(sqlite3_open_v2(path, &handle, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, NULL),
                 SQLITE_OK);
    return handle;
}

static void execute(sqlite3 *handle, const char *sql)
{
    char *message = NULL;

    cr_assert_eq(sqlite3_exec(handle, sql, NULL, NULL, &message), SQLITE_OK, "%s", message);
}

void fixture_load(struct fixture *f, const char *sql)
{
    char log[128];

    db_free(f->db);
    f->db = NULL;
    cr_assert_eq(unlink(f->path), 0);
    (void)snprintf(log, sizeof log, "%s-wal", f->path);
    (void)unlink(log);
    sqlite3 *handle = open_new(f->path);
    execute(handle, sql);
    sqlite3_close(handle);
}

/* Copies the rows of the tables that a new database has from one that is attached as `now`. */
static void copy_rows(sqlite3 *handle)
{
    static const char COPIES[] =
        "SELECT 'INSERT INTO main.' || name || ' (' || columns || ') SELECT ' || columns ||"
        " ' FROM now.' || name FROM (SELECT t.name, group_concat(c.name) AS columns"
        " FROM sqlite_schema AS t, pragma_table_info(t.name) AS c WHERE t.type = 'table'"
        " GROUP BY t.name)";
    sqlite3_stmt *copies = NULL;

    cr_assert_eq(sqlite3_prepare_v2(handle, COPIES, -1, &copies, NULL), SQLITE_OK);
    while (sqlite3_step(copies) == SQLITE_ROW)
        execute(handle, (const char *)sqlite3_column_text(copies, 0));
    sqlite3_finalize(copies);
}

void fixture_go_back(struct fixture *f)
{
    char now[128], sql[160];

    db_free(f->db);
    f->db = NULL;
    (void)snprintf(now, sizeof now, "%s.now", f->path);
    cr_assert_eq(rename(f->path, now), 0);
    sqlite3 *handle = open_new(f->path);
    execute(handle, schema_migrations[0].text);
    (void)snprintf(sql, sizeof sql, "PRAGMA user_version = 1; ATTACH '%s' AS now", now);
    execute(handle, sql);
    copy_rows(handle);
    sqlite3_close(handle);
    cr_assert_eq(unlink(now), 0);
}

void fixture_new_id(char id[ID_SIZE])
{
    static char last[ID_SIZE];

    do
        id_new(id);
    while (strcmp(id, last) <= 0);
    memcpy(last, id, ID_SIZE);
}

void fixture_add_user(struct fixture *f, const char *login, enum role role, char id[ID_SIZE])
{
    struct user user = {.role = role, .created_at_ms = 1000};

    fixture_new_id(user.id);
    (void)snprintf(user.login, sizeof user.login, "%s", login);
    (void)snprintf(user.name, sizeof user.name, "Bạn %s", login);
    cr_assert_eq(user_store_add(f->db, &user, "$argon2id$v=19$test"), 0);
    memcpy(id, user.id, ID_SIZE);
}

void fixture_add_upload(struct fixture *f, const char *owner_id, int64_t length, int64_t now_ms,
                        char id[ID_SIZE])
{
    struct upload upload = {.length_bytes = length, .created_at_ms = now_ms};
    struct lecture lecture = {.title = "Bài giảng", .filename = "bai giang.mp4"};

    fixture_new_id(upload.id);
    memcpy(upload.owner_id, owner_id, ID_SIZE);
    (void)snprintf(upload.metadata, sizeof upload.metadata, "filename YS5tcDQ=");
    cr_assert_eq(upload_store_create(f->db, &upload, &lecture), 0);
    memcpy(id, upload.id, ID_SIZE);
}

void fixture_add_job(struct fixture *f, const char *owner_id, int64_t now_ms,
                     char lecture_id[ID_SIZE], char job_id[ID_SIZE])
{
    fixture_add_upload(f, owner_id, 100, now_ms, lecture_id);
    cr_assert_eq(upload_store_advance(f->db, lecture_id, 100, 0), 0);
    fixture_new_id(job_id);
    cr_assert_eq(upload_store_finish(f->db, lecture_id, SOURCE_OF_TESTS, job_id, now_ms), 0);
}

struct task_ref fixture_start_task(struct fixture *f, int64_t now_ms)
{
    struct task_issue *issues = NULL;
    size_t n = 0;

    cr_assert_eq(job_turn_issue(f->db, 1, now_ms, &f->turn, &f->arena, &issues, &n), 0);
    cr_assert_eq(n, 1, "one task should wait");
    cr_assert_eq(job_task_started(f->db, &issues[0].ref, "w1", now_ms + 60000, now_ms), 0);
    return issues[0].ref;
}

void fixture_plan(struct fixture *f, int64_t n_chunks, int64_t n_sounds, int64_t now_ms)
{
    const struct task_plan plan = {.n_chunks = n_chunks,
                                   .n_sounds = n_sounds,
                                   .duration_us = 90000000,
                                   .package_id = PACKAGE_OF_TESTS};
    const struct task_ref task = fixture_start_task(f, now_ms);

    cr_assert_eq(task.kind, TASK_PLAN);
    cr_assert_eq(job_task_planned(f->db, &task, &plan, now_ms), 0);
}
