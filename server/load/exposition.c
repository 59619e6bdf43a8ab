// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/load/exposition.h"

#include <inttypes.h>
#include <stddef.h>
#include <string.h>

enum metric_kind {
    METRIC_U64,    /* from uint64_t; counters of the engine are */
    METRIC_I64,    /* from int64_t; negative: not known */
    METRIC_DOUBLE, /* from double */
    METRIC_FLAG,   /* from bool */
};

struct metric {
    const char *name; /* in base units; a counter ends in _total */
    const char *help;
    enum metric_kind kind;
    size_t offset; /* in struct load_view */
    /* a family: n members side by side, told apart by a label. Else n is 1 and the label NULL */
    size_t n;
    const char *label;
    const char *(*value)(unsigned i);
};

#define AT(field) offsetof(struct load_view, reading.field)
#define ONE(name, kind, offset, help)              \
    {                                              \
        name, help, METRIC_##kind, offset, 1, 0, 0 \
    }
#define HTTP(name, counter, help) ONE(name, U64, AT(http.values[counter]), help)

static const char *status_class(unsigned i)
{
    static const char *const CLASSES[] = {"2xx", "3xx", "4xx", "5xx"};

    return CLASSES[i];
}

static const struct metric METRICS[] = {
    HTTP("banmai_http_connections", HTTP_COUNT_CONNECTIONS_OPEN, "Open connections."),
    HTTP("banmai_http_connections_total", HTTP_COUNT_CONNECTIONS, "Connections accepted."),
    HTTP("banmai_http_turned_away_total", HTTP_COUNT_CONNECTIONS_TURNED_AWAY,
         "Connections closed at once: too many."),
    HTTP("banmai_http_requests_total", HTTP_COUNT_REQUESTS, "Requests understood."),
    HTTP("banmai_http_refused_total", HTTP_COUNT_REFUSED, "Requests refused for their form."),
    HTTP("banmai_http_received_bytes_total", HTTP_COUNT_BYTES_IN, "Bytes received."),
    HTTP("banmai_http_sent_bytes_total", HTTP_COUNT_BYTES_OUT, "Bytes sent."),
    HTTP("banmai_http_timeouts_total", HTTP_COUNT_TIMEOUTS, "Connections closed by a deadline."),
    HTTP("banmai_http_aborted_total", HTTP_COUNT_ANSWERS_CUT_SHORT,
         "Answers whose reader went away."),
    {"banmai_http_answers_total", "Answers by class of status.", METRIC_U64,
     AT(http.values[HTTP_COUNT_ANSWERS_2XX]), 4, "class", status_class},
    ONE("banmai_uptime_seconds", I64, offsetof(struct load_view, uptime_s), "Since the start."),
    ONE("banmai_viewers", I64, AT(viewers), "Watch sessions with a beat in the last 30 seconds."),
    ONE("banmai_tasks_waiting", I64, AT(tasks_waiting), "Transcoding tasks that nobody has taken."),
    ONE("banmai_tasks_running", I64, AT(tasks_running), "Transcoding tasks under way."),
    {"banmai_jobs_failed_total", "Jobs that failed since the start, by code.", METRIC_U64,
     AT(jobs_failed_by), N_LOAD_FAILURES, "code", load_failure_name},
    {"banmai_beats_refused_total", "Heartbeats refused since the start, by reason.", METRIC_U64,
     AT(beats_refused), N_BEAT_REFUSALS, "reason", load_refusal_name},
    {"banmai_ready", "Whether a part of the server works.", METRIC_FLAG, AT(is_ready), N_LOAD_PARTS,
     "part", load_part_name},
    {"banmai_alarm", "Whether an admin has something to do.", METRIC_FLAG, AT(is_alarm), N_ALARMS,
     "alarm", load_alarm_name},
    {"banmai_disk_free_bytes", "Free space on the disk of a folder.", METRIC_I64, AT(disk_free_of),
     N_LOAD_FOLDERS, "folder", load_folder_name},
    ONE("banmai_disk_room_bytes", U64, AT(disk_free_bytes),
        "Free space above the floor that uploads leave."),
    ONE("banmai_jobs_wait_for_disk", FLAG, AT(is_short_of_room),
        "Whether jobs wait for free space on the disk."),
    ONE("banmai_unknown_media", I64, AT(n_unknown),
        "Things in the media store that the database does not know."),
    ONE("banmai_unknown_media_bytes", I64, AT(unknown_bytes), "What they take of the disk."),
    ONE("banmai_redis_up", FLAG, AT(is_redis_ready), "Whether Redis answers and takes writes."),
    ONE("banmai_redis_memory_bytes", I64, AT(redis_used_bytes), "Memory that Redis uses."),
    ONE("banmai_redis_memory_max_bytes", I64, AT(redis_max_bytes),
        "Beyond it Redis refuses writes; 0: no limit."),
    ONE("banmai_drain_pairs", I64, AT(n_dirty),
        "Pairs of learner and lecture that are not in the database yet."),
    ONE("banmai_drain_lag_seconds", DOUBLE, AT(drain_lag_s),
        "Since the drain last found nothing more to do."),
    ONE("banmai_worker_up", FLAG, AT(is_worker_running), "Whether this server's own worker runs."),
    ONE("banmai_tls_certificate_expiry_timestamp_seconds", I64, AT(tls_expires_s),
        "When the TLS certificate ends, as Unix time."),
    ONE("process_cpu_seconds_total", DOUBLE, AT(process.cpu_s), "User and system time."),
    ONE("process_resident_memory_bytes", I64, AT(process.resident_bytes), "Resident memory."),
    ONE("process_open_fds", I64, AT(process.open_fds), "Open descriptors."),
    ONE("process_max_fds", I64, AT(process.max_fds), "Descriptors that may be open."),
    ONE("process_start_time_seconds", I64, AT(started_wall_s),
        "Start of the process, as Unix time."),
};

static bool ends_with(const char *text, const char *end)
{
    const size_t length = strlen(text), end_length = strlen(end);

    return length >= end_length && strcmp(text + length - end_length, end) == 0;
}

static void write_head(const char *name, const char *type, const char *help, struct buf *text)
{
    buf_printf(text, "# HELP %s %s\n# TYPE %s %s\n", name, help, name, type);
}

/* Writes " value\n", or says that it is not known. */
static bool format_value(const struct metric *metric, const char *at, size_t i, struct buf *value)
{
    switch (metric->kind) {
    case METRIC_U64:
        buf_printf(value, "%" PRIu64, ((const uint64_t *)(const void *)at)[i]);
        return true;
    case METRIC_I64:
        buf_printf(value, "%" PRId64, ((const int64_t *)(const void *)at)[i]);
        return ((const int64_t *)(const void *)at)[i] >= 0;
    case METRIC_DOUBLE:
        buf_printf(value, "%.17g", ((const double *)(const void *)at)[i]);
        return ((const double *)(const void *)at)[i] >= 0;
    case METRIC_FLAG:
        buf_printf(value, "%d", ((const bool *)(const void *)at)[i]);
        return true;
    }
    return false;
}

static void write_metric(const struct metric *metric, const struct load_view *view,
                         struct buf *text)
{
    const char *at = (const char *)view + metric->offset;
    bool has_head = false;

    for (unsigned i = 0; i < metric->n; i++) {
        CLEANUP(buf_clear) struct buf value = buf_with_limit(64);
        if (!format_value(metric, at, i, &value))
            continue;
        if (!has_head)
            write_head(metric->name, ends_with(metric->name, "_total") ? "counter" : "gauge",
                       metric->help, text);
        has_head = true;
        buf_append_text(text, metric->name);
        if (metric->label)
            buf_printf(text, "{%s=\"%s\"}", metric->label, metric->value(i));
        buf_append_text(text, " ");
        buf_append_slice(text, buf_slice(&value));
        buf_append_text(text, "\n");
    }
}

static void write_latency(const struct http_counters *http, struct buf *text)
{
    static const char NAME[] = "banmai_http_request_duration_seconds";

    write_head(NAME, "histogram",
               "From a request's head to the start of its answer, by kind of route.", text);
    for (unsigned kind = 0; kind < N_LOAD_KINDS; kind++) {
        const struct http_latency *latency = &http->latency[kind];
        const char *route = load_kind_name(kind);
        uint64_t n = 0;
        for (size_t i = 0; i < HTTP_N_LATENCIES - 1; i++) {
            n += latency->counts[i];
            buf_printf(text, "%s_bucket{route=\"%s\",le=\"%g\"} %" PRIu64 "\n", NAME, route,
                       HTTP_LATENCIES_MS[i] / 1000.0, n);
        }
        n += latency->counts[HTTP_N_LATENCIES - 1];
        buf_printf(text, "%s_bucket{route=\"%s\",le=\"+Inf\"} %" PRIu64 "\n", NAME, route, n);
        buf_printf(text, "%s_sum{route=\"%s\"} %.17g\n", NAME, route,
                   (double)latency->sum_ms / 1000.0);
        buf_printf(text, "%s_count{route=\"%s\"} %" PRIu64 "\n", NAME, route, n);
    }
}

void exposition_write(const struct load_view *view, struct buf *text)
{
    for (size_t i = 0; i < sizeof METRICS / sizeof METRICS[0]; i++)
        write_metric(&METRICS[i], view, text);
    write_latency(&view->reading.http, text);
}
