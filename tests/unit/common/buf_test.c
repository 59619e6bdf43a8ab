// SPDX-License-Identifier: GPL-3.0-or-later
#include "common/buf.h"

#include <criterion/criterion.h>

#include "common/err.h"
#include "tests/unit/support/fail_alloc.h"

Test(buf, what_is_appended_stands_there_terminated)
{
    CLEANUP(buf_clear) struct buf b = buf_with_limit(1000);

    buf_append_text(&b, "bản");
    buf_append_char(&b, ' ');
    buf_append_slice(&b, slice_from("mai"));
    buf_append(&b, NULL, 0);
    buf_printf(&b, " %d", 7);
    cr_assert_str_eq(b.data, "bản mai 7");
    cr_assert_eq(b.length, strlen("bản mai 7"));
    cr_assert_eq(b.err, 0);
    cr_assert(slice_is(buf_slice(&b), "bản mai 7"));
}

Test(buf, the_cap_can_be_reached_but_not_passed)
{
    CLEANUP(buf_clear) struct buf b = buf_with_limit(5);

    buf_append_text(&b, "12345");
    cr_assert_eq(b.err, 0);
    cr_assert_eq(b.length, 5);
    buf_append_char(&b, '6');
    cr_assert_eq(b.err, ERR_TOO_LARGE);
    cr_assert_str_eq(b.data, "12345");
}

Test(buf, the_first_failure_sticks_until_reset)
{
    CLEANUP(buf_clear) struct buf b = buf_with_limit(3);

    buf_append_text(&b, "1234");
    cr_assert_eq(b.err, ERR_TOO_LARGE);
    buf_append_text(&b, "1");
    buf_printf(&b, "%d", 1);
    cr_assert_null(buf_reserve(&b, 1));
    cr_assert_eq(b.length, 0, "nothing is appended after a failure");
    buf_reset(&b);
    buf_append_text(&b, "123");
    cr_assert_eq(b.err, 0);
    cr_assert_str_eq(b.data, "123");
}

Test(buf, it_grows_through_many_appends)
{
    CLEANUP(buf_clear) struct buf b = buf_with_limit(100000);

    for (int i = 0; i < 100000; i++)
        buf_append_char(&b, (char)('a' + i % 26));
    cr_assert_eq(b.err, 0);
    cr_assert_eq(b.length, 100000);
    for (int i = 0; i < 100000; i++)
        cr_assert_eq(b.data[i], (char)('a' + i % 26));
    cr_assert_leq(b.capacity, 100001, "no more than the cap can use");
}

Test(buf, formatted_text_may_be_longer_than_the_small_buffer)
{
    CLEANUP(buf_clear) struct buf b = buf_with_limit(2000);

    for (int width = 250; width <= 260; width++) {
        buf_reset(&b);
        buf_printf(&b, "%*d", width, 7);
        cr_assert_eq(b.length, (size_t)width);
        cr_assert_eq(b.data[width - 1], '7');
        cr_assert_eq(b.data[width], '\0');
    }
    buf_printf(&b, "%*d", 1900, 7);
    cr_assert_eq(b.err, ERR_TOO_LARGE);
}

Test(buf, integers_are_big_endian)
{
    CLEANUP(buf_clear) struct buf b = buf_with_limit(100);
    static const unsigned char WANTED[] = {0x01, 0x02, 0x03, 0x04, 0x05, 0x06, 0x07, 0x08,
                                           0x09, 0x0a, 0x0b, 0x0c, 0x0d, 0x0e, 0x0f};

    buf_append_u8(&b, 0x01);
    buf_append_u16(&b, 0x0203);
    buf_append_u32(&b, 0x04050607);
    buf_append_u64(&b, 0x08090a0b0c0d0e0f);
    cr_assert_eq(b.length, sizeof WANTED);
    cr_assert_arr_eq(b.data, WANTED, sizeof WANTED);
}

Test(buf, reserved_room_is_for_the_caller_to_fill)
{
    CLEANUP(buf_clear) struct buf b = buf_with_limit(10);

    char *room = buf_reserve(&b, 10);
    cr_assert_not_null(room);
    memcpy(room, "0123456789", 10);
    buf_commit(&b, 10);
    cr_assert(slice_is(buf_slice(&b), "0123456789"));
    cr_assert_not_null(buf_reserve(&b, 0));
    cr_assert_null(buf_reserve(&b, 1));
    cr_assert_eq(b.err, ERR_TOO_LARGE);
}

Test(buf, what_was_reserved_and_not_used_left_the_text_unterminated)
{
    CLEANUP(buf_clear) struct buf b = buf_with_limit(1000);

    memset(buf_reserve(&b, 900), 'x', 900);
    buf_commit(&b, 3);
    cr_assert_str_eq(b.data, "xxx");
    memset(buf_reserve(&b, 500), 'y', 500);
    buf_commit(&b, 0);
    cr_assert_str_eq(b.data, "xxx");
}

Test(buf, consuming_removes_from_the_front)
{
    CLEANUP(buf_clear) struct buf b = buf_with_limit(10);

    buf_consume(&b, 3);
    buf_append_text(&b, "abcdef");
    buf_consume(&b, 2);
    cr_assert_str_eq(b.data, "cdef");
    buf_consume(&b, 100);
    cr_assert_str_eq(b.data, "");
    cr_assert_eq(b.length, 0);
}

Test(buf, clearing_keeps_the_cap)
{
    struct buf b = buf_with_limit(4);

    buf_append_text(&b, "12345");
    buf_clear(&b);
    cr_assert_eq(b.err, 0);
    cr_assert_null(b.data);
    cr_assert_eq(b.limit, 4);
    buf_append_text(&b, "1234");
    cr_assert_eq(b.err, 0);
    buf_clear(&b);
    buf_clear(&b);
}

Test(buf, memory_that_is_short_sticks_and_keeps_what_was_there)
{
    for (size_t n = 0; fail_alloc_again(&n);) {
        CLEANUP(buf_clear) struct buf b = buf_with_limit(5000);
        size_t length = 0;
        fail_alloc_start(n);
        for (int i = 0; i < 400; i++) {
            length = b.err ? length : b.length;
            buf_printf(&b, "line %d\n", i);
        }
        if (fail_alloc_stop()) {
            cr_assert_eq(b.err, ERR_NO_MEMORY);
            cr_assert_eq(b.length, length);
        } else {
            cr_assert_eq(b.err, 0);
        }
    }
}
