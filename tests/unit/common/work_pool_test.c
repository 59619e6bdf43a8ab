// SPDX-License-Identifier: GPL-3.0-or-later
#include "common/work_pool.h"

#include <criterion/criterion.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/cleanup.h"
#include "common/err.h"
#include "tests/unit/support/fail_alloc.h"

/* A home: a thread that runs mail in the order of posting, as an event loop does. */
struct home {
    pthread_mutex_t lock;
    pthread_cond_t has_mail;
    struct mail *first;
    struct mail **last_link;
    struct mailbox mailbox;
};

static void post(void *owner, struct mail *mail)
{
    struct home *home = owner;

    pthread_mutex_lock(&home->lock);
    mail->next = NULL;
    *home->last_link = mail;
    home->last_link = &mail->next;
    pthread_cond_signal(&home->has_mail);
    pthread_mutex_unlock(&home->lock);
}

static void home_init(struct home *home)
{
    *home = (struct home){.lock = PTHREAD_MUTEX_INITIALIZER,
                          .has_mail = PTHREAD_COND_INITIALIZER,
                          .mailbox = {.post = post, .owner = home}};
    home->last_link = &home->first;
}

/* Waits for one mail and runs it. */
static void home_run_one(struct home *home)
{
    pthread_mutex_lock(&home->lock);
    while (!home->first)
        pthread_cond_wait(&home->has_mail, &home->lock);
    struct mail *mail = home->first;
    home->first = mail->next;
    if (!home->first)
        home->last_link = &home->first;
    pthread_mutex_unlock(&home->lock);
    mail->fn(mail->arg);
}

struct item {
    struct work work;
    int n_run;
    int n_done;
    int order;
    pthread_t ran_on;
    pthread_t done_on;
    atomic_bool is_started;
    atomic_bool *gate; /* run() waits for it, unless NULL */
    void *context;
};

static atomic_int next_order;

static void run_item(struct work *work, void *context)
{
    struct item *item = (struct item *)work;

    atomic_store(&item->is_started, true);
    while (item->gate && !atomic_load(item->gate))
        usleep(100);
    item->n_run++;
    item->order = atomic_fetch_add(&next_order, 1);
    item->ran_on = pthread_self();
    item->context = context;
}

static void item_done(struct work *work)
{
    struct item *item = (struct item *)work;

    item->n_done++;
    item->done_on = pthread_self();
}

static void item_init(struct item *item, atomic_bool *gate)
{
    *item = (struct item){.work = {.run = run_item, .done = item_done}, .gate = gate};
}

static struct work_pool *start(size_t n_threads, size_t queue_length, void *context)
{
    const struct work_pool_config config = {.name = "test",
                                            .n_threads = n_threads,
                                            .queue_length = queue_length,
                                            .context = context};
    struct work_pool *pool = NULL;

    cr_assert_eq(work_pool_start(&config, &pool), 0);
    return pool;
}

Test(work_pool, work_runs_elsewhere_and_its_result_comes_home, .timeout = 30)
{
    int context = 0;
    struct home home;
    struct item item;
    struct work_pool *pool = start(2, 4, &context);

    home_init(&home);
    item_init(&item, NULL);
    cr_assert_eq(work_pool_submit(pool, &home.mailbox, &item.work), 0);
    cr_assert_eq(item.n_done, 0, "done() never runs inside submit");
    home_run_one(&home);
    cr_assert_eq(item.n_run, 1);
    cr_assert_eq(item.n_done, 1);
    cr_assert_eq(item.context, &context);
    cr_assert_not(pthread_equal(item.ran_on, pthread_self()));
    cr_assert(pthread_equal(item.done_on, pthread_self()));
    work_pool_free(pool);
}

Test(work_pool, settings_out_of_range_are_refused)
{
    static const struct work_pool_config WRONG[] = {
        {.name = "x", .n_threads = 0, .queue_length = 1},
        {.name = "x", .n_threads = 65, .queue_length = 1},
        {.name = "x", .n_threads = 1, .queue_length = 0},
    };
    struct work_pool *pool = NULL;

    for (size_t i = 0; i < 3; i++)
        cr_assert_eq(work_pool_start(&WRONG[i], &pool), ERR_INVALID);
    cr_assert_null(pool);
    work_pool_free(NULL);
}

Test(work_pool, a_full_queue_refuses_and_leaves_the_item_alone, .timeout = 30)
{
    struct home home;
    struct item items[4];
    atomic_bool gate = false;
    struct work_pool *pool = start(1, 2, NULL);

    home_init(&home);
    for (int i = 0; i < 4; i++)
        item_init(&items[i], &gate);
    cr_assert_eq(work_pool_submit(pool, &home.mailbox, &items[0].work), 0);
    while (!atomic_load(&items[0].is_started))
        usleep(100);
    cr_assert_eq(work_pool_submit(pool, &home.mailbox, &items[1].work), 0);
    cr_assert_eq(work_pool_submit(pool, &home.mailbox, &items[2].work), 0);
    cr_assert_eq(work_pool_submit(pool, &home.mailbox, &items[3].work), ERR_UNAVAILABLE);
    atomic_store(&gate, true);
    for (int i = 0; i < 3; i++)
        home_run_one(&home);
    cr_assert_eq(items[3].n_run, 0);
    cr_assert_eq(work_pool_submit(pool, &home.mailbox, &items[3].work), 0, "there is room again");
    home_run_one(&home);
    work_pool_free(pool);
}

Test(work_pool, one_thread_runs_in_the_order_of_submission, .timeout = 30)
{
    enum { N = 200 };
    struct home home;
    static struct item items[N];
    struct work_pool *pool = start(1, N, NULL);

    home_init(&home);
    for (int i = 0; i < N; i++) {
        item_init(&items[i], NULL);
        cr_assert_eq(work_pool_submit(pool, &home.mailbox, &items[i].work), 0);
    }
    for (int i = 0; i < N; i++)
        home_run_one(&home);
    for (int i = 1; i < N; i++)
        cr_assert_eq(items[i].order, items[i - 1].order + 1);
    work_pool_free(pool);
}

Test(work_pool, freeing_finishes_what_is_queued, .timeout = 30)
{
    enum { N = 50 };
    struct home home;
    static struct item items[N];
    struct work_pool *pool = start(2, N, NULL);

    home_init(&home);
    for (int i = 0; i < N; i++) {
        item_init(&items[i], NULL);
        cr_assert_eq(work_pool_submit(pool, &home.mailbox, &items[i].work), 0);
    }
    work_pool_free(pool);
    for (int i = 0; i < N; i++)
        home_run_one(&home);
    for (int i = 0; i < N; i++)
        cr_assert(items[i].n_run == 1 && items[i].n_done == 1);
}

Test(work_pool, a_call_waits_for_its_result_and_calls_nobody_home, .timeout = 30)
{
    struct item item;
    struct work_pool *pool = start(1, 1, NULL);

    for (int i = 0; i < 100; i++) {
        item_init(&item, NULL);
        cr_assert_eq(work_pool_call(pool, &item.work), 0);
        cr_assert_eq(item.n_run, 1);
        cr_assert_eq(item.n_done, 0);
    }
    work_pool_free(pool);
}

struct caller {
    struct work_pool *pool;
    int n_ran;
};

static void *call_often(void *arg)
{
    struct caller *caller = arg;
    struct item item;

    for (int i = 0; i < 500; i++) {
        item_init(&item, NULL);
        if (work_pool_call(caller->pool, &item.work) == 0)
            caller->n_ran += item.n_run;
    }
    return NULL;
}

Test(work_pool, many_callers_share_a_short_queue, .timeout = 60)
{
    enum { N = 8 };
    struct work_pool *pool = start(3, 2, NULL);
    struct caller callers[N];
    pthread_t threads[N];

    for (int i = 0; i < N; i++) {
        callers[i] = (struct caller){.pool = pool};
        cr_assert_eq(pthread_create(&threads[i], NULL, call_often, &callers[i]), 0);
    }
    for (int i = 0; i < N; i++) {
        pthread_join(threads[i], NULL);
        cr_assert_eq(callers[i].n_ran, 500);
    }
    work_pool_free(pool);
}

/* Each home sends its items round and round; every round has to come back exactly once. */
struct circle {
    struct home home;
    struct work_pool *pool;
    struct item items[16];
};

static void *go_round(void *arg)
{
    struct circle *circle = arg;

    for (int round = 0; round < 200; round++) {
        int n_accepted = 0;
        for (int i = 0; i < 16; i++) {
            if (work_pool_submit(circle->pool, &circle->home.mailbox, &circle->items[i].work) == 0)
                n_accepted++;
        }
        while (n_accepted-- > 0)
            home_run_one(&circle->home);
    }
    return NULL;
}

Test(work_pool, every_accepted_item_comes_back_exactly_once_under_load, .timeout = 60)
{
    enum { N = 4 };
    static struct circle circles[N];
    pthread_t threads[N];
    struct work_pool *pool = start(4, 24, NULL);

    for (int i = 0; i < N; i++) {
        home_init(&circles[i].home);
        circles[i].pool = pool;
        for (int k = 0; k < 16; k++)
            item_init(&circles[i].items[k], NULL);
        cr_assert_eq(pthread_create(&threads[i], NULL, go_round, &circles[i]), 0);
    }
    for (int i = 0; i < N; i++)
        pthread_join(threads[i], NULL);
    work_pool_free(pool);
    for (int i = 0; i < N; i++) {
        cr_assert_null(circles[i].home.first, "a result came twice");
        for (int k = 0; k < 16; k++)
            cr_assert_eq(circles[i].items[k].n_run, circles[i].items[k].n_done);
    }
}

Test(work_pool, memory_that_is_short_is_told)
{
    const struct work_pool_config config = {.name = "test", .n_threads = 2, .queue_length = 1};
    struct work_pool *pool = NULL;

    fail_alloc_start(0);
    cr_assert_eq(work_pool_start(&config, &pool), ERR_NO_MEMORY);
    cr_assert(fail_alloc_stop());
    cr_assert_null(pool);
}

Test(work_pool, each_thread_has_its_own_context_when_they_are_given)
{
    int first, second;
    void *contexts[] = {&first, &second};
    atomic_bool gate = false;
    struct item items[2] = {0};
    struct work_pool *pool = NULL;
    struct home home;
    const struct work_pool_config config = {.name = "test",
                                            .n_threads = 2,
                                            .queue_length = 2,
                                            .contexts = contexts};

    home_init(&home);
    cr_assert_eq(work_pool_start(&config, &pool), 0);
    contexts[0] = contexts[1] = NULL; /* the pool has its copy */
    for (int i = 0; i < 2; i++) {
        items[i].gate = &gate;
        items[i].work = (struct work){.run = run_item, .done = item_done};
        cr_assert_eq(work_pool_submit(pool, &home.mailbox, &items[i].work), 0);
        while (!atomic_load(&items[i].is_started))
            usleep(100);
    }
    atomic_store(&gate, true);
    home_run_one(&home);
    home_run_one(&home);
    cr_assert(items[0].context != items[1].context);
    cr_assert(items[0].context == &first || items[0].context == &second);
    work_pool_free(pool);
}
