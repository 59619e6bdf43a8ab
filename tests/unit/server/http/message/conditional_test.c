// SPDX-License-Identifier: GPL-3.0-or-later
#include <criterion/criterion.h>

#include "server/http/message/conditional.h"

static bool has(const char *list, bool is_weak)
{
    return etag_list_has(slice_from(list), slice_from("\"v1\""), is_weak);
}

Test(conditional, finds_a_tag_in_a_list)
{
    cr_assert(has("\"v1\"", false));
    cr_assert(has("\"v0\", \"v1\"", false));
    cr_assert(has("\"v0\" ,\t\"v1\" , \"v2\"", false));
    cr_assert(has("*", false));
    cr_assert_not(has("\"v2\"", false));
    cr_assert_not(has("\"v\"", false));
    cr_assert_not(has("\"v11\"", false));
}

Test(conditional, tells_weak_from_strong_comparison)
{
    cr_assert(has("W/\"v1\"", true));
    cr_assert_not(has("W/\"v1\"", false));
    cr_assert(has("W/\"v1\", \"v1\"", false));
}

Test(conditional, takes_a_compressed_form_for_the_same_version)
{
    cr_assert(has("\"v1-br\"", false));
    cr_assert_not(has("\"v1-xx\"", true));
    cr_assert(has("\"v1-gz\"", false));
    cr_assert(has("W/\"v1-gz\"", true));
    cr_assert_not(has("\"v1-gzz\"", true));
    cr_assert_not(has("\"-gz\"", true));
}

Test(conditional, malformed_lists_name_nothing)
{
    cr_assert_not(has("", true));
    cr_assert_not(has("v1", true));
    cr_assert_not(has("\"v1", true));
    cr_assert_not(has("\"v1\"x", true));
    cr_assert_not(has("\"", true));
    cr_assert_not(has("W/", true));
    cr_assert_not(has("w/\"v1\"", true));
    cr_assert_not(has(",", true));
}

static enum precondition check(const char *if_match, const char *if_none_match, bool is_read)
{
    return precondition_check(slice_from(if_match), slice_from(if_none_match), slice_from("\"v1\""),
                              is_read);
}

Test(conditional, reads_the_two_fields_in_order)
{
    cr_assert_eq(check(NULL, NULL, true), PRECONDITION_HOLDS);
    cr_assert_eq(check("\"v1\"", NULL, true), PRECONDITION_HOLDS);
    cr_assert_eq(check("\"v2\"", NULL, true), PRECONDITION_FAILED);
    cr_assert_eq(check(NULL, "\"v1\"", true), PRECONDITION_NOT_MODIFIED);
    cr_assert_eq(check(NULL, "*", true), PRECONDITION_NOT_MODIFIED);
    cr_assert_eq(check(NULL, "\"v2\"", true), PRECONDITION_HOLDS);
    cr_assert_eq(check(NULL, "\"v1\"", false), PRECONDITION_FAILED);
    cr_assert_eq(check("\"v2\"", "\"v1\"", true), PRECONDITION_FAILED);
}

Test(conditional, what_has_no_tag_matches_only_the_star)
{
    const struct slice none = slice_of(NULL, 0);

    cr_assert_eq(precondition_check(slice_from("\"v1\""), none, none, true), PRECONDITION_FAILED);
    cr_assert_eq(precondition_check(slice_from("*"), none, none, true), PRECONDITION_HOLDS);
    cr_assert_eq(precondition_check(none, slice_from("\"v1\""), none, true), PRECONDITION_HOLDS);
}

Test(conditional, if_range_needs_exactly_the_strong_tag)
{
    const struct slice etag = slice_from("\"v1\"");

    cr_assert(if_range_holds(slice_of(NULL, 0), etag));
    cr_assert(if_range_holds(slice_from("\"v1\""), etag));
    cr_assert_not(if_range_holds(slice_from("\"v2\""), etag));
    cr_assert_not(if_range_holds(slice_from("W/\"v1\""), etag));
    cr_assert_not(if_range_holds(slice_from("\"v1-gz\""), etag));
    cr_assert_not(if_range_holds(slice_from("Sun, 06 Nov 1994 08:49:37 GMT"), etag));
    cr_assert_not(if_range_holds(slice_from("\"v1\""), slice_of(NULL, 0)));
}

Test(conditional, the_tag_that_the_client_knows)
{
    const struct slice etag = slice_from("\"v1\"");

    cr_assert(
        slice_is(etag_list_known(slice_from("\"x\", W/\"v1-br\", \"v1\""), etag), "\"v1-br\""));
    cr_assert(slice_is(etag_list_known(slice_from("\"v1\""), etag), "\"v1\""));
    cr_assert_eq(etag_list_known(slice_from("*"), etag).length, 0);
    cr_assert_eq(etag_list_known(slice_from("\"v2-br\""), etag).length, 0);
    cr_assert_eq(etag_list_known(slice_of(NULL, 0), etag).length, 0);
}
