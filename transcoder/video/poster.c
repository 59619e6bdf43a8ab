// SPDX-License-Identifier: GPL-3.0-or-later
#include "transcoder/video/poster.h"

#include <stdlib.h>

#include "common/err.h"
#include "transcoder/video/jpeg.h"

enum {
    MAX_WIDTH = 480,
    QUALITY = 6,      /* of 2 (best) to 31 */
    GOOD_SPREAD = 12, /* mean distance from the mean of luma: anything but a plain card */
};

struct poster {
    AVFrame *best; /* owned, empty before the first picture */
    int best_spread;
};

int poster_new(struct poster **ret_poster)
{
    struct poster *poster = calloc(1, sizeof *poster);

    if (!poster)
        return ERR_NO_MEMORY;
    poster->best_spread = -1;
    poster->best = av_frame_alloc();
    if (!poster->best) {
        free(poster);
        return ERR_NO_MEMORY;
    }
    *ret_poster = poster;
    return 0;
}

void poster_free(struct poster *poster)
{
    if (!poster)
        return;
    av_frame_free(&poster->best);
    free(poster);
}

/* How far luma is from its mean, on average, over every fourth pixel of every fourth line. */
static int spread_of(const AVFrame *picture)
{
    int64_t sum = 0;
    int64_t distance = 0;
    int64_t n = 0;

    for (int y = 0; y < picture->height; y += 4) {
        const uint8_t *line = picture->data[0] + (ptrdiff_t)y * picture->linesize[0];
        for (int x = 0; x < picture->width; x += 4, n++)
            sum += line[x];
    }
    const int mean = (int)(sum / (n ? n : 1));
    for (int y = 0; y < picture->height; y += 4) {
        const uint8_t *line = picture->data[0] + (ptrdiff_t)y * picture->linesize[0];
        for (int x = 0; x < picture->width; x += 4)
            distance += abs(line[x] - mean);
    }
    return (int)(distance / (n ? n : 1));
}

int poster_look(struct poster *poster, const AVFrame *picture)
{
    if (poster->best_spread >= GOOD_SPREAD)
        return 0; /* the first good one is early enough to be of the title */
    const int spread = spread_of(picture);
    if (spread <= poster->best_spread)
        return 0;
    av_frame_unref(poster->best);
    if (av_frame_ref(poster->best, picture) < 0)
        return ERR_NO_MEMORY;
    poster->best_spread = spread;
    return 0;
}

static int shrink(const AVFrame *from, AVFrame *to)
{
    const int width = from->width > MAX_WIDTH ? MAX_WIDTH : from->width;
    const int height = (int)((int64_t)from->height * width / from->width) & ~1;

    return jpeg_shrink(from, width & ~1, height < 2 ? 2 : height, to);
}

int poster_write(struct poster *poster, struct link *link)
{
    if (!poster->best->buf[0])
        return 0;
    AVFrame *small = av_frame_alloc();
    AVPacket *packet = av_packet_alloc();
    int err = small && packet ? shrink(poster->best, small) : ERR_NO_MEMORY;

    if (!err)
        err = jpeg_encode(small, QUALITY, packet);
    if (!err)
        err = link_write_file(link, "poster.jpg",
                              slice_of((const char *)packet->data, (size_t)packet->size));
    av_frame_free(&small);
    av_packet_free(&packet);
    return err;
}
