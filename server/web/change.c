// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/web/change.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "common/clock.h"
#include "common/container.h"
#include "common/err.h"
#include "common/json.h"
#include "common/json_writer.h"
#include "common/log.h"
#include "server/auth/audit_store.h"
#include "server/http/exchange/exchange.h"
#include "server/http/exchange/problem.h"
#include "server/http/exchange/response.h"
#include "server/http/loop/loop.h"
#include "server/web/answers.h"
#include "server/web/problem.h"
#include "server/web/route.h"
#include "server/web/services.h"
#include "storage/sqlite/db.h"

enum { ETAG_SIZE = 24, LOCATION_SIZE = 160 };

static struct change *change_of(struct work *work)
{
    return CONTAINER_OF(work, struct change, work);
}

int change_refuse(struct change *c, const struct http_problem *problem)
{
    c->refusal = problem;
    return ERR_CONFLICT;
}

/* allow(dead_code): courses are the first objects that have revisions */
int change_check_revision(struct change *c, int64_t current)
{
    const bool is_stale = c->wanted_revision >= 0 && c->wanted_revision != current;

    return is_stale ? change_refuse(c, &HTTP_PRECONDITION_FAILED) : 0;
}

/* ---- database ---- */

int change_audit(struct db *db, const struct call *call, const char *action, const char *object_id,
                 const char *detail)
{
    const struct audit_entry entry = {.at_ms = clock_wall_ms(),
                                      .actor_id = call->actor.user.id,
                                      .action = action,
                                      .object_id = object_id,
                                      .detail = detail};

    return audit_store_add(db, &entry);
}

static int apply(struct db *db, struct change *c)
{
    CLEANUP(db_rollback) struct db *open = NULL;
    int err = db_begin(db, &open);

    if (!err)
        err = c->kind->apply(db, c);
    if (!err && c->json.err) /* ours: the request was not too large */
        err = c->json.err == ERR_NO_MEMORY ? ERR_NO_MEMORY : ERR_CORRUPT;
    if (!err)
        err = change_audit(db, c->call, c->kind->action, c->object_id, c->detail);
    return err ? err : db_commit(&open);
}

/* database */
static void run_apply(struct work *work, void *context)
{
    struct change *c = change_of(work);

    c->err = apply(context, c);
}

/* ---- the answer ---- */

static void answer_with(const struct change *c, const struct buf *json,
                        const struct http_headers *headers)
{
    if (json->length > 0)
        answer_json_with(c->call->x, c->kind->status, json, headers);
    else
        http_answer(c->call->x, c->kind->status, headers);
}

/* What was made has a place, and what has a revision is told it. */
static void answer_success(const struct change *c, struct buf *json)
{
    const struct slice path = http_exchange_request(c->call->x)->path;
    char location[LOCATION_SIZE], etag[ETAG_SIZE];
    const bool is_made = c->kind->status == 201;
    const bool has_place = is_made && !c->kind->has_no_place;

    (void)snprintf(etag, sizeof etag, "\"%" PRId64 "\"", c->revision);
    (void)snprintf(location, sizeof location, "%.*s/%s", SLICE_ARGS(path), c->object_id);
    const struct http_header fields[] = {HTTP_HEADER("Location", location),
                                         HTTP_HEADER("ETag", etag)};
    const struct http_headers headers = {fields + !has_place,
                                         (size_t)has_place + (c->revision > 0 ? 1 : 0)};
    if (is_made && json->length == 0) {
        json_begin_object(json, NULL);
        json_put_text(json, "id", c->object_id);
        json_end_object(json);
    }
    answer_with(c, json, &headers);
}

static void answer_failure(const struct change *c)
{
    if (c->refusal)
        http_answer_problem(c->call->x, c->refusal, NULL, NULL);
    else
        answer_err(c->call->x, c->err);
}

static void on_applied(struct work *work)
{
    struct change *c = change_of(work);
    struct buf json = c->json; /* the answer ends c */

    if (c->err) {
        answer_failure(c);
    } else {
        log_info(c->kind->action, log_str("object", c->object_id),
                 log_str("by", c->call->actor.user.id));
        if (c->kind->applied)
            c->kind->applied(c);
        answer_success(c, &json);
    }
    buf_clear(&json);
}

/* ---- from thread to thread ---- */

static void submit(struct change *c, struct work_pool *pool,
                   void (*run)(struct work *work, void *context), void (*done)(struct work *work))
{
    c->work = (struct work){.run = run, .done = done};
    if (work_pool_submit(pool, http_loop_mailbox(http_exchange_loop(c->call->x)), &c->work))
        answer_problem(c->call->x, PROBLEM_BUSY);
}

/* hashers */
static void run_prepare(struct work *work, void *context)
{
    struct change *c = change_of(work);

    (void)context;
    c->err = c->kind->prepare(c);
}

static void on_prepared(struct work *work)
{
    struct change *c = change_of(work);

    if (c->err)
        answer_failure(c);
    else
        submit(c, c->call->services->database, run_apply, on_applied);
}

static void begin(struct change *c)
{
    const struct services *services = c->call->services;

    c->now_ms = clock_wall_ms();
    if (c->kind->prepare)
        submit(c, services->hashers, run_prepare, on_prepared);
    else
        submit(c, services->database, run_apply, on_applied);
}

/* ---- the request ---- */

static void on_body(struct http_exchange *x, struct slice body, void *arg)
{
    CLEANUP(json_decref) json_t *document = parse_json_body(x, body);
    struct change *c = arg;
    struct field_faults faults;

    if (!document)
        return;
    c->seen = fields_read(document, c->kind->fields, c->kind->n_fields, c->body, &faults);
    if (faults.n > 0)
        answer_faults(x, &faults);
    else
        begin(c);
}

/* "\"7\"" is 7; -1 for no such field and for "*"; INT64_MAX, which nothing has, for all else. */
static int64_t read_if_match(const struct http_request *request)
{
    struct slice text = slice_trim(http_request_header(request, "if-match"));
    uint64_t revision = 0;

    if (!text.data || slice_is(text, "*"))
        return -1;
    if (text.length < 3 || text.data[0] != '"' || text.data[text.length - 1] != '"' ||
        slice_to_u64(slice_of(text.data + 1, text.length - 2), &revision) || revision > INT64_MAX)
        return INT64_MAX;
    return (int64_t)revision;
}

void change_start(struct call *call, const struct change_kind *kind)
{
    struct arena *arena = http_exchange_arena(call->x);
    struct change *c = arena_alloc(arena, sizeof *c);
    void *body = kind->body_size > 0 ? arena_alloc(arena, kind->body_size) : NULL;

    if (!c || (kind->body_size > 0 && !body)) {
        answer_problem(call->x, PROBLEM_NO_MEMORY);
        return;
    }
    *c = (struct change){.call = call,
                         .kind = kind,
                         .body = body,
                         .json = buf_with_limit(CHANGE_JSON_LIMIT),
                         .wanted_revision = read_if_match(http_exchange_request(call->x))};
    memcpy(c->object_id, call->object_id, sizeof c->object_id);
    if (kind->n_fields > 0)
        http_exchange_collect_body(call->x, CHANGE_BODY_LIMIT, on_body, c);
    else
        begin(c);
}
