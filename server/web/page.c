// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/web/page.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "common/encode.h"
#include "common/err.h"
#include "server/http/exchange/exchange.h"
#include "server/http/message/request.h"
#include "server/web/problem.h"

/* "p-12.ID.text", as Base64. */
enum {
    NUMBER_SIZE = 24,
    PLAIN_SIZE = 1 + NUMBER_SIZE + ID_SIZE + LIST_KEY_TEXT_SIZE,
};

json_t *list_cursor_json(enum list_order order, const struct list_key *key)
{
    char plain[PLAIN_SIZE];
    char cursor[BASE64_SIZE(PLAIN_SIZE)];
    const int n = snprintf(plain, sizeof plain, "%c%" PRId64 ".%s.%s", (char)order, key->number,
                           key->id, key->text);

    if (n < 0 || (size_t)n >= sizeof plain)
        return NULL;
    encode_base64url(plain, (size_t)n, cursor);
    return json_string(cursor);
}

static int read_number(struct slice text, int64_t *ret_number)
{
    const bool is_negative = text.length > 0 && text.data[0] == '-';
    uint64_t number;

    const int err = slice_to_u64(slice_skip(text, is_negative), &number);
    if (err || number > INT64_MAX)
        return ERR_INVALID;
    *ret_number = is_negative ? -(int64_t)number : (int64_t)number;
    return 0;
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
    if (!rest.data || (id.length > 0 && !id_is_valid(id)) || read_number(number, &key.number) ||
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
