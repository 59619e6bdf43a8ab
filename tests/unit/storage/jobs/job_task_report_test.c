// SPDX-License-Identifier: GPL-3.0-or-later
#include "storage/jobs/job_task.h"

#include <string.h>

#include <criterion/criterion.h>

#include "common/err.h"
#include "common/json.h"
#include "storage/jobs/lecture_store.h"
#include "tests/unit/storage/fixture.h"
#include "tests/unit/storage/random.h"

#define WARNING(kind) (&(struct warning){.failure = (kind)})

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

TestSuite(job_task_report, .init = set_up, .fini = tear_down);

static struct job find_job(void)
{
    struct job job;

    cr_assert_eq(job_store_find(f.db, job_id, &job), 0);
    return job;
}

static struct lecture find_lecture(void)
{
    struct lecture lecture;

    cr_assert_eq(lecture_store_find(f.db, lecture_id, &lecture), 0);
    return lecture;
}

static size_t issue(size_t max_queued, int64_t now_ms, struct task_issue **ret_issues)
{
    size_t n = 0;

    cr_assert_eq(job_turn_issue(f.db, max_queued, now_ms, &f.turn, &f.arena, ret_issues, &n), 0);
    return n;
}

Test(job_task_report, a_job_goes_from_plan_to_ready)
{
    struct task_issue *issues = NULL;

    fixture_plan(&f, 2, 1, 20);
    cr_assert_eq(find_job().state, JOB_RUNNING);
    cr_assert_eq(find_job().started_at_ms, 20);
    cr_assert_eq(find_job().n_chunks, 2);
    cr_assert_eq(find_job().duration_us, 90000000);
    cr_assert_eq(find_lecture().state, LECTURE_PROCESSING);
    cr_assert_str_eq(find_lecture().package_id, PACKAGE_OF_TESTS);
    cr_assert_eq(issue(9, 30, &issues), 3);
    cr_assert_eq(issues[0].ref.kind, TASK_SOUND);
    cr_assert_eq(issues[2].ref.kind, TASK_CHUNK);
    cr_assert_eq(issues[2].ref.number, 1);
    cr_assert_str_eq(issues[0].lecture_id, lecture_id);
    cr_assert_str_eq(issues[0].source_sha256, SOURCE_OF_TESTS);
    cr_assert_str_eq(issues[0].package_id, PACKAGE_OF_TESTS);
    for (size_t i = 0; i < 3; i++)
        cr_assert_eq(job_task_started(f.db, &issues[i].ref, "w", 90, 31), 0);
    cr_assert_eq(job_task_part_done(f.db, &issues[0].ref, 0), 0);
    cr_assert_eq(job_task_part_done(f.db, &issues[0].ref, 1), 0);
    for (size_t i = 0; i < 3; i++)
        cr_assert_eq(job_task_done(f.db, &issues[i].ref, 40), 0);
    cr_assert_eq(find_job().stage, TASK_JOIN);
    cr_assert_eq(find_job().state, JOB_RUNNING);
    const struct task_ref join = fixture_start_task(&f, 50);
    cr_assert_eq(join.kind, TASK_JOIN);
    cr_assert_eq(job_task_done(f.db, &join, 60), 0);
    cr_assert_eq(find_job().state, JOB_DONE);
    cr_assert_eq(find_job().progress_permille, 1000);
    cr_assert_eq(find_job().finished_at_ms, 60);
    cr_assert_eq(find_lecture().state, LECTURE_READY);
    cr_assert_eq(find_lecture().duration_us, 90000000);
    cr_assert_eq(issue(9, 99, &issues), 0);
}

Test(job_task_report, parts_are_listed_by_kind_and_a_finished_chunk_is_a_part)
{
    struct task_issue *issues = NULL;
    int64_t *numbers = NULL;
    size_t n = 0;

    fixture_plan(&f, 3, 1, 20);
    cr_assert_eq(issue(9, 30, &issues), 4);
    cr_assert_eq(job_task_part_done(f.db, &issues[0].ref, 1), 0);
    cr_assert_eq(job_task_part_done(f.db, &issues[0].ref, 0), 0);
    cr_assert_eq(job_task_part_done(f.db, &issues[0].ref, 0), 0);
    cr_assert_eq(job_task_done(f.db, &issues[3].ref, 40), 0);
    cr_assert_eq(job_store_list_parts(f.db, job_id, TASK_SOUND, &f.arena, &numbers, &n), 0);
    cr_assert_eq(n, 2);
    cr_assert_eq(numbers[0], 0);
    cr_assert_eq(numbers[1], 1);
    cr_assert_eq(job_store_list_parts(f.db, job_id, TASK_CHUNK, &f.arena, &numbers, &n), 0);
    cr_assert_eq(n, 1);
    cr_assert_eq(numbers[0], 2);
    cr_assert_eq(job_task_part_done(f.db, &issues[1].ref, 1), ERR_INVALID);
    cr_assert_eq(job_task_part_done(f.db, &issues[0].ref, -1), ERR_INVALID);
}

Test(job_task_report, a_report_that_comes_twice_counts_once)
{
    struct task_issue *issues = NULL;

    fixture_plan(&f, 2, 0, 20);
    cr_assert_eq(issue(9, 30, &issues), 2);
    for (int i = 0; i < 2; i++) { /* as after a crash before the reports were acknowledged */
        cr_assert_eq(job_task_started(f.db, &issues[0].ref, "w", 90, 31), 0);
        cr_assert_eq(job_task_renew(f.db, &issues[0].ref, 500, 1000, 90), 0);
        cr_assert_eq(job_task_part_done(f.db, &issues[0].ref, 0), 0);
        cr_assert_eq(job_task_warned(f.db, &issues[0].ref, WARNING(FAILURE_TRUNCATED)), 0);
        cr_assert_eq(job_task_done(f.db, &issues[0].ref, 40), 0);
    }
    cr_assert_eq(fixture_number(&f, "SELECT count(*) FROM tasks WHERE state = 'done'"), 2);
    cr_assert_eq(fixture_number(&f, "SELECT speed_permille FROM tasks WHERE number = 0"
                                    " AND kind = 'chunk'"),
                 0, "a late heartbeat does not revive it");
    cr_assert_eq(job_task_done(f.db, &issues[1].ref, 41), 0);
    cr_assert_eq(job_task_done(f.db, &issues[1].ref, 41), 0);
    cr_assert_eq(fixture_number(&f, "SELECT count(*) FROM tasks WHERE kind = 'join'"), 1);
}

Test(job_task_report, a_failure_that_is_told_twice_costs_one_attempt)
{
    struct task_issue *issues = NULL;

    cr_assert_eq(issue(9, 20, &issues), 1);
    cr_assert_eq(job_task_failed(f.db, &issues[0].ref, FAILURE_DISK_FULL, false, AT(21)), 0);
    cr_assert_eq(job_task_failed(f.db, &issues[0].ref, FAILURE_DISK_FULL, false, AT(21)),
                 ERR_CONFLICT);
    cr_assert_eq(fixture_number(&f, "SELECT attempts FROM tasks"), 1);
}

Test(job_task_report, a_plan_ends_by_its_plan_and_is_checked)
{
    const struct task_ref task = fixture_start_task(&f, 20);
    struct task_plan plan = {.n_chunks = 0, .n_sounds = 0, .package_id = PACKAGE_OF_TESTS};

    cr_assert_eq(job_task_done(f.db, &task, 21), ERR_CONFLICT, "where is the plan?");
    cr_assert_eq(job_task_planned(f.db, &task, &plan, 21), ERR_INVALID);
    plan.n_chunks = TASK_MAX_NUMBER + 2;
    cr_assert_eq(job_task_planned(f.db, &task, &plan, 21), ERR_INVALID);
    plan.n_chunks = 1;
    plan.package_id = "../../etc";
    cr_assert_eq(job_task_planned(f.db, &task, &plan, 21), ERR_INVALID);
    plan.package_id = PACKAGE_OF_TESTS;
    cr_assert_eq(job_task_planned(f.db, &task, &plan, 21), 0);
    cr_assert_eq(job_task_planned(f.db, &task, &plan, 21), 0, "told again");
    cr_assert_eq(job_task_done(f.db, &task, 22), 0, "the plan is known");
    cr_assert_eq(fixture_number(&f, "SELECT count(*) FROM tasks WHERE kind = 'chunk'"), 1);
    cr_assert_eq(fixture_number(&f, "SELECT count(*) FROM tasks WHERE kind = 'sound'"), 0);
}

Test(job_task_report, a_lecture_of_sound_alone_is_joined_after_its_sound)
{
    fixture_plan(&f, 0, 1, 20);
    const struct task_ref sound = fixture_start_task(&f, 30);

    cr_assert_eq(sound.kind, TASK_SOUND);
    cr_assert_eq(job_task_done(f.db, &sound, 40), 0);
    cr_assert_eq(fixture_start_task(&f, 50).kind, TASK_JOIN);
}

Test(job_task_report, progress_speed_and_remaining_time_add_up)
{
    struct task_issue *issues = NULL;

    fixture_plan(&f, 2, 1, 20);
    cr_assert_eq(find_job().stage, TASK_SOUND);
    cr_assert_eq(find_job().progress_permille, 20);
    cr_assert_eq(issue(9, 30, &issues), 3);
    for (size_t i = 0; i < 3; i++)
        cr_assert_eq(job_task_started(f.db, &issues[i].ref, "w", 90, 31), 0);
    cr_assert_eq(job_task_done(f.db, &issues[0].ref, 40), 0);
    cr_assert_eq(find_job().stage, TASK_CHUNK);
    cr_assert_eq(find_job().progress_permille, 100);
    cr_assert_eq(find_job().eta_s, -1);
    cr_assert_eq(job_task_renew(f.db, &issues[1].ref, 500, 2000, 99), 0);
    cr_assert_eq(job_task_renew(f.db, &issues[2].ref, 500, 1000, 99), 0);
    cr_assert_eq(find_job().progress_permille, 100 + 430);
    cr_assert_eq(find_job().speed_permille, 3000);
    cr_assert_eq(find_job().eta_s, 15, "45 of 90 s are left, at three times real time");
    cr_assert_eq(job_task_failed(f.db, &issues[1].ref, FAILURE_DISK_FULL, false, AT(50)), 0);
    cr_assert_eq(find_job().progress_permille, 530, "progress never goes back");
    cr_assert_eq(find_job().speed_permille, 1000);
    cr_assert_eq(job_task_renew(f.db, &issues[2].ref, 1001, 0, 99), ERR_INVALID);
    cr_assert_eq(job_task_renew(f.db, &issues[2].ref, 1, -1, 99), ERR_INVALID);
}

Test(job_task_report, warnings_are_kept_once_each)
{
    const struct task_ref task = fixture_start_task(&f, 20);

    const struct warning timed = {FAILURE_TRUNCATED, .from_us = 5, .until_us = 7, .detail = "ế"};

    cr_assert_eq(job_task_warned(f.db, &task, WARNING(FAILURE_NO_AUDIO)), 0);
    cr_assert_eq(job_task_warned(f.db, &task, &timed), 0);
    cr_assert_eq(job_task_warned(f.db, &task, WARNING(FAILURE_NO_AUDIO)), 0);
    cr_assert_eq(job_task_warned(f.db, &task, &timed), 0);
    cr_assert_str_eq(find_job().warnings,
                     "[{\"code\":\"E_NO_AUDIO\"},{\"code\":\"E_TRUNCATED\",\"from_us\":5,"
                     "\"until_us\":7,\"detail\":\"ế\"}]");
}

Test(job_task_report, a_worker_that_never_stops_warning_is_not_stored_for_ever)
{
    const struct task_ref task = fixture_start_task(&f, 20);

    for (int64_t i = 1; i <= 100; i++)
        cr_assert_eq(job_task_warned(f.db, &task, &(struct warning){FAILURE_TRUNCATED, 0, i, ""}),
                     0);
    CLEANUP(json_decref) json_t *kept = NULL;
    cr_assert_eq(json_parse(slice_from(find_job().warnings), &kept), 0);
    cr_assert_eq(json_array_size(kept), JOB_MAX_WARNINGS);
}

Test(job_task_report, a_final_failure_ends_the_job_with_its_code)
{
    struct task_issue *issues = NULL;

    fixture_plan(&f, 3, 0, 20);
    cr_assert_eq(issue(9, 30, &issues), 3);
    cr_assert_eq(job_task_started(f.db, &issues[0].ref, "w", 90, 31), 0);
    cr_assert_eq(job_task_failed(f.db, &issues[1].ref, FAILURE_DRM, false, AT(40)), 0);
    cr_assert_eq(find_job().state, JOB_FAILED);
    cr_assert_eq(find_job().failure, FAILURE_DRM);
    cr_assert_eq(find_lecture().state, LECTURE_FAILED);
    cr_assert_eq(job_task_done(f.db, &issues[0].ref, 41), ERR_CONFLICT);
    cr_assert_eq(issue(9, 1000000, &issues), 0);
}

Test(job_task_report, a_lecture_that_failed_with_one_job_is_made_by_the_next)
{
    char second[ID_SIZE];

    cr_assert_eq(job_store_cancel(f.db, job_id, 20), 0);
    cr_assert_eq(find_lecture().state, LECTURE_FAILED);
    fixture_new_id(second);
    cr_assert_eq(job_store_create(f.db, second, lecture_id, 30), 0);
    fixture_plan(&f, 1, 0, 40);
    cr_assert_eq(find_lecture().state, LECTURE_PROCESSING);
    cr_assert_str_eq(find_lecture().package_id, PACKAGE_OF_TESTS, "and can be watched as it grows");
}

Test(job_task_report, a_fault_of_the_machine_is_tried_again_after_a_pause_but_not_for_ever)
{
    struct task_issue *issues = NULL;
    int64_t now_ms = 20;

    for (int attempt = 1; attempt < JOB_TASK_MAX_ATTEMPTS; attempt++) {
        cr_assert_eq(issue(9, now_ms, &issues), 1);
        cr_assert_eq(job_task_failed(f.db, &issues[0].ref, FAILURE_DISK_FULL, false, AT(now_ms)),
                     0);
        cr_assert_eq(find_job().state, JOB_QUEUED);
        cr_assert_eq(issue(9, now_ms + 4999, &issues), 0);
        now_ms += 60000;
    }
    cr_assert_eq(issue(9, now_ms, &issues), 1);
    cr_assert_eq(job_task_failed(f.db, &issues[0].ref, FAILURE_DISK_FULL, false, AT(now_ms)), 0);
    cr_assert_eq(find_job().state, JOB_FAILED);
    cr_assert_eq(find_job().failure, FAILURE_DISK_FULL);
}

Test(job_task_report, a_source_that_kills_the_decoder_twice_is_quarantined)
{
    struct task_issue *issues = NULL;

    cr_assert_eq(issue(9, 20, &issues), 1);
    cr_assert_eq(job_task_failed(f.db, &issues[0].ref, FAILURE_INTERNAL, true, AT(21)), 0);
    cr_assert_eq(find_job().state, JOB_QUEUED);
    cr_assert_eq(issue(9, 22, &issues), 1, "a crash is no reason to wait");
    cr_assert_eq(job_task_failed(f.db, &issues[0].ref, FAILURE_INTERNAL, true, AT(23)), 0);
    cr_assert_eq(find_job().state, JOB_FAILED);
    cr_assert_eq(find_job().failure, FAILURE_SOURCE_CRASHES);
}

Test(job_task_report, workers_that_vanish_three_times_end_the_job)
{
    struct task *expired = NULL;
    size_t n = 0;
    int64_t now_ms = 20;

    for (int i = 0; i < JOB_TASK_MAX_ATTEMPTS; i++) {
        cr_assert_eq(find_job().state, i == 0 ? JOB_QUEUED : JOB_RUNNING);
        const struct task_ref task = fixture_start_task(&f, now_ms);
        cr_assert_eq(job_task_expire_leases(f.db, AT(now_ms + 60000), &f.arena, &expired, &n), 0);
        cr_assert_eq(n, 0);
        now_ms += 60001;
        cr_assert_eq(job_task_expire_leases(f.db, AT(now_ms), &f.arena, &expired, &n), 0);
        cr_assert_eq(n, 1);
        cr_assert_str_eq(expired[0].worker, "w1");
        cr_assert_eq(job_task_renew(f.db, &task, 1, 1, now_ms + 9), ERR_CONFLICT);
    }
    cr_assert_eq(find_job().state, JOB_FAILED);
    cr_assert_eq(find_job().failure, FAILURE_WORKER_LOST);
    cr_assert_eq(find_lecture().state, LECTURE_FAILED);
}

Test(job_task_report, leases_of_one_job_that_expire_together_do_not_trip_over_its_end)
{
    struct task_issue *issues = NULL;
    struct task *expired = NULL;
    size_t n = 0;

    fixture_plan(&f, 3, 0, 20);
    fixture_execute(&f, "UPDATE tasks SET attempts = 2 WHERE kind = 'chunk'");
    cr_assert_eq(issue(9, 30, &issues), 3);
    for (size_t i = 0; i < 3; i++)
        cr_assert_eq(job_task_started(f.db, &issues[i].ref, "w", 90, 31), 0);
    cr_assert_eq(job_task_expire_leases(f.db, AT(91), &f.arena, &expired, &n), 0);
    cr_assert_eq(n, 3);
    cr_assert_eq(find_job().failure, FAILURE_WORKER_LOST);
}

Test(job_task_report, a_renewed_lease_lives_on)
{
    struct task *tasks = NULL;
    size_t n = 0;
    const struct task_ref task = fixture_start_task(&f, 20);

    cr_assert_eq(job_task_renew(f.db, &task, 100, 0, 500000), 0);
    cr_assert_eq(job_task_expire_leases(f.db, AT(400000), &f.arena, &tasks, &n), 0);
    cr_assert_eq(n, 0);
    cr_assert_eq(job_task_list_running(f.db, &f.arena, &tasks, &n), 0);
    cr_assert_eq(n, 1);
    cr_assert_eq(tasks[0].ref.epoch, task.epoch);
    cr_assert_eq(tasks[0].lease_until_ms, 500000);
    cr_assert_eq(tasks[0].progress_permille, 100);
}

Test(job_task_report, a_heartbeat_whose_start_was_lost_counts_as_a_start)
{
    struct task_issue *issues = NULL;
    struct task *tasks = NULL;
    size_t n = 0;

    cr_assert_eq(issue(9, 20, &issues), 1);
    cr_assert_eq(job_task_renew(f.db, &issues[0].ref, 10, 0, 100), 0);
    cr_assert_eq(job_task_list_running(f.db, &f.arena, &tasks, &n), 0);
    cr_assert_eq(n, 1);
}

Test(job_task_report, a_task_given_back_is_as_new)
{
    for (int i = 0; i < 5; i++) {
        const struct task_ref task = fixture_start_task(&f, 20 + i);
        cr_assert_eq(job_task_released(f.db, &task, 0), 0);
        cr_assert_eq(job_task_released(f.db, &task, 0), ERR_CONFLICT);
    }
    cr_assert_eq(fixture_number(&f, "SELECT attempts FROM tasks"), 0);
}

Test(job_task_report, an_order_that_was_taken_and_never_started_is_issued_again)
{
    struct task_issue *issues = NULL;

    cr_assert_eq(issue(9, 20, &issues), 1);
    cr_assert_eq(job_task_lost(f.db, &issues[0].ref, AT(30)), 0);
    cr_assert_eq(job_task_lost(f.db, &issues[0].ref, AT(30)), ERR_CONFLICT);
    const struct task_ref again = fixture_start_task(&f, 31);
    cr_assert_eq(job_task_lost(f.db, &again, AT(32)), ERR_CONFLICT, "it runs");
}

Test(job_task_report, reports_on_what_is_gone_are_conflicts)
{
    const struct task_ref task = fixture_start_task(&f, 20);

    cr_assert_eq(lecture_store_delete(f.db, lecture_id), 0);
    cr_assert_eq(job_task_renew(f.db, &task, 1, 1, 99), ERR_CONFLICT);
    cr_assert_eq(job_task_failed(f.db, &task, FAILURE_INTERNAL, false, AT(99)), ERR_CONFLICT);
}

Test(job_task_report, several_reports_can_be_made_durable_together)
{
    struct task_issue *issues = NULL;
    struct db *open = NULL;

    fixture_plan(&f, 2, 0, 20);
    cr_assert_eq(issue(9, 30, &issues), 2);
    cr_assert_eq(db_begin(f.db, &open), 0);
    cr_assert_eq(job_task_started(f.db, &issues[0].ref, "w", 90, 31), 0);
    struct task_ref stranger = issues[0].ref;
    stranger.epoch += 100;
    cr_assert_eq(job_task_started(f.db, &stranger, "w", 90, 31), ERR_CONFLICT);
    cr_assert_eq(job_task_done(f.db, &issues[0].ref, 32), 0);
    cr_assert_eq(db_commit(&open), 0);
    fixture_reopen(&f);
    cr_assert_eq(fixture_number(&f, "SELECT count(*) FROM tasks WHERE state = 'done'"), 2);
}

/* ---- whatever workers do, every job ends ---- */

static struct random_source source;

struct known { /* reports that somebody may send, also late and twice */
    struct task_ref refs[64];
    size_t n;
};

static void note_ref(struct known *known, const struct task_ref *ref)
{
    known->refs[known->n % 64] = *ref;
    known->n++;
}

static void issue_some(struct known *known, int64_t now_ms)
{
    struct task_issue *issues = NULL;
    const size_t n = issue(1 + (size_t)random_below(&source, 4), now_ms, &issues);

    for (size_t i = 0; i < n; i++)
        note_ref(known, &issues[i].ref);
}

static void report_something(const struct task_ref *ref, int64_t now_ms)
{
    const struct task_plan plan = {.n_chunks = random_below(&source, 4),
                                   .n_sounds = 1,
                                   .duration_us = 1000000,
                                   .package_id = PACKAGE_OF_TESTS};
    struct db *db = f.db;
    int err = 0;

    switch (random_below(&source, 16)) {
    case 0:
        err = job_task_failed(db, ref, FAILURE_DISK_FULL, false, AT(now_ms));
        break;
    case 1:
        err = job_task_failed(db, ref, FAILURE_INTERNAL, true, AT(now_ms));
        break;
    case 2:
        err = job_task_lost(db, ref, AT(now_ms));
        break;
    case 3:
        err = job_task_released(db, ref, 0);
        break;
    case 4:
    case 5:
    case 6:
        err = job_task_started(db, ref, "w", now_ms + 5000, now_ms);
        break;
    case 7:
    case 8:
        err = job_task_renew(db, ref, random_below(&source, 1001), random_below(&source, 5000),
                             now_ms + 5000);
        break;
    default:
        err = ref->kind == TASK_PLAN ? job_task_planned(db, ref, &plan, now_ms)
                                     : job_task_done(db, ref, now_ms);
        break;
    }
    cr_assert(err == 0 || err == ERR_CONFLICT, "got %d", err);
}

static void check_invariants(void)
{
    cr_assert_eq(fixture_number(&f, "SELECT count(*) FROM jobs WHERE state IN ('done', 'failed',"
                                    " 'cancelled') AND EXISTS (SELECT 1 FROM tasks WHERE"
                                    " job_id = jobs.id AND tasks.state IN"
                                    " ('waiting', 'queued', 'running'))"),
                 0, "an ended job has no open task");
    cr_assert_eq(fixture_number(&f, "SELECT count(*) FROM jobs WHERE state IN ('queued',"
                                    " 'running') AND NOT EXISTS (SELECT 1 FROM tasks WHERE"
                                    " job_id = jobs.id AND tasks.state IN"
                                    " ('waiting', 'queued', 'running'))"),
                 0, "a job that has not ended has something to do");
    cr_assert_eq(fixture_number(&f, "SELECT count(*) FROM jobs JOIN lectures ON lectures.id ="
                                    " lecture_id WHERE (jobs.state = 'done') <> (lectures.state ="
                                    " 'ready') OR (jobs.state IN ('failed', 'cancelled')) <>"
                                    " (lectures.state = 'failed')"),
                 0, "lecture and job agree");
    cr_assert_eq(fixture_number(&f, "SELECT count(*) FROM tasks WHERE state = 'running'"
                                    " AND lease_until_ms IS NULL"),
                 0, "who runs has a lease");
}

static void walk(void)
{
    struct known known = {.n = 0};
    int64_t now_ms = 1000;
    struct task *expired = NULL;
    size_t n = 0;

    for (int step = 0; step < 3000; step++) {
        if (find_job().state > JOB_RUNNING) {
            if (random_below(&source, 2))
                break;
            const int err = job_store_retry(f.db, job_id, true, now_ms);
            cr_assert_eq(err, find_job().state == JOB_DONE ? ERR_CONFLICT : 0);
        }
        now_ms += random_below(&source, 4000);
        issue_some(&known, now_ms);
        report_something(&known.refs[random_below(&source, known.n < 64 ? (int64_t)known.n : 64)],
                         now_ms);
        cr_assert_eq(job_task_expire_leases(f.db, AT(now_ms), &f.arena, &expired, &n), 0);
        if (step % 16 == 0)
            check_invariants();
        arena_reset(&f.arena);
    }
    check_invariants();
    cr_assert_gt(find_job().state, JOB_RUNNING, "the job never ended");
}

Test(job_task_report, whatever_workers_do_every_job_ends, .timeout = 60)
{
    source = random_start("job_task");
    fixture_hurry(&f);
    for (int i = 0; i < 8; i++) {
        walk();
        fixture_execute(&f, "PRAGMA foreign_keys = ON; DELETE FROM lectures");
        fixture_add_job(&f, owner, 10, lecture_id, job_id);
    }
}
