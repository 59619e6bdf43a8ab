// SPDX-License-Identifier: GPL-3.0-or-later
#include "transcoder/audio/audio_encoder.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <libavcodec/avcodec.h>

#include "common/err.h"
#include "transcoder/cmaf/init_section.h"

struct audio_encoder {
    AVCodecContext *codec; /* owned */
    AVFrame *frame;        /* owned, scratch */
    AVPacket *packet;      /* owned */
    enum sound_codec kind;
    uint32_t kbps;
    int64_t n_sent;    /* samples */
    uint32_t n_silent; /* packets that were silent, up to the one that was sent last */
    uint8_t stub[2];   /* what is given out for a silent packet */
    bool is_warm;      /* what comes out is sound */
};

void audio_encoder_free(struct audio_encoder *encoder)
{
    if (!encoder)
        return;
    avcodec_free_context(&encoder->codec);
    av_frame_free(&encoder->frame);
    av_packet_free(&encoder->packet);
    free(encoder);
}

/* Opus takes pairs, AAC planes; for one channel that is the same. */
static enum AVSampleFormat form_of(const struct sound_rung *rung)
{
    return rung->codec == SOUND_CODEC_OPUS ? AV_SAMPLE_FMT_FLT : AV_SAMPLE_FMT_FLTP;
}

enum {
    OPUS_COMPLEXITY = 7, /* of 0 to 10: the lowest that tells speech from music. A fifth less time
                            than 10 */
    OPUS_CONTAINER_BPS =
        1300,            /* fragments' tables, and what libopus takes beyond what it is told */
    SETTLED_PACKETS = 4, /* of silence, after which the decoder has forgotten the sound */
};

/* A sample of 16 bits and the noise of rounding it, as a silent track has: -74 dBFS. */
static const float SILENCE = 0.0002F;

static int open_codec(struct audio_encoder *encoder, const struct sound_rung *rung,
                      struct fault *fault)
{
    encoder->codec->sample_rate = (int)rung->sample_rate;
    encoder->codec->sample_fmt = form_of(rung);
    encoder->codec->bit_rate =
        (int64_t)rung->kbps * 1000 - (rung->codec == SOUND_CODEC_OPUS ? OPUS_CONTAINER_BPS : 0);
    encoder->codec->time_base = (AVRational){1, (int)rung->sample_rate};
    encoder->codec->thread_count = 1;
    encoder->codec->flags |= AV_CODEC_FLAG_GLOBAL_HEADER | AV_CODEC_FLAG_BITEXACT;
    av_channel_layout_default(&encoder->codec->ch_layout, (int)rung->n_channels);
    AVDictionary *options = NULL;
    if (rung->codec == SOUND_CODEC_OPUS) {
        (void)av_dict_set(&options, "application", "voip", 0);
        (void)av_dict_set_int(&options, "compression_level", OPUS_COMPLEXITY, 0);
        (void)av_dict_set_int(&options, "frame_duration",
                              (int64_t)rung->packet_samples * 1000 / rung->sample_rate, 0);
    }
    const int opened = avcodec_open2(encoder->codec, NULL, &options);
    av_dict_free(&options);
    if (opened < 0)
        return fault_set_av(fault, FAILURE_INTERNAL, opened, "cannot open the sound's encoder");
    return 0;
}

static int allocate(struct audio_encoder *encoder)
{
    encoder->frame = av_frame_alloc();
    encoder->packet = av_packet_alloc();
    if (!encoder->frame || !encoder->packet)
        return ERR_NO_MEMORY;
    encoder->frame->format = encoder->codec->sample_fmt;
    encoder->frame->nb_samples = encoder->codec->frame_size;
    encoder->frame->sample_rate = encoder->codec->sample_rate;
    if (av_channel_layout_copy(&encoder->frame->ch_layout, &encoder->codec->ch_layout) < 0 ||
        av_frame_get_buffer(encoder->frame, 0) < 0)
        return ERR_NO_MEMORY;
    return 0;
}

int audio_encoder_open(const struct sound_rung *rung, struct fault *fault,
                       struct audio_encoder **ret_encoder)
{
    CLEANUP(audio_encoder_free) struct audio_encoder *encoder = calloc(1, sizeof *encoder);

    if (!encoder)
        return ERR_NO_MEMORY;
    const char *name = rung->codec == SOUND_CODEC_OPUS ? "libopus" : "aac";
    const AVCodec *codec = avcodec_find_encoder_by_name(name);
    if (!codec)
        return fault_set(fault, FAILURE_INTERNAL, ERR_UNSUPPORTED, "this libavcodec has no %s",
                         name);
    if (rung->codec == SOUND_CODEC_OPUS && rung->n_channels != 1)
        return ERR_UNSUPPORTED;
    encoder->kind = rung->codec;
    encoder->kbps = rung->kbps;
    encoder->codec = avcodec_alloc_context3(codec);
    if (!encoder->codec)
        return ERR_NO_MEMORY;
    int err = open_codec(encoder, rung, fault);
    if (!err)
        err = allocate(encoder);
    if (err)
        return err;
    *ret_encoder = encoder;
    encoder = NULL;
    return 0;
}

uint32_t audio_encoder_packet_samples(const struct audio_encoder *encoder)
{
    return (uint32_t)encoder->codec->frame_size;
}

uint32_t audio_encoder_lead_samples(const struct audio_encoder *encoder)
{
    const AVCodecContext *codec = encoder->codec;

    return (uint32_t)((codec->frame_size - codec->initial_padding % codec->frame_size) %
                      codec->frame_size);
}

/* The content of dOps (Encapsulation of Opus in ISO BMFF §4.3.2): as OpusHead has it, in the other
 * byte order. Nothing is to be skipped: the packet that warms up is not in the file. */
static void append_opus_config(const AVCodecContext *codec, struct buf *out)
{
    enum { VERSION = 0, ONE_OR_TWO_CHANNELS = 0 };

    buf_append_u8(out, VERSION);
    buf_append_u8(out, (uint8_t)codec->ch_layout.nb_channels);
    buf_append_u16(out, 0); /* PreSkip */
    buf_append_u32(out, (uint32_t)codec->sample_rate);
    buf_append_u16(out, 0); /* OutputGain */
    buf_append_u8(out, ONE_OR_TWO_CHANNELS);
}

int audio_encoder_init_section(const struct audio_encoder *encoder, const char *iso_language,
                               struct buf *out, char codecs[32])
{
    const AVCodecContext *codec = encoder->codec;
    const bool is_opus = encoder->kind == SOUND_CODEC_OPUS;
    CLEANUP(buf_clear) struct buf dops = buf_with_limit(64);

    append_opus_config(codec, &dops);
    if (dops.err)
        return dops.err;
    init_section_audio(
        &(struct init_audio){
            .codec = is_opus ? INIT_SOUND_OPUS : INIT_SOUND_AAC,
            .n_channels = (uint16_t)codec->ch_layout.nb_channels,
            .sample_rate = (uint32_t)codec->sample_rate,
            .sample_ticks = (uint32_t)codec->frame_size,
            .bit_rate = encoder->kbps * 1000,
            .language = iso_language,
            .codec_data =
                is_opus ? buf_slice(&dops)
                        : slice_of((const char *)codec->extradata, (size_t)codec->extradata_size),
        },
        out);
    (void)snprintf(codecs, 32, "%s", is_opus ? "opus" : "mp4a.40.2");
    return out->err;
}

static bool is_silent(const AVFrame *frame)
{
    for (int c = 0; c < frame->ch_layout.nb_channels; c++) {
        const float *samples = (const float *)(const void *)frame->data[c];
        for (int i = 0; i < frame->nb_samples; i++) {
            if (samples[i] > SILENCE || samples[i] < -SILENCE)
                return false;
        }
    }
    return true;
}

/* What is too quiet to be heard is encoded as zeros, and counted. */
static void hush(struct audio_encoder *encoder)
{
    AVFrame *frame = encoder->frame;

    if (!is_silent(frame)) {
        encoder->n_silent = 0;
        return;
    }
    for (int c = 0; c < frame->ch_layout.nb_channels; c++)
        memset(frame->data[c], 0, (size_t)frame->nb_samples * sizeof(float));
    encoder->n_silent++;
}

int audio_encoder_send(struct audio_encoder *encoder, float *const *planes)
{
    AVFrame *frame = encoder->frame;

    if (av_frame_make_writable(frame) < 0)
        return ERR_NO_MEMORY;
    for (int c = 0; c < frame->ch_layout.nb_channels; c++)
        memcpy(frame->data[c], planes[c], (size_t)frame->nb_samples * sizeof(float));
    hush(encoder);
    frame->pts = encoder->n_sent;
    encoder->n_sent += frame->nb_samples;
    const int err = avcodec_send_frame(encoder->codec, frame);
    if (err == AVERROR(ENOMEM))
        return ERR_NO_MEMORY;
    return err < 0 ? ERR_INVALID : 0;
}

/* The packet without its content, which RFC 6716 §3.2.1 allows ("DTX or lost"): of several frames,
 * as many empty ones. libopus has this mode, but libavcodec 59 does not pass it on; a packet of
 * zeros has some 50 bytes without it. The encoder goes on as if the packet had been sent: after
 * silence both ends know nothing that differs. */
static struct slice without_content(struct audio_encoder *encoder, struct slice packet)
{
    enum { FRAMES_MASK = 3, TWO_EQUAL = 1, MANY = 3, COUNT_MASK = 63 };
    const uint8_t *from = (const uint8_t *)packet.data;
    const uint8_t n_frames_code = from[0] & FRAMES_MASK;

    encoder->stub[0] = from[0];
    if (n_frames_code == 0)
        return slice_of((const char *)encoder->stub, 1);
    if (n_frames_code != MANY) {
        encoder->stub[0] = (uint8_t)((from[0] & ~FRAMES_MASK) | TWO_EQUAL);
        return slice_of((const char *)encoder->stub, 1);
    }
    encoder->stub[1] = packet.length > 1 ? from[1] & COUNT_MASK : 1;
    return slice_of((const char *)encoder->stub, 2);
}

int audio_encoder_receive(struct audio_encoder *encoder, struct slice *ret_packet)
{
    for (;;) {
        av_packet_unref(encoder->packet);
        const int got = avcodec_receive_packet(encoder->codec, encoder->packet);
        if (got == AVERROR(EAGAIN))
            return ERR_AGAIN;
        if (got < 0)
            return got == AVERROR(ENOMEM) ? ERR_NO_MEMORY : ERR_INVALID;
        if (!encoder->is_warm) {
            encoder->is_warm = true; /* the first packet is what came before the sound */
            continue;
        }
        *ret_packet = slice_of((const char *)encoder->packet->data, (size_t)encoder->packet->size);
        if (encoder->kind == SOUND_CODEC_OPUS && encoder->n_silent > SETTLED_PACKETS &&
            encoder->packet->size > 2)
            *ret_packet = without_content(encoder, *ret_packet);
        return 0;
    }
}
