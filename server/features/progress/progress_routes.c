// SPDX-License-Identifier: GPL-3.0-or-later
/* Watch progress, as it is told to its learner: the union of Redis and SQLite. report_routes.c has
 * the way in. */
#include "common/err.h"
#include "common/json.h"
#include "server/config.h"
#include "server/features/catalogue/catalogue.h"
#include "server/features/progress/progress.h"
#include "server/features/progress/watchable.h"
#include "server/http/exchange/exchange.h"
#include "server/http/exchange/response.h"
#include "server/web/answers.h"
#include "server/web/problem.h"
#include "server/web/route.h"
#include "server/web/services.h"
#include "storage/hot/hot_progress.h"
#include "storage/hot/progress_store.h"
#include "storage/jobs/lecture_store.h"

struct read_call {
    struct call *call;
    struct lecture lecture;
    struct watched stored; /* of SQLite */
};

/* NULL without memory. */
static json_t *ranges_json(const struct watched *w, struct arena *arena)
{
    size_t n = 0;

    (void)watched_ranges(w, NULL, 0, &n);
    struct watched_range *ranges = arena_alloc(arena, n * sizeof ranges[0]);
    if (!ranges)
        return NULL;
    n = watched_ranges(w, ranges, n, &n);
    json_t *array = json_array();
    for (size_t i = 0; i < n; i++) {
        if (json_array_append_new(array, json_pack("[I, I]", (json_int_t)ranges[i].from,
                                                   (json_int_t)ranges[i].to))) {
            json_decref(array);
            return NULL;
        }
    }
    return array;
}

/* Which beat said the position: a page knows by it whether its own unsent beats are newer. */
static void add_place(json_t *object, const struct watched *w)
{
    struct slice rest = w->sessions, session = {0};

    while (rest.length > 0)
        session = slice_split(&rest, ' ');
    if (!object || session.length == 0)
        return;
    (void)json_object_set_new(object, "session", json_stringn(session.data, session.length));
    (void)json_object_set_new(object, "seq", json_integer(w->seq));
}

static void answer_progress(const struct read_call *r, const struct watched *w)
{
    const struct config *config = services_config(r->call->services);
    const int64_t n_seconds = watched_n_seconds(r->lecture.duration_us);
    const int64_t count = watched_count(w);
    const bool is_complete = watched_is_complete(count, n_seconds, (int)config->complete_permille);

    json_t *object =
        json_pack("{s:f, s:n, s:n, s:I, s:f, s:f, s:b, s:o}", "position_s",
                  (double)w->position_ms / 1000.0, "session", "seq", "watched_s", (json_int_t)count,
                  "duration_s", seconds_with_ms(r->lecture.duration_us), "coverage",
                  watched_coverage_permille(count, n_seconds) / 1000.0, "completed",
                  (int)is_complete, "watched", ranges_json(w, http_exchange_arena(r->call->x)));
    add_place(object, w);
    answer_json(r->call->x, 200, object);
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

static int find_stored(struct read_call *r)
{
    struct db *reader = r->call->services->reader;
    struct arena *arena = http_exchange_arena(r->call->x);
    char id[ID_SIZE] = "";

    if (!id_is_valid(r->call->params[0]))
        return ERR_NOT_FOUND;
    (void)slice_to_cstr(r->call->params[0], id, sizeof id);
    int err = lecture_store_find(reader, id, &r->lecture);
    if (!err && !lecture_is_watchable(&r->call->actor, &r->lecture))
        err = ERR_NOT_FOUND;
    if (err)
        return err;
    err = progress_store_find(reader, r->call->actor.user.id, id, arena, &r->stored);
    return err == ERR_NOT_FOUND ? 0 : err;
}

static void handle_lecture_progress(struct call *call)
{
    struct read_call *r = arena_alloc(http_exchange_arena(call->x), sizeof *r);

    if (!r) {
        answer_problem(call->x, PROBLEM_NO_MEMORY);
        return;
    }
    r->call = call;
    const int err = find_stored(r);
    if (err)
        answer_err(call->x, err);
    else if (hot_progress_read(call->services->redis, call->actor.user.id, r->lecture.id,
                               on_hot_read, r))
        answer_unreadable(r);
}

static const struct route ROUTES[] = {
    ROUTE(HTTP_GET, "/api/v1/lectures/{id}/progress", POLICY_SIGNED_IN, NULL,
          handle_lecture_progress),
};

const struct route_table PROGRESS_ROUTES = ROUTE_TABLE("progress", ROUTES);
