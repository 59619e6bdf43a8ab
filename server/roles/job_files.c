// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/roles/job_files.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/arena.h"
#include "common/clock.h"
#include "common/err.h"
#include "common/file.h"
#include "common/log.h"
#include "server/roles/db_call.h"
#include "server/roles/dispatcher.h"
#include "server/roles/growing_package.h"
#include "storage/jobs/job_store.h"
#include "storage/jobs/lecture_store.h"
#include "storage/jobs/task_stream.h"
#include "storage/media/media_store.h"

enum {
    PLAN_LIMIT = 16 << 20, /* a plan lists the chunks of the longest lecture many times over */
    ARENA_LIMIT = 16 << 20,
    PAGE = 200,
};

/* A job that waits for its turn. */
struct waiting {
    char job_id[ID_SIZE];
    int64_t due_ms; /* monotonic */
};

struct waiting_list {
    struct waiting *items; /* owned, oldest first */
    size_t n;
    size_t capacity;
};

struct job_files {
    struct media_store *media;
    struct arena arena;
    struct waiting_list growing; /* their index is behind their parts */
    struct waiting_list joined;  /* their parts are to be removed */
};

/* Without memory the item is forgotten: restored at the next start. */
static void add(struct waiting_list *list, const char *job_id, int64_t due_ms)
{
    for (size_t i = 0; i < list->n; i++) {
        if (strcmp(list->items[i].job_id, job_id) == 0)
            return;
    }
    if (list->n == list->capacity) {
        const size_t capacity = list->capacity ? 2 * list->capacity : 16;
        struct waiting *items = realloc(list->items, capacity * sizeof items[0]);
        if (!items)
            return;
        list->items = items;
        list->capacity = capacity;
    }
    struct waiting *item = &list->items[list->n++];
    item->due_ms = due_ms;
    (void)slice_to_cstr(slice_from(job_id), item->job_id, sizeof item->job_id);
}

static void take(struct waiting_list *list, size_t index)
{
    list->n--;
    memmove(&list->items[index], &list->items[index + 1],
            (list->n - index) * sizeof list->items[0]);
}

int job_files_new(struct media_store *media, struct job_files **ret_files)
{
    struct job_files *files = calloc(1, sizeof *files);

    if (!files)
        return ERR_NO_MEMORY;
    files->media = media;
    files->arena = arena_with_limit(ARENA_LIMIT);
    *ret_files = files;
    return 0;
}

void job_files_free(struct job_files *files)
{
    if (!files)
        return;
    arena_clear(&files->arena);
    free(files->growing.items);
    free(files->joined.items);
    free(files);
}

static int restore_growing(struct job_files *files, struct db *reader)
{
    struct job *jobs = NULL;
    size_t n = 0;

    const int err = job_store_list_active(reader, 100000, &files->arena, &jobs, &n);
    for (size_t i = 0; i < n; i++)
        add(&files->growing, jobs[i].id, 0);
    return err;
}

static int restore_joined(struct job_files *files, struct db *reader)
{
    const int64_t due_ms = clock_monotonic_ms() + TIDY_AFTER_MS;
    char before[ID_SIZE] = "";
    size_t n = PAGE;

    while (n == PAGE) {
        struct lecture *lectures = NULL;
        arena_reset(&files->arena);
        const int err = lecture_store_list(reader, before, PAGE, &files->arena, &lectures, &n);
        if (err)
            return err;
        for (size_t i = 0; i < n; i++) {
            struct job job;
            if (lectures[i].state == LECTURE_READY &&
                job_store_find_by_lecture(reader, lectures[i].id, &job) == 0)
                add(&files->joined, job.id, due_ms);
            memcpy(before, lectures[i].id, ID_SIZE);
        }
    }
    return 0;
}

int job_files_restore(struct job_files *files, struct db *reader)
{
    arena_reset(&files->arena);
    const int err = restore_growing(files, reader);
    return err ? err : restore_joined(files, reader);
}

int job_files_place_package(struct media_store *media, struct db *reader, const char *job_id,
                            char id[PACKAGE_ID_SIZE])
{
    CLEANUP(buf_clear) struct buf plan = buf_with_limit(PLAN_LIMIT);
    char path[MEDIA_PATH_SIZE + 16];
    char folder[MEDIA_PATH_SIZE];
    struct lecture lecture;
    struct job job;

    int err = job_store_find(reader, job_id, &job);
    if (!err)
        err = lecture_store_find(reader, job.lecture_id, &lecture);
    if (err)
        return err;
    media_path_job(job_id, folder);
    (void)snprintf(path, sizeof path, "%s/plan.json", folder);
    err = file_read_all(media_store_root_fd(media), path, &plan);
    if (err)
        return err;
    package_id(lecture.source_sha256, buf_slice(&plan), id);
    return media_store_make_package(media, job_id, id);
}

void job_files_note(struct job_files *files, const struct task_report *report)
{
    if (report->event.kind == TASK_EVENT_PART)
        add(&files->growing, report->task.job_id, 0);
    if (report->event.kind == TASK_EVENT_DONE && report->task.kind == TASK_JOIN)
        add(&files->joined, report->task.job_id, clock_monotonic_ms() + TIDY_AFTER_MS);
    if (report->event.kind == TASK_EVENT_PLANNED)
        (void)media_store_remove_job_dir(files->media, report->task.job_id);
}

/* Whether learners may begin: something of every kind that the lecture has is in the index. */
static bool has_enough(const struct job *job, const struct finished_parts *parts)
{
    return (job->n_chunks == 0 || parts->n_chunks > 0) &&
           (job->n_sounds == 0 || parts->n_sound > 0);
}

static int set_playable(struct db *db, void *arg)
{
    const struct job *job = arg;
    const int err = job_store_set_playable(db, job->id);

    return err == ERR_NOT_FOUND ? 0 : err; /* deleted meanwhile */
}

/* Returns 0 also when there is nothing to do (any more). */
static int update_index(struct job_files *files, struct db *reader, struct work_pool *database,
                        const char *job_id)
{
    struct finished_parts parts = {0};
    int64_t *sound = NULL;
    int64_t *chunks = NULL;
    struct job job;

    arena_reset(&files->arena);
    int err = job_store_find(reader, job_id, &job);
    if (err == ERR_NOT_FOUND || (!err && (job.state != JOB_RUNNING || !job.package_id[0])))
        return 0;
    if (!err)
        err =
            job_store_list_parts(reader, job_id, TASK_SOUND, &files->arena, &sound, &parts.n_sound);
    if (!err)
        err = job_store_list_parts(reader, job_id, TASK_CHUNK, &files->arena, &chunks,
                                   &parts.n_chunks);
    if (err)
        return err;
    parts.sound = sound;
    parts.chunks = chunks;
    err = growing_package_update(files->media, job.package_id, job.duration_us, &parts);
    if (err || job.is_playable || !has_enough(&job, &parts))
        return err;
    return db_call(database, set_playable, &job);
}

void job_files_update(struct job_files *files, struct db *reader, struct work_pool *database)
{
    for (size_t i = files->growing.n; i-- > 0;) {
        const char *job_id = files->growing.items[i].job_id;
        const int err = update_index(files, reader, database, job_id);
        if (err)
            log_error("cannot update the index of a growing package", log_str("job", job_id),
                      log_err(err));
        else
            take(&files->growing, i);
    }
}

void job_files_tidy(struct job_files *files, struct db *reader)
{
    struct waiting_list *list = &files->joined;
    struct job job;

    if (list->n == 0 || list->items[0].due_ms > clock_monotonic_ms())
        return;
    int err = job_store_find(reader, list->items[0].job_id, &job);
    if (!err && job.package_id[0])
        err = growing_package_tidy(files->media, job.package_id);
    if (err && err != ERR_NOT_FOUND)
        log_warn("cannot tidy a package", log_str("job", job.id), log_err(err));
    take(list, 0);
}
