// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/roles/private_redis.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "common/cleanup.h"
#include "common/clock.h"
#include "common/err.h"
#include "common/file.h"
#include "common/log.h"
#include "server/roles/child.h"
#include "server/roles/data_dir.h"
#include "server/roles/redis_rescue.h"
#include "storage/redis/redis_sync.h"

enum {
    POLL_MS = 20,
    PING_TIMEOUT_MS = 1000,
    STOP_WAIT_MS = 20000,
    MOST_BYTES = 1 << 30,
    LOG_LIMIT = 64 << 20,
};

static void pause_poll(void)
{
    (void)nanosleep(&(struct timespec){.tv_nsec = POLL_MS * 1000000L}, NULL);
}

void private_redis_address(const struct data_dir *dir, char address[PATH_MAX])
{
    (void)snprintf(address, PATH_MAX, "unix:%.*s/redis/redis.sock", PATH_MAX - 32, dir->path);
}

/* The lock is inherited by the child and so held until the last of its processes has ended. */
static int take_lock(const struct data_dir *dir, int *ret_fd, struct buf *message)
{
    const int64_t give_up_ms = clock_monotonic_ms() + PRIVATE_REDIS_WAIT_MS;
    char path[PATH_MAX];

    data_dir_path(dir, "redis/lock", path);
    const int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0640);
    if (fd < 0) {
        buf_printf(message, "cannot open %s: %s", path, strerrordesc_np(errno));
        return err_from_errno(errno);
    }
    while (flock(fd, LOCK_EX | LOCK_NB) < 0) {
        if (clock_monotonic_ms() > give_up_ms) {
            (void)close(fd);
            buf_printf(message, "the redis-server of an earlier run still holds %s/redis: end it",
                       dir->path);
            return ERR_CONFLICT;
        }
        pause_poll();
    }
    *ret_fd = fd;
    return 0;
}

uint64_t private_redis_default_bytes(void)
{
    const long n_pages = sysconf(_SC_PHYS_PAGES), page_bytes = sysconf(_SC_PAGESIZE);
    const uint64_t quarter =
        n_pages > 0 && page_bytes > 0 ? (uint64_t)n_pages * (uint64_t)page_bytes / 4 : MOST_BYTES;

    return quarter < MOST_BYTES ? quarter : MOST_BYTES;
}

static int start_child(const struct data_dir *dir, uint64_t max_bytes, int lock_fd, pid_t *ret_pid)
{
    char most[24];

    (void)snprintf(most, sizeof most, "%" PRIu64,
                   max_bytes ? max_bytes : private_redis_default_bytes());
    /* Out of reach of the network. Lua and RESTORE have a history of holes, but nobody else can
     * connect: the socket's folder and mode keep other users out. */
    const char *const argv[] = {"redis-server",
                                "-",
                                "--port",
                                "0",
                                "--unixsocket",
                                "redis.sock",
                                "--unixsocketperm",
                                "700",
                                "--daemonize",
                                "no",
                                "--appendonly",
                                "yes",
                                "--appendfsync",
                                "always",
                                "--aof-use-rdb-preamble",
                                "no",
                                "--aof-load-truncated",
                                "no",
                                "--save",
                                "",
                                "--maxmemory",
                                most,
                                "--maxmemory-policy",
                                "noeviction",
                                "--loglevel",
                                "warning",
                                "--logfile",
                                "redis.log",
                                "--timeout",
                                "0",
                                NULL};
    char work_dir[PATH_MAX];

    data_dir_path(dir, "redis", work_dir);
    const struct child_spec spec = {.argv = argv,
                                    .work_dir = work_dir,
                                    .stdin_fd = -1,
                                    .stdout_fd = -1,
                                    .kept_fd = lock_fd,
                                    .death_signal = SIGTERM};
    return child_start(&spec, ret_pid);
}

static bool answers(struct redis_sync *redis)
{
    CLEANUP(redis_reply_free) struct redisReply *reply = NULL;
    struct redis_args args;

    redis_args_init(&args);
    redis_args_add_text(&args, "PING");
    return redis_sync_call(redis, &args, 0, &reply) == 0;
}

/* Why a redis-server ended before it answered: ERR_CORRUPT when it was its files' fault. It says so
 * in its log, which had log_bytes before. */
static int judge_end(const struct data_dir *dir, int status, int64_t log_bytes)
{
    static const char *const SIGNS[] = {"append only", "append log", "append-only",   "AOF",
                                        "RDB",         "rdb",        "loading the DB"};
    CLEANUP(buf_clear) struct buf log = buf_with_limit(LOG_LIMIT);
    char path[PATH_MAX];

    if (!redis_rescue_has_data(dir) ||
        (WIFSIGNALED(status) && WTERMSIG(status) != SIGSEGV && WTERMSIG(status) != SIGABRT))
        return ERR_IO;
    data_dir_path(dir, "redis/redis.log", path);
    if (file_read_all(AT_FDCWD, path, &log))
        return ERR_IO;
    buf_append(&log, "", 1);
    if (!log.data || log_bytes < 0 || (size_t)log_bytes > log.length)
        log_bytes = 0;
    const char *text = log.data ? log.data + log_bytes : "";
    if (strstr(text, "No space left"))
        return ERR_NO_SPACE;
    for (size_t i = 0; i < sizeof SIGNS / sizeof SIGNS[0]; i++)
        if (strstr(text, SIGNS[i]))
            return ERR_CORRUPT;
    return ERR_IO;
}

static int64_t log_size(const struct data_dir *dir)
{
    struct stat status;
    char path[PATH_MAX];

    data_dir_path(dir, "redis/redis.log", path);
    return stat(path, &status) == 0 ? status.st_size : 0;
}

/* Waits until it has loaded its data, however long that takes. */
static int wait_until_ready(const struct data_dir *dir, pid_t pid, int64_t log_bytes,
                            struct redis_sync *redis, struct buf *message)
{
    int64_t give_up_ms = clock_monotonic_ms() + PRIVATE_REDIS_WAIT_MS;
    int status = 0;

    while (!answers(redis)) {
        if (waitpid(pid, &status, WNOHANG) != 0) {
            const int err = judge_end(dir, status, log_bytes);
            buf_printf(message, "redis-server ended at once (%s): see %s/redis/redis.log",
                       err_text(err), dir->path);
            return err;
        }
        if (strncmp(redis_sync_failure(redis), "LOADING", 7) == 0)
            give_up_ms = clock_monotonic_ms() + PRIVATE_REDIS_WAIT_MS;
        if (clock_monotonic_ms() > give_up_ms) {
            (void)child_stop(pid, SIGTERM, STOP_WAIT_MS);
            buf_printf(message, "redis-server does not answer: see %s/redis/redis.log", dir->path);
            return ERR_TIMEOUT;
        }
        pause_poll();
    }
    return 0;
}

struct starting {
    const struct data_dir *dir;
    uint64_t max_bytes;
    int lock_fd;
    struct redis_sync *redis;
    pid_t pid;
};

static int start_once(struct starting *s, struct buf *message)
{
    const int64_t log_bytes = log_size(s->dir);
    const int err = start_child(s->dir, s->max_bytes, s->lock_fd, &s->pid);

    if (err == ERR_NOT_FOUND)
        buf_append_text(message, "there is no redis-server in PATH: install the package "
                                 "redis-server, or name a running Redis with --redis");
    else if (err)
        buf_printf(message, "cannot start redis-server: %s", err_text(err));
    return err ? err : wait_until_ready(s->dir, s->pid, log_bytes, s->redis, message);
}

/* With nothing but what Redis itself can still read of the files that it did not take. */
static int start_without(struct starting *s, bool *ret_has_base, struct buf *message)
{
    CLEANUP(buf_clear) struct buf ignored = buf_with_limit(1024);
    int err = redis_rescue_set_aside(s->dir);

    if (err) {
        buf_printf(message, "; they cannot be moved out of the way: %s", err_text(err));
        return err;
    }
    *ret_has_base = redis_rescue_place_base(s->dir) == 0 && start_once(s, &ignored) == 0;
    if (*ret_has_base)
        return 0;
    redis_rescue_remove_base(s->dir);
    return start_once(s, message);
}

static int start_with_files(struct starting *s, struct buf *message)
{
    CLEANUP(buf_clear) struct buf first = buf_with_limit(1024);
    bool has_base = false;
    int err = redis_rescue_is_unlisted(s->dir) ? ERR_CORRUPT : start_once(s, &first);

    if (err == ERR_CORRUPT && first.length == 0)
        buf_append_text(&first, "the manifest does not name all files with data");
    if (err == ERR_CORRUPT) {
        log_warn("the private Redis does not take its files: they are set aside, what can be read "
                 "is saved",
                 log_slice("cause", buf_slice(&first)));
        err = start_without(s, &has_base, message);
    } else if (err) {
        buf_append_slice(message, buf_slice(&first));
    }
    if (err)
        return err;
    err = redis_rescue_replay(s->dir, s->redis, has_base);
    if (err)
        log_error("what was set aside is not saved yet, the next start tries again", log_err(err),
                  log_str("redis", redis_sync_failure(s->redis)));
    return 0;
}

int private_redis_start(const struct data_dir *dir, uint64_t max_bytes, pid_t *ret_pid,
                        struct buf *message)
{
    CLEANUP(redis_sync_free) struct redis_sync *redis = NULL;
    CLEANUP(close_fd) int lock_fd = -1;
    char address[PATH_MAX];

    redis_rescue_mend_modes(dir);
    int err = take_lock(dir, &lock_fd, message);
    private_redis_address(dir, address);
    if (!err)
        err = redis_sync_new(address, PING_TIMEOUT_MS, &redis);
    if (err)
        return err;
    struct starting s = {.dir = dir, .max_bytes = max_bytes, .lock_fd = lock_fd, .redis = redis};
    err = start_with_files(&s, message);
    if (!err)
        *ret_pid = s.pid;
    return err;
}

void private_redis_stop(pid_t pid)
{
    (void)child_stop(pid, SIGTERM, STOP_WAIT_MS);
}
