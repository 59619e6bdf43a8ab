// SPDX-License-Identifier: GPL-3.0-or-later
#include "storage/jobs/quarantine.h"

#include <string.h>

#include <criterion/criterion.h>

#include "common/err.h"
#include "storage/jobs/job_store.h"
#include "storage/jobs/lecture_store.h"
#include "tests/unit/storage/fixture.h"

static struct fixture f;
static char owner_id[ID_SIZE];
static char lecture_id[ID_SIZE];
static char job_id[ID_SIZE];

static void set_up(void)
{
    fixture_open(&f);
    fixture_add_user(&f, "teacher", ROLE_INSTRUCTOR, owner_id);
    fixture_add_job(&f, owner_id, 10, lecture_id, job_id);
}

static void tear_down(void)
{
    fixture_close(&f);
}

TestSuite(quarantine, .init = set_up, .fini = tear_down);

static void crash_once(int64_t now_ms)
{
    const struct task_ref task = fixture_start_task(&f, now_ms);

    cr_assert_eq(job_task_failed(f.db, &task, FAILURE_SOURCE_CRASHES, true, AT(now_ms)), 0);
}

static bool holds(const char *lecture)
{
    bool is_held = false;

    cr_assert_eq(quarantine_holds(f.db, lecture, &is_held), 0);
    return is_held;
}

static struct job find_job(const char *id)
{
    struct job job;

    cr_assert_eq(job_store_find(f.db, id, &job), 0);
    return job;
}

Test(quarantine, begins_with_the_second_crash)
{
    crash_once(20);
    cr_assert_not(holds(lecture_id));
    cr_assert_eq(find_job(job_id).state, JOB_RUNNING);
    crash_once(21);
    cr_assert(holds(lecture_id));
    cr_assert_eq(find_job(job_id).state, JOB_FAILED);
    cr_assert_eq(find_job(job_id).failure, FAILURE_SOURCE_CRASHES);
    cr_assert_not(holds("no such lecture"));
}

Test(quarantine, only_the_admin_starts_such_a_job_over)
{
    crash_once(20);
    crash_once(21);
    cr_assert_eq(job_store_retry(f.db, job_id, false, 30), ERR_CONFLICT);
    cr_assert_eq(find_job(job_id).state, JOB_FAILED);
    cr_assert_eq(job_store_retry(f.db, job_id, true, 31), 0);
    cr_assert_eq(find_job(job_id).state, JOB_QUEUED);
    cr_assert_not(holds(lecture_id), "released");
}

Test(quarantine, the_same_file_in_another_lecture_is_not_decoded)
{
    char other_lecture[ID_SIZE], other_job[ID_SIZE];
    struct lecture lecture;
    struct task_issue *issues = NULL;
    size_t n = 0;

    crash_once(20);
    crash_once(21);
    fixture_add_job(&f, owner_id, 30, other_lecture, other_job); /* of the same source */
    cr_assert_eq(find_job(other_job).state, JOB_FAILED);
    cr_assert_eq(find_job(other_job).failure, FAILURE_SOURCE_CRASHES);
    cr_assert_eq(lecture_store_find(f.db, other_lecture, &lecture), 0);
    cr_assert_eq(lecture.state, LECTURE_FAILED);
    cr_assert_eq(job_turn_issue(f.db, 9, 31, &f.turn, &f.arena, &issues, &n), 0);
    cr_assert_eq(n, 0, "nothing for workers to do");
}

Test(quarantine, another_file_is_not_concerned)
{
    char other_lecture[ID_SIZE], other_job[ID_SIZE];

    crash_once(20);
    crash_once(21);
    fixture_execute(&f, "UPDATE quarantine SET source_sha256 = replace(source_sha256, '0', 'f')");
    fixture_add_job(&f, owner_id, 30, other_lecture, other_job);
    cr_assert_eq(find_job(other_job).state, JOB_QUEUED);
    cr_assert_not(holds(other_lecture));
}

Test(quarantine, outlives_the_lecture_and_its_job)
{
    char other_lecture[ID_SIZE], other_job[ID_SIZE];

    crash_once(20);
    crash_once(21);
    cr_assert_eq(lecture_store_delete(f.db, lecture_id), 0);
    fixture_reopen(&f);
    fixture_add_job(&f, owner_id, 30, other_lecture, other_job);
    cr_assert_eq(find_job(other_job).failure, FAILURE_SOURCE_CRASHES);
    cr_assert_eq(job_store_retry(f.db, other_job, true, 31), 0);
    cr_assert_not(holds(other_lecture));
}

Test(quarantine, crashes_in_several_lectures_count_together)
{
    char other_lecture[ID_SIZE], other_job[ID_SIZE];

    crash_once(20);
    cr_assert_eq(lecture_store_delete(f.db, lecture_id), 0);
    fixture_add_job(&f, owner_id, 30, other_lecture, other_job);
    crash_once(31);
    cr_assert(holds(other_lecture));
    cr_assert_eq(find_job(other_job).failure, FAILURE_SOURCE_CRASHES);
}

Test(quarantine, crashes_in_several_tasks_count_together)
{
    fixture_plan(&f, 2, 1, 15);
    const struct task_ref sound = fixture_start_task(&f, 16);
    const struct task_ref chunk = fixture_start_task(&f, 17);

    cr_assert_eq(job_task_failed(f.db, &sound, FAILURE_INTERNAL, true, AT(20)), 0);
    cr_assert_eq(job_task_failed(f.db, &sound, FAILURE_INTERNAL, true, AT(20)), ERR_CONFLICT,
                 "told again");
    cr_assert_not(holds(lecture_id));
    cr_assert_eq(job_task_failed(f.db, &chunk, FAILURE_INTERNAL, true, AT(21)), 0);
    cr_assert(holds(lecture_id));
    cr_assert_eq(find_job(job_id).failure, FAILURE_SOURCE_CRASHES);
}

Test(quarantine, ends_all_jobs_with_the_source_and_fences_their_workers_off)
{
    char lectures[2][ID_SIZE], jobs[2][ID_SIZE];
    struct task *stopped = NULL;
    size_t n = 0;

    crash_once(19);
    for (int i = 0; i < 2; i++)
        fixture_add_job(&f, owner_id, 20, lectures[i], jobs[i]);
    const struct task_ref first = fixture_start_task(&f, 21);
    const struct task_ref second = fixture_start_task(&f, 21);
    cr_assert_str_neq(first.job_id, second.job_id);
    cr_assert_eq(job_task_failed(f.db, &first, FAILURE_INTERNAL, true, AT(22)), 0);
    for (int i = 0; i < 2; i++)
        cr_assert_eq(find_job(jobs[i]).failure, FAILURE_SOURCE_CRASHES);
    cr_assert_eq(job_task_renew(f.db, &second, 1, 1, 99), ERR_CONFLICT);
    cr_assert_eq(job_task_list_stopped(f.db, first.job_id, &f.arena, &stopped, &n), 0);
    cr_assert_eq(n, 2, "a task that nobody was given needs no fence");
    cr_assert_str_eq(stopped[0].ref.job_id[0] ? "a job" : "", "a job");
}

Test(quarantine, a_job_that_was_cancelled_before_is_not_started_over_either)
{
    char other_lecture[ID_SIZE], other_job[ID_SIZE];

    fixture_add_job(&f, owner_id, 15, other_lecture, other_job);
    cr_assert_eq(job_store_cancel(f.db, other_job, 16), 0);
    crash_once(20);
    crash_once(21);
    cr_assert_eq(job_store_retry(f.db, other_job, false, 30), ERR_CONFLICT);
    cr_assert_eq(find_job(other_job).state, JOB_CANCELLED);
    cr_assert_eq(job_store_retry(f.db, job_id, true, 31), 0);
    cr_assert_eq(job_store_retry(f.db, other_job, false, 32), 0, "released for all");
}

Test(quarantine, what_the_first_version_knew_of_crashes_is_kept)
{
    char other_lecture[ID_SIZE], other_job[ID_SIZE];

    crash_once(20);
    fixture_go_back(&f);
    fixture_reopen(&f);
    cr_assert_not(holds(lecture_id), "one crash");
    crash_once(21);
    cr_assert(holds(lecture_id));
    fixture_go_back(&f);
    fixture_reopen(&f);
    cr_assert(holds(lecture_id), "a job that failed for them");
    fixture_add_job(&f, owner_id, 30, other_lecture, other_job);
    cr_assert_eq(find_job(other_job).failure, FAILURE_SOURCE_CRASHES);
}
