// SPDX-License-Identifier: GPL-3.0-or-later
#include "transcoder/video/preparation.h"

#include <criterion/criterion.h>

#include "common/err.h"

static struct preparation *preparation;
static AVFrame *in;
static AVFrame *out;

static void set_up(void)
{
    in = av_frame_alloc();
    out = av_frame_alloc();
}

static void tear_down(void)
{
    preparation_free(preparation);
    av_frame_free(&in);
    av_frame_free(&out);
}

TestSuite(preparation, .init = set_up, .fini = tear_down);

/* A black picture with a white top left corner. */
static void make_picture(int width, int height, int64_t pts)
{
    in->width = width;
    in->height = height;
    in->format = AV_PIX_FMT_YUV420P;
    in->pts = pts;
    cr_assert_geq(av_frame_get_buffer(in, 0), 0);
    for (int i = 0; i < 3; i++)
        memset(in->data[i], i ? 128 : 16, (size_t)(in->linesize[i] * height / (i ? 2 : 1)));
    for (int y = 0; y < height / 4; y++)
        memset(in->data[0] + y * in->linesize[0], 235, (size_t)width / 4);
}

static bool is_white(int x, int y)
{
    return out->data[0][y * out->linesize[0] + x] > 128;
}

Test(preparation, most_pictures_pass_through_untouched)
{
    cr_assert_eq(preparation_new((struct orientation){0}, false, &preparation), 0);
    make_picture(64, 48, 7);
    const uint8_t *data = in->data[0];
    cr_assert_eq(preparation_receive(preparation, out), ERR_AGAIN);
    cr_assert_eq(preparation_send(preparation, in), 0);
    cr_assert_eq(preparation_receive(preparation, out), 0);
    cr_assert_eq(out->data[0], data);
    cr_assert_eq(out->pts, 7);
    av_frame_unref(out);
    cr_assert_eq(preparation_send(preparation, NULL), 0);
    cr_assert_eq(preparation_receive(preparation, out), ERR_NOT_FOUND);
}

Test(preparation, a_quarter_turn_clockwise_takes_the_corner_to_the_right)
{
    const struct orientation turn = {.is_transposed = true, .is_mirrored = true};

    cr_assert_eq(preparation_new(turn, false, &preparation), 0);
    make_picture(64, 48, 1000);
    cr_assert_eq(preparation_send(preparation, in), 0);
    cr_assert_eq(preparation_receive(preparation, out), 0);
    cr_assert_eq(out->width, 48);
    cr_assert_eq(out->height, 64);
    cr_assert(is_white(46, 1));
    cr_assert_not(is_white(1, 1));
    cr_assert_eq(out->pts, 1000);
}

Test(preparation, interlaced_pictures_keep_their_number_and_times)
{
    int n = 0;

    cr_assert_eq(preparation_new((struct orientation){0}, true, &preparation), 0);
    for (int i = 0; i < 5; i++) {
        make_picture(64, 48, i * 40000);
        in->interlaced_frame = 1;
        cr_assert_eq(preparation_send(preparation, in), 0);
        av_frame_unref(in);
    }
    cr_assert_eq(preparation_send(preparation, NULL), 0);
    while (preparation_receive(preparation, out) == 0) {
        cr_assert_eq(out->pts, n * 40000);
        av_frame_unref(out);
        n++;
    }
    cr_assert_eq(n, 5);
}

Test(preparation, a_change_of_size_in_the_middle_loses_nothing)
{
    const struct orientation upside_down = {.is_upside_down = true};
    int n = 0;

    cr_assert_eq(preparation_new(upside_down, false, &preparation), 0);
    for (int i = 0; i < 6; i++) {
        make_picture(i < 3 ? 64 : 96, 48, i);
        cr_assert_eq(preparation_send(preparation, in), 0);
        av_frame_unref(in);
        while (preparation_receive(preparation, out) == 0) {
            cr_assert_eq(out->width, n < 3 ? 64 : 96);
            cr_assert_eq(out->pts, n);
            av_frame_unref(out);
            n++;
        }
    }
    cr_assert_eq(n, 6);
}
