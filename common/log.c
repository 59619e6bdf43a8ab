// SPDX-License-Identifier: GPL-3.0-or-later
#include "common/log.h"

#include <errno.h>
#include <limits.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <string.h>
#include <unistd.h>

#include "common/clock.h"
#include "common/err.h"

/* What is written to a pipe at once stays together up to PIPE_BUF bytes. */
enum { LINE_LIMIT = PIPE_BUF, TAIL_BYTES = sizeof ",\"truncated\":true}\n" };

static const char *const LEVELS[] = {
    [LOG_DEBUG] = "debug", [LOG_INFO] = "info", [LOG_WARN] = "warn", [LOG_ERROR] = "error"};

/* Atomic because settings are read again while threads log; each line takes one look. */
static _Atomic enum log_format chosen_format = LOG_JSON;
static _Atomic enum log_level lowest_level = LOG_INFO;

void log_configure(enum log_format format, enum log_level level)
{
    atomic_store_explicit(&chosen_format, format, memory_order_relaxed);
    atomic_store_explicit(&lowest_level, level, memory_order_relaxed);
}

struct log_field log_err(int err)
{
    return log_str("error", err_text(err));
}

static bool is_control(uint32_t c)
{
    return c < 0x20 || (c >= 0x7f && c <= 0x9f);
}

void log_append_json_string(struct buf *b, struct slice s)
{
    buf_append_char(b, '"');
    while (s.length > 0) {
        uint32_t c = (unsigned char)s.data[0];
        const size_t n = slice_first_char(s, &c);
        if (n == 0 || is_control(c))
            buf_printf(b, "\\u%04x", (unsigned)c);
        else if (c == '"' || c == '\\')
            buf_printf(b, "\\%c", (int)c);
        else
            buf_append(b, s.data, n);
        s = slice_skip(s, n ? n : 1);
    }
    buf_append_char(b, '"');
}

static void append_value(struct buf *line, const struct log_field *field)
{
    if (field->kind == LOG_FIELD_INT)
        buf_printf(line, "%lld", (long long)field->number);
    else if (field->kind == LOG_FIELD_BOOL)
        buf_append_text(line, field->number ? "true" : "false");
    else
        log_append_json_string(line, field->text);
}

/* Appends one field, or takes it back when the line has no room for it. */
static bool append_field(struct buf *line, enum log_format format, const struct log_field *field)
{
    const size_t before = line->length;

    buf_printf(line, format == LOG_JSON ? ",\"%s\":" : " %s=", field->name);
    append_value(line, field);
    if (!line->err)
        return true;
    line->length = before;
    line->err = 0;
    return false;
}

/* Returns whether all fields found room. */
static bool append_fields(struct buf *line, enum log_format format, va_list args)
{
    bool is_complete = true;

    for (;;) {
        const struct log_field field = va_arg(args, struct log_field);
        if (field.kind == LOG_FIELD_END)
            return is_complete;
        if (!append_field(line, format, &field))
            is_complete = false;
    }
}

static void append_head(struct buf *line, enum log_format format, enum log_level level,
                        const char *message)
{
    char time_text[CLOCK_RFC3339_SIZE];

    clock_format_rfc3339(clock_wall_ms(), time_text);
    if (format == LOG_JSON) {
        buf_printf(line, "{\"ts\":\"%s\",\"level\":\"%s\",\"msg\":", time_text, LEVELS[level]);
        log_append_json_string(line, slice_from(message));
    } else {
        buf_printf(line, "%s %-5s %s", time_text, LEVELS[level], message);
    }
}

void log_line(struct slice line)
{
    while (write(STDERR_FILENO, line.data, line.length) < 0 && errno == EINTR) {
    }
}

void log_write(enum log_level level, const char *message, ...)
{
    const int errno_before = errno;
    const enum log_format format = atomic_load_explicit(&chosen_format, memory_order_relaxed);
    CLEANUP(buf_clear) struct buf line = buf_with_limit(LINE_LIMIT - TAIL_BYTES);
    va_list args;

    if (level < atomic_load_explicit(&lowest_level, memory_order_relaxed))
        return;
    append_head(&line, format, level, message);
    va_start(args, message);
    const bool is_complete = append_fields(&line, format, args);
    va_end(args);
    line.limit = LINE_LIMIT;
    if (!is_complete)
        buf_append_text(&line, format == LOG_JSON ? ",\"truncated\":true" : " truncated=true");
    buf_append_text(&line, format == LOG_JSON ? "}\n" : "\n");
    if (line.data)
        log_line(buf_slice(&line));
    errno = errno_before;
}
