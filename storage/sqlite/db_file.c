// SPDX-License-Identifier: GPL-3.0-or-later
#include "storage/sqlite/db_file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "common/cleanup.h"
#include "common/err.h"
#include "common/file.h"
#include "common/slice.h"

int db_file_beside(const char *path, const char *suffix, char name[PATH_MAX])
{
    const int n = snprintf(name, PATH_MAX, "%s%s", path, suffix);

    return n > 0 && n < PATH_MAX ? 0 : ERR_INVALID;
}

int db_file_create(const char *path)
{
    const int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);

    if (fd < 0)
        return err_from_errno(errno);
    return close(fd) < 0 ? err_from_errno(errno) : 0;
}

void db_file_remove(const char *path)
{
    static const char *const suffixes[] = {"", "-wal", "-shm", "-journal"};
    char name[PATH_MAX];

    for (size_t i = 0; i < sizeof suffixes / sizeof suffixes[0]; i++)
        if (db_file_beside(path, suffixes[i], name) == 0)
            (void)unlink(name);
}

int db_file_sync(const char *path)
{
    CLEANUP(close_fd) const int fd = open(path, O_RDONLY | O_CLOEXEC);

    if (fd < 0)
        return err_from_errno(errno);
    return fsync(fd) < 0 ? err_from_errno(errno) : 0;
}

int db_file_sync_parent(const char *path)
{
    char parent[PATH_MAX];
    const char *slash = strrchr(path, '/');

    if (!slash)
        return file_sync_dir(AT_FDCWD, ".");
    const size_t length = slash == path ? 1 : (size_t)(slash - path);
    if (slice_to_cstr(slice_of(path, length), parent, sizeof parent))
        return ERR_INVALID;
    return file_sync_dir(AT_FDCWD, parent);
}
