// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/features/uploads/upload_removal.h"

#include "common/container.h"
#include "common/err.h"
#include "common/log.h"
#include "server/features/uploads/upload_registry.h"
#include "server/http/exchange/exchange.h"
#include "server/http/loop/loop.h"
#include "server/web/change.h"
#include "server/web/problem.h"
#include "server/web/route.h"
#include "server/web/services.h"
#include "storage/media/upload_file.h"
#include "storage/sqlite/db.h"

struct removal {
    struct call *call;
    const char *action;
    upload_delete_rows_fn *delete_rows;
    upload_removed_fn *on_removed;
    struct upload_claim claim;
    struct work work;
    int err;
};

static struct removal *removal_of(struct work *work)
{
    return CONTAINER_OF(work, struct removal, work);
}

static int submit(struct removal *r, struct work_pool *pool,
                  void (*run)(struct work *work, void *context), void (*done)(struct work *work))
{
    r->work = (struct work){.run = run, .done = done};
    return work_pool_submit(pool, r->claim.home, &r->work);
}

static void finish(struct removal *r, int err)
{
    upload_registry_release(r->call->services->uploads, &r->claim);
    r->on_removed(r->call, r->claim.id, err);
}

/* The rows are gone, which is what was asked for. What is left on disk has a note. */
static void finish_without_file(struct removal *r, int err)
{
    if (err)
        log_warn("an upload's file is removed later", log_str("upload", r->claim.id), log_err(err));
    finish(r, 0);
}

/* disks */
static void remove_file(struct work *work, void *context)
{
    struct removal *r = removal_of(work);

    (void)context;
    r->err = upload_file_remove(r->call->services->media, r->claim.id);
}

static void on_file_removed(struct work *work)
{
    struct removal *r = removal_of(work);

    finish_without_file(r, r->err);
}

static int delete_audited(struct db *db, const struct removal *r)
{
    CLEANUP(db_rollback) struct db *open = NULL;
    int err = db_begin(db, &open);

    if (!err)
        err = r->delete_rows(db, r->claim.id);
    if (!err)
        err = change_audit(db, r->call, r->action, r->claim.id, "");
    return err ? err : db_commit(&open);
}

/* database */
static void delete_rows(struct work *work, void *context)
{
    struct removal *r = removal_of(work);

    r->err = delete_audited(context, r);
}

static void on_rows_deleted(struct work *work)
{
    struct removal *r = removal_of(work);

    if (r->err) {
        finish(r, r->err);
        return;
    }
    const int err = submit(r, r->call->services->disks, remove_file, on_file_removed);
    if (err)
        finish_without_file(r, err);
}

static void on_granted(struct upload_claim *claim)
{
    struct removal *r = CONTAINER_OF(claim, struct removal, claim);
    const int err = submit(r, r->call->services->database, delete_rows, on_rows_deleted);

    if (err)
        finish(r, err);
}

void upload_removal_start(struct call *call, const char *action, upload_delete_rows_fn *rows_fn,
                          upload_removed_fn *on_removed)
{
    struct removal *r = arena_alloc(http_exchange_arena(call->x), sizeof *r);

    if (!r) {
        answer_problem(call->x, PROBLEM_NO_MEMORY);
        return;
    }
    *r = (struct removal){
        .call = call,
        .action = action,
        .delete_rows = rows_fn,
        .on_removed = on_removed,
        .claim = {.on_granted = on_granted, .home = http_loop_mailbox(http_exchange_loop(call->x))},
    };
    (void)slice_to_cstr(call->params[0], r->claim.id, sizeof r->claim.id);
    upload_registry_claim(call->services->uploads, &r->claim);
}
