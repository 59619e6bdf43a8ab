// SPDX-License-Identifier: GPL-3.0-or-later
/* banmai serve */
#include <stdlib.h>
#include <string.h>

#include "common/err.h"
#include "server/cli/commands.h"
#include "server/roles/serve.h"

/* The command line as it was, for SIGHUP: reading the settings reorders it. */
struct command_line {
    int argc;
    char **argv;
};

static int reload(struct config *ret_config, struct buf *message, void *arg)
{
    const struct command_line *line = arg;
    int n_left = 0;

    char **argv = calloc((size_t)line->argc + 1, sizeof *argv);
    if (!argv)
        return ERR_NO_MEMORY;
    memcpy(argv, line->argv, (size_t)line->argc * sizeof *argv);
    const int err = config_load(ret_config, line->argc, argv, &n_left, message);
    free(argv);
    return err;
}

int command_serve(int argc, char **argv)
{
    CLEANUP(buf_clear) struct buf message = buf_with_limit(4096);
    struct command_line line = {argc, calloc((size_t)argc + 1, sizeof *argv)};
    struct config config;
    int n_left = 0;

    if (!line.argv)
        return fail("out of memory");
    memcpy(line.argv, argv, (size_t)argc * sizeof *argv);
    int status = load_settings(&config, argc, argv, &n_left);
    if (!status && n_left > 0)
        status = fail_usage("serve does not know \"%s\"", argv[0]);
    if (!status && serve_run(&config, reload, &line, &message))
        status = fail("%s", message.data);
    free(line.argv);
    return status;
}
