// SPDX-License-Identifier: GPL-3.0-or-later
/* representation.c - RFC 9110's selected representation: preconditions, ranges, compression. */
#include <stdio.h>

#include "common/err.h"
#include "server/http/exchange/exchange_core.h"
#include "server/http/exchange/negotiate.h"
#include "server/http/exchange/problem.h"
#include "server/http/message/conditional.h"
#include "server/http/message/range.h"

enum { MAX_FIELDS = 8, RANGE_TEXT_SIZE = 72, PART_HEAD_SIZE = 320 };

/* Where the bytes are: in memory, or in a file. */
struct source {
    struct slice memory;
    struct http_file *file; /* NULL: in memory */
    uint64_t offset;        /* in the file */
    uint64_t length;
};

/* An answer being put together. */
struct draft {
    struct http_exchange *x;
    const struct http_representation *r;
    struct source source;
    struct http_header fields[MAX_FIELDS];
    struct answer_head head;
};

static void add_field(struct draft *d, const char *name, const char *value)
{
    d->fields[d->head.n_fields++] = HTTP_HEADER(name, value);
}

static void send_draft(struct draft *d, int status, uint64_t content_length)
{
    d->head.status = status;
    d->head.fields = d->fields;
    d->head.more = d->r->headers;
    d->head.content_length = content_length;
    exchange_answer(d->x, &d->head);
}

/* The fields that 200, 206 and 304 have in common (RFC 9110 §15.4.5). */
static void add_common_fields(struct draft *d)
{
    if (d->r->etag)
        add_field(d, "etag", d->r->etag);
    if (d->r->cache_control)
        add_field(d, "cache-control", d->r->cache_control);
    if (d->r->is_compressible)
        add_field(d, "vary", "accept-encoding");
    if (d->source.file)
        add_field(d, "accept-ranges", "bytes");
}

static struct body_part part_of(const struct source *source, const struct http_range *range)
{
    if (source->file)
        return (struct body_part){.offset = source->offset + range->offset,
                                  .length = range->length};
    return (struct body_part){.memory = source->memory.data + range->offset,
                              .length = range->length};
}

static void set_range(struct draft *d, const struct http_range *range)
{
    const struct body_part part = part_of(&d->source, range);

    if (d->source.file)
        answer_body_set_file(&d->x->answer, d->source.file, part.offset, part.length);
    else
        answer_body_set_memory(&d->x->answer, slice_of(part.memory, (size_t)part.length));
}

static void format_range(const struct http_range *range, uint64_t size, char text[RANGE_TEXT_SIZE])
{
    (void)snprintf(text, RANGE_TEXT_SIZE, "bytes %llu-%llu/%llu", (unsigned long long)range->offset,
                   (unsigned long long)(range->offset + range->length - 1),
                   (unsigned long long)size);
}

static void answer_one_range(struct draft *d, const struct http_range *range)
{
    char text[RANGE_TEXT_SIZE];

    format_range(range, d->source.length, text);
    add_field(d, "content-type", d->r->content_type);
    add_field(d, "content-range", text);
    set_range(d, range);
    send_draft(d, 206, range->length);
}

static struct body_part memory_part(const char *text)
{
    return (struct body_part){.memory = text, .length = strlen(text)};
}

/* Writes the delimiter and fields before a part's bytes; NULL when memory is out. */
static const char *part_head(struct draft *d, const struct http_range *range)
{
    char range_text[RANGE_TEXT_SIZE];
    char text[PART_HEAD_SIZE];

    format_range(range, d->source.length, range_text);
    const int n =
        snprintf(text, sizeof text, "\r\n--%s\r\nContent-Type: %s\r\nContent-Range: %s\r\n\r\n",
                 d->x->loop->boundary, d->r->content_type, range_text);
    if (n < 0 || (size_t)n >= sizeof text)
        return NULL;
    return arena_copy(&d->x->arena, slice_of(text, (size_t)n));
}

/* multipart/byteranges (RFC 9110 §14.6): a head and the bytes for each range, and a final line. */
static int set_parts(struct draft *d, const struct http_ranges *ranges, uint64_t *ret_length)
{
    const size_t n_parts = 2 * ranges->n + 1;
    struct body_part *parts = arena_alloc(&d->x->arena, n_parts * sizeof *parts);
    char *last = arena_alloc(&d->x->arena, LOOP_BOUNDARY_LENGTH + 16);
    uint64_t length = 0;

    if (!parts || !last)
        return ERR_NO_MEMORY;
    for (size_t i = 0; i < ranges->n; i++) {
        const char *head = part_head(d, &ranges->items[i]);
        if (!head)
            return ERR_NO_MEMORY;
        parts[2 * i] = memory_part(head);
        parts[2 * i + 1] = part_of(&d->source, &ranges->items[i]);
    }
    (void)snprintf(last, LOOP_BOUNDARY_LENGTH + 16, "\r\n--%s--\r\n", d->x->loop->boundary);
    parts[n_parts - 1] = memory_part(last);
    for (size_t i = 0; i < n_parts; i++)
        length += parts[i].length;
    answer_body_set_parts(&d->x->answer, parts, n_parts, d->source.file);
    *ret_length = length;
    return 0;
}

static void answer_many_ranges(struct draft *d, const struct http_ranges *ranges)
{
    char type[64 + LOOP_BOUNDARY_LENGTH];
    uint64_t length = 0;

    if (set_parts(d, ranges, &length) < 0) {
        http_answer(d->x, 503, NULL);
        return;
    }
    (void)snprintf(type, sizeof type, "multipart/byteranges; boundary=%s", d->x->loop->boundary);
    add_field(d, "content-type", type);
    send_draft(d, 206, length);
}

static void answer_no_range(struct draft *d)
{
    char text[RANGE_TEXT_SIZE];

    (void)snprintf(text, sizeof text, "bytes */%llu", (unsigned long long)d->source.length);
    d->head.n_fields = 0;
    add_field(d, "content-range", text);
    send_draft(d, 416, 0);
}

/* The tag of the compressed form: other bytes, so another strong tag; etag_list_has() takes both
 * for the same version. */
static void replace_etag(struct draft *d, const char *suffix)
{
    const size_t length = strlen(d->r->etag);
    const size_t size = length + strlen(suffix);
    char *etag = arena_alloc(&d->x->arena, size);

    if (!etag || length < 2)
        return;
    (void)snprintf(etag, size, "%.*s%s", (int)length - 1, d->r->etag, suffix);
    d->fields[0] = HTTP_HEADER("etag", etag); /* add_common_fields() put it first */
}

static void answer_whole(struct draft *d)
{
    struct slice body = d->source.memory;
    const struct http_range all = {.length = d->source.length};
    const char *coding =
        d->r->is_compressible && !d->source.file ? compress_body(d->x, &body) : NULL;

    add_field(d, "content-type", d->r->content_type);
    if (coding) {
        if (d->r->etag)
            replace_etag(d, coding[0] == 'b' ? ETAG_BROTLI_SUFFIX : ETAG_GZIP_SUFFIX);
        add_field(d, "content-encoding", coding);
        answer_body_set_memory(&d->x->answer, body);
        send_draft(d, 200, body.length);
        return;
    }
    set_range(d, &all);
    send_draft(d, 200, d->source.length);
}

/* Range is defined for GET only (RFC 9110 §14.2). */
static int find_ranges(const struct draft *d, struct http_ranges *ret_ranges)
{
    const struct http_request *request = &d->x->request;
    const struct slice range = http_request_header(request, "range");

    if (!range.data || request->method != HTTP_GET ||
        !if_range_holds(http_request_header(request, "if-range"), slice_from(d->r->etag)))
        return ERR_INVALID;
    return http_ranges_parse(range, d->source.length, ret_ranges);
}

/* By the tag of the form that the client has: a cache renews what it holds under that tag, and no
 * other form (RFC 9111 §4.3.4). */
static void answer_not_modified(struct draft *d, struct slice if_none_match)
{
    const struct slice known = etag_list_known(if_none_match, slice_from(d->r->etag));

    if (known.length > 0 && d->r->is_compressible)
        d->fields[0].value = known; /* add_common_fields() put it first */
    send_draft(d, 304, 0);
}

static void answer_source(struct draft *d)
{
    const struct http_request *request = &d->x->request;
    const struct slice if_none_match = http_request_header(request, "if-none-match");
    const bool is_read = request->method == HTTP_GET || request->method == HTTP_HEAD;
    struct http_ranges ranges;

    add_common_fields(d);
    switch (precondition_check(http_request_header(request, "if-match"), if_none_match,
                               slice_from(d->r->etag), is_read)) {
    case PRECONDITION_NOT_MODIFIED:
        answer_not_modified(d, if_none_match);
        return;
    case PRECONDITION_FAILED:
        http_answer_problem(d->x, &HTTP_PRECONDITION_FAILED, NULL, NULL);
        return;
    case PRECONDITION_HOLDS:
        break;
    }
    const int err = find_ranges(d, &ranges);
    if (err == ERR_NOT_FOUND)
        answer_no_range(d);
    else if (err < 0)
        answer_whole(d);
    else if (ranges.n == 1)
        answer_one_range(d, &ranges.items[0]);
    else
        answer_many_ranges(d, &ranges);
}

void http_answer_representation(struct http_exchange *x, const struct http_representation *r,
                                struct slice body)
{
    struct draft d = {.x = x, .r = r, .source = {.memory = body, .length = body.length}};

    answer_source(&d);
}

void http_answer_file(struct http_exchange *x, const struct http_representation *r,
                      struct http_file *file, uint64_t offset, uint64_t length)
{
    struct draft d = {.x = x, .r = r, .source = {.file = file, .offset = offset, .length = length}};

    x->paced_bytes_per_s = r->paced_bytes_per_s;
    answer_source(&d);
}
