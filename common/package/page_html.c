// SPDX-License-Identifier: GPL-3.0-or-later
#include "common/package/page_html.h"

#include <inttypes.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "common/encode.h"

static const int64_t SECOND_US = 1000000;
static const int64_t HOUR_S = 3600;

enum { LINK_EVERY_S = 30, BLOCK_BYTES = 3 << 10 };

/* The words of the page: most of its readers read Vietnamese. */
struct words {
    const char *lecture, *slide;
};

static const struct words *words_of(const char *language)
{
    static const struct words VI = {"Bài giảng", "Trang"};
    static const struct words EN = {"Lecture", "Slide"};

    return strncmp(language, "vi", 2) == 0 || strcmp(language, "und") == 0 ? &VI : &EN;
}

static size_t inline_bytes(const struct page_slide *slide)
{
    return (slide->webp.length + 2) / 3 * 4;
}

void page_html_fit(struct page_html *page)
{
    const int64_t share = page->duration_us / SECOND_US * PAGE_HOUR_BYTES / HOUR_S;
    const size_t most = share > PAGE_FEW_BYTES ? (size_t)share : PAGE_FEW_BYTES;
    size_t bytes = 0;

    for (size_t i = 0; i < page->n_slides; i++)
        bytes += inline_bytes(&page->slides[i]);
    while (bytes > most) {
        struct page_slide *shortest = NULL;
        int64_t shortest_us = INT64_MAX;
        for (size_t i = 0; i < page->n_slides; i++) {
            struct page_slide *slide = &page->slides[i];
            const int64_t end_us = i + 1 < page->n_slides ? slide[1].start_us : page->duration_us;
            if (slide->webp.length == 0 || end_us - slide->start_us >= shortest_us)
                continue;
            shortest = slide;
            shortest_us = end_us - slide->start_us;
        }
        if (!shortest)
            return;
        bytes -= inline_bytes(shortest);
        shortest->webp = (struct slice){0};
    }
}

static void append_escaped(struct slice text, struct buf *out)
{
    for (size_t i = 0; i < text.length; i++) {
        const char c = text.data[i];
        if (c == '<')
            buf_append_text(out, "&lt;");
        else if (c == '>')
            buf_append_text(out, "&gt;");
        else if (c == '&')
            buf_append_text(out, "&amp;");
        else if (c == '"')
            buf_append_text(out, "&quot;");
        else if ((unsigned char)c >= ' ' || c == '\t')
            buf_append_char(out, c);
    }
}

/* "1:02:05", "2:05" */
static void append_clock(int64_t s, struct buf *out)
{
    if (s >= HOUR_S)
        buf_printf(out, "%" PRId64 ":%02" PRId64 ":%02" PRId64, s / HOUR_S, s / 60 % 60, s % 60);
    else
        buf_printf(out, "%" PRId64 ":%02" PRId64, s / 60, s % 60);
}

static void append_link(const struct page_html *page, int64_t us, struct buf *out)
{
    buf_append_text(out, "<a href=\"");
    append_escaped(slice_from(page->link), out);
    buf_printf(out, "%" PRId64 "\">", us / SECOND_US);
    append_clock(us / SECOND_US, out);
    buf_append_text(out, "</a>");
}

/* ---- captions ---- */

struct cue {
    int64_t start_us;
    struct slice text; /* lines, with markup */
};

/* Takes a whole number of up to `most` from the front. */
static bool take_number(struct slice *text, int64_t most, int64_t *ret_number)
{
    size_t n = 0;
    int64_t number = 0;

    while (n < text->length && n < 6 && text->data[n] >= '0' && text->data[n] <= '9')
        number = number * 10 + (text->data[n++] - '0');
    if (n == 0 || number > most)
        return false;
    *text = slice_skip(*text, n);
    *ret_number = number;
    return true;
}

static bool take_char(struct slice *text, char c)
{
    if (text->length == 0 || text->data[0] != c)
        return false;
    *text = slice_skip(*text, 1);
    return true;
}

/* WebVTT's timestamp: [hours:]minutes:seconds.milliseconds */
static bool read_time(struct slice text, int64_t *ret_us)
{
    int64_t parts[3];
    int64_t ms;
    int n = 0;

    do {
        if (!take_number(&text, n == 0 ? 99999 : 59, &parts[n]))
            return false;
        n++;
    } while (n < 3 && take_char(&text, ':'));
    if (n < 2 || !take_char(&text, '.') || !take_number(&text, 999, &ms))
        return false;
    const int64_t s =
        n == 3 ? parts[0] * HOUR_S + parts[1] * 60 + parts[2] : parts[0] * 60 + parts[1];
    *ret_us = s * SECOND_US + ms * 1000;
    return true;
}

static struct slice take_line(struct slice *rest)
{
    struct slice line = slice_split(rest, '\n');

    if (line.length > 0 && line.data[line.length - 1] == '\r')
        line.length--;
    return line;
}

/* The next cue; false at the end. Whatever is no cue is passed over. */
static bool take_cue(struct slice *rest, struct cue *ret_cue)
{
    while (rest->length > 0) {
        const struct slice line = take_line(rest);
        if (!memmem(line.data, line.length, "-->", 3) || !read_time(line, &ret_cue->start_us))
            continue;
        const char *start = rest->data;
        size_t length = 0;
        while (rest->length > 0) {
            const struct slice text = take_line(rest);
            if (text.length == 0)
                break;
            length = (size_t)(text.data - start) + text.length;
        }
        ret_cue->text = slice_of(start, length);
        return true;
    }
    return false;
}

/* WebVTT escapes as HTML does. */
static bool is_escape(struct slice text)
{
    static const char *const ESCAPES[] = {"&amp;", "&lt;", "&gt;", "&nbsp;", "&lrm;", "&rlm;"};

    for (size_t i = 0; i < sizeof ESCAPES / sizeof ESCAPES[0]; i++) {
        if (slice_starts_with(text, ESCAPES[i]))
            return true;
    }
    return false;
}

/* The words of a cue: tags are left out, lines become one. */
static void append_cue_text(struct slice text, struct buf *out)
{
    while (text.length > 0) {
        const char c = text.data[0];
        const char *end = c == '<' ? memchr(text.data, '>', text.length) : NULL;
        if (end) {
            text = slice_skip(text, (size_t)(end - text.data) + 1);
            continue;
        }
        if (c == '\n')
            buf_append_char(out, ' ');
        else if (c == '&' && is_escape(text))
            buf_append_char(out, c);
        else
            append_escaped(slice_of(text.data, 1), out);
        text = slice_skip(text, 1);
    }
}

/* The cues that start before `until`, as one paragraph with a link now and then. *cue is the first
 * of them, and the first behind them afterwards. */
static void append_words(const struct page_html *page, int64_t until_us, struct slice *rest,
                         struct cue *cue, bool *has_cue, struct buf *out)
{
    int64_t link_us = INT64_MIN;

    if (!*has_cue || cue->start_us >= until_us)
        return;
    buf_append_text(out, "<p>");
    for (; *has_cue && cue->start_us < until_us; *has_cue = take_cue(rest, cue)) {
        if (cue->start_us >= link_us) {
            append_link(page, cue->start_us, out);
            link_us = cue->start_us + LINK_EVERY_S * SECOND_US;
            buf_append_char(out, ' ');
        }
        append_cue_text(cue->text, out);
        buf_append_char(out, '\n');
    }
    buf_append_text(out, "</p>\n");
}

/* ---- the page ---- */

static void append_base64(struct slice bytes, struct buf *out)
{
    char text[BLOCK_BYTES / 3 * 4 + 1];

    for (size_t at = 0; at < bytes.length; at += BLOCK_BYTES) {
        const size_t rest = bytes.length - at;
        encode_base64(bytes.data + at, rest < BLOCK_BYTES ? rest : BLOCK_BYTES, text);
        buf_append_text(out, text);
    }
}

static void append_head(const struct page_html *page, struct buf *out)
{
    const bool is_known = strcmp(page->language, "und") != 0;
    const struct slice word = slice_from(words_of(page->language)->lecture);
    const struct slice title = page->title.length ? page->title : word;

    buf_append_text(out, "<!DOCTYPE html>\n<html lang=\"");
    append_escaped(slice_from(is_known ? page->language : "vi"), out);
    buf_append_text(out,
                    "\">\n<head>\n<meta charset=\"utf-8\">\n"
                    "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
                    "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; "
                    "img-src data:; style-src 'unsafe-inline'\">\n<title>");
    append_escaped(title, out);
    buf_append_text(out,
                    "</title>\n<style>\n"
                    "body { max-width: 46rem; margin: 0 auto; padding: 0 .75rem; "
                    "font: 1.05rem/1.5 sans-serif; overflow-wrap: break-word }\n"
                    "img { display: block; width: 100%; height: auto; border: 1px solid #ccc }\n"
                    "h2 { font-size: 1rem; margin: 1.5rem 0 .25rem }\n"
                    "section { break-inside: avoid }\n"
                    "@media print { body { max-width: none } a { color: inherit; "
                    "text-decoration: none } }\n"
                    "</style>\n</head>\n<body>\n<h1>");
    append_escaped(title, out);
    buf_append_text(out, "</h1>\n");
}

static void append_picture(const struct page_html *page, size_t number, struct buf *out)
{
    const struct page_slide *slide = &page->slides[number];

    if (slide->webp.length == 0)
        return;
    buf_printf(out, "<img width=\"%" PRIu32 "\" height=\"%" PRIu32 "\" alt=\"%s %zu\" src=\"data:",
               page->width, page->height, words_of(page->language)->slide, number + 1);
    buf_append_text(out, "image/webp;base64,");
    append_base64(slide->webp, out);
    buf_append_text(out, "\">\n");
}

void page_html_write(const struct page_html *page, struct buf *out)
{
    struct slice rest = page->captions;
    struct cue cue;
    bool has_cue = take_cue(&rest, &cue);

    append_head(page, out);
    append_words(page, page->n_slides ? page->slides[0].start_us : INT64_MAX, &rest, &cue, &has_cue,
                 out);
    for (size_t i = 0; i < page->n_slides; i++) {
        const int64_t until_us = i + 1 < page->n_slides ? page->slides[i + 1].start_us : INT64_MAX;
        buf_printf(out, "<section>\n<h2>%s %zu · ", words_of(page->language)->slide, i + 1);
        append_link(page, page->slides[i].start_us, out);
        buf_append_text(out, "</h2>\n");
        append_picture(page, i, out);
        append_words(page, until_us, &rest, &cue, &has_cue, out);
        buf_append_text(out, "</section>\n");
    }
    buf_append_text(out, "</body>\n</html>\n");
}
