// SPDX-License-Identifier: GPL-3.0-or-later
/* banmai serve */
#include <stdlib.h>
#include <string.h>

#include "common/err.h"
#include "server/cli/commands.h"
#include "server/roles/serve.h"

/* The command line as it was, for SIGHUP: reading the settings reorders it and blots passwords. */
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

static void clear_line(struct command_line *line)
{
    for (int i = 0; line->argv && i < line->argc; i++)
        free(line->argv[i]);
    free(line->argv);
}

static int copy_line(struct command_line *line, int argc, char *const *argv)
{
    *line = (struct command_line){argc, calloc((size_t)argc + 1, sizeof *argv)};
    for (int i = 0; line->argv && i < argc; i++) {
        line->argv[i] = strdup(argv[i]);
        if (!line->argv[i])
            return ERR_NO_MEMORY;
    }
    return line->argv ? 0 : ERR_NO_MEMORY;
}

int command_serve(int argc, char **argv)
{
    CLEANUP(buf_clear) struct buf message = buf_with_limit(4096);
    struct command_line line;
    struct config config;
    int n_left = 0;

    if (copy_line(&line, argc, argv)) {
        clear_line(&line);
        return fail("out of memory");
    }
    int status = load_settings(&config, argc, argv, &n_left);
    if (!status && n_left > 0)
        status = fail_usage("serve does not know \"%s\"", argv[0]);
    if (!status && serve_run(&config, reload, &line, &message))
        status = fail("%s", message.data);
    clear_line(&line);
    return status;
}
