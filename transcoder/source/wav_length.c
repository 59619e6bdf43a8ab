// SPDX-License-Identifier: GPL-3.0-or-later
#include "transcoder/source/wav_length.h"

#include <string.h>
#include <unistd.h>

enum {
    HEAD = 8, /* of a chunk: a name and a size */
    FORM = 12,
    MAX_CHUNKS = 1000,
    DS64_DATA_SIZE = 8, /* where it stands in the chunk */
    BYTE_RATE = 8,      /* where it stands in "fmt " */
};

#define HARDLY_US    INT64_C(200000)
#define UNKNOWN_FROM UINT32_C(0x7fff0000) /* what streams are given: as much as there may be */

struct chunk {
    char name[4];
    int64_t content;
    uint32_t size;
};

static uint32_t little_endian(const uint8_t *bytes)
{
    return bytes[0] | (uint32_t)bytes[1] << 8 | (uint32_t)bytes[2] << 16 | (uint32_t)bytes[3] << 24;
}

static bool read_chunk(int fd, int64_t at, struct chunk *ret_chunk)
{
    uint8_t head[HEAD];

    if (pread(fd, head, sizeof head, (off_t)at) != HEAD)
        return false;
    memcpy(ret_chunk->name, head, sizeof ret_chunk->name);
    ret_chunk->content = at + HEAD;
    ret_chunk->size = little_endian(head + 4);
    return true;
}

static int64_t behind(const struct chunk *chunk)
{
    return chunk->content + chunk->size + (chunk->size & 1);
}

static bool is_named(const struct chunk *chunk)
{
    for (size_t i = 0; i < sizeof chunk->name; i++) {
        if (chunk->name[i] < ' ' || chunk->name[i] > '~')
            return false;
    }
    return true;
}

/* Whether chunks follow each other from there to the end of the file, or a tag as MP3s have it. */
static bool is_orderly(int fd, int64_t at, int64_t size_bytes)
{
    struct chunk chunk = {.size = 0};
    char tag[3] = "";

    if (pread(fd, tag, sizeof tag, (off_t)at) == 3 &&
        (memcmp(tag, "TAG", 3) == 0 || memcmp(tag, "ID3", 3) == 0))
        return true;
    for (int i = 0; i < MAX_CHUNKS && at + HEAD <= size_bytes; i++) {
        if (!read_chunk(fd, at, &chunk) || !is_named(&chunk) || behind(&chunk) > size_bytes + 1)
            return false;
        at = behind(&chunk);
    }
    return at + HEAD > size_bytes; /* a few bytes of padding */
}

static struct wav_length correct_rf64(int fd, const struct chunk *ds64, int64_t data_at,
                                      int64_t size_bytes)
{
    struct wav_length length = {.at = -1};
    const uint64_t there = (uint64_t)(size_bytes - data_at);
    uint8_t said[8];

    if (pread(fd, said, sizeof said, (off_t)ds64->content + DS64_DATA_SIZE) != (ssize_t)sizeof said)
        return length;
    const uint64_t size = little_endian(said) | (uint64_t)little_endian(said + 4) << 32;
    if (size > 0 && size <= there && is_orderly(fd, data_at + (int64_t)size, size_bytes))
        return length;
    length.at = ds64->content + DS64_DATA_SIZE;
    length.n = sizeof length.bytes;
    for (size_t i = 0; i < length.n; i++)
        length.bytes[i] = (uint8_t)(there >> 8 * i);
    return length;
}

static struct wav_length correct_riff(int fd, const struct chunk *data, uint32_t byte_rate,
                                      int64_t size_bytes)
{
    struct wav_length length = {.at = -1};

    if (data->size == 0 || data->size >= UNKNOWN_FROM)
        return length; /* libav takes all there is */
    if (behind(data) > size_bytes + 1) {
        const int64_t missing = data->content + data->size - size_bytes;
        length.missing_us = byte_rate ? missing * 1000000 / byte_rate : 0;
        if (length.missing_us < HARDLY_US)
            length.missing_us = 0;
        return length;
    }
    if (is_orderly(fd, behind(data), size_bytes))
        return length;
    length.at = data->content - 4;
    length.n = 4;
    memset(length.bytes, 0xff, length.n);
    return length;
}

struct wav_length wav_length_find(int fd, int64_t size_bytes)
{
    const struct wav_length nothing = {.at = -1};
    struct chunk ds64 = {.size = 0};
    struct chunk chunk;
    uint8_t form[FORM];
    uint8_t rate[4] = {0};

    if (pread(fd, form, sizeof form, 0) != FORM || memcmp(form + 8, "WAVE", 4) != 0 ||
        (memcmp(form, "RIFF", 4) != 0 && memcmp(form, "RF64", 4) != 0))
        return nothing;
    int64_t at = FORM;
    for (int i = 0; i < MAX_CHUNKS && read_chunk(fd, at, &chunk); i++, at = behind(&chunk)) {
        if (memcmp(chunk.name, "ds64", 4) == 0)
            ds64 = chunk;
        else if (memcmp(chunk.name, "fmt ", 4) == 0)
            (void)!pread(fd, rate, sizeof rate, (off_t)chunk.content + BYTE_RATE);
        else if (memcmp(chunk.name, "data", 4) == 0)
            return ds64.size > 0 && form[1] == 'F'
                       ? correct_rf64(fd, &ds64, chunk.content, size_bytes)
                       : correct_riff(fd, &chunk, little_endian(rate), size_bytes);
    }
    return nothing;
}
