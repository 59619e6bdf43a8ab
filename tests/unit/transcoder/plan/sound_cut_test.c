// SPDX-License-Identifier: GPL-3.0-or-later
#include "transcoder/plan/sound_cut.h"

#include <criterion/criterion.h>

static const struct sound_cut CUT = {.sample_rate = 48000, .packet_samples = 1024};

Test(sound_cut, packets_cover_the_lecture)
{
    cr_assert_eq(sound_cut_packets(&CUT, 1024 * 1000000LL / 48000), 1);
    cr_assert_eq(sound_cut_packets(&CUT, 1), 1);
    cr_assert_eq(sound_cut_packets(&CUT, 64 * 1000000LL), 3000);
    cr_assert_eq(sound_cut_packets(&CUT, 64 * 1000000LL + 1), 3001);
}

Test(sound_cut, segments_are_2_2_and_then_6_s_without_drift)
{
    const int64_t n = 1000000;

    cr_assert_eq(sound_cut_segment_end(&CUT, 0, n), 94);
    cr_assert_eq(sound_cut_segment_end(&CUT, 1, n), 188);
    cr_assert_eq(sound_cut_segment_end(&CUT, 2, n), 469);
    cr_assert_eq(sound_cut_segment_end(&CUT, 601, n), 168938, "3604 s, nearest");
}

Test(sound_cut, every_length_ends_in_a_segment_that_rounds_to_the_target)
{
    for (int64_t n = 1; n < 2000; n++) {
        int64_t at = 0;
        for (size_t segment = 0; at < n; segment++) {
            const int64_t end = sound_cut_segment_end(&CUT, segment, n);
            cr_assert_gt(end, at);
            cr_assert_lt((end - at) * 1024, 48000 * 65 / 10);
            at = end;
        }
        cr_assert_eq(at, n);
    }
}

Test(sound_cut, parts_end_early_at_first)
{
    cr_assert_eq(sound_cut_parts(&CUT, 100), 1);
    cr_assert_eq(sound_cut_parts(&CUT, 1000), 3);
    cr_assert(sound_cut_ends_part(2));
    cr_assert_not(sound_cut_ends_part(3));
    cr_assert_leq(sound_cut_parts(&CUT, sound_cut_packets(&CUT, 12 * 3600 * 1000000LL)), 200);
}
