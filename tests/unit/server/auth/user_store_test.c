// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/auth/user_store.h"

#include <stdio.h>
#include <string.h>

#include <criterion/criterion.h>

#include "common/err.h"
#include "server/auth/session_store.h"
#include "storage/sqlite/list_page.h"
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

TestSuite(user_store, .init = set_up, .fini = tear_down);

static struct user user_named(const char *login)
{
    struct user user = {.name = "Vàng Thị Mai", .role = ROLE_INSTRUCTOR, .created_at_ms = 5};

    fixture_new_id(user.id);
    (void)snprintf(user.login, sizeof user.login, "%s", login);
    return user;
}

Test(user_store, what_was_added_is_found_by_id_and_by_login_in_any_case)
{
    const struct user mai = user_named("Mai.Vang");
    struct user found;
    char hash[PASSWORD_HASH_SIZE];

    cr_assert_eq(user_store_add(f.db, &mai, "$argon2id$x"), 0);
    cr_assert_eq(user_store_find_by_login(f.db, slice_from("mai.vang"), &found, hash), 0);
    cr_assert_str_eq(found.id, mai.id);
    cr_assert_str_eq(found.login, "Mai.Vang");
    cr_assert_str_eq(found.name, "Vàng Thị Mai");
    cr_assert_eq(found.role, ROLE_INSTRUCTOR);
    cr_assert_eq(found.created_at_ms, 5);
    cr_assert_str_eq(hash, "$argon2id$x");
    cr_assert_eq(user_store_find(f.db, mai.id, &found), 0);
    cr_assert_eq(user_store_find(f.db, "no such id", &found), ERR_NOT_FOUND);
}

Test(user_store, a_login_is_taken_whatever_its_case)
{
    const struct user first = user_named("mai"), second = user_named("MAI");

    cr_assert_eq(user_store_add(f.db, &first, "x"), 0);
    cr_assert_eq(user_store_add(f.db, &second, "x"), ERR_EXISTS);
}

Test(user_store, a_login_is_plain_and_short)
{
    char long_login[USER_LOGIN_SIZE + 1];

    memset(long_login, 'a', sizeof long_login - 1);
    long_login[sizeof long_login - 1] = '\0';
    cr_assert(user_login_is_valid(slice_from("0912345678")));
    cr_assert(user_login_is_valid(slice_from("mai@banmai.vn")));
    cr_assert(user_login_is_valid(slice_of(long_login, USER_LOGIN_SIZE - 1)));
    cr_assert_not(user_login_is_valid(slice_from(long_login)));
    cr_assert_not(user_login_is_valid(slice_from("")));
    cr_assert_not(user_login_is_valid(slice_from("mai vang")));
    cr_assert_not(user_login_is_valid(slice_from("mai%")));
    cr_assert_not(user_login_is_valid(slice_from("đức")));
    cr_assert_not(user_login_is_valid(slice_of("a\0b", 3)));
}

Test(user_store, quotes_and_wildcards_in_a_login_find_nobody)
{
    struct user found;
    char id[ID_SIZE];

    fixture_add_user(&f, "mai", ROLE_LEARNER, id);
    static const char *const attacks[] = {"' OR 1=1 --", "%", "m_i", "mai'; DROP TABLE users", ""};
    for (size_t i = 0; i < sizeof attacks / sizeof attacks[0]; i++)
        cr_assert_eq(user_store_find_by_login(f.db, slice_from(attacks[i]), &found, NULL),
                     ERR_NOT_FOUND);
    int64_t n = 0;
    cr_assert_eq(user_store_count(f.db, &n), 0);
    cr_assert_eq(n, 1);
}

Test(user_store, a_bad_name_hash_or_id_is_refused)
{
    struct user user = user_named("mai");

    user.name[0] = '\0';
    cr_assert_eq(user_store_add(f.db, &user, "x"), ERR_INVALID);
    user = user_named("mai");
    (void)snprintf(user.name, sizeof user.name, "line\nbreak");
    cr_assert_eq(user_store_add(f.db, &user, "x"), ERR_INVALID);
    user = user_named("mai");
    cr_assert_eq(user_store_add(f.db, &user, ""), ERR_INVALID);
    user.id[0] = 'X';
    cr_assert_eq(user_store_add(f.db, &user, "x"), ERR_INVALID);
}

Test(user_store, a_new_password_or_role_ends_the_sessions)
{
    char id[ID_SIZE], hash[PASSWORD_HASH_SIZE];
    const uint8_t token[SHA256_BYTES] = {1};
    struct user found;
    int64_t expires_at_ms = 0;

    fixture_add_user(&f, "mai", ROLE_LEARNER, id);
    cr_assert_eq(session_store_add(f.db, token, id, 1, 100), 0);
    cr_assert_eq(user_store_set_password(f.db, id, "$new"), 0);
    cr_assert_eq(session_store_find(f.db, token, 2, &found, &expires_at_ms), ERR_NOT_FOUND);
    cr_assert_eq(user_store_find_by_login(f.db, slice_from("mai"), &found, hash), 0);
    cr_assert_str_eq(hash, "$new");
    cr_assert_eq(session_store_add(f.db, token, id, 1, 100), 0);
    cr_assert_eq(user_store_set_role(f.db, id, ROLE_ADMIN), 0);
    cr_assert_eq(session_store_find(f.db, token, 2, &found, &expires_at_ms), ERR_NOT_FOUND);
    cr_assert_eq(user_store_find(f.db, id, &found), 0);
    cr_assert_eq(found.role, ROLE_ADMIN);
    cr_assert_eq(user_store_set_role(f.db, "nobody", ROLE_ADMIN), ERR_NOT_FOUND);
    cr_assert_eq(user_store_set_password(f.db, "nobody", "$new"), ERR_NOT_FOUND);
}

Test(user_store, lists_page_by_login)
{
    struct list_page page = {.limit = 9, .is_first = true};
    char id[ID_SIZE], login[16];
    struct user *users = NULL;
    size_t n = 0;

    for (int i = 0; i < 11; i++) {
        (void)snprintf(login, sizeof login, "u%02d", 10 - i);
        fixture_add_user(&f, login, ROLE_LEARNER, id);
    }
    cr_assert_eq(user_store_list(f.db, &page, &f.arena, &users, &n), 0);
    cr_assert_eq(n, 10, "one more than asked for: there is a next page");
    cr_assert_str_eq(users[0].login, "u00");
    cr_assert_str_eq(users[8].login, "u08");
    page.is_first = false;
    memcpy(page.after.text, users[8].login, sizeof users[8].login);
    cr_assert_eq(user_store_list(f.db, &page, &f.arena, &users, &n), 0);
    cr_assert_eq(n, 2);
    cr_assert_str_eq(users[1].login, "u10");
}

Test(user_store, the_systems_account_is_in_no_list_of_people)
{
    const struct list_page page = {.limit = 1, .is_first = true};
    struct user system = {.id = SYSTEM_USER_ID, .login = "a", .name = "Banmai"};
    struct user *users = NULL;
    char id[ID_SIZE];
    size_t n = 0;

    cr_assert_eq(user_store_add(f.db, &system, "!"), 0);
    fixture_add_user(&f, "mai", ROLE_LEARNER, id);
    cr_assert_eq(user_store_list(f.db, &page, &f.arena, &users, &n), 0);
    cr_assert_eq(n, 1);
    cr_assert_str_eq(users[0].login, "mai");
}

Test(user_store, a_list_that_does_not_fit_the_arena_fails)
{
    const struct list_page page = {.limit = 9, .is_first = true};
    struct arena small = arena_with_limit(64);
    struct user *users = NULL;
    size_t n = 7;
    char id[ID_SIZE];

    fixture_add_user(&f, "mai", ROLE_LEARNER, id);
    cr_assert_eq(user_store_list(f.db, &page, &small, &users, &n), ERR_NO_MEMORY);
    cr_assert_null(users);
    cr_assert_eq(n, 7);
}

Test(user_store, role_names_round_trip)
{
    for (int i = 0; i < N_ROLES; i++) {
        enum role role = N_ROLES;
        cr_assert_eq(role_from_name(slice_from(role_name((enum role)i)), &role), 0);
        cr_assert_eq(role, (enum role)i);
    }
    enum role role = ROLE_ADMIN;
    cr_assert_eq(role_from_name(slice_from("root"), &role), ERR_INVALID);
    cr_assert_eq(role, ROLE_ADMIN);
}
