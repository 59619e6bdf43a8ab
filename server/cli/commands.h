// SPDX-License-Identifier: GPL-3.0-or-later
/* commands.h - the subcommands of the program banmai. Each gets what follows its name and returns
 * the exit status: 0 done, 1 failed (one line on standard error: code, cause, what to do), 2 bad
 * usage. */
#ifndef SERVER_CLI_COMMANDS_H
#define SERVER_CLI_COMMANDS_H

#include "common/buf.h"
#include "server/config.h"

enum { EXIT_DONE = 0, EXIT_FAILED = 1, EXIT_USAGE = 2 };

int command_serve(int argc, char **argv);
int command_worker(int argc, char **argv);
int command_user(int argc, char **argv);
int command_publish(int argc, char **argv);
int command_check(int argc, char **argv);
int command_backup(int argc, char **argv);

/* "banmai: error: …" and returns EXIT_FAILED. */
int fail(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* "banmai: …", a hint at --help, and returns EXIT_USAGE. */
int fail_usage(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* Reads the settings; what is no setting is left at the front of argv. Returns 0, or the exit
 * status after having told what is wrong. */
int load_settings(struct config *config, int argc, char **argv, int *ret_n_left);

/* Takes "--name VALUE" or "--name=VALUE" out of the arguments. *ret_value is NULL when it is not
 * there. Returns 0, or ERR_INVALID when the value is missing. */
int take_option(int *argc, char **argv, const char *name, const char **ret_value);

/* Takes the switch "--name" out of the arguments; whether it was there. */
bool take_switch(int *argc, char **argv, const char *name);

/* The path of the control socket in the data folder; ERR_INVALID when it is too long. */
int control_path(const struct config *config, char path[PATH_MAX]);

#endif
