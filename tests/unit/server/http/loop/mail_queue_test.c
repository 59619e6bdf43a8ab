// SPDX-License-Identifier: GPL-3.0-or-later
#include <criterion/criterion.h>
#include <poll.h>
#include <pthread.h>

#include "server/http/loop/mail_queue.h"

enum { N_THREADS = 4, N_MAILS = 5000 };

static struct mail_queue queue;

struct letter {
    struct mail mail;
    int thread;
    int number;
};

static struct letter letters[N_THREADS][N_MAILS];
static int next_number[N_THREADS];
static int n_out_of_order;
static int n_received;

static void receive(void *arg)
{
    const struct letter *letter = arg;

    n_out_of_order += letter->number != next_number[letter->thread]++;
    n_received++;
}

static void *send_all(void *arg)
{
    struct letter *mine = arg;

    for (int i = 0; i < N_MAILS; i++)
        mail_queue_post(&queue, &mine[i].mail);
    return NULL;
}

Test(mail_queue, delivers_all_in_each_senders_order)
{
    pthread_t threads[N_THREADS];
    struct pollfd readable = {.events = POLLIN};

    cr_assert_eq(mail_queue_init(&queue), 0);
    readable.fd = queue.event_fd;
    for (int t = 0; t < N_THREADS; t++) {
        for (int i = 0; i < N_MAILS; i++)
            letters[t][i] = (struct letter){.mail = {.fn = receive, .arg = &letters[t][i]},
                                            .thread = t,
                                            .number = i};
        pthread_create(&threads[t], NULL, send_all, letters[t]);
    }
    while (n_received < N_THREADS * N_MAILS) {
        cr_assert_eq(poll(&readable, 1, 5000), 1, "a mail was lost");
        mail_queue_run(&queue);
    }
    for (int t = 0; t < N_THREADS; t++)
        pthread_join(threads[t], NULL);
    cr_assert_eq(n_out_of_order, 0);
    mail_queue_clear(&queue);
}

static struct mail again;

static void post_again(void *arg)
{
    int *n = arg;

    if (++*n < 3)
        mail_queue_post(&queue, &again);
}

Test(mail_queue, what_is_posted_meanwhile_waits_for_the_next_run)
{
    int n = 0;

    cr_assert_eq(mail_queue_init(&queue), 0);
    again = (struct mail){.fn = post_again, .arg = &n};
    mail_queue_post(&queue, &again);
    mail_queue_run(&queue);
    cr_assert_eq(n, 1);
    mail_queue_run(&queue);
    cr_assert_eq(n, 2);
    mail_queue_run(&queue);
    mail_queue_run(&queue);
    cr_assert_eq(n, 3);
    mail_queue_clear(&queue);
}
