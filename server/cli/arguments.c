// SPDX-License-Identifier: GPL-3.0-or-later
/* What all subcommands share: settings, options, and how they tell that something is wrong. */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/err.h"
#include "server/cli/commands.h"

int fail(const char *format, ...)
{
    va_list args;

    (void)fputs("banmai: error: ", stderr);
    va_start(args, format);
    (void)vfprintf(stderr, format, args);
    va_end(args);
    (void)fputc('\n', stderr);
    return EXIT_FAILED;
}

int fail_usage(const char *format, ...)
{
    va_list args;

    (void)fputs("banmai: ", stderr);
    va_start(args, format);
    (void)vfprintf(stderr, format, args);
    va_end(args);
    (void)fputs("; see banmai --help\n", stderr);
    return EXIT_USAGE;
}

int load_settings(struct config *config, int argc, char **argv, int *ret_n_left)
{
    CLEANUP(buf_clear) struct buf message = buf_with_limit(1024);
    char **as_given = calloc((size_t)argc + 1, sizeof *as_given); /* reading reorders it */

    if (!as_given)
        return fail("out of memory");
    memcpy(as_given, argv, (size_t)argc * sizeof *argv);
    const int err = config_load(config, argc, argv, ret_n_left, &message);
    config_blot_secrets(argc, as_given);
    free(as_given);
    if (!err)
        return 0;
    return fail_usage("%s", message.data ? message.data : "out of memory");
}

static void remove_arguments(int *argc, char **argv, int from, int n)
{
    for (int i = from; i + n < *argc; i++)
        argv[i] = argv[i + n];
    *argc -= n;
}

/* Whether the argument is "--name" or "--name=…". */
static bool is_option(const char *argument, const char *name)
{
    const size_t length = strlen(name);

    return strncmp(argument, "--", 2) == 0 && strncmp(argument + 2, name, length) == 0 &&
           (argument[2 + length] == '\0' || argument[2 + length] == '=');
}

int take_option(int *argc, char **argv, const char *name, const char **ret_value)
{
    *ret_value = NULL;
    for (int i = 0; i < *argc; i++) {
        if (!is_option(argv[i], name))
            continue;
        const char *equals = strchr(argv[i], '=');
        if (equals) {
            *ret_value = equals + 1;
            remove_arguments(argc, argv, i, 1);
            return 0;
        }
        if (i + 1 == *argc)
            return ERR_INVALID;
        *ret_value = argv[i + 1];
        remove_arguments(argc, argv, i, 2);
        return 0;
    }
    return 0;
}

bool take_switch(int *argc, char **argv, const char *name)
{
    for (int i = 0; i < *argc; i++) {
        if (is_option(argv[i], name) && !strchr(argv[i], '=')) {
            remove_arguments(argc, argv, i, 1);
            return true;
        }
    }
    return false;
}

int control_path(const struct config *config, char path[PATH_MAX])
{
    const int n = snprintf(path, PATH_MAX, "%s/control.sock", config->data);

    return n > 0 && n < PATH_MAX ? 0 : ERR_INVALID;
}
