// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/http/exchange/answer_cache.h"

#include <criterion/criterion.h>
#include <stdio.h>

#include "server/http/exchange/prepared.h"

static const struct http_representation TEXT = {.content_type = "text/plain"};

enum { LIFE_MS = 1000 };

static struct http_answer_cache *cache;
static int64_t now_ms = 5000;

/* Adds under the key an answer of so many bytes; the cache alone holds it afterwards. */
static struct http_prepared *add(const char *key, size_t n_bytes)
{
    static char bytes[100000];
    struct http_prepared *answer = NULL;

    cr_assert_eq(http_prepared_new_bytes(&TEXT, slice_of(bytes, n_bytes), &answer), 0);
    http_answer_cache_add(cache, slice_from(key), answer, now_ms, LIFE_MS);
    http_prepared_unref(answer);
    return answer;
}

static struct http_prepared *find(const char *key)
{
    return http_answer_cache_find(cache, slice_from(key), now_ms);
}

Test(answer_cache, finds_what_was_added)
{
    cr_assert_eq(http_answer_cache_new(4, 1 << 20, &cache), 0);
    const struct http_prepared *a = add("0123456789abcdef/v240/1.m4s", 10);
    const struct http_prepared *b = add("0123456789abcdef/v240/2.m4s", 10);
    const struct http_prepared *empty = add("", 10);
    cr_assert_eq(find("0123456789abcdef/v240/1.m4s"), a);
    cr_assert_eq(find("0123456789abcdef/v240/2.m4s"), b);
    cr_assert_eq(find(""), empty);
    cr_assert_null(find("0123456789abcdef/v240/3.m4s"));
    cr_assert_null(find("0123456789abcdef/v240/1.m4"));
    http_answer_cache_free(cache);
}

Test(answer_cache, what_was_not_asked_for_longest_goes_first)
{
    cr_assert_eq(http_answer_cache_new(2, 1 << 20, &cache), 0);
    (void)add("a", 10);
    (void)add("b", 10);
    cr_assert_not_null(find("a"));
    (void)add("c", 10);
    cr_assert_null(find("b"));
    cr_assert_not_null(find("a"));
    cr_assert_not_null(find("c"));
    http_answer_cache_free(cache);
}

Test(answer_cache, keeps_to_its_bytes)
{
    cr_assert_eq(http_answer_cache_new(100, 100000, &cache), 0);
    (void)add("a", 40000);
    (void)add("b", 40000);
    (void)add("c", 40000);
    cr_assert_null(find("a"));
    cr_assert_not_null(find("b"));
    (void)add("too large", 100000);
    cr_assert_null(find("too large"));
    cr_assert_not_null(find("c"));
    http_answer_cache_free(cache);
}

Test(answer_cache, a_key_that_is_there_stays)
{
    cr_assert_eq(http_answer_cache_new(4, 1 << 20, &cache), 0);
    const struct http_prepared *first = add("a", 10);
    (void)add("a", 20);
    cr_assert_eq(find("a"), first);
    http_answer_cache_free(cache);
}

Test(answer_cache, a_key_longer_than_255_bytes_is_not_kept)
{
    char key[300];

    memset(key, 'k', sizeof key);
    key[255] = '\0';
    cr_assert_eq(http_answer_cache_new(4, 1 << 20, &cache), 0);
    (void)add(key, 10);
    cr_assert_not_null(find(key));
    key[255] = 'k';
    key[256] = '\0';
    (void)add(key, 10);
    cr_assert_null(find(key));
    http_answer_cache_free(cache);
}

Test(answer_cache, many_answers_come_and_go)
{
    char key[32];

    cr_assert_eq(http_answer_cache_new(50, 1 << 20, &cache), 0);
    for (int i = 0; i < 1000; i++) {
        snprintf(key, sizeof key, "package/v%d/%d.m4s", i % 7, i);
        const struct http_prepared *answer = add(key, (size_t)i);
        cr_assert_eq(find(key), answer);
    }
    for (int i = 0; i < 1000; i++) {
        snprintf(key, sizeof key, "package/v%d/%d.m4s", i % 7, i);
        cr_assert_eq(find(key) != NULL, i >= 950);
    }
    http_answer_cache_free(cache);
    http_answer_cache_free(NULL);
}

Test(answer_cache, an_answer_goes_when_its_time_is_over)
{
    cr_assert_eq(http_answer_cache_new(4, 1 << 20, &cache), 0);
    (void)add("a", 10);
    now_ms += LIFE_MS - 1;
    cr_assert_not_null(find("a"));
    now_ms++;
    cr_assert_null(find("a"));
    (void)add("a", 10);
    cr_assert_not_null(find("a"));
    http_answer_cache_free(cache);
}

Test(answer_cache, what_nobody_asks_for_any_more_goes_too)
{
    static char bytes[10];
    struct http_prepared *answer = NULL;

    cr_assert_eq(http_prepared_new_bytes(&TEXT, slice_of(bytes, sizeof bytes), &answer), 0);
    cr_assert_eq(http_answer_cache_new(4, 1 << 20, &cache), 0);
    http_answer_cache_add(cache, slice_from("deleted"), answer, now_ms, LIFE_MS);
    now_ms += LIFE_MS;
    (void)add("b", 10);
    now_ms -= LIFE_MS;
    cr_assert_null(find("deleted"));
    http_answer_cache_free(cache);
    http_prepared_unref(answer);
}
