// SPDX-License-Identifier: GPL-3.0-or-later
/* /healthz says that the process lives, /readyz whether it can do its work: one line for each thing
 * that it needs, "name: ok" or "name: what is wrong". */
#include <stdio.h>

#include "common/buf.h"
#include "common/clock.h"
#include "common/err.h"
#include "server/auth/user_store.h"
#include "server/features/health/health.h"
#include "server/http/exchange/exchange.h"
#include "server/http/exchange/response.h"
#include "server/web/answers.h"
#include "server/web/problem.h"
#include "server/web/route.h"
#include "server/web/services.h"
#include "storage/media/media_store.h"
#include "storage/redis/redis_args.h"
#include "storage/redis/redis_health.h"
#include "storage/redis/redis_link.h"
#include "storage/redis/redis_reply.h"

enum {
    REPORT_LIMIT = 4096,
    PROBLEM_SIZE = 128,
    STUCK_MS = 15000, /* a probe comes every 5 s (roles/write_probe.h) */
};

static const struct http_header NO_STORE_FIELD = {SLICE_LITERAL("Cache-Control"),
                                                  SLICE_LITERAL("no-store")};
static const struct http_headers NO_STORE = {&NO_STORE_FIELD, 1};

static void handle_healthz(struct call *call)
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

/* Reading is no proof: a full or read-only disk still reads. */
static const char *database_problem(struct call *call, char text[PROBLEM_SIZE])
{
    struct health *health = call->services->health;
    const int64_t probed_ms = atomic_load(&health->write_probed_ms);
    const int write_err = atomic_load(&health->write_err);
    struct user user;

    const int read_err = user_store_find(call->services->reader, SYSTEM_USER_ID, &user);
    if (read_err)
        return err_text(read_err);
    if (write_err)
        (void)snprintf(text, PROBLEM_SIZE, "cannot write: %s", err_text(write_err));
    else if (probed_ms > 0 && clock_monotonic_ms() - probed_ms > STUCK_MS)
        (void)snprintf(text, PROBLEM_SIZE, "cannot write: no answer for %d s", STUCK_MS / 1000);
    else
        return NULL;
    return text;
}

/* Told, and no reason to send people elsewhere: what is there goes on playing. */
static void report_disk(struct buf *text, const struct services *services)
{
    uint64_t free_bytes = 1;

    (void)media_store_free_bytes(services->media, &free_bytes);
    buf_printf(text, "disk: %s\n",
               free_bytes > 0 && !atomic_load(&services->health->is_short_of_room)
                   ? "ok"
                   : "little free space: jobs and uploads wait");
}

static void answer_report(struct call *call, const char *redis_problem)
{
    const struct services *services = call->services;
    struct buf text = buf_with_limit(REPORT_LIMIT);
    char problem[PROBLEM_SIZE];
    bool is_ready = true;

    is_ready &= report(&text, "database", database_problem(call, problem));
    is_ready &= report(&text, "redis", redis_problem);
    report_disk(&text, services);
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
        answer_problem(call->x, PROBLEM_NO_MEMORY);
}

static void on_probed(int err, const struct redisReply *reply, void *arg)
{
    char problem[REDIS_PROBLEM_SIZE] = "";
    struct call *call = arg;

    if (err)
        redis_health_explain(slice_from(redis_link_failure(call->services->redis)), problem);
    else if (redis_reply_error(reply))
        redis_health_explain(redis_reply_text(reply), problem);
    answer_report(call, problem);
}

/* A connection that stands says little, and an answer to PING not much more: a write is tried. */
static void handle_readyz(struct call *call)
{
    struct redis_link *redis = call->services->redis;
    char problem[REDIS_PROBLEM_SIZE];
    struct redis_args args;

    redis_health_probe(&args);
    if (redis_link_send(redis, &args, on_probed, call) == 0)
        return;
    redis_health_explain(slice_from(redis_link_failure(redis)), problem);
    answer_report(call, problem);
}

/* clang-format off */
static const struct route ROUTES[] = {
    ROUTE(HTTP_GET, "/healthz", POLICY_ANYONE, NULL, handle_healthz),
    ROUTE(HTTP_GET, "/readyz", POLICY_ANYONE, NULL, handle_readyz),
};
/* clang-format on */

const struct route_table HEALTH_ROUTES = ROUTE_TABLE("health", ROUTES);
