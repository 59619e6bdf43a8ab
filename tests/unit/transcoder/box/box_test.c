// SPDX-License-Identifier: GPL-3.0-or-later
/* Attempts to get out of the box, from inside it: what an intruder in a decoder would try. Each
 * runs in a child that has locked itself in; it may be refused or killed, but must not succeed. */
#include "transcoder/box/box.h"

#include <criterion/criterion.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "transcoder/box/sanitizer.h"
#include "transcoder/link.h"

enum { INSIDE_SUCCEEDED = 0, INSIDE_REFUSED = 1, INSIDE_NO_BOX = 2 };

#define ADDRESS(object) ((long)(object))

struct attempt {
    const char *name;
    long number; /* of the system call */
    long arguments[6];
};

static char path_passwd[] = "/etc/passwd";
static char path_new[] = "/tmp/banmai-escape";
static char path_shell[] = "/bin/sh";
static char *no_words[] = {NULL};
static char scratch[4096];
static struct rlimit many = {1 << 20, 1 << 20};

static const struct attempt ATTEMPTS[] = {
    {"open a file", SYS_open, {ADDRESS(path_passwd), O_RDONLY}},
    {"openat a file", SYS_openat, {AT_FDCWD, ADDRESS(path_passwd), O_RDONLY}},
    {"openat2 a file", SYS_openat2, {AT_FDCWD, ADDRESS(path_passwd), ADDRESS(scratch), 24}},
    {"create a file", SYS_creat, {ADDRESS(path_new), 0600}},
    {"make a nameless file", SYS_openat, {AT_FDCWD, ADDRESS("/tmp"), O_TMPFILE | O_RDWR, 0600}},
    {"stat a file", SYS_stat, {ADDRESS(path_passwd), ADDRESS(scratch)}},
    {"statx a file", SYS_statx, {AT_FDCWD, ADDRESS(path_passwd), 0, 0xfff, ADDRESS(scratch)}},
    {"read a link", SYS_readlink, {ADDRESS("/proc/self/exe"), ADDRESS(scratch), 100}},
    {"list a folder", SYS_getdents64, {BOX_SOURCE_FD, ADDRESS(scratch), sizeof scratch}},
    {"access a file", SYS_access, {ADDRESS(path_passwd), R_OK}},
    {"remove a file", SYS_unlink, {ADDRESS(path_new)}},
    {"removeat a file", SYS_unlinkat, {AT_FDCWD, ADDRESS(path_new), 0}},
    {"rename a file", SYS_rename, {ADDRESS(path_new), ADDRESS("/tmp/banmai-other")}},
    {"renameat2 a file",
     SYS_renameat2,
     {AT_FDCWD, ADDRESS(path_new), AT_FDCWD, ADDRESS("/tmp/banmai-other"), 0}},
    {"make a folder", SYS_mkdir, {ADDRESS(path_new), 0700}},
    {"make a hard link", SYS_link, {ADDRESS(path_passwd), ADDRESS(path_new)}},
    {"make a link", SYS_symlink, {ADDRESS(path_passwd), ADDRESS(path_new)}},
    {"make a node", SYS_mknod, {ADDRESS(path_new), 0600, 0}},
    {"change a mode", SYS_chmod, {ADDRESS(path_passwd), 0644}},
    {"change an open file's mode", SYS_fchmod, {BOX_SOURCE_FD, 0777}},
    {"change an owner", SYS_chown, {ADDRESS(path_passwd), 0, 0}},
    {"cut the source off", SYS_ftruncate, {BOX_SOURCE_FD, 0}},
    {"cut a file off", SYS_truncate, {ADDRESS(path_new), 0}},
    {"open by handle", SYS_open_by_handle_at, {AT_FDCWD, ADDRESS(scratch), O_RDONLY}},
    {"go to a folder", SYS_chdir, {ADDRESS("/")}},
    {"change the root", SYS_chroot, {ADDRESS("/")}},
    {"pivot the root", SYS_pivot_root, {ADDRESS("/"), ADDRESS("/")}},
    {"mount", SYS_mount, {ADDRESS("none"), ADDRESS("/tmp"), ADDRESS("tmpfs"), 0, 0}},
    {"unmount", SYS_umount2, {ADDRESS("/tmp"), 0}},
    {"make an internet socket", SYS_socket, {AF_INET, SOCK_STREAM, 0}},
    {"make a local socket", SYS_socket, {AF_UNIX, SOCK_STREAM, 0}},
    {"make a netlink socket", SYS_socket, {AF_NETLINK, SOCK_RAW, 0}},
    {"make a pair of sockets", SYS_socketpair, {AF_UNIX, SOCK_STREAM, 0, ADDRESS(scratch)}},
    {"connect the link elsewhere", SYS_connect, {BOX_LINK_FD, ADDRESS(scratch), 16}},
    {"send with an address", SYS_sendto, {BOX_LINK_FD, ADDRESS(scratch), 1, 0, 0, 0}},
    {"talk over another descriptor", SYS_sendmsg, {BOX_SOURCE_FD, ADDRESS(scratch), 0}},
    {"make a pipe", SYS_pipe2, {ADDRESS(scratch), 0}},
    {"run a program", SYS_execve, {ADDRESS(path_shell), ADDRESS(no_words), ADDRESS(no_words)}},
    {"run an open program",
     SYS_execveat,
     {BOX_SOURCE_FD, ADDRESS(""), ADDRESS(no_words), ADDRESS(no_words), AT_EMPTY_PATH}},
    {"fork", SYS_fork, {0}},
    {"clone a process", SYS_clone, {SIGCHLD, 0, 0, 0, 0}},
    {"clone a thread",
     SYS_clone,
     {CLONE_VM | CLONE_FS | CLONE_FILES | CLONE_SIGHAND | CLONE_THREAD, ADDRESS(scratch), 0, 0, 0}},
    {"clone3", SYS_clone3, {ADDRESS(scratch), 64}},
    {"trace the parent", SYS_ptrace, {PTRACE_ATTACH, 1, 0, 0}},
    {"read another process",
     SYS_process_vm_readv,
     {1, ADDRESS(scratch), 1, ADDRESS(scratch), 1, 0}},
    {"write another process",
     SYS_process_vm_writev,
     {1, ADDRESS(scratch), 1, ADDRESS(scratch), 1, 0}},
    {"kill everybody", SYS_kill, {-1, 0}},
    {"kill init", SYS_kill, {1, 0}},
    {"signal another process's thread", SYS_tgkill, {1, 1, 0}},
    {"take hold of a process", SYS_pidfd_open, {1, 0}},
    {"steal a descriptor", SYS_pidfd_getfd, {BOX_SOURCE_FD, 0, 0}},
    {"become somebody", SYS_setuid, {0}},
    {"become somebody for good", SYS_setresuid, {0, 0, 0}},
    {"change groups", SYS_setgroups, {0, ADDRESS(scratch)}},
    {"take capabilities", SYS_capset, {ADDRESS(scratch), ADDRESS(scratch)}},
    {"drop the filter", SYS_prctl, {22 /* PR_SET_SECCOMP */, 0, 0, 0, 0}},
    {"outlive the parent", SYS_prctl, {1 /* PR_SET_PDEATHSIG */, 0, 0, 0, 0}},
    {"enter a new namespace", SYS_unshare, {CLONE_NEWUSER}},
    {"enter another's namespace", SYS_setns, {BOX_SOURCE_FD, 0}},
    {"load a kernel program", SYS_bpf, {0, ADDRESS(scratch), 48}},
    {"set up an I/O ring", SYS_io_uring_setup, {8, ADDRESS(scratch)}},
    {"measure the kernel", SYS_perf_event_open, {ADDRESS(scratch), 0, -1, -1, 0}},
    {"handle page faults", SYS_userfaultfd, {0}},
    {"use kernel keys", SYS_keyctl, {0, 0, 0, 0, 0}},
    {"add a kernel key", SYS_add_key, {ADDRESS("user"), ADDRESS("a"), ADDRESS("b"), 1, -2}},
    {"make memory that runs",
     SYS_mmap,
     {0, 4096, PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0}},
    {"map the source to run it",
     SYS_mmap,
     {0, 4096, PROT_READ | PROT_EXEC, MAP_PRIVATE, BOX_SOURCE_FD, 0}},
    {"make a memory file", SYS_memfd_create, {ADDRESS("x"), 0}},
    {"share memory", SYS_shmget, {1234, 4096, 01600}},
    {"make a message queue", SYS_msgget, {1234, 01600}},
    {"make semaphores", SYS_semget, {1234, 1, 01600}},
    {"open a message queue", SYS_mq_open, {ADDRESS("x"), O_CREAT | O_RDWR, 0600, 0}},
    {"watch files", SYS_inotify_init1, {0}},
    {"watch the file system", SYS_fanotify_init, {0, 0}},
    {"type into the terminal", SYS_ioctl, {0, 0x5412 /* TIOCSTI */, ADDRESS(scratch)}},
    {"copy between files in the kernel",
     SYS_copy_file_range,
     {BOX_SOURCE_FD, 0, BOX_LINK_FD, 0, 1, 0}},
    {"splice", SYS_splice, {BOX_SOURCE_FD, 0, BOX_LINK_FD, 0, 1, 0}},
    {"raise limits", SYS_setrlimit, {RLIMIT_NOFILE, ADDRESS(&many)}},
    {"raise another's limits", SYS_prlimit64, {1, RLIMIT_NOFILE, ADDRESS(&many), 0}},
    {"change the personality", SYS_personality, {0x0040000}},
    {"set the clock", SYS_clock_settime, {0, ADDRESS(scratch)}},
    {"change the host's name", SYS_sethostname, {ADDRESS("x"), 1}},
    {"restart the machine", SYS_reboot, {0, 0, 0, 0}},
    {"load a module", SYS_init_module, {ADDRESS(scratch), 0, ADDRESS("")}},
    {"load a kernel", SYS_kexec_load, {0, 0, 0, 0}},
    {"read the kernel's log", SYS_syslog, {3, ADDRESS(scratch), 100}},
    {"install a signal handler", SYS_rt_sigaction, {SIGSYS, ADDRESS(scratch), 0, 8}},
    {"call by another convention", 0x40000000L + SYS_getpid, {0}}, /* x32 */
};

static int enter(int link_fd, int source_fd)
{
    return box_enter(&(struct box_config){.link_fd = link_fd,
                                          .source_fd = source_fd,
                                          .memory_bytes = UINT64_C(1) << 30,
                                          .file_bytes = 1 << 20,
                                          .cpu_s = 10,
                                          .parent_pid = getppid()});
}

static void try_it(const struct attempt *attempt)
{
    const long *a = attempt->arguments;
    int sockets[2];

    if (socketpair(AF_UNIX, SOCK_SEQPACKET, 0, sockets) < 0 ||
        enter(sockets[0], open(path_passwd, O_RDONLY)))
        _exit(INSIDE_NO_BOX);
    const long result = syscall(attempt->number, a[0], a[1], a[2], a[3], a[4], a[5]);
    _exit(result < 0 ? INSIDE_REFUSED : INSIDE_SUCCEEDED);
}

Test(box, every_way_out_is_shut)
{
    if (box_is_sanitized())
        cr_skip_test("the production filter is not in a sanitizer's build");
    for (size_t i = 0; i < sizeof ATTEMPTS / sizeof ATTEMPTS[0]; i++) {
        int status = 0;
        const pid_t pid = fork();
        if (pid == 0)
            try_it(&ATTEMPTS[i]);
        cr_assert_eq(waitpid(pid, &status, 0), pid);
        const bool is_killed = WIFSIGNALED(status) && WTERMSIG(status) == SIGSYS;
        const bool is_refused = WIFEXITED(status) && WEXITSTATUS(status) == INSIDE_REFUSED;
        cr_expect(is_killed || is_refused, "could %s (status %x)", ATTEMPTS[i].name, status);
    }
    cr_assert_geq(sizeof ATTEMPTS / sizeof ATTEMPTS[0], 40);
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
    if (enter(link_fd, open(path_passwd, O_RDONLY)))
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
