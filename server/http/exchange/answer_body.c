// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/http/exchange/answer_body.h"

#include <errno.h>
#include <unistd.h>

#include "common/err.h"
#include "server/http/exchange/file_core.h"

void answer_body_set_memory(struct answer_body *body, struct slice bytes)
{
    if (bytes.length == 0)
        return;
    body->single = (struct body_part){.memory = bytes.data, .length = bytes.length};
    body->parts = &body->single;
    body->n_parts = 1;
}

void answer_body_set_file(struct answer_body *body, struct http_file *file, uint64_t offset,
                          uint64_t length)
{
    if (length == 0)
        return;
    http_file_ref(file);
    body->file = file;
    body->single = (struct body_part){.offset = offset, .length = length};
    body->parts = &body->single;
    body->n_parts = 1;
}

void answer_body_set_parts(struct answer_body *body, const struct body_part *parts, size_t n_parts,
                           struct http_file *file)
{
    if (file)
        http_file_ref(file);
    body->file = file;
    body->parts = parts;
    body->n_parts = n_parts;
}

void answer_body_drop(struct answer_body *body)
{
    if (body->file)
        http_file_unref(body->file);
    *body = (struct answer_body){.owner = body->owner, .release = body->release};
}

void answer_body_clear(struct answer_body *body)
{
    void *owner = body->owner;

    answer_body_drop(body);
    body->owner = NULL;
    if (owner)
        body->release(owner);
}

struct slice answer_body_memory(const struct answer_body *body)
{
    if (body->n_parts == 0 || !body->parts[0].memory)
        return slice_of(NULL, 0);
    return slice_of(body->parts[0].memory + body->done,
                    (size_t)(body->parts[0].length - body->done));
}

int answer_body_file(const struct answer_body *body, uint64_t *ret_offset, uint64_t *ret_length)
{
    *ret_offset = body->parts[0].offset + body->done;
    *ret_length = body->parts[0].length - body->done;
    return body->file->fd;
}

/* All of the run or a failure: an immutable file that is shorter than it was is a broken one. */
static int read_at(int fd, char *to, size_t length, uint64_t offset)
{
    while (length > 0) {
        const ssize_t n = pread(fd, to, length, (off_t)offset);
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            return ERR_IO;
        to += n;
        length -= (size_t)n;
        offset += (uint64_t)n;
    }
    return 0;
}

ssize_t answer_body_copy(const struct answer_body *body, char *to, size_t size)
{
    uint64_t skip = body->done;
    size_t copied = 0;

    for (size_t i = 0; i < body->n_parts && copied < size; i++, skip = 0) {
        const struct body_part *part = &body->parts[i];
        const uint64_t left = part->length - skip;
        const size_t length = left < size - copied ? (size_t)left : size - copied;
        if (part->memory)
            memcpy(to + copied, part->memory + skip, length);
        else if (read_at(body->file->fd, to + copied, length, part->offset + skip) < 0)
            return ERR_IO;
        copied += length;
    }
    return (ssize_t)copied;
}

void answer_body_advance(struct answer_body *body, uint64_t length)
{
    while (length > 0 && body->n_parts > 0) {
        const uint64_t left = body->parts[0].length - body->done;
        if (length < left) {
            body->done += length;
            return;
        }
        length -= left;
        body->done = 0;
        body->parts++;
        body->n_parts--;
    }
}
