// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/routes/answers.h"

#include "common/buf.h"
#include "common/err.h"
#include "common/json.h"
#include "server/http/exchange.h"
#include "server/http/response.h"

enum { JSON_LIMIT = 1 << 20 };

void answer_json(struct http_exchange *x, int status, json_t *document)
{
    CLEANUP(json_decref) json_t *owned = document;
    CLEANUP(buf_clear) struct buf text = buf_with_limit(JSON_LIMIT);
    const struct http_header field = HTTP_HEADER("Cache-Control", "no-store");
    const struct http_headers headers = {&field, 1};

    if (owned)
        json_append(&text, owned);
    const char *body =
        owned && !text.err ? arena_copy(http_exchange_arena(x), buf_slice(&text)) : NULL;
    if (!body)
        answer_unavailable(x, "The server is short of memory");
    else
        http_answer_bytes(x, status, "application/json", slice_of(body, text.length), &headers);
}

void answer_not_found(struct http_exchange *x)
{
    http_answer_problem(x, 404, "not-found", "There is nothing at this address", NULL, NULL);
}

void answer_bad_request(struct http_exchange *x, const char *detail)
{
    http_answer_problem(x, 400, "bad-request", "The request cannot be understood", detail, NULL);
}

void answer_unavailable(struct http_exchange *x, const char *detail)
{
    const struct http_header field = HTTP_HEADER("Retry-After", "5");
    const struct http_headers headers = {&field, 1};

    http_answer_problem(x, 503, "unavailable", "The server cannot do that now", detail, &headers);
}

void answer_err(struct http_exchange *x, int err)
{
    switch (err) {
    case ERR_NOT_FOUND:
        answer_not_found(x);
        break;
    case ERR_INVALID:
        answer_bad_request(x, NULL);
        break;
    case ERR_CONFLICT:
    case ERR_EXISTS:
        http_answer_problem(x, 409, "conflict", "It is in another state than the request assumes",
                            NULL, NULL);
        break;
    case ERR_TOO_LARGE:
        http_answer_problem(x, 413, "too-large", "The request is too large", NULL, NULL);
        break;
    case ERR_NO_SPACE:
        http_answer_problem(x, 507, "disk-full", "The server's disk is full",
                            "Nothing that was acknowledged is lost. Try again later.", NULL);
        break;
    case ERR_UNAVAILABLE:
    case ERR_TIMEOUT:
    case ERR_NO_MEMORY:
        answer_unavailable(x, err_text(err));
        break;
    default:
        http_answer_problem(x, 500, "internal", "An error of the server", err_text(err), NULL);
        break;
    }
}

static bool is_json_type(struct slice type)
{
    return slice_equals_nocase(slice_trim(slice_split(&type, ';')), slice_from("application/json"));
}

json_t *parse_json_body(struct http_exchange *x, struct slice body)
{
    json_t *document = NULL;

    if (!is_json_type(http_request_header(http_exchange_request(x), "content-type"))) {
        http_answer_problem(x, 415, "unsupported-type", "application/json expected", NULL, NULL);
        return NULL;
    }
    if (json_parse(body, &document) || !json_is_object(document)) {
        json_decref(document);
        answer_bad_request(x, "The body is not a JSON object.");
        return NULL;
    }
    return document;
}
