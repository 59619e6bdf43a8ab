// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/unit/server/http/fake_protocol.h"

static void set_up(void)
{
    fake_set_up();
    fake_x->request.has_body = true;
    fake_x->request.content_length = HTTP_LENGTH_UNKNOWN;
}

TestSuite(collect, .init = set_up, .fini = fake_tear_down);

static void release(void)
{
    if (!fake_x->is_answered)
        http_answer(fake_x, 204, NULL);
    exchange_release(fake_x, true);
}

static char collected[100];

static void on_collected(struct http_exchange *x, struct slice body, void *arg)
{
    cr_assert_eq(arg, collected);
    cr_assert_eq(slice_to_cstr(body, collected, sizeof collected), 0);
    http_answer(x, 200, NULL);
}

Test(collect, collects_a_body)
{
    http_exchange_collect_body(fake_x, 100, on_collected, collected);
    exchange_push_body(fake_x, slice_from("ab"));
    exchange_push_body(fake_x, slice_from("c"));
    exchange_end_body(fake_x, 0);
    cr_assert_str_eq(collected, "abc");
    release();
}

static void check_collect_failure(int err, const char *status_line)
{
    http_exchange_collect_body(fake_x, 100, on_collected, collected);
    exchange_push_body(fake_x, slice_from("ab"));
    exchange_end_body(fake_x, err);
    cr_assert(slice_starts_with(buf_slice(&fake_head), status_line), "%s", fake_head.data);
    cr_assert_eq(collected[0], '\0');
    release();
}

Test(collect, answers_413_for_a_body_too_large_to_collect)
{
    check_collect_failure(ERR_TOO_LARGE, "413\n");
}

Test(collect, answers_408_for_a_body_too_slow_to_collect)
{
    check_collect_failure(ERR_TIMEOUT, "408\n");
}

Test(collect, answers_400_for_a_broken_body)
{
    check_collect_failure(ERR_INVALID, "400\n");
}
