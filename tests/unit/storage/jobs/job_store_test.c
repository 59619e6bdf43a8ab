// SPDX-License-Identifier: GPL-3.0-or-later
#include "storage/jobs/job_store.h"

#include <criterion/criterion.h>

#include "common/err.h"
#include "storage/jobs/lecture_store.h"
#include "tests/unit/storage/fixture.h"

static struct fixture f;
static char owner[ID_SIZE], lecture_id[ID_SIZE], job_id[ID_SIZE];

static void set_up(void)
{
    fixture_open(&f);
    fixture_add_user(&f, "thay", ROLE_INSTRUCTOR, owner);
    fixture_add_job(&f, owner, 10, lecture_id, job_id);
}

static void tear_down(void)
{
    fixture_close(&f);
}

TestSuite(job_store, .init = set_up, .fini = tear_down);

static struct job find_job(void)
{
    struct job job;

    cr_assert_eq(job_store_find(f.db, job_id, &job), 0);
    return job;
}

static enum lecture_state find_lecture_state(void)
{
    struct lecture lecture;

    cr_assert_eq(lecture_store_find(f.db, lecture_id, &lecture), 0);
    return lecture.state;
}

Test(job_store, a_new_job_waits_for_its_plan)
{
    const struct job job = find_job();

    cr_assert_str_eq(job.lecture_id, lecture_id);
    cr_assert_eq(job.state, JOB_QUEUED);
    cr_assert_eq(job.stage, TASK_PLAN);
    cr_assert_eq(job.progress_permille, 0);
    cr_assert_eq(job.eta_s, -1);
    cr_assert_str_eq(job.warnings, "[]");
    cr_assert_eq(job.failure, FAILURE_NONE);
    cr_assert_eq(job.created_at_ms, 10);
    cr_assert_eq(job.started_at_ms, 0);
    cr_assert_eq(job.finished_at_ms, 0);
}

Test(job_store, a_job_needs_a_lecture_and_a_new_id)
{
    char id[ID_SIZE];
    struct job job;

    fixture_new_id(id);
    cr_assert_eq(job_store_create(f.db, id, "no such lecture", 1), ERR_CONFLICT);
    cr_assert_eq(job_store_create(f.db, job_id, lecture_id, 1), ERR_EXISTS);
    cr_assert_eq(job_store_create(f.db, "not an id", lecture_id, 1), ERR_INVALID);
    cr_assert_eq(job_store_find(f.db, id, &job), ERR_NOT_FOUND);
    cr_assert_eq(job_store_find_by_lecture(f.db, "x", &job), ERR_NOT_FOUND);
}

Test(job_store, the_latest_job_of_a_lecture_is_its_job)
{
    char later[ID_SIZE];
    struct job job;

    fixture_new_id(later);
    cr_assert_eq(job_store_create(f.db, later, lecture_id, 20), 0);
    cr_assert_eq(job_store_find_by_lecture(f.db, lecture_id, &job), 0);
    cr_assert_str_eq(job.id, later);
}

Test(job_store, cancelling_ends_job_tasks_and_lecture_once)
{
    char active[ID_SIZE], other[ID_SIZE];
    struct job *jobs = NULL;
    size_t n = 0;

    fixture_add_job(&f, owner, 11, active, other);
    cr_assert_eq(job_store_list_active(f.db, 9, &f.arena, &jobs, &n), 0);
    cr_assert_eq(n, 2);
    const struct task_ref task = fixture_start_task(&f, 12);
    cr_assert_eq(job_store_cancel(f.db, job_id, 50), 0);
    cr_assert_eq(job_store_cancel(f.db, job_id, 60), ERR_CONFLICT);
    cr_assert_eq(job_store_cancel(f.db, "x", 60), ERR_NOT_FOUND);
    cr_assert_eq(find_job().state, JOB_CANCELLED);
    cr_assert_eq(find_job().failure, FAILURE_CANCELLED);
    cr_assert_eq(find_job().finished_at_ms, 50);
    cr_assert_eq(find_lecture_state(), LECTURE_FAILED);
    cr_assert_eq(job_task_renew(f.db, &task, 500, 1000, 9999), ERR_CONFLICT);
    cr_assert_eq(job_store_list_active(f.db, 9, &f.arena, &jobs, &n), 0);
    cr_assert_eq(n, 1);
    cr_assert_str_eq(jobs[0].id, other);
}

Test(job_store, a_failed_job_starts_over_and_its_old_workers_are_not_heard)
{
    struct task_ref old = fixture_start_task(&f, 20);

    cr_assert_eq(job_store_retry(f.db, job_id, false, 21), ERR_CONFLICT);
    cr_assert_eq(job_task_warned(f.db, &old, &(struct warning){.failure = FAILURE_NO_AUDIO}), 0);
    cr_assert_eq(job_task_failed(f.db, &old, FAILURE_NOT_MEDIA, false, AT(30)), 0);
    cr_assert_eq(find_job().state, JOB_FAILED);
    cr_assert_eq(job_store_retry(f.db, job_id, false, 40), 0);
    cr_assert_eq(job_store_retry(f.db, "x", false, 40), ERR_NOT_FOUND);
    const struct job job = find_job();
    cr_assert_eq(job.state, JOB_QUEUED);
    cr_assert_eq(job.attempts_by_hand, 1);
    cr_assert_eq(job.failure, FAILURE_NONE);
    cr_assert_str_eq(job.warnings, "[]");
    cr_assert_eq(job.finished_at_ms, 0);
    cr_assert_eq(find_lecture_state(), LECTURE_QUEUED);
    const struct task_ref fresh = fixture_start_task(&f, 50);
    cr_assert_eq(fresh.kind, TASK_PLAN);
    cr_assert_gt(fresh.epoch, old.epoch);
    cr_assert_eq(job_task_renew(f.db, &old, 1, 1, 9999), ERR_CONFLICT);
    cr_assert_eq(job_task_renew(f.db, &fresh, 1, 1, 9999), 0);
}

Test(job_store, a_job_that_is_cancelled_late_keeps_a_ready_lecture_ready)
{
    char again[ID_SIZE];

    fixture_execute(&f, "UPDATE lectures SET state = 'ready'");
    fixture_execute(&f, "UPDATE jobs SET state = 'done'");
    fixture_execute(&f, "UPDATE tasks SET state = 'done'");
    fixture_new_id(again);
    cr_assert_eq(job_store_create(f.db, again, lecture_id, 60), 0);
    (void)fixture_start_task(&f, 61);
    cr_assert_eq(find_lecture_state(), LECTURE_READY);
    cr_assert_eq(job_store_cancel(f.db, again, 62), 0);
    cr_assert_eq(find_lecture_state(), LECTURE_READY);
}

Test(job_store, failed_jobs_are_counted)
{
    int64_t n = -1;

    int64_t by_code[N_FAILURES];

    cr_assert_eq(job_store_count_failed_by(f.db, by_code), 0);
    for (int i = 0; i < N_FAILURES; i++)
        cr_assert_eq(by_code[i], 0);
    cr_assert_eq(job_store_count_failed(f.db, &n), 0);
    cr_assert_eq(n, 0);
    const struct task_ref ref = fixture_start_task(&f, 20);
    cr_assert_eq(job_task_failed(f.db, &ref, FAILURE_DRM, false, AT(21)), 0);
    cr_assert_eq(job_store_count_failed(f.db, &n), 0);
    cr_assert_eq(n, 1);
}

Test(job_store, what_a_failure_is_about_goes_when_the_job_is_started_over)
{
    cr_assert_eq(job_store_set_failure_detail(f.db, "x", "DTS"), ERR_NOT_FOUND);
    cr_assert_eq(job_store_cancel(f.db, job_id, 20), 0);
    cr_assert_eq(job_store_set_failure_detail(f.db, job_id, "DTS"), 0);
    cr_assert_str_eq(find_job().failure_detail, "DTS");
    cr_assert_eq(job_store_retry(f.db, job_id, false, 30), 0);
    cr_assert_str_eq(find_job().failure_detail, "");
}
