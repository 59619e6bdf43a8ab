// SPDX-License-Identifier: GPL-3.0-or-later
#include "storage/sweep.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include <criterion/criterion.h>

#include "common/clock.h"
#include "common/err.h"
#include "fixture.h"
#include "media_fixture.h"
#include "storage/upload_file.h"
#include "storage/upload_store.h"

static struct fixture f;
static struct media_fixture m;
static char owner[ID_SIZE];

static void set_up(void)
{
    fixture_open(&f);
    media_fixture_open(&m);
    fixture_add_user(&f, "thay", ROLE_INSTRUCTOR, owner);
}

static void tear_down(void)
{
    media_fixture_close(&m);
    fixture_close(&f);
}

TestSuite(sweep, .init = set_up, .fini = tear_down);

/* As if everything on disk were a day and more old. */
static void sweep_when_old(size_t limit, size_t removed[N_MEDIA_FOLDERS])
{
    const int64_t tomorrow_ms = clock_wall_ms() + SWEEP_MIN_AGE_MS + 60000;

    cr_assert_eq(sweep_orphans(f.db, m.store, tomorrow_ms, limit, removed), 0);
}

static size_t sum(const size_t removed[N_MEDIA_FOLDERS])
{
    size_t n = 0;

    for (int i = 0; i < N_MEDIA_FOLDERS; i++)
        n += removed[i];
    return n;
}

/* An upload with its file, through all its life up to a package. */
static void make_upload(char id[ID_SIZE])
{
    CLEANUP(upload_file_free) struct upload_file *file = NULL;

    fixture_add_upload(&f, owner, 3, 1, id);
    cr_assert_eq(upload_file_open(m.store, id, 0, &file), 0);
    cr_assert_eq(upload_file_append(file, "abc", 3), 0);
    cr_assert_eq(upload_file_sync(file), 0);
}

static void finish_upload(const char *id, char job_id[ID_SIZE])
{
    static const char hash[] = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";

    cr_assert_eq(upload_store_advance(f.db, id, 3, 2), 0);
    cr_assert_eq(upload_store_complete(f.db, id), 0);
    cr_assert_eq(media_store_adopt_source(m.store, id, hash), 0);
    fixture_new_id(job_id);
    cr_assert_eq(upload_store_finish(f.db, id, hash, job_id, 3), 0);
}

Test(sweep, what_is_alive_stays_at_every_step_of_its_life)
{
    char id[ID_SIZE], job_id[ID_SIZE];
    size_t removed[N_MEDIA_FOLDERS];

    make_upload(id);
    sweep_when_old(99, removed);
    cr_assert_eq(sum(removed), 0, "an upload under way");
    finish_upload(id, job_id);
    cr_assert_eq(upload_file_remove(m.store, id), 0);
    cr_assert_eq(media_store_make_job_dir(m.store, job_id), 0);
    sweep_when_old(99, removed);
    cr_assert_eq(sum(removed), 0, "a source and a job that plans");
    cr_assert_eq(media_store_make_package(m.store, job_id, PACKAGE_OF_TESTS), 0);
    fixture_plan(&f, 1, 0, 5);
    sweep_when_old(99, removed);
    cr_assert_eq(sum(removed), 0, "a package that grows");
    struct task_ref task = fixture_start_task(&f, 6);
    cr_assert_eq(job_task_failed(f.db, &task, FAILURE_DRM, false, 7), 0);
    sweep_when_old(99, removed);
    cr_assert_eq(removed[MEDIA_PACKAGES], 0, "parts of a failed job, for its next attempt");
    cr_assert_eq(removed[MEDIA_SOURCES], 0);
    cr_assert_eq(job_store_retry(f.db, job_id, false, 8), 0);
    sweep_when_old(99, removed);
    cr_assert_eq(sum(removed), 0);
}

Test(sweep, a_deleted_lecture_takes_its_files_along_a_day_later)
{
    char id[ID_SIZE], job_id[ID_SIZE];
    size_t removed[N_MEDIA_FOLDERS];

    make_upload(id);
    finish_upload(id, job_id);
    cr_assert_eq(media_store_make_job_dir(m.store, job_id), 0);
    cr_assert_eq(media_store_make_package(m.store, job_id, PACKAGE_OF_TESTS), 0);
    fixture_plan(&f, 1, 0, 5);
    cr_assert_eq(lecture_store_delete(f.db, id), 0);
    cr_assert_eq(sweep_orphans(f.db, m.store, clock_wall_ms(), 99, removed), 0);
    cr_assert_eq(sum(removed), 0);
    sweep_when_old(99, removed);
    for (int i = 0; i < N_MEDIA_FOLDERS; i++)
        cr_assert_eq(removed[i], 1, "folder %d", i);
    sweep_when_old(99, removed);
    cr_assert_eq(sum(removed), 0);
}

Test(sweep, a_source_or_package_that_another_lecture_shares_stays)
{
    char first[ID_SIZE], second[ID_SIZE], job_id[ID_SIZE];
    size_t removed[N_MEDIA_FOLDERS];

    make_upload(first);
    finish_upload(first, job_id);
    make_upload(second);
    finish_upload(second, job_id);
    cr_assert_eq(upload_file_remove(m.store, first), 0);
    cr_assert_eq(upload_file_remove(m.store, second), 0);
    cr_assert_eq(lecture_store_delete(f.db, first), 0);
    sweep_when_old(99, removed);
    cr_assert_eq(removed[MEDIA_SOURCES], 0);
    cr_assert_eq(lecture_store_delete(f.db, second), 0);
    sweep_when_old(99, removed);
    cr_assert_eq(removed[MEDIA_SOURCES], 1);
}

Test(sweep, the_limit_is_for_all_folders_together)
{
    char id[ID_SIZE], hash[SHA256_HEX_SIZE];
    size_t removed[N_MEDIA_FOLDERS];

    for (int i = 0; i < 3; i++)
        media_fixture_upload(&m, "abc", id, hash);
    cr_assert_eq(media_store_adopt_source(m.store, id, hash), 0);
    sweep_when_old(2, removed);
    cr_assert_eq(removed[MEDIA_UPLOADS], 2);
    cr_assert_eq(removed[MEDIA_SOURCES], 0);
    sweep_when_old(2, removed);
    cr_assert_eq(removed[MEDIA_UPLOADS], 1);
    cr_assert_eq(removed[MEDIA_SOURCES], 1);
}

Test(sweep, a_database_that_does_not_answer_keeps_everything)
{
    char id[ID_SIZE], hash[SHA256_HEX_SIZE];
    size_t removed[N_MEDIA_FOLDERS];
    struct db *open = NULL;

    media_fixture_upload(&m, "abc", id, hash);
    fixture_execute(&f, "ALTER TABLE uploads RENAME TO downloads");
    cr_assert_eq(db_begin(f.db, &open), 0);
    db_rollback(open);
    cr_assert_neq(sweep_orphans(f.db, m.store, clock_wall_ms() + 2 * (int64_t)SWEEP_MIN_AGE_MS, 99,
                                removed),
                  0);
    cr_assert_eq(sum(removed), 0);
}
