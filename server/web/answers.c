// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/web/answers.h"

#include "common/buf.h"
#include "common/err.h"
#include "common/json.h"
#include "common/log.h"
#include "server/http/exchange/exchange.h"
#include "server/http/exchange/response.h"
#include "server/web/problem.h"

void answer_json_with(struct http_exchange *x, int status, const struct buf *json,
                      const struct http_headers *headers)
{
    struct http_header fields[ANSWER_MAX_HEADERS + 1] = {HTTP_HEADER("Cache-Control", "no-store")};
    const char *body = json->err ? NULL : arena_copy(http_exchange_arena(x), buf_slice(json));
    size_t n = 1;

    if (!body || (headers && headers->n_fields > ANSWER_MAX_HEADERS)) {
        answer_err(x, json->err && json->err != ERR_NO_MEMORY ? ERR_CORRUPT : ERR_NO_MEMORY);
        return;
    }
    for (size_t i = 0; headers && i < headers->n_fields; i++)
        fields[n++] = headers->fields[i];
    const struct http_headers all = {fields, n};
    http_answer_bytes(x, status, "application/json", slice_of(body, json->length), &all);
}

void answer_json(struct http_exchange *x, int status, const struct buf *json)
{
    answer_json_with(x, status, json, NULL);
}

void answer_not_found(struct http_exchange *x)
{
    answer_problem(x, PROBLEM_NOT_FOUND);
}

void answer_err(struct http_exchange *x, int err)
{
    switch (err) {
    case ERR_NOT_FOUND:
        answer_not_found(x);
        break;
    case ERR_INVALID:
        answer_problem(x, PROBLEM_BAD_REQUEST);
        break;
    case ERR_CONFLICT:
    case ERR_EXISTS:
        answer_problem(x, PROBLEM_CONFLICT);
        break;
    case ERR_TOO_LARGE:
        answer_problem(x, PROBLEM_TOO_LARGE);
        break;
    case ERR_NO_SPACE:
        answer_problem(x, PROBLEM_DISK_FULL);
        break;
    case ERR_NO_MEMORY:
        answer_problem(x, PROBLEM_NO_MEMORY);
        break;
    case ERR_UNAVAILABLE:
    case ERR_TIMEOUT:
        answer_problem(x, PROBLEM_BUSY);
        break;
    default:
        log_error("a request failed", log_err(err));
        answer_problem(x, PROBLEM_INTERNAL);
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
        answer_problem(x, PROBLEM_TYPE_NOT_JSON);
        return NULL;
    }
    if (json_parse(body, &document) || !json_is_object(document)) {
        json_decref(document);
        answer_problem(x, PROBLEM_BODY_NOT_JSON);
        return NULL;
    }
    return document;
}
