// SPDX-License-Identifier: GPL-3.0-or-later
#include "storage/media/media_store.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "common/clock.h"
#include "common/err.h"
#include "common/file.h"
#include "storage/media/media_claims.h"
#include "storage/media/media_sweep.h"

struct media_store {
    char root[PATH_MAX]; /* absolute */
    int root_fd;         /* owned */
    int uploads_fd;      /* owned; -1 on a worker's host */
    uint64_t floor_bytes;
    /* Held while a thing is claimed and touched or made on its way to a row, and while one that is
     * not claimed is removed. */
    pthread_mutex_t lock;
    struct media_claims claims;
};

static const mode_t FOLDER_MODE = 0750;
static const uint64_t MAX_ROOM_BYTES = UINT64_C(128) << 20;

void media_path_source(const char *source_sha256, char path[MEDIA_PATH_SIZE])
{
    (void)snprintf(path, MEDIA_PATH_SIZE, "sources/%.2s/%s", source_sha256, source_sha256);
}

void media_path_job(const char *job_id, char path[MEDIA_PATH_SIZE])
{
    (void)snprintf(path, MEDIA_PATH_SIZE, "jobs/%s", job_id);
}

void media_path_package(const char *package_id, char path[MEDIA_PATH_SIZE])
{
    (void)snprintf(path, MEDIA_PATH_SIZE, "packages/%s", package_id);
}

const char *media_store_root(const struct media_store *store)
{
    return store->root;
}

int media_store_root_fd(const struct media_store *store)
{
    return store->root_fd;
}

int media_store_uploads_fd(const struct media_store *store)
{
    return store->uploads_fd;
}

/* ---- opening ---- */

/* Makes the directory when it is missing, durably. Stores its descriptor unless ret_fd is NULL. */
static int open_folder(int parent_fd, const char *name, int *ret_fd)
{
    if (mkdirat(parent_fd, name, FOLDER_MODE) == 0) {
        const int err = fsync(parent_fd) < 0 ? err_from_errno(errno) : 0;
        if (err)
            return err;
    } else if (errno != EEXIST) {
        return err_from_errno(errno);
    }
    const int fd = openat(parent_fd, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0)
        return err_from_errno(errno);
    if (ret_fd)
        *ret_fd = fd;
    else
        (void)close(fd);
    return 0;
}

static int open_root(struct media_store *store)
{
    int err = open_folder(store->root_fd, "sources", NULL);

    if (!err)
        err = open_folder(store->root_fd, "jobs", NULL);
    if (!err)
        err = open_folder(store->root_fd, "packages", NULL);
    return err;
}

static struct media_store *make_store(void)
{
    struct media_store *store = calloc(1, sizeof *store);

    if (!store)
        return NULL;
    store->root_fd = -1;
    store->uploads_fd = -1;
    (void)pthread_mutex_init(&store->lock, NULL);
    return store;
}

static int open_data(struct media_store *store, const char *data_dir)
{
    CLEANUP(close_fd)
    const int data_fd = open(data_dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

    if (data_fd < 0)
        return err_from_errno(errno);
    int err = open_folder(data_fd, "uploads", &store->uploads_fd);
    if (!err)
        err = open_folder(data_fd, "media", &store->root_fd);
    return err;
}

int media_store_open(const char *data_dir, uint64_t floor_bytes, struct media_store **ret_store)
{
    CLEANUP(media_store_free) struct media_store *store = make_store();
    char absolute[PATH_MAX];

    if (!store)
        return ERR_NO_MEMORY;
    store->floor_bytes = floor_bytes;
    if (!realpath(data_dir, absolute))
        return err_from_errno(errno);
    const int n = snprintf(store->root, sizeof store->root, "%s/media", absolute);
    if (n < 0 || (size_t)n >= sizeof store->root)
        return ERR_INVALID;
    int err = open_data(store, absolute);
    if (!err)
        err = open_root(store);
    if (err)
        return err;
    *ret_store = store;
    store = NULL;
    return 0;
}

int media_store_open_root(const char *media_root, struct media_store **ret_store)
{
    CLEANUP(media_store_free) struct media_store *store = make_store();

    if (!store)
        return ERR_NO_MEMORY;
    if (!realpath(media_root, store->root))
        return err_from_errno(errno);
    store->root_fd = open(store->root, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (store->root_fd < 0)
        return err_from_errno(errno);
    const int err = open_root(store);
    if (err)
        return err;
    *ret_store = store;
    store = NULL;
    return 0;
}

void media_store_free(struct media_store *store)
{
    if (!store)
        return;
    if (store->root_fd >= 0)
        (void)close(store->root_fd);
    if (store->uploads_fd >= 0)
        (void)close(store->uploads_fd);
    media_claims_clear(&store->claims);
    (void)pthread_mutex_destroy(&store->lock);
    free(store);
}

/* ---- space ---- */

static int free_bytes_at(int fd, uint64_t *ret_bytes)
{
    struct statvfs st;

    if (fstatvfs(fd, &st) < 0)
        return err_from_errno(errno);
    *ret_bytes = (uint64_t)st.f_bavail * st.f_frsize;
    return 0;
}

int media_store_all_free_bytes(const struct media_store *store, uint64_t *ret_bytes)
{
    uint64_t bytes = 0, upload_bytes = UINT64_MAX;

    int err = free_bytes_at(store->root_fd, &bytes);
    if (!err && store->uploads_fd >= 0)
        err = free_bytes_at(store->uploads_fd, &upload_bytes);
    if (err)
        return err;
    *ret_bytes = upload_bytes < bytes ? upload_bytes : bytes;
    return 0;
}

int media_store_free_bytes(const struct media_store *store, uint64_t *ret_bytes)
{
    uint64_t bytes = 0;

    const int err = media_store_all_free_bytes(store, &bytes);
    if (!err)
        *ret_bytes = bytes > store->floor_bytes ? bytes - store->floor_bytes : 0;
    return err;
}

uint64_t media_store_floor_bytes(const struct media_store *store)
{
    return store->floor_bytes;
}

/* What tasks write between two looks of their worker, and what is acknowledged to people while
 * tasks wait; less where the floor itself is small. */
uint64_t media_store_room_bytes(uint64_t floor_bytes)
{
    return floor_bytes / 2 < MAX_ROOM_BYTES ? floor_bytes / 2 : MAX_ROOM_BYTES;
}

bool media_store_has_room(const struct media_store *store, uint64_t floor_bytes, bool is_begun)
{
    const uint64_t room = media_store_room_bytes(floor_bytes);
    uint64_t bytes = 0;

    if (media_store_all_free_bytes(store, &bytes))
        return true;
    return bytes > floor_bytes + (is_begun ? room / 2 : room);
}

int media_store_check_space(const struct media_store *store, uint64_t need_bytes)
{
    uint64_t bytes = 0;

    const int err = media_store_free_bytes(store, &bytes);
    if (err)
        return err;
    return need_bytes <= bytes ? 0 : ERR_NO_SPACE;
}

/* ---- giving files their names ---- */

static int copy_bytes(int from_fd, int to_fd)
{
    for (;;) {
        const ssize_t n = sendfile(to_fd, from_fd, NULL, 1 << 30);
        if (n == 0)
            return fsync(to_fd) < 0 ? err_from_errno(errno) : 0;
        if (n < 0 && errno != EINTR)
            return err_from_errno(errno);
    }
}

/* Copies to a name of its own first: under the final name the file is whole. */
static int copy_file(int from_dir, const char *from, int to_dir, const char *to)
{
    char temporary[NAME_MAX];

    const int n = snprintf(temporary, sizeof temporary, "%s.tmp-%d", to, (int)gettid());
    if (n < 0 || (size_t)n >= sizeof temporary)
        return ERR_INVALID;
    CLEANUP(close_fd) const int from_fd = openat(from_dir, from, O_RDONLY | O_CLOEXEC);
    if (from_fd < 0)
        return err_from_errno(errno);
    CLEANUP(close_fd)
    const int to_fd = openat(to_dir, temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0640);
    if (to_fd < 0)
        return err_from_errno(errno);
    int err = copy_bytes(from_fd, to_fd);
    if (!err && renameat(to_dir, temporary, to_dir, to) < 0)
        err = err_from_errno(errno);
    if (err)
        (void)unlinkat(to_dir, temporary, 0);
    return err;
}

/* Gives a file another name; a copy where the file system cannot, or is another one.
 * ERR_EXISTS when the name is taken. The caller makes the name durable. */
static int place_file(int from_dir, const char *from, int to_dir, const char *to)
{
    if (linkat(from_dir, from, to_dir, to, 0) == 0)
        return 0;
    if (errno == EXDEV || errno == EPERM || errno == EMLINK || errno == EOPNOTSUPP)
        return faccessat(to_dir, to, F_OK, 0) == 0 ? ERR_EXISTS
                                                   : copy_file(from_dir, from, to_dir, to);
    return err_from_errno(errno);
}

/* The caller locks. */
static int claim(struct media_store *store, enum media_folder folder, const char *name)
{
    return media_claims_add(&store->claims, folder, name, clock_monotonic_ms());
}

static int touch(int dir_fd, const char *path)
{
    return utimensat(dir_fd, path, NULL, 0) < 0 ? err_from_errno(errno) : 0;
}

static int sync_fd(int fd)
{
    return fsync(fd) < 0 ? err_from_errno(errno) : 0;
}

static int file_size(int dir_fd, const char *path, off_t *ret_bytes)
{
    struct stat st;

    if (fstatat(dir_fd, path, &st, AT_SYMLINK_NOFOLLOW) < 0)
        return err_from_errno(errno);
    *ret_bytes = st.st_size;
    return 0;
}

/* The same content is there already, unless a disk lost some of it: then this is the better copy.
 */
static int keep_source(const struct media_store *store, const char *upload_id, int folder_fd,
                       const char *source_sha256)
{
    off_t old_bytes = 0, new_bytes = 0;

    int err = file_size(folder_fd, source_sha256, &old_bytes);
    if (!err)
        err = file_size(store->uploads_fd, upload_id, &new_bytes);
    if (!err && old_bytes != new_bytes)
        err = copy_file(store->uploads_fd, upload_id, folder_fd, source_sha256);
    return err ? err : touch(folder_fd, source_sha256);
}

static int sync_upload(const struct media_store *store, const char *upload_id)
{
    CLEANUP(close_fd)
    const int fd = openat(store->uploads_fd, upload_id, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);

    return fd < 0 ? err_from_errno(errno) : sync_fd(fd);
}

static int open_source_folder(const struct media_store *store, const char *source_sha256,
                              int *ret_fd)
{
    const char name[] = {source_sha256[0], source_sha256[1], '\0'};
    CLEANUP(close_fd)
    const int sources_fd = openat(store->root_fd, "sources", O_RDONLY | O_DIRECTORY | O_CLOEXEC);

    if (sources_fd < 0)
        return err_from_errno(errno);
    return open_folder(sources_fd, name, ret_fd);
}

int media_store_adopt_source(struct media_store *store, const char *upload_id,
                             const char *source_sha256)
{
    int folder_fd = -1;

    if (store->uploads_fd < 0 || !media_name_is_valid(MEDIA_UPLOADS, upload_id) ||
        !media_name_is_valid(MEDIA_SOURCES, source_sha256))
        return ERR_INVALID;
    int err = sync_upload(store, upload_id);
    if (!err)
        err = open_source_folder(store, source_sha256, &folder_fd);
    if (err)
        return err;
    (void)pthread_mutex_lock(&store->lock);
    err = claim(store, MEDIA_SOURCES, source_sha256);
    if (!err)
        err = place_file(store->uploads_fd, upload_id, folder_fd, source_sha256);
    if (err == ERR_EXISTS)
        err = keep_source(store, upload_id, folder_fd, source_sha256);
    (void)pthread_mutex_unlock(&store->lock);
    if (!err)
        err = sync_fd(folder_fd);
    (void)close(folder_fd);
    return err;
}

/* ---- jobs and packages ---- */

int media_store_make_job_dir(struct media_store *store, const char *job_id)
{
    char path[MEDIA_PATH_SIZE];

    if (!media_name_is_valid(MEDIA_JOBS, job_id))
        return ERR_INVALID;
    media_path_job(job_id, path);
    (void)pthread_mutex_lock(&store->lock);
    int err = claim(store, MEDIA_JOBS, job_id);
    if (!err)
        err = open_folder(store->root_fd, path, NULL);
    if (!err)
        err = touch(store->root_fd, path);
    (void)pthread_mutex_unlock(&store->lock);
    return err ? err : file_sync_dir(store->root_fd, "jobs");
}

int media_store_remove_job_dir(struct media_store *store, const char *job_id)
{
    char path[MEDIA_PATH_SIZE];

    if (!media_name_is_valid(MEDIA_JOBS, job_id))
        return ERR_INVALID;
    media_path_job(job_id, path);
    return file_remove_tree(store->root_fd, path);
}

/* Whether a file of a job's folder is finished: names of temporary files hold ".tmp". */
static bool is_finished_file(const struct dirent *entry)
{
    return entry->d_name[0] != '.' && !strstr(entry->d_name, ".tmp");
}

/* NULL on failure, and errno says why. */
static DIR *open_dir(int parent_fd, const char *path)
{
    const int fd = openat(parent_fd, path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    DIR *dir = fd < 0 ? NULL : fdopendir(fd);

    if (!dir && fd >= 0) {
        const int errnum = errno;
        (void)close(fd);
        errno = errnum;
    }
    return dir;
}

static bool is_folder(int dir_fd, const char *name)
{
    struct stat st;

    return fstatat(dir_fd, name, &st, AT_SYMLINK_NOFOLLOW) == 0 && S_ISDIR(st.st_mode);
}

static int place_entry(int from_fd, const char *name, int to_fd);

static int place_all(DIR *from, int to_fd)
{
    for (;;) {
        errno = 0;
        const struct dirent *entry = readdir(from);
        if (!entry)
            return errno ? err_from_errno(errno) : sync_fd(to_fd);
        if (!is_finished_file(entry))
            continue;
        const int err = place_entry(dirfd(from), entry->d_name, to_fd);
        if (err && err != ERR_EXISTS)
            return err;
    }
}

/* A folder in the job's folder (of slides) is one in the package, too. */
static int place_folder(int from_fd, const char *name, int to_fd)
{
    CLEANUP(close_fd) int folder_fd = -1;
    DIR *from = open_dir(from_fd, name);

    if (!from)
        return err_from_errno(errno);
    int err = open_folder(to_fd, name, &folder_fd);
    if (!err)
        err = place_all(from, folder_fd);
    (void)closedir(from);
    return err;
}

static int place_entry(int from_fd, const char *name, int to_fd)
{
    return is_folder(from_fd, name) ? place_folder(from_fd, name, to_fd)
                                    : place_file(from_fd, name, to_fd, name);
}

static int make_package_folder(struct media_store *store, const char *package_id, int *ret_fd)
{
    char path[MEDIA_PATH_SIZE];

    media_path_package(package_id, path);
    (void)pthread_mutex_lock(&store->lock);
    int err = claim(store, MEDIA_PACKAGES, package_id);
    if (!err)
        err = open_folder(store->root_fd, path, ret_fd);
    if (!err)
        err = touch(store->root_fd, path);
    (void)pthread_mutex_unlock(&store->lock);
    return err ? err : file_sync_dir(store->root_fd, "packages");
}

int media_store_make_package(struct media_store *store, const char *job_id, const char *package_id)
{
    char job_path[MEDIA_PATH_SIZE];
    int package_fd = -1;

    if (!media_name_is_valid(MEDIA_JOBS, job_id) ||
        !media_name_is_valid(MEDIA_PACKAGES, package_id))
        return ERR_INVALID;
    media_path_job(job_id, job_path);
    DIR *job = open_dir(store->root_fd, job_path);
    if (!job)
        return err_from_errno(errno);
    int err = make_package_folder(store, package_id, &package_fd);
    if (!err)
        err = place_all(job, package_fd);
    if (package_fd >= 0)
        (void)close(package_fd);
    (void)closedir(job);
    return err;
}

/* ---- sweeping ---- */

static int path_of(enum media_folder folder, const char *name, char path[MEDIA_PATH_SIZE])
{
    if (!media_name_is_valid(folder, name))
        return ERR_INVALID;
    if (folder == MEDIA_SOURCES)
        media_path_source(name, path);
    else if (folder == MEDIA_JOBS)
        media_path_job(name, path);
    else if (folder == MEDIA_PACKAGES)
        media_path_package(name, path);
    else
        (void)snprintf(path, MEDIA_PATH_SIZE, "%s", name);
    return 0;
}

static int folder_parent(const struct media_store *store, enum media_folder folder)
{
    return folder == MEDIA_UPLOADS ? store->uploads_fd : store->root_fd;
}

int media_store_remove(struct media_store *store, enum media_folder folder, const char *name,
                       int64_t before_ms)
{
    const int parent_fd = folder_parent(store, folder);
    char path[MEDIA_PATH_SIZE];

    if (parent_fd < 0 || path_of(folder, name, path))
        return ERR_INVALID;
    (void)pthread_mutex_lock(&store->lock);
    const int err = media_claims_has(&store->claims, folder, name, clock_monotonic_ms())
                        ? ERR_AGAIN
                        : media_sweep_remove(parent_fd, path, before_ms);
    (void)pthread_mutex_unlock(&store->lock);
    return err;
}

int media_store_changed_at(struct media_store *store, enum media_folder folder, const char *name,
                           int64_t *ret_changed_ms)
{
    const int parent_fd = folder_parent(store, folder);
    char path[MEDIA_PATH_SIZE];

    if (parent_fd < 0 || path_of(folder, name, path))
        return ERR_INVALID;
    return media_sweep_changed_at(parent_fd, path, ret_changed_ms);
}

int media_store_count_unknown(struct media_store *store, enum media_folder folder,
                              media_store_knows_fn *knows, void *arg,
                              struct media_unknown *ret_unknown)
{
    static const char *const paths[N_MEDIA_FOLDERS] = {
        [MEDIA_UPLOADS] = ".",
        [MEDIA_SOURCES] = "sources",
        [MEDIA_JOBS] = "jobs",
        [MEDIA_PACKAGES] = "packages",
    };
    struct media_sweep sweep = {
        .folder = folder,
        .knows = knows,
        .arg = arg,
        .lock = &store->lock,
        .claims = &store->claims,
        .unknown = ret_unknown,
    };
    const int parent_fd = folder_parent(store, folder);

    return parent_fd < 0 ? ERR_INVALID : media_sweep_run(&sweep, parent_fd, paths[folder]);
}
