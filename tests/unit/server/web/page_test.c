// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/web/page.h"

#include <string.h>

#include "common/encode.h"
#include "tests/unit/server/http/fake_protocol.h"

#define AN_ID "0123456789abcdef0123456789abcdef"

static int read_query(const char *query, struct list_page *ret_page)
{
    fake_request(HTTP_GET, NULL, 0);
    fake_x->request.query = slice_from(query);
    return list_request_read(fake_x, LIST_BY_TITLE, ret_page);
}

static void cursor_of(const struct list_key *key, enum list_order order, char text[2048])
{
    struct buf json = buf_with_limit(4096);

    list_put_next(&json, order, true, key);
    cr_assert_eq(json.err, 0);
    struct slice rest = slice_skip(buf_slice(&json), strlen("\"next\":\""));
    cr_assert_eq(slice_to_cstr(slice_split(&rest, '"'), text, 2048), 0, "%s", json.data);
    buf_clear(&json);
}

Test(list_request, without_a_word_it_is_the_first_fifty)
{
    struct list_page page;

    fake_set_up();
    cr_assert_eq(read_query("mine=1", &page), 0);
    cr_assert(page.is_first);
    cr_assert_eq(page.limit, 50);
    cr_assert_eq(read_query("limit=200", &page), 0);
    cr_assert_eq(page.limit, 200);
    cr_assert_eq(read_query("limit=1", &page), 0);
    cr_assert_eq(page.limit, 1);
    exchange_release(fake_x, true);
    fake_tear_down();
}

Test(list_request, a_key_comes_back_as_it_was)
{
    const struct list_key keys[] = {
        {.id = AN_ID},
        {.number = INT64_MAX, .id = AN_ID},
        {.number = -7, .id = AN_ID},
        {.text = "Toán 10. Phần 2: số \"thực\"", .id = AN_ID},
        {.number = 5, .text = "lan", .id = ""},
    };
    char text[2048];

    for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++) {
        struct list_key key;
        cursor_of(&keys[i], LIST_BY_TITLE, text);
        cr_assert_eq(list_cursor_parse(slice_from(text), LIST_BY_TITLE, &key), 0, "%zu", i);
        cr_assert_eq(key.number, keys[i].number);
        cr_assert_str_eq(key.text, keys[i].text);
        cr_assert_str_eq(key.id, keys[i].id);
        cr_assert_eq(list_cursor_parse(slice_from(text), LIST_BY_AGE, &key), ERR_INVALID);
    }
}

Test(list_request, the_longest_title_fits)
{
    struct list_key key = {.id = AN_ID}, found;
    char text[2048];

    memset(key.text, 'a', sizeof key.text - 1);
    cursor_of(&key, LIST_BY_TITLE, text);
    cr_assert_eq(list_cursor_parse(slice_from(text), LIST_BY_TITLE, &found), 0);
    cr_assert_str_eq(found.text, key.text);
}

static void assert_refused(const char *query, const char *name)
{
    struct list_page page;

    fake_set_up();
    cr_assert_eq(read_query(query, &page), ERR_INVALID, "%s", query);
    cr_assert(fake_head_has("400\n"), "%s", query);
    cr_assert_not_null(strstr(fake_body.data, name), "%s: %s", query, fake_body.data);
    exchange_release(fake_x, true);
    fake_tear_down();
}

static void assert_not_a_cursor(const char *plain)
{
    char query[256], text[200];

    encode_base64url(plain, strlen(plain), text);
    (void)snprintf(query, sizeof query, "after=%s", text);
    assert_refused(query, "bad-cursor");
}

Test(list_request, what_is_no_limit_and_no_cursor_is_refused_in_words)
{
    static const char *const LIMITS[] = {"limit=0",   "limit=201",
                                         "limit=",    "limit=-1",
                                         "limit=+5",  "limit=1.5",
                                         "limit=abc", "limit=99999999999999999999999"};
    static const char *const CURSORS[] = {"after=", "after=%20", "after=!", "after=" AN_ID,
                                          "limit=5&after=dA"};
    static const char *const PLAIN[] = {"t",
                                        "t5",
                                        "t5." AN_ID,
                                        "tx." AN_ID ".a",
                                        "a5." AN_ID ".a",
                                        "t5.nope.a",
                                        "t5." AN_ID ".a\x01",
                                        "t5." AN_ID ".a\xff",
                                        "t--5." AN_ID ".a",
                                        "t9999999999999999999." AN_ID ".a"};

    for (size_t i = 0; i < sizeof LIMITS / sizeof LIMITS[0]; i++)
        assert_refused(LIMITS[i], "bad-limit");
    for (size_t i = 0; i < sizeof CURSORS / sizeof CURSORS[0]; i++)
        assert_refused(CURSORS[i], "bad-cursor");
    for (size_t i = 0; i < sizeof PLAIN / sizeof PLAIN[0]; i++)
        assert_not_a_cursor(PLAIN[i]);
}
