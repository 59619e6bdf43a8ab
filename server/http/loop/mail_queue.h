// SPDX-License-Identifier: GPL-3.0-or-later
/* mail_queue.h - calls posted to a loop from other threads. The nodes belong to the posters, so
 * posting allocates nothing and cannot fail; an eventfd wakes the loop. */
#ifndef SERVER_HTTP_LOOP_MAIL_QUEUE_H
#define SERVER_HTTP_LOOP_MAIL_QUEUE_H

#include <pthread.h>

#include "common/work_pool.h"

struct mail_queue {
    pthread_mutex_t lock; /* guards the list */
    struct mail *first;
    struct mail **last_link;
    int event_fd; /* readable when the list may hold something */
};

/* Returns 0, or ERR_IO when there is no descriptor. */
int mail_queue_init(struct mail_queue *queue);
void mail_queue_clear(struct mail_queue *queue);

/* Any thread; mailbox.post with the queue as owner. */
void mail_queue_post(void *owner, struct mail *mail);

/* The owner: runs what has been posted so far, in order; what is posted meanwhile waits for the
 * next call. */
void mail_queue_run(struct mail_queue *queue);

#endif
