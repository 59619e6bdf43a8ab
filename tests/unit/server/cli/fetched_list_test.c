// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/cli/fetched_list.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

Test(fetched_list, needed_paths_are_added_once_and_findings_are_not)
{
    CLEANUP(fetched_list_clear) struct fetched_list list = {0};

    cr_assert_eq(fetched_list_add_needed(&list, slice_from("need multivariant.m3u8\nneed v/0.m4s\n"
                                                           "need v/0.m4s\nerror x y: z\nneed \n")),
                 0);
    cr_assert_eq(list.n, 2);
    cr_assert_str_eq(list.items[1].path, "v/0.m4s");
    cr_assert_eq(fetched_list_add_needed(&list, slice_from("need v/0.m4s\nneed v/1.m4s\n")), 0);
    cr_assert_eq(list.n, 3);
}

Test(fetched_list, a_path_of_any_length_is_survived)
{
    CLEANUP(fetched_list_clear) struct fetched_list list = {0};
    char line[2 * FETCHED_PATH_SIZE];

    memset(line, 'a', sizeof line);
    memcpy(line, "need ", 5);
    line[sizeof line - 1] = '\n';
    cr_assert_eq(fetched_list_add_needed(&list, slice_of(line, sizeof line)), 0);
    cr_assert_eq(list.n, 0);
}

Test(fetched_list, only_what_came_has_a_file)
{
    CLEANUP(fetched_list_clear) struct fetched_list list = {0};
    CLEANUP(buf_clear) struct buf out = buf_with_limit(4096);

    cr_assert_eq(fetched_list_add_needed(&list, slice_from("need a\nneed b\n")), 0);
    list.items[0].status = 200;
    list.items[0].is_gzip = true;
    (void)snprintf(list.items[0].type, sizeof list.items[0].type, "a/\"b");
    list.items[1].status = 404;
    fetched_list_write(&list, &out);
    cr_assert_str_eq(out.data, "{\"files\":{\n"
                               "\"a\":{\"status\":200,\"type\":\"a/\\\"b\",\"gzip\":true,"
                               "\"redirect\":false,\"file\":\"f-0\"},\n"
                               "\"b\":{\"status\":404,\"type\":\"\",\"gzip\":false,"
                               "\"redirect\":false}}}\n");
}
