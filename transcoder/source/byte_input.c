// SPDX-License-Identifier: GPL-3.0-or-later
#include "transcoder/source/byte_input.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <libavutil/error.h>
#include <libavutil/mem.h>

#include "common/err.h"

enum { BUFFER_BYTES = 128 << 10, GUARDED_BYTES = 8 << 10 };

struct byte_input {
    int fd; /* borrowed */
    int64_t position;
    int64_t size_bytes;
    AVIOContext *avio; /* owned, with its buffer */
    bool (*may_read)(void *arg);
    void *arg; /* borrowed */
    int64_t patch_at;
    uint8_t patch[BYTE_INPUT_PATCH_BYTES];
    size_t n_patch; /* 0: none */
};

static void apply_patch(const struct byte_input *input, uint8_t *data, int64_t n)
{
    for (size_t i = 0; i < input->n_patch; i++) {
        const int64_t at = input->patch_at + (int64_t)i - input->position;
        if (at >= 0 && at < n)
            data[at] = input->patch[i];
    }
}

static int on_read(void *arg, uint8_t *data, int size)
{
    struct byte_input *input = arg;

    if (input->may_read && !input->may_read(input->arg))
        return AVERROR_EXIT;
    if (input->may_read && size > GUARDED_BYTES)
        size = GUARDED_BYTES;
    for (;;) {
        const ssize_t n = pread(input->fd, data, (size_t)size, input->position);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return AVERROR(errno);
        if (n == 0)
            return AVERROR_EOF;
        apply_patch(input, data, n);
        input->position += n;
        return (int)n;
    }
}

static int64_t on_seek(void *arg, int64_t offset, int whence)
{
    struct byte_input *input = arg;
    int64_t base = 0;

    switch (whence & ~AVSEEK_FORCE) {
    case AVSEEK_SIZE:
        return input->size_bytes;
    case SEEK_SET:
        break;
    case SEEK_CUR:
        base = input->position;
        break;
    case SEEK_END:
        base = input->size_bytes;
        break;
    default:
        return AVERROR(EINVAL);
    }
    if (offset > INT64_MAX - base || base + offset < 0)
        return AVERROR(EINVAL);
    input->position = base + offset;
    return input->position;
}

int byte_input_new(int fd, int64_t size_bytes, struct byte_input **ret_input)
{
    CLEANUP(byte_input_free) struct byte_input *input = calloc(1, sizeof *input);
    uint8_t *buffer = av_malloc(BUFFER_BYTES);

    if (!input || !buffer) {
        av_free(buffer);
        return ERR_NO_MEMORY;
    }
    input->fd = fd;
    input->size_bytes = size_bytes;
    input->avio = avio_alloc_context(buffer, BUFFER_BYTES, 0, input, on_read, NULL, on_seek);
    if (!input->avio) {
        av_free(buffer);
        return ERR_NO_MEMORY;
    }
    *ret_input = input;
    input = NULL;
    return 0;
}

void byte_input_free(struct byte_input *input)
{
    if (!input)
        return;
    if (input->avio)
        av_freep(&input->avio->buffer); /* libav may have replaced it */
    avio_context_free(&input->avio);
    free(input);
}

void byte_input_guard(struct byte_input *input, bool (*may_read)(void *arg), void *arg)
{
    input->may_read = may_read;
    input->arg = arg;
}

void byte_input_patch(struct byte_input *input, int64_t at, const uint8_t *bytes, size_t n)
{
    input->patch_at = at;
    input->n_patch = n <= sizeof input->patch ? n : sizeof input->patch;
    memcpy(input->patch, bytes, input->n_patch);
}

AVIOContext *byte_input_avio(struct byte_input *input)
{
    return input->avio;
}
