// SPDX-License-Identifier: GPL-3.0-or-later
#include "transcoder/source/mp4_track_name.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <unistd.h>

#include "common/buf.h"

/* Appends a box round what is in `content`. */
static void append_box(struct buf *out, const char *type, struct slice content)
{
    buf_append_u32(out, (uint32_t)(8 + content.length));
    buf_append(out, type, 4);
    buf_append_slice(out, content);
}

static void append_track(struct buf *out, uint32_t id, uint8_t version, struct slice name)
{
    struct buf head = buf_with_limit(100);
    struct buf named = buf_with_limit(1000);
    struct buf trak = buf_with_limit(2000);

    buf_append_u32(&head, (uint32_t)version << 24 | 7);
    for (int i = 0; i < (version ? 4 : 2); i++)
        buf_append_u32(&head, 0x11111111);
    buf_append_u32(&head, id);
    for (int i = 0; i < 10; i++)
        buf_append_u32(&head, 0);
    append_box(&trak, "tkhd", buf_slice(&head));
    append_box(&named, "name", name);
    append_box(&trak, "udta", buf_slice(&named));
    append_box(out, "trak", buf_slice(&trak));
    buf_clear(&head);
    buf_clear(&named);
    buf_clear(&trak);
}

/* Two tracks, behind a box of media whose length takes 64 bits. */
static struct buf make_file(void)
{
    struct buf file = buf_with_limit(10000);
    struct buf moov = buf_with_limit(5000);

    append_box(&file, "ftyp", slice_from("isom"));
    buf_append_u32(&file, 1);
    buf_append(&file, "mdat", 4);
    buf_append_u64(&file, 16 + 5);
    buf_append(&file, "moov!", 5);
    append_box(&moov, "mvhd", slice_from("...."));
    append_track(&moov, 1, 0, slice_from("Micro"));
    append_track(&moov, 7, 1, slice_of("Máy tính\0\0", 12));
    append_box(&file, "moov", buf_slice(&moov));
    buf_clear(&moov);
    return file;
}

static int write_temporary(const struct buf *file)
{
    FILE *temporary = tmpfile();

    cr_assert_not_null(temporary);
    cr_assert_eq(fwrite(file->data, 1, file->length, temporary), file->length);
    cr_assert_eq(fflush(temporary), 0);
    return fileno(temporary);
}

static void check(int fd, int64_t size, uint32_t id, const char *wanted)
{
    char title[TRACK_TITLE_SIZE];

    mp4_track_name_find(fd, size, id, title);
    cr_assert_str_eq(title, wanted);
}

Test(mp4_track_name, is_that_of_the_track_with_the_id)
{
    struct buf file = make_file();
    const int fd = write_temporary(&file);
    const int64_t size = (int64_t)file.length;

    check(fd, size, 1, "Micro");
    check(fd, size, 7, "Máy tính");
    check(fd, size, 2, "");
    buf_clear(&file);
}

Test(mp4_track_name, of_a_file_that_ends_or_lies_anywhere_is_none_or_right)
{
    struct buf file = make_file();
    char title[TRACK_TITLE_SIZE];

    for (size_t i = 0; i < file.length; i++) {
        const int whole = write_temporary(&file);
        mp4_track_name_find(whole, (int64_t)i, 7, title);
        cr_assert(title[0] == '\0' || strcmp(title, "Máy tính") == 0 || i > file.length - 12);
        (void)close(whole);
        for (int value = 0; value < 256; value += 85) {
            const char old = file.data[i];
            file.data[i] = (char)value;
            const int fd = write_temporary(&file);
            mp4_track_name_find(fd, (int64_t)file.length, 7, title);
            cr_assert(track_title_is_valid(title));
            (void)close(fd);
            file.data[i] = old;
        }
    }
    buf_clear(&file);
}
