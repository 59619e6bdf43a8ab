// SPDX-License-Identifier: GPL-3.0-or-later
#include "transcoder/check/mp4_reader.h"

#include <criterion/criterion.h>

#include "common/buf.h"
#include "common/err.h"
#include "transcoder/cmaf/fragment_head.h"
#include "transcoder/cmaf/init_section.h"

static struct buf init;
static struct buf fragment;

static void set_up(void)
{
    init = buf_with_limit(4096);
    fragment = buf_with_limit(4096);
    init_section_video(&(struct init_video){.width = 640,
                                            .height = 360,
                                            .timescale = 90000,
                                            .sample_ticks = 3000,
                                            .config = slice_of("\1\x64\0\x1e\xff\xe1\0", 7)},
                       &init);
}

static void tear_down(void)
{
    buf_clear(&init);
    buf_clear(&fragment);
}

TestSuite(mp4_reader, .init = set_up, .fini = tear_down);

/* Two samples; the first one has a NAL unit of that type. */
static void make_fragment(char nal_type)
{
    const struct sample samples[] = {{9000, 9}, {12000, 6}};

    cr_assert_eq(fragment_head_append(&(struct fragment_spec){.sequence = 4,
                                                              .samples = samples,
                                                              .n_samples = 2,
                                                              .end_ticks = 15000,
                                                              .default_ticks = 3000},
                                      &fragment),
                 0);
    buf_append(&fragment, "\0\0\0\5", 4);
    buf_append_char(&fragment, nal_type);
    buf_append(&fragment, "abcd\0\0\0\2\1x", 10);
}

Test(mp4_reader, an_init_section_says_what_the_track_is)
{
    struct mp4_track t;

    cr_assert_eq(mp4_read_init(buf_slice(&init), &t), 0);
    cr_assert(t.is_video);
    cr_assert_str_eq(t.codecs, "avc1.64001e");
    cr_assert_eq(t.width, 640);
    cr_assert_eq(t.timescale, 90000);
    cr_assert_eq(t.default_ticks, 3000);
    cr_assert_eq(t.start_ticks, 0);
    cr_assert_eq(t.nal_length_bytes, 4);
}

/* Makes the box of that type in `init` larger by n bytes. */
static void grow(const char *type, uint32_t n)
{
    char *at = (char *)memmem(init.data, init.length, type, 4) - 4;
    const uint32_t size = (uint32_t)(uint8_t)at[2] << 8 | (uint8_t)at[3];

    at[2] = (char)((size + n) >> 8);
    at[3] = (char)(size + n);
}

Test(mp4_reader, an_edit_list_says_where_the_track_starts)
{
    static const char EDIT[] = "\0\0\0\x24"
                               "edts\0\0\0\x1c"
                               "elst\0\0\0\0\0\0\0\1\0\0\0\0\0\0\x17\x70\0\1\0\0";
    CLEANUP(buf_clear) struct buf edited = buf_with_limit(4096);
    struct mp4_track t;

    grow("moov", sizeof EDIT - 1);
    grow("trak", sizeof EDIT - 1);
    const char *mdia = (const char *)memmem(init.data, init.length, "mdia", 4) - 4;
    buf_append(&edited, init.data, (size_t)(mdia - init.data));
    buf_append(&edited, EDIT, sizeof EDIT - 1);
    buf_append(&edited, mdia, (size_t)(init.data + init.length - mdia));
    cr_assert_eq(mp4_read_init(buf_slice(&edited), &t), 0);
    cr_assert_eq(t.start_ticks, 6000);
}

Test(mp4_reader, av1_starts_with_a_shown_key_frame_and_the_header_of_its_configuration)
{
    static const char CONFIG[] = "\x81\x05\x0d\x00"
                                 "\x0a\x0e\x00\x00\x00\x2d\x4c\xff\xb3\xc0\x2f\x81\x01\x01\x01\x24";
    static const char FRAME[] = "\x32\x02\x10x";
    const struct sample samples[] = {{9000, sizeof CONFIG - 5 + sizeof FRAME - 1}};
    struct mp4_fragment f;
    struct mp4_track t;

    buf_reset(&init);
    init_section_video(&(struct init_video){.codec = VIDEO_AV1,
                                            .width = 1280,
                                            .height = 720,
                                            .timescale = 90000,
                                            .sample_ticks = 3000,
                                            .config = slice_of(CONFIG, sizeof CONFIG - 1)},
                       &init);
    cr_assert_eq(mp4_read_init(buf_slice(&init), &t), 0);
    cr_assert_str_eq(t.codecs, "av01.0.05M.08");
    cr_assert_eq(t.width, 1280);
    cr_assert_eq(fragment_head_append(&(struct fragment_spec){.sequence = 4,
                                                              .samples = samples,
                                                              .n_samples = 1,
                                                              .end_ticks = 12000,
                                                              .default_ticks = 3000},
                                      &fragment),
                 0);
    buf_append(&fragment, CONFIG + 4, sizeof CONFIG - 5);
    buf_append(&fragment, FRAME, sizeof FRAME - 1);
    cr_assert_eq(mp4_read_fragment(buf_slice(&fragment), &t, false, &f), 0);
    cr_assert(f.is_idr);
    fragment.data[fragment.length - 5] ^= 1; /* the sequence header's last byte */
    cr_assert_eq(mp4_read_fragment(buf_slice(&fragment), &t, false, &f), 0);
    cr_assert_not(f.is_idr, "of another stream");
}

Test(mp4_reader, sound_names_its_codec)
{
    struct mp4_track t;

    buf_reset(&init);
    init_section_audio(&(struct init_audio){.codec = INIT_SOUND_AAC,
                                            .n_channels = 2,
                                            .sample_rate = 48000,
                                            .sample_ticks = 1024,
                                            .language = "und",
                                            .codec_data = slice_of("\x11\x90", 2)},
                       &init);
    cr_assert_eq(mp4_read_init(buf_slice(&init), &t), 0);
    cr_assert_str_eq(t.codecs, "mp4a.40.2");
    cr_assert_eq(t.n_channels, 2);
    cr_assert_eq(t.sample_rate, 48000);
    cr_assert_not(t.is_video);
}

Test(mp4_reader, a_fragment_says_when_it_is_and_how_it_starts)
{
    struct mp4_fragment f;
    struct mp4_track t;

    make_fragment(5);
    cr_assert_eq(mp4_read_init(buf_slice(&init), &t), 0);
    cr_assert_eq(mp4_read_fragment(buf_slice(&fragment), &t, false, &f), 0);
    cr_assert_eq(f.sequence, 4);
    cr_assert_eq(f.decode_ticks, 9000);
    cr_assert_eq(f.duration_ticks, 6000);
    cr_assert_eq(f.first_ticks, 9000);
    cr_assert_eq(f.n_samples, 2);
    cr_assert(f.is_sync && f.is_idr);
    cr_assert_eq(f.first_sample_size, fragment.length - 6);
    cr_assert_eq(mp4_read_fragment(slice_of(fragment.data, fragment.length - 6), &t, true, &f), 0);
    cr_assert(f.is_idr, "cut behind its picture");
}

Test(mp4_reader, a_slice_that_is_no_idr_is_seen)
{
    struct mp4_fragment f;
    struct mp4_track t;

    make_fragment(1);
    cr_assert_eq(mp4_read_init(buf_slice(&init), &t), 0);
    cr_assert_eq(mp4_read_fragment(buf_slice(&fragment), &t, false, &f), 0);
    cr_assert_not(f.is_idr);
}

Test(mp4_reader, what_was_cut_or_does_not_add_up_is_refused)
{
    struct mp4_fragment f;
    struct mp4_track t;

    make_fragment(5);
    cr_assert_eq(mp4_read_init(buf_slice(&init), &t), 0);
    for (size_t n = 0; n < fragment.length; n++)
        cr_assert_eq(mp4_read_fragment(slice_of(fragment.data, n), &t, false, &f), ERR_INVALID);
    for (size_t n = 0; n < init.length; n++) {
        struct mp4_track other;
        (void)mp4_read_init(slice_of(init.data, n), &other);
    }
    t.id = 2;
    cr_assert_eq(mp4_read_fragment(buf_slice(&fragment), &t, false, &f), ERR_INVALID);
}

/* Any byte may be anything. */
Test(mp4_reader, broken_bytes_are_survived)
{
    struct mp4_track track;

    make_fragment(5);
    cr_assert_eq(mp4_read_init(buf_slice(&init), &track), 0);
    for (size_t i = 0; i < fragment.length * 8; i++) {
        struct mp4_fragment f;
        fragment.data[i / 8] = (char)(fragment.data[i / 8] ^ 1 << i % 8);
        (void)mp4_read_fragment(buf_slice(&fragment), &track, i % 2 == 0, &f);
        fragment.data[i / 8] = (char)(fragment.data[i / 8] ^ 1 << i % 8);
    }
    for (size_t i = 0; i < init.length * 8; i++) {
        struct mp4_track t;
        init.data[i / 8] = (char)(init.data[i / 8] ^ 1 << i % 8);
        (void)mp4_read_init(buf_slice(&init), &t);
        init.data[i / 8] = (char)(init.data[i / 8] ^ 1 << i % 8);
    }
}
