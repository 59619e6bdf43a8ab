// SPDX-License-Identifier: GPL-3.0-or-later
#include "common/log.h"

#include <stdarg.h>
#include <string.h>
#include <unistd.h>

#include "common/clock.h"
#include "common/err.h"

enum { LINE_LIMIT = 8192 };

static const char *const LEVELS[] = {
    [LOG_DEBUG] = "debug", [LOG_INFO] = "info", [LOG_WARN] = "warn", [LOG_ERROR] = "error"};

static enum log_format chosen_format = LOG_JSON;
static enum log_level lowest_level = LOG_INFO;

void log_configure(enum log_format format, enum log_level level)
{
    chosen_format = format;
    lowest_level = level;
}

struct log_field log_err(int err)
{
    return log_str("error", err_text(err));
}

struct log_field log_errno(int errnum)
{
    return log_str("error", strerrordesc_np(errnum));
}

/* One byte at a time would split multi-byte characters: text that is not plain UTF-8 as a whole is
 * written byte by byte in ASCII. */
void log_append_json_string(struct buf *b, struct slice s)
{
    const bool is_plain = slice_is_plain_utf8(s);

    buf_append_char(b, '"');
    for (size_t i = 0; i < s.length; i++) {
        const unsigned char c = (unsigned char)s.data[i];
        if (c == '"' || c == '\\')
            buf_printf(b, "\\%c", c);
        else if (c < 0x20 || c == 0x7f || (c >= 0x80 && !is_plain))
            buf_printf(b, "\\u%04x", c);
        else
            buf_append_char(b, (char)c);
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

static void append_fields(struct buf *line, va_list args)
{
    for (;;) {
        const struct log_field field = va_arg(args, struct log_field);
        if (field.kind == LOG_FIELD_END)
            return;
        buf_printf(line, chosen_format == LOG_JSON ? ",\"%s\":" : " %s=", field.name);
        append_value(line, &field);
    }
}

static void append_head(struct buf *line, enum log_level level, const char *message)
{
    char time_text[CLOCK_RFC3339_SIZE];

    clock_format_rfc3339(clock_wall_ms(), time_text);
    if (chosen_format == LOG_JSON) {
        buf_printf(line, "{\"ts\":\"%s\",\"level\":\"%s\",\"msg\":", time_text, LEVELS[level]);
        log_append_json_string(line, slice_from(message));
    } else {
        buf_printf(line, "%s %-5s %s", time_text, LEVELS[level], message);
    }
}

void log_write(enum log_level level, const char *message, ...)
{
    CLEANUP(buf_clear) struct buf line = buf_with_limit(LINE_LIMIT);
    va_list args;

    if (level < lowest_level)
        return;
    append_head(&line, level, message);
    va_start(args, message);
    append_fields(&line, args);
    va_end(args);
    if (line.err) { /* too long: the event still has to be seen */
        buf_reset(&line);
        append_head(&line, level, message);
        buf_append_text(&line,
                        chosen_format == LOG_JSON ? ",\"truncated\":true" : " truncated=true");
    }
    buf_append_text(&line, chosen_format == LOG_JSON ? "}\n" : "\n");
    if (line.data && write(STDERR_FILENO, line.data, line.length) < 0)
        return; /* nobody left to tell */
}
