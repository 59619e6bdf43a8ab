// SPDX-License-Identifier: GPL-3.0-or-later
/* problem.h - refusals as application/problem+json (RFC 9457), in the language that the client
 * asks for. A problem is a row of a table: the engine's own stand in problem.c, those of the routes
 * in server/web/problem.c and in the folders of features. */
#ifndef SERVER_HTTP_EXCHANGE_PROBLEM_H
#define SERVER_HTTP_EXCHANGE_PROBLEM_H

#include "server/http/exchange/response.h"
#include "server/http/message/accept_language.h"

struct http_problem {
    int status;
    const char *name;                     /* stable: the type is "/problems/{name}" */
    const char *title[HTTP_N_LANGUAGES];  /* the cause, one sentence without a full stop */
    const char *detail[HTTP_N_LANGUAGES]; /* what to do; NULL where the title says all. "%s" stands
                                           * once for what a call knows: a number, a name */
};

/* Both languages of a title or a detail. */
#define HTTP_WORDS(english, vietnamese)                              \
    {                                                                \
        [HTTP_ENGLISH] = (english), [HTTP_VIETNAMESE] = (vietnamese) \
    }

#define HTTP_NO_WORDS         \
    {                         \
        [HTTP_ENGLISH] = NULL \
    }

/* Takes the exchange over. subject stands for "%s" (borrowed until the call returns; NULL where the
 * detail has none); headers may be NULL. */
void http_answer_problem(struct http_exchange *x, const struct http_problem *problem,
                         const char *subject, const struct http_headers *headers);

/* The same with more members, written with json_writer.h: an object without its braces. */
void http_answer_problem_more(struct http_exchange *x, const struct http_problem *problem,
                              const char *subject, const struct http_headers *headers,
                              struct slice members);

enum { HTTP_MAX_PROBLEM_HEADERS = 8 }; /* of the caller; more are left out */

/* The engine's own. */
extern const struct http_problem HTTP_BODY_TOO_LARGE, HTTP_BODY_TOO_SLOW, HTTP_BODY_BROKEN,
    HTTP_NO_MEMORY, HTTP_PRECONDITION_FAILED;

/* What an unusable request head is answered with: 400, 408, 414, 417, 421, 431, 501,
 * 503 or 505. */
const struct http_problem *http_problem_of_head(int status);

/* Answers a request that no handler shall see, by its status as above; counted as refused. */
void http_refuse(struct http_exchange *x, int status);

#endif
