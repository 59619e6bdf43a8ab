// SPDX-License-Identifier: GPL-3.0-or-later
/* work_pool.h - threads that do what an event loop must not: databases, disks, password hashing.
 *
 * The only place where threads meet. Work goes in at a bounded queue, runs on one of the pool's
 * threads, and its result is posted back to where the work came from:
 *
 *     loop thread          pool thread            loop thread
 *     work_pool_submit ──▶ run(work, context) ──▶ done(work)
 *
 * A work item is embedded in the submitter's own structure, so nothing is allocated and the
 * submitter owns it again when done() is called, never earlier. done() is called exactly once for
 * each accepted item, never inside work_pool_submit(). A pool with one thread is a serialiser: the
 * database writer is one. */
#ifndef COMMON_WORK_POOL_H
#define COMMON_WORK_POOL_H

#include <stddef.h>

/* A call on its way to another thread. The sender embeds it in a structure of its own, so that
 * posting allocates nothing and cannot fail; it is the sender's again when fn runs. */
struct mail {
    void (*fn)(void *arg);
    void *arg;
    struct mail *next; /* while under way */
};

/* Where results go: posts a call of mail->fn(mail->arg) to the thread that owns the mailbox, in the
 * order of posting. Callable from any thread; never fails. */
struct mailbox {
    void (*post)(void *owner, struct mail *mail);
    void *owner; /* borrowed: lives as long as its work is under way */
};

struct work {
    void (*run)(struct work *work, void *context); /* pool thread; context is the pool's */
    void (*done)(struct work *work);               /* home's thread */
    const struct mailbox *home;                    /* set by work_pool_submit */
    struct work *next;                             /* while queued */
    struct mail result;                            /* carries done() home */
};

struct work_pool; /* opaque */

struct work_pool_config {
    const char *name;      /* of its threads, at most 15 bytes */
    size_t n_threads;      /* 1 to 64 */
    size_t queue_length;   /* items waiting, at most; >= 1 */
    void *context;         /* handed to run(), borrowed */
    void *const *contexts; /* one for each thread, in place of context; the array is copied. NULL:
                            * all threads have the same */
};

/* Returns 0 and a pool that work_pool_free() ends, or ERR_NO_MEMORY, or ERR_INVALID. */
int work_pool_start(const struct work_pool_config *config, struct work_pool **ret_pool);

/* Queues the item; home's thread calls this. Returns 0, or ERR_UNAVAILABLE when the queue is full
 * or the pool is stopping: then the item stays the caller's and done() is not called. */
int work_pool_submit(struct work_pool *pool, const struct mailbox *home, struct work *work);

/* Runs the item and waits for it: for threads that may block and have no mailbox. Waits for room in
 * the queue. done() is not called. Returns 0, or ERR_UNAVAILABLE when the pool is stopping. */
int work_pool_call(struct work_pool *pool, struct work *work);

/* Refuses new work, finishes what is queued, ends the threads. Results are still posted: the
 * mailboxes must outlive the pool. NULL is allowed. */
void work_pool_free(struct work_pool *pool);

#endif
