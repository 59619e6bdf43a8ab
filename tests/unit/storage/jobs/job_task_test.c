// SPDX-License-Identifier: GPL-3.0-or-later
#include "storage/jobs/job_task.h"

#include <string.h>

#include <criterion/criterion.h>
#include <sqlite3.h>

#include "common/err.h"
#include "storage/sqlite/db_internal.h"
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

TestSuite(job_task, .init = set_up, .fini = tear_down);

static size_t issue(size_t max_queued, int64_t now_ms, struct task_issue **ret_issues)
{
    size_t n = 0;

    cr_assert_eq(job_turn_issue(f.db, max_queued, now_ms, &f.turn, &f.arena, ret_issues, &n), 0);
    return n;
}

Test(job_task, a_clock_that_starts_anew_ends_no_lease_and_holds_no_task)
{
    struct task_issue *issues = NULL;
    struct task *tasks = NULL;
    char lecture[ID_SIZE], job[ID_SIZE];
    size_t n = 0;

    (void)fixture_start_task(&f, 1000000000);
    fixture_add_job(&f, owner, 11, lecture, job);
    const struct task_ref failed = fixture_start_task(&f, 1000000000);
    cr_assert_eq(job_task_failed(f.db, &failed, FAILURE_DISK_FULL, false, AT(1000000000)), 0);
    cr_assert_eq(job_task_begin_time(f.db, 7 + 30000), 0); /* the machine has booted */
    cr_assert_eq(issue(9, 7, &issues), 1);
    cr_assert_eq(job_task_expire_leases(f.db, AT(30000), &f.arena, &tasks, &n), 0);
    cr_assert_eq(n, 0);
    cr_assert_eq(job_task_expire_leases(f.db, AT(30008), &f.arena, &tasks, &n), 0);
    cr_assert_eq(n, 1);
}

Test(job_task, every_issue_has_a_larger_epoch_and_silences_the_one_before)
{
    struct task_issue *first = NULL, *second = NULL;
    int64_t n = 0;

    cr_assert_eq(issue(9, 20, &first), 1);
    cr_assert_eq(job_task_requeue_queued(f.db, &n), 0);
    cr_assert_eq(n, 1);
    cr_assert_eq(job_task_started(f.db, &first[0].ref, "w", 90, 21), ERR_CONFLICT);
    cr_assert_eq(issue(9, 22, &second), 1);
    cr_assert_gt(second[0].ref.epoch, first[0].ref.epoch);
    cr_assert_eq(job_task_started(f.db, &first[0].ref, "w", 90, 23), ERR_CONFLICT);
    cr_assert_eq(job_task_started(f.db, &second[0].ref, "w", 90, 23), 0);
    cr_assert_eq(job_task_started(f.db, &second[0].ref, "w", 90, 23), 0, "told again");
    cr_assert_eq(job_task_started(f.db, &second[0].ref, "other", 90, 23), ERR_CONFLICT);
}

static int64_t count(enum task_state state)
{
    int64_t n = -1;

    cr_assert_eq(job_task_count(f.db, state, &n), 0);
    return n;
}

Test(job_task, tasks_are_counted_by_state)
{
    struct task_issue *issues = NULL;

    fixture_plan(&f, 11, 1, 20);
    cr_assert_eq(issue(2, 30, &issues), 2);
    cr_assert_eq(job_task_started(f.db, &issues[0].ref, "w", 90, 31), 0);
    cr_assert_eq(count(TASK_DONE), 1);
    cr_assert_eq(count(TASK_RUNNING), 1);
    cr_assert_eq(count(TASK_QUEUED), 1);
    cr_assert_eq(count(TASK_WAITING), 10);
}

/* Steps of statements that read a whole table, since the connection was opened. */
static int count_full_scans(void)
{
    int n = 0;

    for (sqlite3_stmt *s = sqlite3_next_stmt(f.db->handle, NULL); s;
         s = sqlite3_next_stmt(f.db->handle, s))
        n += sqlite3_stmt_status(s, SQLITE_STMTSTATUS_FULLSCAN_STEP, 0);
    return n;
}

Test(job_task, finding_work_does_not_read_the_tasks_of_finished_jobs)
{
    struct task_issue *issues = NULL;
    struct task *tasks = NULL;
    int64_t n_requeued = 0;
    char other_lecture[ID_SIZE], other_job[ID_SIZE];
    size_t n = 0;

    fixture_plan(&f, 20, 1, 20);
    fixture_execute(&f, "UPDATE tasks SET state = 'done'; UPDATE jobs SET state = 'done'");
    fixture_add_job(&f, owner, 30, other_lecture, other_job);
    fixture_reopen(&f);
    cr_assert_eq(issue(9, 40, &issues), 1);
    cr_assert_eq(issue(9, 40, &issues), 0);
    cr_assert_eq(job_task_expire_leases(f.db, AT(50), &f.arena, &tasks, &n), 0);
    cr_assert_eq(job_task_list_running(f.db, &f.arena, &tasks, &n), 0);
    cr_assert_eq(job_task_requeue_queued(f.db, &n_requeued), 0);
    cr_assert_eq(n_requeued, 1);
    cr_assert_eq(count(TASK_WAITING), 1);
    cr_assert_leq(count_full_scans(), 2, "but for the few active jobs");
}

Test(job_task, tasks_of_a_worker_that_stopped_wait_again_without_blame)
{
    struct task *tasks = NULL;
    int64_t n_requeued = 0;
    size_t n = 0;

    for (int round = 0; round < 2 * JOB_TASK_MAX_ATTEMPTS; round++) {
        const struct task_ref ref = fixture_start_task(&f, 20 + round);
        cr_assert_eq(job_task_requeue_worker(f.db, "another", &n_requeued), 0);
        cr_assert_eq(n_requeued, 0);
        cr_assert_eq(job_task_list_running(f.db, &f.arena, &tasks, &n), 0);
        cr_assert_eq(n, 1);
        cr_assert_eq(job_task_requeue_worker(f.db, tasks[0].worker, &n_requeued), 0);
        cr_assert_eq(n_requeued, 1);
        cr_assert_eq(job_task_renew(f.db, &ref, 10, 10, 99), ERR_CONFLICT, "fenced off");
    }
    cr_assert_eq(fixture_number(&f, "SELECT count(*) FROM tasks WHERE state = 'waiting'"
                                    " AND kind = 'plan' AND attempts = 0"),
                 1);
}
