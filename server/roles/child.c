// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/roles/child.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "common/cleanup.h"
#include "common/err.h"

/* Our environment with one variable set or replaced. Only the list is allocated. */
static char **make_environment(const char *variable)
{
    const size_t name_length = (size_t)(strchrnul(variable, '=') - variable) + 1;
    size_t n = 0, n_all = 0;

    while (environ[n_all])
        n_all++;
    char **environment = malloc((n_all + 2) * sizeof environment[0]);
    if (!environment)
        return NULL;
    for (size_t i = 0; i < n_all; i++) {
        if (strncmp(environ[i], variable, name_length) != 0)
            environment[n++] = environ[i];
    }
    environment[n++] = (char *)(uintptr_t)variable; /* execvpe changes nothing */
    environment[n] = NULL;
    return environment;
}

/* Between fork and exec only calls that are safe after fork in a threaded program. */
static void become(const struct child_spec *spec, char *const *environment, pid_t parent,
                   int null_fd, int report_fd)
{
    sigset_t none;

    (void)umask(027); /* what children make is not for everybody on the machine */
    (void)sigemptyset(&none);
    (void)sigprocmask(SIG_SETMASK, &none, NULL);
    (void)signal(SIGPIPE, SIG_DFL);
    if (prctl(PR_SET_PDEATHSIG, spec->death_signal) == 0 && getppid() == parent &&
        dup2(spec->stdin_fd >= 0 ? spec->stdin_fd : null_fd, STDIN_FILENO) >= 0 &&
        dup2(spec->stdout_fd >= 0 ? spec->stdout_fd : null_fd, STDOUT_FILENO) >= 0 &&
        (!spec->is_quiet || dup2(null_fd, STDERR_FILENO) >= 0) &&
        (spec->kept_fd < 0 || fcntl(spec->kept_fd, F_SETFD, 0) == 0) &&
        (!spec->work_dir || chdir(spec->work_dir) == 0)) {
        /* execvpe takes char *const[] for historical reasons and changes nothing */
        (void)execvpe(spec->argv[0], (char *const *)(const void *)spec->argv, environment);
    }
    const int why = errno;
    if (write(report_fd, &why, sizeof why) < 0)
        _exit(126);
    _exit(127);
}

int child_start(const struct child_spec *spec, pid_t *ret_pid)
{
    CLEANUP(close_fd) const int null_fd = open("/dev/null", O_RDWR | O_CLOEXEC);
    int report[2];
    int why = 0;

    if (null_fd < 0)
        return err_from_errno(errno);
    char **own_environment = spec->variable ? make_environment(spec->variable) : NULL;
    if (spec->variable && !own_environment)
        return ERR_NO_MEMORY;
    if (pipe2(report, O_CLOEXEC) < 0) {
        why = errno;
        free(own_environment);
        return err_from_errno(why);
    }
    const pid_t parent = getpid();
    const pid_t pid = fork();
    if (pid == 0)
        become(spec, own_environment ? own_environment : environ, parent, null_fd, report[1]);
    free(own_environment);
    (void)close(report[1]);
    if (pid < 0) {
        (void)close(report[0]);
        return ERR_NO_MEMORY;
    }
    ssize_t n;
    do {
        n = read(report[0], &why, sizeof why); /* ends when exec closes the other end */
    } while (n < 0 && errno == EINTR);
    (void)close(report[0]);
    if (n > 0) {
        (void)waitpid(pid, NULL, 0);
        return err_from_errno(why);
    }
    *ret_pid = pid;
    return 0;
}

int child_stop(pid_t pid, int signal, unsigned wait_ms)
{
    int status = 0;

    (void)kill(pid, signal);
    for (unsigned waited_ms = 0;; waited_ms += 10) {
        const pid_t ended = waitpid(pid, &status, WNOHANG);
        if (ended == pid || (ended < 0 && errno == ECHILD))
            return status;
        if (waited_ms >= wait_ms)
            break;
        (void)nanosleep(&(struct timespec){.tv_nsec = 10L * 1000 * 1000}, NULL);
    }
    (void)kill(pid, SIGKILL);
    (void)waitpid(pid, &status, 0);
    return status;
}
