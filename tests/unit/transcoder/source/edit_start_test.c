// SPDX-License-Identifier: GPL-3.0-or-later
#include "transcoder/source/edit_start.h"

#include <criterion/criterion.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "common/err.h"

static uint8_t file[2000];
static size_t n;

static void put(uint32_t value)
{
    const uint8_t bytes[4] = {value >> 24 & 255, value >> 16 & 255, value >> 8 & 255, value & 255};

    memcpy(file + n, bytes, sizeof bytes);
    n += sizeof bytes;
}

static size_t open_box(const char *type)
{
    put(0);
    memcpy(file + n, type, 4);
    n += 4;
    return n - 8;
}

static void close_box(size_t at)
{
    const size_t end = n;

    n = at;
    put((uint32_t)(end - at));
    n = end;
}

static void put_zeros(int count)
{
    for (int i = 0; i < count; i++)
        put(0);
}

/* A movie of 1000 ticks a second with a track 7 that has these edits: duration, media time, rate.
 */
static void make(const uint32_t (*edits)[3], uint32_t n_edits)
{
    n = 0;
    const size_t moov = open_box("moov");
    const size_t mvhd = open_box("mvhd");
    put_zeros(3);
    put(1000);
    close_box(mvhd);
    const size_t trak = open_box("trak");
    const size_t tkhd = open_box("tkhd");
    put_zeros(3);
    put(7);
    close_box(tkhd);
    const size_t edts = open_box("edts");
    const size_t elst = open_box("elst");
    put(0);
    put(n_edits);
    for (uint32_t i = 0; i < n_edits; i++) {
        put(edits[i][0]);
        put(edits[i][1]);
        put(edits[i][2]);
    }
    close_box(elst);
    close_box(edts);
    close_box(trak);
    close_box(moov);
}

static int find(uint32_t id, struct track_edit *edit)
{
    const int fd = memfd_create("mp4", MFD_CLOEXEC);

    cr_assert_eq(write(fd, file, n), (ssize_t)n);
    const int err = track_edit_find(fd, (int64_t)n, id, 16000, edit);
    close(fd);
    return err;
}

Test(edit_start, one_edit_is_found_with_an_empty_one_before_it_or_without)
{
    static const uint32_t PLAIN[][3] = {{2750, 26400, 0x10000}};
    static const uint32_t LATE[][3] = {{500, UINT32_MAX, 0x10000}, {2750, 26400, 0x10000}};
    struct track_edit edit;

    make(PLAIN, 1);
    cr_assert_eq(find(7, &edit), 0);
    cr_assert(edit.media_time == 26400 && edit.empty == 0);
    cr_assert_eq(find(8, &edit), ERR_NOT_FOUND);
    make(LATE, 2);
    cr_assert_eq(find(7, &edit), 0);
    cr_assert(edit.media_time == 26400 && edit.empty == 8000);
}

Test(edit_start, what_is_not_one_edit_at_the_normal_rate_is_left_to_libav)
{
    static const uint32_t MANY[][3] = {{1, 0, 0x10000}, {1, 5, 0x10000}, {1, 9, 0x10000}};
    static const uint32_t STILL[][3] = {{1000, 5, 0}};
    struct track_edit edit;

    make(MANY, 3);
    cr_assert_eq(find(7, &edit), ERR_NOT_FOUND);
    make(MANY, 2);
    cr_assert_eq(find(7, &edit), ERR_NOT_FOUND);
    make(STILL, 1);
    cr_assert_eq(find(7, &edit), ERR_NOT_FOUND);
    make(MANY, 0);
    cr_assert_eq(find(7, &edit), ERR_NOT_FOUND);
    for (size_t whole = n, i = 0; i < whole; i++) {
        n = i;
        cr_assert_eq(find(7, &edit), ERR_NOT_FOUND, "cut at %zu", i);
    }
}

Test(edit_start, empty_edits_and_those_of_rate_0_stand)
{
    static const uint32_t EDITS[][3] = {{500, UINT32_MAX, 0x10000},
                                        {4000, 0, 0x10000},
                                        {3000, UINT32_MAX, 0x10000},
                                        {1000, 64000, 0x10000},
                                        {5000, 80000, 0}};
    struct track_stand stands[TRACK_MAX_STANDS];

    make(EDITS, 5);
    const int fd = memfd_create("mp4", MFD_CLOEXEC);
    cr_assert_eq(write(fd, file, n), (ssize_t)n);
    cr_assert_eq(track_stands_find(fd, (int64_t)n, 7, stands), 2, "a late start is none");
    cr_assert(stands[0].is_empty && stands[0].from_us == 4500000 && stands[0].until_us == 7500000);
    cr_assert(!stands[1].is_empty && stands[1].from_us == 8500000);
    cr_assert_eq(stands[1].until_us, 13500000);
    cr_assert_eq(track_stands_find(fd, (int64_t)n, 8, stands), 0);
    close(fd);
    cr_assert_eq(track_stand_at(stands, 2, 4500000), &stands[0], "nothing is shown");
    cr_assert_null(track_stand_at(stands, 2, 8500000), "the picture that stands");
    cr_assert_eq(track_stand_at(stands, 2, 8600000), &stands[1]);
    cr_assert_null(track_stand_at(stands, 2, 7500000));
}

Test(edit_start, pictures_that_come_early_are_told_by_how_much)
{
    const struct track_edit edit = {.media_time = 4200, .empty = 0};

    cr_assert_eq(edit_start_early(&edit, 0, 5000), 800, "the slide before it was left out");
    cr_assert_eq(edit_start_early(&edit, 800, 5000), 0);
}
