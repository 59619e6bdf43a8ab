// SPDX-License-Identifier: GPL-3.0-or-later
#include "storage/jobs/task_args.h"

#include <stdio.h>

#include "common/cleanup.h"
#include "common/json.h"

void task_args_write(const struct task_args *args, char text[TASK_ARGS_SIZE])
{
    (void)snprintf(text, TASK_ARGS_SIZE, "%s",
                   args->without_sound ? "{\"without_sound\":true}" : "");
}

struct task_args task_args_read(const char *text)
{
    CLEANUP(json_decref) json_t *object = NULL;

    if (json_parse(slice_from(text), &object))
        return (struct task_args){.without_sound = false};
    return (struct task_args){.without_sound =
                                  json_is_true(json_object_get(object, "without_sound"))};
}
