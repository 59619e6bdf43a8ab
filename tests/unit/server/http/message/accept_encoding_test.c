// SPDX-License-Identifier: GPL-3.0-or-later
#include <criterion/criterion.h>

#include "server/http/message/accept_encoding.h"

static bool accepts(const char *value)
{
    return accepts_encoding(slice_from(value), "gzip");
}

Test(accept_encoding, takes_what_browsers_send)
{
    cr_assert(accepts("gzip, deflate, br"));
    cr_assert(accepts("br;q=1.0, gzip;q=0.8, *;q=0.1"));
    cr_assert(accepts("GZIP"));
    cr_assert(accepts("*"));
}

Test(accept_encoding, does_not_compress_for_those_who_did_not_ask)
{
    cr_assert_not(accepts_encoding(slice_of(NULL, 0), "gzip"));
    cr_assert_not(accepts(""));
    cr_assert_not(accepts("br, deflate"));
    cr_assert_not(accepts("gzipx"));
}

Test(accept_encoding, heeds_a_refusal_by_quality_zero)
{
    cr_assert_not(accepts("gzip;q=0"));
    cr_assert_not(accepts("gzip;q=0.000"));
    cr_assert_not(accepts("*;q=0"));
    cr_assert_not(accepts("*, gzip;q=0"));
    cr_assert(accepts("*;q=0, gzip;q=0.001"));
}

Test(accept_encoding, prefers_identity_when_the_client_does)
{
    cr_assert_not(accepts("identity, gzip;q=0.5"));
    cr_assert(accepts("identity;q=0.5, gzip"));
    cr_assert(accepts("identity, gzip"));
}

Test(accept_encoding, takes_a_malformed_quality_for_a_refusal)
{
    cr_assert_not(accepts("gzip;q=2"));
    cr_assert_not(accepts("gzip;q=1.5"));
    cr_assert_not(accepts("gzip;q=0.1234"));
    cr_assert_not(accepts("gzip;q="));
    cr_assert_not(accepts("gzip;level=9"));
    cr_assert_not(accepts("gzip;q=0x1"));
    cr_assert_not(accepts("gzip;q=0.x"));
}
