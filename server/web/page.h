// SPDX-License-Identifier: GPL-3.0-or-later
/* page.h - lists as the API has them: ?limit= rows behind ?after=, a cursor that the answer
 * before gave as "next" and that says nothing to anybody but this file. */
#ifndef SERVER_WEB_PAGE_H
#define SERVER_WEB_PAGE_H

#include <jansson.h>

#include "storage/sqlite/list_page.h"

struct http_exchange;

enum { LIST_LIMIT_DEFAULT = 50, LIST_LIMIT_MAX = 200 };

/* The sort order that a cursor is of: those of one list are refused by the others. */
enum list_order {
    LIST_BY_AGE = 'a',      /* id */
    LIST_BY_POSITION = 'p', /* number, id */
    LIST_BY_TITLE = 't',    /* text, id */
    LIST_BY_LOGIN = 'l',    /* text */
    LIST_BY_TIME = 'q',     /* number, text, id */
};

/* The page that the request asks for. Returns 0, or ERR_INVALID when the exchange has been answered
 * with what is wrong. */
int list_request_read(struct http_exchange *x, enum list_order order, struct list_page *ret_page);

/* Pure: a key as a cursor, a string; NULL without memory. And back: 0 or ERR_INVALID. */
json_t *list_cursor_json(enum list_order order, const struct list_key *key);
int list_cursor_parse(struct slice text, enum list_order order, struct list_key *ret_key);

#endif
