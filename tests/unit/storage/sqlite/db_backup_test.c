// SPDX-License-Identifier: GPL-3.0-or-later
#include "storage/sqlite/db_backup.h"

#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <criterion/criterion.h>

#include "common/err.h"
#include "storage/sqlite/schema.h"
#include "tests/unit/storage/fixture.h"

static struct fixture f;

static void set_up(void)
{
    fixture_open(&f);
}

static void tear_down(void)
{
    fixture_close(&f);
}

TestSuite(db_backup, .init = set_up, .fini = tear_down);

Test(db_backup, a_backup_is_whole_private_and_never_overwrites)
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

static bool has_copy(int version)
{
    char name[128];

    (void)snprintf(name, sizeof name, "%s.version-%d", f.path, version);
    return access(name, F_OK) == 0;
}

Test(db_backup, a_new_database_has_no_copy_and_neither_has_one_that_is_up_to_date)
{
    fixture_reopen(&f);
    for (int version = 0; version <= schema_version(); version++)
        cr_assert_not(has_copy(version));
}

Test(db_backup, what_a_database_was_is_kept_when_its_tables_are_brought_up_to_date)
{
    char id[ID_SIZE], copy[128];

    fixture_add_user(&f, "lan", ROLE_LEARNER, id);
    fixture_go_back(&f);
    fixture_reopen(&f);
    cr_assert(has_copy(1));
    (void)snprintf(copy, sizeof copy, "%s.version-1", f.path);
    (void)snprintf(f.path, sizeof f.path, "%s", copy);
    cr_assert_eq(fixture_number(&f, "PRAGMA user_version"), 1);
    cr_assert_eq(fixture_number(&f, "SELECT count(*) FROM users"), 1);
    fixture_reopen(&f); /* and is a database like any other */
    cr_assert_eq(fixture_number(&f, "SELECT count(*) FROM users WHERE login = 'lan'"), 1);
}

Test(db_backup, of_the_copies_that_are_kept_the_last_two_remain)
{
    char other[160];

    (void)snprintf(other, sizeof other, "%s.version-9x", f.path);
    FILE *file = fopen(other, "w");
    cr_assert_not_null(file);
    cr_assert_eq(fclose(file), 0);
    for (int version = 3; version <= 11; version++)
        cr_assert_eq(db_backup_version(f.db, version), 0);
    for (int version = 3; version <= 11; version++)
        cr_assert_eq(has_copy(version), version >= 10, "%d", version);
    cr_assert_eq(access(other, F_OK), 0, "another's file is left alone");
    cr_assert_eq(db_backup_version(f.db, 2), 0);
    cr_assert(has_copy(2) && has_copy(11) && !has_copy(10), "the one just made is among them");
}

/* A file size limit is as good as a full disk, and hurts nobody else. */
Test(db_backup, without_room_for_the_copy_no_table_is_touched)
{
    const struct rlimit tight = {.rlim_cur = 65536, .rlim_max = RLIM_INFINITY};
    const struct rlimit wide = {.rlim_cur = RLIM_INFINITY, .rlim_max = RLIM_INFINITY};
    char id[ID_SIZE], copy[128];

    fixture_add_user(&f, "lan", ROLE_LEARNER, id);
    fixture_go_back(&f);
    db_free(f.db);
    f.db = NULL;
    (void)signal(SIGXFSZ, SIG_IGN);
    cr_assert_eq(setrlimit(RLIMIT_FSIZE, &tight), 0);
    const int err = db_open_writer(f.path, &f.db);
    cr_assert_eq(setrlimit(RLIMIT_FSIZE, &wide), 0);
    cr_assert(err == ERR_NO_SPACE || err == ERR_IO, "got %d", err);
    cr_assert_not_null(strstr(db_open_failure(), "cannot keep a copy"), "%s", db_open_failure());
    cr_assert_eq(fixture_number(&f, "PRAGMA user_version"), 1);
    cr_assert_not(has_copy(1));
    (void)snprintf(copy, sizeof copy, "%s.version-1.new", f.path);
    cr_assert_neq(access(copy, F_OK), 0, "nothing half-made is left");
    cr_assert_eq(db_open_writer(f.path, &f.db), 0);
    cr_assert_eq(fixture_number(&f, "SELECT count(*) FROM users WHERE login = 'lan'"), 1);
}
