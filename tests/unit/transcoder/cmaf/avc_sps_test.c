// SPDX-License-Identifier: GPL-3.0-or-later
#include "transcoder/cmaf/avc_sps.h"

#include <criterion/criterion.h>

#define BYTES(text) slice_of(text, sizeof text - 1)

/* As x264 writes it, 640x360, ticks of 1/20000 s: with two bytes that keep a start code out. */
#define BEFORE_TIMING "\x67\x64\x00\x1e\xac\xc8\x60\x28\x0b\xfe\x5c\x05\xa8\x30\x08\x32\x00\x00\x03"
#define IN_TICKS      BEFORE_TIMING "\x00\x02\x00\x00\x9c\x40\x1e\x2c\x5b\x34"
/* Two ticks of 400/20000 s each. */
#define IN_FRAMES BEFORE_TIMING "\x03\x20\x00\x00\x9c\x40\x1e\x2c\x5b\x34"

static const struct avc_clock CLOCK = {400, 10000};

static void check(struct slice nal, const struct avc_clock *clock, struct slice expected)
{
    CLEANUP(buf_clear) struct buf out = buf_with_limit(100);

    cr_assert_eq(avc_sps_append(nal, clock, &out), 0);
    cr_assert(slice_equals(buf_slice(&out), expected));
}

/* WebKitGTK took frames of a rung with 25 slots a second for 0.1 ms long. */
Test(avc_sps, frames_last_what_the_track_says)
{
    check(BYTES(IN_TICKS), &CLOCK, BYTES(IN_FRAMES));
    check(BYTES(IN_FRAMES), &CLOCK, BYTES(IN_FRAMES));
    check(BYTES(IN_FRAMES), &(struct avc_clock){1, 10000}, BYTES(IN_TICKS));
}

Test(avc_sps, a_set_for_frames_that_are_never_reordered)
{
    /* 1270x720, order type 2, cropped */
    check(BYTES("\x67\x64\x00\x28\xac\xb3\x80\xa0\x0b\x7c\xde\x02\xd4\x04\x04\x05\x00\x00\x03\x00"
                "\x01\x00\x00\x4e\x48\x0f\x18\x32\x78"),
          &(struct avc_clock){2004, 10020},
          BYTES("\x67\x64\x00\x28\xac\xb3\x80\xa0\x0b\x7c\xde\x02\xd4\x04\x04\x05\x00\x00\x07\xd4"
                "\x00\x00\x4e\x48\x0f\x18\x32\x78"));
}

Test(avc_sps, one_that_ends_too_early_stays_as_it_is)
{
    for (size_t n = 0; n + 5 < sizeof IN_TICKS - 1; n++)
        check(slice_of(IN_TICKS, n), &CLOCK, slice_of(IN_TICKS, n));
}

Test(avc_sps, whatever_the_bytes_are_there_is_an_answer)
{
    for (size_t at = 1; at < sizeof IN_TICKS - 1; at++) {
        for (int value = 0; value < 256; value++) {
            CLEANUP(buf_clear) struct buf out = buf_with_limit(100);
            char nal[] = IN_TICKS;
            nal[at] = (char)value;
            cr_assert_eq(avc_sps_append(BYTES(nal), &CLOCK, &out), 0);
            cr_assert_gt(out.length, 0);
        }
    }
}
