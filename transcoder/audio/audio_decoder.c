// SPDX-License-Identifier: GPL-3.0-or-later
#include "transcoder/audio/audio_decoder.h"

#include <stdlib.h>

#include <libavcodec/avcodec.h>

#include "common/err.h"
#include "transcoder/audio/sane_samples.h"
#include "transcoder/source/allow_list.h"

enum { MIN_RATE = 1000, MAX_RATE = 384000 };

#define LONGEST_PACKET_US INT64_C(500000) /* of a codec that does not say */

struct audio_decoder {
    struct source *source;            /* borrowed */
    const struct time_shifts *shifts; /* borrowed, may be NULL */
    AVRational time_base;
    AVCodecContext *codec; /* owned */
    AVPacket *packet;      /* owned */
    bool is_draining;
    struct tally tally;
    int64_t taken_until_us; /* where the last frame ends */
};

static int open_codec(struct audio_decoder *decoder, const AVCodecParameters *parameters,
                      struct fault *fault)
{
    const AVCodec *codec = allow_list_decoder(parameters->codec_id);

    if (!codec)
        return fault_set(fault, FAILURE_CODEC_UNSUPPORTED, ERR_UNSUPPORTED,
                         "codec %s is not accepted", avcodec_get_name(parameters->codec_id));
    decoder->codec = avcodec_alloc_context3(codec);
    decoder->packet = av_packet_alloc();
    if (!decoder->codec || !decoder->packet)
        return ERR_NO_MEMORY;
    int err = avcodec_parameters_to_context(decoder->codec, parameters);
    if (err < 0)
        return fault_set_av(fault, FAILURE_NO_STREAM, err, "bad stream parameters");
    decoder->codec->pkt_timebase = decoder->time_base;
    decoder->codec->thread_count = 1;
    err = avcodec_open2(decoder->codec, codec, NULL);
    if (err < 0)
        return fault_set_av(fault, FAILURE_NO_STREAM, err, "cannot open the decoder");
    return 0;
}

int audio_decoder_open(struct source *source, int stream, const struct time_shifts *shifts,
                       struct fault *fault, struct audio_decoder **ret_decoder)
{
    CLEANUP(audio_decoder_free) struct audio_decoder *decoder = calloc(1, sizeof *decoder);

    if (!decoder)
        return ERR_NO_MEMORY;
    decoder->source = source;
    decoder->shifts = shifts;
    decoder->time_base = source->format->streams[stream]->time_base;
    source_select(source, stream, shifts);
    const int err = open_codec(decoder, source->format->streams[stream]->codecpar, fault);
    if (err)
        return err;
    *ret_decoder = decoder;
    decoder = NULL;
    return 0;
}

void audio_decoder_free(struct audio_decoder *decoder)
{
    if (!decoder)
        return;
    avcodec_free_context(&decoder->codec);
    av_packet_free(&decoder->packet);
    free(decoder);
}

/* How long the sound of a packet is. The container has the distance to the next one, in which there
 * may be a pause. */
static int64_t sound_us(const struct audio_decoder *decoder, const AVPacket *packet)
{
    const int64_t distance_us = av_rescale_q(packet->duration, decoder->time_base, AV_TIME_BASE_Q);
    const int n_samples = av_get_audio_frame_duration(decoder->codec, packet->size);
    int64_t longest_us = LONGEST_PACKET_US;

    if (n_samples > 0 && decoder->codec->sample_rate > 0)
        longest_us = av_rescale(n_samples, 1000000, decoder->codec->sample_rate);
    if (distance_us <= longest_us)
        return distance_us < 0 ? 0 : distance_us;
    return n_samples > 0 ? longest_us : 0;
}

/* Edit lists tell what is not to be heard. */
static void note_offered(struct audio_decoder *decoder, const AVPacket *packet)
{
    if (packet->pts == AV_NOPTS_VALUE || (packet->flags & AV_PKT_FLAG_DISCARD))
        return;
    const int64_t from_us = av_rescale_q(packet->pts, decoder->time_base, AV_TIME_BASE_Q);
    span_list_add(&decoder->tally.offered,
                  (struct time_span){from_us, from_us + sound_us(decoder, packet)}, TALLY_SLACK_US);
}

static void note_taken(struct audio_decoder *decoder, const AVFrame *frame)
{
    const int64_t from_us = frame->pts == AV_NOPTS_VALUE ? decoder->taken_until_us : frame->pts;

    decoder->taken_until_us = from_us + av_rescale(frame->nb_samples, 1000000, frame->sample_rate);
    span_list_add(&decoder->tally.taken, (struct time_span){from_us, decoder->taken_until_us},
                  TALLY_SLACK_US);
}

/* Gives the codec its next packet. A packet that it refuses is lost, not the lecture. */
static int feed(struct audio_decoder *decoder)
{
    const int err = source_read(decoder->source, decoder->shifts, decoder->packet);

    if (err == ERR_NOT_FOUND) {
        decoder->is_draining = true;
        (void)avcodec_send_packet(decoder->codec, NULL);
        return 0;
    }
    if (err)
        return err;
    note_offered(decoder, decoder->packet);
    const int sent = avcodec_send_packet(decoder->codec, decoder->packet);
    av_packet_unref(decoder->packet);
    return sent == AVERROR(ENOMEM) ? ERR_NO_MEMORY : 0;
}

static bool is_usable(const AVFrame *frame)
{
    return frame->nb_samples > 0 && frame->sample_rate >= MIN_RATE &&
           frame->sample_rate <= MAX_RATE && frame->ch_layout.nb_channels > 0 &&
           frame->ch_layout.nb_channels <= SOURCE_MAX_CHANNELS;
}

/* Some files do not say which channel is which: the usual order is assumed. */
static void complete(const struct audio_decoder *decoder, AVFrame *frame)
{
    if (frame->ch_layout.order == AV_CHANNEL_ORDER_UNSPEC)
        av_channel_layout_default(&frame->ch_layout, frame->ch_layout.nb_channels);
    frame->pts =
        frame->best_effort_timestamp == AV_NOPTS_VALUE
            ? AV_NOPTS_VALUE
            : av_rescale_q(frame->best_effort_timestamp, decoder->time_base, AV_TIME_BASE_Q);
}

int audio_decoder_next(struct audio_decoder *decoder, AVFrame *frame)
{
    for (;;) {
        const int got = avcodec_receive_frame(decoder->codec, frame);
        if (got == 0) {
            if (is_usable(frame)) {
                complete(decoder, frame);
                note_taken(decoder, frame);
                return sane_samples_make(frame);
            }
            av_frame_unref(frame);
            continue;
        }
        if (got == AVERROR(ENOMEM))
            return ERR_NO_MEMORY;
        if (got == AVERROR_EOF || decoder->is_draining)
            return ERR_NOT_FOUND;
        const int err = feed(decoder);
        if (err)
            return err;
    }
}

void audio_decoder_report(struct audio_decoder *decoder, struct tally *ret_tally)
{
    *ret_tally = decoder->tally;
    decoder->tally.offered.n = 0;
    decoder->tally.taken.n = 0;
}
