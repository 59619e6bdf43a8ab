// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/web/reading.h"

#include "common/container.h"
#include "common/err.h"
#include "common/log.h"
#include "server/http/exchange/exchange.h"
#include "server/http/loop/loop.h"
#include "server/web/answers.h"
#include "server/web/route.h"
#include "server/web/services.h"
#include "storage/sqlite/db.h"

static struct reading *reading_of(struct work *work)
{
    return CONTAINER_OF(work, struct reading, work);
}

/* readers. Here alone SQLite's own words can be told: the next call replaces them. */
static void run(struct work *work, void *context)
{
    struct reading *r = reading_of(work);
    struct db *db = context;

    db_limit_time(db, READING_MAX_MS);
    r->err = r->read(r, db);
    if (r->err && r->err != ERR_NOT_FOUND && r->err != ERR_NO_MEMORY)
        log_error("cannot read the database", log_err(r->err), log_str("cause", db_failure(db)));
    db_limit_time(db, 0);
    arena_clear(&r->arena);
}

static void on_read(struct work *work)
{
    struct reading *r = reading_of(work);
    struct buf json = r->json; /* the answer may end r */

    if (r->err)
        answer_err(r->call->x, r->err);
    else if (r->done)
        r->done(r);
    else
        answer_json(r->call->x, 200, &json);
    buf_clear(&json);
}

void reading_start(struct reading *r, struct call *call)
{
    const struct services *services = call->services;
    if (!r) {
        answer_err(call->x, ERR_NO_MEMORY);
        return;
    }
    const bool is_guest = call->actor.kind == ACTOR_ANONYMOUS && !r->is_sign_in;
    struct work_pool *pool = is_guest ? services->guest_readers : services->readers;

    r->call = call;
    r->arena = arena_with_limit(READING_ARENA_BYTES);
    r->json = buf_with_limit(READING_JSON_BYTES);
    r->work = (struct work){.run = run, .done = on_read};
    if (!pool) {
        run(&r->work, services->reader);
        on_read(&r->work);
    } else if (work_pool_submit(pool, http_loop_mailbox(http_exchange_loop(call->x)), &r->work)) {
        answer_err(call->x, ERR_UNAVAILABLE);
    }
}
