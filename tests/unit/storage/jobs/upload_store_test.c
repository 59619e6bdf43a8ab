// SPDX-License-Identifier: GPL-3.0-or-later
#include "storage/jobs/upload_store.h"

#include <stdio.h>
#include <string.h>

#include <criterion/criterion.h>

#include "common/err.h"
#include "storage/jobs/job_store.h"
#include "tests/unit/storage/fixture.h"

static struct fixture f;
static char owner[ID_SIZE];

static void set_up(void)
{
    fixture_open(&f);
    fixture_add_user(&f, "thay", ROLE_INSTRUCTOR, owner);
}

static void tear_down(void)
{
    fixture_close(&f);
}

TestSuite(upload_store, .init = set_up, .fini = tear_down);

static struct upload find(const char *id)
{
    struct upload upload;

    cr_assert_eq(upload_store_find(f.db, id, &upload), 0);
    return upload;
}

Test(upload_store, a_new_upload_has_nothing)
{
    char id[ID_SIZE];

    fixture_add_upload(&f, owner, 1000, 50, id);
    const struct upload upload = find(id);
    cr_assert_str_eq(upload.owner_id, owner);
    cr_assert_eq(upload.length_bytes, 1000);
    cr_assert_eq(upload.durable_offset, 0);
    cr_assert_str_eq(upload.metadata, "filename YS5tcDQ=");
    cr_assert_eq(upload.idle_ms, 0);
    cr_assert_eq(upload.created_at_ms, 50);
    cr_assert_not(upload.is_complete);
}

Test(upload_store, an_upload_that_cannot_be_leaves_no_lecture_either)
{
    struct upload upload = {.length_bytes = 1};
    struct lecture lecture = {.title = "a"};
    char id[ID_SIZE];

    fixture_add_upload(&f, owner, 5, 1, id);
    memcpy(upload.id, id, ID_SIZE);
    memcpy(upload.owner_id, owner, ID_SIZE);
    cr_assert_eq(upload_store_create(f.db, &upload, &lecture), ERR_EXISTS);
    fixture_new_id(upload.id);
    (void)snprintf(upload.owner_id, sizeof upload.owner_id, "nobody");
    cr_assert_eq(upload_store_create(f.db, &upload, &lecture), ERR_CONFLICT);
    memcpy(upload.owner_id, owner, ID_SIZE);
    (void)snprintf(lecture.course_id, sizeof lecture.course_id, "no such course");
    cr_assert_eq(upload_store_create(f.db, &upload, &lecture), ERR_CONFLICT);
    lecture.course_id[0] = '\0';
    upload.length_bytes = -1;
    cr_assert_eq(upload_store_create(f.db, &upload, &lecture), ERR_INVALID);
    upload.length_bytes = UPLOAD_MAX_BYTES + 1;
    cr_assert_eq(upload_store_create(f.db, &upload, &lecture), ERR_INVALID);
    upload.length_bytes = 1;
    upload.metadata[0] = '\n';
    cr_assert_eq(upload_store_create(f.db, &upload, &lecture), ERR_INVALID);
    cr_assert_eq(fixture_number(&f, "SELECT count(*) FROM lectures"), 1);
}

Test(upload_store, the_durable_offset_only_grows_and_stays_within_the_length)
{
    char id[ID_SIZE];

    fixture_add_upload(&f, owner, 1000, 50, id);
    cr_assert_eq(upload_store_advance(f.db, id, 400, 0), 0);
    cr_assert_eq(upload_store_advance(f.db, id, 400, 0), 0);
    cr_assert_eq(upload_store_advance(f.db, id, 399, 0), ERR_CONFLICT);
    cr_assert_eq(upload_store_advance(f.db, id, 1001, 0), ERR_CONFLICT);
    cr_assert_eq(upload_store_advance(f.db, "x", 500, 0), ERR_NOT_FOUND);
    cr_assert_eq(find(id).durable_offset, 400);
    cr_assert_not(find(id).is_complete);
}

/* It took a second transaction, and a kill between the two left the upload there for ever. */
Test(upload_store, the_last_byte_completes_an_upload_in_the_same_transaction)
{
    char id[ID_SIZE], empty[ID_SIZE];
    struct upload *uploads = NULL;
    size_t n = 0;

    fixture_add_upload(&f, owner, 10, 1, id);
    cr_assert_eq(upload_store_advance(f.db, id, 10, 0), 0);
    cr_assert(find(id).is_complete);
    fixture_add_upload(&f, owner, 0, 1, empty);
    cr_assert(find(empty).is_complete);
    cr_assert_eq(upload_store_list_complete(f.db, 9, &f.arena, &uploads, &n), 0);
    cr_assert_eq(n, 2);
}

Test(upload_store, what_the_old_fault_left_whole_but_not_complete_is_found)
{
    char id[ID_SIZE], empty[ID_SIZE];
    struct upload *uploads = NULL;
    size_t n = 0;

    fixture_add_upload(&f, owner, 10, 1, id);
    fixture_add_upload(&f, owner, 0, 1, empty);
    fixture_execute(&f, "UPDATE uploads SET durable_offset = length_bytes, is_complete = 0");
    fixture_reopen(&f);
    cr_assert_eq(upload_store_list_complete(f.db, 9, &f.arena, &uploads, &n), 0);
    cr_assert_eq(n, 2);
    cr_assert_str_eq(uploads[0].id, id);
    cr_assert_str_eq(uploads[1].id, empty);
    cr_assert_eq(upload_store_add_served_time(f.db, 1000), 0);
    cr_assert_eq(upload_store_list_expired(f.db, 10, 9, &f.arena, &uploads, &n), 0);
    cr_assert_eq(n, 0);
}

Test(upload_store, a_promise_that_a_file_does_not_keep_is_taken_back_once)
{
    char id[ID_SIZE];

    fixture_add_upload(&f, owner, 10, 1, id);
    cr_assert_eq(upload_store_advance(f.db, id, 10, 0), 0);
    cr_assert_eq(upload_store_set_back(f.db, id, 9, 4), ERR_NOT_FOUND);
    cr_assert_eq(upload_store_set_back(f.db, id, 10, 10), ERR_NOT_FOUND);
    cr_assert_eq(upload_store_set_back(f.db, id, 10, 4), 0);
    cr_assert_eq(find(id).durable_offset, 4);
    cr_assert_not(find(id).is_complete);
    cr_assert_eq(upload_store_advance(f.db, id, 10, 0), 0);
}

Test(upload_store, the_job_leaves_the_sound_out_when_the_upload_said_so)
{
    struct upload upload = {.length_bytes = 0, .without_sound = true};
    const struct lecture lecture = {.title = "a"};
    char job_id[ID_SIZE];

    fixture_new_id(upload.id);
    memcpy(upload.owner_id, owner, ID_SIZE);
    cr_assert_eq(upload_store_create(f.db, &upload, &lecture), 0);
    fixture_new_id(job_id);
    cr_assert_eq(upload_store_finish(f.db, upload.id, SOURCE_OF_TESTS, job_id, 5), 0);
    cr_assert_eq(fixture_number(&f, "SELECT without_sound FROM jobs"), 1);
}

Test(upload_store, finishing_turns_the_upload_into_a_job_at_once)
{
    char id[ID_SIZE], job_id[ID_SIZE];
    struct lecture lecture;
    struct upload upload;
    struct job job;

    fixture_add_upload(&f, owner, 10, 1, id);
    fixture_new_id(job_id);
    cr_assert_eq(upload_store_finish(f.db, id, SOURCE_OF_TESTS, job_id, 5), ERR_CONFLICT);
    cr_assert_eq(upload_store_advance(f.db, id, 10, 0), 0);
    cr_assert_eq(upload_store_finish(f.db, id, "short", job_id, 5), ERR_INVALID);
    cr_assert_eq(upload_store_finish(f.db, id, SOURCE_OF_TESTS, job_id, 5), 0);
    cr_assert_eq(upload_store_finish(f.db, id, SOURCE_OF_TESTS, job_id, 5), ERR_NOT_FOUND);
    cr_assert_eq(upload_store_find(f.db, id, &upload), ERR_NOT_FOUND);
    cr_assert_eq(lecture_store_find(f.db, id, &lecture), 0);
    cr_assert_eq(lecture.state, LECTURE_QUEUED);
    cr_assert_str_eq(lecture.source_sha256, SOURCE_OF_TESTS);
    cr_assert_eq(lecture.source_bytes, 10);
    cr_assert_eq(lecture.updated_at_ms, 5);
    cr_assert_eq(job_store_find_by_lecture(f.db, id, &job), 0);
    cr_assert_str_eq(job.id, job_id);
    cr_assert_eq(job.state, JOB_QUEUED);
    cr_assert_eq(fixture_number(&f, "SELECT count(*) FROM tasks WHERE kind = 'plan'"), 1);
}

Test(upload_store, a_finish_that_fails_midway_changes_nothing)
{
    char id[ID_SIZE], lecture_id[ID_SIZE], taken[ID_SIZE];
    struct lecture lecture;

    fixture_add_job(&f, owner, 1, lecture_id, taken);
    fixture_add_upload(&f, owner, 0, 1, id);
    cr_assert_eq(upload_store_finish(f.db, id, SOURCE_OF_TESTS, taken, 5), ERR_EXISTS);
    cr_assert_eq(lecture_store_find(f.db, id, &lecture), 0);
    cr_assert_eq(lecture.state, LECTURE_UPLOADING);
    cr_assert(find(id).is_complete);
}

Test(upload_store, deleting_takes_the_lecture_but_only_while_uploading)
{
    char id[ID_SIZE], lecture_id[ID_SIZE], job_id[ID_SIZE];
    struct lecture lecture;

    fixture_add_upload(&f, owner, 10, 1, id);
    cr_assert_eq(upload_store_delete(f.db, id), 0);
    cr_assert_eq(upload_store_delete(f.db, id), ERR_NOT_FOUND);
    cr_assert_eq(lecture_store_find(f.db, id, &lecture), ERR_NOT_FOUND);
    fixture_add_job(&f, owner, 1, lecture_id, job_id);
    cr_assert_eq(upload_store_delete(f.db, lecture_id), ERR_NOT_FOUND);
    cr_assert_eq(lecture_store_find(f.db, lecture_id, &lecture), 0);
}

static size_t n_expired(int64_t idle_ms)
{
    struct upload *uploads = NULL;
    size_t n = 0;

    cr_assert_eq(upload_store_list_expired(f.db, idle_ms, 9, &f.arena, &uploads, &n), 0);
    return n;
}

Test(upload_store, idle_uploads_expire_from_their_last_byte_and_complete_ones_never)
{
    char idle[ID_SIZE], busy[ID_SIZE], complete[ID_SIZE];
    struct upload *uploads = NULL;
    size_t n = 0;

    fixture_add_upload(&f, owner, 10, 100, idle);
    fixture_add_upload(&f, owner, 10, 100, busy);
    fixture_add_upload(&f, owner, 0, 100, complete);
    cr_assert_eq(upload_store_add_served_time(f.db, 600), 0);
    cr_assert_eq(upload_store_advance(f.db, busy, 5, 0), 0);
    cr_assert_eq(upload_store_add_served_time(f.db, 300), 0);
    cr_assert_eq(find(idle).idle_ms, 900);
    cr_assert_eq(find(busy).idle_ms, 300);
    cr_assert_eq(n_expired(900), 0);
    cr_assert_eq(upload_store_add_served_time(f.db, 1), 0);
    cr_assert_eq(upload_store_list_expired(f.db, 900, 9, &f.arena, &uploads, &n), 0);
    cr_assert_eq(n, 1);
    cr_assert_str_eq(uploads[0].id, idle);
}

Test(upload_store, uploads_of_one_owner_are_not_finished_before_anothers_first)
{
    char other[ID_SIZE], honest[ID_SIZE], junk[ID_SIZE];
    struct upload *uploads = NULL;
    size_t n = 0;

    for (int i = 0; i < 40; i++) {
        fixture_add_upload(&f, owner, 0, 100, junk);
    }
    fixture_add_user(&f, "co", ROLE_INSTRUCTOR, other);
    fixture_add_upload(&f, other, 0, 200, honest);
    cr_assert_eq(upload_store_list_complete(f.db, 16, &f.arena, &uploads, &n), 0);
    cr_assert_eq(n, 16);
    cr_assert_str_eq(uploads[1].id, honest);
}

/* Idle time was the wall clock's: one that was 400 days ahead ended what had just come. */
Test(upload_store, no_wall_clock_ends_an_upload_or_keeps_it)
{
    char in_1970[ID_SIZE], in_2500[ID_SIZE];

    fixture_add_upload(&f, owner, 10, 1, in_1970);
    fixture_add_upload(&f, owner, 10, INT64_C(16725225600000), in_2500);
    cr_assert_eq(n_expired(0), 0);
    fixture_reopen(&f); /* served time goes on where it stood */
    cr_assert_eq(n_expired(0), 0);
    cr_assert_eq(upload_store_add_served_time(f.db, 1000), 0);
    cr_assert_eq(n_expired(1000), 0);
    cr_assert_eq(n_expired(999), 2);
    cr_assert_eq(upload_store_add_served_time(f.db, -1), ERR_INVALID);
}

Test(upload_store, what_wall_clocks_wrote_in_the_first_version_ends_nothing)
{
    char id[ID_SIZE];

    fixture_add_upload(&f, owner, 10, 1, id);
    fixture_add_upload(&f, owner, 10, 1, id);
    fixture_execute(&f, "UPDATE uploads SET last_byte_at_ms = 1");
    fixture_execute(&f, "UPDATE uploads SET last_byte_at_ms = 16725225600000 WHERE id ="
                        " (SELECT max(id) FROM uploads)");
    fixture_go_back(&f);
    fixture_reopen(&f);
    cr_assert_eq(find(id).idle_ms, 0);
    cr_assert_eq(n_expired(0), 0);
    cr_assert_eq(upload_store_add_served_time(f.db, 1), 0);
    cr_assert_eq(n_expired(0), 2, "they are both as idle as the server sees");
}

Test(upload_store, announced_bytes_take_no_room_and_bytes_that_came_do)
{
    char id[ID_SIZE], lecture_id[ID_SIZE], job_id[ID_SIZE], other[ID_SIZE];

    fixture_add_user(&f, "thay2", ROLE_INSTRUCTOR, other);
    fixture_add_upload(&f, owner, 1000, 1, id);
    cr_assert_eq(upload_store_check_owner_bytes(f.db, owner, 1000, 1000), 0);
    cr_assert_eq(upload_store_check_owner_bytes(f.db, owner, 1001, 1000), ERR_DENIED);
    cr_assert_eq(upload_store_check_owner_bytes(f.db, owner, 1001, 0), 0, "0 is no limit");
    cr_assert_eq(upload_store_advance(f.db, id, 400, 400), 0);
    cr_assert_eq(upload_store_advance(f.db, id, 401, 400), ERR_DENIED);
    cr_assert_eq(upload_store_advance(f.db, id, 400, 1), 0, "what came stays");
    cr_assert_eq(find(id).durable_offset, 400);
    fixture_add_job(&f, owner, 1, lecture_id, job_id); /* 100 bytes */
    fixture_add_job(&f, owner, 1, lecture_id, job_id); /* the same 100 */
    cr_assert_eq(upload_store_check_owner_bytes(f.db, owner, 500, 1000), 0);
    cr_assert_eq(upload_store_check_owner_bytes(f.db, owner, 501, 1000), ERR_DENIED);
    cr_assert_eq(upload_store_check_owner_bytes(f.db, other, 1000, 1000), 0);
}

Test(upload_store, one_owner_has_so_many_uploads_under_way)
{
    char id[ID_SIZE], other[ID_SIZE];

    fixture_add_user(&f, "thay2", ROLE_INSTRUCTOR, other);
    for (int i = 0; i < 3; i++)
        fixture_add_upload(&f, owner, 5, 1, id);
    cr_assert_eq(upload_store_check_owner_count(f.db, owner, 4), 0);
    cr_assert_eq(upload_store_check_owner_count(f.db, owner, 3), ERR_TOO_LARGE);
    cr_assert_eq(upload_store_check_owner_count(f.db, other, 3), 0);
    cr_assert_eq(upload_store_advance(f.db, id, 5, 0), 0);
    cr_assert_eq(upload_store_check_owner_count(f.db, owner, 3), 0, "complete ones do not count");
}
