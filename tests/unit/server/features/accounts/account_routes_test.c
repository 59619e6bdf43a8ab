// SPDX-License-Identifier: GPL-3.0-or-later
/* What `banmai user` asks for, in process. */
#include <criterion/criterion.h>
#include <string.h>

#include "server/auth/password.h"
#include "tests/unit/server/web_fixture.h"

#define USERS "/control/v1/users"

static void start(void)
{
    web_open();
    web_as("local");
}

TestSuite(account_routes, .init = start, .fini = web_close);

static int64_t count(const char *sql)
{
    return fixture_number(&web.storage, sql);
}

static const char *text(const char *name)
{
    const char *value = json_string_value(json_object_get(web.document, name));

    return value ? value : "";
}

static void add_lan(void)
{
    cr_assert_eq(web_ask("POST", USERS,
                         "{\"login\":\"Lan\",\"name\":\"Chị Lan\",\"role\":\"learner\","
                         "\"password\":\"ruong bac thang\"}"),
                 201);
}

Test(account_routes, a_new_account_is_stored_and_its_password_is_not_told)
{
    add_lan();
    cr_assert_str_eq(json_string_value(json_object_get(web.document, "name")), "Chị Lan");
    cr_assert_null(strstr(web.body, "thang"));
    cr_assert_eq(count("SELECT count(*) FROM users WHERE login = 'Lan' AND role = 'learner' AND"
                       " password_hash LIKE '$argon2id$%'"),
                 1);
    cr_assert_eq(count("SELECT count(*) FROM audit WHERE action = 'account.add'"), 1);
}

Test(account_routes, a_login_is_taken_in_any_case)
{
    add_lan();
    cr_assert_eq(web_ask("POST", USERS,
                         "{\"login\":\"lAN\",\"role\":\"admin\",\"password\":\"ruong bac thang\"}"),
                 409);
    cr_assert_str_eq(web_problem(), "login-taken");
    cr_assert_eq(count("SELECT count(*) FROM audit"), 1);
}

Test(account_routes, a_login_is_the_name_of_who_has_none)
{
    cr_assert_eq(
        web_ask("POST", USERS,
                "{\"login\":\"hoa\",\"role\":\"learner\",\"password\":\"ruong bac thang\"}"),
        201);
    cr_assert_str_eq(json_string_value(json_object_get(web.document, "name")), "hoa");
}

Test(account_routes, what_cannot_be_an_account_is_refused_and_nothing_is_kept)
{
    static const char *const BODIES[] = {
        "{\"login\":\"hoa\",\"role\":\"learner\",\"password\":\"ruong bac thang\",\"age\":7}",
        "{\"role\":\"learner\",\"password\":\"ruong bac thang\"}",
        "{\"login\":\"a b\",\"role\":\"learner\",\"password\":\"ruong bac thang\"}",
        "{\"login\":\"hoa\",\"role\":\"king\",\"password\":\"ruong bac thang\"}",
        "{\"login\":\"hoa\",\"role\":\"learner\",\"password\":\"short\"}",
        "{\"login\":\"hoa\",\"role\":\"learner\"}",
        "{\"login\":\"hoa\",\"name\":\"a\\u0001b\",\"role\":\"learner\","
        "\"password\":\"ruong bac thang\"}",
        "[]",
        "{",
    };

    for (size_t i = 0; i < sizeof BODIES / sizeof BODIES[0]; i++) {
        cr_assert_eq(web_ask("POST", USERS, BODIES[i]), 400, "%s", BODIES[i]);
    }
    cr_assert_eq(count("SELECT count(*) FROM users WHERE id <> '" SYSTEM_USER_ID "'"), 0);
    cr_assert_eq(count("SELECT count(*) FROM audit"), 0);
}

Test(account_routes, a_new_password_replaces_the_old_one_and_its_sessions)
{
    char id[ID_SIZE];

    web_sign_in("lan", ROLE_LEARNER, id);
    cr_assert_eq(count("SELECT count(*) FROM sessions"), 1);
    web_as("local");
    cr_assert_eq(web_ask("POST", USERS "/LAN/password", "{\"password\":\"nuoc chay da mon\"}"),
                 200);
    cr_assert_eq(count("SELECT count(*) FROM sessions"), 0);
    cr_assert_eq(count("SELECT count(*) FROM users WHERE login = 'lan' AND"
                       " password_hash LIKE '$argon2id$%'"),
                 1);
    cr_assert_eq(count("SELECT count(*) FROM audit WHERE action = 'account.password'"), 1);
}

Test(account_routes, a_role_is_in_force_with_the_next_request)
{
    char id[ID_SIZE];

    web_sign_in("thay", ROLE_ADMIN, id);
    cr_assert_eq(web_ask("GET", "/api/v1/admin/load", NULL), 200);
    web_as("local");
    cr_assert_eq(web_ask("POST", USERS "/thay/role", "{\"role\":\"learner\"}"), 200);
    cr_assert_eq(count("SELECT count(*) FROM audit WHERE action = 'account.role' AND"
                       " detail = 'learner'"),
                 1);
    web_as("thay");
    cr_assert_neq(web_ask("GET", "/api/v1/admin/load", NULL), 200);
}

Test(account_routes, a_role_that_there_is_not_changes_nothing)
{
    char id[ID_SIZE];

    web_sign_in("thay", ROLE_INSTRUCTOR, id);
    web_as("local");
    cr_assert_eq(web_ask("POST", USERS "/thay/role", "{\"role\":\"king\"}"), 400);
    cr_assert_eq(web_ask("POST", USERS "/thay/role", "{}"), 400);
    cr_assert_eq(count("SELECT count(*) FROM users WHERE role = 'instructor'"), 1);
}

Test(account_routes, nobody_and_the_system_are_no_accounts)
{
    static const char *const PATHS[] = {USERS "/nobody/role", USERS "/nobody/unlock",
                                        USERS "/system/role", USERS "/system/unlock"};

    for (size_t i = 0; i < sizeof PATHS / sizeof PATHS[0]; i++) {
        cr_assert_eq(web_ask("POST", PATHS[i], "{\"role\":\"learner\"}"), 404, "%s", PATHS[i]);
        cr_assert_str_eq(text("title"), "There is no account with this login");
    }
    cr_assert_eq(web_ask("POST", USERS "/system/password", "{\"password\":\"nuoc chay\"}"), 404);
    cr_assert_eq(count("SELECT count(*) FROM audit"), 0);
}

Test(account_routes, a_full_queue_is_told_and_nothing_is_kept)
{
    char id[ID_SIZE];

    web_sign_in("lan", ROLE_LEARNER, id);
    web_as("local");
    web_hold_database();
    cr_assert_eq(web_ask("POST", USERS "/lan/role", "{\"role\":\"admin\"}"), 503);
    web_release_database();
    cr_assert_eq(count("SELECT count(*) FROM users WHERE login = 'lan' AND role = 'learner'"), 1);
}

Test(account_routes, the_list_has_every_account_but_the_system)
{
    add_lan();
    cr_assert_eq(web_ask("GET", USERS, NULL), 200);
    cr_assert_eq(json_array_size(json_object_get(web.document, "users")), 1);
}

Test(account_routes, are_for_the_control_socket_alone)
{
    char id[ID_SIZE];

    web_sign_in("admin", ROLE_ADMIN, id);
    cr_assert_neq(web_ask("GET", USERS, NULL), 200);
    cr_assert_neq(web_ask("POST", USERS "/admin/unlock", NULL), 200);
}

Test(account_routes, what_cannot_be_an_account_is_told_in_words_or_by_field)
{
    cr_assert_eq(web_ask("POST", USERS "/lan/password", "{\"password\":\"short\"}"), 400);
    cr_assert_str_eq(text("title"), "This cannot be a password");
    cr_assert_eq(web_ask("POST", USERS,
                         "{\"login\":\"a b\",\"role\":\"admin\",\"password\":\"nuoc chay\"}"),
                 400);
    cr_assert_str_eq(text("title"), "This cannot be a login");
    cr_assert_eq(web_ask("POST", USERS, "{\"role\":\"queen\",\"password\":\"nuoc chay\"}"), 400);
    cr_assert_str_eq(web_problem(), "invalid-fields");
    cr_assert_eq(json_array_size(json_object_get(web.document, "errors")), 2, "%s", web.body);
}

Test(account_routes, a_password_is_what_was_typed_with_its_blanks)
{
    char hash[PASSWORD_HASH_SIZE];
    struct user user;

    add_lan();
    cr_assert_eq(web_ask("POST", USERS "/lan/password", "{\"password\":\" nuoc chay \"}"), 200);
    cr_assert_eq(user_store_find_by_login(web.storage.db, slice_from("lan"), &user, hash), 0);
    cr_assert_eq(password_verify(slice_from(" nuoc chay "), hash), PASSWORD_RIGHT);
    cr_assert_eq(password_verify(slice_from("nuoc chay"), hash), PASSWORD_WRONG);
}

Test(account_routes, unlocking_is_audited_too_and_no_audit_has_a_password)
{
    add_lan();
    cr_assert_null(strstr(web.head, "Location:"), "no path leads there");
    cr_assert_eq(web_ask("POST", USERS "/lan/password", "{\"password\":\"nuoc chay\"}"), 200);
    cr_assert_eq(web_ask("POST", USERS "/lan/unlock", NULL), 200);
    cr_assert_eq(count("SELECT count(*) FROM audit JOIN users ON object_id = users.id"
                       " WHERE login = 'Lan' AND actor_id = '" SYSTEM_USER_ID "'"),
                 3);
    cr_assert_eq(count("SELECT count(*) FROM audit WHERE action = 'account.unlock'"), 1);
    cr_assert_eq(count("SELECT count(*) FROM audit WHERE detail LIKE '%nuoc%'"
                       " OR detail LIKE '%thang%'"),
                 0);
}
