// SPDX-License-Identifier: GPL-3.0-or-later
#include "transcoder/cmaf/init_section.h"

#include <criterion/criterion.h>

static struct buf out;

static void set_up(void)
{
    out = buf_with_limit(INIT_SECTION_LIMIT);
}

static void tear_down(void)
{
    buf_clear(&out);
}

TestSuite(init_section, .init = set_up, .fini = tear_down);

static uint32_t u32_of(const char *at)
{
    const unsigned char *b = (const unsigned char *)at;

    return (uint32_t)b[0] << 24 | (uint32_t)b[1] << 16 | (uint32_t)b[2] << 8 | b[3];
}

/* Walks boxes and checks that sizes fit into each other. */
static void check_boxes(const char *data, size_t length, int depth)
{
    static const char *const CONTAINERS[] = {"moov", "trak", "edts", "mdia",
                                             "minf", "dinf", "stbl", "mvex"};

    while (length > 0) {
        cr_assert_geq(length, 8);
        const uint32_t size = u32_of(data);
        cr_assert_geq(size, 8);
        cr_assert_leq(size, length);
        for (size_t i = 0; i < 8; i++) {
            if (memcmp(data + 4, CONTAINERS[i], 4) == 0)
                check_boxes(data + 8, size - 8, depth + 1);
        }
        data += size;
        length -= size;
    }
}

static struct init_video video(void)
{
    return (struct init_video){.width = 426,
                               .height = 240,
                               .timescale = 10000,
                               .sample_ticks = 400,
                               .colour = {1, 1, 1, false},
                               .config = slice_from("0123456789")};
}

Test(init_section, boxes_fit_into_each_other_and_stay_under_1_kib)
{
    const struct init_video track = video();

    init_section_video(&track, &out);
    cr_assert_eq(out.err, 0);
    cr_assert_lt(out.length, 1024);
    check_boxes(out.data, out.length, 0);
}

Test(init_section, there_is_no_edit_list_that_players_read_differently)
{
    const struct init_video track = video();

    init_section_video(&track, &out);
    cr_assert_null(memmem(out.data, out.length, "elst", 4));
}

Test(init_section, sound_says_its_rate_and_configuration)
{
    const struct init_audio track = {.codec = INIT_SOUND_AAC,
                                     .n_channels = 1,
                                     .sample_rate = 24000,
                                     .sample_ticks = 1024,
                                     .language = "vie",
                                     .codec_data = slice_of("\x13\x08", 2)};

    init_section_audio(&track, &out);
    check_boxes(out.data, out.length, 0);
    const char *esds = memmem(out.data, out.length, "esds", 4);
    cr_assert_not_null(esds);
    cr_assert_not_null(memmem(esds, 40, "\x05\x02\x13\x08\x06\x01\x02", 7));
    cr_assert_not_null(memmem(out.data, out.length, "\x59\x25\0\0", 4), "vie, packed");
}
