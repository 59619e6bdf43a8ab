// SPDX-License-Identifier: GPL-3.0-or-later
#include "transcoder/cmaf/fragment_head.h"

#include <criterion/criterion.h>

#include "common/err.h"

static struct buf out;

static void set_up(void)
{
    out = buf_with_limit(1 << 20);
}

static void tear_down(void)
{
    buf_clear(&out);
}

TestSuite(fragment_head, .init = set_up, .fini = tear_down);

static uint32_t u32_at(size_t at)
{
    const unsigned char *b = (const unsigned char *)out.data + at;

    return (uint32_t)b[0] << 24 | (uint32_t)b[1] << 16 | (uint32_t)b[2] << 8 | b[3];
}

/* Where the content of the first box of that type begins. */
static size_t find(const char *type)
{
    const char *at = memmem(out.data, out.length, type, 4);

    cr_assert_not_null(at, "no %s", type);
    return (size_t)(at - out.data) + 4;
}

/* I0 P3 B1 B2 at 100 ticks each. */
static const struct sample REORDERED[] = {{0, 50}, {300, 20}, {100, 5}, {200, 6}};

static struct fragment_spec spec_of(const struct sample *samples, size_t n, int64_t end)
{
    return (struct fragment_spec){
        .sequence = 7, .samples = samples, .n_samples = n, .end_ticks = end, .default_ticks = 100};
}

Test(fragment_head, tfdt_is_when_the_first_frame_is_shown)
{
    static const struct sample LATER[] = {{5000, 1}, {5100, 1}};
    struct fragment_spec spec = spec_of(LATER, 2, 5200);

    cr_assert_eq(fragment_head_append(&spec, &out), 0);
    cr_assert_eq(u32_at(find("mfhd") + 4), 7);
    cr_assert_eq(u32_at(find("tfdt")), 0, "version 0");
    cr_assert_eq(u32_at(find("tfdt") + 4), 5000);
}

Test(fragment_head, times_beyond_32_bits_get_a_wide_tfdt)
{
    const struct sample far[] = {{INT64_C(1) << 33, 1}};
    struct fragment_spec spec = spec_of(far, 1, (INT64_C(1) << 33) + 100);

    cr_assert_eq(fragment_head_append(&spec, &out), 0);
    cr_assert_eq(u32_at(find("tfdt")), 0x01000000);
    cr_assert_eq(u32_at(find("tfdt") + 4), 2);
    cr_assert_eq(u32_at(find("tfdt") + 8), 0);
}

Test(fragment_head, evenly_spaced_frames_cost_4_bytes)
{
    static const struct sample EVEN[] = {{0, 50}, {100, 20}, {200, 5}, {300, 6}};
    struct fragment_spec spec = spec_of(EVEN, 4, 400);

    cr_assert_eq(fragment_head_append(&spec, &out), 0);
    const size_t trun = find("trun");
    cr_assert_eq(u32_at(trun), 0x205, "data offset, first flags, sizes");
    cr_assert_eq(u32_at(trun + 4), 4);
    cr_assert_eq(u32_at(trun + 12), 0x02000000, "the first frame is a sync sample");
    for (size_t i = 0; i < 4; i++)
        cr_assert_eq(u32_at(trun + 16 + 4 * i), EVEN[i].size_bytes);
    cr_assert_eq(u32_at(trun + 8), out.length - 0, "data follow the header of mdat");
    cr_assert_eq(u32_at(out.length - 8), 8 + 50 + 20 + 5 + 6);
}

Test(fragment_head, reordered_frames_are_decoded_early_and_shown_from_the_start_on)
{
    struct fragment_spec spec = spec_of(REORDERED, 4, 400);
    static const uint32_t DURATIONS[] = {50, 50, 100, 200};
    static const uint32_t OFFSETS[] = {0, 250, 0, 0};

    cr_assert_eq(fragment_head_append(&spec, &out), 0);
    const size_t trun = find("trun");
    cr_assert_eq(u32_at(trun), 0xb05, "data offset, first flags, durations, sizes, offsets");
    for (size_t i = 0; i < 4; i++) {
        cr_assert_eq(u32_at(trun + 16 + 12 * i), DURATIONS[i], "duration of frame %zu", i);
        cr_assert_eq(u32_at(trun + 20 + 12 * i), REORDERED[i].size_bytes);
        cr_assert_eq(u32_at(trun + 24 + 12 * i), OFFSETS[i], "offset of frame %zu", i);
    }
}

Test(fragment_head, sound_costs_4_bytes_a_packet)
{
    static const struct sample PACKETS[] = {{0, 100}, {1024, 101}, {2048, 99}};
    struct fragment_spec spec = {.samples = PACKETS,
                                 .n_samples = 3,
                                 .end_ticks = 3072,
                                 .default_ticks = 1024,
                                 .is_audio = true};

    cr_assert_eq(fragment_head_append(&spec, &out), 0);
    cr_assert_eq(u32_at(find("trun")), 0x201);
    cr_assert_eq(u32_at(find("tfhd")), 0x020000, "durations are the init section's");
}

Test(fragment_head, uneven_spacing_is_written_for_each_frame)
{
    static const struct sample HELD[] = {{0, 1}, {100, 1}, {500, 1}};
    struct fragment_spec spec = spec_of(HELD, 3, 600);
    static const uint32_t DURATIONS[] = {100, 400, 100};

    cr_assert_eq(fragment_head_append(&spec, &out), 0);
    const size_t trun = find("trun");
    cr_assert_neq(u32_at(trun) & 0x100, 0);
    for (size_t i = 0; i < 3; i++)
        cr_assert_eq(u32_at(trun + 16 + 8 * i), DURATIONS[i]);
}

/* Frames of one fragment in decode order: each is followed by `depth` that are shown before it. */
static void shuffle(struct sample *samples, size_t n, size_t depth, int64_t spacing)
{
    for (size_t i = 0; i < n; i++) {
        const size_t place = i == 0 ? 0 : (i - 1) % (depth + 1);
        const size_t shown = i == 0 ? 0 : place == 0 ? i + depth : i - 1;
        samples[i] = (struct sample){.pts_ticks = (int64_t)shown * spacing, .size_bytes = 1};
    }
}

Test(fragment_head, no_frame_is_late_and_the_times_fill_the_fragment)
{
    struct sample samples[61];

    for (size_t depth = 1; depth <= 5; depth++) {
        const size_t n = 1 + 10 * (depth + 1);
        struct fragment_spec spec = spec_of(samples, n, (int64_t)n * 400);
        int64_t decode = 0;
        shuffle(samples, n, depth, 400);
        buf_reset(&out);
        cr_assert_eq(fragment_head_append(&spec, &out), 0);
        const size_t trun = find("trun");
        for (size_t i = 0; i < n; i++) {
            const int64_t offset = (int32_t)u32_at(trun + 24 + 12 * i);
            cr_assert_geq(offset, 0);
            cr_assert_eq(decode + offset, samples[i].pts_ticks, "frame %zu of depth %zu", i, depth);
            cr_assert_geq(u32_at(trun + 16 + 12 * i), 200U, "a step that looks like a gap");
            decode += u32_at(trun + 16 + 12 * i);
        }
        cr_assert_eq(decode, (int64_t)n * 400);
    }
}

Test(fragment_head, a_reordered_run_moves_no_frame_before_it)
{
    static const struct sample RUN[] = {{0, 1},    {1000, 1}, {2000, 1},
                                        {2600, 1}, {2200, 1}, {2400, 1}};
    static const uint32_t DURATIONS[] = {1000, 1000, 100, 100, 200, 400};
    struct fragment_spec spec = spec_of(RUN, 6, 2800);

    cr_assert_eq(fragment_head_append(&spec, &out), 0);
    const size_t trun = find("trun");
    for (size_t i = 0; i < 6; i++)
        cr_assert_eq(u32_at(trun + 16 + 12 * i), DURATIONS[i], "%zu", i);
}

Test(fragment_head, frames_without_room_to_be_decoded_in_are_refused)
{
    static const struct sample CLOSE[] = {{0, 1}, {3, 1}, {2, 1}, {1, 1}};
    struct fragment_spec spec = spec_of(CLOSE, 4, 4);

    cr_assert_eq(fragment_head_append(&spec, &out), ERR_INVALID);
}

Test(fragment_head, samples_out_of_their_fragment_are_refused)
{
    static const struct sample LATE[] = {{0, 1}, {400, 1}};
    static const struct sample TWICE[] = {{0, 1}, {0, 1}};
    static const struct sample NOT_FIRST[] = {{100, 1}, {0, 1}};
    struct fragment_spec spec = spec_of(LATE, 2, 400);

    cr_assert_eq(fragment_head_append(&spec, &out), ERR_INVALID);
    spec = spec_of(TWICE, 2, 400);
    cr_assert_eq(fragment_head_append(&spec, &out), ERR_INVALID);
    spec = spec_of(NOT_FIRST, 2, 400);
    cr_assert_eq(fragment_head_append(&spec, &out), ERR_INVALID);
    spec = spec_of(LATE, 0, 400);
    cr_assert_eq(fragment_head_append(&spec, &out), ERR_INVALID);
    cr_assert_eq(out.length, 0);
}
