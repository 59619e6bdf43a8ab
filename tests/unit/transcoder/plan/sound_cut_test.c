// SPDX-License-Identifier: GPL-3.0-or-later
#include "transcoder/plan/sound_cut.h"

#include <criterion/criterion.h>

static const struct sound_cut CUT = {.sample_rate = 48000, .packet_samples = 1024};

/* The packets of all rungs that there are, from the shortest to the longest. */
static const struct sound_cut CUTS[] = {
    {48000, 1024}, {32000, 1024}, {24000, 1024}, {48000, 2880}, {16000, 1024}};

enum { N_CUTS = sizeof CUTS / sizeof CUTS[0] };

Test(sound_cut, packets_cover_the_lecture)
{
    cr_assert_eq(sound_cut_packets(&CUT, 1024 * 1000000LL / 48000), 1);
    cr_assert_eq(sound_cut_packets(&CUT, 1), 1);
    cr_assert_eq(sound_cut_packets(&CUT, 64 * 1000000LL), 3000);
    cr_assert_eq(sound_cut_packets(&CUT, 64 * 1000000LL + 1), 3001);
}

Test(sound_cut, segments_are_2_2_and_then_6_s_without_drift)
{
    const int64_t duration_us = 20000 * 1000000LL;

    cr_assert_eq(sound_cut_segment_end(&CUT, 0, duration_us), 94);
    cr_assert_eq(sound_cut_segment_end(&CUT, 1, duration_us), 188);
    cr_assert_eq(sound_cut_segment_end(&CUT, 2, duration_us), 469);
    cr_assert_eq(sound_cut_segment_end(&CUT, 601, duration_us), 168938, "3604 s, nearest");
}

Test(sound_cut, every_length_ends_in_a_segment_that_rounds_to_the_target)
{
    for (int64_t us = 1; us < 40 * 1000000LL; us += 13337) {
        for (size_t i = 0; i < N_CUTS; i++) {
            const struct sound_cut *cut = &CUTS[i];
            const size_t n_segments = sound_cut_segments(us);
            int64_t at = 0;
            for (size_t segment = 0; segment < n_segments; segment++) {
                const int64_t end = sound_cut_segment_end(cut, segment, us);
                cr_assert_gt(end, at, "%zu of %zu at %lld", segment, n_segments, (long long)us);
                cr_assert_lt((end - at) * cut->packet_samples * 10, cut->sample_rate * 65LL);
                at = end;
            }
            cr_assert_eq(at, sound_cut_packets(cut, us));
        }
    }
}

Test(sound_cut, parts_end_early_at_first)
{
    cr_assert_eq(sound_cut_parts(2 * 1000000LL), 1);
    cr_assert_eq(sound_cut_parts(21 * 1000000LL), 3);
    cr_assert(sound_cut_ends_part(2));
    cr_assert_not(sound_cut_ends_part(3));
    cr_assert_leq(sound_cut_parts(12 * 3600 * 1000000LL), 200);
}
