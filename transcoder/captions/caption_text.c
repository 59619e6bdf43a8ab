// SPDX-License-Identifier: GPL-3.0-or-later
#include "transcoder/captions/caption_text.h"

#include <inttypes.h>
#include <stdbool.h>

enum { REPLACEMENT = 0xfffd, BYTE_ORDER_MARK = 0xfeff, N_ASS_FIELDS = 8, MAX_TAG = 512 };

/* A cue while it is written: what white space came last is only written when text follows. */
struct writer {
    struct buf *out;
    size_t start;
    bool wants_break, wants_space;
};

static void put_utf8(struct buf *out, uint32_t c)
{
    if (c < 0x80) {
        buf_append_char(out, (char)c);
    } else if (c < 0x800) {
        buf_append_char(out, (char)(0xc0 | c >> 6));
        buf_append_char(out, (char)(0x80 | (c & 63)));
    } else if (c < 0x10000) {
        buf_append_char(out, (char)(0xe0 | c >> 12));
        buf_append_char(out, (char)(0x80 | (c >> 6 & 63)));
        buf_append_char(out, (char)(0x80 | (c & 63)));
    } else {
        buf_append_char(out, (char)(0xf0 | c >> 18));
        buf_append_char(out, (char)(0x80 | (c >> 12 & 63)));
        buf_append_char(out, (char)(0x80 | (c >> 6 & 63)));
        buf_append_char(out, (char)(0x80 | (c & 63)));
    }
}

static void put_space(struct writer *w)
{
    if (w->out->length > w->start && w->wants_break)
        buf_append_char(w->out, '\n');
    else if (w->out->length > w->start && w->wants_space)
        buf_append_char(w->out, ' ');
    w->wants_break = false;
    w->wants_space = false;
}

static void put_char(struct writer *w, uint32_t c)
{
    if (c == '\n') {
        w->wants_break = true;
        return;
    }
    if (c == ' ' || c == '\t' || c == 0xa0) {
        w->wants_space = true;
        return;
    }
    if (c < ' ' || (c >= 0x7f && c < 0xa0) || c == BYTE_ORDER_MARK ||
        w->out->length - w->start >= CAPTION_MAX_BYTES)
        return;
    put_space(w);
    if (c == '<')
        buf_append_text(w->out, "&lt;");
    else if (c == '>')
        buf_append_text(w->out, "&gt;");
    else if (c == '&')
        buf_append_text(w->out, "&amp;");
    else
        put_utf8(w->out, c);
}

/* Takes the next character off; bytes that are none are one replacement each. */
static uint32_t take_char(struct slice *rest)
{
    uint32_t c = REPLACEMENT;
    const size_t length = slice_first_char(*rest, &c);

    *rest = slice_skip(*rest, length ? length : 1);
    return length ? c : REPLACEMENT;
}

static bool is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/* Length of the markup at the start: "<i>", "</c>", "<00:01.000>", "{\an8}"; 0 when there is none.
 */
static size_t tag_length(struct slice s)
{
    const char close = s.data[0] == '{' ? '}' : '>';

    if (s.length < 3)
        return 0;
    const char next = s.data[1];
    if (s.data[0] == '{' ? next != '\\'
                         : !is_letter(next) && next != '/' && !(next >= '0' && next <= '9'))
        return 0;
    for (size_t i = 2; i < s.length && i < MAX_TAG; i++) {
        if (s.data[i] == close)
            return i + 1;
    }
    return 0;
}

struct reference {
    const char *name;
    uint32_t character;
};

/* The references of WebVTT (§4.2.2). */
static size_t reference_at(struct slice s, uint32_t *ret_char)
{
    static const struct reference REFERENCES[] = {{"&amp;", '&'},    {"&lt;", '<'},
                                                  {"&gt;", '>'},     {"&nbsp;", ' '},
                                                  {"&lrm;", 0x200e}, {"&rlm;", 0x200f},
                                                  {"&quot;", '"'},   {"&#39;", '\''}};

    for (size_t i = 0; i < sizeof REFERENCES / sizeof REFERENCES[0]; i++) {
        if (slice_starts_with(s, REFERENCES[i].name)) {
            *ret_char = REFERENCES[i].character;
            return slice_from(REFERENCES[i].name).length;
        }
    }
    return 0;
}

/* Text with tags; references are resolved where has_references. */
static void put_tagged(struct writer *w, struct slice text, bool has_references)
{
    while (text.length > 0) {
        const char c = text.data[0];
        uint32_t character;
        size_t length = c == '<' || c == '{' ? tag_length(text) : 0;
        if (length > 0) {
            text = slice_skip(text, length);
            continue;
        }
        length = c == '&' && has_references ? reference_at(text, &character) : 0;
        if (length > 0)
            text = slice_skip(text, length);
        else
            character = take_char(&text);
        put_char(w, character);
    }
}

/* "\N" and "\n" break lines, "\h" is a hard space; what stands in braces are commands. */
static void put_ass(struct writer *w, struct slice payload)
{
    for (int i = 0; i < N_ASS_FIELDS; i++)
        (void)slice_split(&payload, ',');
    while (payload.length > 0) {
        const char c = payload.data[0];
        const char next = payload.length > 1 ? payload.data[1] : '\0';
        if (c == '{') {
            (void)slice_split(&payload, '}');
        } else if (c == '\\' && (next == 'N' || next == 'n' || next == 'h')) {
            put_char(w, next == 'h' ? ' ' : '\n');
            payload = slice_skip(payload, 2);
        } else {
            put_char(w, take_char(&payload));
        }
    }
}

static uint32_t unit_at(struct slice s, size_t at, bool is_little)
{
    const uint32_t first = (uint8_t)s.data[at];
    const uint32_t second = (uint8_t)s.data[at + 1];

    return is_little ? second << 8 | first : first << 8 | second;
}

static void put_utf16(struct writer *w, struct slice text)
{
    const bool is_little = (uint8_t)text.data[0] == 0xff;

    for (size_t at = 2; at + 1 < text.length; at += 2) {
        uint32_t c = unit_at(text, at, is_little);
        const bool is_high = c >= 0xd800 && c < 0xdc00;
        const uint32_t low = is_high && at + 3 < text.length ? unit_at(text, at + 2, is_little) : 0;
        if (low >= 0xdc00 && low < 0xe000) {
            c = 0x10000 + ((c - 0xd800) << 10) + (low - 0xdc00);
            at += 2;
        } else if (c >= 0xd800 && c < 0xe000) {
            c = REPLACEMENT;
        }
        put_char(w, c == '\r' ? '\n' : c);
    }
}

static void put_mov_text(struct writer *w, struct slice payload)
{
    if (payload.length < 2)
        return;
    const size_t length = unit_at(payload, 0, false);
    struct slice text = slice_skip(payload, 2);
    if (text.length > length)
        text.length = length;
    const uint32_t mark = text.length >= 2 ? unit_at(text, 0, false) : 0;
    if (mark == BYTE_ORDER_MARK || mark == 0xfffe) {
        put_utf16(w, text);
        return;
    }
    while (text.length > 0) {
        const uint32_t c = take_char(&text);
        put_char(w, c == '\r' ? '\n' : c);
    }
}

void caption_text_append(enum caption_form form, struct slice payload, struct buf *out)
{
    struct writer w = {.out = out, .start = out->length};

    switch (form) {
    case CAPTION_MOV_TEXT:
        put_mov_text(&w, payload);
        break;
    case CAPTION_ASS:
        put_ass(&w, payload);
        break;
    case CAPTION_SUBRIP:
        put_tagged(&w, payload, false);
        break;
    case CAPTION_WEBVTT:
        put_tagged(&w, payload, true);
        break;
    }
}

void caption_time_append(int64_t ms, struct buf *out)
{
    buf_printf(out, "%02" PRId64 ":%02" PRId64 ":%02" PRId64 ".%03" PRId64, ms / 3600000,
               ms / 60000 % 60, ms / 1000 % 60, ms % 1000);
}
