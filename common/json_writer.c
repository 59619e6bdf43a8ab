// SPDX-License-Identifier: GPL-3.0-or-later
#include "common/json_writer.h"

#include <inttypes.h>

#include "common/clock.h"
#include "common/err.h"

/* Whether a value stands before the next one: what was written ends with one. */
static bool needs_comma(const struct buf *b)
{
    const char last = b->length > 0 ? b->data[b->length - 1] : '{';

    return last != '{' && last != '[' && last != ':';
}

static void begin(struct buf *b, const char *name)
{
    if (needs_comma(b))
        buf_append_char(b, ',');
    if (name)
        buf_printf(b, "\"%s\":", name);
}

void json_begin_object(struct buf *b, const char *name)
{
    begin(b, name);
    buf_append_char(b, '{');
}

void json_end_object(struct buf *b)
{
    buf_append_char(b, '}');
}

void json_begin_array(struct buf *b, const char *name)
{
    begin(b, name);
    buf_append_char(b, '[');
}

void json_end_array(struct buf *b)
{
    buf_append_char(b, ']');
}

/* NUL would end the text early wherever it is read in C; the other control characters are legal. */
static void append_char(struct buf *b, uint32_t c, struct slice bytes)
{
    if (c == 0)
        b->err = b->err ? b->err : ERR_CORRUPT;
    else if (c == '"' || c == '\\')
        buf_printf(b, "\\%c", (int)c);
    else if (c == '\n')
        buf_append_text(b, "\\n");
    else if (c < 0x20 || c == 0x7f)
        buf_printf(b, "\\u%04x", (unsigned)c);
    else
        buf_append_slice(b, bytes);
}

void json_put_slice(struct buf *b, const char *name, struct slice text)
{
    begin(b, name);
    buf_append_char(b, '"');
    while (text.length > 0 && !b->err) {
        uint32_t c = 0;
        const size_t n = slice_first_char(text, &c);
        if (n == 0) {
            b->err = ERR_CORRUPT;
            return;
        }
        append_char(b, c, slice_of(text.data, n));
        text = slice_skip(text, n);
    }
    buf_append_char(b, '"');
}

void json_put_text(struct buf *b, const char *name, const char *text)
{
    json_put_slice(b, name, slice_from(text));
}

void json_put_text_or_null(struct buf *b, const char *name, const char *text)
{
    if (text[0])
        json_put_text(b, name, text);
    else
        json_put_null(b, name);
}

void json_put_int(struct buf *b, const char *name, int64_t value)
{
    begin(b, name);
    buf_printf(b, "%" PRId64, value);
}

void json_put_bool(struct buf *b, const char *name, bool value)
{
    begin(b, name);
    buf_append_text(b, value ? "true" : "false");
}

void json_put_null(struct buf *b, const char *name)
{
    begin(b, name);
    buf_append_text(b, "null");
}

void json_put_milli(struct buf *b, const char *name, int64_t thousandths)
{
    const uint64_t n = thousandths < 0 ? -(uint64_t)thousandths : (uint64_t)thousandths;
    unsigned rest = (unsigned)(n % 1000);
    int places = 3;

    begin(b, name);
    buf_printf(b, "%s%" PRIu64, thousandths < 0 ? "-" : "", n / 1000);
    if (rest == 0)
        return;
    for (; rest % 10 == 0; rest /= 10)
        places--;
    buf_printf(b, ".%0*u", places, rest);
}

void json_put_seconds(struct buf *b, const char *name, int64_t us)
{
    json_put_milli(b, name, us / 1000);
}

void json_put_time(struct buf *b, const char *name, int64_t wall_ms)
{
    char text[CLOCK_RFC3339_SIZE];

    clock_format_rfc3339(wall_ms, text);
    json_put_text(b, name, text);
}
