// SPDX-License-Identifier: GPL-3.0-or-later
#include <criterion/criterion.h>

#include "server/http/message/priority.h"

static void check(const char *value, unsigned urgency, bool is_incremental)
{
    const struct priority p = priority_parse(slice_from(value));

    cr_expect_eq(p.urgency, urgency, "%s: urgency %u", value, p.urgency);
    cr_expect_eq(p.is_incremental, is_incremental, "%s: incremental %d", value, p.is_incremental);
}

Test(priority, reads_urgency_and_incremental)
{
    check("u=0", 0, false);
    check("u=7", 7, false);
    check("u=1, i", 1, true);
    check("i", 3, true);
    check("i,u=5", 5, true);
    check(" u=2 ,\ti=?1 ", 2, true);
    check("u=4, i=?0", 4, false);
}

Test(priority, says_the_default_when_nothing_is_said)
{
    check("", 3, false);
    check("  ", 3, false);
    check("foo", 3, false);
    check("foo=bar, baz=1", 3, false);
}

Test(priority, ignores_parameters_and_unknown_members)
{
    check("u=1;x=9, i;y", 1, true);
    check("u=6, later=\"u\", i", 6, true);
}

Test(priority, lets_the_last_of_two_count)
{
    check("u=1, u=6", 6, false);
    check("i, i=?0", 3, false);
}

Test(priority, ignores_an_urgency_out_of_range)
{
    check("u=8", 3, false);
    check("u=4294967296, i", 3, true);
}

Test(priority, takes_a_malformed_field_for_an_empty_one)
{
    check("u", 3, false);
    check("u=, i", 3, false);
    check("u=-1, i", 3, false);
    check("u=x", 3, false);
    check("i=1, u=0", 3, false);
    check("u=1,, i", 3, false);
    check("u=1,", 3, false);
    check(",", 3, false);
    check("=, u=1", 3, false);
}

Test(priority, puts_short_answers_before_their_equals)
{
    const struct priority wanted = {.urgency = 3, .is_incremental = true};

    cr_assert_eq(priority_of_answer(wanted, 1000).urgency, 2);
    cr_assert(priority_of_answer(wanted, 1000).is_incremental);
    cr_assert_eq(priority_of_answer(wanted, PRIORITY_SHORT_BYTES).urgency, 2);
    cr_assert_eq(priority_of_answer(wanted, PRIORITY_SHORT_BYTES + 1).urgency, 3);
}

Test(priority, knows_nothing_more_urgent_than_the_most)
{
    cr_assert_eq(priority_of_answer((struct priority){.urgency = 0}, 1).urgency, 0);
}

/* A short answer never overtakes one that the client finds two steps more urgent. */
Test(priority, keeps_the_clients_order_otherwise)
{
    for (uint8_t u = 0; u < PRIORITY_LEAST_URGENT; u++) {
        const struct priority urgent = {.urgency = u};
        const struct priority later = {.urgency = u + 1};
        cr_assert_leq(priority_of_answer(urgent, 1 << 20).urgency,
                      priority_of_answer(later, 1).urgency);
    }
}
