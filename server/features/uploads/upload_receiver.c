// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/features/uploads/upload_receiver.h"

#include <stdlib.h>
#include <string.h>

#include "common/buf.h"
#include "common/clock.h"
#include "common/container.h"
#include "common/err.h"
#include "common/log.h"
#include "common/work_pool.h"
#include "server/http/exchange/exchange.h"
#include "server/http/loop/loop.h"
#include "server/web/route.h"
#include "server/web/services.h"
#include "storage/media/media_store.h"
#include "storage/media/upload_file.h"

enum {
    TICK_MS = 1000,
    QUEUE_PATIENCE_MS = 60000,              /* a queue that stays full for so long is given up */
    BUFFER_LIMIT = 4 * UPLOAD_BUFFER_BYTES, /* one read of the engine's may come on top */
};

/* What is done elsewhere: on the disks' threads, on the database's. */
enum step { STEP_NONE, STEP_STORE, STEP_COMMIT, STEP_CLEAN };

struct upload_receiver {
    struct call *call;
    struct upload upload; /* as it was at the start */
    int64_t max_owner_bytes;
    const atomic_bool *is_wanted;
    upload_received_fn *on_done;
    void *arg;

    bool has_checksum;
    struct tus_checksum checksum;
    struct digest *digest;    /* owned; with a checksum */
    struct upload_file *file; /* owned; opened by the first store */
    struct buf buffer;        /* received, not yet given to the disks */
    struct http_timer *timer;
    int64_t committed_offset;
    int64_t committed_at_ms; /* monotonic */

    bool is_paused;  /* the body */
    bool is_over;    /* no more bytes will come */
    bool is_settled; /* and what came has been committed, or dropped */
    bool is_ending;  /* on_done is on its way: nothing else happens */
    int err;         /* why it is over, 0 when the body is complete */

    enum step step;        /* under way, or waiting for room in its queue */
    bool is_busy;          /* under way: buffer and file are not the loop's */
    int64_t step_since_ms; /* monotonic */
    struct work work;
    bool is_syncing;       /* store: sync after appending */
    bool is_short;         /* store found less on disk than was promised */
    bool is_gone;          /* commit found no such upload */
    int64_t stored_offset; /* after store: where the file ends */
    int work_err;
    struct mail ending;
};

static struct upload_receiver *receiver_of(struct work *work)
{
    return CONTAINER_OF(work, struct upload_receiver, work);
}

static void receiver_free(struct upload_receiver *r)
{
    if (!r)
        return;
    http_timer_free(r->timer);
    upload_file_free(r->file);
    digest_free(r->digest);
    buf_clear(&r->buffer);
    free(r);
}

static void tell_done(void *arg)
{
    struct upload_receiver *r = arg;
    upload_received_fn *const on_done = r->on_done;
    void *const done_arg = r->arg;
    const int err = r->err;
    const int64_t offset = r->committed_offset;

    receiver_free(r);
    on_done(done_arg, err, offset);
}

/* The receiver goes, but not here: callers, the engine among them, may still look at it. */
static void end(struct upload_receiver *r)
{
    const struct mailbox *home = http_loop_mailbox(http_exchange_loop(r->call->x));

    r->step = STEP_NONE;
    r->is_ending = true;
    r->ending = (struct mail){.fn = tell_done, .arg = r};
    home->post(home->owner, &r->ending);
}

/* The first failure is the one that is told. */
static void note_failure(struct upload_receiver *r, int err)
{
    if (r->err == 0 || r->err == ERR_IO || r->err == ERR_TIMEOUT)
        r->err = err;
    r->is_over = true;
}

static bool checksum_is_right(struct upload_receiver *r)
{
    uint8_t value[DIGEST_MAX_BYTES];

    digest_finish(r->digest, value);
    return memcmp(value, r->checksum.value, r->checksum.length) == 0;
}

/* ---- on threads of the pools ---- */

/* A file that is gone or shorter than promised is no failure of this request: the promise is taken
 * back, and the client goes on from what is there. */
static int open_file(struct upload_receiver *r, const struct media_store *media)
{
    const int err = upload_file_open(media, r->upload.id, r->committed_offset, &r->file);

    if (err != ERR_NOT_FOUND && err != ERR_CORRUPT)
        return err;
    r->is_short = true;
    return upload_file_size(media, r->upload.id, &r->stored_offset);
}

static int append(struct upload_receiver *r, const struct media_store *media)
{
    if (r->buffer.length == 0)
        return 0;
    int err = media_store_check_space(media, r->buffer.length);
    if (!err)
        err = upload_file_append(r->file, r->buffer.data, r->buffer.length);
    if (!err && r->digest)
        digest_update(r->digest, r->buffer.data, r->buffer.length);
    return err;
}

/* disks */
static void store(struct work *work, void *context)
{
    struct upload_receiver *r = receiver_of(work);
    const struct media_store *media = r->call->services->media;

    (void)context;
    int err = r->file ? 0 : open_file(r, media);
    if (!err && r->is_short) {
        r->work_err = 0;
        return;
    }
    if (!err)
        err = append(r, media);
    if (!err && r->is_syncing && r->has_checksum && (r->err || !checksum_is_right(r))) {
        r->err = r->err ? r->err : ERR_CORRUPT;
        err = upload_file_truncate(r->file, r->committed_offset);
    }
    if (!err && r->is_syncing)
        err = upload_file_sync(r->file);
    if (!err)
        r->stored_offset = upload_file_offset(r->file);
    r->work_err = err;
}

/* database */
static void commit(struct work *work, void *context)
{
    struct upload_receiver *r = receiver_of(work);

    if (r->is_short)
        r->work_err =
            upload_store_set_back(context, r->upload.id, r->committed_offset, r->stored_offset);
    else
        r->work_err =
            upload_store_advance(context, r->upload.id, r->stored_offset, r->max_owner_bytes);
}

/* disks: what was stored and cannot be kept. Of an upload that was deleted meanwhile the file goes:
 * who deleted it may have been here before the file was. */
static void clean(struct work *work, void *context)
{
    struct upload_receiver *r = receiver_of(work);

    (void)context;
    if (r->is_gone)
        r->work_err = upload_file_remove(r->call->services->media, r->upload.id);
    else
        r->work_err = r->file ? upload_file_truncate(r->file, r->committed_offset) : 0;
}

/* ---- on the loop ---- */

static void on_stored(struct work *work);
static void on_committed(struct work *work);
static void on_cleaned(struct work *work);
static void go_on(struct upload_receiver *r);

/* Hands the step over. A full queue is waited for, with the body paused: the next tick tries again.
 */
static void try_step(struct upload_receiver *r)
{
    static const struct work WORK[] = {
        [STEP_STORE] = {.run = store, .done = on_stored},
        [STEP_COMMIT] = {.run = commit, .done = on_committed},
        [STEP_CLEAN] = {.run = clean, .done = on_cleaned},
    };
    const struct services *services = r->call->services;
    struct work_pool *pool = r->step == STEP_COMMIT ? services->database : services->disks;

    r->work = WORK[r->step];
    r->is_busy = true;
    if (work_pool_submit(pool, http_loop_mailbox(http_exchange_loop(r->call->x)), &r->work) == 0)
        return;
    r->is_busy = false;
    if (clock_monotonic_ms() - r->step_since_ms < QUEUE_PATIENCE_MS)
        return;
    note_failure(r, ERR_UNAVAILABLE);
    end(r);
}

static void start_step(struct upload_receiver *r, enum step step)
{
    r->step = step;
    r->step_since_ms = clock_monotonic_ms();
    try_step(r);
}

static void fail(struct upload_receiver *r, int err)
{
    log_error("cannot store upload bytes", log_str("upload", r->upload.id), log_err(err));
    note_failure(r, err);
    end(r);
}

static void on_cleaned(struct work *work)
{
    struct upload_receiver *r = receiver_of(work);

    r->is_busy = false;
    if (r->work_err)
        log_warn("cannot remove upload bytes that are not kept", log_str("upload", r->upload.id),
                 log_err(r->work_err));
    end(r);
}

static void on_set_back(struct upload_receiver *r)
{
    log_error("an upload's file holds less than was acknowledged", log_str("upload", r->upload.id),
              log_int("acknowledged_bytes", r->committed_offset),
              log_int("bytes", r->stored_offset));
    r->committed_offset = r->stored_offset;
    note_failure(r, ERR_CONFLICT);
    end(r);
}

static void on_committed(struct work *work)
{
    struct upload_receiver *r = receiver_of(work);

    r->is_busy = false;
    r->step = STEP_NONE;
    if (r->work_err == ERR_NOT_FOUND || r->work_err == ERR_DENIED) {
        r->is_gone = r->work_err == ERR_NOT_FOUND;
        note_failure(r, r->work_err);
        start_step(r, STEP_CLEAN);
    } else if (r->work_err) {
        fail(r, r->work_err);
    } else if (r->is_short) {
        on_set_back(r);
    } else {
        r->committed_offset = r->stored_offset;
        r->committed_at_ms = clock_monotonic_ms();
        r->is_settled = r->is_over;
        go_on(r);
    }
}

static void on_stored(struct work *work)
{
    struct upload_receiver *r = receiver_of(work);

    r->is_busy = false;
    r->step = STEP_NONE;
    buf_reset(&r->buffer);
    if (r->work_err == ERR_NO_SPACE && r->err != ERR_NO_SPACE) {
        note_failure(r, ERR_NO_SPACE); /* what was appended before is committed */
        go_on(r);
    } else if (r->work_err) {
        fail(r, r->work_err);
    } else if (r->is_syncing || r->is_short) {
        start_step(r, STEP_COMMIT);
    } else {
        go_on(r);
    }
}

static int64_t uncommitted_bytes(const struct upload_receiver *r)
{
    return r->stored_offset + (int64_t)r->buffer.length - r->committed_offset;
}

static bool is_commit_due(const struct upload_receiver *r)
{
    const int64_t n = uncommitted_bytes(r);

    return !r->has_checksum && n > 0 &&
           (n >= UPLOAD_COMMIT_BYTES ||
            clock_monotonic_ms() - r->committed_at_ms >= UPLOAD_COMMIT_MS);
}

/* Whether the end still has something to write down: bytes, or a verdict on a checksum. */
static bool has_to_settle(const struct upload_receiver *r)
{
    return !r->is_settled &&
           (uncommitted_bytes(r) > 0 || (r->has_checksum && !r->upload.is_complete));
}

/* The one place that decides what comes next; called when there is no step. */
static void go_on(struct upload_receiver *r)
{
    if (!r->is_over && atomic_load(r->is_wanted)) {
        r->is_over = true;
        r->err = ERR_CANCELLED;
    }
    if (r->is_over && !has_to_settle(r)) {
        end(r);
        return;
    }
    r->is_syncing = r->is_over || is_commit_due(r);
    if (r->is_syncing || r->buffer.length >= UPLOAD_BUFFER_BYTES) {
        if (!r->is_over && !r->is_paused)
            http_exchange_pause_body(r->call->x);
        r->is_paused = true;
        start_step(r, STEP_STORE);
    } else if (r->is_paused) {
        r->is_paused = false;
        http_exchange_resume_body(r->call->x);
    }
}

static bool is_idle(const struct upload_receiver *r)
{
    return r->step == STEP_NONE && !r->is_ending;
}

/* ---- called by the engine, which goes on using the receiver after each call ---- */

static int on_data(void *arg, struct slice data)
{
    struct upload_receiver *r = arg;

    if (r->is_over || r->is_ending)
        return ERR_CANCELLED;
    buf_append_slice(&r->buffer, data);
    if (r->buffer.err) {
        r->is_over = true;
        r->err = r->buffer.err;
    }
    if (is_idle(r) && (r->is_over || r->buffer.length >= UPLOAD_BUFFER_BYTES))
        go_on(r);
    return r->buffer.err;
}

static void on_end(void *arg, int err)
{
    struct upload_receiver *r = arg;

    if (!r->is_over)
        r->err = err;
    r->is_over = true;
    if (is_idle(r))
        go_on(r);
}

static void on_tick(void *arg)
{
    struct upload_receiver *r = arg;

    if (is_idle(r))
        go_on(r);
    else if (!r->is_busy && !r->is_ending)
        try_step(r);
}

static struct upload_receiver *receiver_new(struct call *call, const struct upload *upload,
                                            const struct tus_checksum *checksum)
{
    struct upload_receiver *r = calloc(1, sizeof *r);

    if (!r)
        return NULL;
    r->call = call;
    r->upload = *upload;
    r->buffer = buf_with_limit(BUFFER_LIMIT);
    r->committed_offset = upload->durable_offset;
    r->stored_offset = upload->durable_offset;
    r->committed_at_ms = clock_monotonic_ms();
    if (checksum) {
        r->has_checksum = true;
        r->checksum = *checksum;
    }
    if ((checksum && digest_new(checksum->kind, &r->digest)) ||
        http_timer_start(http_exchange_loop(call->x), TICK_MS, on_tick, r, &r->timer)) {
        receiver_free(r);
        return NULL;
    }
    return r;
}

int upload_receive(struct call *call, const struct upload *upload,
                   const struct tus_checksum *checksum, int64_t max_owner_bytes,
                   const atomic_bool *is_wanted, upload_received_fn *on_done, void *arg)
{
    static const struct http_body_reader READER = {.on_data = on_data, .on_end = on_end};
    struct upload_receiver *r = receiver_new(call, upload, checksum);

    if (!r)
        return ERR_NO_MEMORY;
    r->max_owner_bytes = max_owner_bytes;
    r->is_wanted = is_wanted;
    r->on_done = on_done;
    r->arg = arg;
    http_exchange_read_body(call->x, (uint64_t)(upload->length_bytes - upload->durable_offset),
                            &READER, r);
    return 0;
}
