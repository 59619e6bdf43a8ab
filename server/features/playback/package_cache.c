// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/features/playback/package_cache.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "common/buf.h"
#include "common/err.h"
#include "common/file.h"
#include "storage/media/media_store.h"

struct entry {
    char id[PACKAGE_ID_SIZE];
    struct package *package; /* owned; NULL for a free entry */
    struct timespec changed; /* of the file when it was read */
    ino_t inode;
    uint64_t used; /* value of the cache's clock at the last use */
};

struct package_cache {
    const struct media_store *media;
    uint64_t uses;
    size_t n_entries;
    struct entry entries[];
};

int package_cache_new(const struct media_store *media, size_t max_packages,
                      struct package_cache **ret_cache)
{
    struct package_cache *cache =
        calloc(1, sizeof *cache + max_packages * sizeof cache->entries[0]);

    if (!cache)
        return ERR_NO_MEMORY;
    cache->media = media;
    cache->n_entries = max_packages;
    *ret_cache = cache;
    return 0;
}

void package_cache_free(struct package_cache *cache)
{
    if (!cache)
        return;
    for (size_t i = 0; i < cache->n_entries; i++)
        package_free(cache->entries[i].package);
    free(cache);
}

/* The entry of that id, else the one to reuse. */
static struct entry *choose_entry(struct package_cache *cache, struct slice id)
{
    struct entry *oldest = &cache->entries[0];

    for (size_t i = 0; i < cache->n_entries; i++) {
        struct entry *entry = &cache->entries[i];
        if (entry->package && slice_is(id, entry->id))
            return entry;
        if (entry->used < oldest->used)
            oldest = entry;
    }
    return oldest;
}

bool package_cache_has(const struct package_cache *cache, struct slice id)
{
    for (size_t i = 0; i < cache->n_entries; i++) {
        if (cache->entries[i].package && slice_is(id, cache->entries[i].id))
            return true;
    }
    return false;
}

static void index_path(const char *id, char path[MEDIA_PATH_SIZE + 16])
{
    char folder[MEDIA_PATH_SIZE];

    media_path_package(id, folder);
    (void)snprintf(path, MEDIA_PATH_SIZE + 16, "%s/package.json", folder);
}

static int read_index(const struct package_cache *cache, const char *path,
                      struct package **ret_package)
{
    CLEANUP(buf_clear) struct buf json = buf_with_limit(PACKAGE_JSON_LIMIT);
    int err = file_read_all(media_store_root_fd(cache->media), path, &json);

    if (!err)
        err = package_parse(buf_slice(&json), ret_package);
    return err == ERR_INVALID ? ERR_CORRUPT : err;
}

static bool is_unchanged(const struct entry *entry, const struct stat *st)
{
    return entry->inode == st->st_ino && entry->changed.tv_sec == st->st_mtim.tv_sec &&
           entry->changed.tv_nsec == st->st_mtim.tv_nsec;
}

/* Makes the entry hold what is on disk. The index is always replaced by rename, so a file that is
 * read while it is replaced is whole; its successor is seen at the next look. */
static int refresh(struct package_cache *cache, struct entry *entry, const char *id)
{
    struct package *package = NULL;
    char path[MEDIA_PATH_SIZE + 16];
    struct stat st;

    index_path(id, path);
    if (fstatat(media_store_root_fd(cache->media), path, &st, 0) < 0)
        return err_from_errno(errno);
    if (entry->package && strcmp(entry->id, id) == 0 && is_unchanged(entry, &st))
        return 0;
    const int err = read_index(cache, path, &package);
    if (err)
        return err;
    package_free(entry->package);
    *entry = (struct entry){.package = package,
                            .changed = st.st_mtim,
                            .inode = st.st_ino,
                            .used = entry->used};
    memcpy(entry->id, id, sizeof entry->id);
    return 0;
}

int package_cache_get(struct package_cache *cache, struct slice id,
                      const struct package **ret_package)
{
    char text[PACKAGE_ID_SIZE];

    if (!id_is_valid(id))
        return ERR_NOT_FOUND;
    (void)slice_to_cstr(id, text, sizeof text);
    struct entry *entry = choose_entry(cache, id);
    const bool is_known = entry->package && strcmp(entry->id, text) == 0;
    if (!is_known || !entry->package->is_complete) {
        const int err = refresh(cache, entry, text);
        if (err)
            return err;
    }
    entry->used = ++cache->uses;
    *ret_package = entry->package;
    return 0;
}
