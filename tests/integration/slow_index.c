// SPDX-License-Identifier: GPL-3.0-or-later
/* slow_index.c - preloaded by slow_disk_test.py: while the file that BANMAI_SLOW_INDEX names is
 * there, the next package index to be opened takes 600 ms, as on a disk that sleeps, and takes that
 * file away. */
#include <fcntl.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

int openat(int dir_fd, const char *path, int flags, ...)
{
    static const struct timespec SLOW = {.tv_nsec = 600 * 1000 * 1000};
    static const char INDEX[] = "package.json";
    const char *armed = getenv("BANMAI_SLOW_INDEX");
    const size_t length = strlen(path);
    mode_t mode = 0;
    va_list arguments;

    va_start(arguments, flags);
    if (flags & (O_CREAT | O_TMPFILE))
        mode = va_arg(arguments, mode_t);
    va_end(arguments);
    if (armed && length >= sizeof INDEX - 1 &&
        strcmp(path + length - (sizeof INDEX - 1), INDEX) == 0 && unlink(armed) == 0)
        (void)nanosleep(&SLOW, NULL);
    return (int)syscall(SYS_openat, dir_fd, path, flags, mode);
}
