// SPDX-License-Identifier: GPL-3.0-or-later
/* Attempts to get out of the box, from inside it: what an intruder in a decoder would try. Each is
 * made once inside, where the filter has to end the process or to refuse, and once outside, with
 * the same descriptors and rights, so that it is the box that shut the way. */
#include <criterion/criterion.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/seccomp.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/unit/transcoder/box/attempt.h"
#include "transcoder/box/sanitizer.h"

#define ADDRESS(object) ((long)(object))
#define PRODUCTION_ONLY()   \
    if (box_is_sanitized()) \
    cr_skip_test("the production filter is not in a sanitizer's build")

enum inside { KILLED, REFUSED };

/* Outside, an attempt succeeds, or it would if it were not made in vain on purpose (nobody wants
 * the machine restarted) or refused by the machine at hand. */
enum outside { WORKS, IN_VAIN };

enum { BYSTANDER = -7777 }; /* stands for its process id in arguments */

struct call {
    const char *name;
    enum inside inside;
    enum outside outside;
    long number;
    long arguments[6];
};

static char scratch[4096];
static char word[] = "x";
static char *no_words[] = {NULL};
static struct rlimit many = {1 << 20, 1 << 20};
static struct iovec piece = {scratch, sizeof scratch};

static const struct call CALLS[] = {
    /* files by name */
    {"open a file", REFUSED, WORKS, SYS_open, {ADDRESS(attempt_secret), O_RDONLY}},
    {"open a file relative to no folder",
     REFUSED,
     WORKS,
     SYS_openat,
     {AT_FDCWD, ADDRESS(attempt_secret), O_RDONLY}},
    {"open the folder above", REFUSED, WORKS, SYS_openat, {AT_FDCWD, ADDRESS(".."), O_RDONLY}},
    {"open a file in a new way",
     KILLED,
     WORKS,
     SYS_openat2,
     {AT_FDCWD, ADDRESS(attempt_secret), ADDRESS(scratch), 24}},
    {"create a file", KILLED, WORKS, SYS_creat, {ADDRESS(attempt_fresh), 0600}},
    {"make a nameless file",
     REFUSED,
     IN_VAIN,
     SYS_openat,
     {AT_FDCWD, ADDRESS("/tmp"), O_TMPFILE | O_RDWR, 0600}},
    {"read its own memory as a file",
     REFUSED,
     WORKS,
     SYS_openat,
     {AT_FDCWD, ADDRESS("/proc/self/mem"), O_RDWR}},
    {"open the source for writing",
     REFUSED,
     WORKS,
     SYS_openat,
     {AT_FDCWD, ADDRESS("/proc/self/fd/4"), O_RDWR}},
    {"ask after a file", REFUSED, WORKS, SYS_stat, {ADDRESS(attempt_secret), ADDRESS(scratch)}},
    {"ask after a file in a new way",
     KILLED,
     WORKS,
     SYS_statx,
     {AT_FDCWD, ADDRESS(attempt_secret), 0, 0xfff, ADDRESS(scratch)}},
    {"read a link", REFUSED, WORKS, SYS_readlink, {ADDRESS("/proc/self/exe"), ADDRESS(scratch), 9}},
    {"list a folder", KILLED, IN_VAIN, SYS_getdents64, {BOX_SOURCE_FD, ADDRESS(scratch), 4096}},
    {"may it read a file?", REFUSED, WORKS, SYS_access, {ADDRESS(attempt_secret), R_OK}},
    {"remove a file", KILLED, WORKS, SYS_unlink, {ADDRESS(attempt_secret)}},
    {"rename a file out of the folder",
     KILLED,
     WORKS,
     SYS_renameat2,
     {AT_FDCWD, ADDRESS(attempt_output), AT_FDCWD, ADDRESS(attempt_fresh), 0}},
    {"make a folder", KILLED, WORKS, SYS_mkdir, {ADDRESS(attempt_fresh), 0700}},
    {"link to a file", KILLED, WORKS, SYS_link, {ADDRESS(attempt_secret), ADDRESS(attempt_fresh)}},
    {"link an open file into place",
     KILLED,
     WORKS,
     SYS_linkat,
     {AT_FDCWD, ADDRESS("/proc/self/fd/4"), AT_FDCWD, ADDRESS(attempt_fresh), AT_SYMLINK_FOLLOW}},
    {"point to a file", KILLED, WORKS, SYS_symlink, {ADDRESS("/"), ADDRESS(attempt_fresh)}},
    {"make a named pipe", KILLED, WORKS, SYS_mknod, {ADDRESS(attempt_fresh), S_IFIFO | 0600, 0}},
    {"make a device", KILLED, IN_VAIN, SYS_mknod, {ADDRESS(attempt_fresh), S_IFCHR | 0600, 0x103}},
    {"change a mode", KILLED, WORKS, SYS_chmod, {ADDRESS(attempt_secret), 0666}},
    {"change an open file's mode", KILLED, WORKS, SYS_fchmod, {BOX_SOURCE_FD, 04777}},
    {"change an owner", KILLED, WORKS, SYS_fchown, {BOX_SOURCE_FD, -1, -1}},
    {"mark an open file", KILLED, IN_VAIN, SYS_fsetxattr, {BOX_SOURCE_FD, ADDRESS("user.a"), 0, 0}},
    {"cut a file off", KILLED, WORKS, SYS_truncate, {ADDRESS(attempt_secret), 0}},
    {"cut the output off", KILLED, WORKS, SYS_ftruncate, {ATTEMPT_OUTPUT_FD, 0}},
    {"fill the disk at once", KILLED, WORKS, SYS_fallocate, {ATTEMPT_OUTPUT_FD, 0, 0, 4096}},
    {"open by handle", KILLED, IN_VAIN, SYS_open_by_handle_at, {AT_FDCWD, ADDRESS(scratch), 0}},
    {"go to a folder", KILLED, WORKS, SYS_chdir, {ADDRESS("/")}},
    {"change the root", KILLED, IN_VAIN, SYS_chroot, {ADDRESS("/")}},
    {"turn the root",
     KILLED,
     IN_VAIN,
     SYS_pivot_root,
     {ADDRESS("/no/where"), ADDRESS("/no/where")}},
    {"mount", KILLED, IN_VAIN, SYS_mount, {ADDRESS(word), ADDRESS("/no/where"), ADDRESS("tmpfs")}},
    {"mount in a new way", KILLED, IN_VAIN, SYS_fsopen, {ADDRESS("no-such-system"), 0}},
    {"take hold of a tree", KILLED, IN_VAIN, SYS_open_tree, {AT_FDCWD, ADDRESS("/no/where"), 0}},
    {"unmount", KILLED, IN_VAIN, SYS_umount2, {ADDRESS("/no/where"), 0}},
    {"watch a folder", KILLED, WORKS, SYS_inotify_init1, {0}},
    {"watch the file system", KILLED, IN_VAIN, SYS_fanotify_init, {0, 0}},

    /* sockets and other ways to talk */
    {"make a socket for IPv4", KILLED, WORKS, SYS_socket, {AF_INET, SOCK_STREAM, 0}},
    {"make a socket for UDP", KILLED, WORKS, SYS_socket, {AF_INET, SOCK_DGRAM, 0}},
    {"make a socket for IPv6", KILLED, IN_VAIN, SYS_socket, {AF_INET6, SOCK_STREAM, 0}},
    {"make a raw socket", KILLED, IN_VAIN, SYS_socket, {AF_INET, SOCK_RAW, 1}},
    {"make a packet socket", KILLED, IN_VAIN, SYS_socket, {AF_PACKET, SOCK_RAW, 0}},
    {"make a local socket", KILLED, WORKS, SYS_socket, {AF_UNIX, SOCK_STREAM, 0}},
    {"make a netlink socket", KILLED, WORKS, SYS_socket, {AF_NETLINK, SOCK_RAW, 0}},
    {"make a socket of the host's", KILLED, IN_VAIN, SYS_socket, {AF_VSOCK, SOCK_STREAM, 0}},
    {"make a cipher's socket", KILLED, IN_VAIN, SYS_socket, {AF_ALG, SOCK_SEQPACKET, 0}},
    {"make a pair of sockets",
     KILLED,
     WORKS,
     SYS_socketpair,
     {AF_UNIX, SOCK_STREAM, 0, ADDRESS(scratch)}},
    {"connect the link elsewhere",
     KILLED,
     IN_VAIN,
     SYS_connect,
     {BOX_LINK_FD, ADDRESS(scratch), 16}},
    {"send to an address", KILLED, WORKS, SYS_sendto, {BOX_LINK_FD, ADDRESS(scratch), 1, 0, 0, 0}},
    {"send many", KILLED, IN_VAIN, SYS_sendmmsg, {BOX_LINK_FD, ADDRESS(scratch), 0, 0}},
    {"talk over another descriptor",
     KILLED,
     IN_VAIN,
     SYS_sendmsg,
     {BOX_SOURCE_FD, ADDRESS(scratch)}},
    {"change the link", KILLED, WORKS, SYS_shutdown, {BOX_LINK_FD, SHUT_RDWR}},
    {"make a pipe", KILLED, WORKS, SYS_pipe2, {ADDRESS(scratch), 0}},
    {"wait for events", KILLED, WORKS, SYS_epoll_create1, {0}},
    {"make a counter", KILLED, WORKS, SYS_eventfd2, {0, 0}},
    {"read signals", KILLED, IN_VAIN, SYS_signalfd4, {-1, ADDRESS(scratch), 8, 0}},
    {"multiply a descriptor", KILLED, WORKS, SYS_dup, {BOX_LINK_FD}},
    {"change a descriptor", KILLED, WORKS, SYS_fcntl, {BOX_LINK_FD, F_GETFL}},
    {"copy in the kernel",
     KILLED,
     IN_VAIN,
     SYS_copy_file_range,
     {4, 0, ATTEMPT_OUTPUT_FD, 0, 7, 0}},
    {"send a file in the kernel", KILLED, WORKS, SYS_sendfile, {ATTEMPT_OUTPUT_FD, 4, 0, 7}},
    {"splice", KILLED, IN_VAIN, SYS_splice, {BOX_SOURCE_FD, 0, BOX_LINK_FD, 0, 1, 0}},
    {"share memory", KILLED, IN_VAIN, SYS_shmget, {1234, 4096, 0600}},
    {"find a message queue", KILLED, IN_VAIN, SYS_msgget, {1234, 0600}},
    {"find semaphores", KILLED, IN_VAIN, SYS_semget, {1234, 1, 0600}},
    {"open a message queue", KILLED, IN_VAIN, SYS_mq_open, {ADDRESS(word), O_RDWR, 0600, 0}},
    {"type into a terminal",
     REFUSED,
     IN_VAIN,
     SYS_ioctl,
     {0, 0x5412 /* TIOCSTI */, ADDRESS(scratch)}},

    /* programs and processes */
    {"run a program",
     KILLED,
     WORKS,
     SYS_execve,
     {ADDRESS("/bin/true"), ADDRESS(no_words), ADDRESS(no_words)}},
    {"run an open file",
     KILLED,
     IN_VAIN,
     SYS_execveat,
     {BOX_SOURCE_FD, ADDRESS(""), ADDRESS(no_words), ADDRESS(no_words), AT_EMPTY_PATH}},
    {"fork", KILLED, WORKS, SYS_fork, {0}},
    {"clone a process", KILLED, WORKS, SYS_clone, {SIGCHLD, 0, 0, 0, 0}},
    {"clone in a new way", KILLED, IN_VAIN, SYS_clone3, {ADDRESS(scratch), 64}},
    {"trace a process", KILLED, IN_VAIN, SYS_ptrace, {PTRACE_ATTACH, BYSTANDER, 0, 0}},
    {"be traced", KILLED, IN_VAIN, SYS_ptrace, {PTRACE_TRACEME, 0, 0, 0}},
    {"read another's memory",
     KILLED,
     IN_VAIN,
     SYS_process_vm_readv,
     {BYSTANDER, ADDRESS(&piece), 1, ADDRESS(&piece), 1, 0}},
    {"write another's memory",
     KILLED,
     IN_VAIN,
     SYS_process_vm_writev,
     {BYSTANDER, ADDRESS(&piece), 1, ADDRESS(&piece), 1, 0}},
    {"kill a process", KILLED, WORKS, SYS_kill, {BYSTANDER, SIGKILL}},
    {"kill everybody", KILLED, WORKS, SYS_kill, {-1, 0}},
    {"signal another's thread", KILLED, WORKS, SYS_tgkill, {BYSTANDER, BYSTANDER, SIGUSR1}},
    {"signal in an old way", KILLED, WORKS, SYS_tkill, {BYSTANDER, SIGUSR1}},
    {"signal with a word",
     KILLED,
     IN_VAIN,
     SYS_rt_sigqueueinfo,
     {BYSTANDER, SIGUSR1, ADDRESS(scratch)}},
    {"take hold of a process", KILLED, WORKS, SYS_pidfd_open, {BYSTANDER, 0}},
    {"steal a descriptor", KILLED, IN_VAIN, SYS_pidfd_getfd, {BOX_SOURCE_FD, 0, 0}},
    {"compare processes", KILLED, IN_VAIN, SYS_kcmp, {BYSTANDER, BYSTANDER, 0, 0, 0}},
    {"move another's pages", KILLED, IN_VAIN, SYS_move_pages, {BYSTANDER, 0, 0, 0, 0, 0}},
    {"look where another runs",
     KILLED,
     WORKS,
     SYS_sched_getaffinity,
     {BYSTANDER, sizeof scratch, ADDRESS(scratch)}},
    {"become more important", KILLED, IN_VAIN, SYS_setpriority, {PRIO_PROCESS, 0, -20}},
    {"leave the session", KILLED, WORKS, SYS_setsid, {0}},
    {"catch the filter's signal",
     KILLED,
     WORKS,
     SYS_rt_sigaction,
     {SIGUSR1, ADDRESS(scratch), 0, 8}},

    /* rights and limits */
    {"become somebody", KILLED, IN_VAIN, SYS_setuid, {0}},
    {"become somebody for good", KILLED, IN_VAIN, SYS_setresuid, {0, 0, 0}},
    {"change groups", KILLED, IN_VAIN, SYS_setgroups, {0, ADDRESS(scratch)}},
    {"take capabilities", KILLED, IN_VAIN, SYS_capset, {ADDRESS(scratch), ADDRESS(scratch)}},
    {"drop the filter", KILLED, IN_VAIN, SYS_prctl, {PR_SET_SECCOMP, 0, 0, 0, 0}},
    {"put another filter over it", KILLED, IN_VAIN, SYS_seccomp, {SECCOMP_SET_MODE_FILTER, 0, 0}},
    {"gain rights again", KILLED, IN_VAIN, SYS_prctl, {PR_SET_NO_NEW_PRIVS, 0, 0, 0, 0}},
    {"outlive the parent", KILLED, WORKS, SYS_prctl, {PR_SET_PDEATHSIG, 0, 0, 0, 0}},
    {"let itself be traced", KILLED, WORKS, SYS_prctl, {PR_SET_DUMPABLE, 1, 0, 0, 0}},
    {"enter new namespaces", KILLED, IN_VAIN, SYS_unshare, {CLONE_NEWUSER | CLONE_NEWNET}},
    {"enter another's namespace", KILLED, IN_VAIN, SYS_setns, {BOX_SOURCE_FD, 0}},
    {"raise limits", KILLED, IN_VAIN, SYS_setrlimit, {RLIMIT_NOFILE, ADDRESS(&many)}},
    {"raise its own in a new way", KILLED, IN_VAIN, SYS_prlimit64, {0, 7, ADDRESS(&many), 0}},
    {"raise another's limits", KILLED, IN_VAIN, SYS_prlimit64, {BYSTANDER, 7, ADDRESS(&many), 0}},
    {"lock memory", KILLED, IN_VAIN, SYS_mlockall, {MCL_CURRENT}},
    {"use kernel keys", KILLED, IN_VAIN, SYS_keyctl, {0, -2, 1, 0, 0}},
    {"add a kernel key", KILLED, IN_VAIN, SYS_add_key, {ADDRESS("user"), ADDRESS(word), 0, 0, -2}},

    /* the kernel's own machines */
    {"load a kernel program", KILLED, IN_VAIN, SYS_bpf, {0, ADDRESS(scratch), 48}},
    {"set up an I/O ring", KILLED, IN_VAIN, SYS_io_uring_setup, {8, ADDRESS(scratch)}},
    {"set up old asynchronous I/O", KILLED, IN_VAIN, SYS_io_setup, {1, ADDRESS(scratch)}},
    {"measure the kernel", KILLED, IN_VAIN, SYS_perf_event_open, {ADDRESS(scratch), 0, -1, -1, 0}},
    {"handle page faults", KILLED, IN_VAIN, SYS_userfaultfd, {0}},
    {"change the personality", KILLED, WORKS, SYS_personality, {0x0040000}},
    {"change a segment", KILLED, IN_VAIN, SYS_modify_ldt, {0, ADDRESS(scratch), sizeof scratch}},
    {"reach ports", KILLED, IN_VAIN, SYS_iopl, {0}},
    {"set the clock", KILLED, IN_VAIN, SYS_clock_settime, {9999, ADDRESS(scratch)}},
    {"change the host's name", KILLED, IN_VAIN, SYS_sethostname, {ADDRESS(word), -1}},
    {"restart the machine", KILLED, IN_VAIN, SYS_reboot, {0, 0, 0, 0}},
    {"load a module", KILLED, IN_VAIN, SYS_finit_module, {-1, ADDRESS(""), 0}},
    {"load a kernel", KILLED, IN_VAIN, SYS_kexec_load, {0, 0, 0, -1}},
    {"read the kernel's log", KILLED, IN_VAIN, SYS_syslog, {3, ADDRESS(scratch), sizeof scratch}},

    /* memory that runs */
    {"make memory that runs",
     KILLED,
     WORKS,
     SYS_mmap,
     {0, 4096, PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0}},
    {"map the source to run it",
     KILLED,
     IN_VAIN,
     SYS_mmap,
     {0, 4096, PROT_READ | PROT_EXEC, MAP_PRIVATE, BOX_SOURCE_FD, 0}},
    {"make memory run by key", KILLED, IN_VAIN, SYS_pkey_mprotect, {0, 4096, PROT_EXEC, -1}},
    {"make a memory file", KILLED, WORKS, SYS_memfd_create, {ADDRESS(word), 0}},
    {"poison memory", KILLED, IN_VAIN, SYS_madvise, {0, 0, 100 /* MADV_HWPOISON */}},
    {"advise another", KILLED, IN_VAIN, SYS_process_madvise, {-1, 0, 0, 0, 0}},
    {"call by another convention", KILLED, IN_VAIN, 0x40000000L + SYS_getpid, {0}}, /* x32 */
};

enum { N_CALLS = sizeof CALLS / sizeof CALLS[0] };

static long make_call(const void *arg)
{
    const struct call *call = arg;
    long a[6];

    for (size_t i = 0; i < 6; i++)
        a[i] = call->arguments[i] == BYSTANDER ? attempt_bystander : call->arguments[i];
    return syscall(call->number, a[0], a[1], a[2], a[3], a[4], a[5]);
}

static bool is_shut(struct outcome outcome, enum inside inside)
{
    return inside == KILLED ? outcome_is(outcome, OUTCOME_DIED, SIGSYS)
                            : outcome_is(outcome, OUTCOME_FAILED, EACCES);
}

static void expect_shut(const char *name, struct outcome outcome, enum inside inside)
{
    cr_expect(is_shut(outcome, inside), "%s: outcome %d, %d", name, outcome.kind, outcome.number);
}

/* Whether outside it is not the box's end that the attempt comes to. */
static void expect_open(const char *name, struct outcome outcome, enum inside inside,
                        enum outside outside)
{
    if (outside == WORKS)
        cr_expect(outcome.kind == OUTCOME_WORKED, "%s fails outside too: %d, %d", name,
                  outcome.kind, outcome.number);
    else
        cr_expect(outcome.kind != OUTCOME_NO_BOX && !is_shut(outcome, inside),
                  "%s ends outside as it does inside", name);
}

Test(syscalls, every_way_out_is_shut)
{
    PRODUCTION_ONLY();
    cr_assert_geq(N_CALLS, 100);
    for (size_t i = 0; i < N_CALLS; i++)
        expect_shut(CALLS[i].name, attempt_inside(make_call, &CALLS[i]), CALLS[i].inside);
}

Test(syscalls, the_same_ways_are_open_outside)
{
    PRODUCTION_ONLY();
    for (size_t i = 0; i < N_CALLS; i++)
        expect_open(CALLS[i].name, attempt_outside(make_call, &CALLS[i]), CALLS[i].inside,
                    CALLS[i].outside);
}

/* ---- ways of several steps ---- */

static const unsigned char RETURN_7[] = {0xb8, 7, 0, 0, 0, 0xc3}; /* mov eax, 7; ret */

/* Written first, made to run afterwards. */
static long run_written_memory(const void *arg)
{
    unsigned char *code =
        mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    int (*function)(void);

    (void)arg;
    if (code == MAP_FAILED)
        return -1;
    memcpy(code, RETURN_7, sizeof RETURN_7);
    if (mprotect(code, 4096, PROT_READ | PROT_EXEC) < 0)
        return -1;
    memcpy(&function, &code, sizeof function);
    return function() == 7 ? 0 : -1;
}

static long overwrite_code(const void *arg)
{
    const long page = sysconf(_SC_PAGESIZE);
    long (*self)(const void *) = overwrite_code;
    uintptr_t address;

    (void)arg;
    memcpy(&address, &self, sizeof address);
    return mprotect((void *)(address & ~(uintptr_t)(page - 1)), (size_t)page,
                    PROT_READ | PROT_WRITE | PROT_EXEC);
}

/* Running the output file, which a task may write as it likes. */
static long run_the_output(const void *arg)
{
    static const char SCRIPT[] = "#!/bin/true\n";

    (void)arg;
    if (pwrite(ATTEMPT_OUTPUT_FD, SCRIPT, sizeof SCRIPT - 1, 0) < 0 &&
        write(ATTEMPT_OUTPUT_FD, SCRIPT, sizeof SCRIPT - 1) < 0)
        return -1;
    return execve(attempt_output, no_words, no_words);
}

static long run_a_memory_file(const void *arg)
{
    static char true_path[] = "/bin/true";
    char *words[] = {true_path, NULL};
    const int from = open(true_path, O_RDONLY);
    const int to = memfd_create("x", 0);
    ssize_t n;

    (void)arg;
    while ((n = read(from, scratch, sizeof scratch)) > 0) {
        if (write(to, scratch, (size_t)n) != n)
            return -1;
    }
    return fexecve(to, words, no_words);
}

static void *do_nothing(void *arg)
{
    return arg;
}

static long start_a_thread(const void *arg)
{
    pthread_t thread;

    (void)arg;
    return pthread_create(&thread, NULL, do_nothing, NULL) == 0 ? 0 : -1;
}

static long read_through_a_link(const void *arg)
{
    (void)arg;
    if (symlink(attempt_secret, attempt_fresh) < 0)
        return -1;
    const int fd = open(attempt_fresh, O_RDONLY);
    return fd < 0 ? -1 : read(fd, scratch, 7);
}

static long kill_the_parent(const void *arg)
{
    (void)arg;
    return kill(getppid(), SIGCONT); /* outside, the parent runs this test */
}

/* Where the kernel speaks i386 too, numbers there mean other calls: 20 is getpid. */
static long call_as_32_bits(const void *arg)
{
    long result = 20;

    (void)arg;
    __asm__ volatile("int $0x80" : "+a"(result) : : "memory", "r8", "r9", "r10", "r11");
    return result;
}

struct way {
    const char *name;
    attempt_function function;
    enum outside outside;
};

static const struct way WAYS[] = {
    {"run written memory", run_written_memory, WORKS},
    {"overwrite code", overwrite_code, WORKS},
    {"run the output", run_the_output, IN_VAIN}, /* which is open for writing */
    {"run a memory file", run_a_memory_file, WORKS},
    {"start a thread", start_a_thread, WORKS},
    {"read through a link", read_through_a_link, WORKS},
    {"kill the parent", kill_the_parent, WORKS},
};

Test(syscalls, longer_ways_are_shut_too)
{
    PRODUCTION_ONLY();
    for (size_t i = 0; i < sizeof WAYS / sizeof WAYS[0]; i++) {
        expect_shut(WAYS[i].name, attempt_inside(WAYS[i].function, NULL), KILLED);
        expect_open(WAYS[i].name, attempt_outside(WAYS[i].function, NULL), KILLED, WAYS[i].outside);
    }
}

Test(syscalls, the_numbers_of_another_architecture_are_no_way_round)
{
    PRODUCTION_ONLY();
    if (attempt_outside(call_as_32_bits, NULL).kind != OUTCOME_WORKED)
        cr_skip_test("this kernel speaks no i386");
    expect_shut("call as 32 bits", attempt_inside(call_as_32_bits, NULL), KILLED);
}

/* ---- everything there is ---- */

/* The calls that do not end a process when all their arguments are nonsense. Whoever adds one to
 * the filter has to add it here, and to think twice. */
static const long OPEN_CALLS[] = {
    SYS_read,         SYS_pread64,        SYS_write,         SYS_lseek,        SYS_fsync,
    SYS_close,        SYS_munmap,         SYS_mremap,        SYS_brk,          SYS_futex,
    SYS_rt_sigreturn, SYS_rt_sigprocmask, SYS_clock_gettime, SYS_gettimeofday, SYS_getrandom,
    SYS_sched_yield,  SYS_sysinfo,        SYS_getpid,        SYS_gettid,       SYS_restart_syscall,
    SYS_exit,         SYS_exit_group,     SYS_open,          SYS_openat,       SYS_access,
    SYS_faccessat,    SYS_readlink,       SYS_stat,          SYS_newfstatat,   SYS_fstat,
    SYS_ioctl,
};

static bool is_open(long number)
{
    for (size_t i = 0; i < sizeof OPEN_CALLS / sizeof OPEN_CALLS[0]; i++) {
        if (OPEN_CALLS[i] == number)
            return true;
    }
    return false;
}

/* With the filter alone, which is quicker to put on than the box. */
static int end_of_call(long number)
{
    int status = 0;
    const pid_t pid = fork();

    if (pid == 0) {
        if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0 || box_filter_syscalls())
            _exit(1);
        (void)syscall(number, -1L, -1L, -1L, -1L, -1L, -1L);
        _exit(0);
    }
    cr_assert_eq(waitpid(pid, &status, 0), pid);
    return status;
}

Test(syscalls, no_call_is_open_but_those_that_decoding_takes)
{
    /* Probes of debuggers, which newer kernels keep from every filter: outside a probe that the
     * kernel placed they do nothing. */
    enum { URETPROBE = 335, UPROBE = 336, LAST = 480 /* of Linux 6.18: 469 */ };

    PRODUCTION_ONLY();
    for (long number = 0; number <= LAST; number++) {
        if (number == URETPROBE || number == UPROBE)
            continue;
        const int status = end_of_call(number);
        const bool is_killed = WIFSIGNALED(status) && WTERMSIG(status) == SIGSYS;
        cr_expect(is_killed != is_open(number), "call %ld: status %x", number, (unsigned)status);
    }
}
