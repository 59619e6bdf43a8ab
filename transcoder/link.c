// SPDX-License-Identifier: GPL-3.0-or-later
#include "transcoder/link.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "common/cleanup.h"
#include "common/clock.h"
#include "common/err.h"
#include "common/file.h"

enum { PROGRESS_INTERVAL_MS = 500 };

struct link link_over(int socket)
{
    return (struct link){.socket = socket, .last_progress = {.kind = MESSAGE_PROGRESS}};
}

static void set_text(struct message *message, struct slice text)
{
    const size_t length = text.length < MESSAGE_TEXT_SIZE ? text.length : MESSAGE_TEXT_SIZE;

    message->text_length = (uint32_t)length;
    if (length > 0)
        memcpy(message->text, text.data, length);
}

/* When the coordinator is gone there is nobody to tell; the task ends at its next request. */
static void tell(struct link *link, const struct message *message)
{
    (void)message_send(link->socket, message, -1);
}

void link_alive(struct link *link)
{
    const int64_t now_ms = clock_monotonic_ms();

    if (link->last_progress_ms && now_ms - link->last_progress_ms < PROGRESS_INTERVAL_MS)
        return;
    link->last_progress_ms = now_ms;
    tell(link, &link->last_progress);
}

void link_progress(struct link *link, enum stage stage, int64_t permille, int64_t done_us)
{
    link->last_progress.code = stage;
    link->last_progress.numbers[0] = permille;
    link->last_progress.numbers[1] = done_us;
    link_alive(link);
}

void link_planned(struct link *link, int64_t n_chunks, int64_t n_sounds, int64_t duration_us,
                  int64_t n_passes)
{
    tell(link, &(struct message){.kind = MESSAGE_PLANNED,
                                 .numbers = {n_chunks, n_sounds, duration_us, n_passes}});
}

void link_part(struct link *link, enum part_kind kind, int64_t number)
{
    tell(link, &(struct message){.kind = MESSAGE_PART, .code = kind, .numbers = {number}});
}

void link_warning(struct link *link, const struct warning *warning)
{
    struct message message = {.kind = MESSAGE_WARNING,
                              .code = warning->failure,
                              .numbers = {warning->from_us, warning->until_us}};

    set_text(&message, slice_from(warning->detail));
    tell(link, &message);
}

void link_output(struct link *link, struct slice bytes)
{
    while (bytes.length > 0) {
        struct message message = {.kind = MESSAGE_OUTPUT};
        set_text(&message, bytes);
        tell(link, &message);
        bytes = slice_skip(bytes, message.text_length);
    }
}

void link_verdict(struct link *link, int64_t n_errors, int64_t n_warnings)
{
    tell(link, &(struct message){.kind = MESSAGE_VERDICT, .numbers = {n_errors, n_warnings}});
}

void link_failed(struct link *link, enum failure failure, const char *detail)
{
    struct message message = {.kind = MESSAGE_FAILED, .code = failure};

    set_text(&message, slice_from(detail));
    tell(link, &message);
}

void link_done(struct link *link)
{
    tell(link, &(struct message){.kind = MESSAGE_DONE});
}

static int request(struct link *link, enum message_kind kind, const char *name, int *ret_fd)
{
    struct message message = {.kind = kind};
    int fd = -1;

    set_text(&message, slice_from(name));
    int err = message_send(link->socket, &message, -1);
    if (!err)
        err = message_receive(link->socket, &message, &fd);
    if (!err && message.kind != MESSAGE_REPLY)
        err = ERR_IO;
    if (!err && message.code < 0)
        err = message.code;
    if (!err && ret_fd && fd < 0)
        err = ERR_IO;
    if (err || !ret_fd) {
        if (fd >= 0)
            (void)close(fd);
        return err;
    }
    *ret_fd = fd;
    return 0;
}

int link_create(struct link *link, const char *name, int *ret_fd)
{
    return request(link, MESSAGE_CREATE, name, ret_fd);
}

int link_open(struct link *link, const char *name, int *ret_fd)
{
    return request(link, MESSAGE_OPEN, name, ret_fd);
}

int link_publish(struct link *link, const char *name)
{
    return request(link, MESSAGE_PUBLISH, name, NULL);
}

int link_read_file(struct link *link, const char *name, struct buf *b)
{
    CLEANUP(close_fd) int fd = -1;

    const int err = link_open(link, name, &fd);
    if (err)
        return err;
    for (;;) {
        char part[16384];
        const ssize_t n = read(fd, part, sizeof part);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return err_from_errno(errno);
        if (n == 0)
            return b->err;
        buf_append(b, part, (size_t)n);
        if (b->err)
            return b->err;
    }
}

int link_write_file(struct link *link, const char *name, struct slice bytes)
{
    CLEANUP(close_fd) int fd = -1;

    int err = link_create(link, name, &fd);
    if (!err)
        err = file_write_all(fd, bytes.data, bytes.length);
    if (!err && fsync(fd) < 0)
        err = err_from_errno(errno);
    return err ? err : link_publish(link, name);
}
