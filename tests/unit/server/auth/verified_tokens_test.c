// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/auth/verified_tokens.h"

#include <criterion/criterion.h>

#include "common/err.h"
#include "common/id.h"
#include "server/auth/playback_token.h"

#define DAY_MS  INT64_C(86400000)
#define PACKAGE "0123456789abcdef0123456789abcdef"
#define OTHER   "0123456789abcdef0123456789abcdee"

static const struct playback_key KEY = {{1, 2, 3}};
static const int64_t NOW_MS = 20000 * DAY_MS + 5;

static struct verified_tokens *tokens;

static void set_up(void)
{
    cr_assert_eq(verified_tokens_new(&KEY, &tokens), 0);
}

static void tear_down(void)
{
    verified_tokens_free(tokens);
}

TestSuite(verified_tokens, .init = set_up, .fini = tear_down);

static int check(const char *token, const char *package, int64_t now_ms)
{
    return verified_tokens_check(tokens, slice_from(token), slice_from(package), now_ms);
}

Test(verified_tokens, says_what_the_full_check_says)
{
    char token[PLAYBACK_TOKEN_SIZE];

    playback_token_make(&KEY, PACKAGE, NOW_MS, token);
    for (int64_t now_ms = NOW_MS; now_ms < NOW_MS + 17 * DAY_MS; now_ms += DAY_MS / 8) {
        const int expected =
            playback_token_check(&KEY, slice_from(token), slice_from(PACKAGE), now_ms);
        cr_assert_eq(check(token, PACKAGE, now_ms), expected);
        cr_assert_eq(check(token, PACKAGE, now_ms), expected);
        cr_assert_eq(check(token, OTHER, now_ms), ERR_DENIED);
    }
    cr_assert_eq(check(token, PACKAGE, NOW_MS), 0, "also when the clock is set back");
}

Test(verified_tokens, a_token_with_one_other_character_is_refused)
{
    char token[PLAYBACK_TOKEN_SIZE];

    playback_token_make(&KEY, PACKAGE, NOW_MS, token);
    for (size_t i = 0; i < PLAYBACK_TOKEN_SIZE - 1; i++) {
        char other[PLAYBACK_TOKEN_SIZE];
        memcpy(other, token, sizeof other);
        other[i] = other[i] == 'A' ? 'B' : 'A';
        cr_assert_eq(check(token, PACKAGE, NOW_MS), 0);
        cr_assert_eq(check(other, PACKAGE, NOW_MS), ERR_DENIED, "character %zu", i);
    }
}

Test(verified_tokens, other_lengths_are_refused)
{
    cr_assert_eq(check("", PACKAGE, NOW_MS), ERR_DENIED);
    cr_assert_eq(check("short", PACKAGE, NOW_MS), ERR_DENIED);
    cr_assert_eq(check("AQAAAAAATiA", "", NOW_MS), ERR_DENIED);
}

Test(verified_tokens, more_tokens_than_places_stay_right)
{
    enum { N = 10000 };
    static char packages[N][ID_SIZE];
    char token[PLAYBACK_TOKEN_SIZE];

    for (size_t i = 0; i < N; i++)
        id_new(packages[i]);
    for (int round = 0; round < 2; round++) {
        for (size_t i = 0; i < N; i++) {
            playback_token_make(&KEY, packages[i], NOW_MS, token);
            cr_assert_eq(check(token, packages[i], NOW_MS), 0);
            cr_assert_eq(check(token, packages[(i + 1) % N], NOW_MS), ERR_DENIED);
        }
    }
}
