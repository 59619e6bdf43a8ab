// SPDX-License-Identifier: GPL-3.0-or-later
#include "common/file.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/cleanup.h"
#include "common/err.h"

int file_write_all(int fd, const void *data, size_t length)
{
    const char *at = data;

    while (length > 0) {
        const ssize_t n = write(fd, at, length);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return err_from_errno(errno);
        at += n;
        length -= (size_t)n;
    }
    return 0;
}

int file_read_all(int dir_fd, const char *path, struct buf *b)
{
    CLEANUP(close_fd) const int fd = openat(dir_fd, path, O_RDONLY | O_CLOEXEC);

    if (fd < 0)
        return err_from_errno(errno);
    for (;;) {
        char part[16384];
        const ssize_t n = read(fd, part, sizeof part);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return err_from_errno(errno);
        if (n == 0)
            return 0;
        buf_append(b, part, (size_t)n);
        if (b->err)
            return b->err;
    }
}

/* The directory part of path, "." when it has none. */
static int parent_of(const char *path, char parent[PATH_MAX])
{
    const char *slash = strrchr(path, '/');

    if (!slash)
        return slice_to_cstr(slice_from("."), parent, PATH_MAX);
    if (slash == path)
        return slice_to_cstr(slice_from("/"), parent, PATH_MAX);
    return slice_to_cstr(slice_of(path, (size_t)(slash - path)), parent, PATH_MAX);
}

static int write_durably(int dir_fd, const char *path, const void *data, size_t length, mode_t mode)
{
    CLEANUP(close_fd)
    const int fd = openat(dir_fd, path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, mode);

    if (fd < 0)
        return err_from_errno(errno);
    const int err = file_write_all(fd, data, length);
    if (err)
        return err;
    return fsync(fd) < 0 ? err_from_errno(errno) : 0;
}

int file_replace(int dir_fd, const char *path, const void *data, size_t length, mode_t mode)
{
    char parent[PATH_MAX];
    char temporary[PATH_MAX];

    const int n = snprintf(temporary, sizeof temporary, "%s.tmp-%d", path, (int)gettid());
    if (n < 0 || (size_t)n >= sizeof temporary || parent_of(path, parent))
        return ERR_INVALID;
    int err = write_durably(dir_fd, temporary, data, length, mode);
    if (!err && renameat(dir_fd, temporary, dir_fd, path) < 0)
        err = err_from_errno(errno);
    if (err) {
        (void)unlinkat(dir_fd, temporary, 0);
        return err;
    }
    return file_sync_dir(dir_fd, parent);
}

int file_sync_dir(int dir_fd, const char *path)
{
    CLEANUP(close_fd) const int fd = openat(dir_fd, path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

    if (fd < 0)
        return err_from_errno(errno);
    return fsync(fd) < 0 ? err_from_errno(errno) : 0;
}

int file_make_dirs(const char *path, mode_t mode)
{
    char part[PATH_MAX];

    if (slice_to_cstr(slice_from(path), part, sizeof part) || !part[0])
        return ERR_INVALID;
    for (char *slash = strchr(part + 1, '/');; slash = strchr(slash + 1, '/')) {
        if (slash)
            *slash = '\0';
        if (mkdir(part, mode) < 0 && errno != EEXIST)
            return err_from_errno(errno);
        if (!slash)
            break;
        *slash = '/';
    }
    struct stat st;
    if (stat(path, &st) < 0)
        return err_from_errno(errno);
    return S_ISDIR(st.st_mode) ? 0 : ERR_EXISTS;
}

static int remove_entries(DIR *dir)
{
    for (;;) {
        errno = 0;
        const struct dirent *entry = readdir(dir);
        if (!entry)
            return errno ? err_from_errno(errno) : 0;
        if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0)
            continue;
        const int err = file_remove_tree(dirfd(dir), entry->d_name);
        if (err)
            return err;
    }
}

int file_remove_tree(int dir_fd, const char *path)
{
    if (unlinkat(dir_fd, path, 0) == 0 || errno == ENOENT)
        return 0;
    if (errno != EISDIR)
        return err_from_errno(errno);
    const int fd = openat(dir_fd, path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    if (fd < 0)
        return err_from_errno(errno);
    DIR *dir = fdopendir(fd);
    if (!dir) {
        (void)close(fd);
        return ERR_NO_MEMORY;
    }
    const int err = remove_entries(dir);
    (void)closedir(dir);
    if (err)
        return err;
    return unlinkat(dir_fd, path, AT_REMOVEDIR) < 0 && errno != ENOENT ? err_from_errno(errno) : 0;
}
