// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/features/catalogue/catalogue_store.h"

#include <stdio.h>
#include <string.h>

#include <criterion/criterion.h>

#include "common/err.h"
#include "storage/jobs/upload_store.h"
#include "tests/unit/storage/fixture.h"

static struct fixture f;
static char owner[ID_SIZE];
static char other[ID_SIZE];
static const struct catalogue_reader STRANGER;
static const struct catalogue_reader ADMIN = {.viewer = {.sees_all = true}};

static void set_up(void)
{
    fixture_open(&f);
    fixture_hurry(&f);
    fixture_add_user(&f, "thay", ROLE_INSTRUCTOR, owner);
    fixture_add_user(&f, "co", ROLE_INSTRUCTOR, other);
}

static void tear_down(void)
{
    fixture_close(&f);
}

TestSuite(catalogue, .init = set_up, .fini = tear_down);

static struct catalogue_reader as(const char *user_id)
{
    struct catalogue_reader reader = {0};

    memcpy(reader.viewer.own_id, user_id, ID_SIZE);
    memcpy(reader.user_id, user_id, ID_SIZE);
    return reader;
}

static void add_course(const char *title, const char *owner_id, char id[ID_SIZE])
{
    struct course course = {0};

    (void)snprintf(course.title, sizeof course.title, "%s", title);
    memcpy(course.owner_id, owner_id, ID_SIZE);
    fixture_new_id(course.id);
    cr_assert_eq(course_store_add(f.db, &course), 0);
    memcpy(id, course.id, ID_SIZE);
}

/* A lecture of `state`, of one second, in the course ("" for none). */
static void add_lecture(const char *owner_id, const char *course_id, const char *state,
                        char id[ID_SIZE])
{
    struct upload upload = {.length_bytes = 1};
    struct lecture lecture = {.title = "Bài"};
    char sql[200];

    memcpy(upload.owner_id, owner_id, ID_SIZE);
    (void)snprintf(lecture.course_id, ID_SIZE, "%s", course_id);
    fixture_new_id(upload.id);
    cr_assert_eq(upload_store_create(f.db, &upload, &lecture), 0);
    memcpy(id, upload.id, ID_SIZE);
    if (strcmp(state, "uploading") == 0)
        return;
    (void)snprintf(sql, sizeof sql,
                   "UPDATE lectures SET state = '%s', duration_us = 1000000 WHERE id = '%s'", state,
                   id);
    fixture_execute(&f, sql);
}

/* Many rows that strangers do not see, behind the stores' back. */
static void add_junk(const char *course_id, int n)
{
    char sql[640];

    (void)snprintf(sql, sizeof sql,
                   "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < %d)"
                   " INSERT INTO lectures SELECT printf('f%%031x', i), nullif('%s', ''), i,"
                   " 'x', '%s', 'uploading', NULL, NULL, '', NULL, NULL, 1, 1 FROM n",
                   n, course_id, other);
    fixture_execute(&f, sql);
}

static size_t list(const struct catalogue_reader *reader, struct list_page page,
                   struct catalogue_lecture **rows)
{
    size_t n = 0;

    cr_assert_eq(catalogue_list_lectures(f.db, reader, &page, &f.arena, rows, &n), 0);
    return n;
}

static size_t list_course(const struct catalogue_reader *reader, const char *course_id,
                          struct list_page page, struct catalogue_lecture **rows)
{
    size_t n = 0;

    cr_assert_eq(catalogue_list_by_course(f.db, reader, course_id, &page, &f.arena, rows, &n), 0);
    return n;
}

static size_t list_courses(const struct viewer *viewer, struct list_page page,
                           struct catalogue_course **rows)
{
    size_t n = 0;

    cr_assert_eq(catalogue_list_courses(f.db, viewer, &page, &f.arena, rows, &n), 0);
    return n;
}

Test(catalogue, junk_that_a_reader_does_not_see_hides_nothing)
{
    struct catalogue_lecture *rows = NULL;
    struct catalogue_course *courses = NULL;
    char course[ID_SIZE], seen[ID_SIZE], junk_course[ID_SIZE], title[16];

    add_course("Toán", owner, course);
    add_lecture(owner, course, "ready", seen);
    add_junk(course, 5000);
    for (int i = 0; i < 300; i++) {
        (void)snprintf(title, sizeof title, "!%03d", i);
        add_course(title, other, junk_course);
    }
    cr_assert_eq(list(&STRANGER, (struct list_page){.limit = 50, .is_first = true}, &rows), 1);
    cr_assert_str_eq(rows[0].lecture.id, seen);
    cr_assert_eq(list_course(&STRANGER, course, (struct list_page){.limit = 50, .is_first = true},
                             &rows),
                 1);
    cr_assert_str_eq(rows[0].lecture.id, seen);
    cr_assert_eq(list_courses(&STRANGER.viewer, (struct list_page){.limit = 50, .is_first = true},
                              &courses),
                 1);
    cr_assert_str_eq(courses[0].course.id, course);
    cr_assert_eq(courses[0].n_lectures, 1);
    const struct catalogue_reader teacher = as(owner);
    cr_assert_eq(list(&teacher, (struct list_page){.limit = 50, .is_first = true}, &rows), 1);
    cr_assert_eq(list(&ADMIN, (struct list_page){.limit = 50, .is_first = true}, &rows), 51);
}

Test(catalogue, a_strangers_lists_do_not_read_what_strangers_do_not_see)
{
    struct catalogue_lecture *rows = NULL;
    struct catalogue_course *courses = NULL;
    char course[ID_SIZE], id[ID_SIZE];

    add_course("Toán", owner, course);
    add_lecture(owner, course, "ready", id);
    add_junk(course, 100000);
    db_limit_time(f.db, 15); /* a hundred thousand rows take longer */
    (void)list(&STRANGER, (struct list_page){.limit = 50, .is_first = true}, &rows);
    db_limit_time(f.db, 15);
    (void)list_course(&STRANGER, course, (struct list_page){.limit = 50, .is_first = true}, &rows);
    db_limit_time(f.db, 15);
    (void)list_courses(&STRANGER.viewer, (struct list_page){.limit = 50, .is_first = true},
                       &courses);
    db_limit_time(f.db, 0);
}

Test(catalogue, every_row_is_reached_page_by_page_while_rows_come_and_go)
{
    struct catalogue_lecture *rows = NULL;
    char course[ID_SIZE], ids[7][ID_SIZE], later[ID_SIZE];
    struct list_page page = {.limit = 2, .is_first = true};
    size_t n_seen = 0;

    add_course("Toán", owner, course);
    for (int i = 0; i < 7; i++)
        add_lecture(owner, course, "ready", ids[i]);
    for (size_t n = 3; n == 3;) {
        n = list(&STRANGER, page, &rows);
        for (size_t i = 0; i < n && i < 2; i++)
            cr_assert_str_eq(rows[i].lecture.id, ids[6 - n_seen++]);
        page.is_first = false;
        memcpy(page.after.id, rows[(n < 3 ? n : 2) - 1].lecture.id, ID_SIZE);
        if (n_seen == 2) { /* a new one comes, and the one at the cursor goes */
            add_lecture(owner, course, "ready", later);
            cr_assert_eq(lecture_store_delete(f.db, page.after.id), 0);
        }
    }
    cr_assert_eq(n_seen, 7);
}

Test(catalogue, a_course_is_read_in_its_order_also_where_positions_are_equal)
{
    struct catalogue_lecture *rows = NULL;
    char course[ID_SIZE], ids[5][ID_SIZE], sql[120];
    struct list_page page = {.limit = 1, .is_first = true};

    add_course("Toán", owner, course);
    for (int i = 0; i < 5; i++)
        add_lecture(owner, course, i == 1 ? "failed" : "ready", ids[i]);
    (void)snprintf(sql, sizeof sql, "UPDATE lectures SET position = 3 WHERE id = '%s'", ids[3]);
    fixture_execute(&f, sql);
    for (int i = 0; i < 5; i++) {
        if (i == 1) /* failed: strangers pass it over */
            continue;
        cr_assert_eq(list_course(&STRANGER, course, page, &rows), i < 4 ? 2 : 1);
        cr_assert_str_eq(rows[0].lecture.id, ids[i]);
        page.is_first = false;
        page.after.number = rows[0].lecture.position;
        memcpy(page.after.id, rows[0].lecture.id, ID_SIZE);
    }
    cr_assert_eq(list_course(&STRANGER, course, page, &rows), 0);
    const struct catalogue_reader teacher = as(owner);
    cr_assert_eq(list_course(&teacher, course, (struct list_page){.limit = 9, .is_first = true},
                             &rows),
                 5);
    const struct catalogue_reader foreign = as(other);
    cr_assert_eq(list_course(&foreign, course, (struct list_page){.limit = 9, .is_first = true},
                             &rows),
                 4);
}

Test(catalogue, courses_page_by_title_also_where_titles_are_equal)
{
    struct catalogue_course *rows = NULL;
    char ids[4][ID_SIZE], id[ID_SIZE];
    struct list_page page = {.limit = 1, .is_first = true};

    for (int i = 0; i < 4; i++) {
        add_course(i < 3 ? "Tin" : "Văn", owner, ids[i]);
        add_lecture(owner, ids[i], "ready", id);
    }
    for (int i = 0; i < 4; i++) {
        cr_assert_eq(list_courses(&STRANGER.viewer, page, &rows), i < 3 ? 2 : 1);
        cr_assert_str_eq(rows[0].course.id, ids[i]);
        page.is_first = false;
        memcpy(page.after.text, rows[0].course.title, sizeof rows[0].course.title);
        memcpy(page.after.id, rows[0].course.id, ID_SIZE);
    }
}

Test(catalogue, a_course_counts_what_its_reader_sees_and_is_there_for_whom_it_shows_something)
{
    const struct catalogue_reader teacher = as(owner);
    const struct catalogue_reader foreign = as(other);
    struct catalogue_course *rows = NULL;
    struct catalogue_course found;
    char course[ID_SIZE], empty[ID_SIZE], id[ID_SIZE];
    const struct list_page page = {.limit = 9, .is_first = true};

    add_course("Toán", owner, course);
    add_course("Văn", owner, empty);
    add_lecture(owner, course, "ready", id);
    add_lecture(owner, course, "processing", id);
    add_lecture(owner, course, "failed", id);
    add_lecture(other, course, "queued", id);
    cr_assert_eq(list_courses(&STRANGER.viewer, page, &rows), 1);
    cr_assert_eq(rows[0].n_lectures, 2);
    cr_assert_eq(rows[0].duration_us, 2000000);
    cr_assert_eq(list_courses(&foreign.viewer, page, &rows), 1);
    cr_assert_eq(rows[0].n_lectures, 3);
    cr_assert_eq(list_courses(&teacher.viewer, page, &rows), 2);
    cr_assert_eq(rows[0].n_lectures, 3);
    cr_assert_eq(list_courses(&ADMIN.viewer, page, &rows), 2);
    cr_assert_eq(rows[0].n_lectures, 4);
    cr_assert_eq(catalogue_find_course(f.db, &STRANGER.viewer, empty, &found), ERR_NOT_FOUND);
    cr_assert_eq(catalogue_find_course(f.db, &foreign.viewer, empty, &found), ERR_NOT_FOUND);
    cr_assert_eq(catalogue_find_course(f.db, &teacher.viewer, empty, &found), 0);
    cr_assert_eq(catalogue_find_course(f.db, &ADMIN.viewer, empty, &found), 0);
    cr_assert_eq(catalogue_find_course(f.db, &STRANGER.viewer, course, &found), 0);
    cr_assert_eq(found.n_lectures, 2);
}

Test(catalogue, a_lecture_comes_with_its_course_upload_and_latest_job)
{
    const struct catalogue_reader teacher = as(owner);
    struct catalogue_lecture found;
    char course[ID_SIZE], waiting[ID_SIZE], lecture[ID_SIZE], job[ID_SIZE];

    add_course("Toán", owner, course);
    add_lecture(owner, course, "uploading", waiting);
    fixture_add_job(&f, owner, 5, lecture, job);
    cr_assert_eq(catalogue_find_lecture(f.db, &teacher, waiting, &found), 0);
    cr_assert_str_eq(found.course_title, "Toán");
    cr_assert_eq(found.upload_offset, 0);
    cr_assert_eq(found.upload_length, 1);
    cr_assert_eq(found.position_ms, -1);
    cr_assert_not(found.has_job);
    cr_assert_eq(catalogue_find_lecture(f.db, &STRANGER, waiting, &found), ERR_NOT_FOUND);
    cr_assert_eq(catalogue_find_lecture(f.db, &teacher, lecture, &found), 0);
    cr_assert_str_eq(found.course_title, "");
    cr_assert_eq(found.upload_offset, -1);
    cr_assert(found.has_job);
    cr_assert_str_eq(found.job.id, job);
    cr_assert_not(found.job.is_playable);
    cr_assert_eq(job_store_set_playable(f.db, job), 0);
    cr_assert_eq(catalogue_find_lecture(f.db, &teacher, lecture, &found), 0);
    cr_assert(found.job.is_playable);
}

Test(catalogue, one_broken_row_fails_the_list_and_does_not_shorten_it)
{
    struct catalogue_lecture *rows = NULL;
    const struct list_page page = {.limit = 9, .is_first = true};
    char id[ID_SIZE], sql[160];
    size_t n = 77;

    add_lecture(owner, "", "ready", id);
    add_lecture(owner, "", "ready", id);
    (void)snprintf(sql, sizeof sql, "UPDATE lectures SET title = 'a' || char(0) WHERE id = '%s'",
                   id);
    fixture_execute(&f, sql);
    cr_assert_eq(catalogue_list_lectures(f.db, &STRANGER, &page, &f.arena, &rows, &n), ERR_CORRUPT);
    cr_assert_eq(n, 77);
    (void)snprintf(sql, sizeof sql,
                   "UPDATE lectures SET title = CAST(x'62ff' AS TEXT) WHERE id = '%s'", id);
    fixture_execute(&f, sql);
    cr_assert_eq(catalogue_list_lectures(f.db, &STRANGER, &page, &f.arena, &rows, &n), ERR_CORRUPT);
    fixture_execute(&f, "DROP TABLE progress");
    cr_assert_neq(catalogue_list_lectures(f.db, &STRANGER, &page, &f.arena, &rows, &n), 0);
}

Test(catalogue, a_database_of_the_first_version_is_listed)
{
    struct catalogue_lecture *rows = NULL;
    char id[ID_SIZE], job[ID_SIZE], course[ID_SIZE];

    add_course("Toán", owner, course);
    add_lecture(owner, course, "ready", id);
    fixture_add_job(&f, owner, 5, id, job);
    fixture_go_back(&f);
    fixture_reopen(&f);
    cr_assert_eq(list(&STRANGER, (struct list_page){.limit = 9, .is_first = true}, &rows), 1);
    cr_assert_eq(list(&ADMIN, (struct list_page){.limit = 9, .is_first = true}, &rows), 2);
    cr_assert(rows[0].has_job);
    cr_assert_not(rows[0].job.is_playable);
}
