// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/http/exchange/file.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "common/cleanup.h"
#include "common/err.h"
#include "server/http/exchange/file_core.h"

enum { MAX_KEY_BYTES = 255, MIN_BUCKETS = 16 };

struct http_file_cache {
    struct list_node in_use_order; /* least recently used first */
    size_t n_files;
    size_t max_files;
    size_t n_buckets; /* a power of two */
    struct http_file *buckets[];
};

/* FNV-1a: keys are ours (package and file names), not a stranger's. */
static size_t hash_key(const char *key)
{
    uint64_t hash = 0xcbf29ce484222325;

    for (; *key; key++)
        hash = (hash ^ (unsigned char)*key) * 0x100000001b3;
    return (size_t)(hash ^ hash >> 32);
}

int http_file_cache_new(size_t max_files, struct http_file_cache **ret_cache)
{
    size_t n_buckets = MIN_BUCKETS;

    while (n_buckets < max_files)
        n_buckets *= 2;
    struct http_file_cache *cache = calloc(1, sizeof *cache + n_buckets * sizeof(void *));
    if (!cache)
        return ERR_NO_MEMORY;
    list_init(&cache->in_use_order);
    cache->max_files = max_files;
    cache->n_buckets = n_buckets;
    *ret_cache = cache;
    return 0;
}

static struct http_file **find_place(struct http_file_cache *cache, const char *key)
{
    struct http_file **place = &cache->buckets[hash_key(key) & (cache->n_buckets - 1)];

    while (*place && strcmp((*place)->key, key) != 0)
        place = &(*place)->next_in_bucket;
    return place;
}

static void evict_oldest(struct http_file_cache *cache)
{
    struct http_file *file = LIST_ELEMENT(cache->in_use_order.next, struct http_file, node);

    *find_place(cache, file->key) = file->next_in_bucket;
    list_remove(&file->node);
    cache->n_files--;
    http_file_unref(file);
}

void http_file_cache_free(struct http_file_cache *cache)
{
    if (!cache)
        return;
    while (!list_is_empty(&cache->in_use_order))
        evict_oldest(cache);
    free(cache);
}

/* O_NONBLOCK keeps a FIFO from holding the loop; regular files do not mind. */
static int open_beneath(int dir_fd, const char *path, int *ret_fd)
{
    struct open_how how = {
        .flags = O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY,
        .resolve = RESOLVE_BENEATH | RESOLVE_NO_MAGICLINKS,
    };

    for (;;) {
        const long fd = syscall(SYS_openat2, dir_fd, path, &how, sizeof how);
        if (fd >= 0) {
            *ret_fd = (int)fd;
            return 0;
        }
        if (errno == EXDEV || errno == ELOOP)
            return ERR_DENIED;
        if (errno != EINTR && errno != EAGAIN) /* EAGAIN: a rename raced with the walk */
            return err_from_errno(errno);
    }
}

static int open_file(const char *key, int dir_fd, const char *path, struct http_file **ret_file)
{
    CLEANUP(close_fd) int fd = -1;
    struct stat st;

    const int err = open_beneath(dir_fd, path, &fd);
    if (err < 0)
        return err;
    if (fstat(fd, &st) < 0)
        return ERR_IO;
    if (!S_ISREG(st.st_mode))
        return ERR_NOT_FOUND;
    const size_t key_size = strlen(key) + 1;
    struct http_file *file = malloc(sizeof *file + key_size);
    if (!file)
        return ERR_NO_MEMORY;
    *file = (struct http_file){.size = (uint64_t)st.st_size, .n_references = 1};
    file->fd = fd;
    memcpy(file->key, key, key_size);
    fd = -1; // cppcheck-suppress unreadVariable ; the cleanup reads it
    *ret_file = file;
    return 0;
}

static void insert(struct http_file_cache *cache, struct http_file *file)
{
    while (cache->n_files >= cache->max_files)
        evict_oldest(cache);
    *find_place(cache, file->key) = file;
    list_append(&cache->in_use_order, &file->node);
    cache->n_files++;
    http_file_ref(file);
}

int http_file_cache_open(struct http_file_cache *cache, const char *key, int dir_fd,
                         const char *path, struct http_file **ret_file)
{
    if (strlen(key) > MAX_KEY_BYTES)
        return ERR_INVALID;
    struct http_file *file = *find_place(cache, key);
    if (file) {
        list_remove(&file->node);
        list_append(&cache->in_use_order, &file->node);
        http_file_ref(file);
        *ret_file = file;
        return 0;
    }
    const int err = open_file(key, dir_fd, path, &file);
    if (err < 0)
        return err;
    if (cache->max_files > 0)
        insert(cache, file);
    *ret_file = file;
    return 0;
}

uint64_t http_file_size(const struct http_file *file)
{
    return file->size;
}

void http_file_ref(struct http_file *file)
{
    file->n_references++;
}

void http_file_unref(struct http_file *file)
{
    if (!file || --file->n_references > 0)
        return;
    (void)close(file->fd);
    free(file->warm_ms);
    free(file);
}
