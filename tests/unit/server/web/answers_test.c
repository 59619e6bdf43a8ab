// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/web/answers.h"

#include <criterion/criterion.h>
#include <string.h>

#include "common/err.h"
#include "common/json_writer.h"
#include "server/http/exchange/exchange.h"
#include "server/http/exchange/response.h"
#include "tests/unit/server/web_fixture.h"

static int err_of_the_call;

static void handle_err(struct call *call)
{
    answer_err(call->x, err_of_the_call);
}

static void handle_broken_json(struct call *call)
{
    struct buf json = buf_with_limit(4);

    json_begin_object(&json, NULL);
    json_put_text(&json, "name", "longer than the buffer");
    answer_json(call->x, 200, &json);
    buf_clear(&json);
}

static void on_body(struct http_exchange *x, struct slice body, void *arg)
{
    json_t *document = parse_json_body(x, body);

    (void)arg;
    if (document)
        http_answer(x, 204, NULL);
    json_decref(document);
}

static void handle_body(struct call *call)
{
    http_exchange_collect_body(call->x, 100, on_body, NULL);
}

static const struct route ROUTES[] = {
    ROUTE(HTTP_GET, "/api/v1/err", POLICY_ANYONE, NULL, handle_err),
    ROUTE(HTTP_GET, "/api/v1/broken", POLICY_ANYONE, NULL, handle_broken_json),
    ROUTE(HTTP_POST, "/api/v1/body", POLICY_ANYONE, NULL, handle_body),
};
static const struct route_table TABLE = ROUTE_TABLE("answers", ROUTES);

static void start(void)
{
    web_open();
    web_use(&TABLE);
}

TestSuite(answers, .init = start, .fini = web_close);

Test(answers, each_failure_has_its_status)
{
    static const int EXPECTED[][2] = {
        {ERR_NOT_FOUND, 404}, {ERR_INVALID, 400},  {ERR_CONFLICT, 409},  {ERR_EXISTS, 409},
        {ERR_TOO_LARGE, 413}, {ERR_NO_SPACE, 507}, {ERR_NO_MEMORY, 503}, {ERR_UNAVAILABLE, 503},
        {ERR_TIMEOUT, 503},   {ERR_CORRUPT, 500},
    };

    for (size_t i = 0; i < sizeof EXPECTED / sizeof EXPECTED[0]; i++) {
        err_of_the_call = EXPECTED[i][0];
        cr_assert_eq(web_ask("GET", "/api/v1/err", NULL), EXPECTED[i][1], "%s",
                     err_text(err_of_the_call));
        cr_assert(web_has("application/problem+json"));
    }
}

Test(answers, json_that_could_not_be_written_is_a_failure_and_no_shorter_answer)
{
    cr_assert_geq(web_ask("GET", "/api/v1/broken", NULL), 500);
    cr_assert_null(strstr(web.body, "longer"));
}

Test(answers, a_body_is_a_json_object_that_says_so)
{
    const struct http_header charset =
        HTTP_HEADER("content-type", "Application/JSON; charset=utf-8");
    const struct http_header form =
        HTTP_HEADER("content-type", "application/x-www-form-urlencoded");

    cr_assert_eq(web_ask("POST", "/api/v1/body", "{}"), 204);
    cr_assert_eq(web_send("POST", "/api/v1/body", &charset, 1, "{}"), 204);
    cr_assert_eq(web_send("POST", "/api/v1/body", &form, 1, "{}"), 415);
    cr_assert_eq(web_send("POST", "/api/v1/body", NULL, 0, "{}"), 415);
    cr_assert_eq(web_ask("POST", "/api/v1/body", "[1]"), 400);
    cr_assert_eq(web_ask("POST", "/api/v1/body", "{} {}"), 400);
}
