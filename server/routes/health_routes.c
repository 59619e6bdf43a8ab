// SPDX-License-Identifier: GPL-3.0-or-later
/* /healthz says that the process lives, /readyz whether it can do its work: one line for each thing
 * that it needs, "name: ok" or "name: what is wrong". */
#include "common/buf.h"
#include "common/err.h"
#include "server/http/exchange.h"
#include "server/http/response.h"
#include "server/routes/answers.h"
#include "server/routes/handlers.h"
#include "server/routes/health.h"
#include "server/routes/route.h"
#include "server/routes/services.h"
#include "storage/media_store.h"
#include "storage/redis_args.h"
#include "storage/redis_link.h"
#include "storage/redis_reply.h"
#include "storage/user_store.h"

enum { REPORT_LIMIT = 4096 };

static const struct http_header NO_STORE_FIELD = {SLICE_LITERAL("Cache-Control"),
                                                  SLICE_LITERAL("no-store")};
static const struct http_headers NO_STORE = {&NO_STORE_FIELD, 1};

void handle_healthz(struct call *call)
{
    http_answer_bytes(call->x, 200, "text/plain; charset=utf-8", slice_from("ok\n"), &NO_STORE);
}

/* Appends a line; problem is NULL or empty when all is well. */
static bool report(struct buf *text, const char *name, const char *problem)
{
    const bool is_ok = !problem || !problem[0];

    buf_printf(text, "%s: %s\n", name, is_ok ? "ok" : problem);
    return is_ok;
}

static const char *worker_problem(struct health *health)
{
    if (atomic_load(&health->is_worker_expected) && !atomic_load(&health->is_worker_running))
        return "not running, is started again";
    return NULL;
}

static void answer_report(struct call *call, const char *redis_problem)
{
    const struct services *services = call->services;
    struct buf text = buf_with_limit(REPORT_LIMIT);
    int64_t n_users;
    bool is_ready = true;

    const int db_err = user_store_count(services->reader, &n_users);
    const int disk_err = media_store_check_space(services->media, 0);
    is_ready &= report(&text, "database", db_err ? err_text(db_err) : NULL);
    is_ready &= report(&text, "redis", redis_problem);
    is_ready &= report(&text, "disk", disk_err ? err_text(disk_err) : NULL);
    is_ready &= report(&text, "worker", worker_problem(services->health));
    is_ready &=
        report(&text, "server", atomic_load(&services->health->is_stopping) ? "stopping" : NULL);
    const char *body = arena_copy(http_exchange_arena(call->x), buf_slice(&text));
    const size_t length = text.length;
    buf_clear(&text);
    if (body)
        http_answer_bytes(call->x, is_ready ? 200 : 503, "text/plain; charset=utf-8",
                          slice_of(body, length), &NO_STORE);
    else
        answer_unavailable(call->x, "The server is short of memory");
}

static void on_pong(int err, const struct redisReply *reply, void *arg)
{
    if (!err)
        err = redis_reply_error(reply);
    answer_report(arg, err ? err_text(err) : NULL);
}

/* A connection that stands says little: Redis is asked. */
void handle_readyz(struct call *call)
{
    struct redis_link *redis = call->services->redis;
    struct redis_args args;

    redis_args_init(&args);
    redis_args_add_text(&args, "PING");
    if (redis_link_send(redis, &args, on_pong, call) == 0)
        return;
    const char *failure = redis_link_failure(redis);
    answer_report(call, failure[0] ? failure : "not connected yet");
}
