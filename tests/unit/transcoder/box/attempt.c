// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/unit/transcoder/box/attempt.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "transcoder/message.h"

enum { ABOVE = 100 }; /* all descriptors that are given a place */

char attempt_secret[ATTEMPT_PATH_SIZE];
char attempt_fresh[ATTEMPT_PATH_SIZE];
char attempt_output[ATTEMPT_PATH_SIZE];
pid_t attempt_bystander;

static char folder[ATTEMPT_PATH_SIZE];

static const struct box_config ROOMY = {.memory_bytes = UINT64_C(1) << 30,
                                        .file_bytes = 1 << 20,
                                        .cpu_s = 10};

/* What became of an attempt, where its process and its judge both see it. */
struct report {
    bool has_entered, has_ended;
    long result;
    int errnum;
};

static void make_playground(void)
{
    (void)snprintf(folder, sizeof folder, "/tmp/banmai-box-XXXXXX");
    cr_assert_not_null(mkdtemp(folder));
    (void)snprintf(attempt_secret, sizeof attempt_secret, "%s/secret", folder);
    (void)snprintf(attempt_fresh, sizeof attempt_fresh, "%s/fresh", folder);
    (void)snprintf(attempt_output, sizeof attempt_output, "%s/output", folder);
    const int fd = open(attempt_secret, O_WRONLY | O_CREAT | O_EXCL, 0600);
    cr_assert_geq(fd, 0);
    cr_assert_eq(write(fd, "hunter2", 7), 7);
    (void)close(fd);
    attempt_bystander = fork();
    cr_assert_geq(attempt_bystander, 0);
    if (attempt_bystander == 0) {
        (void)prctl(PR_SET_PDEATHSIG, SIGKILL);
        for (;;)
            (void)pause();
    }
}

static void remove_playground(void)
{
    (void)kill(attempt_bystander, SIGKILL);
    (void)waitpid(attempt_bystander, NULL, 0);
    (void)unlink(attempt_output);
    (void)unlink(attempt_secret);
    (void)unlink(attempt_fresh);
    (void)rmdir(attempt_fresh);
    cr_assert_eq(rmdir(folder), 0, "an attempt left something in %s", folder);
}

/* The descriptors of a task, without its box. */
static void arrange_descriptors(int link, int source)
{
    const int null = fcntl(open("/dev/null", O_RDWR), F_DUPFD, ABOVE);

    link = fcntl(link, F_DUPFD, ABOVE);
    source = fcntl(source, F_DUPFD, ABOVE);
    for (int fd = 0; fd <= 2; fd++)
        (void)dup2(null, fd);
    (void)dup2(link, BOX_LINK_FD);
    (void)dup2(source, BOX_SOURCE_FD);
    (void)close_range(BOX_FIRST_FREE_FD, ~0U, 0);
}

/* In the child. The output comes as it comes to a task: over the link. */
static void try_it(attempt_function attempt, const void *arg, const struct box_config *limits,
                   int link, struct report *report)
{
    const int source = open(attempt_secret, O_RDONLY);
    struct message message;
    int output = -1;

    if (limits) {
        struct box_config config = *limits;
        config.link_fd = link;
        config.source_fd = source;
        config.parent_pid = getppid();
        if (box_enter(&config))
            _exit(1);
    } else {
        arrange_descriptors(link, source);
    }
    if (message_receive(BOX_LINK_FD, &message, &output) || output != ATTEMPT_OUTPUT_FD)
        _exit(1);
    report->has_entered = true;
    report->result = attempt(arg);
    report->errnum = errno;
    report->has_ended = true;
    _exit(0);
}

static struct outcome judge(const struct report *report, int status)
{
    if (WIFSIGNALED(status))
        return (struct outcome){OUTCOME_DIED, WTERMSIG(status)};
    if (!report->has_entered)
        return (struct outcome){OUTCOME_NO_BOX, 0};
    if (report->has_ended && report->result < 0)
        return (struct outcome){OUTCOME_FAILED, report->errnum};
    return (struct outcome){OUTCOME_WORKED, 0}; /* or became another program, which ended */
}

static struct outcome run(attempt_function attempt, const void *arg,
                          const struct box_config *limits)
{
    struct report *report =
        mmap(NULL, sizeof *report, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    int sockets[2];
    int status = 0;

    cr_assert_neq(report, MAP_FAILED);
    make_playground();
    const int output = open(attempt_output, O_RDWR | O_CREAT | O_CLOEXEC, 0700);
    cr_assert(output >= 0 && socketpair(AF_UNIX, SOCK_SEQPACKET, 0, sockets) == 0);
    const struct message message = {.kind = MESSAGE_REPLY};
    cr_assert_eq(message_send(sockets[1], &message, output), 0);
    const pid_t pid = fork();
    if (pid == 0)
        try_it(attempt, arg, limits, sockets[0], report);
    cr_assert_eq(waitpid(pid, &status, 0), pid);
    const struct outcome outcome = judge(report, status);
    (void)close(output);
    (void)close(sockets[0]);
    (void)close(sockets[1]);
    remove_playground();
    (void)munmap(report, sizeof *report);
    return outcome;
}

struct outcome attempt_inside(attempt_function attempt, const void *arg)
{
    return run(attempt, arg, &ROOMY);
}

struct outcome attempt_outside(attempt_function attempt, const void *arg)
{
    return run(attempt, arg, NULL);
}

struct outcome attempt_limited(attempt_function attempt, const struct box_config *limits)
{
    return run(attempt, NULL, limits);
}

bool outcome_is(struct outcome outcome, enum outcome_kind kind, int number)
{
    return outcome.kind == kind && outcome.number == number;
}
