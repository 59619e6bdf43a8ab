// SPDX-License-Identifier: GPL-3.0-or-later
#include "transcoder/broker.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <fnmatch.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/encode.h"
#include "common/err.h"
#include "common/file.h"
#include "common/id.h"
#include "common/package/storyboard_files.h"

#define TEMPORARY_PREFIX "tmp-"

/* Letters, digits, dashes, dots inside: nothing that a path or a shell could make something of. */
static bool is_plain(const char *name)
{
    static const char ALPHABET[] = "abcdefghijklmnopqrstuvwxyz0123456789-.";

    return name[0] != '\0' && name[0] != '.' && name[strspn(name, ALPHABET)] == '\0' &&
           !slice_starts_with(slice_from(name), TEMPORARY_PREFIX);
}

/* A plain name, in the folder of the slides or not. */
static bool is_accepted(const char *name)
{
    static const char FOLDER[] = SLIDE_FOLDER "/";
    static const size_t LENGTH = sizeof FOLDER - 1;

    if (strncmp(name, FOLDER, LENGTH) == 0)
        return is_plain(name + LENGTH);
    return is_plain(name) && strcmp(name, SLIDE_FOLDER) != 0;
}

/* The one folder inside that there may be is made when it is first wanted. */
static int make_folder(int dir_fd, const char *name)
{
    if (!strchr(name, '/') || mkdirat(dir_fd, SLIDE_FOLDER, 0755) == 0 || errno == EEXIST)
        return 0;
    return err_from_errno(errno);
}

static int check_name(const struct broker *broker, struct slice name, struct package_file *ret_name)
{
    if (broker->dir_fd < 0 || slice_to_cstr(name, ret_name->name, sizeof ret_name->name) ||
        !is_accepted(ret_name->name))
        return ERR_DENIED;
    return 0;
}

static uint64_t size_of(int dir_fd, const char *name)
{
    struct stat st;

    if (fstatat(dir_fd, name, &st, AT_SYMLINK_NOFOLLOW) < 0 || !S_ISREG(st.st_mode))
        return 0;
    return (uint64_t)st.st_size;
}

int broker_measure(struct broker *broker)
{
    const uint32_t n_watched =
        broker->n_published < BROKER_MAX_WATCHED ? broker->n_published : BROKER_MAX_WATCHED;
    uint64_t bytes = broker->older_bytes;

    for (size_t i = 0; i < broker->n_pending; i++)
        bytes += size_of(broker->dir_fd, broker->pending[i].temporary);
    for (uint32_t i = 0; i < n_watched; i++) {
        broker->published_bytes[i] = size_of(broker->dir_fd, broker->published[i].name);
        bytes += broker->published_bytes[i];
    }
    return bytes <= broker->budget.total_bytes ? 0 : ERR_TOO_LARGE;
}

static void note_published(struct broker *broker, const struct package_file *name)
{
    const uint32_t place = broker->n_published % BROKER_MAX_WATCHED;

    if (broker->n_published >= BROKER_MAX_WATCHED)
        broker->older_bytes += broker->published_bytes[place];
    broker->published[place] = *name;
    broker->published_bytes[place] = size_of(broker->dir_fd, name->name);
    broker->n_published++;
}

int broker_create(struct broker *broker, struct slice name, int *ret_fd)
{
    struct broker_file file;
    uint8_t random[12];
    char hex[2 * sizeof random + 1];

    int err = check_name(broker, name, &file.name);
    if (!err)
        err = make_folder(broker->dir_fd, file.name.name);
    if (err)
        return err;
    if (broker->n_pending == BROKER_MAX_PENDING || broker->n_created >= broker->budget.n_files)
        return ERR_TOO_LARGE;
    random_bytes(random, sizeof random);
    encode_hex(random, sizeof random, hex);
    (void)snprintf(file.temporary, sizeof file.temporary, TEMPORARY_PREFIX "%s", hex);
    const int fd = openat(broker->dir_fd, file.temporary,
                          O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0644);
    if (fd < 0)
        return err_from_errno(errno);
    broker->pending[broker->n_pending++] = file;
    broker->n_created++;
    *ret_fd = fd;
    return 0;
}

int broker_open(struct broker *broker, struct slice name, int *ret_fd)
{
    struct package_file file;

    const int err = check_name(broker, name, &file);
    if (err)
        return err;
    const int fd = openat(broker->dir_fd, file.name, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
    if (fd < 0)
        return err_from_errno(errno);
    *ret_fd = fd;
    return 0;
}

int broker_publish(struct broker *broker, struct slice name)
{
    for (size_t i = broker->n_pending; i-- > 0;) {
        struct broker_file *file = &broker->pending[i];
        if (!slice_is(name, file->name.name))
            continue;
        if (broker_measure(broker))
            return ERR_TOO_LARGE;
        if (renameat(broker->dir_fd, file->temporary, broker->dir_fd, file->name.name) < 0)
            return err_from_errno(errno);
        note_published(broker, &file->name);
        const bool is_inside = strchr(file->name.name, '/');
        *file = broker->pending[--broker->n_pending];
        const int err = is_inside ? file_sync_dir(broker->dir_fd, SLIDE_FOLDER) : 0;
        return err ? err : file_sync_dir(broker->dir_fd, ".");
    }
    return ERR_NOT_FOUND;
}

void broker_abandon(struct broker *broker)
{
    for (size_t i = 0; i < broker->n_pending; i++)
        (void)unlinkat(broker->dir_fd, broker->pending[i].temporary, 0);
    broker->n_pending = 0;
}

static DIR *open_listing(int dir_fd)
{
    const int fd = openat(dir_fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    DIR *dir = fd < 0 ? NULL : fdopendir(fd);

    if (!dir && fd >= 0)
        (void)close(fd);
    return dir;
}

uint64_t broker_folder_bytes(int dir_fd)
{
    DIR *dir = open_listing(dir_fd);
    const struct dirent *entry;
    uint64_t bytes = 0;

    while (dir && (entry = readdir(dir)))
        bytes += size_of(dir_fd, entry->d_name);
    if (dir)
        (void)closedir(dir);
    return bytes;
}

static void remove_matching(int dir_fd, const char *pattern)
{
    DIR *dir = open_listing(dir_fd);
    const struct dirent *entry;

    if (!dir)
        return;
    while ((entry = readdir(dir))) {
        if (fnmatch(pattern, entry->d_name, 0) == 0)
            (void)unlinkat(dir_fd, entry->d_name, 0);
    }
    (void)closedir(dir);
}

void broker_sweep(int dir_fd)
{
    remove_matching(dir_fd, TEMPORARY_PREFIX "*");
}

void broker_remove_parts(int dir_fd)
{
    remove_matching(dir_fd, "part-*");
    remove_matching(dir_fd, "*.[0-9][0-9][0-9][0-9].mp4");
}
