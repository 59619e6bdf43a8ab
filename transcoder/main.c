// SPDX-License-Identifier: GPL-3.0-or-later
/* banmai-transcode: turns one media file into a package. It knows nothing of networks, databases or
 * users, and opens the file only in processes that have locked themselves in (box/box.h). */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/cleanup.h"
#include "common/err.h"
#include "common/file.h"
#include "transcoder/cli.h"
#include "transcoder/coordinator.h"
#include "transcoder/report.h"

enum { STATUS_DONE = 0, STATUS_FAILED = 1, STATUS_USAGE = 2 };

static int fail_to_open(const char *what, int errnum)
{
    char detail[256];

    (void)snprintf(detail, sizeof detail, "cannot open the %s: %s", what, strerrordesc_np(errnum));
    report_failed(errnum == ENOSPC ? FAILURE_DISK_FULL : FAILURE_INTERNAL, detail, 0);
    return STATUS_FAILED;
}

/* A source is a plain file: a pipe would block, a device has no end. */
static int open_source(const char *path, int *ret_fd, int64_t *ret_bytes)
{
    struct stat st;
    const int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);

    if (fd < 0)
        return fail_to_open("source", errno);
    if (fstat(fd, &st) < 0 || !S_ISREG(st.st_mode)) {
        (void)close(fd);
        return fail_to_open("source", S_ISDIR(st.st_mode) ? EISDIR : EINVAL);
    }
    *ret_fd = fd;
    *ret_bytes = st.st_size;
    return STATUS_DONE;
}

static int open_dir(const struct command *command, int *ret_fd)
{
    if (command->kind == COMMAND_RUN || command->kind == COMMAND_PLAN) {
        const int err = file_make_dirs(command->dir, 0755);
        if (err && err != ERR_EXISTS)
            return fail_to_open("folder", errno);
    }
    const int fd = open(command->dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0)
        return fail_to_open("folder", errno);
    *ret_fd = fd;
    return STATUS_DONE;
}

static int do_command(const struct command *command)
{
    CLEANUP(close_fd) int source_fd = -1;
    CLEANUP(close_fd) int dir_fd = -1;
    int64_t source_bytes = 0;
    int status = STATUS_DONE;

    if (command->source)
        status = open_source(command->source, &source_fd, &source_bytes);
    if (status == STATUS_DONE && command->dir)
        status = open_dir(command, &dir_fd);
    if (status != STATUS_DONE)
        return status;
    return coordinator_run(&(struct coordinator_config){.command = command,
                                                        .source_fd = source_fd,
                                                        .source_bytes = source_bytes,
                                                        .dir_fd = dir_fd});
}

int main(int argc, char *argv[])
{
    struct command command;
    const char *wrong;

    if (cli_parse(argc, argv, &command, &wrong)) {
        if (wrong)
            (void)fprintf(stderr, "banmai-transcode: \"%s\" is no option, or has a wrong value\n\n",
                          wrong);
        (void)fputs(cli_usage(), stderr);
        return STATUS_USAGE;
    }
    if (command.kind == COMMAND_HELP)
        return fputs(cli_usage(), stdout) < 0 ? STATUS_FAILED : STATUS_DONE;
    if (command.kind == COMMAND_VERSION)
        return puts("banmai-transcode " BANMAI_VERSION) < 0 ? STATUS_FAILED : STATUS_DONE;
    return do_command(&command);
}
