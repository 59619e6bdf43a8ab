// SPDX-License-Identifier: GPL-3.0-or-later
#include "transcoder/video/scaler.h"

#include <criterion/criterion.h>

#include "common/err.h"

static struct plan_picture plan;
static struct scaler *scaler;
static AVFrame *picture;
static AVFrame *out;

static void set_up(void)
{
    plan = (struct plan_picture){.width = 640, .height = 360, .n_rungs = 2};
    plan.rungs[0] = (struct rung){.width = 426, .height = 240};
    plan.rungs[1] = (struct rung){.width = 640, .height = 360};
    cr_assert_eq(scaler_new(&plan, &scaler), 0);
    picture = av_frame_alloc();
    out = av_frame_alloc();
}

static void tear_down(void)
{
    scaler_free(scaler);
    av_frame_free(&picture);
    av_frame_free(&out);
}

TestSuite(scaler, .init = set_up, .fini = tear_down);

/* A picture of one grey. */
static void fill(int width, int height, int format, int luma)
{
    picture->width = width;
    picture->height = height;
    picture->format = format;
    picture->sample_aspect_ratio = (AVRational){1, 1};
    cr_assert_geq(av_frame_get_buffer(picture, 0), 0);
    memset(picture->data[0], luma, (size_t)(picture->linesize[0] * height));
    for (int i = 1; i < 3; i++)
        memset(picture->data[i], 128, (size_t)(picture->linesize[i] * height / 2));
}

static int luma_at(int x, int y)
{
    return out->data[0][y * out->linesize[0] + x];
}

Test(scaler, each_rung_has_its_size)
{
    fill(640, 360, AV_PIX_FMT_YUV420P, 100);
    scaler_set(scaler, picture);
    cr_assert_eq(scaler_get(scaler, 0, out), 0);
    cr_assert_eq(out->width, 426);
    cr_assert_eq(out->height, 240);
    cr_assert_eq(luma_at(200, 100), 100);
    av_frame_unref(out);
    cr_assert_eq(scaler_get(scaler, 1, out), 0);
    cr_assert_eq(out->width, 640);
    cr_assert_eq(luma_at(639, 359), 100);
}

Test(scaler, full_range_becomes_limited)
{
    fill(640, 360, AV_PIX_FMT_YUVJ420P, 255);
    scaler_set(scaler, picture);
    cr_assert_eq(scaler_get(scaler, 1, out), 0);
    cr_assert(abs(luma_at(10, 10) - 235) <= 1, "white is %d", luma_at(10, 10));
    cr_assert_eq(out->format, AV_PIX_FMT_YUV420P);
}

Test(scaler, another_shape_gets_black_bars)
{
    fill(360, 360, AV_PIX_FMT_YUV420P, 200);
    scaler_set(scaler, picture);
    cr_assert_eq(scaler_get(scaler, 1, out), 0);
    cr_assert_eq(luma_at(320, 180), 200);
    cr_assert_eq(luma_at(5, 180), 16);
    cr_assert_eq(luma_at(634, 180), 16);
}

/* libswscale writes whole vectors: beside a picture whose width is none stood a bright stripe. */
Test(scaler, nothing_but_black_stands_beside_a_picture)
{
    for (int width = 100; width < 640; width += 27) {
        fill(width, 480, AV_PIX_FMT_YUV420P, 235);
        memset(picture->data[1], 240, (size_t)(picture->linesize[1] * 240));
        scaler_set(scaler, picture);
        cr_assert_eq(scaler_get(scaler, 1, out), 0);
        const int shown = 360 * width / 480 & ~1;
        const int left = (640 - shown) / 2 & ~1;
        for (int x = 0; x < 640; x++) {
            const bool is_inside = x >= left && x < left + shown;
            const int chroma = out->data[1][90 * out->linesize[1] + x / 2];
            cr_assert(is_inside || luma_at(x, 180) == 16, "%d wide: %d at %d", width,
                      luma_at(x, 180), x);
            cr_assert(is_inside || chroma == 128, "%d wide: %d at %d", width, chroma, x);
        }
        av_frame_unref(out);
        av_frame_unref(picture);
    }
}

Test(scaler, pixels_that_are_not_square_are_no_other_shape)
{
    fill(320, 360, AV_PIX_FMT_YUV420P, 200);
    picture->sample_aspect_ratio = (AVRational){2, 1};
    scaler_set(scaler, picture);
    cr_assert_eq(scaler_get(scaler, 1, out), 0);
    cr_assert_eq(luma_at(1, 180), 200);
}

Test(scaler, a_new_picture_replaces_what_was_computed)
{
    fill(640, 360, AV_PIX_FMT_YUV420P, 50);
    scaler_set(scaler, picture);
    cr_assert_eq(scaler_get(scaler, 0, out), 0);
    av_frame_unref(out);
    av_frame_unref(picture);
    fill(640, 360, AV_PIX_FMT_YUV420P, 90);
    scaler_set(scaler, picture);
    cr_assert_eq(scaler_get(scaler, 0, out), 0);
    cr_assert_eq(luma_at(100, 100), 90);
}
