// SPDX-License-Identifier: GPL-3.0-or-later
/* What goes on inside the box, and its limits; the ways out are syscalls_test.c's. */
#include "transcoder/box/box.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <fcntl.h>
#include <seccomp.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "common/err.h"
#include "tests/unit/transcoder/box/attempt.h"
#include "transcoder/box/sanitizer.h"
#include "transcoder/link.h"

enum { INSIDE_SUCCEEDED = 0, INSIDE_REFUSED = 1, INSIDE_NO_BOX = 2 };

static int enter(int link_fd, int source_fd)
{
    return box_enter(&(struct box_config){.link_fd = link_fd,
                                          .source_fd = source_fd,
                                          .memory_bytes = UINT64_C(1) << 30,
                                          .file_bytes = 1 << 20,
                                          .cpu_s = 10,
                                          .parent_pid = getppid()});
}

/* What honest work needs, in one process: memory, time, the source, its own end. */
static int work_honestly(void)
{
    char *large = malloc(64 << 20);
    struct timespec now;
    char c;

    if (!large)
        return 1;
    memset(large, 1, 64 << 20);
    free(large);
    if (pread(BOX_SOURCE_FD, &c, 1, 0) != 1 || clock_gettime(CLOCK_MONOTONIC, &now) < 0)
        return 1;
    struct link link = link_over(BOX_LINK_FD);
    link_done(&link);
    return 0;
}

static void work_inside(int link_fd)
{
    if (enter(link_fd, open("/etc/passwd", O_RDONLY)))
        _exit(INSIDE_NO_BOX);
    _exit(work_honestly());
}

Test(box, honest_work_goes_on)
{
    struct message message;
    int sockets[2];
    int status = 0;

    cr_assert_eq(socketpair(AF_UNIX, SOCK_SEQPACKET, 0, sockets), 0);
    const pid_t pid = fork();
    if (pid == 0)
        work_inside(sockets[0]);
    cr_assert_eq(waitpid(pid, &status, 0), pid);
    cr_assert(WIFEXITED(status) && WEXITSTATUS(status) == 0, "status %x", status);
    cr_assert_eq(message_receive(sockets[1], &message, NULL), 0);
    cr_assert_eq(message.kind, MESSAGE_DONE);
}

static int secret_is_gone(void)
{
    if (enter(socket(AF_UNIX, SOCK_SEQPACKET, 0), -1))
        return INSIDE_NO_BOX;
    return getenv("BANMAI_SECRET") ? 1 : 0;
}

Test(box, the_environment_is_wiped)
{
    static char variable[] = "BANMAI_SECRET=hunter2";
    char *seen = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    int status = 0;

    cr_assert_eq(putenv(variable), 0);
    const pid_t pid = fork();
    if (pid == 0) {
        const int result = secret_is_gone();
        memcpy(seen, variable, sizeof variable);
        _exit(result);
    }
    cr_assert_eq(waitpid(pid, &status, 0), pid);
    cr_assert(WIFEXITED(status) && WEXITSTATUS(status) == 0);
    cr_assert_null(memmem(seen, sizeof variable, "hunter2", 7), "it still lies in memory");
}

Test(box, nobody_enters_whose_parent_is_another)
{
    int status = 0;
    const pid_t pid = fork();

    if (pid == 0) {
        const struct box_config config = {.link_fd = socket(AF_UNIX, SOCK_SEQPACKET, 0),
                                          .source_fd = -1,
                                          .memory_bytes = 1 << 30,
                                          .file_bytes = 1 << 20,
                                          .cpu_s = 10,
                                          .parent_pid = getppid() + 1};
        _exit(box_enter(&config) ? INSIDE_REFUSED : INSIDE_SUCCEEDED);
    }
    cr_assert_eq(waitpid(pid, &status, 0), pid);
    cr_assert(WIFEXITED(status) && WEXITSTATUS(status) == INSIDE_REFUSED);
}

/* ---- limits ---- */

enum { MIB = 1 << 20 };

static long take_memory(const void *arg)
{
    const size_t bytes = (size_t)1100 * MIB;

    (void)arg;
    return mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) ==
                   MAP_FAILED
               ? -1
               : 0;
}

static long write_two_mib(const void *arg)
{
    static char block[4096];
    const size_t n_blocks = (size_t)2 * MIB / sizeof block;

    (void)arg;
    for (size_t i = 0; i < n_blocks; i++) {
        if (write(ATTEMPT_OUTPUT_FD, block, sizeof block) != (ssize_t)sizeof block)
            return -1;
    }
    return 0;
}

static long compute_for_two_seconds(const void *arg)
{
    struct timespec now;

    (void)arg;
    do
        (void)clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    while (now.tv_sec < 2);
    return 0;
}

static const struct box_config TIGHT = {.memory_bytes = UINT64_C(1) << 30,
                                        .file_bytes = MIB,
                                        .cpu_s = 1};

Test(box, memory_and_files_have_an_end)
{
    if (box_is_sanitized())
        cr_skip_test("sanitizers reserve terabytes");
    cr_expect(outcome_is(attempt_limited(take_memory, &TIGHT), OUTCOME_FAILED, ENOMEM));
    cr_expect(outcome_is(attempt_limited(write_two_mib, &TIGHT), OUTCOME_FAILED, EFBIG));
    cr_expect_eq(attempt_outside(take_memory, NULL).kind, OUTCOME_WORKED);
    cr_expect_eq(attempt_outside(write_two_mib, NULL).kind, OUTCOME_WORKED);
}

/* SIGKILL would look as if somebody had killed the worker, and the task would be tried again. */
Test(box, a_task_without_end_dies_of_the_signal_that_says_so)
{
    const struct outcome outcome = attempt_limited(compute_for_two_seconds, &TIGHT);

    cr_expect(outcome_is(outcome, OUTCOME_DIED, SIGXCPU), "%d, %d", outcome.kind, outcome.number);
    cr_expect_eq(attempt_outside(compute_for_two_seconds, NULL).kind, OUTCOME_WORKED);
}

/* ---- a machine without seccomp ---- */

/* Makes this process one for which the kernel has none. */
static int lose_seccomp(void)
{
    scmp_filter_ctx filter = seccomp_init(SCMP_ACT_ALLOW);

    return seccomp_rule_add(filter, SCMP_ACT_ERRNO(ENOSYS), SCMP_SYS(seccomp), 0) ||
           seccomp_rule_add(filter, SCMP_ACT_ERRNO(EINVAL), SCMP_SYS(prctl), 1,
                            SCMP_A0(SCMP_CMP_EQ, PR_SET_SECCOMP)) ||
           seccomp_load(filter);
}

static int enter_without_seccomp(bool is_unsafe)
{
    int status = 0;
    const pid_t parent = getpid();
    const pid_t pid = fork();

    if (pid == 0) {
        const struct box_config config = {.link_fd = socket(AF_UNIX, SOCK_SEQPACKET, 0),
                                          .source_fd = -1,
                                          .memory_bytes = UINT64_C(1) << 30,
                                          .file_bytes = MIB,
                                          .cpu_s = 10,
                                          .parent_pid = parent,
                                          .is_unsafe = is_unsafe};
        _exit(lose_seccomp() ? 100 : -box_enter(&config));
    }
    cr_assert_eq(waitpid(pid, &status, 0), pid);
    cr_assert(WIFEXITED(status), "status %x", status);
    return -WEXITSTATUS(status);
}

Test(box, without_seccomp_there_is_no_box_unless_that_is_asked_for)
{
    cr_expect_eq(enter_without_seccomp(false), ERR_UNAVAILABLE);
    cr_expect_eq(enter_without_seccomp(true), 0);
}
