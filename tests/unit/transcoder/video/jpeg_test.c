// SPDX-License-Identifier: GPL-3.0-or-later
#include "transcoder/video/jpeg.h"

#include <criterion/criterion.h>
#include <string.h>

static AVFrame *picture(int width, int height, int grey)
{
    AVFrame *frame = av_frame_alloc();

    cr_assert(frame);
    frame->format = AV_PIX_FMT_YUV420P;
    frame->width = width;
    frame->height = height;
    cr_assert_eq(av_frame_get_buffer(frame, 0), 0);
    for (int i = 0; i < 3; i++)
        memset(frame->data[i], i == 0 ? grey : 128,
               (size_t)frame->linesize[i] * (size_t)(i == 0 ? height : height / 2));
    return frame;
}

Test(jpeg, a_shrunk_picture_uses_the_full_range)
{
    AVFrame *white = picture(320, 180, 235);
    AVFrame *small = av_frame_alloc();

    cr_assert_eq(jpeg_shrink(white, 160, 90, small), 0);
    cr_assert(small->width == 160 && small->height == 90 && small->format == AV_PIX_FMT_YUVJ420P);
    cr_assert_geq(small->data[0][45 * small->linesize[0] + 80], 254);
    av_frame_free(&white);
    av_frame_free(&small);
}

/* The markers before the picture's data: what kinds of segments the file has. */
static bool has_marker(const AVPacket *packet, uint8_t marker)
{
    int at = 2;

    while (at + 4 <= packet->size && packet->data[at] == 0xff && packet->data[at + 1] != 0xda) {
        if (packet->data[at + 1] == marker)
            return true;
        at += 2 + (packet->data[at + 2] << 8) + packet->data[at + 3];
    }
    return false;
}

Test(jpeg, holds_a_picture_and_no_word_of_where_it_is_from)
{
    AVFrame *grey = picture(160, 90, 100);
    AVFrame *small = av_frame_alloc();
    AVPacket *packet = av_packet_alloc();

    (void)av_dict_set(&grey->metadata, "comment", "the source's", 0);
    cr_assert_eq(jpeg_shrink(grey, 160, 90, small), 0);
    cr_assert_eq(jpeg_encode(small, 6, packet), 0);
    cr_assert_eq(memcmp(packet->data, "\xff\xd8\xff", 3), 0);
    cr_assert(has_marker(packet, 0xdb), "tables, as a check of the check");
    cr_assert_not(has_marker(packet, 0xfe), "a comment");
    for (uint8_t application = 0xe1; application <= 0xef; application++)
        cr_assert_not(has_marker(packet, application));
    av_packet_free(&packet);
    av_frame_free(&grey);
    av_frame_free(&small);
}
