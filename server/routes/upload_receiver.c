// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/routes/upload_receiver.h"

#include <stdlib.h>
#include <string.h>

#include "common/buf.h"
#include "common/clock.h"
#include "common/container.h"
#include "common/err.h"
#include "common/log.h"
#include "common/work_pool.h"
#include "server/http/exchange.h"
#include "server/http/loop.h"
#include "server/routes/route.h"
#include "server/routes/services.h"
#include "storage/upload_file.h"

enum {
    TICK_MS = 1000,
    BUFFER_LIMIT = 4 * UPLOAD_BUFFER_BYTES, /* one read of the engine's may come on top */
};

struct upload_receiver {
    struct call *call;
    struct upload upload; /* as it was at the start */
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
    bool is_busy;    /* work of ours is under way: buffer and file are not the loop's */
    bool is_over;    /* no more bytes will come */
    bool is_settled; /* and what came has been committed, or dropped */
    int err;         /* why it is over, 0 when the body is complete */

    struct work work;
    bool is_syncing;       /* store: sync after appending */
    int64_t stored_offset; /* after store: where the file ends */
    int work_err;
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

static void finish(struct upload_receiver *r)
{
    upload_received_fn *const on_done = r->on_done;
    void *const arg = r->arg;
    const int err = r->err;
    const int64_t offset = r->committed_offset;

    receiver_free(r);
    on_done(arg, err, offset);
}

static bool checksum_is_right(struct upload_receiver *r)
{
    uint8_t value[DIGEST_MAX_BYTES];

    digest_finish(r->digest, value);
    return memcmp(value, r->checksum.value, r->checksum.length) == 0;
}

static int append(struct upload_receiver *r, const struct media_store *media)
{
    int err = 0;

    if (!r->file)
        err = upload_file_open(media, r->upload.id, r->committed_offset, &r->file);
    if (!err && r->buffer.length > 0)
        err = upload_file_append(r->file, r->buffer.data, r->buffer.length);
    if (!err && r->digest && r->buffer.length > 0)
        digest_update(r->digest, r->buffer.data, r->buffer.length);
    return err;
}

/* disks */
static void store(struct work *work, void *context)
{
    struct upload_receiver *r = receiver_of(work);
    int err = append(r, r->call->services->media);

    (void)context;
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

    r->work_err = upload_store_advance(context, r->upload.id, r->stored_offset, clock_wall_ms());
    if (!r->work_err && r->stored_offset == r->upload.length_bytes)
        r->work_err = upload_store_complete(context, r->upload.id);
}

static void go_on(struct upload_receiver *r);

static void submit(struct upload_receiver *r, struct work_pool *pool,
                   void (*run)(struct work *work, void *context), void (*done)(struct work *work))
{
    r->is_busy = true;
    r->work = (struct work){.run = run, .done = done};
    if (work_pool_submit(pool, http_loop_mailbox(http_exchange_loop(r->call->x)), &r->work) == 0)
        return;
    r->is_busy = false;
    r->err = ERR_UNAVAILABLE;
    finish(r);
}

static void fail(struct upload_receiver *r, int err)
{
    log_error("cannot store upload bytes", log_str("upload", r->upload.id), log_err(err));
    r->err = err;
    finish(r);
}

static void on_committed(struct work *work)
{
    struct upload_receiver *r = receiver_of(work);

    r->is_busy = false;
    if (r->work_err) {
        fail(r, r->work_err);
        return;
    }
    r->committed_offset = r->stored_offset;
    r->committed_at_ms = clock_monotonic_ms();
    r->is_settled = r->is_over;
    go_on(r);
}

static void on_stored(struct work *work)
{
    struct upload_receiver *r = receiver_of(work);

    r->is_busy = false;
    buf_reset(&r->buffer);
    if (r->work_err)
        fail(r, r->work_err);
    else if (r->is_syncing)
        submit(r, r->call->services->database, commit, on_committed);
    else
        go_on(r);
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

/* Whether the end still has something to write down: bytes, a verdict on a checksum, or that the
 * upload is complete. */
static bool has_to_settle(const struct upload_receiver *r)
{
    return !r->is_settled &&
           (uncommitted_bytes(r) > 0 || r->has_checksum ||
            (r->committed_offset == r->upload.length_bytes && !r->upload.is_complete));
}

/* The one place that decides what comes next; called when no work is under way. */
static void go_on(struct upload_receiver *r)
{
    if (!r->is_over && atomic_load(r->is_wanted)) {
        r->is_over = true;
        r->err = ERR_CANCELLED;
    }
    if (r->is_over && !has_to_settle(r)) {
        finish(r);
        return;
    }
    r->is_syncing = r->is_over || is_commit_due(r);
    if (r->is_syncing || r->buffer.length >= UPLOAD_BUFFER_BYTES) {
        if (!r->is_over && !r->is_paused)
            http_exchange_pause_body(r->call->x);
        r->is_paused = true;
        submit(r, r->call->services->disks, store, on_stored);
    } else if (r->is_paused) {
        r->is_paused = false;
        http_exchange_resume_body(r->call->x);
    }
}

static int on_data(void *arg, struct slice data)
{
    struct upload_receiver *r = arg;

    if (r->is_over)
        return ERR_CANCELLED;
    buf_append_slice(&r->buffer, data);
    if (r->buffer.err) {
        r->is_over = true;
        r->err = r->buffer.err;
    }
    if (!r->is_busy && (r->is_over || r->buffer.length >= UPLOAD_BUFFER_BYTES))
        go_on(r);
    return r->buffer.err;
}

static void on_end(void *arg, int err)
{
    struct upload_receiver *r = arg;

    if (!r->is_over)
        r->err = err;
    r->is_over = true;
    if (!r->is_busy)
        go_on(r);
}

static void on_tick(void *arg)
{
    struct upload_receiver *r = arg;

    if (!r->is_busy)
        go_on(r);
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
                   const struct tus_checksum *checksum, const atomic_bool *is_wanted,
                   upload_received_fn *on_done, void *arg)
{
    static const struct http_body_reader READER = {.on_data = on_data, .on_end = on_end};
    struct upload_receiver *r = receiver_new(call, upload, checksum);

    if (!r)
        return ERR_NO_MEMORY;
    r->is_wanted = is_wanted;
    r->on_done = on_done;
    r->arg = arg;
    http_exchange_read_body(call->x, (uint64_t)(upload->length_bytes - upload->durable_offset),
                            &READER, r);
    return 0;
}
