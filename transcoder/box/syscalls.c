// SPDX-License-Identifier: GPL-3.0-or-later
#include <errno.h>
#include <linux/sched.h>
#include <sched.h>
#include <seccomp.h>
#include <stddef.h>
#include <sys/mman.h>
#include <unistd.h>

#include "common/err.h"
#include "transcoder/box/box.h"
#include "transcoder/box/sanitizer.h"

/* What decoding, encoding, and writing to given descriptors takes. Nothing here names a file, a
 * process or an address. */
static const int ALLOWED[] = {
    SCMP_SYS(read),          SCMP_SYS(pread64),         SCMP_SYS(write),
    SCMP_SYS(lseek),         SCMP_SYS(fsync),           SCMP_SYS(close),
    SCMP_SYS(munmap),        SCMP_SYS(mremap),          SCMP_SYS(brk),
    SCMP_SYS(futex),         SCMP_SYS(rt_sigreturn),    SCMP_SYS(rt_sigprocmask),
    SCMP_SYS(clock_gettime), SCMP_SYS(gettimeofday),    SCMP_SYS(getrandom),
    SCMP_SYS(sched_yield),   SCMP_SYS(sysinfo),         SCMP_SYS(getpid),
    SCMP_SYS(gettid),        SCMP_SYS(restart_syscall), SCMP_SYS(exit),
    SCMP_SYS(exit_group),
};

/* Libraries look for optional files and ask after things that they can do without: they are told
 * that there are none, and go on. */
static const int REFUSED[] = {
    SCMP_SYS(open), SCMP_SYS(openat),     SCMP_SYS(access), SCMP_SYS(faccessat), SCMP_SYS(readlink),
    SCMP_SYS(stat), SCMP_SYS(newfstatat), SCMP_SYS(fstat),  SCMP_SYS(ioctl),
};

static int allow_all(scmp_filter_ctx filter, const int *calls, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        if (seccomp_rule_add(filter, SCMP_ACT_ALLOW, calls[i], 0) < 0)
            return ERR_UNAVAILABLE;
    }
    return 0;
}

static int allow_when(scmp_filter_ctx filter, int call, struct scmp_arg_cmp condition)
{
    return seccomp_rule_add(filter, SCMP_ACT_ALLOW, call, 1, condition) < 0 ? ERR_UNAVAILABLE : 0;
}

/* Memory may be written or run, never both, and nothing new is ever run. From MADV_HWPOISON on
 * advice is about the machine's memory. */
static int allow_memory(scmp_filter_ctx filter)
{
    const struct scmp_arg_cmp cannot_run = SCMP_A2(SCMP_CMP_MASKED_EQ, PROT_EXEC, 0);
    int err = allow_when(filter, SCMP_SYS(mmap), cannot_run);

    if (!err)
        err = allow_when(filter, SCMP_SYS(mprotect), cannot_run);
    if (!err)
        err = allow_when(filter, SCMP_SYS(madvise), SCMP_A2(SCMP_CMP_LT, MADV_HWPOISON));
    return err;
}

/* One socket, the link; no other can be made. */
static int allow_link(scmp_filter_ctx filter)
{
    const struct scmp_arg_cmp is_link = SCMP_A0(SCMP_CMP_EQ, BOX_LINK_FD);
    const int err = allow_when(filter, SCMP_SYS(sendmsg), is_link);

    return err ? err : allow_when(filter, SCMP_SYS(recvmsg), is_link);
}

/* abort() signals the process itself, and codecs count the processors that it may use. */
static int allow_itself(scmp_filter_ctx filter)
{
    const struct scmp_arg_cmp is_self = SCMP_A0(SCMP_CMP_EQ, (scmp_datum_t)getpid());
    int err = allow_when(filter, SCMP_SYS(tgkill), is_self);

    if (!err)
        err = allow_when(filter, SCMP_SYS(sched_getaffinity), is_self);
    if (!err)
        err = allow_when(filter, SCMP_SYS(sched_getaffinity), SCMP_A0(SCMP_CMP_EQ, 0));
    return err;
}

static int refuse_all(scmp_filter_ctx filter)
{
    for (size_t i = 0; i < sizeof REFUSED / sizeof REFUSED[0]; i++) {
        if (seccomp_rule_add(filter, SCMP_ACT_ERRNO(EACCES), REFUSED[i], 0) < 0)
            return ERR_UNAVAILABLE;
    }
    return 0;
}

static int add_rules(scmp_filter_ctx filter)
{
    int err = allow_all(filter, ALLOWED, sizeof ALLOWED / sizeof ALLOWED[0]);

    if (!err)
        err = allow_link(filter);
    if (!err)
        err = allow_memory(filter);
    if (!err)
        err = allow_itself(filter);
    return err ? err : refuse_all(filter);
}

/* For builds with a sanitizer, which starts threads, traces them, reads /proc and writes reports:
 * the way to programs and networks is shut, and no more. */
static int add_rules_for_sanitizer(scmp_filter_ctx filter)
{
    static const int FORBIDDEN[] = {SCMP_SYS(execve),  SCMP_SYS(execveat), SCMP_SYS(socket),
                                    SCMP_SYS(connect), SCMP_SYS(bind),     SCMP_SYS(mount)};

    for (size_t i = 0; i < sizeof FORBIDDEN / sizeof FORBIDDEN[0]; i++) {
        if (seccomp_rule_add(filter, SCMP_ACT_KILL_PROCESS, FORBIDDEN[i], 0) < 0)
            return ERR_UNAVAILABLE;
    }
    return 0;
}

int box_filter_syscalls(void)
{
    const bool is_sanitized = box_is_sanitized();
    scmp_filter_ctx filter = seccomp_init(is_sanitized ? SCMP_ACT_ALLOW : SCMP_ACT_KILL_PROCESS);

    if (!filter)
        return ERR_UNAVAILABLE;
    /* Numbers mean other calls where the kernel takes them for another architecture's. */
    int err = seccomp_attr_set(filter, SCMP_FLTATR_ACT_BADARCH, SCMP_ACT_KILL_PROCESS) < 0
                  ? ERR_UNAVAILABLE
                  : 0;
    if (!err)
        err = is_sanitized ? add_rules_for_sanitizer(filter) : add_rules(filter);
    if (!err && seccomp_load(filter) < 0)
        err = ERR_UNAVAILABLE;
    seccomp_release(filter);
    return err;
}
