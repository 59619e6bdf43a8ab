// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/roles/report_batch.h"

#include "common/arena.h"
#include "common/err.h"
#include "common/log.h"
#include "common/package/package.h"
#include "server/roles/db_call.h"
#include "server/roles/dispatcher.h"
#include "server/roles/job_clocks.h"
#include "server/roles/job_files.h"
#include "server/roles/unplaced_task.h"
#include "storage/jobs/job_store.h"
#include "storage/jobs/job_task.h"
#include "storage/jobs/task_stream.h"
#include "storage/media/deleted_media.h"
#include "storage/sqlite/db.h"

enum { NO_ROOM_PAUSE_MS = 5000 }; /* of a task that a worker gave back because its disk is full */

/* A task that failed, with what its sentence is about: such failures are final. */
static int apply_failure(struct db *db, const struct task_report *report, const struct job_now *now)
{
    const struct task_event *event = &report->event;
    struct warning about = {.failure = event->failure};

    const int err = job_task_failed(db, &report->task, event->failure, event->is_crash, now);
    if (err || !failure_names_detail(event->failure))
        return err;
    warning_set_detail(&about, event->detail);
    return job_store_set_failure_detail(db, report->task.job_id, about.detail);
}

/* Applies one report; returns ERR_CONFLICT or ERR_NOT_FOUND when it comes too late. */
static int apply(struct db *db, const struct task_report *report, const char *package_id)
{
    const struct task_event *event = &report->event;
    const struct task_ref *task = &report->task;
    const struct job_now now = job_clocks();
    const int64_t lease_until_ms = now.steady_ms + TASK_LEASE_MS;
    struct task_plan plan = {.n_chunks = event->n_chunks,
                             .n_sounds = event->n_sounds,
                             .duration_us = event->duration_us,
                             .package_id = package_id};

    switch (event->kind) {
    case TASK_EVENT_STARTED:
        return job_task_started(db, task, report->worker, lease_until_ms, now.wall_ms);
    case TASK_EVENT_PROGRESS:
        return job_task_renew(db, task, event->permille, event->speed_permille, lease_until_ms);
    case TASK_EVENT_PLANNED:
        return job_task_planned(db, task, &plan, now.wall_ms);
    case TASK_EVENT_PART:
        return job_task_part_done(db, task, event->number);
    case TASK_EVENT_WARNING:
        return job_task_warned(db, task, &event->warning);
    case TASK_EVENT_DONE:
        /* a plan ended when it was planned: this says nothing new */
        return task->kind == TASK_PLAN ? 0 : job_task_done(db, task, now.wall_ms);
    case TASK_EVENT_FAILED:
        return apply_failure(db, report, &now);
    case TASK_EVENT_RELEASED:
        return job_task_released(db, task,
                                 event->failure == FAILURE_NONE ? 0
                                                                : now.steady_ms + NO_ROOM_PAUSE_MS);
    case N_TASK_EVENTS:
        break;
    }
    return 0;
}

struct applying {
    const struct task_report *reports;
    size_t n;
    char (*package_ids)[PACKAGE_ID_SIZE]; /* one per report; "" unless planned */
    int *place_errs;                      /* one per report: why a plan has no package's folder */
    int *results;                         /* one per report */
};

/* Refused: it comes too late, or says what no worker says. It would be refused for ever. */
static bool is_refusal(int err)
{
    return err == ERR_CONFLICT || err == ERR_NOT_FOUND || err == ERR_INVALID;
}

/* All reports of a batch are durable with one write. */
static int apply_all(struct db *db, void *arg)
{
    const struct applying *a = arg;
    CLEANUP(db_rollback) struct db *open = NULL;
    int err = db_begin(db, &open);

    for (size_t i = 0; i < a->n && !err; i++) {
        struct unplaced_task unplaced = {.task = &a->reports[i].task, .err = a->place_errs[i]};
        a->results[i] = unplaced.err ? unplaced_task_fail(db, &unplaced)
                                     : apply(db, &a->reports[i], a->package_ids[i]);
        if (!is_refusal(a->results[i]))
            err = a->results[i];
        else if (a->package_ids[i][0]) /* it was made for a job that has ended meanwhile */
            err = deleted_media_note(db, MEDIA_PACKAGES, a->package_ids[i]);
    }
    return err ? err : db_commit(&open);
}

static void log_report(const struct task_report *report)
{
    const struct task_event *event = &report->event;
    const struct log_field job = log_str("job", report->task.job_id);
    const struct log_field task = log_str("task", task_kind_name(report->task.kind));
    const struct log_field number = log_int("number", report->task.number);

    if (event->kind == TASK_EVENT_FAILED)
        log_warn("task failed", job, task, number, log_str("code", failure_code(event->failure)),
                 log_str("detail", event->detail), log_bool("crash", event->is_crash));
    else if (event->kind == TASK_EVENT_RELEASED && event->failure != FAILURE_NONE)
        log_info("task put back until the disk has room", job, task, number,
                 log_str("worker", report->worker));
    else if (event->kind == TASK_EVENT_DONE)
        log_info("task done", job, task, number, log_str("worker", report->worker));
    else if (event->kind == TASK_EVENT_STARTED)
        log_info("task started", job, task, number, log_str("worker", report->worker));
}

/* A source that was put into quarantine is not to be decoded a second longer, whichever lecture's
 * workers are at it. Whoever is not reached is told by the next report. */
static void stop_quarantined(const struct report_batch *batch, const char *job_id)
{
    struct task *stopped = NULL;
    size_t n = 0;

    if (job_task_list_stopped(batch->reader, job_id, batch->arena, &stopped, &n))
        return;
    for (size_t i = 0; i < n; i++)
        (void)task_stream_fence_off(batch->redis, &stopped[i].ref);
}

/* What follows once the batch is committed: files, logs, and stopping workers that came too late.
 */
static void follow_up(const struct report_batch *batch, const struct applying *a)
{
    for (size_t i = 0; i < a->n; i++) {
        const struct task_report *report = &a->reports[i];
        if (a->place_errs[i] && a->results[i] == 0) {
            log_error("cannot give a plan its package's folder",
                      log_str("job", report->task.job_id), log_err(a->place_errs[i]));
        } else if (a->results[i] == 0) {
            log_report(report);
            job_files_note(batch->job_files, report);
            if (report->event.is_crash)
                stop_quarantined(batch, report->task.job_id);
        } else if (report->event.kind != TASK_EVENT_DONE) {
            (void)task_stream_fence_off(batch->redis, &report->task);
        }
    }
    job_files_update(batch->job_files, batch->reader, batch->database);
}

int report_batch_apply(const struct report_batch *batch)
{
    const size_t n = batch->n;
    struct applying a = {.reports = batch->reports, .n = n};

    a.package_ids = arena_alloc(batch->arena, n * sizeof a.package_ids[0]);
    a.place_errs = arena_alloc(batch->arena, n * sizeof a.place_errs[0]);
    a.results = arena_alloc(batch->arena, n * sizeof a.results[0]);
    if (!a.package_ids || !a.place_errs || !a.results)
        return ERR_NO_MEMORY;
    for (size_t i = 0; i < n; i++) {
        if (a.reports[i].event.kind == TASK_EVENT_PLANNED)
            a.place_errs[i] = job_files_place_package(batch->media, batch->reader,
                                                      a.reports[i].task.job_id, a.package_ids[i]);
    }
    int err = db_call(batch->database, apply_all, &a);
    if (err)
        return err;
    follow_up(batch, &a);
    return task_stream_ack_reports(batch->redis, batch->reports, n);
}
