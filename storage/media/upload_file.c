// SPDX-License-Identifier: GPL-3.0-or-later
#include "storage/media/upload_file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/err.h"
#include "storage/media/media_store.h"

enum { HASH_BUFFER_BYTES = 256 * 1024 };

struct upload_file {
    int fd;         /* owned */
    int64_t offset; /* where the next byte goes */
    bool is_broken; /* a write or sync failed: what the kernel keeps cannot be known */
};

/* A name that is new is made durable, or the first synced bytes could lose it. */
static int open_fd(const struct media_store *store, const char *upload_id, bool may_create,
                   int *ret_fd)
{
    const int folder_fd = media_store_uploads_fd(store);
    const int flags = O_RDWR | O_NOFOLLOW | O_CLOEXEC;

    if (folder_fd < 0 || !id_is_valid(slice_from(upload_id)))
        return ERR_INVALID;
    int fd = openat(folder_fd, upload_id, flags);
    if (fd < 0 && errno == ENOENT && may_create) {
        fd = openat(folder_fd, upload_id, flags | O_CREAT | O_EXCL, 0640);
        if (fd >= 0 && fsync(folder_fd) < 0) {
            const int err = err_from_errno(errno);
            (void)close(fd);
            return err;
        }
    }
    if (fd < 0)
        return err_from_errno(errno);
    *ret_fd = fd;
    return 0;
}

/* Makes the file end where the database says that its durable bytes end. */
static int cut_tail(int fd, int64_t durable_offset)
{
    struct stat st;

    if (fstat(fd, &st) < 0)
        return err_from_errno(errno);
    if (!S_ISREG(st.st_mode) || st.st_size < durable_offset)
        return ERR_CORRUPT;
    if (st.st_size > durable_offset && ftruncate(fd, durable_offset) < 0)
        return err_from_errno(errno);
    return 0;
}

int upload_file_open(const struct media_store *store, const char *upload_id, int64_t durable_offset,
                     struct upload_file **ret_file)
{
    int fd = -1;

    int err =
        durable_offset < 0 ? ERR_INVALID : open_fd(store, upload_id, durable_offset == 0, &fd);
    if (err)
        return err;
    err = cut_tail(fd, durable_offset);
    struct upload_file *file = err ? NULL : malloc(sizeof *file);
    if (!file) {
        (void)close(fd);
        return err ? err : ERR_NO_MEMORY;
    }
    *file = (struct upload_file){.fd = fd, .offset = durable_offset};
    *ret_file = file;
    return 0;
}

void upload_file_free(struct upload_file *file)
{
    if (!file)
        return;
    (void)close(file->fd);
    free(file);
}

int64_t upload_file_offset(const struct upload_file *file)
{
    return file->offset;
}

/* Remembers that the descriptor is of no use any more; errno says why. */
static int break_file(struct upload_file *file)
{
    file->is_broken = true;
    return err_from_errno(errno);
}

int upload_file_append(struct upload_file *file, const void *data, size_t length)
{
    const char *at = data;
    int64_t offset = file->offset;

    if (file->is_broken)
        return ERR_IO;
    while (length > 0) {
        const ssize_t n = pwrite(file->fd, at, length, offset);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return break_file(file);
        at += n;
        offset += n;
        length -= (size_t)n;
    }
    file->offset = offset;
    return 0;
}

int upload_file_sync(struct upload_file *file)
{
    if (file->is_broken)
        return ERR_IO;
    return fdatasync(file->fd) < 0 ? break_file(file) : 0;
}

int upload_file_truncate(struct upload_file *file, int64_t offset)
{
    if (offset < 0 || offset > file->offset)
        return ERR_INVALID;
    if (file->is_broken)
        return ERR_IO;
    if (ftruncate(file->fd, offset) < 0)
        return break_file(file);
    file->offset = offset;
    return 0;
}

static int hash_fd(int fd, struct digest *digest, int64_t length_bytes)
{
    CLEANUP(free_ptr) char *buffer = malloc(HASH_BUFFER_BYTES);
    int64_t n_all = 0;

    if (!buffer)
        return ERR_NO_MEMORY;
    (void)posix_fadvise(fd, 0, 0, POSIX_FADV_SEQUENTIAL);
    for (;;) {
        const ssize_t n = read(fd, buffer, HASH_BUFFER_BYTES);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return err_from_errno(errno);
        if (n == 0)
            return n_all == length_bytes ? 0 : ERR_CORRUPT;
        digest_update(digest, buffer, (size_t)n);
        n_all += n;
    }
}

int upload_file_hash(const struct media_store *store, const char *upload_id, int64_t length_bytes,
                     uint8_t ret_sha256[SHA256_BYTES])
{
    CLEANUP(digest_free) struct digest *digest = NULL;
    int fd = -1;

    int err = digest_new(DIGEST_SHA256, &digest);
    if (!err)
        err = open_fd(store, upload_id, false, &fd);
    if (err)
        return err;
    err = hash_fd(fd, digest, length_bytes);
    (void)close(fd);
    if (!err)
        digest_finish(digest, ret_sha256);
    return err;
}

int upload_file_remove(const struct media_store *store, const char *upload_id)
{
    if (!id_is_valid(slice_from(upload_id)))
        return ERR_INVALID;
    if (unlinkat(media_store_uploads_fd(store), upload_id, 0) < 0 && errno != ENOENT)
        return err_from_errno(errno);
    return 0;
}

int upload_file_size(const struct media_store *store, const char *upload_id, int64_t *ret_bytes)
{
    struct stat st;

    if (!id_is_valid(slice_from(upload_id)))
        return ERR_INVALID;
    if (fstatat(media_store_uploads_fd(store), upload_id, &st, AT_SYMLINK_NOFOLLOW) == 0)
        *ret_bytes = st.st_size;
    else if (errno == ENOENT)
        *ret_bytes = 0;
    else
        return err_from_errno(errno);
    return 0;
}
