// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/auth/live_packages.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <unistd.h>

#include "common/err.h"
#include "common/id.h"
#include "server/auth/user_store.h"
#include "storage/sqlite/db.h"
#include "storage/sqlite/db_query.h"

#define PACKAGE "0123456789abcdef0123456789abcdef"
#define OTHER   "0123456789abcdef0123456789abcdee"
#define USER    "11111111111111111111111111111111"

static char directory[] = "/tmp/banmai-live-XXXXXX";
static char path[sizeof directory + 20];
static struct db *db;
static struct live_packages *live;
static atomic_uint changes;

static void execute(const char *sql)
{
    CLEANUP(query_end) struct query q = query_start(db, sql);

    cr_assert_eq(query_run(&q), 0, "%s", sql);
}

static void set_up(void)
{
    struct user user = {.id = USER, .login = "thay", .name = "Thay", .role = ROLE_INSTRUCTOR};

    cr_assert_not_null(mkdtemp(directory));
    (void)snprintf(path, sizeof path, "%s/banmai.sqlite3", directory);
    cr_assert_eq(db_open_writer(path, &db), 0);
    cr_assert_eq(user_store_add(db, &user, "!"), 0);
    execute("INSERT INTO lectures (id, position, title, owner_id, state, filename, package_id,"
            " created_at_ms, updated_at_ms) VALUES ('" OTHER "', 1, 'x', '" USER "', 'ready', '',"
            " '" PACKAGE "', 0, 0)");
    cr_assert_eq(live_packages_new(&changes, &live), 0);
}

static void tear_down(void)
{
    live_packages_free(live);
    db_free(db);
    (void)unlink(path);
    (void)rmdir(directory);
}

TestSuite(live_packages, .init = set_up, .fini = tear_down);

static int check(const char *package, int64_t now_ms)
{
    return live_packages_check(live, db, slice_from(package), now_ms);
}

Test(live_packages, a_package_that_a_lecture_shows_is_live)
{
    cr_assert_eq(check(PACKAGE, 0), 0);
    cr_assert_eq(check(OTHER, 0), ERR_NOT_FOUND);
}

Test(live_packages, what_another_program_deleted_is_gone_within_a_minute)
{
    cr_assert_eq(check(PACKAGE, 1000), 0);
    execute("DELETE FROM lectures");
    cr_assert_eq(check(PACKAGE, 1000 + LIVE_PACKAGE_MS - 1), 0);
    cr_assert_eq(check(PACKAGE, 1000 + LIVE_PACKAGE_MS), ERR_NOT_FOUND);
    cr_assert(LIVE_PACKAGE_MS < 60000);
}

Test(live_packages, what_this_server_took_back_is_gone_at_once)
{
    cr_assert_eq(check(PACKAGE, 1000), 0);
    execute("DELETE FROM lectures");
    atomic_fetch_add(&changes, 1);
    cr_assert_eq(check(PACKAGE, 1001), ERR_NOT_FOUND);
}

Test(live_packages, what_failed_is_not_shown_and_what_is_made_is)
{
    execute("UPDATE lectures SET state = 'failed'");
    cr_assert_eq(check(PACKAGE, 0), ERR_NOT_FOUND);
    execute("UPDATE lectures SET state = 'processing'");
    cr_assert_eq(check(PACKAGE, 0), 0, "a refusal is not remembered");
}

Test(live_packages, packages_that_share_a_place_stay_right)
{
    char package[ID_SIZE];

    for (unsigned i = 0; i < 5000; i++) {
        (void)snprintf(package, sizeof package, "%032x", i);
        cr_assert_eq(check(package, 0), ERR_NOT_FOUND);
        cr_assert_eq(check(PACKAGE, 0), 0);
    }
}
