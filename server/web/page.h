// SPDX-License-Identifier: GPL-3.0-or-later
/* page.h - lists as the API has them: ?limit= rows behind ?after=, a cursor that the answer before
 * gave as "next" and that says nothing to anybody but this file.
 *
 * A list is one value, in its feature's store:
 *
 *     static void write_row(const struct call *call, struct query *q, struct buf *json,
 *                           struct list_key *key)
 *     {
 *         query_read_text(q, key->id, sizeof key->id);
 *         json_put_text(json, "id", key->id);
 *     }
 *     const struct list THINGS = {"things", LIST_BY_AGE,
 *         "SELECT id FROM things WHERE id < :id ORDER BY id DESC LIMIT :limit", write_row};
 *
 * and its handler is list_answer(call, &THINGS): {"things":[…],"next":cursor or null}. */
#ifndef SERVER_WEB_PAGE_H
#define SERVER_WEB_PAGE_H

#include <stdbool.h>

#include "common/buf.h"
#include "storage/sqlite/list_page.h"

struct call;
struct http_exchange;
struct query;

enum { LIST_LIMIT_DEFAULT = 50, LIST_LIMIT_MAX = 200 };

/* The sort order that a cursor is of: those of one list are refused by the others. */
enum list_order {
    LIST_BY_AGE = 'a',      /* id, newest first */
    LIST_BY_POSITION = 'p', /* number, id */
    LIST_BY_TITLE = 't',    /* text, id */
    LIST_BY_LOGIN = 'l',    /* text */
    LIST_BY_TIME = 'q',     /* number, newest first, then text and id as the list has them */
};

struct list {
    const char *name; /* of the member with the rows */
    enum list_order order;

    /* A constant. What it may name:
     *   :limit                 how many rows are asked for
     *   :number, :text, :id    the key of the row behind which they begin; before all rows at first
     *   :is_first              whether this is the first page
     *   :viewer_id, :sees_all  whose eyes (visibility.h)
     *   :user_id               who asks; "" for a stranger
     *   :object_id             the route's first {…}, when it is an id; else ""
     *   :show_all              whether the query has ?all=true and who asks is an admin */
    const char *sql;

    /* Reads a row, writes its members, and fills in the members of the key that the order has. On a
     * reader's thread. What fails sticks in the query and in the buffer. */
    void (*write)(const struct call *call, struct query *q, struct buf *json, struct list_key *key);
};

/* Answers with the page that the request asks for; on a reader's thread. Takes the exchange over.
 */
void list_answer(struct call *call, const struct list *list);

/* ---- for lists that are read by more than one query ---- */

/* The page that the request asks for. Returns 0, or ERR_INVALID when the exchange has been answered
 * with what is wrong. */
int list_request_read(struct http_exchange *x, enum list_order order, struct list_page *ret_page);

/* Writes member "next": the cursor of the page's last row, or null when there is no next page. */
void list_put_next(struct buf *json, enum list_order order, bool has_more,
                   const struct list_key *last);

/* Pure: a cursor read back. Returns 0 or ERR_INVALID. */
int list_cursor_parse(struct slice text, enum list_order order, struct list_key *ret_key);

#endif
