// SPDX-License-Identifier: GPL-3.0-or-later
/* The streaming load: for the admin's page as JSON and server-sent events, for Prometheus as text.
 */
#include <stdlib.h>

#include "common/buf.h"
#include "common/clock.h"
#include "common/err.h"
#include "common/json_writer.h"
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

static void put_counts(struct buf *json, const struct http_counters *http)
{
    json_begin_object(json, "responses");
    json_put_int(json, "2xx", (int64_t)http->values[HTTP_COUNT_ANSWERS_2XX]);
    json_put_int(json, "3xx", (int64_t)http->values[HTTP_COUNT_ANSWERS_3XX]);
    json_put_int(json, "4xx", (int64_t)http->values[HTTP_COUNT_ANSWERS_4XX]);
    json_put_int(json, "5xx", (int64_t)http->values[HTTP_COUNT_ANSWERS_5XX]);
    json_end_object(json);
}

/* A count, or null when it could not be had. */
static void put_count(struct buf *json, const char *name, int64_t n)
{
    if (n < 0)
        json_put_null(json, name);
    else
        json_put_int(json, name, n);
}

/* What the media store holds and the database does not know, by folder. */
static void put_unknown(struct buf *json, struct health *health)
{
    static const struct {
        enum media_folder folder;
        const char *files, *bytes;
    } ROWS[] = {
        {MEDIA_UPLOADS, "unknown_uploads_files", "unknown_uploads_bytes"},
        {MEDIA_SOURCES, "unknown_sources_files", "unknown_sources_bytes"},
        {MEDIA_JOBS, "unknown_jobs_files", "unknown_jobs_bytes"},
        {MEDIA_PACKAGES, "unknown_packages_files", "unknown_packages_bytes"},
    };

    json_begin_object(json, "unknown_media");
    for (size_t i = 0; i < sizeof ROWS / sizeof ROWS[0]; i++) {
        json_put_int(json, ROWS[i].files, atomic_load(&health->unknown[ROWS[i].folder].n));
        json_put_int(json, ROWS[i].bytes, atomic_load(&health->unknown[ROWS[i].folder].bytes));
    }
    json_end_object(json);
}

/* A row for each thing that an admin has to know. */
static void put_alarms(struct buf *json, struct load *load)
{
    struct alarm_state list[N_ALARMS];

    alarms_read(load_alarms(load), list);
    json_begin_array(json, "alarms");
    for (unsigned i = 0; i < N_ALARMS; i++) {
        if (list[i].since_ms == 0)
            continue;
        json_begin_object(json, NULL);
        json_put_text(json, "name", load_alarm_name(i));
        json_put_time(json, "since", list[i].since_ms);
        json_put_text(json, "detail", list[i].text);
        json_end_object(json);
    }
    json_end_array(json);
}

static void put_jobs(struct buf *json, const struct load_reading *r)
{
    json_begin_object(json, "jobs");
    put_count(json, "queued", r->tasks_waiting);
    put_count(json, "running", r->tasks_running);
    put_count(json, "failed", r->jobs_failed);
    json_end_object(json);
}

static void put_load(struct buf *json, struct load *load, struct health *health)
{
    struct load_view view;

    load_view(load, &view);
    const struct load_reading *r = &view.reading;
    json_begin_object(json, NULL);
    json_put_time(json, "at", r->wall_ms);
    json_put_int(json, "uptime_s", view.uptime_s);
    put_count(json, "viewers", r->viewers);
    json_put_int(json, "connections", (int64_t)r->http.values[HTTP_COUNT_CONNECTIONS_OPEN]);
    json_put_int(json, "requests", (int64_t)r->http.values[HTTP_COUNT_REQUESTS]);
    json_put_milli(json, "requests_per_s", (int64_t)(view.requests_per_s * 1000));
    json_put_milli(json, "egress_bps", (int64_t)(view.egress_bps * 1000));
    json_put_milli(json, "ingress_bps", (int64_t)(view.ingress_bps * 1000));
    put_counts(json, &r->http);
    put_jobs(json, r);
    json_put_bool(json, "jobs_wait_for_disk", atomic_load(&health->is_short_of_room));
    json_put_int(json, "disk_free_bytes", (int64_t)r->disk_free_bytes);
    json_put_bool(json, "redis", r->is_redis_ready);
    json_put_bool(json, "worker", r->is_worker_running);
    put_unknown(json, health);
    put_alarms(json, load);
    json_end_object(json);
}

static void handle_load(struct call *call)
{
    CLEANUP(buf_clear) struct buf json = buf_with_limit(TEXT_LIMIT);

    put_load(&json, call->services->load, call->services->health);
    answer_json(call->x, 200, &json);
}

/* ---- server-sent events ---- */

struct event_stream {
    struct call *call;
    struct http_timer *timer; /* owned */
};

static int send_event(struct event_stream *stream)
{
    CLEANUP(buf_clear) struct buf json = buf_with_limit(TEXT_LIMIT);
    CLEANUP(buf_clear) struct buf text = buf_with_limit(TEXT_LIMIT);

    put_load(&json, stream->call->services->load, stream->call->services->health);
    buf_printf(&text, "data: %.*s\n\n", SLICE_ARGS(buf_slice(&json)));
    if (json.err || text.err)
        return json.err ? json.err : text.err;
    return http_stream_write(stream->call->x, buf_slice(&text));
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
