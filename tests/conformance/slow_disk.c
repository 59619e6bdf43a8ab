// SPDX-License-Identifier: GPL-3.0-or-later
/* slow_disk.c - to be preloaded: as if files were on a disk far away. Nothing of a file can be had
 * without waiting until a thread that reads ahead has read something of it, and each of its pread()
 * calls takes 150 ms. */
#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

enum { MAX_FILES = 1024 };

static _Atomic bool is_near[MAX_FILES]; /* by descriptor */

static bool is_tracked(int fd)
{
    return fd >= 0 && fd < MAX_FILES;
}

ssize_t pread(int fd, void *to, size_t size, off_t offset)
{
    static const struct timespec SLOW = {.tv_nsec = 150 * 1000 * 1000};
    char name[16] = "";

    if (pthread_getname_np(pthread_self(), name, sizeof name) == 0 &&
        strncmp(name, "read-ahead", 10) == 0) {
        (void)nanosleep(&SLOW, NULL);
        if (is_tracked(fd))
            atomic_store(&is_near[fd], true);
    }
    return syscall(SYS_pread64, fd, to, size, offset);
}

ssize_t preadv2(int fd, const struct iovec *runs, int n_runs, off_t offset, int flags)
{
    if (flags & RWF_NOWAIT && is_tracked(fd) && !atomic_load(&is_near[fd])) {
        errno = EAGAIN;
        return -1;
    }
    return syscall(SYS_preadv2, fd, runs, n_runs, offset, 0L, flags);
}

/* The names that they have where off_t is made as long as it can be. */
ssize_t pread64(int fd, void *to, size_t size, off_t offset)
{
    return pread(fd, to, size, offset);
}

ssize_t preadv64v2(int fd, const struct iovec *runs, int n_runs, off_t offset, int flags)
{
    return preadv2(fd, runs, n_runs, offset, flags);
}
