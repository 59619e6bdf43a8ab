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

/* The arguments in one piece of memory, for the settings take theirs out of argv. NULL without
 * memory. */
static char **copy_arguments(int argc, char *const *argv)
{
    size_t n_bytes = ((size_t)argc + 1) * sizeof *argv;

    for (int i = 0; i < argc; i++)
        n_bytes += strlen(argv[i]) + 1;
    char **copy = calloc(1, n_bytes);
    char *at = copy ? (char *)(copy + argc + 1) : NULL;
    for (int i = 0; copy && i < argc; i++) {
        const size_t size = strlen(argv[i]) + 1;
        copy[i] = memcpy(at, argv[i], size);
        at += size;
    }
    return copy;
}

int command_serve(int argc, char **argv)
{
    CLEANUP(buf_clear) struct buf message = buf_with_limit(4096);
    struct command_line line = {argc, copy_arguments(argc, argv)};
    struct config config;
    int n_left = 0;

    if (!line.argv)
        return fail("out of memory");
    int status = load_settings(&config, argc, argv, &n_left);
    if (!status && n_left > 0)
        status = fail_usage("serve does not know \"%s\"", argv[0]);
    if (!status && serve_run(&config, reload, &line, &message))
        status = fail("%s", message.data);
    free(line.argv);
    return status;
}
