// SPDX-License-Identifier: GPL-3.0-or-later
#include "transcoder/source/mp4_boxes.h"

#include <unistd.h>

enum {
    SHORT_HEAD = 8,
    LONG_HEAD = 16,
    SIZE_TO_THE_END = 0,
    SIZE_IS_LONG = 1,
    MAX_BOXES = 100000, /* of a file: a recorder may write one for each second */
};

static uint64_t big_endian(const uint8_t *bytes, int n)
{
    uint64_t value = 0;

    for (int i = 0; i < n; i++)
        value = value << 8 | bytes[i];
    return value;
}

bool mp4_next_box(struct mp4_range *range, struct mp4_box_head *ret_box)
{
    uint8_t head[LONG_HEAD];
    int64_t n_head = SHORT_HEAD;

    if (range->end - range->at < SHORT_HEAD)
        return false;
    const ssize_t n = pread(range->fd, head, sizeof head, (off_t)range->at);
    if (n < SHORT_HEAD)
        return false;
    uint64_t size = big_endian(head, 4);
    if (size == SIZE_IS_LONG && n == LONG_HEAD) {
        size = big_endian(head + SHORT_HEAD, 8);
        n_head = LONG_HEAD;
    } else if (size == SIZE_TO_THE_END) {
        size = (uint64_t)(range->end - range->at);
    }
    if (size < (uint64_t)n_head)
        return false;
    const bool is_cut = size > (uint64_t)(range->end - range->at);
    *ret_box = (struct mp4_box_head){.type = (uint32_t)big_endian(head + 4, 4),
                                     .content = range->at + n_head,
                                     .end = is_cut ? range->end : range->at + (int64_t)size,
                                     .is_cut = is_cut};
    range->at = ret_box->end;
    return true;
}

bool mp4_find_box(struct mp4_range *range, uint32_t type, struct mp4_box_head *ret_box)
{
    for (int i = 0; i < MAX_BOXES && mp4_next_box(range, ret_box); i++) {
        if (ret_box->type == type)
            return true;
    }
    return false;
}

struct mp4_range mp4_inside(const struct mp4_range *range, const struct mp4_box_head *box,
                            int64_t skip)
{
    const int64_t at = box->content + skip;

    return (
        struct mp4_range){.fd = range->fd, .at = at < box->end ? at : box->end, .end = box->end};
}

bool mp4_has_fragments(int fd, int64_t size_bytes)
{
    struct mp4_range file = {.fd = fd, .at = 0, .end = size_bytes};
    struct mp4_box_head box;

    return mp4_find_box(&file, MP4_TYPE('m', 'o', 'o', 'f'), &box);
}

/* What the movie's header says (ISO/IEC 14496-12 §8.2.2); at least 1. */
static int64_t movie_us(const struct mp4_range *file, const struct mp4_box_head *moov)
{
    enum { V0_BYTES = 20, V1_BYTES = 32, MAX_S = 366 * 86400 };
    struct mp4_range inside = mp4_inside(file, moov, 0);
    struct mp4_box_head mvhd;
    uint8_t bytes[V1_BYTES] = {0};

    if (!mp4_find_box(&inside, MP4_TYPE('m', 'v', 'h', 'd'), &mvhd) ||
        pread(file->fd, bytes, sizeof bytes, (off_t)mvhd.content) < V0_BYTES)
        return 1;
    const bool is_long = bytes[0] == 1;
    const uint64_t scale = big_endian(bytes + (is_long ? 20 : 12), 4);
    const uint64_t duration = is_long ? big_endian(bytes + 24, 8) : big_endian(bytes + 16, 4);
    if (scale == 0 || duration / scale > MAX_S)
        return 1;
    return 1 + (int64_t)(duration / scale * 1000000 + duration % scale * 1000000 / scale);
}

int64_t mp4_later_movies_us(int fd, int64_t size_bytes)
{
    enum { MAX_MOVIES = 1000 };
    struct mp4_range file = {.fd = fd, .at = 0, .end = size_bytes};
    struct mp4_box_head moov;
    int64_t us = 0;

    for (int i = 0; i < MAX_MOVIES && mp4_find_box(&file, MP4_TYPE('m', 'o', 'o', 'v'), &moov); i++)
        us += i > 0 ? movie_us(&file, &moov) : 0;
    return us;
}

bool mp4_is_cut(int fd, int64_t size_bytes)
{
    struct mp4_range file = {.fd = fd, .at = 0, .end = size_bytes};
    struct mp4_box_head box = {.is_cut = false};

    for (int i = 0; i < MAX_BOXES && mp4_next_box(&file, &box); i++)
        continue;
    return box.is_cut;
}
