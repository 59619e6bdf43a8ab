// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/roles/data_dir.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "common/cleanup.h"
#include "common/err.h"
#include "common/file.h"
#include "common/id.h"

/* The longest socket path below the folder has to fit sockaddr_un. */
enum {
    LONGEST_DATA_PATH = sizeof(((struct sockaddr_un *)0)->sun_path) - sizeof "/redis/redis.sock"
};

void data_dir_path(const struct data_dir *dir, const char *name, char path[PATH_MAX])
{
    const int n = snprintf(path, PATH_MAX, "%s/%s", dir->path, name);

    if (n < 0 || n >= PATH_MAX)
        abort();
}

static int make_dirs(const struct data_dir *dir)
{
    static const char *const NAMES[] = {"uploads", "media", "redis"};

    for (size_t i = 0; i < sizeof NAMES / sizeof NAMES[0]; i++) {
        char path[PATH_MAX];
        data_dir_path(dir, NAMES[i], path);
        const int err = file_make_dirs(path, 0750);
        if (err)
            return err;
    }
    return 0;
}

/* Whether there is a file below a folder, a few levels deep: sources lie two deep. */
static bool has_file(int parent_fd, const char *path, int depth)
{
    const int fd = openat(parent_fd, path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    DIR *dir = fd < 0 ? NULL : fdopendir(fd);
    const struct dirent *entry = NULL;
    bool has = false;

    if (!dir) {
        if (fd >= 0)
            (void)close(fd);
        return false;
    }
    while (!has && (entry = readdir(dir))) {
        struct stat st;
        if (entry->d_name[0] == '.' || fstatat(fd, entry->d_name, &st, AT_SYMLINK_NOFOLLOW) < 0)
            continue;
        has = S_ISREG(st.st_mode) ||
              (S_ISDIR(st.st_mode) && depth > 0 && has_file(fd, entry->d_name, depth - 1));
    }
    (void)closedir(dir);
    return has;
}

/* Recordings without a database are a lost file or a wrong mount: a database made anew would show
 * none of them, and hide that anything is missing. */
static int check_database(const struct data_dir *dir, struct buf *message)
{
    char path[PATH_MAX], media[PATH_MAX], uploads[PATH_MAX];
    struct stat st;

    data_dir_path(dir, "banmai.sqlite3", path);
    data_dir_path(dir, "media", media);
    data_dir_path(dir, "uploads", uploads);
    const bool is_there = stat(path, &st) == 0;
    if ((is_there && st.st_size > 0) ||
        (!has_file(AT_FDCWD, media, 3) && !has_file(AT_FDCWD, uploads, 1)))
        return 0;
    buf_printf(message,
               "%s holds recordings, but the database %s is %s: put a backup of it there (see "
               "\"Restore\" in docs/operations.md), or look whether the right disk is mounted; "
               "nothing was changed",
               dir->path, path, is_there ? "empty" : "missing");
    return ERR_CORRUPT;
}

/* The lock file holds its owner's process id, for the message alone. */
static int take_lock(struct data_dir *dir, struct buf *message)
{
    char path[PATH_MAX];
    char owner[16] = "";

    data_dir_path(dir, "lock", path);
    CLEANUP(close_fd) int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0640);
    if (fd < 0) {
        const int err = err_from_errno(errno);
        buf_printf(message, "cannot open %s: %s", path, strerrordesc_np(errno));
        return err;
    }
    if (flock(fd, LOCK_EX | LOCK_NB) < 0) {
        const ssize_t n = read(fd, owner, sizeof owner - 1);
        owner[n > 0 ? strspn(owner, "0123456789") : 0] = '\0';
        buf_printf(message,
                   "data folder %s is in use by process %s: stop that server, or give another "
                   "folder with --data",
                   dir->path, owner[0] ? owner : "(unknown)");
        return ERR_CONFLICT;
    }
    const int n = snprintf(owner, sizeof owner, "%d\n", (int)getpid());
    if (ftruncate(fd, 0) < 0 || pwrite(fd, owner, (size_t)n, 0) != n) {
        buf_printf(message, "cannot write %s: %s", path, strerrordesc_np(errno));
        return err_from_errno(errno);
    }
    dir->lock_fd = fd;
    fd = -1;
    return 0;
}

int data_dir_open(const char *path, struct data_dir *ret_dir, struct buf *message)
{
    struct data_dir dir = {.lock_fd = -1};
    int err = file_make_dirs(path, 0750);

    if (err) {
        buf_printf(message, "cannot make data folder %s: %s", path, err_text(err));
        return err;
    }
    if (!realpath(path, dir.path)) {
        buf_printf(message, "cannot use data folder %s: %s", path, strerrordesc_np(errno));
        return err_from_errno(errno);
    }
    if (strlen(dir.path) > LONGEST_DATA_PATH) {
        buf_printf(message,
                   "the path %s is too long for the sockets in it (%d bytes at most): "
                   "give a shorter one with --data",
                   dir.path, (int)LONGEST_DATA_PATH);
        return ERR_INVALID;
    }
    err = take_lock(&dir, message);
    if (err)
        return err;
    err = check_database(&dir, message);
    if (err) {
        data_dir_close(&dir);
        return err;
    }
    err = make_dirs(&dir);
    if (err) {
        buf_printf(message, "cannot make the folders in %s: %s", dir.path, err_text(err));
        data_dir_close(&dir);
        return err;
    }
    *ret_dir = dir;
    return 0;
}

void data_dir_close(struct data_dir *dir)
{
    if (dir->lock_fd >= 0)
        (void)close(dir->lock_fd);
    dir->lock_fd = -1;
}

int data_dir_playback_key(const struct data_dir *dir, struct playback_key *ret_key)
{
    CLEANUP(buf_clear) struct buf content = buf_with_limit(PLAYBACK_KEY_BYTES);
    char path[PATH_MAX];

    data_dir_path(dir, "playback.key", path);
    int err = file_read_all(AT_FDCWD, path, &content);
    if (err == ERR_NOT_FOUND) {
        random_bytes(ret_key->bytes, sizeof ret_key->bytes);
        return file_replace(AT_FDCWD, path, ret_key->bytes, sizeof ret_key->bytes, 0600);
    }
    if (!err && content.length != PLAYBACK_KEY_BYTES)
        err = ERR_CORRUPT;
    if (!err)
        memcpy(ret_key->bytes, content.data, PLAYBACK_KEY_BYTES);
    return err;
}
