// SPDX-License-Identifier: GPL-3.0-or-later
#include "storage/hot/progress_drain.h"

#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <criterion/criterion.h>

#include "common/err.h"
#include "tests/unit/storage/fixture.h"
#include "tests/unit/storage/random.h"
#include "tests/unit/storage/redis_fixture.h"

static struct redis_fixture r;
static struct fixture f;

static void set_up(void)
{
    redis_fixture_open(&r);
    fixture_open(&f);
}

static void tear_down(void)
{
    fixture_close(&f);
    redis_fixture_close(&r);
}

TestSuite(progress_drain, .init = set_up, .fini = tear_down);

/* What a beat leaves in Redis. */
static void make_dirty(const char *user_id, const char *lecture_id, int second, int position_ms)
{
    char command[256];

    (void)snprintf(command, sizeof command, "SETBIT wp:%s:%s %d 1", user_id, lecture_id, second);
    redis_reply_free(redis_fixture_do(&r, command));
    (void)snprintf(command, sizeof command, "HSET wq:%s:%s p %d o 3 n %d s aabb b 5 r 6", user_id,
                   lecture_id, position_ms, position_ms);
    redis_reply_free(redis_fixture_do(&r, command));
    (void)snprintf(command, sizeof command, "PERSIST wp:%s:%s", user_id, lecture_id);
    redis_reply_free(redis_fixture_do(&r, command));
    (void)snprintf(command, sizeof command, "SADD wp:dirty %s:%s", user_id, lecture_id);
    redis_reply_free(redis_fixture_do(&r, command));
}

static size_t take(size_t limit, struct progress **ret_progress)
{
    size_t n = 0;

    cr_assert_eq(progress_drain_take(r.redis, limit, &f.arena, ret_progress, &n), 0, "%s",
                 redis_sync_failure(r.redis));
    return n;
}

static int64_t ttl_of(const char *user_id, const char *lecture_id)
{
    char command[160];

    (void)snprintf(command, sizeof command, "TTL wp:%s:%s", user_id, lecture_id);
    return redis_fixture_int(&r, command);
}

Test(progress_drain, nothing_dirty_is_nothing_to_do)
{
    struct progress *progress = NULL;

    cr_assert_eq(take(10, &progress), 0);
    cr_assert_eq(progress_drain_drop(r.redis, progress, 0), 0);
}

Test(progress_drain, what_is_dirty_comes_with_its_state_and_leaves_when_dropped)
{
    struct progress *progress = NULL;
    char user[ID_SIZE], lecture[ID_SIZE];

    id_new(user);
    id_new(lecture);
    make_dirty(user, lecture, 9, 10000);
    cr_assert_eq(take(10, &progress), 1);
    cr_assert_str_eq(progress[0].user_id, user);
    cr_assert_str_eq(progress[0].lecture_id, lecture);
    cr_assert_eq(progress[0].watched.n_bytes, 2);
    cr_assert_eq(progress[0].watched.bits[1], 0x40);
    cr_assert_eq(progress[0].watched.position_ms, 10000);
    cr_assert_eq(progress[0].watched.order, 3);
    cr_assert_eq(progress[0].watched.seq, 10000);
    cr_assert(slice_is(progress[0].watched.sessions, "aabb"));
    cr_assert_eq(ttl_of(user, lecture), -1, "nothing expires before it is merged");
    cr_assert_eq(progress_drain_drop(r.redis, progress, 1), 0);
    cr_assert_eq(take(10, &progress), 0);
    cr_assert_eq(redis_fixture_int(&r, "EXISTS wp:draining wp:dirty"), 0);
    const int64_t ttl_s = ttl_of(user, lecture);
    cr_assert(ttl_s > 86000 && ttl_s <= 86400, "a clean pair stays for a day");
}

Test(progress_drain, what_an_interrupted_drain_left_comes_first)
{
    struct progress *progress = NULL;
    char user[ID_SIZE], first[ID_SIZE], second[ID_SIZE];

    id_new(user);
    id_new(first);
    id_new(second);
    make_dirty(user, first, 1, 1000);
    cr_assert_eq(take(10, &progress), 1);
    make_dirty(user, second, 2, 2000);
    cr_assert_eq(take(10, &progress), 1, "as after a crash: the same again");
    cr_assert_str_eq(progress[0].lecture_id, first);
    cr_assert_eq(progress_drain_drop(r.redis, progress, 1), 0);
    cr_assert_eq(take(10, &progress), 1);
    cr_assert_str_eq(progress[0].lecture_id, second);
}

Test(progress_drain, a_beat_during_the_drain_is_drained_again_and_does_not_expire)
{
    struct progress *progress = NULL;
    char user[ID_SIZE], lecture[ID_SIZE];

    id_new(user);
    id_new(lecture);
    make_dirty(user, lecture, 1, 1000);
    cr_assert_eq(take(10, &progress), 1);
    make_dirty(user, lecture, 2, 2000);
    cr_assert_eq(progress_drain_drop(r.redis, progress, 1), 0);
    cr_assert_eq(ttl_of(user, lecture), -1);
    cr_assert_eq(take(10, &progress), 1);
    cr_assert_eq(progress[0].watched.bits[0], 0x60);
}

Test(progress_drain, strangers_in_the_set_and_damaged_keys_do_not_jam_it)
{
    struct progress *progress = NULL;
    char user[ID_SIZE], lecture[ID_SIZE], command[160];

    id_new(user);
    id_new(lecture);
    redis_reply_free(redis_fixture_do(&r, "SADD wp:dirty stranger a:b ../../etc"));
    (void)snprintf(command, sizeof command, "LPUSH wp:%s:%s x", user, lecture);
    redis_reply_free(redis_fixture_do(&r, command));
    (void)snprintf(command, sizeof command, "SADD wp:dirty %s:%s", user, lecture);
    redis_reply_free(redis_fixture_do(&r, command));
    cr_assert_eq(take(10, &progress), 1);
    cr_assert_eq(progress[0].watched.n_bytes, 0);
    cr_assert_eq(progress[0].watched.order, 0);
    cr_assert_eq(progress_drain_drop(r.redis, progress, 1), 0);
    cr_assert_eq(redis_fixture_int(&r, "EXISTS wp:draining wp:dirty"), 0);
}

Test(progress_drain, many_pairs_come_in_portions)
{
    struct progress *progress = NULL;
    char user[ID_SIZE], lecture[ID_SIZE];
    size_t n_all = 0;

    id_new(user);
    for (int i = 0; i < 130; i++) {
        id_new(lecture);
        make_dirty(user, lecture, i, i);
    }
    for (size_t n; (n = take(50, &progress)) > 0; n_all += n) {
        cr_assert_leq(n, 50);
        cr_assert_eq(progress_drain_drop(r.redis, progress, n), 0);
    }
    cr_assert_eq(n_all, 130);
    cr_assert_eq(progress_drain_take(r.redis, 0, &f.arena, &progress, &n_all), ERR_INVALID);
}

Test(progress_drain, without_redis_nothing_is_taken_or_dropped)
{
    struct progress *progress = NULL;
    struct progress one = {.user_id = "u"};
    size_t n = 0;

    redis_fixture_stop(&r);
    cr_assert_eq(progress_drain_take(r.redis, 10, &f.arena, &progress, &n), ERR_UNAVAILABLE);
    cr_assert_eq(progress_drain_drop(r.redis, &one, 1), ERR_UNAVAILABLE);
}

Test(progress_drain, a_small_arena_fails_and_leaves_the_connection_in_step)
{
    struct arena small = arena_with_limit(100);
    struct progress *progress = NULL;
    char user[ID_SIZE], lecture[ID_SIZE];
    size_t n = 0;

    id_new(user);
    id_new(lecture);
    make_dirty(user, lecture, 9, 10000);
    cr_assert_eq(progress_drain_take(r.redis, 10, &small, &progress, &n), ERR_NO_MEMORY);
    cr_assert_eq(take(10, &progress), 1);
    arena_clear(&small);
}

/* ---- killed at any step, in the end SQLite has every second ---- */

enum { N_USERS = 12 };

static char users[N_USERS][ID_SIZE], shared_lecture[ID_SIZE];

/* Drains until it is killed; with its own connections, as a process of its own. */
static void drain_until_killed(void)
{
    struct redis_sync *redis = NULL;
    struct db *db = NULL;
    struct arena arena = arena_with_limit(1 << 20);

    if (redis_sync_new(r.address, 5000, &redis) != 0 || db_open_writer(f.path, &db) != 0)
        _exit(1);
    for (;;) {
        struct progress *progress = NULL;
        size_t n = 0;
        if (progress_drain_take(redis, 4, &arena, &progress, &n) != 0 ||
            progress_store_merge_many(db, progress, n, 1) != 0 ||
            progress_drain_drop(redis, progress, n) != 0)
            _exit(1);
        arena_reset(&arena);
    }
}

static void drain_and_kill_after_us(unsigned us)
{
    const pid_t child = fork();
    int status = 0;

    if (child == 0)
        drain_until_killed();
    (void)usleep(us);
    cr_assert_eq(kill(child, SIGKILL), 0);
    cr_assert_eq(waitpid(child, &status, 0), child);
    cr_assert(WIFSIGNALED(status), "the drain failed before it was killed");
}

static void drain_all(void)
{
    struct progress *progress = NULL;

    for (size_t n; (n = take(100, &progress)) > 0;) {
        cr_assert_eq(progress_store_merge_many(f.db, progress, n, 1), 0);
        cr_assert_eq(progress_drain_drop(r.redis, progress, n), 0);
    }
}

Test(progress_drain, a_drain_that_is_killed_anywhere_loses_nothing, .timeout = 60)
{
    struct random_source source = random_start("progress_drain");
    uint8_t expected[N_USERS][16] = {{0}};
    char login[16];

    for (int i = 0; i < N_USERS; i++) {
        (void)snprintf(login, sizeof login, "u%d", i);
        fixture_add_user(&f, login, ROLE_LEARNER, users[i]);
    }
    fixture_add_upload(&f, users[0], 10, 1, shared_lecture);
    db_free(f.db);
    f.db = NULL;
    for (int round = 0; round < 15; round++) {
        for (int i = 0; i < 30; i++) {
            const int who = (int)random_below(&source, N_USERS);
            const int second = (int)random_below(&source, 128);
            watched_set(expected[who], 16,
                        (struct watched_range){.from = second, .to = second + 1});
            make_dirty(users[who], shared_lecture, second, second);
        }
        drain_and_kill_after_us((unsigned)random_below(&source, 30000));
    }
    cr_assert_eq(db_open_writer(f.path, &f.db), 0);
    drain_all();
    for (int i = 0; i < N_USERS; i++) {
        struct watched found = {0};
        const struct watched wanted = {.bits = expected[i], .n_bytes = 16};
        const int err = progress_store_find(f.db, users[i], shared_lecture, &f.arena, &found);
        cr_assert(err == 0 || watched_count(&wanted) == 0);
        cr_assert_eq(watched_count(&found), watched_count(&wanted));
        cr_assert(found.n_bytes == 0 || memcmp(found.bits, expected[i], found.n_bytes) == 0);
    }
}
