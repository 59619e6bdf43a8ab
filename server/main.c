// SPDX-License-Identifier: GPL-3.0-or-later
/* The program banmai: finds the subcommand. */
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "common/buf.h"
#include "server/cli/commands.h"
#include "server/config.h"

static const struct {
    const char *name;
    int (*run)(int argc, char **argv);
    const char *usage;
} COMMANDS[] = {
    {"serve", command_serve, "serve                         run the server"},
    {"worker", command_worker,
     "worker --redis URL --media DIR  run a transcoding worker for another host's server"},
    {"user", command_user,
     "user add LOGIN --role R [--name N] [--password-stdin]\n"
     "  banmai user password LOGIN [--password-stdin]\n"
     "  banmai user role LOGIN --role R\n"
     "  banmai user unlock LOGIN\n"
     "  banmai user list"},
    {"publish", command_publish,
     "publish FILE [--title T] [--course C] [--wait]  make a lecture of a recording; prints its "
     "id"},
    {"backup", command_backup,
     "backup FILE                   copy the database while the server runs"},
    {"check", command_check,
     "check URL|DIR                 is a package as players need it? One line for each finding"},
};

enum { N_COMMANDS = sizeof COMMANDS / sizeof COMMANDS[0], HELP_LIMIT = 16384 };

static int print_help(void)
{
    CLEANUP(buf_clear) struct buf text = buf_with_limit(HELP_LIMIT);

    buf_append_text(&text, "Banmai " BANMAI_VERSION ": lectures over weak networks\n\n");
    for (size_t i = 0; i < N_COMMANDS; i++)
        buf_printf(&text, "  banmai %s\n", COMMANDS[i].usage);
    buf_append_text(&text, "\nSettings, as flags, BANMAI_* variables or lines of the INI file that "
                           "--config names\n(flag over variable over file). A value follows behind "
                           "a space or \"=\"; what is yes or no,\nonly behind \"=\": --pacing or "
                           "--pacing=no. Those with (SIGHUP) change when the server gets that "
                           "signal, the others\nat its next start.\n\n");
    config_describe(&text);
    (void)fputs(text.data ? text.data : "", stdout);
    return EXIT_DONE;
}

/* Behind a subcommand too: that is where people look. */
static bool asks_for_help(int argc, char **argv)
{
    for (int i = 1; i < argc; i++) {
        if (strcmp(argv[i], "--help") == 0)
            return true;
    }
    return strcmp(argv[1], "help") == 0;
}

int main(int argc, char **argv)
{
    if (argc < 2)
        return fail_usage("a subcommand is needed");
    if (asks_for_help(argc, argv))
        return print_help();
    if (strcmp(argv[1], "--version") == 0) {
        (void)puts("banmai " BANMAI_VERSION);
        return EXIT_DONE;
    }
    for (size_t i = 0; i < N_COMMANDS; i++) {
        if (strcmp(argv[1], COMMANDS[i].name) == 0)
            return COMMANDS[i].run(argc - 2, argv + 2);
    }
    return fail_usage("there is no subcommand \"%s\"", argv[1]);
}
