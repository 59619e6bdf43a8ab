// SPDX-License-Identifier: GPL-3.0-or-later
/* mp4_boxes.h - a walk over the boxes of an MP4 or MOV file (ISO/IEC 14496-12 §4.2), for the little
 * that libav does not tell. Reads their heads alone, and believes none of them. */
#ifndef TRANSCODER_SOURCE_MP4_BOXES_H
#define TRANSCODER_SOURCE_MP4_BOXES_H

#include <stdbool.h>
#include <stdint.h>

/* A run of bytes of a file that holds boxes. */
struct mp4_range {
    int fd;
    int64_t at, end; /* bytes; the next box starts at `at` */
};

struct mp4_box_head {
    uint32_t type;        /* four characters, the first one in the highest byte */
    int64_t content, end; /* bytes of the file; the end is never beyond the range's */
    bool is_cut;          /* it says that it goes on behind the range */
};

#define MP4_TYPE(a, b, c, d) \
    ((uint32_t)(a) << 24 | (uint32_t)(b) << 16 | (uint32_t)(c) << 8 | (uint32_t)(d))

/* Takes the next box from the range. False at its end, and where there is none. */
bool mp4_next_box(struct mp4_range *range, struct mp4_box_head *ret_box);

/* Takes boxes from the range up to the first one of that type. */
bool mp4_find_box(struct mp4_range *range, uint32_t type, struct mp4_box_head *ret_box);

/* What stands in a box, `skip` bytes behind its head. */
struct mp4_range mp4_inside(const struct mp4_range *range, const struct mp4_box_head *box,
                            int64_t skip);

/* Whether a file of that size has fragments behind its movie box: then the movie box's tables do
 * not tell all. */
bool mp4_has_fragments(int fd, int64_t size_bytes);

/* How long the movies are that follow the first one in the file, which libav does not read: files
 * that were put one behind the other. 0 when there are none. */
int64_t mp4_later_movies_us(int fd, int64_t size_bytes);

/* Whether the file ends before its last box does. */
bool mp4_is_cut(int fd, int64_t size_bytes);

#endif
