// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/roles/housekeeper.h"

#include <stdlib.h>

#include "common/arena.h"
#include "common/clock.h"
#include "common/err.h"
#include "common/log.h"
#include "server/roles/core_thread.h"
#include "server/roles/db_call.h"
#include "server/roles/settings.h"
#include "storage/db.h"
#include "storage/session_store.h"
#include "storage/sweep.h"
#include "storage/upload_file.h"
#include "storage/upload_store.h"

enum { BATCH = 100, SWEEP_BATCH = 1000, ARENA_LIMIT = 4 << 20 };

#define DAY_MS INT64_C(86400000)

struct housekeeper {
    struct media_store *media;       /* borrowed */
    struct work_pool *database;      /* borrowed */
    const struct settings *settings; /* borrowed */
    struct db *reader;               /* owned; the thread's */
    struct arena arena;
    struct core_thread *thread;
};

struct expired_upload {
    const char *id;
    int64_t idle_ms;
};

/* Looks again before it deletes: a byte may have come meanwhile. */
static int delete_upload(struct db *db, void *arg)
{
    const struct expired_upload *expired = arg;
    struct upload upload;
    const int err = upload_store_find(db, expired->id, &upload);

    if (err)
        return err;
    if (upload.is_complete || clock_wall_ms() - upload.last_byte_at_ms <= expired->idle_ms)
        return ERR_CONFLICT;
    return upload_store_delete(db, expired->id);
}

static int expire_uploads(struct housekeeper *h)
{
    const int64_t idle_ms = (int64_t)settings_now(h->settings)->upload_idle_days * DAY_MS;
    struct upload *uploads = NULL;
    size_t n = 0;

    int err = upload_store_list_expired(h->reader, clock_wall_ms(), idle_ms, BATCH, &h->arena,
                                        &uploads, &n);
    for (size_t i = 0; i < n && !err; i++) {
        struct expired_upload expired = {uploads[i].id, idle_ms};
        err = db_call(h->database, delete_upload, &expired);
        if (!err) {
            log_info("upload expired", log_str("upload", uploads[i].id),
                     log_int("received_bytes", uploads[i].durable_offset));
            err = upload_file_remove(h->media, uploads[i].id);
        } else if (err == ERR_CONFLICT || err == ERR_NOT_FOUND) {
            err = 0;
        }
    }
    return err;
}

static int delete_sessions(struct db *db, void *arg)
{
    return session_store_delete_expired(db, clock_wall_ms(), arg);
}

static int sweep(struct housekeeper *h)
{
    size_t removed[N_MEDIA_FOLDERS] = {0};
    size_t total = 0;

    const int err = sweep_orphans(h->reader, h->media, clock_wall_ms(), SWEEP_BATCH, removed);
    for (size_t i = 0; i < N_MEDIA_FOLDERS; i++)
        total += removed[i];
    if (total > 0)
        log_info("orphaned files removed", log_int("uploads", (int64_t)removed[MEDIA_UPLOADS]),
                 log_int("sources", (int64_t)removed[MEDIA_SOURCES]),
                 log_int("jobs", (int64_t)removed[MEDIA_JOBS]),
                 log_int("packages", (int64_t)removed[MEDIA_PACKAGES]));
    return err;
}

static uint32_t housekeeper_round(void *arg)
{
    struct housekeeper *h = arg;
    int64_t n_sessions = 0;

    arena_reset(&h->arena);
    int err = expire_uploads(h);
    if (!err)
        err = db_call(h->database, delete_sessions, &n_sessions);
    if (!err)
        err = sweep(h);
    if (err)
        log_warn("housekeeping failed, will retry", log_err(err));
    return HOUSEKEEPER_INTERVAL_MS;
}

static void housekeeper_free(struct housekeeper *h)
{
    db_free(h->reader);
    arena_clear(&h->arena);
    free(h);
}

int housekeeper_start(const char *database_path, struct media_store *media,
                      struct work_pool *database, const struct settings *settings,
                      struct housekeeper **ret_housekeeper)
{
    struct housekeeper *h = calloc(1, sizeof *h);

    if (!h)
        return ERR_NO_MEMORY;
    h->media = media;
    h->database = database;
    h->settings = settings;
    h->arena = arena_with_limit(ARENA_LIMIT);
    int err = db_open_reader(database_path, &h->reader);
    if (!err) {
        const struct core_thread_config config = {.name = "housekeeper",
                                                  .round = housekeeper_round,
                                                  .arg = h};
        err = core_thread_start(&config, &h->thread);
    }
    if (err) {
        housekeeper_free(h);
        return err;
    }
    *ret_housekeeper = h;
    return 0;
}

void housekeeper_stop(struct housekeeper *h)
{
    if (!h)
        return;
    core_thread_stop(h->thread);
    housekeeper_free(h);
}
