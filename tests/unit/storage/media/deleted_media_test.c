// SPDX-License-Identifier: GPL-3.0-or-later
#include "storage/media/deleted_media.h"

#include <string.h>

#include <criterion/criterion.h>

#include "common/err.h"
#include "storage/jobs/upload_store.h"
#include "tests/unit/storage/fixture.h"

static struct fixture f;
static char owner[ID_SIZE], lecture[ID_SIZE], job[ID_SIZE];

static void set_up(void)
{
    fixture_open(&f);
    fixture_add_user(&f, "thay", ROLE_INSTRUCTOR, owner);
}

static void tear_down(void)
{
    fixture_close(&f);
}

TestSuite(deleted_media, .init = set_up, .fini = tear_down);

#define OTHER_PACKAGE "ffeeddccbbaa99887766554433221100"

static bool is_noted(enum media_folder folder, const char *name)
{
    struct deleted_media *notes = NULL;
    size_t n = 0;

    cr_assert_eq(deleted_media_list_due(f.db, 0, 99, &f.arena, &notes, &n), 0);
    for (size_t i = 0; i < n; i++) {
        if (notes[i].folder == folder && strcmp(notes[i].name, name) == 0)
            return true;
    }
    return false;
}

static void forget_all(void)
{
    fixture_execute(&f, "DELETE FROM deleted_media");
}

Test(deleted_media, an_upload_that_is_deleted_or_finished_leaves_its_file)
{
    char id[ID_SIZE];

    fixture_add_upload(&f, owner, 3, 1, id);
    cr_assert_not(is_noted(MEDIA_UPLOADS, id));
    cr_assert_eq(upload_store_delete(f.db, id), 0);
    cr_assert(is_noted(MEDIA_UPLOADS, id));
    cr_assert_eq(upload_store_delete(f.db, id), ERR_NOT_FOUND);
    forget_all();
    fixture_add_job(&f, owner, 2, lecture, job);
    cr_assert(is_noted(MEDIA_UPLOADS, lecture));
    cr_assert_not(is_noted(MEDIA_SOURCES, SOURCE_OF_TESTS));
}

Test(deleted_media, a_lecture_that_is_deleted_leaves_source_job_and_package)
{
    fixture_add_job(&f, owner, 2, lecture, job);
    fixture_plan(&f, 1, 0, 3);
    forget_all();
    cr_assert_eq(lecture_store_delete(f.db, lecture), 0);
    cr_assert(is_noted(MEDIA_SOURCES, SOURCE_OF_TESTS));
    cr_assert(is_noted(MEDIA_JOBS, job));
    cr_assert(is_noted(MEDIA_PACKAGES, PACKAGE_OF_TESTS));
}

Test(deleted_media, a_lecture_that_could_not_be_deleted_leaves_nothing)
{
    cr_assert_eq(lecture_store_delete(f.db, OTHER_PACKAGE), ERR_NOT_FOUND);
    fixture_add_job(&f, owner, 2, lecture, job);
    forget_all();
    struct db *open = NULL;
    cr_assert_eq(db_begin(f.db, &open), 0);
    cr_assert_eq(lecture_store_delete(f.db, lecture), 0);
    db_rollback(open);
    cr_assert_not(is_noted(MEDIA_SOURCES, SOURCE_OF_TESTS));
}

Test(deleted_media, a_job_that_ends_leaves_its_folder)
{
    fixture_add_job(&f, owner, 2, lecture, job);
    cr_assert_not(is_noted(MEDIA_JOBS, job));
    cr_assert_eq(job_store_cancel(f.db, job, 3), 0);
    cr_assert(is_noted(MEDIA_JOBS, job));
    cr_assert_eq(job_store_retry(f.db, job, false, 4), 0);
    forget_all();
    fixture_plan(&f, 1, 0, 5);
    struct task_ref chunk = fixture_start_task(&f, 6);
    cr_assert_eq(job_task_done(f.db, &chunk, 7), 0);
    cr_assert_not(is_noted(MEDIA_JOBS, job));
    struct task_ref join = fixture_start_task(&f, 8);
    cr_assert_eq(job_task_done(f.db, &join, 9), 0);
    cr_assert(is_noted(MEDIA_JOBS, job));
    cr_assert_not(is_noted(MEDIA_PACKAGES, PACKAGE_OF_TESTS));
}

Test(deleted_media, another_plan_replaces_the_package_of_the_first)
{
    struct task_plan plan = {1, 0, 1000, OTHER_PACKAGE};

    fixture_add_job(&f, owner, 2, lecture, job);
    fixture_plan(&f, 1, 0, 3);
    cr_assert_not(is_noted(MEDIA_PACKAGES, PACKAGE_OF_TESTS));
    cr_assert_eq(job_store_cancel(f.db, job, 4), 0);
    cr_assert_not(is_noted(MEDIA_PACKAGES, PACKAGE_OF_TESTS), "kept for the next attempt");
    cr_assert_eq(job_store_retry(f.db, job, false, 5), 0);
    struct task_ref task = fixture_start_task(&f, 6);
    cr_assert_eq(job_task_planned(f.db, &task, &plan, 7), 0);
    cr_assert(is_noted(MEDIA_PACKAGES, PACKAGE_OF_TESTS));
    cr_assert_not(is_noted(MEDIA_PACKAGES, OTHER_PACKAGE));
}

Test(deleted_media, a_lecture_that_is_made_anew_leaves_the_package_that_it_showed)
{
    struct task_plan plan = {1, 0, 1000, OTHER_PACKAGE};
    char second[ID_SIZE];

    fixture_add_job(&f, owner, 2, lecture, job);
    fixture_plan(&f, 1, 0, 3);
    struct task_ref task = fixture_start_task(&f, 4);
    cr_assert_eq(job_task_done(f.db, &task, 5), 0);
    task = fixture_start_task(&f, 6);
    cr_assert_eq(job_task_done(f.db, &task, 7), 0);
    fixture_new_id(second);
    cr_assert_eq(job_store_create(f.db, second, lecture, 8), 0);
    task = fixture_start_task(&f, 9);
    cr_assert_eq(job_task_planned(f.db, &task, &plan, 10), 0);
    task = fixture_start_task(&f, 11);
    cr_assert_eq(job_task_done(f.db, &task, 12), 0);
    task = fixture_start_task(&f, 13);
    cr_assert_eq(job_task_done(f.db, &task, 14), 0);
    cr_assert(is_noted(MEDIA_PACKAGES, PACKAGE_OF_TESTS));
    cr_assert_not(is_noted(MEDIA_PACKAGES, OTHER_PACKAGE));
}

Test(deleted_media, a_note_waits_in_running_time_and_anew_when_it_is_made_anew)
{
    struct deleted_media *notes = NULL;
    size_t n = 0;

    cr_assert_eq(deleted_media_note(f.db, MEDIA_JOBS, PACKAGE_OF_TESTS), 0);
    cr_assert_eq(deleted_media_wait(f.db, 600), 0);
    cr_assert_eq(deleted_media_list_due(f.db, 601, 9, &f.arena, &notes, &n), 0);
    cr_assert_eq(n, 0);
    cr_assert_eq(deleted_media_list_due(f.db, 600, 9, &f.arena, &notes, &n), 0);
    cr_assert_eq(n, 1);
    cr_assert_eq(deleted_media_note(f.db, MEDIA_JOBS, PACKAGE_OF_TESTS), 0);
    cr_assert_eq(deleted_media_forget(f.db, &notes[0]), 0);
    cr_assert(is_noted(MEDIA_JOBS, PACKAGE_OF_TESTS), "the later note stays");
    cr_assert_eq(deleted_media_list_due(f.db, 600, 9, &f.arena, &notes, &n), 0);
    cr_assert_eq(n, 0);
}

Test(deleted_media, a_database_of_the_first_version_notes_the_folders_of_ended_jobs)
{
    char other_lecture[ID_SIZE], other_job[ID_SIZE];

    fixture_add_job(&f, owner, 2, lecture, job);
    cr_assert_eq(job_store_cancel(f.db, job, 3), 0);
    fixture_add_job(&f, owner, 4, other_lecture, other_job);
    fixture_go_back(&f);
    fixture_reopen(&f);
    cr_assert(is_noted(MEDIA_JOBS, job));
    cr_assert_not(is_noted(MEDIA_JOBS, other_job));
}

Test(deleted_media, a_note_is_new_until_notes_have_waited)
{
    struct deleted_media *notes = NULL;
    size_t n = 0;

    forget_all();
    cr_assert_eq(deleted_media_note(f.db, MEDIA_PACKAGES, OTHER_PACKAGE), 0);
    cr_assert_eq(deleted_media_list_new(f.db, 99, &f.arena, &notes, &n), 0);
    cr_assert_eq(n, 1);
    cr_assert_eq(deleted_media_set_time(f.db, &notes[0], 5), 0);
    cr_assert_eq(deleted_media_set_time(f.db, &notes[0], 6), 0, "it is another note by now");
    cr_assert_eq(fixture_number(&f, "SELECT deleted_at_ms FROM deleted_media"), 5);
    cr_assert_eq(deleted_media_wait(f.db, 1), 0);
    cr_assert_eq(deleted_media_list_new(f.db, 99, &f.arena, &notes, &n), 0);
    cr_assert_eq(n, 0);
}
