// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/auth/playback_token.h"

#include <criterion/criterion.h>

#include "common/err.h"

#define DAY_MS  INT64_C(86400000)
#define PACKAGE "0123456789abcdef0123456789abcdef"
#define OTHER   "0123456789abcdef0123456789abcdee"

static const struct playback_key KEY = {{1, 2, 3}};
static const int64_t NOW_MS = 20000 * DAY_MS + 5;

static int check(const char *token, const char *package, int64_t now_ms)
{
    return playback_token_check(&KEY, slice_from(token), slice_from(package), now_ms);
}

Test(playback_token, is_good_until_the_end_of_the_next_day)
{
    char token[PLAYBACK_TOKEN_SIZE];

    playback_token_make(&KEY, PACKAGE, NOW_MS, token);
    cr_assert_eq(check(token, PACKAGE, NOW_MS), 0);
    cr_assert_eq(check(token, PACKAGE, 20002 * DAY_MS - 1), 0);
    cr_assert_eq(check(token, PACKAGE, 20002 * DAY_MS), ERR_TIMEOUT);
}

Test(playback_token, is_the_same_for_everybody_on_one_day)
{
    char a[PLAYBACK_TOKEN_SIZE];
    char b[PLAYBACK_TOKEN_SIZE];

    playback_token_make(&KEY, PACKAGE, NOW_MS, a);
    playback_token_make(&KEY, PACKAGE, NOW_MS + DAY_MS - 100, b);
    cr_assert_str_eq(a, b);
    playback_token_make(&KEY, PACKAGE, NOW_MS + DAY_MS, b);
    cr_assert_str_neq(a, b);
}

Test(playback_token, opens_one_package_only)
{
    char token[PLAYBACK_TOKEN_SIZE];

    playback_token_make(&KEY, PACKAGE, NOW_MS, token);
    cr_assert_eq(check(token, OTHER, NOW_MS), ERR_DENIED);
    cr_assert_eq(check(token, "../../../etc/passwd", NOW_MS), ERR_DENIED);
}

Test(playback_token, no_single_changed_character_passes)
{
    char token[PLAYBACK_TOKEN_SIZE];

    playback_token_make(&KEY, PACKAGE, NOW_MS, token);
    for (size_t i = 0; i < sizeof token - 1; i++) {
        for (int c = 1; c < 256; c++) {
            const char kept = token[i];
            if ((char)c == kept)
                continue;
            token[i] = (char)c;
            cr_assert_neq(check(token, PACKAGE, NOW_MS), 0, "position %zu, byte %d", i, c);
            token[i] = kept;
        }
    }
}

Test(playback_token, another_key_and_other_lengths_are_refused)
{
    const struct playback_key other = {{9}};
    char token[PLAYBACK_TOKEN_SIZE];

    playback_token_make(&other, PACKAGE, NOW_MS, token);
    cr_assert_eq(check(token, PACKAGE, NOW_MS), ERR_DENIED);
    cr_assert_eq(check("", PACKAGE, NOW_MS), ERR_DENIED);
    cr_assert_eq(check("AAAA", PACKAGE, NOW_MS), ERR_DENIED);
}
