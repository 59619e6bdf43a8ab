// SPDX-License-Identifier: GPL-3.0-or-later
#include "transcoder/box/box.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "common/err.h"
#include "transcoder/box/sanitizer.h"

/* Moves fd to that number, which keeps its old owner's numbers out of the box. */
static int place(int fd, int number)
{
    if (fd == number)
        return fcntl(fd, F_SETFD, 0) < 0 ? ERR_IO : 0;
    return dup2(fd, number) < 0 ? ERR_IO : 0;
}

static int arrange_descriptors(const struct box_config *config)
{
    /* Above all targets first: they may lie on each other's places. */
    const int null = fcntl(open("/dev/null", O_RDWR | O_CLOEXEC), F_DUPFD, BOX_FIRST_FREE_FD + 1);
    const int link = fcntl(config->link_fd, F_DUPFD, BOX_FIRST_FREE_FD + 1);
    const int source =
        config->source_fd < 0 ? null : fcntl(config->source_fd, F_DUPFD, BOX_FIRST_FREE_FD + 1);

    if (null < 0 || link < 0 || source < 0)
        return ERR_IO;
    for (int fd = 0; fd < (box_is_sanitized() ? 2 : 3); fd++) {
        if (place(null, fd))
            return ERR_IO;
    }
    if (place(link, BOX_LINK_FD) || place(source, BOX_SOURCE_FD))
        return ERR_IO;
    return close_range(BOX_FIRST_FREE_FD, ~0U, 0) < 0 ? ERR_IO : 0;
}

static int limit(int resource, uint64_t value, uint64_t max)
{
    struct rlimit limits = {.rlim_cur = value, .rlim_max = max};
    struct rlimit now;

    if (getrlimit(resource, &now) == 0 && now.rlim_max != RLIM_INFINITY && now.rlim_max < max) {
        limits.rlim_max = now.rlim_max;
        limits.rlim_cur = value < now.rlim_max ? value : now.rlim_max;
    }
    return setrlimit(resource, &limits) < 0 ? ERR_IO : 0;
}

static int set_limits(const struct box_config *config)
{
    /* At the soft limit the signal tells why the process ends, at the hard one it would not. */
    enum { DESCRIPTORS = 64, CPU_GRACE_S = 5 };

    (void)signal(SIGXFSZ, SIG_IGN); /* a full file is an error of write(2) */
    if (limit(RLIMIT_CORE, 0, 0) ||
        limit(RLIMIT_CPU, config->cpu_s, UINT64_C(1) * config->cpu_s + CPU_GRACE_S) ||
        limit(RLIMIT_NOFILE, DESCRIPTORS, DESCRIPTORS) ||
        limit(RLIMIT_FSIZE, config->file_bytes, config->file_bytes) || limit(RLIMIT_MEMLOCK, 0, 0))
        return ERR_IO;
    /* Sanitizers reserve terabytes of address space. */
    return box_is_sanitized() ? 0 : limit(RLIMIT_AS, config->memory_bytes, config->memory_bytes);
}

static void drop_capabilities(void)
{
    struct __user_cap_header_struct header = {.version = _LINUX_CAPABILITY_VERSION_3};
    struct __user_cap_data_struct none[2] = {{0}};

    for (int i = 0; i <= CAP_LAST_CAP; i++)
        (void)prctl(PR_CAPBSET_DROP, i, 0, 0, 0);
    (void)syscall(SYS_capset, &header, none);
}

static void leave_namespaces(void)
{
    const int apart = CLONE_NEWNET | CLONE_NEWIPC | CLONE_NEWUTS;

    if (unshare(CLONE_NEWUSER | apart) < 0)
        (void)unshare(apart); /* root in a container without user namespaces */
    drop_capabilities();
}

static int die_with(int32_t parent_pid)
{
    if (prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0) < 0)
        return ERR_IO;
    return getppid() == parent_pid ? 0 : ERR_CANCELLED; /* it died before we asked */
}

/* clearenv() forgets where the variables are; they would still lie in memory. */
static void wipe_environment(void)
{
    for (char **variable = environ; variable && *variable; variable++)
        explicit_bzero(*variable, strlen(*variable));
    (void)clearenv();
}

int box_enter(const struct box_config *config)
{
    int err = arrange_descriptors(config);

    if (!err)
        err = set_limits(config);
    if (err)
        return err;
    leave_namespaces();
    /* Changing credentials resets it: after the namespaces. */
    err = die_with(config->parent_pid);
    if (err)
        return err;
    wipe_environment();
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0 ||
        prctl(PR_SET_DUMPABLE, box_is_sanitized(), 0, 0, 0) < 0) /* leak checkers trace */
        return ERR_IO;
    box_forbid_paths();
    err = box_filter_syscalls();
    return config->is_unsafe ? 0 : err;
}
