// SPDX-License-Identifier: GPL-3.0-or-later
/* The part of db.h that opens a database. */
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <criterion/criterion.h>
#include <sqlite3.h>

#include "common/err.h"
#include "storage/sqlite/db.h"
#include "tests/unit/storage/faulty_vfs.h"
#include "tests/unit/storage/fixture.h"
#include "tests/unit/support/fail_alloc.h"

static struct fixture f;

static void set_up(void)
{
    fixture_open(&f);
}

static void tear_down(void)
{
    fixture_close(&f);
}

TestSuite(db_open, .init = set_up, .fini = tear_down);

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

Test(db_open, a_new_database_is_for_its_owner_alone)
{
    struct stat st;

    cr_assert_eq(stat(f.path, &st), 0);
    cr_assert_eq(st.st_mode & 0777, 0600);
}

Test(db_open, a_reader_cannot_write_and_sees_commits)
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

Test(db_open, a_reader_needs_what_a_writer_made)
{
    struct db *reader = NULL;

    cr_assert_eq(db_open_reader("/tmp/banmai-no-such-database", &reader), ERR_NOT_FOUND);
    cr_assert_null(reader);
}

Test(db_open, damage_is_refused_and_not_repaired_by_starting_anew)
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

Test(db_open, a_file_that_is_no_database_or_empty_is_refused)
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

Test(db_open, a_log_without_its_database_is_damage)
{
    char log[128];

    db_free(f.db);
    f.db = NULL;
    (void)snprintf(log, sizeof log, "%s-wal", f.path);
    cr_assert_eq(rename(f.path, log), 0);
    cr_assert_eq(db_open_writer(f.path, &f.db), ERR_CORRUPT);
}

Test(db_open, a_disk_that_fails_while_a_database_is_made_leaves_no_half_made_one, .timeout = 60)
{
    bool has_happened = true;

    faulty_vfs_register();
    for (int nth = 1; has_happened; nth++) {
        struct db *db = NULL;
        char path[128];
        (void)snprintf(path, sizeof path, "%s/new-%d.sqlite3", f.directory, nth);
        faulty_vfs_arm(nth, SQLITE_FULL, true);
        const int err = db_open_writer(path, &db);
        has_happened = faulty_vfs_disarm();
        if (has_happened && err) {
            cr_assert_null(db);
            cr_assert_eq(db_open_writer(path, &db), 0, "fault %d", nth);
        }
        cr_assert_eq(count_users(db), 0);
        db_free(db);
    }
}

Test(db_open, opening_without_memory_fails_and_leaves_nothing_behind)
{
    struct db *db = NULL;
    int err = ERR_NO_MEMORY;

    for (size_t n = 0; fail_alloc_again(&n);) {
        fail_alloc_start(n);
        err = db_open_reader(f.path, &db);
        cr_assert_eq(err, fail_alloc_stop() ? ERR_NO_MEMORY : 0);
    }
    cr_assert_eq(err, 0);
    db_free(db);
}
