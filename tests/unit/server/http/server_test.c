// SPDX-License-Identifier: GPL-3.0-or-later
#include <criterion/criterion.h>
#include <pthread.h>
#include <stdatomic.h>

#include "common/err.h"
#include "common/work_pool.h"
#include "server/http/loop/counters.h"
#include "server/http/loop/loop.h"
#include "server/http/server.h"

static atomic_int n_started;
static atomic_int n_stopped;
static struct http_loop *loops[4];
static int start_result;
static unsigned fails_at = 99;

static void on_request(struct http_exchange *x, void *arg)
{
    (void)x;
    (void)arg;
}

static int on_loop_start(struct http_loop *loop, void *arg, void **ret_context)
{
    cr_assert_eq(arg, loops);
    if (http_loop_index(loop) == fails_at)
        return start_result;
    loops[http_loop_index(loop)] = loop;
    *ret_context = &loops[http_loop_index(loop)];
    atomic_fetch_add(&n_started, 1);
    return 0;
}

static void on_loop_stop(struct http_loop *loop, void *context)
{
    cr_assert_eq(context, &loops[http_loop_index(loop)]);
    cr_assert_eq(context, http_loop_context(loop));
    atomic_fetch_add(&n_stopped, 1);
}

static struct http_server_config config(unsigned n_loops)
{
    return (struct http_server_config){.listen = "127.0.0.1:0",
                                       .n_loops = n_loops,
                                       .site.on_request = on_request,
                                       .on_loop_start = on_loop_start,
                                       .on_loop_stop = on_loop_stop,
                                       .loop_arg = loops};
}

Test(server, starts_and_stops_its_loops)
{
    const struct http_server_config c = config(3);
    struct http_server *server = NULL;
    const char *message = NULL;
    struct http_counters counters;

    cr_assert_eq(http_server_start(&c, &server, &message), 0);
    cr_assert_eq(n_started, 3);
    cr_assert_gt(http_server_port(server), 0);
    http_server_counters(server, HTTP_ALL_LOOPS, &counters);
    cr_assert_eq(counters.values[HTTP_COUNT_CONNECTIONS], 0);
    http_server_stop(server, 1000);
    http_server_stop(server, 1000);
    cr_assert_eq(n_stopped, 3);
    http_server_free(server);
    http_server_stop(NULL, 0);
    http_server_free(NULL);
}

Test(server, a_loop_that_cannot_start_ends_the_start)
{
    const struct http_server_config c = config(3);
    struct http_server *server = NULL;
    const char *message = NULL;

    fails_at = 1;
    start_result = ERR_UNAVAILABLE;
    cr_assert_eq(http_server_start(&c, &server, &message), ERR_UNAVAILABLE);
    cr_assert_null(server);
    cr_assert_not_null(message);
    cr_assert_eq(n_started, 1);
    cr_assert_eq(n_stopped, 1);
}

Test(server, refuses_nonsense)
{
    struct http_server *server = NULL;
    const char *message = NULL;
    struct http_server_config c = config(0);

    cr_assert_eq(http_server_start(&c, &server, &message), ERR_INVALID);
    c = config(65);
    cr_assert_eq(http_server_start(&c, &server, &message), ERR_INVALID);
    c = config(1);
    c.tls_certificate = "only-one.pem";
    cr_assert_eq(http_server_start(&c, &server, &message), ERR_INVALID);
    c = config(1);
    cr_assert_eq(http_server_start(&c, &server, &message), 0);
    cr_assert_eq(http_server_reload_tls(server, &message), ERR_INVALID);
    http_server_free(server);
}

/* ---- Work that comes home to a loop ---- */

enum { N_WORKS = 200 };

struct errand {
    struct work work;
    pthread_t ran_on;
    pthread_t done_on;
};

static struct errand errands[N_WORKS];
static atomic_int n_done;
static pthread_t loop_thread;
static struct work_pool *pool;

static void run(struct work *work, void *context)
{
    (void)context;
    ((struct errand *)work)->ran_on = pthread_self();
}

static void done(struct work *work)
{
    ((struct errand *)work)->done_on = pthread_self();
    atomic_fetch_add(&n_done, 1);
}

static void submit_all(void *arg)
{
    loop_thread = pthread_self();
    for (int i = 0; i < N_WORKS; i++) {
        errands[i].work.run = run;
        errands[i].work.done = done;
        cr_assert_eq(work_pool_submit(pool, http_loop_mailbox(arg), &errands[i].work), 0);
    }
}

Test(server, a_work_pools_results_come_home_to_the_loop)
{
    const struct work_pool_config pool_config = {.name = "pool",
                                                 .n_threads = 2,
                                                 .queue_length = N_WORKS};
    const struct http_server_config c = config(1);
    struct http_server *server = NULL;
    const char *message = NULL;

    cr_assert_eq(work_pool_start(&pool_config, &pool), 0);
    cr_assert_eq(http_server_start(&c, &server, &message), 0);
    struct mail mail = {.fn = submit_all, .arg = loops[0]};
    http_loop_mailbox(loops[0])->post(http_loop_mailbox(loops[0])->owner, &mail);
    while (n_done < N_WORKS)
        sched_yield();
    for (int i = 0; i < N_WORKS; i++) {
        cr_assert(pthread_equal(errands[i].done_on, loop_thread));
        cr_assert(!pthread_equal(errands[i].ran_on, loop_thread));
    }
    http_server_stop(server, 0);
    work_pool_free(pool);
    http_server_free(server);
}

Test(server, mailboxes_take_mail_between_stop_and_free)
{
    const struct http_server_config c = config(1);
    struct http_server *server = NULL;
    const char *message = NULL;
    struct mail mail = {.fn = submit_all};

    cr_assert_eq(http_server_start(&c, &server, &message), 0);
    http_server_stop(server, 0);
    http_loop_mailbox(loops[0])->post(http_loop_mailbox(loops[0])->owner, &mail);
    http_server_free(server);
}
