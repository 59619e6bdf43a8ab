// SPDX-License-Identifier: GPL-3.0-or-later
#include "transcoder/source/wav_length.h"

#include <criterion/criterion.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

enum { DATA = 1000, RATE = 500 };

static uint8_t file[4000];
static size_t n;

static void put(const void *bytes, size_t length)
{
    memcpy(file + n, bytes, length);
    n += length;
}

static void put_chunk(const char *name, uint32_t size)
{
    put(name, 4);
    put(&size, 4);
}

static void start(const char *form)
{
    const uint8_t fmt[16] = {1, 0, 1, 0, 250, 0, 0, 0, RATE & 255, RATE >> 8, 0, 0, 2, 0, 16, 0};

    n = 0;
    put_chunk(form, 0);
    put("WAVE", 4);
    put_chunk("fmt ", sizeof fmt);
    put(fmt, sizeof fmt);
}

static struct wav_length find(void)
{
    const int fd = memfd_create("wav", MFD_CLOEXEC);

    cr_assert_eq(write(fd, file, n), (ssize_t)n);
    const struct wav_length length = wav_length_find(fd, (int64_t)n);
    close(fd);
    return length;
}

/* A file whose data chunk says that it has that size, with other bytes behind the data. */
static struct wav_length say(uint32_t size, const void *tail, size_t tail_length)
{
    uint8_t data[DATA];

    memset(data, 0x80, sizeof data); /* no name of a chunk */
    start("RIFF");
    put_chunk("data", size);
    put(data, sizeof data);
    put(tail, tail_length);
    return find();
}

Test(wav_length, an_honest_header_is_left_alone)
{
    cr_assert_eq(say(DATA, "", 0).at, -1);
    cr_assert_eq(say(DATA, "LIST\4\0\0\0abcd", 12).at, -1, "a chunk behind it");
    cr_assert_eq(say(DATA, "TAG and so on", 13).at, -1);
    cr_assert_eq(say(DATA, "\0", 1).at, -1, "padding");
}

Test(wav_length, a_length_that_wrapped_or_lies_is_unknown_from_now_on)
{
    const struct wav_length length = say(DATA / 2, "", 0);

    cr_assert_eq(length.at, 40);
    cr_assert_eq(length.n, 4);
    cr_assert_eq(length.bytes[3], 0xff);
    cr_assert_eq(say(0, "", 0).at, -1, "that is how unknown looks already");
    cr_assert_eq(say(UINT32_MAX, "", 0).at, -1);
}

Test(wav_length, what_the_file_has_not_is_missing)
{
    cr_assert_eq(say(DATA + 3 * RATE, "", 0).missing_us, 3000000);
    cr_assert_eq(say(0x7ffff000, "", 0).missing_us, 0, "a stream's");
}

Test(wav_length, rf64_says_it_elsewhere)
{
    const uint8_t ds64[28] = {0};

    start("RF64");
    put_chunk("ds64", sizeof ds64);
    const size_t at = n;
    put(ds64, sizeof ds64);
    put_chunk("data", UINT32_MAX);
    memset(file + n, 0x80, 700);
    n += 700;
    const struct wav_length length = find();
    cr_assert_eq(length.at, (int64_t)at + 8);
    cr_assert_eq(length.n, 8);
    cr_assert_eq(length.bytes[0] | length.bytes[1] << 8, 700);
}

Test(wav_length, what_is_no_wav_is_none)
{
    start("RIFX");
    cr_assert_eq(find().at, -1);
    n = 5;
    cr_assert_eq(find().at, -1);
    start("RIFF");
    put_chunk("LIST", UINT32_MAX);
    cr_assert_eq(find().at, -1);
}
