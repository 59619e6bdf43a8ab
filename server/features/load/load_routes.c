// SPDX-License-Identifier: GPL-3.0-or-later
/* The streaming load: for the admin's page as JSON and server-sent events, for Prometheus as text.
 */
#include <stdlib.h>

#include "common/buf.h"
#include "common/clock.h"
#include "common/err.h"
#include "common/json.h"
#include "server/features/health/health.h"
#include "server/features/load/load.h"
#include "server/http/exchange/exchange.h"
#include "server/http/exchange/response.h"
#include "server/http/loop/loop.h"
#include "server/load/exposition.h"
#include "server/load/load.h"
#include "server/web/answers.h"
#include "server/web/problem.h"
#include "server/web/route.h"
#include "server/web/router.h"
#include "server/web/services.h"

enum { TEXT_LIMIT = 65536, EVENT_INTERVAL_MS = 2000 };

static json_t *counts_json(const struct http_counters *http)
{
    return json_pack("{s:I, s:I, s:I, s:I}", "2xx",
                     (json_int_t)http->values[HTTP_COUNT_ANSWERS_2XX], "3xx",
                     (json_int_t)http->values[HTTP_COUNT_ANSWERS_3XX], "4xx",
                     (json_int_t)http->values[HTTP_COUNT_ANSWERS_4XX], "5xx",
                     (json_int_t)http->values[HTTP_COUNT_ANSWERS_5XX]);
}

/* A count, or null when it could not be had. */
static json_t *count_json(int64_t n)
{
    return n < 0 ? json_null() : json_integer(n);
}

/* What the media store holds and the database does not know, by folder. */
static json_t *unknown_json(struct health *health)
{
    const struct health_unknown *u = health->unknown;

    return json_pack("{s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I}", "unknown_uploads_files",
                     (json_int_t)atomic_load(&u[MEDIA_UPLOADS].n), "unknown_uploads_bytes",
                     (json_int_t)atomic_load(&u[MEDIA_UPLOADS].bytes), "unknown_sources_files",
                     (json_int_t)atomic_load(&u[MEDIA_SOURCES].n), "unknown_sources_bytes",
                     (json_int_t)atomic_load(&u[MEDIA_SOURCES].bytes), "unknown_jobs_files",
                     (json_int_t)atomic_load(&u[MEDIA_JOBS].n), "unknown_jobs_bytes",
                     (json_int_t)atomic_load(&u[MEDIA_JOBS].bytes), "unknown_packages_files",
                     (json_int_t)atomic_load(&u[MEDIA_PACKAGES].n), "unknown_packages_bytes",
                     (json_int_t)atomic_load(&u[MEDIA_PACKAGES].bytes));
}

/* A row for each thing that an admin has to know. */
static json_t *alarms_json(struct load *load)
{
    struct alarm_state list[N_ALARMS];
    json_t *array = json_array();

    alarms_read(load_alarms(load), list);
    for (unsigned i = 0; i < N_ALARMS; i++) {
        char since[CLOCK_RFC3339_SIZE];
        if (list[i].since_ms == 0)
            continue;
        clock_format_rfc3339(list[i].since_ms, since);
        (void)json_array_append_new(array, json_pack("{s:s, s:s, s:s}", "name", load_alarm_name(i),
                                                     "since", since, "detail", list[i].text));
    }
    return array;
}

static json_t *load_json(struct load *load, struct health *health)
{
    struct load_view view;
    char at[CLOCK_RFC3339_SIZE];

    load_view(load, &view);
    const struct load_reading *r = &view.reading;
    clock_format_rfc3339(r->wall_ms, at);
    return json_pack("{s:s, s:I, s:o, s:I, s:I, s:f, s:f, s:f, s:o, s:{s:o, s:o, s:o}, s:b, s:I, "
                     "s:b, s:b, s:o, s:o}",
                     "at", at, "uptime_s", (json_int_t)view.uptime_s, "viewers",
                     count_json(r->viewers), "connections",
                     (json_int_t)r->http.values[HTTP_COUNT_CONNECTIONS_OPEN], "requests",
                     (json_int_t)r->http.values[HTTP_COUNT_REQUESTS], "requests_per_s",
                     view.requests_per_s, "egress_bps", view.egress_bps, "ingress_bps",
                     view.ingress_bps, "responses", counts_json(&r->http), "jobs", "queued",
                     count_json(r->tasks_waiting), "running", count_json(r->tasks_running),
                     "failed", count_json(r->jobs_failed), "jobs_wait_for_disk",
                     (int)atomic_load(&health->is_short_of_room), "disk_free_bytes",
                     (json_int_t)r->disk_free_bytes, "redis", (int)r->is_redis_ready, "worker",
                     (int)r->is_worker_running, "unknown_media", unknown_json(health), "alarms",
                     alarms_json(load));
}

static void handle_load(struct call *call)
{
    answer_json(call->x, 200, load_json(call->services->load, call->services->health));
}

/* ---- server-sent events ---- */

struct event_stream {
    struct call *call;
    struct http_timer *timer; /* owned */
};

static int send_event(struct event_stream *stream)
{
    CLEANUP(json_decref)
    json_t *document = load_json(stream->call->services->load, stream->call->services->health);
    CLEANUP(buf_clear) struct buf text = buf_with_limit(TEXT_LIMIT);

    if (!document)
        return ERR_NO_MEMORY;
    buf_append_text(&text, "data: ");
    json_append(&text, document);
    buf_append_text(&text, "\n\n");
    return text.err ? text.err : http_stream_write(stream->call->x, buf_slice(&text));
}

static void on_event_tick(void *arg)
{
    struct event_stream *stream = arg;

    if (call_is_still_allowed(stream->call) && send_event(stream) == 0)
        return;
    struct http_exchange *x = stream->call->x;
    http_timer_free(stream->timer);
    free(stream);
    http_stream_end(x);
}

static void handle_load_events(struct call *call)
{
    static const struct http_header FIELD = {SLICE_LITERAL("Cache-Control"),
                                             SLICE_LITERAL("no-store")};
    static const struct http_headers HEADERS = {&FIELD, 1};
    struct event_stream *stream = calloc(1, sizeof *stream);

    if (!stream || http_timer_start(http_exchange_loop(call->x), EVENT_INTERVAL_MS, on_event_tick,
                                    stream, &stream->timer)) {
        free(stream);
        answer_problem(call->x, PROBLEM_NO_MEMORY);
        return;
    }
    stream->call = call;
    /* whose right has ended since it was judged gets no event: on_event_tick asks again each time
     */
    http_stream_begin(call->x, "text/event-stream", &HEADERS);
    on_event_tick(stream);
}

/* ---- Prometheus ---- */

static void handle_metrics(struct call *call)
{
    struct buf text = buf_with_limit(TEXT_LIMIT);
    struct load_view view;

    load_view(call->services->load, &view);
    exposition_write(&view, &text);
    const char *body = text.err ? NULL : arena_copy(http_exchange_arena(call->x), buf_slice(&text));
    const size_t length = text.length;
    buf_clear(&text);
    if (body)
        http_answer_bytes(call->x, 200, "text/plain; version=0.0.4; charset=utf-8",
                          slice_of(body, length), NULL);
    else
        answer_problem(call->x, PROBLEM_NO_MEMORY);
}

/* clang-format off */
static const struct route ROUTES[] = {
    ROUTE(HTTP_GET, "/api/v1/admin/load", POLICY_ADMIN, NULL, handle_load),
    ROUTE(HTTP_GET, "/api/v1/admin/load/events", POLICY_ADMIN, NULL, handle_load_events),
    ROUTE(HTTP_GET, "/metrics", POLICY_METRICS, NULL, handle_metrics),
};
/* clang-format on */

const struct route_table LOAD_ROUTES = ROUTE_TABLE("load", ROUTES);
