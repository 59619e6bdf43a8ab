// SPDX-License-Identifier: GPL-3.0-or-later
#include "transcoder/audio/rate_converter.h"

#include <stdlib.h>
#include <string.h>

#include <libavutil/channel_layout.h>
#include <libswresample/swresample.h>

#include "common/err.h"

enum { RATE_IN = 48000, MOST_IN = 1 << 16 };

struct rate_converter {
    struct rate_converter_config config;
    SwrContext *resampler;                /* owned; NULL where the rate stays */
    float *mixed[CONVERTER_MAX_CHANNELS]; /* owned */
    float *queue[CONVERTER_MAX_CHANNELS]; /* owned */
    float packet[CONVERTER_MAX_CHANNELS][CONVERTER_MAX_PACKET];
    size_t n_queued;
    size_t queue_room;
};

void rate_converter_free(struct rate_converter *c)
{
    if (!c)
        return;
    swr_free(&c->resampler);
    for (int i = 0; i < CONVERTER_MAX_CHANNELS; i++) {
        free(c->mixed[i]);
        free(c->queue[i]);
    }
    free(c);
}

static int open_resampler(struct rate_converter *c)
{
    AVChannelLayout layout = {0};

    if (c->config.rate == RATE_IN)
        return 0;
    av_channel_layout_default(&layout, c->config.n_out);
    if (swr_alloc_set_opts2(&c->resampler, &layout, AV_SAMPLE_FMT_FLTP, (int)c->config.rate,
                            &layout, AV_SAMPLE_FMT_FLTP, RATE_IN, 0, NULL) < 0)
        return ERR_NO_MEMORY;
    return swr_init(c->resampler) < 0 ? ERR_UNSUPPORTED : 0;
}

static int make_room(struct rate_converter *c, size_t n)
{
    size_t room = c->queue_room ? c->queue_room : 8192;

    while (room < c->n_queued + n)
        room *= 2;
    if (room == c->queue_room)
        return 0;
    for (int i = 0; i < c->config.n_out; i++) {
        float *larger = realloc(c->queue[i], room * sizeof *larger);
        if (!larger)
            return ERR_NO_MEMORY;
        c->queue[i] = larger;
    }
    c->queue_room = room;
    return 0;
}

static int put_silence(struct rate_converter *c, size_t n)
{
    const int err = make_room(c, n);

    for (int i = 0; i < c->config.n_out && !err; i++)
        memset(c->queue[i] + c->n_queued, 0, n * sizeof(float));
    if (!err)
        c->n_queued += n;
    return err;
}

int rate_converter_new(const struct rate_converter_config *config,
                       struct rate_converter **ret_converter)
{
    CLEANUP(rate_converter_free) struct rate_converter *c = calloc(1, sizeof *c);
    int err = c ? 0 : ERR_NO_MEMORY;

    if (err || config->packet_samples > CONVERTER_MAX_PACKET)
        return err ? err : ERR_INVALID;
    c->config = *config;
    for (int i = 0; i < config->n_out; i++) {
        c->mixed[i] = calloc(MOST_IN, sizeof(float));
        if (!c->mixed[i])
            return ERR_NO_MEMORY;
    }
    err = open_resampler(c);
    if (!err)
        err = put_silence(c, config->lead_samples);
    if (err)
        return err;
    *ret_converter = c;
    c = NULL;
    return 0;
}

static void mix(struct rate_converter *c, float *const planes[], size_t n)
{
    if (c->config.n_in == 2 && c->config.n_out == 1) {
        for (size_t i = 0; i < n; i++)
            c->mixed[0][i] = (planes[0][i] + planes[1][i]) / 2;
        return;
    }
    for (int i = 0; i < c->config.n_out; i++)
        memcpy(c->mixed[i], planes[i < c->config.n_in ? i : 0], n * sizeof(float));
}

/* Converts what was mixed into the queue. */
static int convert(struct rate_converter *c, size_t n)
{
    uint8_t *out[CONVERTER_MAX_CHANNELS] = {NULL};
    const uint8_t *in[CONVERTER_MAX_CHANNELS] = {NULL};

    const int most = c->resampler ? swr_get_out_samples(c->resampler, (int)n) : (int)n;
    const int err = most < 0 ? ERR_INVALID : make_room(c, (size_t)most);
    if (err)
        return err;
    for (int i = 0; i < c->config.n_out; i++) {
        out[i] = (uint8_t *)(c->queue[i] + c->n_queued);
        in[i] = (const uint8_t *)c->mixed[i];
    }
    if (!c->resampler) {
        for (int i = 0; i < c->config.n_out; i++)
            memcpy(c->queue[i] + c->n_queued, c->mixed[i], n * sizeof(float));
        c->n_queued += n;
        return 0;
    }
    const int got = swr_convert(c->resampler, out, most, in, (int)n);
    if (got < 0)
        return ERR_INVALID;
    c->n_queued += (size_t)got;
    return 0;
}

int rate_converter_put(struct rate_converter *c, float *const planes[CONVERTER_MAX_CHANNELS],
                       size_t n)
{
    if (n > MOST_IN)
        return ERR_INVALID;
    mix(c, planes, n);
    return convert(c, n);
}

bool rate_converter_take(struct rate_converter *c, float *planes[CONVERTER_MAX_CHANNELS])
{
    const size_t n = c->config.packet_samples;

    if (c->n_queued < n)
        return false;
    for (int i = 0; i < c->config.n_out; i++) {
        memcpy(c->packet[i], c->queue[i], n * sizeof(float));
        memmove(c->queue[i], c->queue[i] + n, (c->n_queued - n) * sizeof(float));
        planes[i] = c->packet[i];
    }
    c->n_queued -= n;
    return true;
}
