// SPDX-License-Identifier: GPL-3.0-or-later
#include "transcoder/source/edit_start.h"

#include <stdbool.h>
#include <unistd.h>

#include "common/err.h"
#include "transcoder/source/mp4_boxes.h"

enum { EDIT_MAX_BYTES = 20, NORMAL_RATE = 1, MAX_TRACKS = 64 };

static uint64_t big_endian(const uint8_t *bytes, int n)
{
    uint64_t value = 0;

    for (int i = 0; i < n; i++)
        value = value << 8 | bytes[i];
    return value;
}

/* A number of n <= 8 bytes at that place of the file; 0 where there is none. */
static uint64_t number_at(int fd, int64_t at, int n)
{
    uint8_t bytes[8] = {0};

    return pread(fd, bytes, (size_t)n, (off_t)at) == n ? big_endian(bytes, n) : 0;
}

/* §8.3.2: the id stands behind two times of 4 or 8 bytes. */
static uint32_t track_id_of(const struct mp4_range *moov, const struct mp4_box_head *trak)
{
    struct mp4_range inside = mp4_inside(moov, trak, 0);
    struct mp4_box_head tkhd;

    if (!mp4_find_box(&inside, MP4_TYPE('t', 'k', 'h', 'd'), &tkhd))
        return 0;
    const bool is_long = number_at(moov->fd, tkhd.content, 1) == 1;
    return (uint32_t)number_at(moov->fd, tkhd.content + (is_long ? 20 : 12), 4);
}

static bool find_track(struct mp4_range *moov, uint32_t id, struct mp4_box_head *ret_trak)
{
    for (int i = 0; i < MAX_TRACKS && mp4_find_box(moov, MP4_TYPE('t', 'r', 'a', 'k'), ret_trak);
         i++) {
        if (track_id_of(moov, ret_trak) == id)
            return true;
    }
    return false;
}

/* Of the movie's ticks, in which edits are counted (§8.2.2). */
static uint32_t movie_timescale(const struct mp4_range *moov)
{
    struct mp4_range inside = *moov;
    struct mp4_box_head mvhd;

    if (!mp4_find_box(&inside, MP4_TYPE('m', 'v', 'h', 'd'), &mvhd))
        return 0;
    const bool is_long = number_at(moov->fd, mvhd.content, 1) == 1;
    return (uint32_t)number_at(moov->fd, mvhd.content + (is_long ? 20 : 12), 4);
}

/* One row of the list; false for one that is not played at the normal rate. */
static bool read_edit(int fd, int64_t at, bool is_long, uint64_t *ret_duration, int64_t *ret_time)
{
    const int n = is_long ? 8 : 4;

    *ret_duration = number_at(fd, at, n);
    *ret_time = is_long ? (int64_t)number_at(fd, at + n, n) : (int32_t)number_at(fd, at + n, n);
    return number_at(fd, at + (int64_t)2 * n, 2) == NORMAL_RATE || *ret_time == -1;
}

static int read_list(int fd, const struct mp4_box_head *elst, uint32_t movie_scale,
                     uint32_t timescale, struct track_edit *ret_edit)
{
    const bool is_long = number_at(fd, elst->content, 1) == 1;
    const uint64_t n = number_at(fd, elst->content + 4, 4);
    const int64_t first = elst->content + 8;
    const int64_t row = is_long ? 20 : 12;
    uint64_t duration;
    uint64_t empty = 0;
    int64_t media_time;

    if (n < 1 || n > 2 || elst->end - first < (int64_t)n * row || movie_scale == 0)
        return ERR_NOT_FOUND;
    if (!read_edit(fd, first, is_long, &duration, &media_time))
        return ERR_NOT_FOUND;
    if (n == 2) {
        if (media_time != -1 || duration > UINT32_MAX)
            return ERR_NOT_FOUND;
        empty = duration;
        if (!read_edit(fd, first + row, is_long, &duration, &media_time))
            return ERR_NOT_FOUND;
    }
    if (media_time < 0 || media_time > INT64_MAX / 4)
        return ERR_NOT_FOUND;
    *ret_edit = (struct track_edit){.empty = (int64_t)(empty * timescale / movie_scale),
                                    .media_time = media_time};
    return 0;
}

/* Finds the list of edits of a track, and the movie's ticks in a second. */
static bool find_list(int fd, int64_t size_bytes, uint32_t track_id, struct mp4_box_head *ret_elst,
                      uint32_t *ret_scale)
{
    struct mp4_range file = {.fd = fd, .at = 0, .end = size_bytes};
    struct mp4_box_head box;

    if (!mp4_find_box(&file, MP4_TYPE('m', 'o', 'o', 'v'), &box))
        return false;
    const struct mp4_range movie = mp4_inside(&file, &box, 0);
    struct mp4_range tracks = movie;
    if (!find_track(&tracks, track_id, &box))
        return false;
    struct mp4_range inside = mp4_inside(&tracks, &box, 0);
    if (!mp4_find_box(&inside, MP4_TYPE('e', 'd', 't', 's'), &box))
        return false;
    inside = mp4_inside(&inside, &box, 0);
    *ret_scale = movie_timescale(&movie);
    return mp4_find_box(&inside, MP4_TYPE('e', 'l', 's', 't'), ret_elst) && *ret_scale > 0;
}

int track_edit_find(int fd, int64_t size_bytes, uint32_t track_id, uint32_t timescale,
                    struct track_edit *ret_edit)
{
    struct mp4_box_head elst;
    uint32_t scale;

    return find_list(fd, size_bytes, track_id, &elst, &scale)
               ? read_list(fd, &elst, scale, timescale, ret_edit)
               : ERR_NOT_FOUND;
}

size_t track_stands_find(int fd, int64_t size_bytes, uint32_t track_id,
                         struct track_stand stands[TRACK_MAX_STANDS])
{
    enum { MAX_EDITS = 1000, MAX_S = 366 * 86400 };
    struct mp4_box_head elst;
    uint32_t scale;
    int64_t at_us = 0;
    size_t n = 0;

    if (!find_list(fd, size_bytes, track_id, &elst, &scale))
        return 0;
    const bool is_long = number_at(fd, elst.content, 1) == 1;
    const uint64_t n_edits = number_at(fd, elst.content + 4, 4);
    const int64_t row = is_long ? 20 : 12;
    int64_t row_at = elst.content + 8;
    for (uint64_t i = 0; i < n_edits && i < MAX_EDITS && row_at + row <= elst.end; i++) {
        uint64_t duration;
        int64_t media_time;
        const bool plays = read_edit(fd, row_at, is_long, &duration, &media_time);
        if (duration / scale > MAX_S)
            break;
        const int64_t until_us = at_us + (int64_t)(duration * 1000000 / scale);
        const bool is_empty = media_time == -1;
        if (n < TRACK_MAX_STANDS && (is_empty ? at_us > 0 : !plays))
            stands[n++] = (struct track_stand){at_us, until_us, is_empty};
        at_us = until_us;
        row_at += row;
    }
    return n;
}

const struct track_stand *track_stand_at(const struct track_stand *stands, size_t n,
                                         int64_t time_us)
{
    enum { ROUNDING_US = 1000 };

    for (size_t i = 0; i < n; i++) {
        const int64_t from_us =
            stands[i].from_us + (stands[i].is_empty ? -ROUNDING_US : ROUNDING_US);
        if (time_us > from_us && time_us < stands[i].until_us - ROUNDING_US)
            return &stands[i];
    }
    return NULL;
}

int64_t edit_start_early(const struct track_edit *edit, int64_t shown, int64_t media_time)
{
    return media_time - edit->media_time + edit->empty - shown;
}
