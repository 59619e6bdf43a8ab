// SPDX-License-Identifier: GPL-3.0-or-later
#include "storage/media_sweep.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/err.h"
#include "common/file.h"

static bool is_hex(const char *name, size_t length)
{
    return strlen(name) == length && strspn(name, "0123456789abcdef") == length;
}

bool media_name_is_valid(enum media_folder folder, const char *name)
{
    return is_hex(name, folder == MEDIA_SOURCES ? 2 * SHA256_BYTES : ID_LENGTH);
}

/* ERR_CONFLICT for a thing that was touched since. The time of the last change of the inode: links,
 * new entries and touching all set it, and nobody can set it back. */
static int check_age(const struct media_sweep *sweep, int dir_fd, const char *name)
{
    struct stat st;

    if (fstatat(dir_fd, name, &st, AT_SYMLINK_NOFOLLOW) < 0)
        return err_from_errno(errno);
    const int64_t changed_ms = (int64_t)st.st_ctim.tv_sec * 1000 + st.st_ctim.tv_nsec / 1000000;
    return changed_ms < sweep->before_ms ? 0 : ERR_CONFLICT;
}

static int remove_if_old(struct media_sweep *sweep, int dir_fd, const char *name)
{
    (void)pthread_mutex_lock(sweep->lock);
    int err = check_age(sweep, dir_fd, name);
    if (!err)
        err = file_remove_tree(dir_fd, name);
    (void)pthread_mutex_unlock(sweep->lock);
    if (!err)
        sweep->n_removed++;
    return err;
}

/* Looks at one thing. What was touched, or has gone by itself, is no failure. */
static int sweep_one(struct media_sweep *sweep, int dir_fd, const char *name)
{
    int err = check_age(sweep, dir_fd, name);

    if (!err && media_name_is_valid(sweep->folder, name)) {
        const int is_referred = sweep->refers(sweep->folder, name, sweep->arg);
        if (is_referred != 0)
            return is_referred > 0 ? 0 : is_referred;
    }
    if (!err)
        err = remove_if_old(sweep, dir_fd, name);
    return err == ERR_CONFLICT || err == ERR_NOT_FOUND ? 0 : err;
}

static int sweep_folder(struct media_sweep *sweep, int parent_fd, const char *path, int depth);

static int sweep_entry(struct media_sweep *sweep, int dir_fd, const char *name, int depth)
{
    if (depth > 0 && is_hex(name, 2))
        return sweep_folder(sweep, dir_fd, name, depth - 1);
    return sweep_one(sweep, dir_fd, name);
}

static int sweep_folder(struct media_sweep *sweep, int parent_fd, const char *path, int depth)
{
    const int fd = openat(parent_fd, path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    DIR *dir = fd < 0 ? NULL : fdopendir(fd);
    int err = 0;

    if (!dir) {
        err = err_from_errno(errno);
        if (fd >= 0)
            (void)close(fd);
        return err;
    }
    while (!err && sweep->n_removed < sweep->limit) {
        errno = 0;
        const struct dirent *entry = readdir(dir);
        if (!entry) {
            err = errno ? err_from_errno(errno) : 0;
            break;
        }
        if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0)
            err = sweep_entry(sweep, dirfd(dir), entry->d_name, depth);
    }
    (void)closedir(dir);
    return err;
}

int media_sweep_run(struct media_sweep *sweep, int parent_fd, const char *path)
{
    return sweep_folder(sweep, parent_fd, path, sweep->folder == MEDIA_SOURCES ? 1 : 0);
}
