// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/roles/housekeeper.h"

#include <stdatomic.h>
#include <stdlib.h>

#include "common/arena.h"
#include "common/clock.h"
#include "common/err.h"
#include "common/log.h"
#include "server/auth/session_store.h"
#include "server/features/health/health.h"
#include "server/roles/core_thread.h"
#include "server/roles/db_call.h"
#include "server/roles/settings.h"
#include "server/roles/wall_floor.h"
#include "storage/jobs/upload_store.h"
#include "storage/media/sweep.h"
#include "storage/media/upload_file.h"
#include "storage/sqlite/db.h"

enum {
    BATCH = 100,
    SWEEP_BATCH = 1000,
    ROUNDS_PER_COUNT = 6, /* counting goes through all folders: once an hour */
    /* no jump of any clock counts for more */
    MAX_ELAPSED_MS = 2 * SERVED_TIME_INTERVAL_MS,
    MAX_WAITED_MS = 2 * HOUSEKEEPER_INTERVAL_MS,
    ARENA_LIMIT = 4 << 20,
};

#define HOUR_MS INT64_C(3600000)
#define DAY_MS  (24 * HOUR_MS)

struct housekeeper {
    struct media_store *media;       /* borrowed */
    struct work_pool *database;      /* borrowed */
    const struct settings *settings; /* borrowed */
    struct health *health;           /* borrowed; what is unknown is told there */
    struct db *reader;               /* owned; the thread's */
    int64_t waited_until_ms;         /* monotonic: notes have waited up to then; 0: never */
    int64_t served_until_ms;         /* monotonic: served time was counted up to then */
    int64_t kept_at_ms;              /* monotonic: the last whole round; 0: none yet */
    unsigned n_rounds;
    bool has_warned; /* of unknown files: told once, and again when they change */
    struct arena arena;
    struct core_thread *thread;
    struct wall_floor wall_floor;
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
    if (upload.is_complete || upload.idle_ms <= expired->idle_ms)
        return ERR_CONFLICT;
    return upload_store_delete(db, expired->id);
}

static int expire_uploads(struct housekeeper *h)
{
    const int64_t idle_ms = (int64_t)settings_now(h->settings)->upload_idle_days * DAY_MS;
    struct upload *uploads = NULL;
    size_t n = 0;

    int err = upload_store_list_expired(h->reader, idle_ms, BATCH, &h->arena, &uploads, &n);
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

struct ended_sessions {
    int64_t before_ms;
    int64_t n;
};

static int delete_ended(struct db *db, void *arg)
{
    struct ended_sessions *ended = arg;

    return session_store_delete_expired(db, ended->before_ms, &ended->n);
}

/* A session that has ended opens nothing, whether it is there or not; one that a wrong clock ends
 * is its owner's again when the clock is put right. */
static int delete_sessions(struct housekeeper *h)
{
    struct ended_sessions ended = {
        .before_ms = wall_floor_note(&h->wall_floor, clock_wall_ms(), clock_monotonic_ms())};

    return db_call(h->database, delete_ended, &ended);
}

static int wait_notes(struct db *db, void *arg)
{
    const int64_t *elapsed_ms = arg;

    return deleted_media_wait(db, *elapsed_ms);
}

struct misdated {
    const struct misdated_note *notes;
    size_t n;
};

static int set_times(struct db *db, void *arg)
{
    const struct misdated *misdated = arg;
    CLEANUP(db_rollback) struct db *open = NULL;
    int err = db_begin(db, &open);

    for (size_t i = 0; i < misdated->n && !err; i++)
        err = deleted_media_set_time(db, &misdated->notes[i].note, misdated->notes[i].changed_ms);
    return err ? err : db_commit(&open);
}

static int date_notes(struct housekeeper *h)
{
    struct misdated_note *notes = NULL;
    struct misdated misdated = {0};

    const int err =
        sweep_find_misdated(h->reader, h->media, SWEEP_BATCH, &h->arena, &notes, &misdated.n);
    if (err || misdated.n == 0)
        return err;
    log_warn("the wall clock was set: notes of deleted files are dated by the files",
             log_int("notes", (int64_t)misdated.n));
    misdated.notes = notes;
    return db_call(h->database, set_times, &misdated);
}

/* The first time, notes of an earlier process are only told from those that this one will make. */
static int let_notes_wait(struct housekeeper *h)
{
    const int64_t now_ms = clock_monotonic_ms();
    const bool is_first = h->waited_until_ms == 0;
    int64_t elapsed_ms = is_first ? 1 : now_ms - h->waited_until_ms;

    if (elapsed_ms > MAX_WAITED_MS)
        elapsed_ms = MAX_WAITED_MS;
    int err = is_first ? 0 : date_notes(h);
    if (!err)
        err = db_call(h->database, wait_notes, &elapsed_ms);
    if (!err)
        h->waited_until_ms = now_ms;
    return err;
}

struct settled {
    const struct deleted_media *notes;
    size_t n;
};

static int forget_notes(struct db *db, void *arg)
{
    const struct settled *settled = arg;
    CLEANUP(db_rollback) struct db *open = NULL;
    int err = db_begin(db, &open);

    for (size_t i = 0; i < settled->n && !err; i++)
        err = deleted_media_forget(db, &settled->notes[i]);
    return err ? err : db_commit(&open);
}

static void log_removed(const size_t removed[N_MEDIA_FOLDERS])
{
    size_t total = 0;

    for (size_t i = 0; i < N_MEDIA_FOLDERS; i++)
        total += removed[i];
    if (total > 0)
        log_info("deleted files removed", log_int("uploads", (int64_t)removed[MEDIA_UPLOADS]),
                 log_int("sources", (int64_t)removed[MEDIA_SOURCES]),
                 log_int("jobs", (int64_t)removed[MEDIA_JOBS]),
                 log_int("packages", (int64_t)removed[MEDIA_PACKAGES]));
}

/* The files go first, the notes after them: what a crash leaves is done again. */
static int sweep(struct housekeeper *h)
{
    const int64_t keep_ms = (int64_t)settings_now(h->settings)->deleted_keep_hours * HOUR_MS;
    size_t removed[N_MEDIA_FOLDERS];
    struct deleted_media *notes = NULL;
    struct settled settled = {0};

    int err = let_notes_wait(h);
    if (err)
        return err;
    err = sweep_deleted(h->reader, h->media, keep_ms, SWEEP_BATCH, &h->arena, removed, &notes,
                        &settled.n);
    log_removed(removed);
    settled.notes = notes;
    const int forget_err = settled.n > 0 ? db_call(h->database, forget_notes, &settled) : 0;
    return err ? err : forget_err;
}

/* Nothing is done about unknown files: a person has to know what they are. */
static void warn_of_unknown(struct housekeeper *h, const struct media_unknown *unknown, bool is_new)
{
    int64_t n = 0, bytes = 0;

    for (size_t i = 0; i < N_MEDIA_FOLDERS; i++) {
        n += unknown[i].n;
        bytes += unknown[i].bytes;
    }
    if (n > 0 && (is_new || !h->has_warned))
        log_warn("files that the database does not know are left alone: was an older backup put "
                 "back? See \"Files that the database does not know\" in docs/operations.md",
                 log_int("files", n), log_int("bytes", bytes),
                 log_int("uploads", unknown[MEDIA_UPLOADS].n),
                 log_int("sources", unknown[MEDIA_SOURCES].n),
                 log_int("jobs", unknown[MEDIA_JOBS].n),
                 log_int("packages", unknown[MEDIA_PACKAGES].n));
    h->has_warned = n > 0;
}

static int count_unknown(struct housekeeper *h)
{
    struct media_unknown unknown[N_MEDIA_FOLDERS];
    bool is_new = false;

    const int err = sweep_count_unknown(h->reader, h->media, unknown);
    if (err)
        return err;
    for (size_t i = 0; i < N_MEDIA_FOLDERS; i++) {
        struct health_unknown *told = &h->health->unknown[i];
        is_new |= atomic_exchange(&told->n, unknown[i].n) != unknown[i].n;
        atomic_store(&told->bytes, unknown[i].bytes);
    }
    warn_of_unknown(h, unknown, is_new);
    return 0;
}

static int add_served_time(struct db *db, void *arg)
{
    const int64_t *elapsed_ms = arg;

    return upload_store_add_served_time(db, *elapsed_ms);
}

/* What an upload's idle time is made of (upload_store.h): only what this process has seen pass. */
static void count_served_time(struct housekeeper *h)
{
    const int64_t now_ms = clock_monotonic_ms();
    int64_t elapsed_ms = now_ms - h->served_until_ms;

    if (elapsed_ms > MAX_ELAPSED_MS)
        elapsed_ms = MAX_ELAPSED_MS;
    const int err = db_call(h->database, add_served_time, &elapsed_ms);
    if (err)
        log_warn("cannot count the time that was served, will retry", log_err(err));
    else
        h->served_until_ms = now_ms;
}

static void keep_house(struct housekeeper *h)
{
    arena_reset(&h->arena);
    int err = expire_uploads(h);
    if (!err)
        err = delete_sessions(h);
    if (!err)
        err = sweep(h);
    if (!err && h->n_rounds++ % ROUNDS_PER_COUNT == 0)
        err = count_unknown(h);
    if (err)
        log_warn("housekeeping failed, will retry", log_err(err));
}

static uint32_t housekeeper_round(void *arg)
{
    struct housekeeper *h = arg;

    count_served_time(h);
    if (h->kept_at_ms == 0 || clock_monotonic_ms() - h->kept_at_ms >= HOUSEKEEPER_INTERVAL_MS) {
        h->kept_at_ms = clock_monotonic_ms();
        keep_house(h);
    }
    return SERVED_TIME_INTERVAL_MS;
}

static void housekeeper_free(struct housekeeper *h)
{
    db_free(h->reader);
    arena_clear(&h->arena);
    free(h);
}

int housekeeper_start(const char *database_path, struct media_store *media,
                      struct work_pool *database, const struct settings *settings,
                      struct health *health, struct housekeeper **ret_housekeeper)
{
    struct housekeeper *h = calloc(1, sizeof *h);

    if (!h)
        return ERR_NO_MEMORY;
    h->media = media;
    h->database = database;
    h->settings = settings;
    h->health = health;
    h->arena = arena_with_limit(ARENA_LIMIT);
    h->served_until_ms = clock_monotonic_ms();
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
    count_served_time(h);
    housekeeper_free(h);
}
