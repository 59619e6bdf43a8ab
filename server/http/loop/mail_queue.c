// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/http/loop/mail_queue.h"

#include <stdint.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "common/err.h"

int mail_queue_init(struct mail_queue *queue)
{
    const int fd = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);

    if (fd < 0)
        return ERR_IO;
    *queue = (struct mail_queue){.event_fd = fd};
    queue->last_link = &queue->first;
    (void)pthread_mutex_init(&queue->lock, NULL);
    return 0;
}

void mail_queue_clear(struct mail_queue *queue)
{
    (void)pthread_mutex_destroy(&queue->lock);
    (void)close(queue->event_fd);
}

void mail_queue_post(void *owner, struct mail *mail)
{
    struct mail_queue *queue = owner;
    const uint64_t one = 1;

    mail->next = NULL;
    (void)pthread_mutex_lock(&queue->lock);
    const int is_first = !queue->first;
    *queue->last_link = mail;
    queue->last_link = &mail->next;
    (void)pthread_mutex_unlock(&queue->lock);
    /* The counter would have to reach 2^64 for this to fail: one write per emptied list. */
    if (is_first && write(queue->event_fd, &one, sizeof one) < 0)
        return;
}

void mail_queue_run(struct mail_queue *queue)
{
    uint64_t count = 0;

    if (read(queue->event_fd, &count, sizeof count) < 0)
        return; /* nothing was posted */
    (void)pthread_mutex_lock(&queue->lock);
    struct mail *mail = queue->first;
    queue->first = NULL;
    queue->last_link = &queue->first;
    (void)pthread_mutex_unlock(&queue->lock);
    while (mail) {
        struct mail *next = mail->next; /* mail may be gone after its call */
        mail->fn(mail->arg);
        mail = next;
    }
}
