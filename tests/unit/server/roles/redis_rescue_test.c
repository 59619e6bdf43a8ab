// SPDX-License-Identifier: GPL-3.0-or-later
/* Goes through private_redis.c with a real redis-server: only it knows what it takes. */
#include "server/roles/redis_rescue.h"

#include <criterion/criterion.h>
#include <dirent.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/err.h"
#include "common/file.h"
#include "server/roles/data_dir.h"
#include "server/roles/private_redis.h"
#include "storage/redis/redis_sync.h"

#define PAIR "0123456789abcdef0123456789abcdef:fedcba9876543210fedcba9876543210"

static struct data_dir dir;
static struct buf message;
static struct redis_sync *redis;
static pid_t pid;

static void start(void)
{
    char path[] = "/tmp/banmai-rescue-XXXXXX";
    char address[PATH_MAX];

    (void)signal(SIGPIPE, SIG_IGN);
    message = buf_with_limit(8192);
    cr_assert_not_null(mkdtemp(path));
    cr_assert_eq(data_dir_open(path, &dir, &message), 0);
    private_redis_address(&dir, address);
    cr_assert_eq(redis_sync_new(address, 5000, &redis), 0);
}

static void stop(void)
{
    if (pid > 0)
        private_redis_stop(pid);
    redis_sync_free(redis);
    buf_clear(&message);
    data_dir_close(&dir);
    file_remove_tree(AT_FDCWD, dir.path);
}

TestSuite(redis_rescue, .init = start, .fini = stop);

static void open_redis(void)
{
    cr_assert_eq(private_redis_start(&dir, 0, &pid, &message), 0, "%s",
                 message.data ? message.data : "");
}

static void close_redis(void)
{
    private_redis_stop(pid);
    pid = 0;
}

/* The answer's text or number as text. */
static const char *say(const char *a, const char *b, const char *c, const char *d)
{
    static char text[64];
    const char *const words[] = {a, b, c, d};
    struct redisReply *reply = NULL;
    struct redis_args args;
    int64_t number = 0;

    redis_args_init(&args);
    for (size_t i = 0; i < 4 && words[i]; i++)
        redis_args_add_text(&args, words[i]);
    int err = redis_sync_call(redis, &args, 0, &reply);
    if (err) /* the connection to the one before */
        err = redis_sync_call(redis, &args, 0, &reply);
    cr_assert_eq(err, 0, "%s: %s", a, redis_sync_failure(redis));
    (void)snprintf(text, sizeof text, "%.*s", SLICE_ARGS(redis_reply_text(reply)));
    if (redis_reply_int(reply, &number) == 0)
        (void)snprintf(text, sizeof text, "%lld", (long long)number);
    redis_reply_free(reply);
    return text;
}

/* Three things in order; what the drain and an expiry did to the second lies between. */
static void fill(void)
{
    open_redis();
    (void)say("SET", "first", "1", NULL);
    (void)say("SETBIT", "wp:" PAIR, "7", "1");
    (void)say("SADD", "wp:dirty", PAIR, NULL);
    (void)say("SREM", "wp:dirty", PAIR, NULL);
    (void)say("SET", "middle", "0123456789012345678901234567890123456789", NULL);
    (void)say("SET", "last", "3", NULL);
    close_redis();
}

static void aof_path(const char *name, char path[PATH_MAX])
{
    char inside[256];

    (void)snprintf(inside, sizeof inside, "redis/appendonlydir/%s", name);
    data_dir_path(&dir, inside, path);
}

#define INCR     "appendonly.aof.1.incr.aof"
#define MANIFEST "appendonly.aof.manifest"

/* Overwrites bytes `from` the place of a text in the file. */
static void damage(const char *name, const char *place, long from, const char *bytes, size_t n)
{
    struct buf file = buf_with_limit(1 << 20);
    char path[PATH_MAX];

    aof_path(name, path);
    cr_assert_eq(file_read_all(AT_FDCWD, path, &file), 0);
    char *at = memmem(file.data, file.length, place, strlen(place));
    cr_assert_not_null(at);
    memcpy(at + from, bytes, n);
    cr_assert_eq(file_replace(AT_FDCWD, path, file.data, file.length, 0640), 0);
    buf_clear(&file);
}

static void cut(const char *name, off_t n)
{
    struct stat status;
    char path[PATH_MAX];

    aof_path(name, path);
    cr_assert_eq(stat(path, &status), 0);
    cr_assert_eq(truncate(path, status.st_size - n), 0);
}

/* It starts, says `word`, and has the pair, marked dirty again. */
static void expect_saved(const char *word)
{
    struct buf told = buf_with_limit(8192);

    open_redis();
    cr_assert_str_eq(say("GET", "first", NULL, NULL), "1");
    cr_assert_str_eq(say("GETBIT", "wp:" PAIR, "7", NULL), "1");
    cr_assert_str_eq(say("SISMEMBER", "wp:dirty", PAIR, NULL), "1");
    redis_rescue_tell(&dir, &told);
    buf_append(&told, "", 1);
    cr_assert(strstr(told.data, word), "%s", told.data);
    cr_assert(strstr(told.data, "redis/damaged-"), "%s", told.data);
    buf_clear(&told);
}

Test(redis_rescue, garbage_in_the_middle_kept_the_server_from_starting)
{
    fill();
    damage(INCR, "middle", -12, "\0\0\0\0\0\0\0\0\0\0\0\0", 12);
    expect_saved("bytes are no commands and are lost");
    cr_assert_str_eq(say("GET", "last", NULL, NULL), "3", "what comes behind it is saved, too");
    /* the next start has nothing to do, and changes nothing */
    (void)say("SET", "first", "new", NULL);
    close_redis();
    open_redis();
    cr_assert_str_eq(say("GET", "first", NULL, NULL), "new");
}

Test(redis_rescue, a_damaged_command_kept_the_server_from_starting)
{
    fill();
    damage(INCR, "middle", -9, "SXT", 3);
    expect_saved("1 were not taken");
    cr_assert_str_eq(say("GET", "last", NULL, NULL), "3");
}

Test(redis_rescue, a_cut_tail_is_told)
{
    fill();
    cut(INCR, 3);
    expect_saved("an incomplete command of");
}

Test(redis_rescue, a_broken_manifest_kept_the_server_from_starting)
{
    fill();
    damage(MANIFEST, "file", 0, "\0\0\0\0", 4);
    expect_saved("6 commands were saved");
}

Test(redis_rescue, an_empty_manifest_kept_the_server_from_starting)
{
    char path[PATH_MAX];

    fill();
    aof_path(MANIFEST, path);
    cr_assert_eq(truncate(path, 0), 0);
    expect_saved("commands were saved");
}

Test(redis_rescue, a_lost_manifest_lost_everything_in_silence)
{
    char path[PATH_MAX];

    fill();
    aof_path(MANIFEST, path);
    cr_assert_eq(unlink(path), 0);
    expect_saved("the manifest is missing");
}

Test(redis_rescue, a_damaged_base_kept_the_server_from_starting)
{
    fill();
    open_redis();
    (void)say("BGREWRITEAOF", NULL, NULL, NULL);
    char path[PATH_MAX];
    aof_path("appendonly.aof.2.base.aof", path);
    for (int i = 0; i < 500 && access(path, F_OK) < 0; i++)
        usleep(10000);
    usleep(100000);
    close_redis();
    damage("appendonly.aof.2.base.aof", "middle", -8, "\1\1\1\1\1\1", 6);
    expect_saved("appendonly.aof.2.base.aof");
    cr_assert_str_eq(say("GET", "last", NULL, NULL), "3");
}

/* As releases before this one left it: the base in Redis' binary form. */
static void make_binary_base(void)
{
    char path[PATH_MAX];

    open_redis();
    (void)say("SET", "in-base", "yes", NULL);
    (void)say("CONFIG", "SET", "aof-use-rdb-preamble", "yes");
    (void)say("BGREWRITEAOF", NULL, NULL, NULL);
    aof_path("appendonly.aof.2.base.rdb", path);
    for (int i = 0; i < 500 && access(path, F_OK) < 0; i++)
        usleep(10000);
    usleep(100000);
    (void)say("SET", "first", "1", NULL);
    (void)say("SETBIT", "wp:" PAIR, "7", "1");
    (void)say("SET", "middle", "2", NULL);
    (void)say("SET", "last", "3", NULL);
    close_redis();
}

Test(redis_rescue, a_binary_base_beside_a_damaged_file_is_loaded)
{
    make_binary_base();
    damage("appendonly.aof.2.incr.aof", "middle", -8, "\1\1\1\1\1\1", 6);
    expect_saved("bytes are no commands");
    cr_assert_str_eq(say("GET", "in-base", NULL, NULL), "yes");
    cr_assert_str_eq(say("GET", "last", NULL, NULL), "3");
}

Test(redis_rescue, a_damaged_binary_base_costs_the_base_alone)
{
    make_binary_base();
    cut("appendonly.aof.2.base.rdb", 20);
    expect_saved("is damaged and lost as a whole");
    cr_assert_str_eq(say("GET", "in-base", NULL, NULL), "");
}

Test(redis_rescue, a_folder_in_place_of_a_file_is_no_end_either)
{
    char path[PATH_MAX];

    fill();
    aof_path(INCR, path);
    cr_assert_eq(unlink(path), 0);
    cr_assert_eq(mkdir(path, 0700), 0);
    open_redis();
    (void)say("SET", "first", "1", NULL);
}

Test(redis_rescue, rights_that_were_taken_are_given_back)
{
    static const char *const NAMES[] = {INCR, MANIFEST, ""};
    char path[PATH_MAX];

    fill();
    for (size_t i = 0; i < 3; i++) {
        aof_path(NAMES[i], path);
        cr_assert_eq(chmod(path, 0), 0);
    }
    data_dir_path(&dir, "redis/appendonlydir", path);
    open_redis();
    cr_assert_str_eq(say("GET", "last", NULL, NULL), "3");
    struct stat status;
    cr_assert_eq(stat(path, &status), 0);
    cr_assert_eq(status.st_mode & 0700, 0700);
}

Test(redis_rescue, its_memory_had_no_end)
{
    cr_assert_eq(private_redis_start(&dir, 64 << 20, &pid, &message), 0);
    struct redis_args args;
    CLEANUP(redis_reply_free) struct redisReply *reply = NULL;

    redis_args_init(&args);
    redis_args_add_text(&args, "CONFIG");
    redis_args_add_text(&args, "GET");
    redis_args_add_text(&args, "maxmemory");
    cr_assert_eq(redis_sync_call(redis, &args, 0, &reply), 0);
    int64_t n = 0;
    cr_assert_eq(redis_reply_int(redis_reply_at(reply, 1), &n), 0);
    cr_assert_eq(n, 64 << 20);
    cr_assert_leq(private_redis_default_bytes(), 1 << 30);
    cr_assert_geq(private_redis_default_bytes(), 1 << 20);
}
