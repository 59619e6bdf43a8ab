// SPDX-License-Identifier: GPL-3.0-or-later
#include "transcoder/captions/caption_text.h"

#include <inttypes.h>
#include <stdbool.h>
#include <string.h>

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

/* Tags that captions have. Anything else between angle brackets is text: a formula, code. */
struct tag {
    const char *name;
    enum { TAG_BARE, TAG_WITH_CLASSES, TAG_WITH_MORE } form;
    bool breaks_line;
};

static const struct tag SUBRIP_TAGS[] = {
    {"i", TAG_BARE, false},         {"b", TAG_BARE, false},  {"u", TAG_BARE, false},
    {"s", TAG_BARE, false},         {"em", TAG_BARE, false}, {"strong", TAG_BARE, false},
    {"br", TAG_BARE, true},         {"p", TAG_BARE, true},   {"font", TAG_WITH_MORE, false},
    {"span", TAG_WITH_MORE, false}, {NULL, TAG_BARE, false}};

/* WebVTT §3.5: classes behind a dot; a voice and a language have a name. */
static const struct tag WEBVTT_TAGS[] = {{"i", TAG_WITH_CLASSES, false},
                                         {"b", TAG_WITH_CLASSES, false},
                                         {"u", TAG_WITH_CLASSES, false},
                                         {"c", TAG_WITH_CLASSES, false},
                                         {"ruby", TAG_WITH_CLASSES, false},
                                         {"rt", TAG_WITH_CLASSES, false},
                                         {"v", TAG_WITH_MORE, false},
                                         {"lang", TAG_WITH_MORE, false},
                                         {NULL, TAG_BARE, false}};

static bool has_name(struct slice s, const char *name)
{
    size_t i = 0;

    for (; name[i]; i++) {
        if (i >= s.length || (s.data[i] | 0x20) != name[i])
            return false;
    }
    return i < s.length && strchr("> /.\t\r\n", s.data[i]) != NULL;
}

/* Whether what stands between a tag's name and its end may stand there. */
static bool fits(const struct tag *tag, struct slice rest, bool is_end)
{
    if (tag->form == TAG_WITH_MORE)
        return true;
    for (size_t i = 0; i < rest.length; i++) {
        const bool is_class = tag->form == TAG_WITH_CLASSES && !is_end && rest.data[0] == '.';
        if (!is_class && rest.data[i] != ' ' && rest.data[i] != '/')
            return false;
    }
    return true;
}

/* WebVTT §3.5: "<00:01.000>" says when a word is spoken. */
static bool is_moment(struct slice inside)
{
    for (size_t i = 0; i < inside.length; i++) {
        if ((inside.data[i] < '0' || inside.data[i] > '9') && inside.data[i] != ':' &&
            inside.data[i] != '.')
            return false;
    }
    return inside.length >= 9;
}

static const struct tag *find_tag(const struct tag *tags, struct slice inside)
{
    const bool is_end = inside.length > 0 && inside.data[0] == '/';
    const struct slice name = slice_skip(inside, is_end);

    for (const struct tag *tag = tags; tag->name; tag++) {
        /* the closing bracket stands behind the slice */
        const struct slice with_end = slice_of(name.data, name.length + 1);
        if (has_name(with_end, tag->name) && fits(tag, slice_skip(name, strlen(tag->name)), is_end))
            return tag;
    }
    return NULL;
}

/* Length of the markup at the start: "<i>", "</c>", "<00:01.000>", "{\an8}"; 0 when there is none.
 */
static size_t tag_length(const struct tag *tags, struct slice s, bool *ret_breaks_line)
{
    const bool is_command = s.data[0] == '{';
    const char *end =
        memchr(s.data, is_command ? '}' : '>', s.length < MAX_TAG ? s.length : MAX_TAG);

    *ret_breaks_line = false;
    if (!end || end == s.data + 1)
        return 0;
    const struct slice inside = slice_of(s.data + 1, (size_t)(end - s.data) - 1);
    const size_t length = inside.length + 2;
    if (is_command)
        return inside.data[0] == '\\' ? length : 0;
    const struct tag *tag = find_tag(tags, inside);
    *ret_breaks_line = tag && tag->breaks_line;
    return tag || (tags == WEBVTT_TAGS && is_moment(inside)) ? length : 0;
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

/* Text with tags, and with references where it is WebVTT. */
static void put_tagged(struct writer *w, struct slice text, const struct tag *tags)
{
    while (text.length > 0) {
        const char c = text.data[0];
        bool breaks_line = false;
        uint32_t character;
        size_t length = c == '<' || c == '{' ? tag_length(tags, text, &breaks_line) : 0;
        if (length > 0) {
            text = slice_skip(text, length);
            if (breaks_line)
                put_char(w, '\n');
            continue;
        }
        length = c == '&' && tags == WEBVTT_TAGS ? reference_at(text, &character) : 0;
        if (length > 0)
            text = slice_skip(text, length);
        else
            character = take_char(&text);
        put_char(w, character);
    }
}

/* Whether a drawing goes on behind the commands: "{\p1}" begins one, "{\p0}" ends it. */
static bool is_drawing(struct slice commands, bool was_drawing)
{
    for (size_t i = 0; i + 2 < commands.length; i++) {
        if (commands.data[i] == '\\' && commands.data[i + 1] == 'p' &&
            commands.data[i + 2] >= '0' && commands.data[i + 2] <= '9')
            was_drawing = commands.data[i + 2] != '0';
    }
    return was_drawing;
}

/* "\N" and "\n" break lines, "\h" is a hard space; what stands in braces are commands. */
static void put_ass(struct writer *w, struct slice payload)
{
    bool draws = false;

    for (int i = 0; i < N_ASS_FIELDS; i++)
        (void)slice_split(&payload, ',');
    while (payload.length > 0) {
        const char c = payload.data[0];
        const char next = payload.length > 1 ? payload.data[1] : '\0';
        if (c == '{') {
            draws = is_drawing(slice_split(&payload, '}'), draws);
        } else if (c == '\\' && (next == 'N' || next == 'n' || next == 'h')) {
            put_char(w, next == 'h' ? ' ' : '\n');
            payload = slice_skip(payload, 2);
        } else {
            const uint32_t character = take_char(&payload);
            if (!draws)
                put_char(w, character);
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
        if (c == 0)
            return;
        put_char(w, c == '\r' ? '\n' : c);
    }
}

static struct slice until_nul(struct slice text)
{
    const char *nul = text.length > 0 ? memchr(text.data, '\0', text.length) : NULL;

    return nul ? slice_of(text.data, (size_t)(nul - text.data)) : text;
}

static bool has_utf16_mark(struct slice text)
{
    const uint32_t mark = text.length >= 2 ? unit_at(text, 0, false) : 0;

    return mark == BYTE_ORDER_MARK || mark == 0xfffe;
}

static void put_mov_text(struct writer *w, struct slice payload)
{
    if (payload.length < 2)
        return;
    const size_t length = unit_at(payload, 0, false);
    struct slice text = slice_skip(payload, 2);
    if (text.length > length)
        text.length = length;
    if (has_utf16_mark(text)) {
        put_utf16(w, text);
        return;
    }
    text = until_nul(text);
    while (text.length > 0) {
        const uint32_t c = take_char(&text);
        put_char(w, c == '\r' ? '\n' : c);
    }
}

void caption_text_append(enum caption_form form, struct slice payload, struct buf *out)
{
    struct writer w = {.out = out, .start = out->length};

    if (form == CAPTION_MOV_TEXT) {
        put_mov_text(&w, payload);
        return;
    }
    if (has_utf16_mark(payload)) {
        put_utf16(&w, payload);
        return;
    }
    payload = until_nul(payload);
    switch (form) {
    case CAPTION_MOV_TEXT:
        break;
    case CAPTION_ASS:
        put_ass(&w, payload);
        break;
    case CAPTION_SUBRIP:
        put_tagged(&w, payload, SUBRIP_TAGS);
        break;
    case CAPTION_WEBVTT:
        put_tagged(&w, payload, WEBVTT_TAGS);
        break;
    }
}

void caption_time_append(int64_t ms, struct buf *out)
{
    buf_printf(out, "%02" PRId64 ":%02" PRId64 ":%02" PRId64 ".%03" PRId64, ms / 3600000,
               ms / 60000 % 60, ms / 1000 % 60, ms % 1000);
}
