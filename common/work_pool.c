// SPDX-License-Identifier: GPL-3.0-or-later
#include "common/work_pool.h"

#include <pthread.h>
#include <stdbool.h>
#include <stdlib.h>

#include "common/err.h"

enum { MAX_THREADS = 64 };

struct thread {
    struct work_pool *pool;
    void *context; /* borrowed */
    pthread_t id;
};

struct work_pool {
    pthread_mutex_t lock;    /* guards all below */
    pthread_cond_t has_work; /* signalled when first is set, or on stopping */
    pthread_cond_t has_room; /* signalled when an item leaves the queue, or on stopping */
    struct work *first;      /* oldest queued item */
    struct work **last_link; /* where the next item is hung */
    size_t n_queued;
    bool is_stopping;
    struct work_pool_config config;
    size_t n_threads; /* started */
    struct thread threads[MAX_THREADS];
};

/* What a blocked caller of work_pool_call waits on. */
struct call {
    struct mailbox home;
    pthread_mutex_t lock;
    pthread_cond_t finished;
    bool is_finished;
};

/* The lock is held. */
static struct work *take_first(struct work_pool *pool)
{
    struct work *work = pool->first;

    pool->first = work->next;
    if (!pool->first)
        pool->last_link = &pool->first;
    work->next = NULL;
    pool->n_queued--;
    return work;
}

static void call_done(void *arg)
{
    struct work *work = arg;

    work->done(work);
}

static void *thread_main(void *arg)
{
    const struct thread *thread = arg;
    struct work_pool *pool = thread->pool;

    (void)pthread_mutex_lock(&pool->lock);
    for (;;) {
        while (!pool->first && !pool->is_stopping)
            (void)pthread_cond_wait(&pool->has_work, &pool->lock);
        if (!pool->first)
            break;
        struct work *work = take_first(pool);
        (void)pthread_cond_signal(&pool->has_room);
        (void)pthread_mutex_unlock(&pool->lock);

        const struct mailbox *home = work->home;
        work->run(work, thread->context);
        work->result = (struct mail){.fn = call_done, .arg = work};
        home->post(home->owner, &work->result);

        (void)pthread_mutex_lock(&pool->lock);
    }
    (void)pthread_mutex_unlock(&pool->lock);
    return NULL;
}

int work_pool_start(const struct work_pool_config *config, struct work_pool **ret_pool)
{
    if (config->n_threads == 0 || config->n_threads > MAX_THREADS || config->queue_length == 0)
        return ERR_INVALID;
    struct work_pool *pool = calloc(1, sizeof *pool);
    if (!pool)
        return ERR_NO_MEMORY;
    pool->config = *config;
    pool->last_link = &pool->first;
    (void)pthread_mutex_init(&pool->lock, NULL);
    (void)pthread_cond_init(&pool->has_work, NULL);
    (void)pthread_cond_init(&pool->has_room, NULL);
    while (pool->n_threads < config->n_threads) {
        struct thread *thread = &pool->threads[pool->n_threads];
        thread->pool = pool;
        thread->context = config->contexts ? config->contexts[pool->n_threads] : config->context;
        if (pthread_create(&thread->id, NULL, thread_main, thread) != 0) {
            work_pool_free(pool);
            return ERR_NO_MEMORY;
        }
        (void)pthread_setname_np(thread->id, config->name);
        pool->n_threads++;
    }
    pool->config.contexts = NULL; /* the caller's array may go */
    *ret_pool = pool;
    return 0;
}

/* The lock is held and there is room. */
static void append(struct work_pool *pool, const struct mailbox *home, struct work *work)
{
    work->home = home;
    work->next = NULL;
    *pool->last_link = work;
    pool->last_link = &work->next;
    pool->n_queued++;
    (void)pthread_cond_signal(&pool->has_work);
}

int work_pool_submit(struct work_pool *pool, const struct mailbox *home, struct work *work)
{
    int err = 0;

    (void)pthread_mutex_lock(&pool->lock);
    if (pool->is_stopping || pool->n_queued >= pool->config.queue_length)
        err = ERR_UNAVAILABLE;
    else
        append(pool, home, work);
    (void)pthread_mutex_unlock(&pool->lock);
    return err;
}

static void finish_call(void *owner, struct mail *mail)
{
    struct call *call = owner;

    (void)mail;
    (void)pthread_mutex_lock(&call->lock);
    call->is_finished = true;
    (void)pthread_cond_signal(&call->finished);
    (void)pthread_mutex_unlock(&call->lock);
}

int work_pool_call(struct work_pool *pool, struct work *work)
{
    struct call call = {
        .home = {.post = finish_call, .owner = &call},
        .lock = PTHREAD_MUTEX_INITIALIZER,
        .finished = PTHREAD_COND_INITIALIZER,
    };

    (void)pthread_mutex_lock(&pool->lock);
    while (!pool->is_stopping && pool->n_queued >= pool->config.queue_length)
        (void)pthread_cond_wait(&pool->has_room, &pool->lock);
    const bool accepted = !pool->is_stopping;
    if (accepted)
        append(pool, &call.home, work);
    (void)pthread_mutex_unlock(&pool->lock);
    if (!accepted)
        return ERR_UNAVAILABLE;

    (void)pthread_mutex_lock(&call.lock);
    while (!call.is_finished)
        (void)pthread_cond_wait(&call.finished, &call.lock);
    (void)pthread_mutex_unlock(&call.lock);
    return 0;
}

void work_pool_free(struct work_pool *pool)
{
    if (!pool)
        return;
    (void)pthread_mutex_lock(&pool->lock);
    pool->is_stopping = true;
    (void)pthread_cond_broadcast(&pool->has_work);
    (void)pthread_cond_broadcast(&pool->has_room);
    (void)pthread_mutex_unlock(&pool->lock);
    for (size_t i = 0; i < pool->n_threads; i++)
        (void)pthread_join(pool->threads[i].id, NULL);
    (void)pthread_cond_destroy(&pool->has_room);
    (void)pthread_cond_destroy(&pool->has_work);
    (void)pthread_mutex_destroy(&pool->lock);
    free(pool);
}
