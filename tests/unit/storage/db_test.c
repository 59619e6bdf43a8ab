// SPDX-License-Identifier: GPL-3.0-or-later
#include "storage/db.h"

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <criterion/criterion.h>

#include "common/err.h"
#include "fixture.h"
#include "storage/db_query.h"
#include "storage/session_store.h"

static struct fixture f;

static void set_up(void)
{
    fixture_open(&f);
}

static void tear_down(void)
{
    fixture_close(&f);
}

TestSuite(db, .init = set_up, .fini = tear_down);

static int64_t count_users(struct db *db)
{
    int64_t n = -1;

    cr_assert_eq(user_store_count(db, &n), 0);
    return n;
}

static void overwrite(const char *path, off_t offset, const char *bytes, size_t length)
{
    const int fd = open(path, O_WRONLY);

    cr_assert(fd >= 0);
    cr_assert_eq(pwrite(fd, bytes, length, offset), (ssize_t)length);
    cr_assert_eq(close(fd), 0);
}

Test(db, a_new_database_is_for_its_owner_alone)
{
    struct stat st;

    cr_assert_eq(stat(f.path, &st), 0);
    cr_assert_eq(st.st_mode & 0777, 0600);
}

Test(db, a_reader_cannot_write_and_sees_commits)
{
    char id[ID_SIZE];
    struct db *reader = NULL;

    cr_assert_eq(db_open_reader(f.path, &reader), 0);
    cr_assert_eq(count_users(reader), 0);
    fixture_add_user(&f, "lan", ROLE_LEARNER, id);
    cr_assert_eq(count_users(reader), 1);
    cr_assert_eq(user_store_set_role(reader, id, ROLE_ADMIN), ERR_DENIED);
    db_free(reader);
}

Test(db, a_reader_needs_what_a_writer_made)
{
    struct db *reader = NULL;

    cr_assert_eq(db_open_reader("/tmp/banmai-no-such-database", &reader), ERR_NOT_FOUND);
    cr_assert_null(reader);
}

Test(db, damage_is_refused_and_not_repaired_by_starting_anew)
{
    struct stat before, after;
    char ids[ID_SIZE];

    for (int i = 0; i < 200; i++) {
        char login[16];
        (void)snprintf(login, sizeof login, "user%d", i);
        fixture_add_user(&f, login, ROLE_LEARNER, ids);
    }
    db_free(f.db);
    f.db = NULL;
    cr_assert_eq(stat(f.path, &before), 0);
    cr_assert_gt(before.st_size, 12288);
    char garbage[4096];
    memset(garbage, 0xa5, sizeof garbage);
    overwrite(f.path, 4096, garbage, sizeof garbage);
    cr_assert_eq(db_open_writer(f.path, &f.db), ERR_CORRUPT);
    cr_assert_null(f.db);
    cr_assert_eq(stat(f.path, &after), 0);
    cr_assert_eq(before.st_size, after.st_size);
    cr_assert_eq(before.st_ino, after.st_ino);
}

Test(db, a_file_that_is_no_database_or_empty_is_refused)
{
    char path[128];

    (void)snprintf(path, sizeof path, "%s/other", f.directory);
    const int fd = open(path, O_CREAT | O_WRONLY, 0600);
    cr_assert(fd >= 0);
    struct db *db = NULL;
    cr_assert_eq(db_open_writer(path, &db), ERR_CORRUPT);
    cr_assert_eq(write(fd, "this is a letter to my mother, and it is rather long, isn't it", 60),
                 60);
    cr_assert_eq(db_open_writer(path, &db), ERR_CORRUPT);
    cr_assert_null(db);
    cr_assert_eq(close(fd), 0);
}

Test(db, a_log_without_its_database_is_damage)
{
    char log[128];

    db_free(f.db);
    f.db = NULL;
    (void)snprintf(log, sizeof log, "%s-wal", f.path);
    cr_assert_eq(rename(f.path, log), 0);
    cr_assert_eq(db_open_writer(f.path, &f.db), ERR_CORRUPT);
}

Test(db, a_transaction_that_is_not_committed_leaves_nothing)
{
    char id[ID_SIZE];

    {
        CLEANUP(db_rollback) struct db *open = NULL;
        cr_assert_eq(db_begin(f.db, &open), 0);
        fixture_add_user(&f, "lan", ROLE_LEARNER, id);
        cr_assert_eq(count_users(f.db), 1);
    }
    cr_assert_eq(count_users(f.db), 0);
}

Test(db, an_inner_transaction_fails_alone)
{
    char id[ID_SIZE];
    struct db *outer = NULL;

    cr_assert_eq(db_begin(f.db, &outer), 0);
    fixture_add_user(&f, "lan", ROLE_LEARNER, id);
    struct db *inner = NULL;
    cr_assert_eq(db_begin(f.db, &inner), 0);
    fixture_add_user(&f, "minh", ROLE_LEARNER, id);
    db_rollback(inner);
    cr_assert_eq(db_begin(f.db, &inner), 0);
    fixture_add_user(&f, "hoa", ROLE_LEARNER, id);
    cr_assert_eq(db_commit(&inner), 0);
    cr_assert_null(inner);
    cr_assert_eq(db_commit(&outer), 0);
    cr_assert_eq(count_users(f.db), 2);
    struct user user;
    cr_assert_eq(user_store_find_by_login(f.db, slice_from("minh"), &user, NULL), ERR_NOT_FOUND);
}

/* A file size limit is as good as a full disk, and hurts nobody else. */
Test(db, a_full_disk_keeps_what_was_committed_and_recovers)
{
    char id[ID_SIZE];

    fixture_add_user(&f, "lan", ROLE_LEARNER, id);
    (void)signal(SIGXFSZ, SIG_IGN);
    struct stat st;
    char log[128];
    (void)snprintf(log, sizeof log, "%s-wal", f.path);
    cr_assert_eq(stat(log, &st), 0);
    const struct rlimit tight = {.rlim_cur = (rlim_t)st.st_size, .rlim_max = RLIM_INFINITY};
    const struct rlimit wide = {.rlim_cur = RLIM_INFINITY, .rlim_max = RLIM_INFINITY};
    cr_assert_eq(setrlimit(RLIMIT_FSIZE, &tight), 0);
    const int err = user_store_set_role(f.db, id, ROLE_ADMIN);
    cr_assert_eq(setrlimit(RLIMIT_FSIZE, &wide), 0);
    cr_assert(err == ERR_NO_SPACE || err == ERR_IO, "got %d", err);
    struct user user;
    cr_assert_eq(user_store_find(f.db, id, &user), 0);
    cr_assert_eq(user.role, ROLE_LEARNER);
    cr_assert_eq(user_store_set_role(f.db, id, ROLE_ADMIN), 0);
}

Test(db, a_backup_is_whole_private_and_never_overwrites)
{
    char id[ID_SIZE], copy[128];
    struct stat st;

    fixture_add_user(&f, "lan", ROLE_LEARNER, id);
    (void)snprintf(copy, sizeof copy, "%s/backup.sqlite3", f.directory);
    struct db *reader = NULL;
    cr_assert_eq(db_open_reader(f.path, &reader), 0);
    cr_assert_eq(db_backup(reader, copy), 0);
    cr_assert_eq(stat(copy, &st), 0);
    cr_assert_eq(st.st_mode & 0777, 0600);
    cr_assert_eq(db_backup(reader, copy), ERR_EXISTS);
    db_free(reader);
    struct db *restored = NULL;
    cr_assert_eq(db_open_writer(copy, &restored), 0);
    struct user user;
    cr_assert_eq(user_store_find(restored, id, &user), 0);
    cr_assert_str_eq(user.login, "lan");
    db_free(restored);
}

/* Commits as fast as it can and tells each one through the pipe, until it is killed. */
static void commit_until_killed(int fd)
{
    for (int i = 0;; i++) {
        struct user user = {.name = "n", .role = ROLE_LEARNER};
        id_new(user.id);
        (void)snprintf(user.login, sizeof user.login, "u%d", i);
        if (user_store_add(f.db, &user, "x") != 0 || write(fd, "1", 1) != 1)
            _exit(1);
    }
}

Test(db, what_was_committed_survives_sigkill)
{
    int pipe_fds[2];
    char told[4096];

    db_free(f.db);
    f.db = NULL;
    cr_assert_eq(pipe(pipe_fds), 0);
    const pid_t child = fork();
    if (child == 0) {
        if (db_open_writer(f.path, &f.db) != 0)
            _exit(1);
        commit_until_killed(pipe_fds[1]);
    }
    (void)close(pipe_fds[1]);
    size_t n_told = 0;
    while (n_told < 20) {
        const ssize_t n = read(pipe_fds[0], told, 1);
        cr_assert_eq(n, 1);
        n_told++;
    }
    cr_assert_eq(kill(child, SIGKILL), 0);
    int status = 0;
    cr_assert_eq(waitpid(child, &status, 0), child);
    cr_assert(WIFSIGNALED(status));
    for (ssize_t n; (n = read(pipe_fds[0], told, sizeof told)) > 0;)
        n_told += (size_t)n;
    (void)close(pipe_fds[0]);
    cr_assert_eq(db_open_writer(f.path, &f.db), 0);
    const int64_t n_kept = count_users(f.db);
    cr_assert(n_kept == (int64_t)n_told || n_kept == (int64_t)n_told + 1, "told %zu, kept %lld",
              n_told, (long long)n_kept);
}
