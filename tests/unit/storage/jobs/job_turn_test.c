// SPDX-License-Identifier: GPL-3.0-or-later
#include "storage/jobs/job_turn.h"

#include <stdio.h>
#include <string.h>

#include <criterion/criterion.h>
#include <sqlite3.h>

#include "common/err.h"
#include "storage/jobs/job_store.h"
#include "storage/jobs/lecture_store.h"
#include "storage/sqlite/db_internal.h"
#include "tests/unit/storage/fixture.h"
#include "tests/unit/storage/random.h"

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

TestSuite(job_turn, .init = set_up, .fini = tear_down);

static size_t issue(size_t max_queued, int64_t now_ms, struct task_issue **ret_issues)
{
    size_t n = 0;

    cr_assert_eq(job_turn_issue(f.db, max_queued, now_ms, &f.turn, &f.arena, ret_issues, &n), 0);
    return n;
}

Test(job_turn, a_lecture_that_is_being_made_goes_before_its_owners_next)
{
    char second_lecture[ID_SIZE], second_job[ID_SIZE], third_lecture[ID_SIZE], third_job[ID_SIZE];
    struct task_issue *issues = NULL;

    fixture_plan(&f, 12, 1, 20);
    fixture_add_job(&f, owner, 21, second_lecture, second_job);
    fixture_add_job(&f, owner, 22, third_lecture, third_job);
    cr_assert_eq(issue(99, 30, &issues), 15);
    cr_assert_eq(issues[0].ref.kind, TASK_SOUND);
    for (size_t i = 1; i < 13; i++) {
        cr_assert_str_eq(issues[i].ref.job_id, job_id);
        cr_assert_eq(issues[i].ref.number, (int64_t)i - 1, "chunk 10 follows 9, not 1");
    }
    cr_assert_str_eq(issues[13].ref.job_id, second_job);
    cr_assert_eq(issues[13].ref.kind, TASK_PLAN);
    cr_assert_str_eq(issues[13].package_id, "");
    cr_assert_str_eq(issues[14].ref.job_id, third_job);
}

Test(job_turn, thousands_of_lectures_of_one_owner_do_not_make_another_wait)
{
    char other[ID_SIZE], lecture[ID_SIZE], job[ID_SIZE], honest_job[ID_SIZE];
    struct task_issue *issues = NULL;

    fixture_hurry(&f);
    for (int i = 0; i < 300; i++)
        fixture_add_job(&f, owner, 11, lecture, job);
    fixture_add_user(&f, "co", ROLE_INSTRUCTOR, other);
    fixture_add_job(&f, other, 400, lecture, honest_job);
    for (int round = 0; round < 2; round++) { /* also in every round that follows */
        bool is_there = false;
        cr_assert_eq(issue(2, 500, &issues), 2);
        for (size_t i = 0; i < 2; i++)
            is_there = is_there || strcmp(issues[i].ref.job_id, honest_job) == 0;
        cr_assert(is_there, "round %d", round);
        fixture_execute(&f, "UPDATE tasks SET state = 'waiting' WHERE state = 'queued'");
    }
}

Test(job_turn, an_owner_begins_so_many_lectures_and_no_more)
{
    char lecture[ID_SIZE], job[ID_SIZE];
    struct task_issue *issues = NULL;

    fixture_hurry(&f);
    for (int i = 0; i < JOB_BEGUN_MAX + 10; i++)
        fixture_add_job(&f, owner, 11, lecture, job);
    for (int i = 0; i < JOB_BEGUN_MAX; i++) { /* each waits after a fault of the machine */
        const struct task_ref ref = fixture_start_task(&f, 20);
        cr_assert_eq(job_task_failed(f.db, &ref, FAILURE_DISK_FULL, false, AT(20)), 0);
    }
    cr_assert_eq(issue(9, 21, &issues), 0);
    cr_assert_eq(issue(9, 20 + 5000, &issues), 9, "those that were begun");
}

/* ---- generated queues ---- */

enum { MAX_OWNERS = 12 };

struct queue {
    struct random_source source;
    char owners[MAX_OWNERS][ID_SIZE];
    int n_owners;
};

static void add_jobs(struct queue *queue)
{
    for (int i = 0; i < queue->n_owners; i++) {
        const int64_t n =
            random_below(&queue->source, 8) ? 1 + random_below(&queue->source, 6) : 90;
        for (int64_t k = 0; k < n; k++) {
            char lecture[ID_SIZE], job[ID_SIZE];
            fixture_add_job(&f, queue->owners[i], random_below(&queue->source, 1000), lecture, job);
        }
    }
}

/* Who owns the job of the only task issued; -1 when none was. */
static int issue_one(const struct queue *queue)
{
    struct task_issue *issues = NULL;
    struct lecture lecture;

    if (issue(1, 5000, &issues) == 0)
        return -1;
    cr_assert_eq(lecture_store_find(f.db, issues[0].lecture_id, &lecture), 0);
    cr_assert_eq(job_task_started(f.db, &issues[0].ref, "w", 90, 31), 0);
    if (issues[0].ref.kind == TASK_PLAN) {
        const struct task_plan plan = {.n_chunks = 3,
                                       .duration_us = 1,
                                       .package_id = PACKAGE_OF_TESTS};
        cr_assert_eq(job_task_planned(f.db, &issues[0].ref, &plan, 32), 0);
    } else {
        cr_assert_eq(job_task_done(f.db, &issues[0].ref, 33), 0);
    }
    for (int i = 0; i < queue->n_owners; i++)
        if (strcmp(queue->owners[i], lecture.owner_id) == 0)
            return i;
    return -1;
}

static bool has_work(const struct queue *queue, int owner_index)
{
    char sql[256];

    (void)snprintf(sql, sizeof sql,
                   "SELECT EXISTS (SELECT 1 FROM jobs WHERE owner_id = '%s' AND state IN"
                   " ('queued', 'running'))",
                   queue->owners[owner_index]);
    return fixture_number(&f, sql) != 0;
}

Test(job_turn, whatever_the_queue_nobody_waits_for_more_than_a_task_of_each_owner, .timeout = 60)
{
    struct queue queue = {.source = random_start("turns")};
    int waited[MAX_OWNERS] = {0};

    fixture_hurry(&f);
    fixture_execute(&f, "PRAGMA foreign_keys = ON; DELETE FROM lectures");
    queue.n_owners = 2 + (int)random_below(&queue.source, MAX_OWNERS - 1);
    for (int i = 0; i < queue.n_owners; i++) {
        char login[16];
        (void)snprintf(login, sizeof login, "owner%d", i);
        fixture_add_user(&f, login, ROLE_INSTRUCTOR, queue.owners[i]);
    }
    for (int step = 0; step < 600; step++) {
        if (step % 200 == 0)
            add_jobs(&queue);
        const int served = issue_one(&queue);
        for (int i = 0; i < queue.n_owners; i++) {
            waited[i] = i == served || (waited[i] == 0 && !has_work(&queue, i)) ? 0 : waited[i] + 1;
            cr_assert(waited[i] <= queue.n_owners, "owner %d waited for %d tasks", i, waited[i]);
            if (served >= 0 && !has_work(&queue, i))
                waited[i] = 0;
        }
        arena_reset(&f.arena);
    }
}

/* Steps of SQLite's machine, all statements together, since this was asked last. */
static int take_steps(void)
{
    int n = 0;

    for (sqlite3_stmt *s = sqlite3_next_stmt(f.db->handle, NULL); s;
         s = sqlite3_next_stmt(f.db->handle, s))
        n += sqlite3_stmt_status(s, SQLITE_STMTSTATUS_VM_STEP, true);
    return n;
}

static int count_steps_of_issue(void)
{
    struct task_issue *issues = NULL;

    (void)take_steps();
    cr_assert_eq(issue(1, 5000, &issues), 1);
    const int n = take_steps();
    fixture_execute(&f, "UPDATE tasks SET state = 'waiting' WHERE state = 'queued'");
    return n;
}

Test(job_turn, issuing_costs_the_same_however_many_jobs_wait)
{
    char lecture[ID_SIZE], job[ID_SIZE];

    fixture_hurry(&f);
    fixture_plan(&f, 400, 1, 20);
    const int before = count_steps_of_issue();
    for (int i = 0; i < 400; i++)
        fixture_add_job(&f, owner, 30, lecture, job);
    cr_assert_leq(count_steps_of_issue(), before + 20);
    cr_assert_leq(before, 400);
}

Test(job_turn, few_tasks_are_put_on_the_stream_ahead_of_their_turn)
{
    cr_assert_eq(job_turn_ahead(0), 2);
    cr_assert_eq(job_turn_ahead(2), 2);
    cr_assert_eq(job_turn_ahead(16), 6);
    cr_assert_eq(job_turn_ahead(100000), 64);
}

Test(job_turn, no_more_is_issued_than_may_be_queued)
{
    struct task_issue *issues = NULL;

    fixture_plan(&f, 9, 1, 20);
    cr_assert_eq(issue(4, 30, &issues), 4);
    cr_assert_eq(issue(4, 30, &issues), 0);
    cr_assert_eq(issue(6, 30, &issues), 2);
    cr_assert_eq(job_task_started(f.db, &issues[0].ref, "w", 90, 31), 0);
    cr_assert_eq(issue(6, 30, &issues), 1);
}

Test(job_turn, jobs_of_the_first_version_have_their_turns)
{
    struct task_issue *issues = NULL;

    fixture_go_back(&f);
    fixture_reopen(&f);
    cr_assert_eq(issue(9, 20, &issues), 1);
    cr_assert_str_eq(issues[0].ref.job_id, job_id);
}

Test(job_turn, an_issue_says_whether_the_sound_is_wanted)
{
    struct task_issue *issues = NULL;

    cr_assert_eq(job_store_leave_sound_out(f.db, "x"), ERR_NOT_FOUND);
    cr_assert_eq(job_store_leave_sound_out(f.db, job_id), 0);
    cr_assert_eq(issue(99, 30, &issues), 1);
    cr_assert(issues[0].without_sound);
}
