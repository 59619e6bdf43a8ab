// SPDX-License-Identifier: GPL-3.0-or-later
#include "transcoder/video/poster.h"

#include <stdlib.h>

#include "common/err.h"
#include "common/package/storyboard_files.h"
#include "transcoder/video/jpeg.h"

enum {
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

/* The size that fits into the box, as the picture is shaped. */
static void fit(const AVFrame *picture, int most_width, int most_height, int *ret_width,
                int *ret_height)
{
    int64_t width = picture->width < most_width ? picture->width : most_width;
    int64_t height = (picture->height * width + picture->width / 2) / picture->width;

    if (height > most_height) {
        height = most_height;
        width = (picture->width * height + picture->height / 2) / picture->height;
    }
    *ret_width = width < 2 ? 2 : (int)width;
    *ret_height = height < 2 ? 2 : (int)height;
}

struct form {
    const char *name;
    int width, height, best_quality, bytes;
};

/* Makes it coarser until it has few enough bytes. */
static int encode_within(AVFrame *picture, const struct form *form, AVPacket *packet)
{
    enum { WORST = 31 };

    for (int quality = form->best_quality;; quality += 1 + quality / 6) {
        av_packet_unref(packet);
        const int err = jpeg_encode(picture, quality < WORST ? quality : WORST, packet);
        if (err || quality >= WORST || packet->size <= form->bytes)
            return err;
    }
}

static int write_form(const struct poster *poster, const struct form *form, struct link *link)
{
    AVFrame *small = av_frame_alloc();
    AVPacket *packet = av_packet_alloc();
    int width;
    int height;

    fit(poster->best, form->width, form->height, &width, &height);
    int err = small && packet ? jpeg_shrink(poster->best, width, height, small) : ERR_NO_MEMORY;
    if (!err)
        err = encode_within(small, form, packet);
    if (!err)
        err = link_write_file(link, form->name,
                              slice_of((const char *)packet->data, (size_t)packet->size));
    av_frame_free(&small);
    av_packet_free(&packet);
    return err;
}

int poster_write(struct poster *poster, struct link *link)
{
    static const struct form LARGE = {POSTER_NAME, 480, 16384, 6, INT32_MAX};
    static const struct form SMALL = {POSTER_SMALL_NAME, 240, 135, 5, 4000};

    if (!poster->best->buf[0])
        return 0;
    const int err = write_form(poster, &LARGE, link);
    return err ? err : write_form(poster, &SMALL, link);
}
