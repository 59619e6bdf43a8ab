// SPDX-License-Identifier: GPL-3.0-or-later
/* Signing in and out, in process. */
#include <criterion/criterion.h>
#include <string.h>

#include "common/work_pool.h"
#include "server/auth/session_token.h"
#include "tests/unit/server/web_fixture.h"

#define SESSION "/api/v1/session"
#define RIGHT   "{\"login\":\"Lan\",\"password\":\"ruong bac thang\"}"
#define WRONG   "{\"login\":\"lan\",\"password\":\"ruong bac thanh\"}"

static void start(void)
{
    web_open();
    web_as("local");
    cr_assert_eq(web_ask("POST", "/control/v1/users",
                         "{\"login\":\"lan\",\"role\":\"learner\",\"password\":\"ruong bac"
                         " thang\"}"),
                 201);
    web.config.session_days = 30;
    web_as("");
}

TestSuite(session_routes, .init = start, .fini = web_close);

static int64_t count(const char *sql)
{
    return fixture_number(&web.storage, sql);
}

/* "name=value" of the last answer's Set-Cookie field. */
static void read_cookie(const char *name, char cookie[200])
{
    char start_of_it[60];

    (void)snprintf(start_of_it, sizeof start_of_it, "ookie: %s=", name);
    const char *at = strstr(web.head, start_of_it);
    cr_assert_not_null(at, "%s", web.head);
    at += strlen("ookie: ");
    (void)snprintf(cookie, 200, "%.*s", (int)strcspn(at, ";\n"), at);
}

Test(session_routes, the_right_password_makes_a_session_and_names_the_device)
{
    char session[200], device[200];

    cr_assert_eq(web_ask("POST", SESSION, RIGHT), 200);
    const json_t *user = json_object_get(web.document, "user");
    cr_assert_str_eq(json_string_value(json_object_get(user, "login")), "lan");
    cr_assert(web_has("HttpOnly"));
    cr_assert(web_has("Max-Age=2592000"));
    cr_assert_not(web_has("Secure")); /* it came over plain HTTP */
    read_cookie(DEVICE_COOKIE_NAME, device);
    read_cookie(SESSION_COOKIE_NAME, session);
    cr_assert_eq(count("SELECT count(*) FROM sessions"), 1);
    cr_assert_eq(web_ask_with("GET", "/api/v1/me", "cookie", session, NULL), 200);
    cr_assert_str_eq(json_string_value(json_object_get(web.document, "login")), "lan");
}

Test(session_routes, a_wrong_password_and_an_unknown_login_are_told_alike)
{
    static const char *const BODIES[] = {WRONG,
                                         "{\"login\":\"nobody\",\"password\":\"ruong bac thang\"}",
                                         "{\"login\":\"a b\",\"password\":\"ruong bac thang\"}",
                                         "{\"login\":\"system\",\"password\":\"ruong bac thang\"}"};

    for (size_t i = 0; i < sizeof BODIES / sizeof BODIES[0]; i++) {
        cr_assert_eq(web_ask("POST", SESSION, BODIES[i]), 401, "%s", BODIES[i]);
        cr_assert_str_eq(web_problem(), "wrong-credentials");
        cr_assert_not(web_has("ookie: "));
    }
    cr_assert_eq(count("SELECT count(*) FROM sessions"), 0);
}

Test(session_routes, what_is_no_sign_in_is_refused_in_words)
{
    cr_assert_eq(web_ask("POST", SESSION, "{\"login\":\"lan\"}"), 400);
    cr_assert_eq(web_ask("POST", SESSION, "{\"login\":5,\"password\":\"x\"}"), 400);
    cr_assert_eq(web_ask("POST", SESSION, "[]"), 400);
    cr_assert_str_eq(web_problem(), "bad-request");
}

Test(session_routes, a_device_that_signed_in_is_known_again)
{
    char device[200], again[200];

    cr_assert_eq(web_ask("POST", SESSION, RIGHT), 200);
    read_cookie(DEVICE_COOKIE_NAME, device);
    cr_assert_eq(web_ask_with("POST", SESSION, "cookie", device, RIGHT), 200);
    read_cookie(DEVICE_COOKIE_NAME, again);
    cr_assert_str_eq(again, device);
}

Test(session_routes, nobody_plants_a_device_of_their_own_choice)
{
    char planted[200], token[SESSION_TOKEN_SIZE], given[200];
    uint8_t hash[SHA256_BYTES];

    session_token_new(token, hash);
    (void)snprintf(planted, sizeof planted, "%s=%s", DEVICE_COOKIE_NAME, token);
    cr_assert_eq(web_ask_with("POST", SESSION, "cookie", planted, RIGHT), 200);
    read_cookie(DEVICE_COOKIE_NAME, given);
    cr_assert_str_neq(given, planted);
}

Test(session_routes, a_new_session_ends_the_one_that_the_browser_had)
{
    char session[200];

    cr_assert_eq(web_ask("POST", SESSION, RIGHT), 200);
    read_cookie(SESSION_COOKIE_NAME, session);
    cr_assert_eq(web_ask_with("POST", SESSION, "cookie", session, RIGHT), 200);
    cr_assert_eq(count("SELECT count(*) FROM sessions"), 1);
    cr_assert_eq(web_ask_with("GET", "/api/v1/me", "cookie", session, NULL), 401);
}

Test(session_routes, who_guesses_has_to_wait_until_the_admin_says_otherwise)
{
    int status = 401;

    for (int i = 0; i < 20 && status == 401; i++)
        status = web_ask("POST", SESSION, WRONG);
    cr_assert_eq(status, 429);
    cr_assert_str_eq(web_problem(), "too-many-attempts");
    cr_assert(web_has("Retry-After: "));
    cr_assert_eq(web_ask("POST", SESSION, RIGHT), 429);
    web_as("local");
    cr_assert_eq(web_ask("POST", "/control/v1/users/LAN/unlock", NULL), 200);
    web_as("");
    cr_assert_eq(web_ask("POST", SESSION, RIGHT), 200);
}

Test(session_routes, a_failed_look_up_is_no_wrong_password)
{
    fixture_execute(&web.storage, "ALTER TABLE devices RENAME TO hidden");
    cr_assert_eq(web_ask("POST", SESSION, RIGHT), 500);
}

/* Without a connection of the loop's: what it asked itself would crash. */
Test(session_routes, the_loop_looks_up_nothing_for_a_sign_in)
{
    const struct work_pool_config config = {.name = "reader",
                                            .n_threads = 1,
                                            .queue_length = 4,
                                            .context = web.services.reader};
    struct db *reader = web.services.reader;

    cr_assert_eq(work_pool_start(&config, &web.services.readers), 0);
    web.services.reader = NULL;
    cr_assert_eq(web_ask("POST", SESSION, RIGHT), 200);
    cr_assert_eq(web_ask("POST", SESSION, WRONG), 401);
    work_pool_free(web.services.readers);
    web.services.readers = NULL;
    web.services.reader = reader;
}

Test(session_routes, signing_out_ends_the_session_at_once)
{
    char id[ID_SIZE];

    web_sign_in("hoa", ROLE_LEARNER, id);
    cr_assert_eq(web_ask("GET", "/api/v1/me", NULL), 200);
    cr_assert_eq(web_ask("DELETE", SESSION, NULL), 204);
    cr_assert(web_has("Max-Age=0"));
    cr_assert_eq(count("SELECT count(*) FROM sessions"), 0);
    cr_assert_eq(web_ask("GET", "/api/v1/me", NULL), 401);
    cr_assert_eq(web_ask("DELETE", SESSION, NULL), 204); /* again: as if it had worked */
}

Test(session_routes, a_stranger_signs_out_too)
{
    cr_assert_eq(web_ask("DELETE", SESSION, NULL), 204);
    cr_assert_eq(web_ask_with("DELETE", SESSION, "cookie", SESSION_COOKIE_NAME "=x", NULL), 204);
}

Test(session_routes, signing_out_that_cannot_be_stored_is_not_said_to_be_done)
{
    char id[ID_SIZE];

    web_sign_in("hoa", ROLE_LEARNER, id);
    web_hold_database();
    cr_assert_eq(web_ask("DELETE", SESSION, NULL), 503);
    web_release_database();
    cr_assert_eq(web_ask("GET", "/api/v1/me", NULL), 200);
}
