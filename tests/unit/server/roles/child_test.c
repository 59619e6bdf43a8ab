// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/roles/child.h"

#include <criterion/criterion.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "common/err.h"

Test(child, a_missing_program_is_told_at_once)
{
    const char *const argv[] = {"/nowhere/redis-server", NULL};
    const struct child_spec spec = {
        .argv = argv, .stdin_fd = -1, .stdout_fd = -1, .kept_fd = -1, .death_signal = SIGKILL};
    pid_t pid = 0;

    cr_assert_eq(child_start(&spec, &pid), ERR_NOT_FOUND);
    cr_assert_eq(pid, 0);
}

Test(child, output_comes_through_and_stop_reaps)
{
    const char *const argv[] = {"sh", "-c", "pwd; exec sleep 100", NULL};
    char text[16] = "";
    int pipe_fds[2];
    pid_t pid;

    cr_assert_eq(pipe(pipe_fds), 0);
    const struct child_spec spec = {.argv = argv,
                                    .work_dir = "/usr",
                                    .stdin_fd = -1,
                                    .stdout_fd = pipe_fds[1],
                                    .kept_fd = -1,
                                    .death_signal = SIGKILL};
    cr_assert_eq(child_start(&spec, &pid), 0);
    cr_assert_eq(read(pipe_fds[0], text, sizeof text - 1), 5);
    cr_assert_str_eq(text, "/usr\n");
    const int status = child_stop(pid, SIGTERM, 2000);
    cr_assert(WIFSIGNALED(status));
    cr_assert_eq(WTERMSIG(status), SIGTERM);
    cr_assert_eq(kill(pid, 0), -1, "reaped");
}

Test(child, one_that_ignores_the_signal_is_killed)
{
    const char *const argv[] = {"sh", "-c", "trap '' TERM; while :; do sleep 1; done", NULL};
    const struct child_spec spec = {
        .argv = argv, .stdin_fd = -1, .stdout_fd = -1, .kept_fd = -1, .death_signal = SIGKILL};
    pid_t pid;

    cr_assert_eq(child_start(&spec, &pid), 0);
    usleep(100000);
    cr_assert_eq(WTERMSIG(child_stop(pid, SIGTERM, 200)), SIGKILL);
}

Test(child, a_secret_was_an_argument_that_everybody_can_read)
{
    const char *const argv[] = {"sh", "-c", "echo $SECRET; umask; exec sleep 100", NULL};
    char text[32] = "";
    int pipe_fds[2];
    pid_t pid;
    size_t n = 0;

    cr_assert_eq(pipe(pipe_fds), 0);
    cr_assert_eq(setenv("SECRET", "old", 1), 0);
    const struct child_spec spec = {.argv = argv,
                                    .variable = "SECRET=new",
                                    .stdin_fd = -1,
                                    .stdout_fd = pipe_fds[1],
                                    .kept_fd = -1,
                                    .death_signal = SIGKILL};
    cr_assert_eq(child_start(&spec, &pid), 0);
    while (n < 9) {
        const ssize_t got = read(pipe_fds[0], text + n, sizeof text - 1 - n);
        cr_assert_gt(got, 0);
        n += (size_t)got;
    }
    cr_assert_str_eq(text, "new\n0027\n");
    cr_assert_str_eq(getenv("SECRET"), "old", "ours stays");
    (void)child_stop(pid, SIGKILL, 2000);
}
