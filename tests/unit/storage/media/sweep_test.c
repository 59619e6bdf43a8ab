// SPDX-License-Identifier: GPL-3.0-or-later
#include "storage/media/sweep.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include <criterion/criterion.h>

#include "common/clock.h"
#include "common/err.h"
#include "storage/jobs/upload_store.h"
#include "storage/media/upload_file.h"
#include "storage/sqlite/db_backup.h"
#include "tests/unit/storage/fixture.h"
#include "tests/unit/storage/media_fixture.h"

#define ABC_SHA256 "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"

enum { KEEP_MS = 24 * 3600 * 1000 };

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

/* What was on its way to a row is not any more. */
static void restart(void)
{
    media_store_free(m.store);
    cr_assert_eq(media_store_open(m.directory, 0, &m.store), 0);
}

/* One pass, and the notes that it settled are forgotten. Returns how many things went. */
static size_t sweep_now(size_t limit, size_t removed[N_MEDIA_FOLDERS])
{
    struct deleted_media *settled = NULL;
    size_t n = 0, total = 0;

    cr_assert_eq(sweep_deleted(f.db, m.store, KEEP_MS, limit, &f.arena, removed, &settled, &n), 0);
    for (size_t i = 0; i < n; i++)
        cr_assert_eq(deleted_media_forget(f.db, &settled[i]), 0);
    for (int i = 0; i < N_MEDIA_FOLDERS; i++)
        total += removed[i];
    return total;
}

/* A pass of a server that was restarted and has run for a day since. */
static size_t sweep_a_day_later(size_t limit, size_t removed[N_MEDIA_FOLDERS])
{
    restart();
    cr_assert_eq(deleted_media_wait(f.db, KEEP_MS), 0);
    return sweep_now(limit, removed);
}

static int64_t unknown_things(void)
{
    struct media_unknown unknown[N_MEDIA_FOLDERS];
    int64_t n = 0;

    cr_assert_eq(sweep_count_unknown(f.db, m.store, unknown), 0);
    for (int i = 0; i < N_MEDIA_FOLDERS; i++)
        n += unknown[i].n;
    return n;
}

static int64_t notes(void)
{
    return fixture_number(&f, "SELECT count(*) FROM deleted_media");
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
    cr_assert_eq(upload_store_advance(f.db, id, 3, 0), 0);
    cr_assert_eq(media_store_adopt_source(m.store, id, ABC_SHA256), 0);
    fixture_new_id(job_id);
    cr_assert_eq(upload_store_finish(f.db, id, ABC_SHA256, job_id, 3), 0);
}

static void make_lecture(char id[ID_SIZE], char job_id[ID_SIZE])
{
    make_upload(id);
    finish_upload(id, job_id);
    cr_assert_eq(media_store_make_job_dir(m.store, job_id), 0);
    cr_assert_eq(media_store_make_package(m.store, job_id, PACKAGE_OF_TESTS), 0);
    fixture_plan(&f, 1, 0, 5);
}

Test(sweep, what_is_alive_stays_at_every_step_of_its_life)
{
    char id[ID_SIZE], job_id[ID_SIZE];
    size_t removed[N_MEDIA_FOLDERS];

    make_upload(id);
    cr_assert_eq(sweep_a_day_later(99, removed), 0, "an upload under way");
    finish_upload(id, job_id);
    cr_assert_eq(upload_file_remove(m.store, id), 0);
    cr_assert_eq(media_store_make_job_dir(m.store, job_id), 0);
    (void)sweep_a_day_later(99, removed);
    cr_assert_eq(removed[MEDIA_SOURCES] + removed[MEDIA_JOBS], 0, "a source, a job that plans");
    cr_assert_eq(media_store_make_package(m.store, job_id, PACKAGE_OF_TESTS), 0);
    fixture_plan(&f, 1, 0, 5);
    cr_assert_eq(sweep_a_day_later(99, removed), 0, "a package that grows");
    struct task_ref task = fixture_start_task(&f, 6);
    cr_assert_eq(job_task_failed(f.db, &task, FAILURE_DRM, false, AT(7)), 0);
    (void)sweep_a_day_later(99, removed);
    cr_assert_eq(removed[MEDIA_PACKAGES], 0, "parts of a failed job, for its next attempt");
    cr_assert_eq(removed[MEDIA_SOURCES], 0);
    cr_assert_eq(job_store_retry(f.db, job_id, false, 8), 0);
    cr_assert_eq(media_store_make_job_dir(m.store, job_id), 0);
    cr_assert_eq(sweep_a_day_later(99, removed), 0);
    cr_assert_eq(unknown_things(), 0);
}

Test(sweep, a_deleted_lecture_takes_its_files_along_a_day_later)
{
    char id[ID_SIZE], job_id[ID_SIZE];
    size_t removed[N_MEDIA_FOLDERS];

    make_lecture(id, job_id);
    cr_assert_eq(lecture_store_delete(f.db, id), 0);
    restart();
    cr_assert_eq(sweep_now(99, removed), 1);
    cr_assert_eq(removed[MEDIA_UPLOADS], 1, "nobody reads that any more");
    cr_assert_eq(unknown_things(), 0, "what was deleted is known");
    cr_assert_eq(sweep_a_day_later(99, removed), 3);
    for (int i = 0; i < N_MEDIA_FOLDERS; i++)
        cr_assert_eq(removed[i], i == MEDIA_UPLOADS ? 0 : 1, "folder %d", i);
    cr_assert_eq(notes(), 0);
    cr_assert_eq(sweep_a_day_later(99, removed), 0);
}

Test(sweep, an_older_database_that_was_put_back_loses_nothing_newer)
{
    char id[ID_SIZE], job_id[ID_SIZE], backup[128];
    size_t removed[N_MEDIA_FOLDERS];
    struct media_unknown unknown[N_MEDIA_FOLDERS];

    (void)snprintf(backup, sizeof backup, "%s/backup", f.directory);
    cr_assert_eq(db_backup(f.db, backup), 0);
    make_lecture(id, job_id);
    db_free(f.db);
    cr_assert_eq(rename(backup, f.path), 0);
    cr_assert_eq(db_open_writer(f.path, &f.db), 0);
    cr_assert_eq(sweep_a_day_later(99, removed), 0);
    cr_assert_eq(sweep_a_day_later(99, removed), 0);
    cr_assert(media_fixture_has(&m, "media/sources/ba/" ABC_SHA256));
    cr_assert(media_fixture_has(&m, "media/packages/" PACKAGE_OF_TESTS));
    cr_assert_eq(sweep_count_unknown(f.db, m.store, unknown), 0);
    for (int i = 0; i < N_MEDIA_FOLDERS; i++)
        cr_assert_eq(unknown[i].n, 1, "folder %d", i);
    cr_assert_gt(unknown[MEDIA_SOURCES].bytes, 0);
}

Test(sweep, the_note_of_an_older_database_does_not_take_a_newer_file_of_the_same_name)
{
    char id[ID_SIZE], job_id[ID_SIZE];
    size_t removed[N_MEDIA_FOLDERS];

    make_lecture(id, job_id);
    cr_assert_eq(lecture_store_delete(f.db, id), 0);
    fixture_execute(&f, "UPDATE deleted_media SET deleted_at_ms = deleted_at_ms - 7200000");
    cr_assert_eq(sweep_a_day_later(99, removed), 1);
    cr_assert_eq(removed[MEDIA_UPLOADS], 1, "an upload's id never comes again");
    cr_assert(media_fixture_has(&m, "media/sources/ba/" ABC_SHA256));
    cr_assert_eq(notes(), 0);
    cr_assert_eq(unknown_things(), 3);
}

Test(sweep, a_clock_that_is_years_ahead_removes_nothing_early)
{
    char id[ID_SIZE], job_id[ID_SIZE];
    size_t removed[N_MEDIA_FOLDERS];

    make_lecture(id, job_id);
    cr_assert_eq(lecture_store_delete(f.db, id), 0);
    fixture_execute(&f, "UPDATE deleted_media SET deleted_at_ms = 1");
    restart();
    cr_assert_eq(deleted_media_wait(f.db, KEEP_MS - 1), 0);
    cr_assert_eq(sweep_now(99, removed), 1);
    cr_assert_eq(removed[MEDIA_UPLOADS], 1, "that waits for nothing");
    cr_assert_eq(notes(), 3);
}

/* As housekeeping does. Returns how many notes are dated anew. */
static size_t date_notes(void)
{
    struct misdated_note *misdated = NULL;
    size_t n = 0;

    cr_assert_eq(sweep_find_misdated(f.db, m.store, 99, &f.arena, &misdated, &n), 0);
    for (size_t i = 0; i < n; i++)
        cr_assert_eq(deleted_media_set_time(f.db, &misdated[i].note, misdated[i].changed_ms), 0);
    return n;
}

Test(sweep, files_deleted_under_a_clock_set_back_by_years_once_stayed_for_ever)
{
    char id[ID_SIZE], job_id[ID_SIZE];
    size_t removed[N_MEDIA_FOLDERS];

    make_lecture(id, job_id);
    cr_assert_eq(lecture_store_delete(f.db, id), 0);
    cr_assert_eq(date_notes(), 0, "the clock is right");
    fixture_execute(&f, "UPDATE deleted_media SET deleted_at_ms = deleted_at_ms - 315619200000");
    cr_assert_eq(date_notes(), 4);
    cr_assert_eq(date_notes(), 0, "they are right now");
    cr_assert_eq(sweep_a_day_later(99, removed), 4);
    cr_assert_eq(notes(), 0);
    cr_assert_eq(unknown_things(), 0);
}

Test(sweep, a_note_that_an_earlier_process_made_is_not_dated_by_a_newer_file)
{
    char id[ID_SIZE], job_id[ID_SIZE];

    make_lecture(id, job_id);
    cr_assert_eq(lecture_store_delete(f.db, id), 0);
    fixture_execute(&f, "UPDATE deleted_media SET deleted_at_ms = deleted_at_ms - 7200000");
    cr_assert_eq(deleted_media_wait(f.db, 1), 0, "what every process does first");
    cr_assert_eq(date_notes(), 0);
}

Test(sweep, a_source_or_package_that_another_lecture_shares_stays)
{
    char first[ID_SIZE], second[ID_SIZE], job_id[ID_SIZE];
    size_t removed[N_MEDIA_FOLDERS];

    make_upload(first);
    finish_upload(first, job_id);
    make_upload(second);
    finish_upload(second, job_id);
    cr_assert_eq(lecture_store_delete(f.db, first), 0);
    (void)sweep_a_day_later(99, removed);
    cr_assert_eq(removed[MEDIA_SOURCES], 0);
    cr_assert_eq(lecture_store_delete(f.db, second), 0);
    (void)sweep_a_day_later(99, removed);
    cr_assert_eq(removed[MEDIA_SOURCES], 1);
}

Test(sweep, a_source_that_is_uploaded_again_stays_before_and_after_its_row)
{
    char id[ID_SIZE], job_id[ID_SIZE], again[ID_SIZE];
    size_t removed[N_MEDIA_FOLDERS];

    make_upload(id);
    finish_upload(id, job_id);
    cr_assert_eq(lecture_store_delete(f.db, id), 0);
    make_upload(again);
    restart();
    cr_assert_eq(deleted_media_wait(f.db, KEEP_MS), 0);
    cr_assert_eq(media_store_adopt_source(m.store, again, ABC_SHA256), 0);
    (void)sweep_now(99, removed);
    cr_assert_eq(removed[MEDIA_SOURCES], 0, "on its way to a row");
    cr_assert_eq(unknown_things(), 0);
    finish_upload(again, job_id);
    (void)sweep_a_day_later(99, removed);
    cr_assert_eq(removed[MEDIA_SOURCES], 0, "in use again");
    cr_assert_eq(fixture_number(&f, "SELECT count(*) FROM deleted_media WHERE folder = 'sources'"),
                 0);
}

Test(sweep, a_crash_between_file_and_note_is_repeated_harmlessly)
{
    char id[ID_SIZE], job_id[ID_SIZE];
    size_t removed[N_MEDIA_FOLDERS];
    struct deleted_media *settled = NULL;
    size_t n = 0;

    make_lecture(id, job_id);
    cr_assert_eq(lecture_store_delete(f.db, id), 0);
    restart();
    cr_assert_eq(deleted_media_wait(f.db, KEEP_MS), 0);
    cr_assert_eq(sweep_deleted(f.db, m.store, KEEP_MS, 99, &f.arena, removed, &settled, &n), 0);
    cr_assert_eq(n, 4);
    cr_assert_eq(notes(), 4, "the process died here");
    (void)sweep_now(99, removed);
    cr_assert_eq(notes(), 0);
}

Test(sweep, the_limit_is_for_all_folders_together)
{
    char id[ID_SIZE], job_id[ID_SIZE];
    size_t removed[N_MEDIA_FOLDERS];

    make_lecture(id, job_id);
    cr_assert_eq(lecture_store_delete(f.db, id), 0);
    cr_assert_eq(sweep_a_day_later(3, removed), 3);
    cr_assert_eq(sweep_now(3, removed), 1);
}

Test(sweep, a_database_that_does_not_answer_keeps_everything)
{
    char id[ID_SIZE], job_id[ID_SIZE];
    size_t removed[N_MEDIA_FOLDERS], n = 0;
    struct deleted_media *settled = NULL;
    struct media_unknown unknown[N_MEDIA_FOLDERS];

    make_lecture(id, job_id);
    cr_assert_eq(lecture_store_delete(f.db, id), 0);
    restart();
    cr_assert_eq(deleted_media_wait(f.db, KEEP_MS), 0);
    fixture_execute(&f, "ALTER TABLE uploads RENAME TO downloads");
    fixture_execute(&f, "ALTER TABLE lectures RENAME TO talks");
    fixture_execute(&f, "ALTER TABLE jobs RENAME TO works");
    cr_assert_neq(sweep_deleted(f.db, m.store, KEEP_MS, 99, &f.arena, removed, &settled, &n), 0);
    cr_assert_eq(n, 0);
    cr_assert_neq(sweep_count_unknown(f.db, m.store, unknown), 0);
    cr_assert(media_fixture_has(&m, "media/sources/ba/" ABC_SHA256));
}
