// SPDX-License-Identifier: GPL-3.0-or-later
/* child.h - child processes that never outlive us. */
#ifndef SERVER_ROLES_CHILD_H
#define SERVER_ROLES_CHILD_H

#include <stdbool.h>
#include <sys/types.h>

struct child_spec {
    const char *const *argv; /* argv[0] is looked up in PATH when it has no "/"; NULL-terminated */
    const char *work_dir;    /* NULL: ours */
    int stdin_fd;            /* becomes standard input; -1: /dev/null */
    int stdout_fd;           /* becomes standard output; -1: /dev/null */
    bool is_quiet;           /* standard error becomes /dev/null, else it is ours */
    int kept_fd;             /* stays open in the child (a lock); -1: none */
    const char *variable;    /* "NAME=value" of the child's environment; NULL: ours as it is */
    int death_signal;        /* what the child gets when the thread that starts it ends */
};

/* Starts a program with an empty signal mask and its descriptors as above. Waits until the program
 * runs, so that a missing one is told at once: ERR_NOT_FOUND, ERR_DENIED, ERR_NO_MEMORY, or ERR_IO.
 * Any thread that lives as long as the child should. */
int child_start(const struct child_spec *spec, pid_t *ret_pid);

/* Sends the signal (0: none) and waits for at most wait_ms; then kills. Reaps the child.
 * Returns its wait status. */
int child_stop(pid_t pid, int signal, unsigned wait_ms);

#endif
