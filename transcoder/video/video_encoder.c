// SPDX-License-Identifier: GPL-3.0-or-later
#include "transcoder/video/video_encoder.h"

#include <stdlib.h>

#include <libavcodec/packet.h>

#include "common/err.h"
#include "transcoder/cmaf/av1.h"
#include "transcoder/cmaf/avc.h"
#include "transcoder/cmaf/init_section.h"
#include "transcoder/video/video_back_end.h"

enum { PICTURE_LIMIT_BYTES = 32 << 20, CONFIG_LIMIT_BYTES = 1024 };

/* The first one that opens encodes: hardware goes above software. */
static const struct video_back_end *const BACK_ENDS[] = {&VIDEO_BACK_END_X264,
                                                         &VIDEO_BACK_END_LIBAOM};

static int append_avc_config(struct slice headers, const struct init_video *track, struct buf *out)
{
    const struct avc_clock clock = {.frame_ticks = track->sample_ticks,
                                    .timescale = track->timescale};

    return avc_config_append(headers, &clock, out);
}

/* Its header says nothing of time. */
static int append_av1_config(struct slice headers, const struct init_video *track, struct buf *out)
{
    (void)track;
    return av1_config_append(headers, out);
}

/* How a codec's bitstream is put into files. */
static const struct form {
    int (*config_append)(struct slice headers, const struct init_video *track, struct buf *out);
    int (*sample_append)(struct slice packet, struct buf *out);
    void (*codecs_text)(struct slice config, char *text);
} FORMS[N_VIDEO_CODECS] = {
    [VIDEO_H264] = {append_avc_config, avc_sample_append, avc_codecs_text},
    [VIDEO_AV1] = {append_av1_config, av1_sample_append, av1_codecs_text},
};

struct video_encoder {
    const struct video_back_end *back_end;
    void *state; /* owned, the back end's */
    const struct form *form;
    struct init_video track; /* without its configuration */
    AVPacket *packet;        /* owned */
    struct buf data;         /* of the last picture */
};

void video_encoder_free(struct video_encoder *encoder)
{
    if (!encoder)
        return;
    if (encoder->back_end)
        encoder->back_end->close(encoder->state);
    av_packet_free(&encoder->packet);
    buf_clear(&encoder->data);
    free(encoder);
}

static int open_back_end(struct video_encoder *encoder, const struct plan_picture *plan,
                         const struct rung *rung, struct fault *fault)
{
    int err = ERR_UNSUPPORTED;

    for (size_t i = 0; i < sizeof BACK_ENDS / sizeof BACK_ENDS[0] && err; i++) {
        if (BACK_ENDS[i]->codec != rung->codec)
            continue;
        err = BACK_ENDS[i]->open(plan, rung, fault, &encoder->state);
        if (!err)
            encoder->back_end = BACK_ENDS[i];
    }
    return err;
}

static struct init_video describe(const struct plan_picture *plan, const struct rung *rung)
{
    return (struct init_video){
        .codec = rung->codec,
        .width = (uint16_t)rung->width,
        .height = (uint16_t)rung->height,
        .timescale = plan->grid.timescale,
        .sample_ticks = plan->grid.slot_ticks * rung->slot_step,
        .colour = {.primaries = plan->colour.primaries,
                   .transfer = plan->colour.transfer,
                   .matrix = plan->colour.matrix},
    };
}

int video_encoder_open(const struct plan_picture *plan, const struct rung *rung,
                       struct fault *fault, struct video_encoder **ret_encoder)
{
    CLEANUP(video_encoder_free) struct video_encoder *encoder = calloc(1, sizeof *encoder);

    if (!encoder)
        return ERR_NO_MEMORY;
    encoder->data = buf_with_limit(PICTURE_LIMIT_BYTES);
    encoder->form = &FORMS[rung->codec];
    encoder->packet = av_packet_alloc();
    if (!encoder->packet)
        return ERR_NO_MEMORY;
    const int err = open_back_end(encoder, plan, rung, fault);
    if (err)
        return err;
    encoder->track = describe(plan, rung);
    *ret_encoder = encoder;
    encoder = NULL;
    return 0;
}

int video_encoder_config(const struct video_encoder *encoder, struct buf *out)
{
    return encoder->form->config_append(encoder->back_end->headers(encoder->state), &encoder->track,
                                        out);
}

int video_encoder_init_section(const struct video_encoder *encoder, struct buf *out,
                               char codecs[VIDEO_CODECS_SIZE])
{
    CLEANUP(buf_clear) struct buf config = buf_with_limit(CONFIG_LIMIT_BYTES);
    struct init_video track = encoder->track;

    const int err = video_encoder_config(encoder, &config);
    if (err || config.err)
        return err ? err : config.err;
    track.config = buf_slice(&config);
    init_section_video(&track, out);
    encoder->form->codecs_text(track.config, codecs);
    return out->err;
}

int video_encoder_send(struct video_encoder *encoder, AVFrame *picture, int64_t pts_ticks,
                       bool is_key)
{
    return encoder->back_end->send(encoder->state, picture, pts_ticks, is_key);
}

int video_encoder_receive(struct video_encoder *encoder, struct encoded_picture *ret_picture)
{
    AVPacket *packet = encoder->packet;

    int err = encoder->back_end->receive(encoder->state, packet);
    if (err)
        return err;
    buf_reset(&encoder->data);
    err = encoder->form->sample_append(slice_of((const char *)packet->data, (size_t)packet->size),
                                       &encoder->data);
    *ret_picture = (struct encoded_picture){
        .pts_ticks = packet->pts,
        .is_key = (packet->flags & AV_PKT_FLAG_KEY) != 0,
        .data = &encoder->data,
    };
    av_packet_unref(packet);
    return err;
}
