// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/load/exposition.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

static struct load_view view;
static struct buf text;

static void start(void)
{
    memset(&view, 0, sizeof view);
    text = buf_with_limit(65536);
}

static void stop(void)
{
    buf_clear(&text);
}

TestSuite(exposition, .init = start, .fini = stop);

static bool has(const char *line)
{
    return memmem(text.data, text.length, line, strlen(line)) != NULL;
}

Test(exposition, every_sample_stands_below_its_help_and_type)
{
    char name[128] = "", type[16] = "";

    exposition_write(&view, &text);
    cr_assert_eq(text.err, 0);
    struct slice rest = buf_slice(&text);
    while (rest.length > 0) {
        char line[512];
        cr_assert_eq(slice_to_cstr(slice_split(&rest, '\n'), line, sizeof line), 0);
        if (strncmp(line, "# HELP ", 7) == 0)
            continue;
        if (strncmp(line, "# TYPE ", 7) == 0) {
            struct slice words = slice_from(line + 7);
            cr_assert_eq(slice_to_cstr(slice_split(&words, ' '), name, sizeof name), 0);
            cr_assert_eq(slice_to_cstr(words, type, sizeof type), 0);
            const size_t n = strlen(name);
            const bool is_total = n > 6 && strcmp(name + n - 6, "_total") == 0;
            cr_assert_eq(is_total, strcmp(type, "counter") == 0, "%s", line);
            continue;
        }
        cr_assert_eq(strncmp(line, name, strlen(name)), 0, "%s is not below its type", line);
        const char *value = strrchr(line, ' ');
        char *end = NULL;
        cr_assert_not_null(value);
        (void)strtod(value, &end);
        cr_assert_eq(*end, '\0', "%s", line);
    }
}

Test(exposition, what_was_missing_is_there)
{
    view.reading.jobs_failed_by[FAILURE_DRM] = 3;
    view.reading.beats_refused[BEAT_REFUSED_TOO_SOON] = 4;
    view.reading.is_ready[PART_DISK] = true;
    view.reading.tls_expires_s = 1800000000;
    view.reading.process.open_fds = 44;
    view.reading.redis_used_bytes = 7;
    view.reading.disk_free_of[FOLDER_MEDIA] = 9;
    view.reading.is_alarm[ALARM_REDIS_MEMORY] = true;
    exposition_write(&view, &text);
    cr_assert(has("\nbanmai_jobs_failed_total{code=\"E_DRM\"} 3\n"));
    cr_assert(has("\nbanmai_beats_refused_total{reason=\"too-soon\"} 4\n"));
    cr_assert(has("\nbanmai_ready{part=\"disk\"} 1\n"));
    cr_assert(has("\nbanmai_ready{part=\"database\"} 0\n"));
    cr_assert(has("\nbanmai_tls_certificate_expiry_timestamp_seconds 1800000000\n"));
    cr_assert(has("\nprocess_open_fds 44\n"));
    cr_assert(has("\nbanmai_redis_memory_bytes 7\n"));
    cr_assert(has("\nbanmai_disk_free_bytes{folder=\"media\"} 9\n"));
    cr_assert(has("\nbanmai_alarm{alarm=\"redis-memory\"} 1\n"));
}

Test(exposition, what_is_not_known_was_minus_one)
{
    view.reading.viewers = -1;
    view.reading.tls_expires_s = -1;
    view.reading.drain_lag_s = -1;
    exposition_write(&view, &text);
    cr_assert_not(has("banmai_viewers"));
    cr_assert_not(has("banmai_tls"));
    cr_assert_not(has("banmai_drain_lag"));
}

Test(exposition, latencies_add_up)
{
    struct http_latency *latency = &view.reading.http.latency[KIND_API];

    latency->counts[0] = 2;
    latency->counts[2] = 1;
    latency->counts[HTTP_N_LATENCIES - 1] = 1;
    latency->sum_ms = 12500;
    exposition_write(&view, &text);
    cr_assert(has("_bucket{route=\"api\",le=\"0.002\"} 2\n"));
    cr_assert(has("_bucket{route=\"api\",le=\"0.005\"} 3\n"));
    cr_assert(has("_bucket{route=\"api\",le=\"+Inf\"} 4\n"));
    cr_assert(has("_count{route=\"api\"} 4\n"));
    cr_assert(has("_sum{route=\"api\"} 12.5\n"));
}
