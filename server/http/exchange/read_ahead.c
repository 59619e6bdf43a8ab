// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/http/exchange/read_ahead.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/uio.h>
#include <unistd.h>

#include "common/err.h"
#include "common/work_pool.h"
#include "server/http/exchange/exchange_core.h"
#include "server/http/exchange/file_core.h"

enum {
    WINDOW_BYTES = 256 * 1024, /* at most LOOP_SCRATCH_BYTES */
    WARM_MS = 30 * 1000,       /* recently used pages are the last that the kernel takes away */
    READ_STEP_BYTES = 64 * 1024,
};

_Static_assert((int)WINDOW_BYTES <= (int)LOOP_SCRATCH_BYTES, "a window is read into the scratch");

/* One window on its way from the disk. */
struct job {
    struct work work;         /* first member */
    struct list_node node;    /* among the loop's */
    struct list_node waiters; /* exchanges, by their disk_wait */
    struct http_loop *loop;   /* borrowed */
    struct http_file *file;   /* a reference */
    uint64_t window;
};

int read_without_waiting(const struct http_file *file, char *to, uint64_t length, uint64_t offset)
{
    while (length > 0) {
        const struct iovec run = {.iov_base = to, .iov_len = (size_t)length};
        ssize_t n = preadv2(file->fd, &run, 1, (off_t)offset, RWF_NOWAIT);
        if (n < 0 && errno == EOPNOTSUPP) /* a file system that cannot tell: it has to be risked */
            n = pread(file->fd, to, (size_t)length, (off_t)offset);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0 && errno == EAGAIN)
            return ERR_AGAIN;
        if (n <= 0)
            return ERR_IO;
        to += n;
        length -= (uint64_t)n;
        offset += (uint64_t)n;
    }
    return 0;
}

static uint64_t window_length(const struct http_file *file, uint64_t window)
{
    const uint64_t left = file->size - window * WINDOW_BYTES;

    return left < WINDOW_BYTES ? left : WINDOW_BYTES;
}

/* ---- On a thread of the pool ---- */

static void read_window(struct work *work, void *context)
{
    const struct job *job = (struct job *)(void *)work;
    uint64_t offset = job->window * WINDOW_BYTES;
    const uint64_t end = offset + window_length(job->file, job->window);
    char *scratch = malloc(READ_STEP_BYTES);

    (void)context;
    while (scratch && offset < end) {
        const ssize_t n = pread(job->file->fd, scratch, READ_STEP_BYTES, (off_t)offset);
        if (n == 0 || (n < 0 && errno != EINTR))
            break; /* whoever sends it will see what is wrong */
        offset += n > 0 ? (uint64_t)n : 0;
    }
    free(scratch);
}

/* ---- On the loop ---- */

/* When each window was last known to be near; NULL when memory is out: nothing is known then. */
static int64_t *warm_windows(struct http_file *file)
{
    int64_t *windows = file->warm_ms;

    if (windows)
        return windows;
    windows = calloc((size_t)(file->size / WINDOW_BYTES + 1), sizeof *windows);
    file->warm_ms = windows;
    return windows;
}

static void free_job(struct job *job)
{
    list_remove(&job->node);
    while (!list_is_empty(&job->waiters))
        list_remove(job->waiters.next);
    http_file_unref(job->file);
    free(job);
}

static void on_read(struct work *work)
{
    struct job *job = (struct job *)(void *)work;
    struct list_node ready;

    if (job->file->warm_ms)
        job->file->warm_ms[job->window] = job->loop->now_ms;
    list_init(&ready);
    while (!list_is_empty(&job->waiters)) {
        struct list_node *first = job->waiters.next;
        list_remove(first);
        list_append(&ready, first);
    }
    free_job(job);
    while (!list_is_empty(&ready)) { /* one may release another of them */
        struct http_exchange *x = LIST_ELEMENT(ready.next, struct http_exchange, disk_wait);
        list_remove(&x->disk_wait);
        if (x->protocol)
            x->protocol->body_ready(x);
    }
}

static struct job *find_job(struct http_loop *loop, const struct http_file *file, uint64_t window)
{
    for (struct list_node *node = loop->read_aheads.next; node != &loop->read_aheads;
         node = node->next) {
        struct job *job = LIST_ELEMENT(node, struct job, node);
        if (job->file == file && job->window == window)
            return job;
    }
    return NULL;
}

/* NULL when it cannot be done: the loop has to read itself. */
static struct job *start_job(struct http_loop *loop, struct http_file *file, uint64_t window)
{
    struct job *job = malloc(sizeof *job);

    if (!job)
        return NULL;
    *job = (struct job){.work = {.run = read_window, .done = on_read},
                        .loop = loop,
                        .file = file,
                        .window = window};
    if (work_pool_submit(loop->engine->disks, &loop->mailbox, &job->work) < 0) {
        free(job);
        return NULL;
    }
    http_file_ref(file);
    list_init(&job->waiters);
    list_append(&loop->read_aheads, &job->node);
    counter_add(&loop->counters, HTTP_COUNT_READ_AHEADS, 1);
    return job;
}

static bool is_window_near(struct http_exchange *x, struct http_file *file, uint64_t window)
{
    struct http_loop *loop = x->loop;
    int64_t *warm_ms = warm_windows(file);

    if (!warm_ms || (warm_ms[window] > 0 && loop->now_ms - warm_ms[window] < WARM_MS))
        return true;
    struct job *job = find_job(loop, file, window);
    if (!job && read_without_waiting(file, loop->read_scratch, window_length(file, window),
                                     window * WINDOW_BYTES) != ERR_AGAIN) {
        warm_ms[window] = loop->now_ms;
        return true;
    }
    if (!job)
        job = start_job(loop, file, window);
    if (!job)
        return true;
    list_append(&job->waiters, &x->disk_wait);
    return false;
}

bool read_ahead_is_near(struct http_exchange *x, uint64_t length)
{
    const struct answer_body *body = &x->answer;
    uint64_t offset = 0;
    uint64_t left = 0;

    if (list_is_linked(&x->disk_wait))
        return false;
    if (!body->file || body->n_parts == 0 || !x->loop->engine->disks || !x->protocol->body_ready)
        return true;
    /* A memory part in front (a lead, a multipart head) is sent together with the file behind it.
     */
    const struct body_part *part = &body->parts[0];
    if (part->memory && body->n_parts > 1)
        part = &body->parts[1];
    if (part->memory)
        return true;
    offset = part->offset + (part == &body->parts[0] ? body->done : 0);
    left = part->offset + part->length - offset;
    if (offset + left > body->file->size)
        return true; /* the file is broken, which sending will find out */
    if (left > length)
        left = length;
    for (uint64_t w = offset / WINDOW_BYTES; w * WINDOW_BYTES < offset + left; w++) {
        if (!is_window_near(x, body->file, w))
            return false;
    }
    return true;
}

void read_ahead_clear(struct http_loop *loop)
{
    while (loop->read_aheads.next && !list_is_empty(&loop->read_aheads))
        free_job(LIST_ELEMENT(loop->read_aheads.next, struct job, node));
}
