// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/roles/finisher.h"

#include <stdlib.h>

#include "common/arena.h"
#include "common/clock.h"
#include "common/encode.h"
#include "common/err.h"
#include "common/log.h"
#include "server/roles/core_thread.h"
#include "server/roles/db_call.h"
#include "storage/db.h"
#include "storage/media_store.h"
#include "storage/upload_file.h"
#include "storage/upload_store.h"

enum {
    LOOK_INTERVAL_MS = 300, /* how long a finished upload waits to be noticed */
    RETRY_INTERVAL_MS = 10000,
    BATCH = 16,
    ARENA_LIMIT = 1 << 20,
};

struct finisher {
    struct media_store *media;  /* borrowed */
    struct work_pool *database; /* borrowed */
    struct db *reader;          /* owned; the thread's */
    struct arena arena;
    struct core_thread *thread;
};

struct finished {
    const char *upload_id;
    char source_sha256[SHA256_HEX_SIZE];
    char job_id[ID_SIZE];
};

static int store_finished(struct db *db, void *arg)
{
    const struct finished *f = arg;

    return upload_store_finish(db, f->upload_id, f->source_sha256, f->job_id, clock_wall_ms());
}

static int finish_upload(struct finisher *f, const struct upload *upload)
{
    uint8_t sha256_bytes[SHA256_BYTES];
    struct finished finished = {.upload_id = upload->id};

    int err = upload_file_hash(f->media, upload->id, upload->length_bytes, sha256_bytes);
    if (err)
        return err;
    encode_hex(sha256_bytes, sizeof sha256_bytes, finished.source_sha256);
    id_new(finished.job_id);
    err = media_store_adopt_source(f->media, upload->id, finished.source_sha256);
    if (!err)
        err = db_call(f->database, store_finished, &finished);
    if (!err || err == ERR_NOT_FOUND) /* deleted meanwhile: the source is swept later */
        err = upload_file_remove(f->media, upload->id);
    if (!err)
        log_info("lecture queued", log_str("lecture", upload->id), log_str("job", finished.job_id),
                 log_str("source", finished.source_sha256));
    return err;
}

static uint32_t finisher_round(void *arg)
{
    struct finisher *f = arg;
    struct upload *uploads = NULL;
    size_t n = 0;

    arena_reset(&f->arena);
    int err = upload_store_list_complete(f->reader, BATCH, &f->arena, &uploads, &n);
    for (size_t i = 0; i < n; i++) {
        err = finish_upload(f, &uploads[i]);
        if (err)
            log_error("cannot finish an upload, will retry", log_str("upload", uploads[i].id),
                      log_err(err));
    }
    return err ? RETRY_INTERVAL_MS : LOOK_INTERVAL_MS;
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
