// SPDX-License-Identifier: GPL-3.0-or-later
#include "storage/media/media_sweep.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/clock.h"
#include "common/err.h"
#include "common/file.h"
#include "common/id.h"
#include "common/slice.h"

enum { MAX_DEPTH = 8 }; /* of what is counted: ours are one deep */

static bool starts_with_hex(const char *name, size_t length)
{
    return strspn(name, "0123456789abcdef") == length;
}

static bool is_hex(const char *name, size_t length)
{
    return strlen(name) == length && starts_with_hex(name, length);
}

bool media_name_is_valid(enum media_folder folder, const char *name)
{
    return is_hex(name, folder == MEDIA_SOURCES ? 2 * SHA256_BYTES : ID_LENGTH);
}

bool media_name_is_temporary(enum media_folder folder, const char *name)
{
    static const char suffix[] = ".tmp-";
    const char *rest = name + 2 * (size_t)SHA256_BYTES;

    if (folder != MEDIA_SOURCES || !starts_with_hex(name, 2 * (size_t)SHA256_BYTES) ||
        strncmp(rest, suffix, sizeof suffix - 1) != 0)
        return false;
    rest += sizeof suffix - 1;
    return *rest && rest[strspn(rest, "0123456789")] == '\0';
}

/* ---- removing ---- */

int media_sweep_changed_at(int parent_fd, const char *path, int64_t *ret_changed_ms)
{
    struct stat st;

    if (fstatat(parent_fd, path, &st, AT_SYMLINK_NOFOLLOW) < 0)
        return err_from_errno(errno);
    *ret_changed_ms = (int64_t)st.st_ctim.tv_sec * 1000 + st.st_ctim.tv_nsec / 1000000;
    return 0;
}

static int check_age(int parent_fd, const char *path, int64_t before_ms)
{
    int64_t changed_ms = INT64_MAX;

    const int err = media_sweep_changed_at(parent_fd, path, &changed_ms);
    if (err)
        return err;
    return changed_ms <= before_ms ? 0 : ERR_CONFLICT;
}

/* Of the folder that a path's last name stands in. */
static int sync_parent(int parent_fd, const char *path)
{
    char folder[MEDIA_PATH_SIZE];
    const char *end = strrchr(path, '/');

    (void)snprintf(folder, sizeof folder, "%.*s", end ? (int)(end - path) : 1, end ? path : ".");
    return file_sync_dir(parent_fd, folder);
}

int media_sweep_remove(int parent_fd, const char *path, int64_t before_ms)
{
    int err = check_age(parent_fd, path, before_ms);

    if (!err)
        err = file_remove_tree(parent_fd, path);
    if (!err)
        err = sync_parent(parent_fd, path);
    return err == ERR_NOT_FOUND ? 0 : err;
}

/* ---- counting ---- */

typedef int on_entry_fn(void *arg, int dir_fd, const char *name, int depth);

static int for_each(int parent_fd, const char *path, int depth, on_entry_fn *on_entry, void *arg)
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
    while (!err) {
        errno = 0;
        const struct dirent *entry = readdir(dir);
        if (!entry) {
            err = errno ? err_from_errno(errno) : 0;
            break;
        }
        if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0)
            err = on_entry(arg, dirfd(dir), entry->d_name, depth);
    }
    (void)closedir(dir);
    return err;
}

/* What cannot be read, or has gone meanwhile, counts no bytes. */
static int add_bytes(void *arg, int dir_fd, const char *name, int depth)
{
    struct media_unknown *unknown = arg;
    struct stat st;

    if (fstatat(dir_fd, name, &st, AT_SYMLINK_NOFOLLOW) < 0)
        return 0;
    unknown->bytes += (int64_t)st.st_blocks * 512;
    if (S_ISDIR(st.st_mode) && depth < MAX_DEPTH)
        (void)for_each(dir_fd, name, depth + 1, add_bytes, unknown);
    return 0;
}

/* Temporary files are only ever made under the lock, by the one process that holds the data folder:
 * one that is there now was left by a crash, however old it says it is. */
static int remove_temporary(const struct media_sweep *sweep, int dir_fd, const char *name)
{
    (void)pthread_mutex_lock(sweep->lock);
    const int err = file_remove_tree(dir_fd, name);
    (void)pthread_mutex_unlock(sweep->lock);
    return err;
}

static bool is_claimed(const struct media_sweep *sweep, const char *name)
{
    (void)pthread_mutex_lock(sweep->lock);
    const bool is = media_claims_has(sweep->claims, sweep->folder, name, clock_monotonic_ms());
    (void)pthread_mutex_unlock(sweep->lock);
    return is;
}

static int look_at(struct media_sweep *sweep, int dir_fd, const char *name)
{
    if (media_name_is_temporary(sweep->folder, name))
        return remove_temporary(sweep, dir_fd, name);
    if (media_name_is_valid(sweep->folder, name)) {
        const int is_known =
            is_claimed(sweep, name) ? 1 : sweep->knows(sweep->folder, name, sweep->arg);
        if (is_known != 0)
            return is_known > 0 ? 0 : is_known;
    }
    sweep->unknown->n++;
    return add_bytes(sweep->unknown, dir_fd, name, 0);
}

static int on_entry(void *arg, int dir_fd, const char *name, int depth)
{
    struct media_sweep *sweep = arg;

    if (depth > 0 && is_hex(name, 2))
        return for_each(dir_fd, name, depth - 1, on_entry, sweep);
    return look_at(sweep, dir_fd, name);
}

int media_sweep_run(struct media_sweep *sweep, int parent_fd, const char *path)
{
    return for_each(parent_fd, path, sweep->folder == MEDIA_SOURCES ? 1 : 0, on_entry, sweep);
}
