// SPDX-License-Identifier: GPL-3.0-or-later
#include "transcoder/source/mp4_track_name.h"

#include <stdbool.h>
#include <unistd.h>

enum {
    MAX_BOXES =
        4096, /* that are looked at in one box: fragmented files have many beside their moov */
    NAME_MAX_BYTES = 256,
};

/* A run of bytes of the file: a box without its header, or the file. */
struct span {
    int fd;
    int64_t start, end;
};

static uint32_t big_endian_32(const uint8_t *bytes)
{
    return (uint32_t)bytes[0] << 24 | (uint32_t)bytes[1] << 16 | (uint32_t)bytes[2] << 8 | bytes[3];
}

static bool read_at(const struct span *span, int64_t at, void *buffer, int64_t length)
{
    return at >= span->start && length <= span->end - at &&
           pread(span->fd, buffer, (size_t)length, at) == length;
}

/* The box at `at` inside a span: its type and its content, which is cut where the span ends.
 * *ret_next is where the next one starts. */
static bool next_box(const struct span *in, int64_t at, uint8_t type[4], struct span *ret_box,
                     int64_t *ret_next)
{
    uint8_t head[16];
    int64_t head_length = 8;

    if (!read_at(in, at, head, 8))
        return false;
    int64_t length = big_endian_32(head);
    if (length == 1) {
        head_length = 16;
        if (!read_at(in, at, head, 16) || head[8] & 0x80)
            return false;
        length = (int64_t)big_endian_32(head + 8) << 32 | big_endian_32(head + 12);
    } else if (length == 0) {
        length = in->end - at; /* up to the end */
    }
    if (length < head_length)
        return false;
    memcpy(type, head + 4, 4);
    *ret_next = length < in->end - at ? at + length : in->end;
    *ret_box = (struct span){.fd = in->fd, .start = at + head_length, .end = *ret_next};
    return true;
}

/* The next box of that type in a span; moves *at behind it. */
static bool find_box(const struct span *in, const char *type, int64_t *at, struct span *ret_box)
{
    uint8_t found[4];

    for (int n = 0; n < MAX_BOXES && next_box(in, *at, found, ret_box, at); n++) {
        if (memcmp(found, type, 4) == 0)
            return true;
    }
    return false;
}

static bool find_first(const struct span *in, const char *type, struct span *ret_box)
{
    int64_t at = in->start;

    return find_box(in, type, &at, ret_box);
}

/* ISO/IEC 14496-12 §8.3.2: the id stands behind two times of 32 bits, or of 64 in version 1. */
static bool has_id(const struct span *trak, uint32_t track_id)
{
    uint8_t bytes[24];
    struct span tkhd;

    if (!find_first(trak, "tkhd", &tkhd) || !read_at(&tkhd, tkhd.start, bytes, sizeof bytes))
        return false;
    return big_endian_32(bytes + (bytes[0] == 1 ? 20 : 12)) == track_id;
}

static void read_name(const struct span *name, char title[TRACK_TITLE_SIZE])
{
    char text[NAME_MAX_BYTES];
    const int64_t length = name->end - name->start;

    if (length <= 0 || length > NAME_MAX_BYTES || !read_at(name, name->start, text, length))
        return;
    const char *end = memchr(text, '\0', (size_t)length);
    track_title_set(slice_of(text, end ? (size_t)(end - text) : (size_t)length), title);
}

void mp4_track_name_find(int fd, int64_t size_bytes, uint32_t track_id,
                         char title[TRACK_TITLE_SIZE])
{
    const struct span file = {.fd = fd, .start = 0, .end = size_bytes};
    struct span moov;
    struct span trak;
    struct span udta;
    struct span name;

    title[0] = '\0';
    if (!find_first(&file, "moov", &moov))
        return;
    for (int64_t at = moov.start; find_box(&moov, "trak", &at, &trak);) {
        if (!has_id(&trak, track_id))
            continue;
        if (find_first(&trak, "udta", &udta) && find_first(&udta, "name", &name))
            read_name(&name, title);
        return;
    }
}
