// SPDX-License-Identifier: GPL-3.0-or-later
/* Watch progress, as it is told to its learner: the union of Redis and SQLite. report_routes.c has
 * the way in. */
#include <string.h>

#include "common/container.h"
#include "common/err.h"
#include "common/json_writer.h"
#include "server/config.h"
#include "server/features/catalogue/catalogue.h"
#include "server/features/progress/progress.h"
#include "server/features/progress/watchable.h"
#include "server/http/exchange/exchange.h"
#include "server/http/exchange/response.h"
#include "server/web/answers.h"
#include "server/web/problem.h"
#include "server/web/reading.h"
#include "server/web/route.h"
#include "server/web/services.h"
#include "storage/hot/hot_progress.h"
#include "storage/hot/progress_store.h"
#include "storage/jobs/lecture_store.h"

enum { PROGRESS_LIMIT = 1 << 20 };

struct read_call {
    struct reading reading; /* the first member */
    struct call *call;
    char id[ID_SIZE];
    struct lecture lecture;
    struct watched stored; /* of SQLite, in these two: */
    uint8_t bits[WATCHED_MAX_BYTES];
    char sessions[WATCHED_SESSIONS_SIZE];
};

static void put_ranges(struct buf *json, const struct watched *w, struct arena *arena)
{
    size_t n = 0;

    (void)watched_ranges(w, NULL, 0, &n);
    struct watched_range *ranges = arena_alloc(arena, n * sizeof ranges[0]);
    if (!ranges) {
        json->err = ERR_NO_MEMORY;
        return;
    }
    n = watched_ranges(w, ranges, n, &n);
    json_begin_array(json, "watched");
    for (size_t i = 0; i < n; i++) {
        json_begin_array(json, NULL);
        json_put_int(json, NULL, ranges[i].from);
        json_put_int(json, NULL, ranges[i].to);
        json_end_array(json);
    }
    json_end_array(json);
}

/* Which beat said the position: a page knows by it whether its own unsent beats are newer. */
static void put_place(struct buf *json, const struct watched *w)
{
    struct slice rest = w->sessions, session = {0};

    while (rest.length > 0)
        session = slice_split(&rest, ' ');
    json_put_milli(json, "position_s", w->position_ms);
    if (session.length > 0) {
        json_put_slice(json, "session", session);
        json_put_int(json, "seq", w->seq);
    } else {
        json_put_null(json, "session");
        json_put_null(json, "seq");
    }
}

static void answer_progress(const struct read_call *r, const struct watched *w)
{
    CLEANUP(buf_clear) struct buf json = buf_with_limit(PROGRESS_LIMIT);
    const int threshold = (int)services_config(r->call->services)->complete_permille;
    const int64_t n_seconds = watched_n_seconds(r->lecture.duration_us);
    const int64_t count = watched_count(w);

    json_begin_object(&json, NULL);
    put_place(&json, w);
    json_put_int(&json, "watched_s", count);
    json_put_seconds(&json, "duration_s", r->lecture.duration_us);
    json_put_milli(&json, "coverage", watched_coverage_permille(count, n_seconds));
    json_put_bool(&json, "completed", watched_is_complete(count, n_seconds, threshold));
    put_ranges(&json, w, http_exchange_arena(r->call->x));
    json_end_object(&json);
    answer_json(r->call->x, 200, &json);
}

/* Without Redis only what was drained is known: an older position and fewer seconds would look like
 * all there is, so nothing is told. A page goes on with what it knows itself. */
static void answer_unreadable(const struct read_call *r)
{
    static const struct http_header RETRY = {SLICE_LITERAL("Retry-After"), SLICE_LITERAL("2")};
    static const struct http_headers LATER = {&RETRY, 1};

    answer_problem_with(r->call->x, PROBLEM_PROGRESS_UNREADABLE, &LATER);
}

/* Redis may hold more than SQLite, or, after a flush, nothing. */
static void on_hot_read(int err, const struct watched *hot, void *arg)
{
    struct read_call *r = arg;
    uint8_t *buffer = arena_alloc(http_exchange_arena(r->call->x), WATCHED_MAX_BYTES);

    if (!buffer) {
        answer_problem(r->call->x, PROBLEM_NO_MEMORY);
        return;
    }
    if (err) {
        answer_unreadable(r);
        return;
    }
    const struct watched merged = watched_merge(&r->stored, hot, buffer);
    answer_progress(r, &merged);
}

/* The reader's memory is gone before Redis answers. */
static int keep_stored(struct read_call *r, const struct watched *stored)
{
    if (stored->n_bytes > sizeof r->bits || stored->sessions.length > sizeof r->sessions)
        return ERR_CORRUPT;
    r->stored = *stored;
    if (stored->n_bytes > 0)
        memcpy(r->bits, stored->bits, stored->n_bytes);
    if (stored->sessions.length > 0)
        memcpy(r->sessions, stored->sessions.data, stored->sessions.length);
    r->stored.bits = r->bits;
    r->stored.sessions = slice_of(r->sessions, stored->sessions.length);
    return 0;
}

static int find_stored(struct reading *reading, struct db *db)
{
    struct read_call *r = CONTAINER_OF(reading, struct read_call, reading);
    struct watched stored;

    int err = lecture_store_find(db, r->id, &r->lecture);
    if (!err && !lecture_is_watchable(&r->call->actor, &r->lecture))
        err = ERR_NOT_FOUND;
    if (err)
        return err;
    err = progress_store_find(db, r->call->actor.user.id, r->id, &reading->arena, &stored);
    if (err)
        return err == ERR_NOT_FOUND ? 0 : err;
    return keep_stored(r, &stored);
}

static void on_stored_read(struct reading *reading)
{
    struct read_call *r = CONTAINER_OF(reading, struct read_call, reading);

    if (hot_progress_read(r->call->services->redis, r->call->actor.user.id, r->id, on_hot_read, r))
        answer_unreadable(r);
}

static void handle_lecture_progress(struct call *call)
{
    struct read_call *r;

    if (!id_is_valid(call->params[0])) {
        answer_not_found(call->x);
        return;
    }
    r = arena_alloc(http_exchange_arena(call->x), sizeof *r);
    if (r) {
        r->reading = (struct reading){.read = find_stored, .done = on_stored_read};
        r->call = call;
        memcpy(r->id, call->object_id, sizeof r->id);
    }
    reading_start(r ? &r->reading : NULL, call);
}

static const struct route ROUTES[] = {
    ROUTE(HTTP_GET, "/api/v1/lectures/{id}/progress", POLICY_SIGNED_IN, NULL,
          handle_lecture_progress),
};

const struct route_table PROGRESS_ROUTES = ROUTE_TABLE("progress", ROUTES);
