// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/web/page.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "common/encode.h"
#include "common/err.h"
#include "common/json_writer.h"
#include "server/http/exchange/exchange.h"
#include "server/http/message/request.h"
#include "server/web/problem.h"
#include "server/web/reading.h"
#include "server/web/route.h"
#include "storage/sqlite/db_query.h"

/* "p-12.ID.text", as Base64. */
enum {
    NUMBER_SIZE = 24,
    PLAIN_SIZE = 1 + NUMBER_SIZE + ID_SIZE + LIST_KEY_TEXT_SIZE,
};

void list_put_next(struct buf *json, enum list_order order, bool has_more,
                   const struct list_key *last)
{
    char plain[PLAIN_SIZE];
    char cursor[BASE64_SIZE(PLAIN_SIZE)];

    if (!has_more) {
        json_put_null(json, "next");
        return;
    }
    const int n = snprintf(plain, sizeof plain, "%c%" PRId64 ".%s.%s", (char)order, last->number,
                           last->id, last->text); /* PLAIN_SIZE holds the longest key */
    encode_base64url(plain, (size_t)n, cursor);
    json_put_text(json, "next", cursor);
}

int list_cursor_parse(struct slice text, enum list_order order, struct list_key *ret_key)
{
    struct list_key key = {0};
    char plain[PLAIN_SIZE];
    size_t length;

    if (decode_base64url(text, plain, sizeof plain, &length) || length == 0 ||
        plain[0] != (char)order)
        return ERR_INVALID;
    struct slice rest = slice_of(plain + 1, length - 1);
    const struct slice number = slice_split(&rest, '.');
    const struct slice id = slice_split(&rest, '.');
    if (!rest.data || (id.length > 0 && !id_is_valid(id)) || slice_to_i64(number, &key.number) ||
        (rest.length > 0 && !slice_is_plain_utf8(rest)) ||
        slice_to_cstr(id, key.id, sizeof key.id) || slice_to_cstr(rest, key.text, sizeof key.text))
        return ERR_INVALID;
    *ret_key = key;
    return 0;
}

int list_request_read(struct http_exchange *x, enum list_order order, struct list_page *ret_page)
{
    const struct http_request *request = http_exchange_request(x);
    const struct slice limit = http_request_query(request, "limit");
    const struct slice after = http_request_query(request, "after");
    struct list_page page = {.is_first = !after.data};
    uint64_t n = LIST_LIMIT_DEFAULT;

    if (limit.data && (slice_to_u64(limit, &n) || n < 1 || n > LIST_LIMIT_MAX)) {
        answer_problem(x, PROBLEM_LIMIT_INVALID);
        return ERR_INVALID;
    }
    if (after.data && list_cursor_parse(after, order, &page.after)) {
        answer_problem(x, PROBLEM_CURSOR_INVALID);
        return ERR_INVALID;
    }
    page.limit = (size_t)n;
    *ret_page = page;
    return 0;
}

/* ---- a list by its SQL ---- */

struct list_reading {
    struct reading reading; /* first member */
    const struct list *list;
    struct list_page page;
    bool shows_all;
};

/* The key before all rows. */
static struct list_key first_key(enum list_order order)
{
    struct list_key key = {.number = INT64_MIN};

    if (order == LIST_BY_AGE || order == LIST_BY_TIME) {
        key.number = INT64_MAX;
        key.id[0] = '~'; /* behind all hexadecimal digits */
    }
    return key;
}

static void bind(struct query *q, const struct list_reading *l, const struct list_key *after,
                 const struct viewer *viewer)
{
    const struct call *call = l->reading.call;
    static const char NO_ID[] = "";

    query_bind_named_int(q, ":limit", (int64_t)l->page.limit + 1);
    query_bind_named_int(q, ":is_first", l->page.is_first);
    query_bind_named_int(q, ":number", after->number);
    query_bind_named_text(q, ":text", after->text);
    query_bind_named_text(q, ":id", after->id);
    query_bind_named_text(q, ":viewer_id", viewer->own_id);
    query_bind_named_int(q, ":sees_all", viewer->sees_all);
    query_bind_named_int(q, ":show_all", l->shows_all && viewer->sees_all);
    query_bind_named_text(q, ":user_id",
                          call->actor.kind == ACTOR_USER ? call->actor.user.id : NO_ID);
    query_bind_named_text(q, ":object_id", call->object_id);
}

static int read_list(struct reading *r, struct db *db)
{
    const struct list_reading *l = (struct list_reading *)r;
    const struct list *list = l->list;
    const struct viewer viewer = policy_viewer(&r->call->actor);
    const struct list_key after = l->page.is_first ? first_key(list->order) : l->page.after;
    struct list_key last = {0};
    size_t n = 0;
    int err;

    CLEANUP(query_end) struct query q = query_start(db, list->sql);
    bind(&q, l, &after, &viewer);
    json_begin_object(&r->json, NULL);
    json_begin_array(&r->json, list->name);
    while ((err = query_next(&q)) == 0 && n++ < l->page.limit) {
        json_begin_object(&r->json, NULL);
        last = (struct list_key){0};
        list->write(r->call, &q, &r->json, &last);
        json_end_object(&r->json);
        if (q.err)
            return q.err;
    }
    json_end_array(&r->json);
    list_put_next(&r->json, list->order, err == 0, &last);
    json_end_object(&r->json);
    return err == ERR_NOT_FOUND ? 0 : err;
}

void list_answer(struct call *call, const struct list *list)
{
    struct list_page page;

    if (list_request_read(call->x, list->order, &page))
        return;
    struct list_reading *l = arena_alloc(http_exchange_arena(call->x), sizeof *l);
    if (l)
        *l = (struct list_reading){
            .reading = {.read = read_list},
            .list = list,
            .page = page,
            .shows_all =
                slice_is(http_request_query(http_exchange_request(call->x), "all"), "true"),
        };
    reading_start(l ? &l->reading : NULL, call);
}
