// SPDX-License-Identifier: GPL-3.0-or-later
#include "storage/redis/redis_link.h"

#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <criterion/criterion.h>
#include <event2/event.h>

#include "common/clock.h"
#include "common/err.h"
#include "tests/unit/storage/redis_fixture.h"
#include "tests/unit/support/fail_alloc.h"

static struct redis_fixture f;
static struct event_base *base;
static struct redis_link *link_of_test;

static void set_up(void)
{
    redis_fixture_open(&f);
    base = event_base_new();
    const struct redis_loop loop = redis_fixture_loop(base);
    cr_assert_eq(redis_link_new(f.address, &loop, &link_of_test), 0);
}

static void tear_down(void)
{
    redis_link_free(link_of_test);
    event_base_free(base);
    redis_fixture_close(&f);
}

TestSuite(redis_link, .init = set_up, .fini = tear_down);

struct answer {
    bool is_done;
    int n_calls;
    int err;
    char text[64];
};

static void on_reply(int err, const struct redisReply *reply, void *arg)
{
    struct answer *answer = arg;
    const struct slice text = redis_reply_text(reply);

    answer->is_done = true;
    answer->n_calls++;
    answer->err = err;
    (void)snprintf(answer->text, sizeof answer->text, "%.*s", SLICE_ARGS(text));
}

static int send_words(const char *first, const char *second, struct answer *answer)
{
    struct redis_args args;

    redis_args_init(&args);
    redis_args_add_text(&args, first);
    if (second)
        redis_args_add_text(&args, second);
    return redis_link_send(link_of_test, &args, on_reply, answer);
}

Test(redis_link, nothing_is_taken_before_the_link_is_ready)
{
    struct answer answer = {0};

    cr_assert_not(redis_link_is_ready(link_of_test));
    cr_assert_eq(send_words("PING", NULL, &answer), ERR_UNAVAILABLE);
    redis_fixture_run_ready(base, link_of_test);
    cr_assert_eq(answer.n_calls, 0);
}

Test(redis_link, answers_come_from_the_loop_in_order)
{
    struct answer answers[50] = {0};

    redis_fixture_run_ready(base, link_of_test);
    for (int i = 0; i < 50; i++) {
        char text[8];
        (void)snprintf(text, sizeof text, "%d", i);
        cr_assert_eq(send_words("ECHO", text, &answers[i]), 0);
        cr_assert_eq(answers[i].n_calls, 0, "never inside the call that started it");
    }
    redis_fixture_run(base, &answers[49].is_done);
    for (int i = 0; i < 50; i++) {
        char text[8];
        (void)snprintf(text, sizeof text, "%d", i);
        cr_assert_eq(answers[i].n_calls, 1);
        cr_assert_eq(answers[i].err, 0);
        cr_assert_str_eq(answers[i].text, text);
    }
}

Test(redis_link, nobody_needs_to_care_for_an_answer)
{
    struct redis_args args;
    struct answer answer = {0};

    redis_fixture_run_ready(base, link_of_test);
    redis_args_init(&args);
    redis_args_add_text(&args, "PING");
    cr_assert_eq(redis_link_send(link_of_test, &args, NULL, NULL), 0);
    cr_assert_eq(send_words("PING", NULL, &answer), 0);
    redis_fixture_run(base, &answer.is_done);
}

Test(redis_link, an_error_of_redis_is_an_answer)
{
    struct answer answer = {0};

    redis_fixture_run_ready(base, link_of_test);
    cr_assert_eq(send_words("NONSENSE", NULL, &answer), 0);
    redis_fixture_run(base, &answer.is_done);
    cr_assert_eq(answer.err, 0);
    cr_assert_not_null(strstr(answer.text, "unknown command"));
}

Test(redis_link, commands_under_way_fail_when_the_server_dies_and_the_link_comes_back)
{
    struct answer lost = {0}, again = {0};

    redis_fixture_run_ready(base, link_of_test);
    cr_assert_eq(kill(f.pid, SIGSTOP), 0);
    cr_assert_eq(send_words("PING", NULL, &lost), 0);
    redis_fixture_stop(&f);
    redis_fixture_run(base, &lost.is_done);
    cr_assert_eq(lost.err, ERR_UNAVAILABLE);
    cr_assert_not(redis_link_is_ready(link_of_test));
    cr_assert_eq(send_words("PING", NULL, &again), ERR_UNAVAILABLE);
    cr_assert_neq(redis_link_failure(link_of_test)[0], '\0');
    redis_fixture_start(&f, "--loglevel", "warning");
    redis_fixture_run_ready(base, link_of_test);
    cr_assert_eq(send_words("PING", NULL, &again), 0);
    redis_fixture_run(base, &again.is_done);
    cr_assert_str_eq(again.text, "PONG");
    cr_assert_eq(lost.n_calls, 1);
}

Test(redis_link, a_server_that_hangs_costs_five_seconds_and_no_more, .timeout = 30)
{
    struct answer first = {0}, second = {0};

    redis_fixture_run_ready(base, link_of_test);
    cr_assert_eq(kill(f.pid, SIGSTOP), 0);
    const int64_t start_ms = clock_monotonic_ms();
    cr_assert_eq(send_words("PING", NULL, &first), 0);
    cr_assert_eq(send_words("PING", NULL, &second), 0);
    redis_fixture_run(base, &second.is_done);
    const int64_t took_ms = clock_monotonic_ms() - start_ms;
    cr_assert(took_ms >= REDIS_COMMAND_TIMEOUT_MS - 50 && took_ms < REDIS_COMMAND_TIMEOUT_MS + 2000,
              "took %lld ms", (long long)took_ms);
    cr_assert_eq(first.err, ERR_TIMEOUT);
    cr_assert_eq(second.err, ERR_TIMEOUT);
    cr_assert_eq(kill(f.pid, SIGCONT), 0);
    redis_fixture_run_ready(base, link_of_test);
}

Test(redis_link, freeing_answers_everything_before_it_returns)
{
    struct answer answers[3] = {0};

    redis_fixture_run_ready(base, link_of_test);
    for (int i = 0; i < 3; i++)
        cr_assert_eq(send_words("PING", NULL, &answers[i]), 0);
    redis_link_free(link_of_test);
    link_of_test = NULL;
    for (int i = 0; i < 3; i++) {
        cr_assert_eq(answers[i].n_calls, 1);
        cr_assert_eq(answers[i].err, ERR_CANCELLED);
    }
    const struct timeval tick = {.tv_usec = 20000};
    (void)event_base_loopexit(base, &tick);
    (void)event_base_dispatch(base);
    cr_assert_eq(answers[0].n_calls, 1);
}

Test(redis_link, freeing_while_connecting_is_fine)
{
    (void)event_base_loop(base, EVLOOP_ONCE); /* starts to connect */
    redis_link_free(link_of_test);
    link_of_test = NULL;
    (void)event_base_loop(base, EVLOOP_NONBLOCK);
}

static void send_again(int err, const struct redisReply *reply, void *arg)
{
    struct answer *answer = arg;

    (void)reply;
    if (err)
        answer->err = send_words("PING", NULL, answer);
    else
        cr_assert_eq(send_words("PING", NULL, answer), 0);
}

Test(redis_link, a_callback_may_send_and_is_refused_when_the_connection_goes)
{
    struct answer answer = {0}, refused = {0};
    struct redis_args args;

    redis_fixture_run_ready(base, link_of_test);
    redis_args_init(&args);
    redis_args_add_text(&args, "PING");
    cr_assert_eq(redis_link_send(link_of_test, &args, send_again, &answer), 0);
    redis_fixture_run(base, &answer.is_done);
    cr_assert_eq(redis_link_send(link_of_test, &args, send_again, &refused), 0);
    redis_link_free(link_of_test);
    link_of_test = NULL;
    cr_assert_eq(refused.err, ERR_UNAVAILABLE);
    cr_assert_eq(refused.n_calls, 0);
}

Test(redis_link, a_server_that_wants_a_password_is_not_ready_and_says_so)
{
    const struct timeval a_while = {.tv_usec = 300000};
    struct redis_link *with_password = NULL;
    char address[64];

    const unsigned port = redis_fixture_restart_with_password(&f, "secret");
    (void)event_base_loopexit(base, &a_while);
    (void)event_base_dispatch(base);
    cr_assert_not(redis_link_is_ready(link_of_test));
    cr_assert_not_null(strstr(redis_link_failure(link_of_test), "NOAUTH"), "%s",
                       redis_link_failure(link_of_test));
    const struct redis_loop loop = redis_fixture_loop(base);
    (void)snprintf(address, sizeof address, "redis://default:secret@127.0.0.1:%u", port);
    cr_assert_eq(redis_link_new(address, &loop, &with_password), 0);
    redis_fixture_run_ready(base, with_password);
    redis_link_free(with_password);
}

Test(redis_link, without_memory_nothing_is_made_or_sent)
{
    const struct redis_loop loop = redis_fixture_loop(base);
    struct redis_link *link = NULL;
    struct answer answer = {0};

    redis_fixture_run_ready(base, link_of_test);
    fail_alloc_start(0);
    const int new_err = redis_link_new(f.address, &loop, &link);
    const int send_err = send_words("PING", NULL, &answer);
    cr_assert(fail_alloc_stop());
    cr_assert_eq(new_err, ERR_NO_MEMORY);
    cr_assert_eq(send_err, ERR_NO_MEMORY);
    cr_assert_eq(send_words("PING", NULL, &answer), 0);
    redis_fixture_run(base, &answer.is_done);
    cr_assert_eq(answer.n_calls, 1);
}

Test(redis_link, a_bad_address_is_refused_at_once)
{
    const struct redis_loop loop = redis_fixture_loop(base);
    struct redis_link *link = NULL;

    cr_assert_eq(redis_link_new("nonsense", &loop, &link), ERR_INVALID);
    cr_assert_null(link);
}
