// SPDX-License-Identifier: GPL-3.0-or-later
#include "transcoder/source/mp4_track_name.h"

#include <stdbool.h>
#include <unistd.h>

#include "transcoder/source/mp4_boxes.h"

enum { NAME_MAX_BYTES = 256, TKHD_BYTES = 24, MAX_TRACKS = 256 };

static bool find_inside(const struct mp4_range *range, const struct mp4_box_head *box,
                        uint32_t type, struct mp4_box_head *ret_box)
{
    struct mp4_range inside = mp4_inside(range, box, 0);

    return mp4_find_box(&inside, type, ret_box);
}

/* ISO/IEC 14496-12 §8.3.2: the id stands behind two times of 32 bits, or of 64 in version 1. */
static bool has_id(const struct mp4_range *range, const struct mp4_box_head *trak,
                   uint32_t track_id)
{
    uint8_t bytes[TKHD_BYTES];
    struct mp4_box_head tkhd;

    if (!find_inside(range, trak, MP4_TYPE('t', 'k', 'h', 'd'), &tkhd) ||
        tkhd.end - tkhd.content < TKHD_BYTES ||
        pread(range->fd, bytes, sizeof bytes, (off_t)tkhd.content) != TKHD_BYTES)
        return false;
    const uint8_t *id = bytes + (bytes[0] == 1 ? 20 : 12);
    return MP4_TYPE(id[0], id[1], id[2], id[3]) == track_id;
}

static void read_name(int fd, const struct mp4_box_head *name, char title[TRACK_TITLE_SIZE])
{
    char text[NAME_MAX_BYTES];
    const int64_t length = name->end - name->content;

    if (length <= 0 || length > NAME_MAX_BYTES ||
        pread(fd, text, (size_t)length, (off_t)name->content) != length)
        return;
    const char *end = memchr(text, '\0', (size_t)length);
    track_title_set(slice_of(text, end ? (size_t)(end - text) : (size_t)length), title);
}

void mp4_track_name_find(int fd, int64_t size_bytes, uint32_t track_id,
                         char title[TRACK_TITLE_SIZE])
{
    struct mp4_range file = {.fd = fd, .at = 0, .end = size_bytes};
    struct mp4_box_head moov;
    struct mp4_box_head trak;
    struct mp4_box_head udta;
    struct mp4_box_head name;

    title[0] = '\0';
    if (!mp4_find_box(&file, MP4_TYPE('m', 'o', 'o', 'v'), &moov))
        return;
    struct mp4_range tracks = mp4_inside(&file, &moov, 0);
    for (int i = 0; i < MAX_TRACKS; i++) {
        if (!mp4_find_box(&tracks, MP4_TYPE('t', 'r', 'a', 'k'), &trak))
            return;
        if (!has_id(&tracks, &trak, track_id))
            continue;
        if (find_inside(&tracks, &trak, MP4_TYPE('u', 'd', 't', 'a'), &udta) &&
            find_inside(&tracks, &udta, MP4_TYPE('n', 'a', 'm', 'e'), &name))
            read_name(fd, &name, title);
        return;
    }
}
