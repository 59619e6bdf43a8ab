// SPDX-License-Identifier: GPL-3.0-or-later
/* core_thread.h - a thread of the core that does one thing again and again until it is told to
 * stop: the dispatcher, the drain, the finisher. */
#ifndef SERVER_ROLES_CORE_THREAD_H
#define SERVER_ROLES_CORE_THREAD_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

struct core_thread; /* opaque */

struct core_thread_config {
    const char *name; /* at most 15 bytes */

    /* One round; called again and again, with a pause of the milliseconds that it returns. */
    uint32_t (*round)(void *arg);

    /* Makes a round that blocks in a library return soon; called from another thread, once. NULL
     * when rounds never block for long. */
    void (*interrupt)(void *arg);

    void *arg;
};

/* Returns 0 and a thread that core_thread_stop() ends, or ERR_NO_MEMORY. */
int core_thread_start(const struct core_thread_config *config, struct core_thread **ret_thread);

/* Lets the round under way finish, and ends. NULL is allowed. */
void core_thread_stop(struct core_thread *thread);

#endif
