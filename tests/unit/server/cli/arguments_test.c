// SPDX-License-Identifier: GPL-3.0-or-later
#include <criterion/criterion.h>
#include <string.h>

#include "common/err.h"
#include "server/cli/commands.h"

Test(arguments, an_option_is_taken_with_its_value_in_both_forms)
{
    char *argv[] = {"a.mp4", "--title", "Bài 1", "--course=Toán", "rest"};
    int argc = 5;
    const char *title = NULL;
    const char *course = NULL;

    cr_assert_eq(take_option(&argc, argv, "title", &title), 0);
    cr_assert_eq(take_option(&argc, argv, "course", &course), 0);
    cr_assert_str_eq(title, "Bài 1");
    cr_assert_str_eq(course, "Toán");
    cr_assert_eq(argc, 2);
    cr_assert_str_eq(argv[0], "a.mp4");
    cr_assert_str_eq(argv[1], "rest");
}

Test(arguments, a_missing_option_is_none_and_a_missing_value_is_wrong)
{
    char *argv[] = {"--titles", "x", "--title"};
    int argc = 3;
    const char *value = "kept?";

    cr_assert_eq(take_option(&argc, argv, "course", &value), 0);
    cr_assert_null(value);
    cr_assert_eq(take_option(&argc, argv, "title", &value), ERR_INVALID);
}

Test(arguments, a_switch_has_no_value)
{
    char *argv[] = {"--wait", "--waiting"};
    int argc = 2;

    cr_assert(take_switch(&argc, argv, "wait"));
    cr_assert_not(take_switch(&argc, argv, "wait"));
    cr_assert_eq(argc, 1);
}
