// SPDX-License-Identifier: GPL-3.0-or-later
#include "storage/session_store.h"

#include <criterion/criterion.h>

#include "common/err.h"
#include "fixture.h"

static struct fixture f;
static char user_id[ID_SIZE];
static const uint8_t token[SHA256_BYTES] = {7, 0, 9};

static void set_up(void)
{
    fixture_open(&f);
    fixture_add_user(&f, "lan", ROLE_AMBASSADOR, user_id);
}

static void tear_down(void)
{
    fixture_close(&f);
}

TestSuite(session_store, .init = set_up, .fini = tear_down);

Test(session_store, a_session_leads_to_its_user_until_it_ends)
{
    struct user user;
    int64_t expires_at_ms = 0;

    cr_assert_eq(session_store_add(f.db, token, user_id, 10, 20), 0);
    cr_assert_eq(session_store_find(f.db, token, 19, &user, &expires_at_ms), 0);
    cr_assert_str_eq(user.login, "lan");
    cr_assert_eq(user.role, ROLE_AMBASSADOR);
    cr_assert_eq(expires_at_ms, 20);
    cr_assert_eq(session_store_find(f.db, token, 20, &user, &expires_at_ms), ERR_NOT_FOUND);
}

Test(session_store, an_unknown_token_or_user_is_told)
{
    const uint8_t other[SHA256_BYTES] = {8};
    struct user user;
    int64_t expires_at_ms = 0;

    cr_assert_eq(session_store_find(f.db, other, 1, &user, &expires_at_ms), ERR_NOT_FOUND);
    cr_assert_eq(session_store_add(f.db, token, "nobody", 10, 20), ERR_CONFLICT);
    cr_assert_eq(session_store_add(f.db, token, user_id, 10, 20), 0);
    cr_assert_eq(session_store_add(f.db, token, user_id, 10, 20), ERR_EXISTS);
}

Test(session_store, deleting_is_fine_twice)
{
    struct user user;
    int64_t expires_at_ms = 0;

    cr_assert_eq(session_store_add(f.db, token, user_id, 10, 20), 0);
    cr_assert_eq(session_store_delete(f.db, token), 0);
    cr_assert_eq(session_store_delete(f.db, token), 0);
    cr_assert_eq(session_store_find(f.db, token, 11, &user, &expires_at_ms), ERR_NOT_FOUND);
}

Test(session_store, only_sessions_that_have_ended_are_swept)
{
    uint8_t many[SHA256_BYTES] = {0};
    struct user user;
    int64_t n = 0, expires_at_ms = 0;
    struct db *open = NULL;

    cr_assert_eq(db_begin(f.db, &open), 0);
    for (int i = 0; i < 1500; i++) {
        many[0] = (uint8_t)(i & 0xff);
        many[1] = (uint8_t)(i >> 8);
        cr_assert_eq(session_store_add(f.db, many, user_id, 1, 10), 0);
    }
    many[2] = 1;
    cr_assert_eq(session_store_add(f.db, many, user_id, 1, 1000), 0);
    cr_assert_eq(db_commit(&open), 0);
    cr_assert_eq(session_store_delete_expired(f.db, 10, &n), 0);
    cr_assert_eq(n, 1000);
    cr_assert_eq(session_store_delete_expired(f.db, 10, &n), 0);
    cr_assert_eq(n, 500);
    cr_assert_eq(session_store_delete_expired(f.db, 10, &n), 0);
    cr_assert_eq(n, 0);
    cr_assert_eq(session_store_find(f.db, many, 10, &user, &expires_at_ms), 0);
}
