// SPDX-License-Identifier: GPL-3.0-or-later
#include "transcoder/video/tone_map.h"

#include <criterion/criterion.h>

enum { SIDE = 16 };

static const struct tone_map_form PQ = {AVCOL_TRC_SMPTE2084, true, true, false, false};
static const struct tone_map_form HLG = {AVCOL_TRC_ARIB_STD_B67, true, true, false, false};
static const struct tone_map_form PLAIN = {AVCOL_TRC_BT709, true, true, false, false};

struct codes {
    int y, cb, cr;
};

/* What becomes of a picture of one colour. */
static struct codes map_codes(const struct tone_map_form *form, struct codes from)
{
    CLEANUP(tone_map_free) struct tone_map *map = NULL;
    uint8_t out[3][SIDE * SIDE] = {{0}};
    uint8_t *const planes[3] = {out[0], out[1], out[2]};
    const int strides[3] = {SIDE, SIDE / 2, SIDE / 2};
    const int codes[3] = {from.y, from.cb, from.cr};
    AVFrame *picture = av_frame_alloc();

    picture->format = AV_PIX_FMT_YUV420P10;
    picture->width = SIDE;
    picture->height = SIDE;
    cr_assert_eq(av_frame_get_buffer(picture, 0), 0);
    for (int p = 0; p < 3; p++) {
        const int side = p ? SIDE / 2 : SIDE;
        for (int y = 0; y < side; y++) {
            uint16_t *line =
                (uint16_t *)(void *)(picture->data[p] + (ptrdiff_t)y * picture->linesize[p]);
            for (int x = 0; x < side; x++)
                line[x] = (uint16_t)codes[p];
        }
    }
    cr_assert_eq(tone_map_new(form, &map), 0);
    tone_map_apply(map, picture, planes, strides);
    av_frame_free(&picture);
    for (int i = 1; i < SIDE * SIDE; i++)
        cr_assert_eq(out[0][i], out[0][0], "pixel %d", i);
    for (int i = 1; i < SIDE * SIDE / 4; i++)
        cr_assert(out[1][i] == out[1][0] && out[2][i] == out[2][0], "pixel %d", i);
    return (struct codes){out[0][0], out[1][0], out[2][0]};
}

static int map_grey(const struct tone_map_form *form, int luma)
{
    const struct codes codes = map_codes(form, (struct codes){luma, 512, 512});

    cr_expect_eq(codes.cb, 128);
    cr_expect_eq(codes.cr, 128);
    return codes.y;
}

static void expect_near(int value, int expected, int delta, const char *what)
{
    cr_expect(value >= expected - delta && value <= expected + delta, "%s: %d, not %d", what, value,
              expected);
}

Test(tone_map, black_is_black_and_the_peak_is_white)
{
    expect_near(map_grey(&PQ, 64), 16, 0, "PQ black");
    expect_near(map_grey(&PQ, 723), 235, 1, "PQ 1000 cd/m2");
    expect_near(map_grey(&PQ, 940), 235, 0, "PQ 10000 cd/m2");
    expect_near(map_grey(&HLG, 64), 16, 0, "HLG black");
    expect_near(map_grey(&HLG, 940), 235, 1, "HLG peak");
    expect_near(map_grey(&PLAIN, 940), 235, 1, "plain white");
}

Test(tone_map, white_paper_leaves_room_for_highlights)
{
    expect_near(map_grey(&PQ, 573), 213, 3, "PQ 203 cd/m2");
    expect_near(map_grey(&HLG, 721), 213, 3, "HLG 75 %");
}

Test(tone_map, a_plain_curve_stays_as_it_is)
{
    for (int luma = 64; luma <= 940; luma += 12)
        expect_near(map_grey(&PLAIN, luma), 16 + (luma - 64) / 4, 1, "plain grey");
}

Test(tone_map, lighter_never_becomes_darker)
{
    const struct tone_map_form *forms[] = {&PQ, &HLG, &PLAIN};

    for (size_t i = 0; i < 3; i++) {
        int before = 0;
        for (int luma = 0; luma <= 1023; luma += 31) {
            const int now = map_grey(forms[i], luma);
            cr_expect_geq(now, before, "form %zu, luma %d", i, luma);
            before = now;
        }
    }
}

/* BT.2020's red is redder than BT.709 has it: it becomes BT.709's, not something else. */
Test(tone_map, colours_beyond_the_gamut_keep_their_hue)
{
    const struct codes red = map_codes(&PLAIN, (struct codes){294, 387, 960});

    cr_expect_lt(red.cb, 128);
    cr_expect_gt(red.cr, 220);
    expect_near(red.y, 63, 3, "luma of red");
}

static const struct tone_map_form P3 = {.transfer = AVCOL_TRC_BT709, .has_p3_primaries = true};

/* R 0.8, G 0.4, B 0.3 of Display P3 is R 0.858, G 0.368, B 0.264 of BT.709. */
Test(tone_map, display_p3_becomes_the_same_colour_in_the_smaller_gamut)
{
    const struct codes salmon = map_codes(&P3, (struct codes){483, 426, 695});

    expect_near(salmon.y, 118, 1, "luma");
    expect_near(salmon.cb, 104, 1, "Cb");
    expect_near(salmon.cr, 184, 1, "Cr");
    for (int luma = 64; luma <= 940; luma += 12)
        expect_near(map_grey(&P3, luma), 16 + (luma - 64) / 4, 1, "grey");
}

Test(tone_map, any_code_is_a_colour)
{
    static const int CODES[] = {0, 1, 63, 512, 1022, 1023, 65535};

    for (size_t i = 0; i < sizeof CODES / sizeof CODES[0]; i++) {
        const struct codes codes =
            map_codes(&PQ, (struct codes){CODES[i], CODES[(i + 3) % 7], CODES[(i + 5) % 7]});
        cr_expect(codes.y >= 16 && codes.y <= 235, "%zu: %d", i, codes.y);
    }
}

static bool needs(enum AVColorTransferCharacteristic transfer, enum AVColorSpace matrix,
                  struct tone_map_form *ret_form)
{
    AVFrame *picture = av_frame_alloc();

    picture->color_trc = transfer;
    picture->colorspace = matrix;
    const bool is_needed = tone_map_is_needed(picture, ret_form);
    av_frame_free(&picture);
    return is_needed;
}

/* RGB has no matrix of its own: what it says of one is nothing or "RGB". */
Test(tone_map, pictures_in_rgb_need_one_too)
{
    AVFrame *picture = av_frame_alloc();
    struct tone_map_form form;

    picture->format = AV_PIX_FMT_GBRP10;
    picture->colorspace = AVCOL_SPC_RGB;
    picture->color_primaries = AVCOL_PRI_BT2020;
    picture->color_trc = AVCOL_TRC_SMPTE2084;
    cr_expect(tone_map_is_needed(picture, &form));
    cr_expect(form.has_wide_primaries && !form.has_wide_matrix);
    cr_expect_eq(form.transfer, AVCOL_TRC_SMPTE2084);
    picture->color_trc = AVCOL_TRC_BT2020_10;
    cr_expect(tone_map_is_needed(picture, &form), "a wide gamut alone");
    picture->color_primaries = AVCOL_PRI_BT709;
    picture->color_trc = AVCOL_TRC_IEC61966_2_1;
    cr_expect_not(tone_map_is_needed(picture, &form), "a screen recording");
    av_frame_free(&picture);
}

Test(tone_map, pictures_in_display_p3_need_one)
{
    AVFrame *picture = av_frame_alloc();
    struct tone_map_form form;

    picture->color_primaries = AVCOL_PRI_SMPTE432;
    picture->color_trc = AVCOL_TRC_IEC61966_2_1;
    picture->colorspace = AVCOL_SPC_BT709;
    cr_expect(tone_map_is_needed(picture, &form));
    cr_expect(form.has_p3_primaries && !form.has_wide_primaries && !form.has_old_matrix);
    picture->colorspace = AVCOL_SPC_SMPTE170M;
    cr_expect(tone_map_is_needed(picture, &form));
    cr_expect(form.has_old_matrix && !form.has_wide_matrix);
    picture->color_trc = AVCOL_TRC_SMPTE2084;
    cr_expect(tone_map_is_needed(picture, &form));
    cr_expect(form.has_p3_primaries && !form.has_wide_primaries);
    av_frame_free(&picture);
}

Test(tone_map, ordinary_pictures_need_none)
{
    struct tone_map_form form;

    cr_expect_not(needs(AVCOL_TRC_BT709, AVCOL_SPC_BT709, &form));
    cr_expect_not(needs(AVCOL_TRC_UNSPECIFIED, AVCOL_SPC_UNSPECIFIED, &form));
    cr_expect_not(needs(AVCOL_TRC_SMPTE170M, AVCOL_SPC_SMPTE170M, &form));
    cr_expect(needs(AVCOL_TRC_BT2020_10, AVCOL_SPC_BT2020_NCL, &form));
    cr_expect(form.has_wide_matrix && form.transfer == AVCOL_TRC_BT709);
    cr_expect(needs(AVCOL_TRC_SMPTE2084, AVCOL_SPC_UNSPECIFIED, &form));
    cr_expect(form.has_wide_matrix && form.has_wide_primaries);
    cr_expect(needs(AVCOL_TRC_ARIB_STD_B67, AVCOL_SPC_BT709, &form));
    cr_expect_not(form.has_wide_matrix);
}
