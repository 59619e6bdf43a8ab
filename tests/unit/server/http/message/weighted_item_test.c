// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/http/message/weighted_item.h"

#include <criterion/criterion.h>

Test(weighted_item, names_and_weights_come_one_by_one)
{
    struct slice rest = slice_from(" br , gzip;q=0.25,x ; q=1.000");
    int weight = 0;

    cr_assert(slice_is(weighted_item_take(&rest, &weight), "br"));
    cr_assert_eq(weight, 1000);
    cr_assert(slice_is(weighted_item_take(&rest, &weight), "gzip"));
    cr_assert_eq(weight, 250);
    cr_assert(slice_is(weighted_item_take(&rest, &weight), "x"));
    cr_assert_eq(weight, 1000);
    cr_assert_null(rest.data);
}

Test(weighted_item, a_malformed_weight_counts_for_nothing)
{
    static const char *const ITEMS[] = {"x;q=1.001", "x;q=2", "x;q=.5", "x;q=0.0001", "x;level=1"};

    for (size_t i = 0; i < sizeof ITEMS / sizeof ITEMS[0]; i++) {
        struct slice rest = slice_from(ITEMS[i]);
        int weight = 1;
        (void)weighted_item_take(&rest, &weight);
        cr_assert_eq(weight, 0, "%s", ITEMS[i]);
    }
}
