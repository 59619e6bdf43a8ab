// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/roles/private_redis.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <sys/file.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "common/cleanup.h"
#include "common/clock.h"
#include "common/err.h"
#include "server/roles/child.h"
#include "server/roles/data_dir.h"
#include "storage/redis_sync.h"

enum { POLL_MS = 20, PING_TIMEOUT_MS = 1000, STOP_WAIT_MS = 20000 };

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

static int start_child(const struct data_dir *dir, int lock_fd, pid_t *ret_pid)
{
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
                                "--save",
                                "",
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

/* Waits until it has loaded its data. */
static int wait_until_ready(const struct data_dir *dir, pid_t pid, struct buf *message)
{
    const int64_t give_up_ms = clock_monotonic_ms() + PRIVATE_REDIS_WAIT_MS;
    CLEANUP(redis_sync_free) struct redis_sync *redis = NULL;
    char address[PATH_MAX];

    private_redis_address(dir, address);
    const int err = redis_sync_new(address, PING_TIMEOUT_MS, &redis);
    if (err)
        return err;
    while (!answers(redis)) {
        if (waitpid(pid, NULL, WNOHANG) != 0) {
            buf_printf(message, "redis-server ended at once: see %s/redis/redis.log", dir->path);
            return ERR_IO;
        }
        if (clock_monotonic_ms() > give_up_ms) {
            (void)child_stop(pid, SIGTERM, STOP_WAIT_MS);
            buf_printf(message, "redis-server does not answer: see %s/redis/redis.log", dir->path);
            return ERR_TIMEOUT;
        }
        pause_poll();
    }
    return 0;
}

int private_redis_start(const struct data_dir *dir, pid_t *ret_pid, struct buf *message)
{
    CLEANUP(close_fd) int lock_fd = -1;
    pid_t pid = 0;

    int err = take_lock(dir, &lock_fd, message);
    if (err)
        return err;
    err = start_child(dir, lock_fd, &pid);
    if (err == ERR_NOT_FOUND)
        buf_append_text(message, "there is no redis-server in PATH: install the package "
                                 "redis-server, or name a running Redis with --redis");
    else if (err)
        buf_printf(message, "cannot start redis-server: %s", err_text(err));
    if (!err)
        err = wait_until_ready(dir, pid, message);
    if (!err)
        *ret_pid = pid;
    return err;
}

void private_redis_stop(pid_t pid)
{
    (void)child_stop(pid, SIGTERM, STOP_WAIT_MS);
}
