// SPDX-License-Identifier: GPL-3.0-or-later
#include "transcoder/slides/webp.h"

#include <criterion/criterion.h>
#include <string.h>

#include "tests/unit/support/dice.h"

static AVFrame *new_frame(int width, int height)
{
    AVFrame *frame = av_frame_alloc();

    cr_assert(frame);
    frame->format = AV_PIX_FMT_YUV420P;
    frame->width = width;
    frame->height = height;
    cr_assert_eq(av_frame_get_buffer(frame, 0), 0);
    for (int i = 0; i < 3; i++)
        memset(frame->data[i], i == 0 ? 235 : 128,
               (size_t)frame->linesize[i] * (size_t)(i == 0 ? height : height / 2));
    return frame;
}

/* Lines of letters, or noise all over. */
static AVFrame *page(int width, int height, bool is_noise)
{
    AVFrame *frame = new_frame(width, height);

    for (int y = 0; y < height; y++) {
        uint8_t *line = frame->data[0] + (ptrdiff_t)y * frame->linesize[0];
        for (int x = 0; x < width; x++) {
            if (is_noise)
                line[x] = (uint8_t)(16 + dice(220));
            else if (y % 40 < 20 && x / 3 % 4 == (y / 5 + x / 50) % 4)
                line[x] = 16;
        }
    }
    return frame;
}

Test(webp, sizes_are_even_and_not_too_wide)
{
    int width;
    int height;

    webp_size(1920, 1080, &width, &height);
    cr_assert(width == 1280 && height == 720);
    webp_size(853, 481, &width, &height);
    cr_assert(width == 852 && height == 480);
    webp_size(2, 1, &width, &height);
    cr_assert(width == 2 && height == 2);
}

static size_t encode(AVFrame *frame, uint32_t enough_mdb, struct webp_wish *wish)
{
    AVPacket *packet = av_packet_alloc();

    *wish = (struct webp_wish){.matrix = 6, .enough_mdb = enough_mdb, .quality = 4};
    cr_assert_eq(webp_encode(frame, wish, packet), 0);
    cr_assert_eq(memcmp(packet->data, "RIFF", 4), 0);
    cr_assert_eq(memcmp(packet->data + 8, "WEBP", 4), 0);
    const size_t size = (size_t)packet->size;
    av_packet_free(&packet);
    return size;
}

Test(webp, what_should_look_better_has_more_bytes)
{
    AVFrame *frame = page(640, 360, false);
    struct webp_wish poor;
    struct webp_wish good;

    const size_t small = encode(frame, 8000, &poor);
    const size_t large = encode(frame, 30000, &good);
    cr_assert_lt(small, large);
    cr_assert_lt(poor.quality, good.quality);
    av_frame_free(&frame);
}

Test(webp, no_picture_has_more_bytes_than_are_allowed_whatever_it_shows)
{
    AVFrame *frame = page(1280, 720, true);
    struct webp_wish wish;

    cr_assert_leq(encode(frame, 40000, &wish), WEBP_MAX_BYTES);
    av_frame_free(&frame);
}

/* BT.709 where WebP means BT.601: greens were too dark, reds too bright. */
Test(webp, colours_of_the_film_become_those_of_webp)
{
    AVFrame *frame = new_frame(64, 64);
    AVFrame *to = av_frame_alloc();

    /* red, in BT.709 */
    for (int y = 0; y < 64; y++)
        memset(frame->data[0] + (ptrdiff_t)y * frame->linesize[0], 63, 64);
    for (int y = 0; y < 32; y++) {
        memset(frame->data[1] + (ptrdiff_t)y * frame->linesize[1], 102, 32);
        memset(frame->data[2] + (ptrdiff_t)y * frame->linesize[2], 240, 32);
    }
    cr_assert_eq(webp_prepare(frame, 1, 64, 64, to), 0);
    cr_assert_float_eq(to->data[0][32 * to->linesize[0] + 32], 81, 4);
    cr_assert_float_eq(to->data[1][16 * to->linesize[1] + 16], 90, 4);
    cr_assert_float_eq(to->data[2][16 * to->linesize[2] + 16], 240, 4);
    av_frame_free(&frame);
    av_frame_free(&to);
}
