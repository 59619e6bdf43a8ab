// SPDX-License-Identifier: GPL-3.0-or-later
/* redis_fixture.h - a real redis-server on a unix socket in a directory of its own, and a libevent
 * loop for redis_link. */
#ifndef TESTS_UNIT_STORAGE_REDIS_FIXTURE_H
#define TESTS_UNIT_STORAGE_REDIS_FIXTURE_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "storage/redis/redis_link.h"
#include "storage/redis/redis_sync.h"

struct event_base;

struct redis_fixture {
    char directory[64];
    char address[128]; /* the socket's path */
    pid_t pid;         /* 0 when no server runs */
    struct redis_sync *redis;
};

/* Abort the test when they cannot. A server keeps nothing when it is stopped. */
void redis_fixture_open(struct redis_fixture *f);
void redis_fixture_close(struct redis_fixture *f);
void redis_fixture_stop(struct redis_fixture *f);
void redis_fixture_start(struct redis_fixture *f, const char *extra_option, const char *value);

/* Starts the server anew with a password, on a port of 127.0.0.1 too, which it returns. */
unsigned redis_fixture_restart_with_password(struct redis_fixture *f, const char *password);

/* One command of words separated by single spaces; the reply is the caller's. */
struct redisReply *redis_fixture_do(struct redis_fixture *f, const char *words);
int64_t redis_fixture_int(struct redis_fixture *f, const char *words);

/* How roles attach a link to libevent. */
struct redis_loop redis_fixture_loop(struct event_base *base);

/* Runs the loop until *is_done, or fails the test after some seconds. */
void redis_fixture_run(struct event_base *base, const bool *is_done);

/* Runs the loop until the link is ready. */
void redis_fixture_run_ready(struct event_base *base, const struct redis_link *link);

#endif
