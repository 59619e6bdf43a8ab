// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/http/exchange/problem.h"

#include <criterion/criterion.h>

#include "tests/unit/server/http/fake_protocol.h"

TestSuite(problem, .init = fake_set_up, .fini = fake_tear_down);

static const struct http_problem ROW = {409, "taken", HTTP_WORDS("Taken", "Đã có"),
                                        HTTP_WORDS("By %s.", "Của %s.")};

static void answer_in(const char *language, const char *subject)
{
    const struct http_header field = HTTP_HEADER("accept-language", language);

    fake_request(HTTP_GET, &field, 1);
    http_answer_problem(fake_x, &ROW, subject, NULL);
    exchange_release(fake_x, true);
}

Test(problem, the_language_is_the_one_that_the_client_asked_for)
{
    answer_in("vi-VN,vi;q=0.9,en;q=0.8", "Lan");
    cr_assert(fake_head_has("content-type: application/problem+json\n"));
    cr_assert(fake_head_has("Content-Language: vi\n"));
    cr_assert_str_eq(fake_body.data, "{\"type\":\"/problems/taken\",\"status\":409,\"title\":\"Đã "
                                     "có\",\"detail\":\"Của Lan.\"}\n");
}

Test(problem, a_subject_may_hold_what_json_and_formats_take_for_their_own)
{
    answer_in("en", "\"%s\"\\");
    cr_assert(fake_head_has("Content-Language: en\n"));
    cr_assert_str_eq(fake_body.data,
                     "{\"type\":\"/problems/taken\",\"status\":409,\"title\":\"Taken\",\"detail\":"
                     "\"By \\\"%s\\\"\\\\.\"}\n");
}

/* A name out of a request may be any bytes. */
Test(problem, a_subject_that_is_no_plain_text_does_not_silence_the_refusal)
{
    answer_in("en", "a\xff");
    cr_assert_str_eq(fake_body.data, "{\"type\":\"/problems/taken\",\"status\":409,\"title\":"
                                     "\"Taken\",\"detail\":\"By .\"}\n");
}

Test(problem, the_fields_of_the_caller_come_along)
{
    const struct http_header field = HTTP_HEADER("Retry-After", "5");
    const struct http_headers headers = {&field, 1};

    http_answer_problem(fake_x, &HTTP_NO_MEMORY, NULL, &headers);
    exchange_release(fake_x, true);
    cr_assert(fake_head_has("Retry-After: 5\n"));
    cr_assert(fake_head_has("503\n"));
}

Test(problem, every_refusal_of_a_head_has_its_own_status)
{
    static const int STATUS[] = {400, 408, 414, 417, 421, 431, 501, 503, 505};

    for (size_t i = 0; i < sizeof STATUS / sizeof STATUS[0]; i++)
        cr_assert_eq(http_problem_of_head(STATUS[i])->status, STATUS[i]);
    http_answer(fake_x, 204, NULL); /* the tear-down counts it */
    exchange_release(fake_x, true);
}
