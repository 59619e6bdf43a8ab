// SPDX-License-Identifier: GPL-3.0-or-later
/* The streaming load: for the admin's page as JSON and server-sent events, for Prometheus as text.
 */
#include <inttypes.h>
#include <stdlib.h>

#include "common/buf.h"
#include "common/clock.h"
#include "common/err.h"
#include "common/json.h"
#include "server/http/exchange.h"
#include "server/http/loop.h"
#include "server/http/response.h"
#include "server/load/load.h"
#include "server/routes/answers.h"
#include "server/routes/handlers.h"
#include "server/routes/health.h"
#include "server/routes/route.h"
#include "server/routes/services.h"

enum { TEXT_LIMIT = 32768, EVENT_INTERVAL_MS = 2000 };

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

static json_t *load_json(struct load *load, struct health *health)
{
    struct load_view view;
    char at[CLOCK_RFC3339_SIZE];

    load_view(load, &view);
    const struct load_reading *r = &view.reading;
    clock_format_rfc3339(r->wall_ms, at);
    return json_pack(
        "{s:s, s:I, s:o, s:I, s:I, s:f, s:f, s:f, s:o, s:{s:o, s:o, s:o}, s:b, s:I, s:b, s:b, s:o}",
        "at", at, "uptime_s", (json_int_t)view.uptime_s, "viewers", count_json(r->viewers),
        "connections", (json_int_t)r->http.values[HTTP_COUNT_CONNECTIONS_OPEN], "requests",
        (json_int_t)r->http.values[HTTP_COUNT_REQUESTS], "requests_per_s", view.requests_per_s,
        "egress_bps", view.egress_bps, "ingress_bps", view.ingress_bps, "responses",
        counts_json(&r->http), "jobs", "queued", count_json(r->tasks_waiting), "running",
        count_json(r->tasks_running), "failed", count_json(r->jobs_failed), "jobs_wait_for_disk",
        (int)atomic_load(&health->is_short_of_room), "disk_free_bytes",
        (json_int_t)r->disk_free_bytes, "redis", (int)r->is_redis_ready, "worker",
        (int)r->is_worker_running, "unknown_media", unknown_json(health));
}

void handle_load(struct call *call)
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

    if (send_event(stream) == 0)
        return;
    struct http_exchange *x = stream->call->x;
    http_timer_free(stream->timer);
    free(stream);
    http_stream_end(x);
}

void handle_load_events(struct call *call)
{
    static const struct http_header FIELD = {SLICE_LITERAL("Cache-Control"),
                                             SLICE_LITERAL("no-store")};
    static const struct http_headers HEADERS = {&FIELD, 1};
    struct event_stream *stream = calloc(1, sizeof *stream);

    if (!stream || http_timer_start(http_exchange_loop(call->x), EVENT_INTERVAL_MS, on_event_tick,
                                    stream, &stream->timer)) {
        free(stream);
        answer_unavailable(call->x, "The server is short of memory");
        return;
    }
    stream->call = call;
    http_stream_begin(call->x, "text/event-stream", &HEADERS);
    on_event_tick(stream);
}

/* ---- Prometheus ---- */

static void append_metric(struct buf *text, const char *name, const char *type, const char *help,
                          double value)
{
    buf_printf(text, "# HELP banmai_%s %s\n# TYPE banmai_%s %s\nbanmai_%s %.17g\n", name, help,
               name, type, name, value);
}

static void append_http(struct buf *text, const struct http_counters *http)
{
    static const struct {
        enum http_counter counter;
        const char *name;
        const char *type;
        const char *help;
    } METRICS[] = {
        {HTTP_COUNT_CONNECTIONS_OPEN, "http_connections", "gauge", "Open connections."},
        {HTTP_COUNT_CONNECTIONS, "http_connections_total", "counter", "Connections accepted."},
        {HTTP_COUNT_REQUESTS, "http_requests_total", "counter", "Requests understood."},
        {HTTP_COUNT_REFUSED, "http_refused_total", "counter", "Requests refused for their form."},
        {HTTP_COUNT_BYTES_IN, "http_received_bytes_total", "counter", "Bytes received."},
        {HTTP_COUNT_BYTES_OUT, "http_sent_bytes_total", "counter", "Bytes sent."},
        {HTTP_COUNT_TIMEOUTS, "http_timeouts_total", "counter",
         "Connections closed by a deadline."},
        {HTTP_COUNT_ANSWERS_CUT_SHORT, "http_aborted_total", "counter",
         "Answers whose reader went away."},
    };

    for (size_t i = 0; i < sizeof METRICS / sizeof METRICS[0]; i++)
        append_metric(text, METRICS[i].name, METRICS[i].type, METRICS[i].help,
                      (double)http->values[METRICS[i].counter]);
    buf_append_text(text, "# HELP banmai_http_answers_total Answers by class of status.\n"
                          "# TYPE banmai_http_answers_total counter\n");
    for (unsigned class = 2; class <= 5; class ++)
        buf_printf(text, "banmai_http_answers_total{class=\"%uxx\"} %" PRIu64 "\n", class,
                   http->values[HTTP_COUNT_ANSWERS_2XX + class - 2]);
}

static void append_unknown(struct buf *text, struct health *health)
{
    double n = 0, bytes = 0;

    for (size_t i = 0; i < N_MEDIA_FOLDERS; i++) {
        n += (double)atomic_load(&health->unknown[i].n);
        bytes += (double)atomic_load(&health->unknown[i].bytes);
    }
    append_metric(text, "unknown_media", "gauge",
                  "Things in the media store that the database does not know.", n);
    append_metric(text, "unknown_media_bytes", "gauge", "What they take of the disk.", bytes);
}

void handle_metrics(struct call *call)
{
    struct health *health = call->services->health;
    struct buf text = buf_with_limit(TEXT_LIMIT);
    struct load_view view;

    load_view(call->services->load, &view);
    const struct load_reading *r = &view.reading;
    append_http(&text, &r->http);
    append_metric(&text, "uptime_seconds", "gauge", "Since the start.", (double)view.uptime_s);
    append_metric(&text, "viewers", "gauge", "Watch sessions with a beat in the last 30 seconds.",
                  (double)r->viewers);
    append_metric(&text, "tasks_waiting", "gauge", "Transcoding tasks that nobody has taken.",
                  (double)r->tasks_waiting);
    append_metric(&text, "tasks_running", "gauge", "Transcoding tasks under way.",
                  (double)r->tasks_running);
    append_metric(&text, "disk_free_bytes", "gauge", "Free space above the floor.",
                  (double)r->disk_free_bytes);
    append_metric(&text, "jobs_wait_for_disk", "gauge",
                  "Whether jobs wait for free space on the disk.",
                  atomic_load(&health->is_short_of_room));
    append_unknown(&text, health);
    append_metric(&text, "redis_up", "gauge", "Whether Redis answers.", r->is_redis_ready);
    append_metric(&text, "worker_up", "gauge", "Whether this server's own worker runs.",
                  r->is_worker_running);
    const char *body = text.err ? NULL : arena_copy(http_exchange_arena(call->x), buf_slice(&text));
    const size_t length = text.length;
    buf_clear(&text);
    if (body)
        http_answer_bytes(call->x, 200, "text/plain; version=0.0.4; charset=utf-8",
                          slice_of(body, length), NULL);
    else
        answer_unavailable(call->x, "The server is short of memory");
}
