// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/roles/core_thread.h"

#include <pthread.h>
#include <stdlib.h>
#include <time.h>

#include "common/err.h"

struct core_thread {
    struct core_thread_config config;
    pthread_t thread;
    pthread_mutex_t lock; /* guards the flag */
    pthread_cond_t changed;
    bool is_stopping;
};

/* Waits for ms, or until stopped. Returns whether to go on. */
static bool pause_for(struct core_thread *t, uint32_t ms)
{
    struct timespec until;

    (void)clock_gettime(CLOCK_MONOTONIC, &until);
    until.tv_sec += ms / 1000;
    until.tv_nsec += (long)(ms % 1000) * 1000000;
    if (until.tv_nsec >= 1000000000) {
        until.tv_nsec -= 1000000000;
        until.tv_sec++;
    }
    (void)pthread_mutex_lock(&t->lock);
    while (ms > 0 && !t->is_stopping) {
        if (pthread_cond_timedwait(&t->changed, &t->lock, &until) != 0)
            break;
    }
    const bool goes_on = !t->is_stopping;
    (void)pthread_mutex_unlock(&t->lock);
    return goes_on;
}

static void *thread_main(void *arg)
{
    struct core_thread *t = arg;
    uint32_t pause_ms = 0;

    while (pause_for(t, pause_ms))
        pause_ms = t->config.round(t->config.arg);
    return NULL;
}

int core_thread_start(const struct core_thread_config *config, struct core_thread **ret_thread)
{
    struct core_thread *t = calloc(1, sizeof *t);
    pthread_condattr_t attributes;

    if (!t)
        return ERR_NO_MEMORY;
    t->config = *config;
    (void)pthread_mutex_init(&t->lock, NULL);
    (void)pthread_condattr_init(&attributes);
    (void)pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
    (void)pthread_cond_init(&t->changed, &attributes);
    (void)pthread_condattr_destroy(&attributes);
    if (pthread_create(&t->thread, NULL, thread_main, t) != 0) {
        (void)pthread_cond_destroy(&t->changed);
        (void)pthread_mutex_destroy(&t->lock);
        free(t);
        return ERR_NO_MEMORY;
    }
    (void)pthread_setname_np(t->thread, config->name);
    *ret_thread = t;
    return 0;
}

void core_thread_stop(struct core_thread *t)
{
    if (!t)
        return;
    (void)pthread_mutex_lock(&t->lock);
    t->is_stopping = true;
    (void)pthread_cond_signal(&t->changed);
    (void)pthread_mutex_unlock(&t->lock);
    if (t->config.interrupt)
        t->config.interrupt(t->config.arg);
    (void)pthread_join(t->thread, NULL);
    (void)pthread_cond_destroy(&t->changed);
    (void)pthread_mutex_destroy(&t->lock);
    free(t);
}
