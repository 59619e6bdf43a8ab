// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/roles/growing_package.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "common/buf.h"
#include "common/err.h"
#include "common/file.h"
#include "common/package/package.h"
#include "common/package/storyboard_files.h"
#include "storage/media/media_store.h"

static const char INDEX_NAME[] = "package.json";

static void close_folder(DIR *folder)
{
    if (folder)
        (void)closedir(folder);
}
DEFINE_CLEANUP(close_folder, DIR *)

static int open_folder(const struct media_store *media, const char *package_id, int *ret_fd)
{
    char path[MEDIA_PATH_SIZE];

    media_path_package(package_id, path);
    const int fd = openat(media_store_root_fd(media), path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0)
        return err_from_errno(errno);
    *ret_fd = fd;
    return 0;
}

static int read_index(int folder_fd, const char *name, struct package **ret_package)
{
    CLEANUP(buf_clear) struct buf json = buf_with_limit(PACKAGE_JSON_LIMIT);
    const int err = file_read_all(folder_fd, name, &json);

    if (err)
        return err;
    return package_parse(buf_slice(&json), ret_package) ? ERR_CORRUPT : 0;
}

/* Appends the parts 0, 1, 2, … as far as there is no gap. */
static int append_parts(int folder_fd, const char *kind, const int64_t *numbers, size_t n,
                        struct package *growing)
{
    for (size_t i = 0; i < n && numbers[i] == (int64_t)i; i++) {
        CLEANUP(package_free) struct package *part = NULL;
        char name[40];
        (void)snprintf(name, sizeof name, "part-%s-%04zu.json", kind, i);
        int err = read_index(folder_fd, name, &part);
        if (!err && part->target_duration_s > growing->target_duration_s)
            growing->target_duration_s = part->target_duration_s;
        if (!err)
            err = package_append(growing, part);
        if (err)
            return err == ERR_CONFLICT ? ERR_CORRUPT : err;
    }
    return 0;
}

static int write_index(int folder_fd, const struct package *package)
{
    CLEANUP(buf_clear) struct buf json = buf_with_limit(PACKAGE_JSON_LIMIT);

    package_write(package, &json);
    if (json.err)
        return json.err;
    return file_replace(folder_fd, INDEX_NAME, json.data, json.length, 0640);
}

int growing_package_update(const struct media_store *media, const char *package_id,
                           int64_t duration_us, const struct finished_parts *parts)
{
    CLEANUP(close_fd) int folder_fd = -1;
    CLEANUP(package_free) struct package *known = NULL;
    CLEANUP(package_free) struct package *growing = package_new();

    if (!growing)
        return ERR_NO_MEMORY;
    int err = open_folder(media, package_id, &folder_fd);
    if (err)
        return err;
    if (read_index(folder_fd, INDEX_NAME, &known) == 0 && known->is_complete)
        return 0; /* another lecture with the same source was here first */
    growing->duration_us = duration_us;
    err = append_parts(folder_fd, "chunk", parts->chunks, parts->n_chunks, growing);
    if (!err)
        err = append_parts(folder_fd, "sound", parts->sound, parts->n_sound, growing);
    if (err || growing->n_renditions == 0)
        return err;
    package_measure(growing);
    return write_index(folder_fd, growing);
}

static bool is_named(const struct package *package, const char *name)
{
    static const char *const KEPT[] = {INDEX_NAME, "plan.json", POSTER_NAME, POSTER_SMALL_NAME};

    if (storyboard_media_type(package, name))
        return true;
    if (package->n_pictures > 0 && strcmp(name, SLIDE_FOLDER) == 0)
        return true;
    for (size_t i = 0; i < sizeof KEPT / sizeof KEPT[0]; i++) {
        if (strcmp(name, KEPT[i]) == 0)
            return true;
    }
    for (size_t i = 0; i < package->n_renditions; i++) {
        const struct rendition *r = &package->renditions[i];
        for (size_t k = 0; k < r->n_files; k++) {
            if (strcmp(name, r->files[k].name) == 0)
                return true;
        }
    }
    return false;
}

int growing_package_tidy(const struct media_store *media, const char *package_id)
{
    CLEANUP(package_free) struct package *package = NULL;
    int folder_fd = -1;

    int err = open_folder(media, package_id, &folder_fd);
    if (err)
        return err;
    CLEANUP(close_folder) DIR *folder = fdopendir(folder_fd); /* owns the descriptor now */
    if (!folder) {
        (void)close(folder_fd);
        return ERR_NO_MEMORY;
    }
    err = read_index(folder_fd, INDEX_NAME, &package);
    if (err || !package->is_complete)
        return err;
    for (const struct dirent *entry = readdir(folder); entry; entry = readdir(folder)) {
        if (entry->d_name[0] == '.' || is_named(package, entry->d_name))
            continue;
        if (file_remove_tree(folder_fd, entry->d_name))
            return ERR_IO;
    }
    return 0;
}
