// SPDX-License-Identifier: GPL-3.0-or-later
#include "storage/media/media_claims.h"

#include <stdio.h>

#include <criterion/criterion.h>

#define NAME "00112233445566778899aabbccddeeff"

static struct media_claims claims;

static void tear_down(void)
{
    media_claims_clear(&claims);
}

TestSuite(media_claims, .fini = tear_down);

Test(media_claims, a_claim_is_of_one_name_in_one_folder)
{
    cr_assert_eq(media_claims_add(&claims, MEDIA_JOBS, NAME, 100), 0);
    cr_assert(media_claims_has(&claims, MEDIA_JOBS, NAME, 100));
    cr_assert_not(media_claims_has(&claims, MEDIA_PACKAGES, NAME, 100));
    cr_assert_not(media_claims_has(&claims, MEDIA_JOBS, "0", 100));
}

Test(media_claims, a_claim_ends_and_can_be_made_anew)
{
    cr_assert_eq(media_claims_add(&claims, MEDIA_JOBS, NAME, 100), 0);
    cr_assert_not(media_claims_has(&claims, MEDIA_JOBS, NAME, 101 + MEDIA_CLAIM_MS));
    cr_assert_eq(media_claims_add(&claims, MEDIA_JOBS, NAME, 200), 0);
    cr_assert(media_claims_has(&claims, MEDIA_JOBS, NAME, 101 + MEDIA_CLAIM_MS));
    cr_assert_eq(claims.n, 1);
}

Test(media_claims, the_list_holds_no_more_than_what_lives)
{
    char name[MEDIA_NAME_SIZE];

    for (int i = 0; i < 1000; i++) {
        (void)snprintf(name, sizeof name, "%032x", (unsigned)i);
        cr_assert_eq(media_claims_add(&claims, MEDIA_SOURCES, name, i * 60000LL), 0);
    }
    cr_assert_leq(claims.n, 62);
    cr_assert(media_claims_has(&claims, MEDIA_SOURCES, name, 999 * 60000LL));
}
