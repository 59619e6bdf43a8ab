// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/roles/redis_rescue.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "common/err.h"
#include "common/file.h"
#include "common/id.h"
#include "server/roles/data_dir.h"
#include "storage/redis/aof_reader.h"
#include "storage/redis/redis_sync.h"

#define LIVE     "redis/appendonlydir"
#define OLD_LIVE "redis/appendonly.aof" /* of Redis 6: one file */
#define ASIDE    "damaged-"
#define REPORT   "report.txt"
#define MANIFEST "appendonly.aof.manifest"

enum { BATCH = 256, MAX_NAMES = 256, NAME_SIZE = 96, REPORT_LIMIT = 4096 };

/* ---- names in folders ---- */

struct names {
    size_t n;
    char list[MAX_NAMES][NAME_SIZE];
};

/* "appendonly.aof.7.incr.aof" is (7, 1), the base of the same number comes before it. */
static long order_of(const char *name)
{
    const char *digits = strncmp(name, "appendonly.aof.", 15) == 0 ? name + 15 : "0";

    return 2 * strtol(digits, NULL, 10) + (strstr(name, ".incr.") != NULL);
}

static int compare_names(const void *a, const void *b)
{
    const long left = order_of(a), right = order_of(b);

    return left != right ? (left > right) - (left < right) : strcmp(a, b);
}

/* The names that begin so, in order of their numbers; none when the folder cannot be read. */
static void list_names(const char *folder, const char *prefix, struct names *names)
{
    DIR *stream = opendir(folder);
    const struct dirent *entry;

    names->n = 0;
    while (stream && names->n < MAX_NAMES && (entry = readdir(stream))) {
        if (strncmp(entry->d_name, prefix, strlen(prefix)) == 0 && entry->d_name[0] != '.' &&
            slice_to_cstr(slice_from(entry->d_name), names->list[names->n], NAME_SIZE) == 0)
            names->n++;
    }
    if (stream)
        (void)closedir(stream);
    qsort(names->list, names->n, NAME_SIZE, compare_names);
}

static void join(const char *folder, const char *name, char path[PATH_MAX])
{
    (void)snprintf(path, PATH_MAX, "%.*s/%s", PATH_MAX - NAME_SIZE - 2, folder, name);
}

static int64_t size_of(const char *path)
{
    struct stat status;

    return stat(path, &status) == 0 ? status.st_size : 0;
}

static bool exists(const char *folder, const char *name)
{
    char path[PATH_MAX];

    join(folder, name, path);
    return access(path, F_OK) == 0;
}

/* ---- before Redis starts ---- */

static void mend_mode(const char *path)
{
    struct stat status;

    if (lstat(path, &status) < 0 || status.st_uid != geteuid() || S_ISLNK(status.st_mode))
        return;
    const mode_t needed = S_ISDIR(status.st_mode) ? 0700 : 0600;
    if ((status.st_mode & needed) != needed)
        (void)chmod(path, (status.st_mode & 07777) | needed);
}

void redis_rescue_mend_modes(const struct data_dir *dir)
{
    static const char *const FOLDERS[] = {"redis", LIVE};
    char folder[PATH_MAX], path[PATH_MAX];
    struct names names;

    for (size_t i = 0; i < sizeof FOLDERS / sizeof FOLDERS[0]; i++) {
        data_dir_path(dir, FOLDERS[i], folder);
        mend_mode(folder);
        list_names(folder, "", &names);
        for (size_t k = 0; k < names.n; k++) {
            join(folder, names.list[k], path);
            mend_mode(path);
        }
    }
}

bool redis_rescue_has_data(const struct data_dir *dir)
{
    char folder[PATH_MAX], path[PATH_MAX];
    struct names names;
    struct stat status;

    data_dir_path(dir, OLD_LIVE, path);
    data_dir_path(dir, LIVE, folder);
    if (size_of(path) > 0 || (stat(folder, &status) == 0 && !S_ISDIR(status.st_mode)))
        return true;
    list_names(folder, "", &names);
    for (size_t i = 0; i < names.n; i++) {
        join(folder, names.list[i], path);
        if (size_of(path) > 0)
            return true;
    }
    return access(folder, F_OK) == 0 && access(folder, R_OK | X_OK) < 0;
}

bool redis_rescue_is_unlisted(const struct data_dir *dir)
{
    CLEANUP(buf_clear) struct buf manifest = buf_with_limit(65536);
    char folder[PATH_MAX], path[PATH_MAX];
    struct names names;

    data_dir_path(dir, LIVE, folder);
    join(folder, MANIFEST, path);
    const int err = file_read_all(AT_FDCWD, path, &manifest);
    if (err && err != ERR_NOT_FOUND)
        return false; /* Redis will say what is wrong */
    buf_append_text(&manifest, "\n");
    list_names(folder, "appendonly.aof.", &names);
    const bool has_base = manifest.data && memmem(manifest.data, manifest.length, ".base.", 6);
    for (size_t i = 0; i < names.n && manifest.data; i++) {
        const char *name = names.list[i];
        join(folder, name, path);
        const bool is_data = strstr(name, ".incr.") || (strstr(name, ".base.") && !has_base);
        if (is_data && size_of(path) > 0 &&
            !memmem(manifest.data, manifest.length, name, strlen(name)))
            return true;
    }
    return false;
}

/* A folder that is not there yet, named after now. */
static int make_aside(const struct data_dir *dir, char folder[PATH_MAX])
{
    const time_t now = time(NULL);
    char date[24], name[NAME_SIZE];
    struct tm fields;

    (void)strftime(date, sizeof date, "%Y%m%dT%H%M%SZ", gmtime_r(&now, &fields));
    for (int i = 1; i < 100; i++) {
        (void)snprintf(name, sizeof name, i == 1 ? "redis/" ASIDE "%s" : "redis/" ASIDE "%s-%d",
                       date, i);
        data_dir_path(dir, name, folder);
        if (mkdir(folder, 0750) == 0)
            return 0;
        if (errno != EEXIST)
            break;
    }
    return err_from_errno(errno);
}

static int move_into(const struct data_dir *dir, const char *live, const char *folder)
{
    char from[PATH_MAX], to[PATH_MAX];

    data_dir_path(dir, live, from);
    join(folder, live + sizeof "redis/" - 1, to);
    return rename(from, to) < 0 && errno != ENOENT ? err_from_errno(errno) : 0;
}

int redis_rescue_set_aside(const struct data_dir *dir)
{
    char folder[PATH_MAX];
    int err = make_aside(dir, folder);

    if (!err)
        err = move_into(dir, LIVE, folder);
    if (!err)
        err = move_into(dir, OLD_LIVE, folder);
    if (err)
        (void)rmdir(folder);
    data_dir_path(dir, "redis", folder);
    return err ? err : file_sync_dir(AT_FDCWD, folder);
}

/* The last folder set aside; false when there is none. */
static bool last_aside(const struct data_dir *dir, char path[PATH_MAX])
{
    char folder[PATH_MAX];
    struct names names;

    data_dir_path(dir, "redis", folder);
    list_names(folder, ASIDE, &names);
    if (names.n > 0)
        join(folder, names.list[names.n - 1], path);
    return names.n > 0;
}

int redis_rescue_place_base(const struct data_dir *dir)
{
    static const char LINE[] = "file appendonly.aof.1.base.rdb seq 1 type b\n";
    char aside[PATH_MAX], files[PATH_MAX], from[PATH_MAX], live[PATH_MAX], to[PATH_MAX];
    const char *base = NULL;
    struct names names;

    if (!last_aside(dir, aside))
        return ERR_NOT_FOUND;
    join(aside, "appendonlydir", files);
    list_names(files, "appendonly.aof.", &names);
    for (size_t i = 0; i < names.n; i++) {
        if (strstr(names.list[i], ".base.rdb"))
            base = names.list[i];
    }
    if (!base)
        return ERR_NOT_FOUND;
    join(files, base, from);
    data_dir_path(dir, LIVE, live);
    int err = file_make_dirs(live, 0750);
    join(live, "appendonly.aof.1.base.rdb", to);
    if (!err && link(from, to) < 0)
        err = err_from_errno(errno);
    join(live, MANIFEST, to);
    return err ? err : file_replace(AT_FDCWD, to, LINE, sizeof LINE - 1, 0640);
}

void redis_rescue_remove_base(const struct data_dir *dir)
{
    char live[PATH_MAX];

    data_dir_path(dir, LIVE, live);
    (void)file_remove_tree(AT_FDCWD, live);
}

/* ---- into a Redis that runs ---- */

struct replay {
    struct redis_sync *redis;
    size_t n_put;     /* answers to come */
    size_t n_saved;   /* commands */
    size_t n_refused; /* commands that Redis did not take */
};

static int get_answers(struct replay *r)
{
    int failed = 0;

    for (; r->n_put > 0; r->n_put--) {
        CLEANUP(redis_reply_free) struct redisReply *reply = NULL;
        const int err = redis_sync_get(r->redis, &reply);
        if (err == ERR_UNAVAILABLE || err == ERR_TIMEOUT || err == ERR_NO_MEMORY)
            failed = err;
        r->n_saved += !err;
        r->n_refused += err != 0;
    }
    return failed;
}

static int put(struct replay *r, const struct redis_args *args)
{
    redis_sync_put(r->redis, args);
    r->n_put++;
    return r->n_put >= BATCH ? get_answers(r) : 0;
}

static bool is_command(const struct redis_args *args, const char *name)
{
    return args->lengths[0] == strlen(name) &&
           strncasecmp(args->argv[0], name, args->lengths[0]) == 0;
}

static struct slice key_of(const struct redis_args *args)
{
    return args->n > 1 ? slice_of(args->argv[1], args->lengths[1]) : slice_of(NULL, 0);
}

/* Nothing that takes away, and nothing of the task stream. */
static bool is_worth_saving(const struct redis_args *args)
{
    static const char *const LOST_ON_PURPOSE[] = {"select",   "multi",  "exec",     "flushall",
                                                  "flushdb",  "rename", "renamenx", "swapdb",
                                                  "shutdown", "config", "debug",    "eval",
                                                  "evalsha",  "script", "function"};
    static const char *const NOT_OF_PROGRESS[] = {"del",       "unlink",   "srem",   "expire",
                                                  "pexpireat", "expireat", "pexpire"};
    const struct slice key = key_of(args);
    const bool is_progress = slice_starts_with(key, "wp:") || slice_starts_with(key, "wq:");

    if ((args->argv[0][0] | 0x20) == 'x')
        return false;
    for (size_t i = 0; i < sizeof LOST_ON_PURPOSE / sizeof LOST_ON_PURPOSE[0]; i++)
        if (is_command(args, LOST_ON_PURPOSE[i]))
            return false;
    for (size_t i = 0; is_progress && i < sizeof NOT_OF_PROGRESS / sizeof NOT_OF_PROGRESS[0]; i++)
        if (is_command(args, NOT_OF_PROGRESS[i]))
            return false;
    return true;
}

/* "wp:USER:LECTURE" is to be drained, whatever has become of the set that said so. */
static int mark_dirty(struct replay *r, const struct redis_args *args)
{
    struct slice user, lecture = key_of(args);
    struct redis_args mark;

    if (!slice_starts_with(lecture, "wp:") && !slice_starts_with(lecture, "wq:"))
        return 0;
    const struct slice pair = slice_skip(lecture, 3);
    lecture = pair;
    user = slice_split(&lecture, ':');
    if (!id_is_valid(user) || !id_is_valid(lecture))
        return 0;
    redis_args_init(&mark);
    redis_args_add_text(&mark, "SADD");
    redis_args_add_text(&mark, "wp:dirty");
    redis_args_add(&mark, pair);
    return put(r, &mark);
}

static int replay_commands(struct replay *r, struct aof_reader *reader)
{
    struct redis_args args;
    int err = 0;

    while (!err && aof_reader_next(reader, &args) == 0) {
        if (!is_worth_saving(&args))
            continue;
        err = put(r, &args);
        if (!err)
            err = mark_dirty(r, &args);
    }
    return err ? err : get_answers(r); /* args borrows from the file */
}

static int read_file(const char *path, struct slice *ret_bytes)
{
    struct stat status;
    CLEANUP(close_fd) const int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);

    *ret_bytes = slice_of(NULL, 0);
    if (fd < 0 || fstat(fd, &status) < 0)
        return err_from_errno(errno);
    if (!S_ISREG(status.st_mode))
        return ERR_INVALID;
    if (status.st_size == 0)
        return 0;
    void *bytes = mmap(NULL, (size_t)status.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
    if (bytes == MAP_FAILED)
        return err_from_errno(errno);
    *ret_bytes = slice_of(bytes, (size_t)status.st_size);
    return 0;
}

/* One file: its commands into Redis, a sentence into the report. */
static int replay_file(struct replay *r, const char *folder, const char *name, bool is_base_loaded,
                       struct buf *report, bool *ret_is_unread)
{
    char path[PATH_MAX];
    struct slice bytes;

    join(folder, name, path);
    if (strstr(name, ".manifest"))
        return 0;
    const int read_err = read_file(path, &bytes);
    if (read_err) {
        *ret_is_unread = true;
        buf_printf(report, "%s (%lld bytes) cannot be read: %s; ", name, (long long)size_of(path),
                   err_text(read_err));
        return 0;
    }
    if (slice_starts_with(bytes, "REDIS")) {
        if (!is_base_loaded)
            buf_printf(report, "%s (%zu bytes) is damaged and lost as a whole; ", name,
                       bytes.length);
        (void)munmap((void *)(uintptr_t)bytes.data, bytes.length);
        return 0;
    }
    struct aof_reader reader = aof_reader_of(bytes);
    const int err = replay_commands(r, &reader);
    if (reader.n_lost > reader.n_lost_at_end)
        buf_printf(report, "%s: %zu of %zu bytes are no commands and are lost; ", name,
                   reader.n_lost, bytes.length);
    else if (reader.n_lost > 0)
        buf_printf(report,
                   "%s: an incomplete command of %zu bytes at the end is lost, as after a "
                   "power cut; ",
                   name, reader.n_lost);
    if (bytes.length > 0)
        (void)munmap((void *)(uintptr_t)bytes.data, bytes.length);
    return err;
}

static int replay_folder(struct replay *r, const char *aside, bool is_base_loaded)
{
    CLEANUP(buf_clear) struct buf report = buf_with_limit(REPORT_LIMIT);
    char folder[PATH_MAX], path[PATH_MAX];
    struct names names;
    bool is_unread = false;
    int err = 0;

    join(aside, "appendonlydir", folder);
    if (!exists(folder, MANIFEST))
        buf_append_text(&report, "the manifest is missing; ");
    list_names(folder, "appendonly.aof.", &names);
    for (size_t i = 0; i < names.n && !err; i++)
        err = replay_file(r, folder, names.list[i], is_base_loaded, &report, &is_unread);
    if (!err && exists(aside, "appendonly.aof"))
        err = replay_file(r, aside, "appendonly.aof", is_base_loaded, &report, &is_unread);
    if (err || is_unread)
        return err;
    buf_printf(&report, "%zu commands were saved, %zu were not taken\n", r->n_saved, r->n_refused);
    join(aside, REPORT, path);
    return report.err ? report.err : file_replace(AT_FDCWD, path, report.data, report.length, 0640);
}

int redis_rescue_replay(const struct data_dir *dir, struct redis_sync *redis, bool is_base_loaded)
{
    char folder[PATH_MAX], aside[PATH_MAX];
    struct names names;
    int err = 0;

    data_dir_path(dir, "redis", folder);
    list_names(folder, ASIDE, &names);
    for (size_t i = 0; i < names.n && !err; i++) {
        struct replay r = {.redis = redis};
        join(folder, names.list[i], aside);
        if (!exists(aside, REPORT))
            err = replay_folder(&r, aside, is_base_loaded && i + 1 == names.n);
    }
    return err;
}

void redis_rescue_tell(const struct data_dir *dir, struct buf *text)
{
    char folder[PATH_MAX], path[PATH_MAX];
    struct names names;

    data_dir_path(dir, "redis", folder);
    list_names(folder, ASIDE, &names);
    for (size_t i = names.n; i-- > 0;) { /* the last one first */
        CLEANUP(buf_clear) struct buf report = buf_with_limit(REPORT_LIMIT);
        char name[2 * NAME_SIZE];
        (void)snprintf(name, sizeof name, "%s/" REPORT, names.list[i]);
        join(folder, name, path);
        buf_printf(text, "%sredis/%s: ", text->length ? "; " : "", names.list[i]);
        if (file_read_all(AT_FDCWD, path, &report) == 0) {
            struct slice rest = buf_slice(&report);
            buf_append_slice(text, slice_split(&rest, '\n'));
        } else {
            buf_append_text(text, "not everything could be read; tried again at the next start");
        }
    }
}
