// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/roles/finisher.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "common/arena.h"
#include "common/clock.h"
#include "common/encode.h"
#include "common/err.h"
#include "common/log.h"
#include "server/roles/core_thread.h"
#include "server/roles/db_call.h"
#include "storage/jobs/upload_store.h"
#include "storage/media/deleted_media.h"
#include "storage/media/media_store.h"
#include "storage/media/upload_file.h"
#include "storage/sqlite/db.h"

enum {
    LOOK_INTERVAL_MS = 300, /* how long a finished upload waits to be noticed */
    RETRY_INTERVAL_MS = 10000,
    BATCH = 16,
    FAILED_MAX = 64,
    ARENA_LIMIT = 1 << 20,
};

struct finisher {
    struct media_store *media;  /* borrowed */
    struct work_pool *database; /* borrowed */
    struct db *reader;          /* owned; the thread's */
    struct arena arena;
    char failed[FAILED_MAX][ID_SIZE]; /* not to be tried again before a pause */
    size_t n_failed;
    struct core_thread *thread;
};

struct finished {
    const char *upload_id;
    char source_sha256[SHA256_HEX_SIZE];
    char job_id[ID_SIZE];
};

/* Before the source has its name: should the lecture be deleted meanwhile, or this process die
 * between the two, the sweep may take it. */
static int note_source(struct db *db, void *arg)
{
    const struct finished *f = arg;

    return deleted_media_note(db, MEDIA_SOURCES, f->source_sha256);
}

static int store_finished(struct db *db, void *arg)
{
    const struct finished *f = arg;

    return upload_store_finish(db, f->upload_id, f->source_sha256, f->job_id, clock_wall_ms());
}

/* Whether the file has every byte; one of none is made here. What a crash left behind the last
 * byte is cut off. */
static int check_file(struct finisher *f, const struct upload *upload)
{
    struct upload_file *file = NULL;
    const int err = upload_file_open(f->media, upload->id, upload->length_bytes, &file);

    upload_file_free(file);
    return err;
}

struct lost {
    const char *upload_id;
    int64_t promised_offset;
    int64_t offset;
};

static int set_back(struct db *db, void *arg)
{
    const struct lost *lost = arg;

    return upload_store_set_back(db, lost->upload_id, lost->promised_offset, lost->offset);
}

/* The file was lost, or a part of it, by no crash of ours: the client is asked for it again. */
static int take_promise_back(struct finisher *f, const struct upload *upload)
{
    struct lost lost = {.upload_id = upload->id, .promised_offset = upload->durable_offset};

    int err = upload_file_size(f->media, upload->id, &lost.offset);
    if (!err)
        err = db_call(f->database, set_back, &lost);
    if (err == ERR_NOT_FOUND) /* deleted meanwhile, and so the file went */
        return 0;
    if (!err)
        log_error("an upload's file holds less than was acknowledged",
                  log_str("upload", upload->id),
                  log_int("acknowledged_bytes", upload->durable_offset),
                  log_int("bytes", lost.offset));
    return err;
}

/* Its file goes after its row, also while we read it. */
static bool is_deleted(struct finisher *f, const struct upload *upload)
{
    struct upload found;

    return upload_store_find(f->reader, upload->id, &found) == ERR_NOT_FOUND;
}

static int adopt(struct finisher *f, const struct upload *upload, struct finished *finished)
{
    uint8_t sha256_bytes[SHA256_BYTES];

    int err = upload_file_hash(f->media, upload->id, upload->length_bytes, sha256_bytes);
    if (err)
        return err;
    encode_hex(sha256_bytes, sizeof sha256_bytes, finished->source_sha256);
    err = db_call(f->database, note_source, finished);
    return err ? err : media_store_adopt_source(f->media, upload->id, finished->source_sha256);
}

static int finish_upload(struct finisher *f, const struct upload *upload)
{
    struct finished finished = {.upload_id = upload->id};

    int err = check_file(f, upload);
    if (err == ERR_NOT_FOUND || err == ERR_CORRUPT)
        return take_promise_back(f, upload);
    if (!err)
        err = adopt(f, upload, &finished);
    if (err == ERR_NOT_FOUND && is_deleted(f, upload))
        return 0;
    if (err)
        return err;
    id_new(finished.job_id);
    err = db_call(f->database, store_finished, &finished);
    if (!err)
        log_info("lecture queued", log_str("lecture", upload->id), log_str("job", finished.job_id),
                 log_str("source", finished.source_sha256));
    if (!err || err == ERR_NOT_FOUND) /* deleted meanwhile: the source is swept later */
        err = upload_file_remove(f->media, upload->id);
    return err;
}

static bool has_failed(const struct finisher *f, const char *id)
{
    for (size_t i = 0; i < f->n_failed; i++) {
        if (strcmp(f->failed[i], id) == 0)
            return true;
    }
    return false;
}

/* *ret_n: how many were tried. */
static int finish_some(struct finisher *f, size_t *ret_n)
{
    struct upload *uploads = NULL;
    size_t n = 0;

    arena_reset(&f->arena);
    const int err =
        upload_store_list_complete(f->reader, BATCH + f->n_failed, &f->arena, &uploads, &n);
    for (size_t i = 0; uploads && i < n && !err && f->n_failed < FAILED_MAX; i++) {
        if (has_failed(f, uploads[i].id))
            continue;
        const int finish_err = finish_upload(f, &uploads[i]);
        if (finish_err) {
            log_error("cannot finish an upload, will retry", log_str("upload", uploads[i].id),
                      log_err(finish_err));
            memcpy(f->failed[f->n_failed++], uploads[i].id, ID_SIZE);
        }
        (*ret_n)++;
    }
    return err;
}

/* Goes on at once while there is something new; what cannot be finished keeps nobody waiting. */
static uint32_t finisher_round(void *arg)
{
    struct finisher *f = arg;
    size_t n = 0;

    const int err = finish_some(f, &n);
    if (!err && n > 0)
        return 0;
    const uint32_t pause_ms = err || f->n_failed > 0 ? RETRY_INTERVAL_MS : LOOK_INTERVAL_MS;
    f->n_failed = 0;
    return pause_ms;
}

static void finisher_free(struct finisher *f)
{
    db_free(f->reader);
    arena_clear(&f->arena);
    free(f);
}

int finisher_start(const char *database_path, struct media_store *media, struct work_pool *database,
                   struct finisher **ret_finisher)
{
    struct finisher *f = calloc(1, sizeof *f);

    if (!f)
        return ERR_NO_MEMORY;
    f->media = media;
    f->database = database;
    f->arena = arena_with_limit(ARENA_LIMIT);
    int err = db_open_reader(database_path, &f->reader);
    if (!err) {
        const struct core_thread_config config = {.name = "finisher",
                                                  .round = finisher_round,
                                                  .arg = f};
        err = core_thread_start(&config, &f->thread);
    }
    if (err) {
        finisher_free(f);
        return err;
    }
    *ret_finisher = f;
    return 0;
}

void finisher_stop(struct finisher *f)
{
    if (!f)
        return;
    core_thread_stop(f->thread);
    finisher_free(f);
}
