// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/unit/server/http/fake_protocol.h"

static struct buf got;   /* what on_data was given */
static int end_code;     /* what on_end said; 1: nothing yet */
static int data_result;  /* what on_data returns */
static bool does_answer; /* on_end answers */
static bool pauses;      /* on_data pauses */

static int on_data(void *arg, struct slice data)
{
    buf_append_slice(&got, data);
    if (pauses)
        http_exchange_pause_body(arg);
    return data_result;
}

static void on_end(void *arg, int err)
{
    cr_assert_eq(end_code, 1, "on_end was called twice");
    end_code = err;
    if (does_answer)
        http_answer(arg, 204, NULL);
}

static const struct http_body_reader READER = {.on_data = on_data, .on_end = on_end};

static void set_up(void)
{
    fake_set_up();
    got = buf_with_limit(1000);
    end_code = 1;
    fake_x->request.has_body = true;
    fake_x->request.content_length = HTTP_LENGTH_UNKNOWN;
}

static void tear_down(void)
{
    buf_clear(&got);
    fake_tear_down();
}

TestSuite(exchange, .init = set_up, .fini = tear_down);

static void release(void)
{
    if (!fake_x->is_answered)
        http_answer(fake_x, 204, NULL);
    exchange_release(fake_x, true);
}

Test(exchange, a_body_flows_to_its_reader)
{
    cr_assert_not(exchange_wants_body(fake_x));
    http_exchange_read_body(fake_x, 100, &READER, fake_x);
    cr_assert_eq(fake_n_wants, 1);
    cr_assert(exchange_wants_body(fake_x));
    exchange_push_body(fake_x, slice_from("ab"));
    exchange_push_body(fake_x, slice_from("c"));
    exchange_end_body(fake_x, 0);
    cr_assert_eq(end_code, 0);
    cr_assert_str_eq(got.data, "abc");
    cr_assert_not(exchange_wants_body(fake_x));
    release();
}

Test(exchange, the_reader_can_stop)
{
    data_result = 1;
    http_exchange_read_body(fake_x, 100, &READER, fake_x);
    exchange_push_body(fake_x, slice_from("ab"));
    cr_assert_not(exchange_wants_body(fake_x));
    exchange_end_body(fake_x, 0);
    cr_assert_eq(end_code, 1, "after a stop on_end does not come");
    release();
}

Test(exchange, a_body_over_the_maximum_ends_too_large)
{
    http_exchange_read_body(fake_x, 3, &READER, fake_x);
    exchange_push_body(fake_x, slice_from("abc"));
    cr_assert_eq(end_code, 1);
    exchange_push_body(fake_x, slice_from("d"));
    cr_assert_eq(end_code, ERR_TOO_LARGE);
    cr_assert_str_eq(got.data, "abc");
    release();
}

Test(exchange, a_declared_length_over_the_maximum_ends_without_data)
{
    fake_x->request.content_length = 4;
    http_exchange_read_body(fake_x, 3, &READER, fake_x);
    cr_assert_eq(end_code, 1, "never inside the call that began the reading");
    exchange_end_body(fake_x, 0); /* what the protocol does when asked for the body */
    cr_assert_eq(end_code, ERR_TOO_LARGE);
    release();
}

Test(exchange, a_paused_reader_hears_nothing_until_it_resumes)
{
    pauses = true;
    http_exchange_read_body(fake_x, 100, &READER, fake_x);
    exchange_push_body(fake_x, slice_from("ab"));
    cr_assert_not(exchange_wants_body(fake_x));
    exchange_end_body(fake_x, ERR_IO);
    cr_assert_eq(end_code, 1);
    http_exchange_resume_body(fake_x);
    cr_assert_eq(fake_n_wants, 2);
    exchange_end_body(fake_x, 0);
    cr_assert_eq(end_code, ERR_IO, "the first end counts");
    release();
}

Test(exchange, without_its_peer_it_waits_for_its_answer)
{
    exchange_detach(fake_x);
    cr_assert_eq(fake_loop.n_exchanges, 1);
    http_answer(fake_x, 200, NULL);
    cr_assert_eq(fake_loop.n_exchanges, 0);
    cr_assert_eq(fake_head.length, 0);
}

Test(exchange, answered_and_without_its_peer_it_is_gone)
{
    http_answer(fake_x, 200, NULL);
    exchange_detach(fake_x);
    cr_assert_eq(fake_loop.n_exchanges, 0);
}

Test(exchange, a_reader_hears_that_the_peer_is_gone_and_may_answer_at_once)
{
    does_answer = true;
    http_exchange_read_body(fake_x, 100, &READER, fake_x);
    exchange_detach(fake_x);
    cr_assert_eq(end_code, ERR_IO);
    cr_assert_eq(fake_loop.n_exchanges, 0);
}

Test(exchange, a_paused_reader_hears_that_the_peer_is_gone_after_it_resumed)
{
    does_answer = true;
    pauses = true;
    http_exchange_read_body(fake_x, 100, &READER, fake_x);
    exchange_push_body(fake_x, slice_from("ab"));
    exchange_detach(fake_x);
    cr_assert_eq(end_code, 1);
    http_exchange_resume_body(fake_x);
    cr_assert_eq(end_code, 1, "never inside the call");
    event_base_loop(fake_loop.base, EVLOOP_ONCE);
    cr_assert_eq(end_code, ERR_IO);
    cr_assert_eq(fake_loop.n_exchanges, 0);
}

Test(exchange, reading_may_begin_after_the_peer_is_gone)
{
    does_answer = true;
    exchange_detach(fake_x);
    http_exchange_read_body(fake_x, 100, &READER, fake_x);
    cr_assert_eq(end_code, 1);
    event_base_loop(fake_loop.base, EVLOOP_ONCE);
    cr_assert_eq(end_code, ERR_IO);
}

Test(exchange, answered_while_a_late_end_is_under_way_it_is_forgotten)
{
    exchange_detach(fake_x);
    http_exchange_read_body(fake_x, 100, &READER, fake_x);
    http_answer(fake_x, 200, NULL);
    event_base_loop(fake_loop.base, EVLOOP_NONBLOCK);
    cr_assert_eq(end_code, 1);
}

static struct http_answered last;
static char last_path[100];

static void on_answered(const struct http_answered *record, void *arg)
{
    (void)arg;
    last = *record;
    slice_to_cstr(record->path, last_path, sizeof last_path);
}

Test(exchange, the_access_log_shows_the_path_that_may_be_shown)
{
    fake_site.on_answered = on_answered;
    fake_x->request.path = slice_from("/v/secret/a.m3u8");
    http_exchange_set_log_path(fake_x, slice_from("/v/-/a.m3u8"));
    http_answer(fake_x, 403, NULL);
    exchange_release(fake_x, true);
    cr_assert_str_eq(last_path, "/v/-/a.m3u8");
    cr_assert_eq(last.status, 403);
    cr_assert(last.was_sent);
}

Test(exchange, memory_is_used_again)
{
    struct http_exchange *first = fake_x;

    http_answer(fake_x, 200, NULL);
    exchange_release(fake_x, true);
    fake_x = exchange_new(&fake_loop, &first->peer);
    cr_assert_eq(fake_x, first);
    cr_assert_not(fake_x->is_answered);
    fake_x->protocol = &FAKE_PROTOCOL;
    release();
}
