// SPDX-License-Identifier: GPL-3.0-or-later
#include "storage/jobs/task_args.h"

#include <criterion/criterion.h>

Test(task_args, what_is_read_is_what_was_written)
{
    char text[TASK_ARGS_SIZE];

    task_args_write(&(struct task_args){.without_sound = true}, text);
    cr_assert(task_args_read(text).without_sound);
    task_args_write(&(struct task_args){.without_sound = false}, text);
    cr_assert_str_eq(text, "", "nothing is not sent");
    cr_assert_not(task_args_read(text).without_sound);
}

Test(task_args, what_is_not_known_is_nothing)
{
    cr_assert_not(task_args_read("{\"ladder\":\"weak links\"}").without_sound);
    cr_assert_not(task_args_read("[true]").without_sound);
    cr_assert_not(task_args_read("{\"without_sound\":1}").without_sound);
    cr_assert_not(task_args_read("{").without_sound);
    cr_assert(task_args_read("{\"x\":[1],\"without_sound\":true}").without_sound);
}
