// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/auth/playback_token.h"

#include <criterion/criterion.h>
#include <stdio.h>

#include "common/err.h"
#include "common/id.h"

#define DAY_MS  INT64_C(86400000)
#define PACKAGE "0123456789abcdef0123456789abcdef"
#define OTHER   "0123456789abcdef0123456789abcdee"

static const struct playback_key KEY = {{1, 2, 3}};
static const int64_t NOW_MS = 20000 * DAY_MS + 5;

static int check(const char *token, const char *package, int64_t now_ms)
{
    return playback_token_check(&KEY, slice_from(token), slice_from(package), now_ms);
}

static int64_t end_of(const char *package, int64_t now_ms)
{
    char token[PLAYBACK_TOKEN_SIZE];

    playback_token_make(&KEY, package, now_ms, token);
    return playback_token_end_ms(slice_from(token));
}

Test(playback_token, is_good_for_a_day_at_least_and_for_fifteen_at_most)
{
    char token[PLAYBACK_TOKEN_SIZE];

    for (int64_t day = 0; day < 40; day++) {
        const int64_t now_ms = NOW_MS + day * DAY_MS;
        playback_token_make(&KEY, PACKAGE, now_ms, token);
        const int64_t end_ms = playback_token_end_ms(slice_from(token));
        cr_assert(end_ms - now_ms > DAY_MS && end_ms - now_ms <= 15 * DAY_MS);
        cr_assert_eq(check(token, PACKAGE, now_ms), 0);
        cr_assert_eq(check(token, PACKAGE, end_ms - 1), 0);
        cr_assert_eq(check(token, PACKAGE, end_ms), ERR_TIMEOUT);
    }
}

Test(playback_token, is_the_same_for_everybody_for_fourteen_days)
{
    int n_changes = 0;

    for (int64_t day = 1; day <= 140; day++)
        n_changes +=
            end_of(PACKAGE, NOW_MS + day * DAY_MS) != end_of(PACKAGE, NOW_MS + (day - 1) * DAY_MS);
    cr_assert_eq(n_changes, 10);
    cr_assert_eq(end_of(PACKAGE, NOW_MS), end_of(PACKAGE, NOW_MS + DAY_MS - 100));
}

Test(playback_token, packages_do_not_change_theirs_all_on_one_day)
{
    int of_days[PLAYBACK_TOKEN_DAYS] = {0};
    char package[ID_SIZE];

    for (int i = 0; i < 1400; i++) {
        (void)snprintf(package, sizeof package, "%08x%024d", (unsigned)i * 2654435761U, i);
        of_days[end_of(package, NOW_MS) / DAY_MS % PLAYBACK_TOKEN_DAYS]++;
    }
    for (int i = 0; i < PLAYBACK_TOKEN_DAYS; i++)
        cr_assert(of_days[i] > 50 && of_days[i] < 200, "%d on day %d", of_days[i], i);
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
