// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/http/exchange/problem.h"

#include <stdio.h>
#include <string.h>

#include "common/buf.h"
#include "common/json_writer.h"
#include "server/http/exchange/exchange_core.h"

enum { TYPE_SIZE = 80 };

const struct http_problem HTTP_BODY_TOO_LARGE = {413, "body-too-large",
                                                 HTTP_WORDS("The request body is too large",
                                                            "Dữ liệu gửi lên quá lớn"),
                                                 HTTP_NO_WORDS};
const struct http_problem HTTP_BODY_TOO_SLOW = {408, "body-too-slow",
                                                HTTP_WORDS("The request body came too slowly",
                                                           "Dữ liệu gửi lên quá chậm"),
                                                HTTP_WORDS("Try again.", "Hãy thử lại.")};
const struct http_problem HTTP_BODY_BROKEN = {400, "body-broken",
                                              HTTP_WORDS("The request body is broken",
                                                         "Dữ liệu gửi lên bị hỏng giữa đường"),
                                              HTTP_WORDS("Try again.", "Hãy thử lại.")};
const struct http_problem HTTP_NO_MEMORY = {
    503, "unavailable",
    HTTP_WORDS("The server cannot do that now", "Máy chủ chưa làm được việc này lúc này"),
    HTTP_WORDS("The server is short of memory. Try again later.",
               "Máy chủ đang thiếu bộ nhớ. Hãy thử lại sau.")};
const struct http_problem HTTP_PRECONDITION_FAILED = {412, "precondition-failed",
                                                      HTTP_WORDS("The content has changed",
                                                                 "Nội dung đã thay đổi"),
                                                      HTTP_NO_WORDS};

static const struct http_problem OF_HEADS[] = {
    {400, "malformed-request", HTTP_WORDS("The request is malformed", "Yêu cầu không đúng dạng"),
     HTTP_NO_WORDS},
    {408, "malformed-request",
     HTTP_WORDS("The request came too slowly", "Yêu cầu được gửi quá chậm"), HTTP_NO_WORDS},
    {414, "malformed-request", HTTP_WORDS("The address is too long", "Địa chỉ quá dài"),
     HTTP_NO_WORDS},
    {417, "malformed-request",
     HTTP_WORDS("The expectation cannot be met", "Máy chủ không đáp ứng được điều kiện kèm theo"),
     HTTP_NO_WORDS},
    {421, "malformed-request",
     HTTP_WORDS("This server does not answer for that host", "Máy chủ này không có tên miền đó"),
     HTTP_NO_WORDS},
    {431, "malformed-request",
     HTTP_WORDS("The request header is too large", "Phần đầu của yêu cầu quá lớn"), HTTP_NO_WORDS},
    {501, "malformed-request", HTTP_WORDS("Not implemented", "Máy chủ không có chức năng này"),
     HTTP_NO_WORDS},
    {505, "malformed-request",
     HTTP_WORDS("That version of HTTP is not spoken here", "Máy chủ không dùng phiên bản HTTP đó"),
     HTTP_NO_WORDS},
};

const struct http_problem *http_problem_of_head(int status)
{
    for (size_t i = 0; i < sizeof OF_HEADS / sizeof OF_HEADS[0]; i++) {
        if (OF_HEADS[i].status == status)
            return &OF_HEADS[i];
    }
    return &HTTP_NO_MEMORY; /* 503: there was none for the head */
}

/* The detail with the subject in its place; one that is no plain text is left out. */
static void put_detail(struct buf *b, const char *detail, const char *subject)
{
    const struct slice shown = subject ? slice_from(subject) : slice_of(NULL, 0);
    CLEANUP(buf_clear) struct buf text = buf_with_limit(HTTP_MAX_EXCHANGE_BYTES / 4);
    const char *place = strstr(detail, "%s");

    if (place) {
        buf_append(&text, detail, (size_t)(place - detail));
        if (slice_is_plain_utf8(shown))
            buf_append_slice(&text, shown);
        buf_append_text(&text, place + 2);
    } else {
        buf_append_text(&text, detail);
    }
    buf_append(&text, "", 1);
    if (text.err)
        b->err = text.err;
    else
        json_put_text(b, "detail", text.data);
}

static const char *problem_json(struct http_exchange *x, const struct http_problem *problem,
                                enum http_language language, const char *subject,
                                struct slice members, size_t *ret_length)
{
    CLEANUP(buf_clear) struct buf json = buf_with_limit(HTTP_MAX_EXCHANGE_BYTES / 2);
    char type[TYPE_SIZE];

    (void)snprintf(type, sizeof type, "/problems/%s", problem->name);
    json_begin_object(&json, NULL);
    json_put_text(&json, "type", type);
    json_put_int(&json, "status", problem->status);
    json_put_text(&json, "title", problem->title[language]);
    if (problem->detail[language])
        put_detail(&json, problem->detail[language], subject);
    if (members.length > 0)
        buf_append_char(&json, ',');
    buf_append_slice(&json, members);
    json_end_object(&json);
    buf_append_char(&json, '\n');
    *ret_length = json.length;
    return json.err ? NULL : arena_copy(&x->arena, buf_slice(&json));
}

void http_answer_problem(struct http_exchange *x, const struct http_problem *problem,
                         const char *subject, const struct http_headers *headers)
{
    http_answer_problem_more(x, problem, subject, headers, slice_of(NULL, 0));
}

void http_answer_problem_more(struct http_exchange *x, const struct http_problem *problem,
                              const char *subject, const struct http_headers *headers,
                              struct slice members)
{
    const enum http_language language =
        accept_language(http_request_header(&x->request, "accept-language"));
    struct http_header fields[HTTP_MAX_PROBLEM_HEADERS + 1];
    size_t n = headers ? headers->n_fields : 0;
    size_t length = 0;
    const char *json = problem_json(x, problem, language, subject, members, &length);

    if (!json) {
        http_answer(x, problem->status, headers);
        return;
    }
    n = n < HTTP_MAX_PROBLEM_HEADERS ? n : HTTP_MAX_PROBLEM_HEADERS;
    if (n > 0)
        memcpy(fields, headers->fields, n * sizeof fields[0]);
    fields[n++] = HTTP_HEADER("Content-Language", http_language_tag(language));
    const struct http_headers all = {fields, n};
    http_answer_bytes(x, problem->status, "application/problem+json", slice_of(json, length), &all);
}

void http_refuse(struct http_exchange *x, int status)
{
    counter_add(&x->loop->counters, HTTP_COUNT_REFUSED, 1);
    http_answer_problem(x, http_problem_of_head(status), NULL, NULL);
}
