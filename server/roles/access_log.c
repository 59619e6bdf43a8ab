// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/roles/access_log.h"

#include <inttypes.h>
#include <string.h>

#include "common/clock.h"
#include "common/log.h"
#include "server/http/message/date.h"
#include "server/web/forwarded.h"

/* Shown of a text that others sent; four times as much when each byte is escaped. */
enum { MAX_PATH_BYTES = 400, MAX_FIELD_BYTES = 150, LINE_LIMIT = 3 * 1024 };

/* As nginx escapes: what ends the field, what escapes, and all that is not visible ASCII. */
static void append_escaped(struct buf *line, struct slice text, size_t at_most)
{
    for (size_t i = 0; i < text.length && i < at_most; i++) {
        const unsigned char c = (unsigned char)text.data[i];
        if (c < 0x20 || c >= 0x7f || c == '"' || c == '\\')
            buf_printf(line, "\\x%02X", c);
        else
            buf_append_char(line, (char)c);
    }
}

static void append_quoted(struct buf *line, struct slice text)
{
    buf_append_text(line, " \"");
    append_escaped(line, text.length > 0 ? text : slice_from("-"), MAX_FIELD_BYTES);
    buf_append_char(line, '"');
}

/* "https://host" of "https://host/path?query". */
static struct slice origin_of(struct slice url)
{
    struct slice rest = url;
    const struct slice scheme = slice_split(&rest, ':');

    if (!slice_starts_with(rest, "//") || scheme.length == 0)
        return slice_of(NULL, 0);
    size_t end = scheme.length + 3;
    while (end < url.length && !strchr("/?#", url.data[end]))
        end++;
    return slice_of(url.data, end);
}

/* "[25/Nov/2026:22:15:39 +0000]" of "Wed, 25 Nov 2026 22:15:39 GMT". */
static void append_time(struct buf *line, int64_t now_s)
{
    char date[HTTP_DATE_SIZE];

    http_date_format(now_s, date);
    buf_printf(line, "[%.2s/%.3s/%.4s:%.8s +0000]", date + 5, date + 8, date + 12, date + 17);
}

static void append_request(struct buf *line, const struct http_answered *record)
{
    if (record->version == 0) { /* refused before it was understood */
        buf_append_text(line, " \"-\"");
        return;
    }
    buf_printf(line, " \"%s ", http_method_name(record->request->method));
    append_escaped(line, record->path, MAX_PATH_BYTES);
    buf_printf(line, " HTTP/%d.%d\"", record->version / 10, record->version % 10);
}

void access_log_combined(const struct http_answered *record, const char *sender, int64_t now_s,
                         struct buf *line)
{
    const struct http_request *request = record->request;

    buf_printf(line, "%s - - ", sender);
    append_time(line, now_s);
    append_request(line, record);
    buf_printf(line, " %d %" PRIu64, record->status, record->n_body_bytes);
    append_quoted(line, origin_of(http_request_header(request, "referer")));
    append_quoted(line, http_request_header(request, "user-agent"));
    buf_append_char(line, '\n');
}

static void write_combined(const struct http_answered *record, const char *sender)
{
    CLEANUP(buf_clear) struct buf line = buf_with_limit(LINE_LIMIT);

    access_log_combined(record, sender, clock_wall_ms() / 1000, &line);
    if (!line.err)
        log_line(buf_slice(&line));
}

static void write_json(const struct http_answered *record, const char *sender)
{
    log_info("answered",
             log_str("method", record->version ? http_method_name(record->request->method) : "-"),
             log_slice("path", record->path), log_int("status", record->status),
             log_int("body_bytes", (int64_t)record->n_body_bytes),
             log_int("ms", record->duration_ms), log_bool("sent", record->was_sent),
             log_int("http", record->version), log_str("peer", sender));
}

void access_log_note(struct access_log *log, const struct config *config,
                     const struct http_answered *record)
{
    struct forwarded forwarded;

    if (strcmp(config->access_log, "off") == 0)
        return;
    const uint64_t n = atomic_fetch_add_explicit(&log->n_answered, 1, memory_order_relaxed);
    if (n % config->access_log_every != 0 && record->status < 500)
        return;
    forwarded_read(config, record->request, &forwarded);
    if (strcmp(config->access_log, "combined") == 0)
        write_combined(record, forwarded.address);
    else
        write_json(record, forwarded.address);
}
