// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/http/exchange/prepared.h"

#include <stdbool.h>
#include <stdlib.h>

#include "common/buf.h"
#include "common/err.h"
#include "server/http/exchange/exchange_core.h"
#include "server/http/exchange/file_core.h"
#include "server/http/exchange/negotiate.h"
#include "server/http/exchange/read_ahead.h"
#include "server/http/message/accept_encoding.h"
#include "server/http/message/chars.h"
#include "server/http/message/conditional.h"

/* A long part of a file is sent from where its first page ends; what stands before, its lead, is in
 * memory and leaves with the head. sendfile() from the middle of a page costs almost twice as much
 * (docs/performance.md). */
enum { MAX_FIELDS = 16, BLOCK_LIMIT = 8192, PAGE_BYTES = 4096, MAX_ETAG_BYTES = 255 };

/* A complete 200 answer: the fields as HTTP/1.1 writes them, and the same as slices of that text.
 */
struct form {
    struct buf block;
    struct http_header fields[MAX_FIELDS];
    size_t n_fields; /* without content-length */
    struct slice body;
};

/* The better one first. */
enum coding { CODING_BROTLI, CODING_GZIP, N_CODINGS };

static const struct {
    const char *name;
    const char *etag_suffix;
} CODINGS[N_CODINGS] = {
    [CODING_BROTLI] = {"br", ETAG_BROTLI_SUFFIX},
    [CODING_GZIP] = {"gzip", ETAG_GZIP_SUFFIX},
};

/* A compressed form: made when it is first asked for. */
struct packed {
    struct form form; /* block.length is 0 when it was not made */
    char *memory;     /* owned */
    bool is_decided;  /* made, or known not to pay */
};

struct http_prepared {
    struct http_representation representation;
    char *etag;          /* owned; NULL for none */
    char *cache_control; /* owned; NULL for none */
    unsigned n_references;
    struct form plain;
    struct packed packed[N_CODINGS];
    char *memory;           /* owned: all bytes, or the lead of a long file part */
    size_t lead_length;     /* 0: all bytes */
    struct http_file *file; /* a reference; NULL when there was none */
    uint64_t offset;        /* in the file */
    uint64_t length;
    struct body_part parts[2]; /* with a lead: that, and the rest of the file part */
};

/* ---- Making one ---- */

/* Field names and values go into the text first and become slices when it no longer moves. */
static void add_field(struct form *form, struct slice name, struct slice value)
{
    const size_t n = form->n_fields;
    struct http_header *field = &form->fields[n < MAX_FIELDS ? n : 0];

    if (!chars_are_field_value(value))
        return; /* it would be a field or an answer of its own */
    if (n == MAX_FIELDS) {
        form->block.err = ERR_TOO_LARGE;
        return;
    }
    field->name = slice_of(NULL, name.length);
    field->value = slice_of(NULL, value.length);
    form->n_fields++;
    buf_append_slice(&form->block, name);
    buf_append_text(&form->block, ": ");
    buf_append_slice(&form->block, value);
    buf_append_text(&form->block, "\r\n");
}

static void add_text_field(struct form *form, const char *name, const char *value)
{
    if (value)
        add_field(form, slice_from(name), slice_from(value));
}

static void point_into_block(struct form *form)
{
    const char *at = form->block.data;

    for (size_t i = 0; i < form->n_fields; i++) {
        form->fields[i].name.data = at;
        form->fields[i].value.data = at + form->fields[i].name.length + 2;
        at = form->fields[i].value.data + form->fields[i].value.length + 2;
    }
}

/* What representation.c says in a 200 answer; coding is NULL for none. */
static int make_form(const struct http_prepared *p, const char *etag, const char *coding,
                     struct slice body, uint64_t length, struct form *form)
{
    const struct http_representation *r = &p->representation;

    *form = (struct form){.block = buf_with_limit(BLOCK_LIMIT), .body = body};
    add_text_field(form, "etag", etag);
    add_text_field(form, "cache-control", r->cache_control);
    add_text_field(form, "vary", r->is_compressible ? "accept-encoding" : NULL);
    add_text_field(form, "accept-ranges", p->file ? "bytes" : NULL);
    add_text_field(form, "content-type", r->content_type);
    add_text_field(form, "content-encoding", coding);
    for (size_t i = 0; r->headers && i < r->headers->n_fields; i++)
        add_field(form, r->headers->fields[i].name, r->headers->fields[i].value);
    buf_printf(&form->block, "content-length: %llu\r\n", (unsigned long long)length);
    if (form->block.err) {
        buf_clear(&form->block);
        return ERR_NO_MEMORY;
    }
    point_into_block(form);
    return 0;
}

static int copy_text(const char *text, char **ret_copy)
{
    *ret_copy = text ? strdup(text) : NULL;
    return text && !*ret_copy ? ERR_NO_MEMORY : 0;
}

/* Takes over p->file and p->memory, which the caller has set. */
static int finish(struct http_prepared *p, const struct http_representation *r,
                  struct http_prepared **ret_prepared)
{
    const bool is_in_memory = p->memory && p->lead_length == 0;
    const struct slice body =
        slice_of(is_in_memory ? p->memory : NULL, is_in_memory ? (size_t)p->length : 0);

    p->representation = *r;
    p->n_references = 1;
    if (copy_text(r->etag, &p->etag) || copy_text(r->cache_control, &p->cache_control))
        return ERR_NO_MEMORY;
    p->representation.etag = p->etag;
    p->representation.cache_control = p->cache_control;
    const int err = make_form(p, p->etag, NULL, body, p->length, &p->plain);
    if (err == 0)
        *ret_prepared = p;
    return err;
}

int http_prepared_new_bytes(const struct http_representation *r, struct slice body,
                            struct http_prepared **ret_prepared)
{
    struct http_prepared *p = calloc(1, sizeof *p);

    if (!p)
        return ERR_NO_MEMORY;
    p->length = body.length;
    p->memory = malloc(body.length + 1);
    if (p->memory && body.length > 0)
        memcpy(p->memory, body.data, body.length);
    const int err = p->memory ? finish(p, r, ret_prepared) : ERR_NO_MEMORY;
    if (err < 0) {
        p->n_references = 1;
        http_prepared_unref(p);
    }
    return err;
}

/* Reads the first bytes of the part. */
static int read_memory(struct http_prepared *p, size_t length)
{
    p->memory = malloc(length + 1);
    if (!p->memory)
        return ERR_NO_MEMORY;
    return read_without_waiting(p->file, p->memory, length, p->offset);
}

static int read_lead(struct http_prepared *p)
{
    const size_t lead = PAGE_BYTES - (size_t)(p->offset % PAGE_BYTES);

    if (lead == PAGE_BYTES)
        return 0;
    const int err = read_memory(p, lead);
    p->lead_length = lead;
    p->parts[0] = (struct body_part){.memory = p->memory, .length = lead};
    p->parts[1] = (struct body_part){.offset = p->offset + lead, .length = p->length - lead};
    return err;
}

int http_prepared_new_file(const struct http_representation *r, struct http_file *file,
                           uint64_t offset, uint64_t length, struct http_prepared **ret_prepared)
{
    struct http_prepared *p = calloc(1, sizeof *p);
    int err = 0;

    if (!p)
        return ERR_NO_MEMORY;
    http_file_ref(file);
    p->file = file;
    p->offset = offset;
    p->length = length;
    if (length <= HTTP_MAX_MEMORY_BYTES)
        err = read_memory(p, (size_t)length);
    else
        err = read_lead(p);
    if (err == 0)
        err = finish(p, r, ret_prepared);
    if (err < 0) {
        p->n_references = 1;
        http_prepared_unref(p);
    }
    return err;
}

size_t http_prepared_size(const struct http_prepared *p)
{
    const size_t n_forms = p->representation.is_compressible ? 1 + N_CODINGS : 1;

    return sizeof *p + p->lead_length + n_forms * (p->plain.block.capacity + p->plain.body.length);
}

void http_prepared_ref(struct http_prepared *p)
{
    p->n_references++;
}

void http_prepared_unref(struct http_prepared *p)
{
    if (!p || --p->n_references > 0)
        return;
    http_file_unref(p->file);
    buf_clear(&p->plain.block);
    for (size_t i = 0; i < N_CODINGS; i++) {
        buf_clear(&p->packed[i].form.block);
        free(p->packed[i].memory);
    }
    free(p->memory);
    free(p->etag);
    free(p->cache_control);
    free(p);
}

/* ---- The compressed forms ---- */

/* The tag of other bytes: see replace_etag() in representation.c. */
static int packed_etag(const char *etag, const char *suffix, char text[MAX_ETAG_BYTES + 1])
{
    const size_t length = strlen(etag);

    if (length < 2 || length - 1 + strlen(suffix) > MAX_ETAG_BYTES)
        return ERR_INVALID;
    memcpy(text, etag, length - 1);
    memcpy(text + length - 1, suffix, strlen(suffix) + 1);
    return 0;
}

/* Once; when memory is out or it does not pay, another form serves. */
static void decide_packed(struct http_prepared *p, enum coding coding,
                          struct compressor *compressor)
{
    struct packed *packed = &p->packed[coding];
    char etag[MAX_ETAG_BYTES + 1];
    size_t length = 0;

    packed->is_decided = true;
    if (!p->plain.body.data || p->length < HTTP_MIN_COMPRESS_BYTES ||
        p->length > (coding == CODING_BROTLI ? HTTP_MAX_BROTLI_BYTES : HTTP_MAX_COMPRESS_BYTES) ||
        (p->etag && packed_etag(p->etag, CODINGS[coding].etag_suffix, etag) < 0))
        return;
    const size_t size = (size_t)p->length - HTTP_MIN_COMPRESS_BYTES / 10;
    packed->memory = malloc(size);
    if (!packed->memory)
        return;
    const int err = coding == CODING_BROTLI
                        ? compress_brotli(p->plain.body, packed->memory, size, &length)
                        : compress_gzip(compressor, p->plain.body, packed->memory, size, &length);
    if (err == 0)
        (void)make_form(p, p->etag ? etag : NULL, CODINGS[coding].name,
                        slice_of(packed->memory, length), length, &packed->form);
}

static const struct form *choose_form(struct http_exchange *x, struct http_prepared *p,
                                      struct slice accept_encoding)
{
    for (enum coding i = 0; p->representation.is_compressible && i < N_CODINGS; i++) {
        if (!accepts_encoding(accept_encoding, CODINGS[i].name))
            continue;
        if (!p->packed[i].is_decided)
            decide_packed(p, i, &x->loop->compressor);
        if (p->packed[i].form.block.length > 0)
            return &p->packed[i].form;
    }
    return &p->plain;
}

/* ---- Answering ---- */

/* Whether the request asks for the whole of it without conditions; then also what it accepts. */
static bool asks_for_all(const struct http_request *request, struct slice *ret_accept_encoding)
{
    if (request->method != HTTP_GET && request->method != HTTP_HEAD)
        return false;
    for (size_t i = 0; i < request->n_headers; i++) {
        const struct http_header *field = &request->headers[i];
        switch (field->name.length) {
        case sizeof "range" - 1:
            if (slice_equals_nocase(field->name, slice_from("range")))
                return false;
            break;
        case sizeof "if-match" - 1: /* if-range means nothing without range */
            if (slice_equals_nocase(field->name, slice_from("if-match")))
                return false;
            break;
        case sizeof "if-none-match" - 1:
            if (slice_equals_nocase(field->name, slice_from("if-none-match")))
                return false;
            break;
        case sizeof "accept-encoding" - 1:
            if (!ret_accept_encoding->data &&
                slice_equals_nocase(field->name, slice_from("accept-encoding")))
                *ret_accept_encoding = field->value;
            break;
        default:
            break;
        }
    }
    return true;
}

static void release(void *owner)
{
    http_prepared_unref(owner);
}

void http_answer_prepared(struct http_exchange *x, struct http_prepared *p)
{
    struct slice accept_encoding = slice_of(NULL, 0);

    http_prepared_ref(p);
    answer_body_set_owner(&x->answer, p, release);
    x->paced_bytes_per_s = p->representation.paced_bytes_per_s;
    if (!asks_for_all(&x->request, &accept_encoding)) {
        if (p->file)
            http_answer_file(x, &p->representation, p->file, p->offset, p->length);
        else
            http_answer_representation(x, &p->representation,
                                       slice_of(p->memory, (size_t)p->length));
        return;
    }
    const struct form *form = choose_form(x, p, accept_encoding);
    const struct answer_head head = {
        .status = 200,
        .fields = form->fields,
        .n_fields = form->n_fields,
        .content_length = form->body.data ? form->body.length : p->length,
        .h1_block = buf_slice(&form->block),
    };
    if (form->body.data)
        answer_body_set_memory(&x->answer, form->body);
    else if (p->lead_length > 0)
        answer_body_set_parts(&x->answer, p->parts, 2, p->file);
    else
        answer_body_set_file(&x->answer, p->file, p->offset, p->length);
    exchange_answer(x, &head);
}
