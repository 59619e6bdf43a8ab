// SPDX-License-Identifier: GPL-3.0-or-later
#include "transcoder/source/mp4_boxes.h"

#include <criterion/criterion.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

static int64_t size_bytes;

static int file_of(const char *bytes, size_t n)
{
    const int fd = memfd_create("boxes", MFD_CLOEXEC);

    cr_assert_eq(write(fd, bytes, n), (ssize_t)n);
    size_bytes = (int64_t)n;
    return fd;
}

#define FILE_OF(text) file_of(text, sizeof(text) - 1)

Test(mp4_boxes, a_box_in_a_box_is_found)
{
    const int fd = FILE_OF("\0\0\0\x08"
                           "ftyp"
                           "\0\0\0\x16"
                           "moov"
                           "\0\0\0\x0e"
                           "elst"
                           "abcdef");
    struct mp4_range file = {.fd = fd, .end = size_bytes};
    struct mp4_box_head box;

    cr_assert(mp4_find_box(&file, MP4_TYPE('m', 'o', 'o', 'v'), &box));
    struct mp4_range inside = mp4_inside(&file, &box, 0);
    cr_assert(mp4_find_box(&inside, MP4_TYPE('e', 'l', 's', 't'), &box));
    cr_assert_eq(box.content, 24);
    cr_assert_eq(box.end, 30);
    cr_assert_not(mp4_next_box(&inside, &box));
    cr_assert_not(mp4_has_fragments(fd, size_bytes));
    cr_assert_not(mp4_is_cut(fd, size_bytes));
    cr_assert(mp4_is_cut(fd, size_bytes - 1));
    close(fd);
}

#define MVHD     \
    "\0\0\0\x24" \
    "moov"       \
    "\0\0\0\x1c" \
    "mvhd"       \
    "\0\0\0\0\0\0\0\0\0\0\0\0\0\0\x03\xe8\0\0\x0b\xb8" /* 3000 of 1000 */

Test(mp4_boxes, a_second_movie_is_as_long_as_it_says)
{
    int fd = FILE_OF(MVHD);
    cr_assert_eq(mp4_later_movies_us(fd, size_bytes), 0);
    close(fd);
    fd = FILE_OF(MVHD MVHD MVHD);
    cr_assert_eq(mp4_later_movies_us(fd, size_bytes), 6000002);
    close(fd);
    fd = FILE_OF(MVHD "\0\0\0\x08"
                      "moov");
    cr_assert_eq(mp4_later_movies_us(fd, size_bytes), 1, "one that says nothing");
    close(fd);
}

Test(mp4_boxes, sizes_may_be_long_or_reach_to_the_end)
{
    const int fd = FILE_OF("\0\0\0\x01"
                           "mdat"
                           "\0\0\0\0\0\0\0\x12"
                           "xx"
                           "\0\0\0\0"
                           "moof");
    cr_assert(mp4_has_fragments(fd, size_bytes));
    close(fd);
}

Test(mp4_boxes, a_box_that_lies_ends_the_walk_or_where_the_file_ends)
{
    struct mp4_box_head box;
    int fd = FILE_OF("\xff\xff\xff\xff"
                     "moof");
    struct mp4_range file = {.fd = fd, .end = size_bytes};

    cr_assert(mp4_next_box(&file, &box));
    cr_assert(box.is_cut);
    cr_assert_eq(box.end, 8);
    cr_assert(mp4_is_cut(fd, size_bytes));
    close(fd);
    fd = FILE_OF("\0\0\0\x01"
                 "mdat"
                 "\xff\xff\xff\xff\xff\xff\xff\xff");
    file = (struct mp4_range){.fd = fd, .end = size_bytes};
    cr_assert(mp4_next_box(&file, &box));
    cr_assert_eq(box.end, 16);
    close(fd);
    fd = FILE_OF("\0\0\0\x07"
                 "moof");
    cr_assert_not(mp4_has_fragments(fd, size_bytes));
    close(fd);
    fd = FILE_OF("moof");
    cr_assert_not(mp4_has_fragments(fd, size_bytes));
    close(fd);
}
