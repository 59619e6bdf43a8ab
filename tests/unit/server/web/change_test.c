// SPDX-License-Identifier: GPL-3.0-or-later
/* A kind of change of the test's own, in process: nothing of the server does all of this yet. */
#include "server/web/change.h"

#include <criterion/criterion.h>
#include <string.h>

#include "common/err.h"
#include "common/json_writer.h"
#include "server/auth/user_store.h"
#include "server/http/exchange/problem.h"
#include "tests/unit/server/web_fixture.h"

static char teacher_id[ID_SIZE], lecture_id[ID_SIZE];

static void start(void)
{
    web_open();
    web_sign_in("teacher", ROLE_INSTRUCTOR, teacher_id);
    fixture_add_upload(&web.storage, teacher_id, 100, 1, lecture_id);
}

TestSuite(change, .init = start, .fini = web_close);

static int rename_to(const char *body)
{
    char path[80];

    (void)snprintf(path, sizeof path, "/api/v1/lectures/%s", lecture_id);
    return web_ask("PATCH", path, body);
}

static int64_t number(const char *sql)
{
    return fixture_number(&web.storage, sql);
}

Test(change, a_write_and_its_audit_row_are_one)
{
    char sql[300];

    cr_assert_eq(rename_to("{\"title\":\"Bài 2\"}"), 204);
    (void)snprintf(sql, sizeof sql,
                   "SELECT count(*) FROM audit WHERE action = 'lecture.rename' AND actor_id = '%s'"
                   " AND object_id = '%s' AND at_ms > 0",
                   teacher_id, lecture_id);
    cr_assert_eq(number(sql), 1);
    cr_assert_eq(number("SELECT count(*) FROM lectures WHERE title = 'Bài 2'"), 1);
    fixture_execute(&web.storage, "ALTER TABLE audit RENAME TO hidden");
    cr_assert_geq(rename_to("{\"title\":\"Bài 3\"}"), 500);
    cr_assert_eq(number("SELECT count(*) FROM lectures WHERE title = 'Bài 3'"), 0,
                 "what cannot be audited is not done");
}

Test(change, a_body_that_is_wrong_changes_nothing_and_is_told_by_field)
{
    cr_assert_eq(rename_to("{\"title\":\"\",\"colour\":1}"), 400);
    cr_assert_str_eq(web_problem(), "invalid-fields");
    const json_t *errors = json_object_get(web.document, "errors");
    cr_assert_eq(json_array_size(errors), 2);
    cr_assert_str_eq(json_string_value(json_object_get(json_array_get(errors, 0), "pointer")),
                     "/title");
    cr_assert_str_eq(json_string_value(json_object_get(json_array_get(errors, 0), "code")),
                     "too-short");
    cr_assert_eq(rename_to("[]"), 400);
    cr_assert_str_eq(web_problem(), "bad-request");
    cr_assert_eq(number("SELECT count(*) FROM audit"), 0);
}

Test(change, the_audit_is_never_changed_and_never_deleted)
{
    cr_assert_eq(rename_to("{\"title\":\"Bài 2\"}"), 204);
    cr_assert_neq(fixture_try(&web.storage, "UPDATE audit SET actor_id = 'x'"), 0);
    cr_assert_neq(fixture_try(&web.storage, "DELETE FROM audit"), 0);
    cr_assert_eq(number("SELECT count(*) FROM audit"), 1);
}

/* ---- a kind of the test's own ---- */

struct thing {
    int64_t n;
};

static const struct field FIELDS[] = {FIELD(FIELD_INT, struct thing, n, .max = 9)};
static int64_t current = 7;
static int n_prepared;

static const struct http_problem FULL = {409, "thing-full", HTTP_WORDS("Full", "Đầy"),
                                         HTTP_NO_WORDS};

static int prepare(struct change *c)
{
    const struct thing *thing = c->body;

    n_prepared++;
    return thing->n == 8 ? change_refuse(c, &FULL) : 0;
}

static int apply(struct db *db, struct change *c)
{
    const struct thing *thing = c->body;
    const int err = change_check_revision(c, current);

    (void)db;
    if (err)
        return err;
    if (thing->n == 9)
        return ERR_NOT_FOUND;
    if (thing->n == 6)
        return change_refuse(c, &FULL);
    if (thing->n == 4) {
        for (int i = 0; i <= CHANGE_JSON_LIMIT; i++)
            buf_append_char(&c->json, ' ');
    }
    c->revision = ++current;
    memcpy(c->object_id, lecture_id, ID_SIZE);
    if (thing->n == 5) {
        json_begin_object(&c->json, NULL);
        json_put_int(&c->json, "n", thing->n);
        json_end_object(&c->json);
    }
    return 0;
}

static const struct change_kind MAKE = {.action = "thing.make",
                                        CHANGE_BODY(struct thing, FIELDS),
                                        .prepare = prepare,
                                        .apply = apply,
                                        .status = 201};

static void handle(struct call *call)
{
    change_start(call, &MAKE);
}

static const struct route ROUTES[] = {
    ROUTE(HTTP_POST, "/api/v1/things", POLICY_ANYONE, NULL, handle),
};
static const struct route_table THINGS = ROUTE_TABLE("things", ROUTES);

static int make(const char *if_match, const char *body)
{
    web_use(&THINGS);
    return web_ask_with("POST", "/api/v1/things", if_match ? "if-match" : NULL, if_match, body);
}

Test(change, what_was_made_is_told_with_its_place_and_its_revision)
{
    char line[100];

    cr_assert_eq(make(NULL, "{\"n\":1}"), 201);
    cr_assert_str_eq(json_string_value(json_object_get(web.document, "id")), lecture_id);
    (void)snprintf(line, sizeof line, "Location: /api/v1/things/%s\n", lecture_id);
    cr_assert(web_has(line), "%s", web.head);
    cr_assert(web_has("ETag: \"8\"\n"), "%s", web.head);
    cr_assert_eq(make(NULL, "{\"n\":5}"), 201);
    cr_assert_eq(json_integer_value(json_object_get(web.document, "n")), 5);
}

Test(change, a_revision_that_is_over_is_refused)
{
    cr_assert_eq(make("\"7\"", "{}"), 201);
    cr_assert_eq(make("\"7\"", "{}"), 412);
    cr_assert_str_eq(web_problem(), "precondition-failed");
    cr_assert_eq(make("*", "{}"), 201);
    cr_assert_eq(make("nonsense", "{}"), 412);
    cr_assert_eq(make("\"99999999999999999999\"", "{}"), 412);
    cr_assert_eq(number("SELECT count(*) FROM audit"), 2);
}

Test(change, a_failure_is_its_problem_and_leaves_no_row)
{
    cr_assert_eq(make(NULL, "{\"n\":9}"), 404);
    cr_assert_eq(number("SELECT count(*) FROM audit"), 0);
}

Test(change, a_refusal_of_the_features_own_is_the_answer_and_leaves_no_row)
{
    cr_assert_eq(make(NULL, "{\"n\":6}"), 409);
    cr_assert_str_eq(web_problem(), "thing-full");
    cr_assert_eq(number("SELECT count(*) FROM audit"), 0);
}

Test(change, what_takes_long_is_prepared_before_the_transaction_and_may_refuse)
{
    cr_assert_eq(make(NULL, "{\"n\":1}"), 201);
    cr_assert_eq(n_prepared, 1);
    cr_assert_eq(make(NULL, "{\"n\":8}"), 409);
    cr_assert_str_eq(web_problem(), "thing-full");
    cr_assert_eq(make(NULL, "{\"n\":\"8\"}"), 400);
    cr_assert_eq(n_prepared, 2, "a body that is wrong is not worked on");
    cr_assert_eq(number("SELECT count(*) FROM audit"), 1);
}

/* It was 413: the client was told that its request was too large. */
Test(change, an_answer_that_grows_too_large_is_our_fault)
{
    cr_assert_eq(make(NULL, "{\"n\":4}"), 500);
    cr_assert_eq(number("SELECT count(*) FROM audit"), 0);
}

Test(change, a_full_queue_is_503_by_itself)
{
    web_hold_database();
    cr_assert_eq(make(NULL, "{}"), 503);
    cr_assert(web_has("Retry-After: "));
    web_release_database();
    cr_assert_eq(make(NULL, "{}"), 201);
}
