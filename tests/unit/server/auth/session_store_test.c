// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/auth/session_store.h"

#include <criterion/criterion.h>

#include "common/err.h"
#include "server/auth/device_store.h"
#include "tests/unit/storage/fixture.h"

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

static const uint8_t new_token[SHA256_BYTES] = {9};
static const uint8_t device[SHA256_BYTES] = {5};

static struct sign_in sign_in_of_lan(const char *hash)
{
    return (struct sign_in){.user_id = user_id,
                            .password_hash = hash,
                            .token_sha256 = new_token,
                            .device_sha256 = device,
                            .now_ms = 10,
                            .expires_at_ms = 100};
}

Test(session_store, signing_in_replaces_the_session_before_and_notes_the_device)
{
    struct sign_in s = sign_in_of_lan("$argon2id$old");
    char hash[PASSWORD_HASH_SIZE];
    struct user user;
    int64_t expires_at_ms = 0;

    cr_assert_eq(user_store_set_password(f.db, user_id, "$argon2id$old"), 0);
    cr_assert_eq(session_store_add(f.db, token, user_id, 1, 100), 0);
    s.old_sha256 = token;
    s.new_hash = "$argon2id$new";
    cr_assert_eq(session_store_sign_in(f.db, &s), 0);
    cr_assert_eq(session_store_find(f.db, token, 11, &user, &expires_at_ms), ERR_NOT_FOUND);
    cr_assert_eq(session_store_find(f.db, new_token, 11, &user, &expires_at_ms), 0);
    cr_assert_eq(device_store_find(f.db, user_id, device), 0);
    cr_assert_eq(user_store_find_by_login(f.db, slice_from("lan"), &user, hash), 0);
    cr_assert_str_eq(hash, "$argon2id$new");
}

Test(session_store, a_password_that_was_changed_meanwhile_starts_no_session)
{
    const struct sign_in s = sign_in_of_lan("$argon2id$old");
    struct user user;
    int64_t expires_at_ms = 0;

    cr_assert_eq(user_store_set_password(f.db, user_id, "$argon2id$changed"), 0);
    cr_assert_eq(session_store_sign_in(f.db, &s), ERR_CONFLICT);
    cr_assert_eq(session_store_find(f.db, new_token, 11, &user, &expires_at_ms), ERR_NOT_FOUND);
    cr_assert_eq(device_store_find(f.db, user_id, device), ERR_NOT_FOUND);
}

Test(session_store, a_user_has_so_many_sessions_and_the_oldest_makes_room)
{
    struct sign_in s = sign_in_of_lan("$argon2id$old");
    uint8_t many[SHA256_BYTES] = {0};
    struct user user;
    int64_t expires_at_ms = 0;

    fixture_hurry(&f);
    cr_assert_eq(user_store_set_password(f.db, user_id, "$argon2id$old"), 0);
    s.token_sha256 = many;
    s.expires_at_ms = 5000;
    for (int i = 0; i < SESSIONS_PER_USER + 3; i++) {
        many[0] = (uint8_t)(i & 0xff);
        many[1] = (uint8_t)(i >> 8);
        s.now_ms = 10 + i;
        cr_assert_eq(session_store_sign_in(f.db, &s), 0);
    }
    cr_assert_eq(fixture_number(&f, "SELECT count(*) FROM sessions"), SESSIONS_PER_USER);
    cr_assert_eq(session_store_find(f.db, many, 300, &user, &expires_at_ms), 0);
    many[0] = many[1] = 0;
    cr_assert_eq(session_store_find(f.db, many, 300, &user, &expires_at_ms), ERR_NOT_FOUND);
}
