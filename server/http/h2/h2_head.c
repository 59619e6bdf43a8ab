// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/http/h2/h2_head.h"

#include "common/err.h"
#include "server/http/message/chars.h"
#include "server/http/message/fields.h"
#include "server/http/message/target.h"

/* ---- Collecting ---- */

/* RFC 9113 §8.2.1. Values may not begin or end with white space: who trims them sees others. */
static bool is_good_value(struct slice value)
{
    for (size_t i = 0; i < value.length; i++) {
        if (!char_is_field_value(value.data[i]))
            return false;
    }
    return slice_trim(value).length == value.length;
}

static bool is_good_name(struct slice name)
{
    if (name.length > 0 && name.data[0] == ':')
        name = slice_skip(name, 1);
    for (size_t i = 0; i < name.length; i++) {
        if (name.data[i] >= 'A' && name.data[i] <= 'Z')
            return false;
    }
    return chars_all_in(&CHARS_TOKEN, name);
}

void h2_draft_add(struct h2_draft *draft, struct slice name, struct slice value)
{
    const size_t length = name.length + value.length;

    draft->size += length + HTTP_FIELD_OVERHEAD_BYTES;
    if (draft->is_too_large)
        return;
    if (!is_good_name(name) || !is_good_value(value))
        draft->is_malformed = true;
    if (draft->size > HTTP_MAX_HEAD_BYTES || draft->n_fields == H2_MAX_DRAFT_FIELDS) {
        draft->is_too_large = true;
        return;
    }
    draft->fields[draft->n_fields++] =
        (struct h2_draft_field){.name_length = (uint16_t)name.length,
                                .value_length = (uint16_t)value.length};
    memcpy(draft->text + draft->n_bytes, name.data, name.length);
    if (value.length > 0)
        memcpy(draft->text + draft->n_bytes + name.length, value.data, value.length);
    draft->n_bytes += length;
    if (slice_is(name, "cookie"))
        draft->n_cookie_bytes += value.length + 2;
}

/* ---- Understanding ---- */

/* A head in the making. A refusal is remembered while the rest is read: that the request is
 * malformed may show only then, and counts more. */
struct reading {
    const struct h2_draft *draft;
    char *text;   /* a copy of the draft's */
    char *at;     /* how far it was read */
    char *cookie; /* where the joined cookies end so far, behind the text */
    struct http_header *fields;
    struct h2_head head;
    struct field_memory memory;
    struct slice method;
    struct slice scheme;
    struct slice authority;
    struct slice path;
    struct slice host_field;
    size_t n_regular; /* fields that are no pseudo-fields */
    bool has_length;
    int refusal; /* the first status, 0 so far */
};

static void refuse(struct reading *r, int status)
{
    if (r->refusal == 0)
        r->refusal = status;
}

/* Those of requests (RFC 9113 §8.3.1), each at most once and before the others. */
static int take_pseudo(struct reading *r, struct slice name, struct slice value)
{
    struct slice *to = NULL;

    if (slice_is(name, ":method"))
        to = &r->method;
    else if (slice_is(name, ":scheme"))
        to = &r->scheme;
    else if (slice_is(name, ":authority"))
        to = &r->authority;
    else if (slice_is(name, ":path"))
        to = &r->path;
    if (!to || to->data || r->n_regular > 0)
        return ERR_INVALID;
    *to = value;
    return 0;
}

/* Fields that speak about a connection have no place here (RFC 9113 §8.2.2). */
static bool is_of_connection(struct slice name, struct slice value)
{
    static const char *const NAMES[] = {"connection", "proxy-connection", "keep-alive",
                                        "transfer-encoding", "upgrade"};

    for (size_t i = 0; i < sizeof NAMES / sizeof NAMES[0]; i++) {
        if (slice_is(name, NAMES[i]))
            return true;
    }
    return slice_is(name, "te") && !slice_is(value, "trailers");
}

static void take_expect(struct reading *r, struct slice value)
{
    if (slice_equals_nocase(value, slice_from("100-continue")))
        r->head.expects_continue = true;
    else
        refuse(r, 417);
}

static int take_known(struct reading *r, struct slice name, struct slice value)
{
    switch (field_note(&r->memory, name)) {
    case FIELD_HOST:
        r->host_field = value;
        return 0;
    case FIELD_CONTENT_LENGTH:
        r->has_length = true;
        return field_parse_length(value, &r->head.content_length);
    case FIELD_EXPECT:
        take_expect(r, value);
        return 0;
    case ERR_INVALID:
        if (slice_is(name, "content-length"))
            return ERR_INVALID;
        refuse(r, 400);
        return 0;
    default:
        return 0;
    }
}

static void add_field(struct reading *r, struct slice name, struct slice value)
{
    r->fields[r->head.n_fields++] = (struct http_header){.name = name, .value = value};
}

static void add_cookie(struct reading *r, struct slice value)
{
    if (r->cookie > r->text + r->draft->n_bytes) {
        *r->cookie++ = ';';
        *r->cookie++ = ' ';
    }
    if (value.length > 0)
        memcpy(r->cookie, value.data, value.length);
    r->cookie += value.length;
}

static int take_field(struct reading *r, const struct h2_draft_field *field)
{
    const struct slice name = slice_of(r->at, field->name_length);
    const struct slice value = slice_of(r->at + field->name_length, field->value_length);

    r->at += field->name_length + field->value_length;
    if (name.data[0] == ':')
        return take_pseudo(r, name, value);
    r->n_regular++;
    if (is_of_connection(name, value))
        return ERR_INVALID;
    if (name.length + value.length > HTTP_MAX_FIELD_BYTES)
        refuse(r, 431);
    const int err = take_known(r, name, value);
    if (err < 0)
        return err;
    if (slice_is(name, "cookie")) {
        add_cookie(r, value);
        return 0;
    }
    if (slice_is(name, "priority"))
        r->head.priority = value;
    add_field(r, name, value);
    return 0;
}

/* Once the fields have been read: the cookies as one, and Host for who looks for it there. */
static void add_collected(struct reading *r)
{
    const char *cookies = r->text + r->draft->n_bytes;

    if (r->cookie > cookies)
        add_field(r, slice_from("cookie"), slice_of(cookies, (size_t)(r->cookie - cookies)));
    if (r->authority.data && !r->host_field.data)
        add_field(r, slice_from("host"), r->authority);
}

/* :authority and Host may both be there, but not disagree. */
static int take_authority(struct reading *r)
{
    const struct slice given = r->authority.data ? r->authority : r->host_field;

    if (r->authority.data && r->host_field.data &&
        !slice_equals_nocase(r->authority, r->host_field))
        return ERR_INVALID;
    if (!given.data ||
        http_authority_parse(r->text + (given.data - r->text), given.length, &r->head.host) < 0)
        refuse(r, 400);
    return 0;
}

/* RFC 9113 §8.3.1: an absolute path, or "*" for OPTIONS. */
static int take_path(struct reading *r)
{
    struct http_target target;
    const bool is_asterisk = slice_is(r->path, "*") && slice_is(r->method, "OPTIONS");

    if (r->path.length == 0 || (r->path.data[0] != '/' && !is_asterisk))
        return ERR_INVALID;
    if (r->path.length > HTTP_MAX_TARGET_BYTES) {
        refuse(r, 414);
        return 0;
    }
    if (http_target_parse(r->text + (r->path.data - r->text), r->path.length, &target) < 0) {
        refuse(r, 400);
        return 0;
    }
    r->head.path = target.path;
    r->head.query = target.query;
    return 0;
}

static int judge(struct reading *r, bool is_last_frame)
{
    if (!r->method.data || !chars_all_in(&CHARS_TOKEN, r->method))
        return ERR_INVALID;
    if (slice_is(r->method, "CONNECT"))
        return r->scheme.data || r->path.data || !r->authority.data ? ERR_INVALID : 501;
    if (!r->scheme.data || !r->path.data)
        return ERR_INVALID;
    if (!slice_is(r->scheme, "https") && !slice_is(r->scheme, "http"))
        refuse(r, 400);
    if (is_last_frame && r->has_length && r->head.content_length > 0)
        return ERR_INVALID;
    if (take_authority(r) < 0 || take_path(r) < 0)
        return ERR_INVALID;
    if (http_method_parse(r->method, &r->head.method) < 0)
        refuse(r, 501);
    r->head.has_body = !is_last_frame || r->has_length;
    if (!is_last_frame && !r->has_length)
        r->head.content_length = HTTP_LENGTH_UNKNOWN;
    r->head.expects_continue = r->head.expects_continue && !is_last_frame;
    return r->refusal;
}

int h2_head_parse(const struct h2_draft *draft, bool is_last_frame, char *text,
                  struct http_header *fields, struct h2_head *ret_head)
{
    struct reading r = {.draft = draft, .text = text, .at = text, .fields = fields};
    int result = draft->is_malformed ? ERR_INVALID : 0;

    r.cookie = text + draft->n_bytes;
    r.head.method = HTTP_GET;
    memcpy(text, draft->text, draft->n_bytes);
    for (size_t i = 0; i < draft->n_fields && result == 0; i++)
        result = take_field(&r, &draft->fields[i]);
    if (slice_is(r.method, "HEAD"))
        r.head.method = HTTP_HEAD; /* whose answer has no body, whatever is wrong */
    if (result == 0 && (draft->is_too_large || r.n_regular > HTTP_MAX_FIELDS))
        result = 431;
    if (result == 0) {
        add_collected(&r);
        result = judge(&r, is_last_frame);
    }
    *ret_head = r.head;
    return result;
}

bool h2_trailers_are_good(const struct h2_draft *draft)
{
    const char *at = draft->text;

    for (size_t i = 0; i < draft->n_fields; i++) {
        const struct h2_draft_field *field = &draft->fields[i];
        const struct slice name = slice_of(at, field->name_length);
        const struct slice value = slice_of(at + field->name_length, field->value_length);
        at += field->name_length + field->value_length;
        if (name.data[0] == ':' || is_of_connection(name, value))
            return false;
    }
    return !draft->is_malformed && !draft->is_too_large;
}
