// SPDX-License-Identifier: GPL-3.0-or-later
#include "transcoder/video/video_decoder.h"

#include <stdlib.h>

#include <libavcodec/avcodec.h>

#include "common/err.h"
#include "transcoder/source/allow_list.h"
#include "transcoder/video/picture_tally.h"

enum { DECODE_TIMES_MAX = 32 }; /* twice what any decoder holds back */

/* Times of packets that have no time of presentation, as AVI's: pictures come out in the order of
 * presentation, and so take the times in the order in which they went in. */
struct decode_times {
    int64_t us[DECODE_TIMES_MAX]; /* a ring */
    size_t first, n;
    bool is_of_no_use; /* some packet has a time of presentation */
};

struct video_decoder {
    struct source *source;            /* borrowed */
    const struct time_shifts *shifts; /* borrowed, may be NULL */
    const AVStream *stream;           /* the source's */
    AVCodecContext *codec;            /* owned */
    AVPacket *packet;                 /* owned */
    int64_t last_us;                  /* time of the last picture, INT64_MIN before the first */
    bool is_draining;
    struct decode_times decode_times;
    struct picture_tally tally;
};

static int open_codec(struct video_decoder *decoder, struct fault *fault)
{
    const AVCodecParameters *parameters = decoder->stream->codecpar;
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
    decoder->codec->pkt_timebase = decoder->stream->time_base;
    decoder->codec->thread_count = 1; /* chunks run side by side instead */
    decoder->codec->max_pixels = SOURCE_MAX_PIXELS;
    err = avcodec_open2(decoder->codec, codec, NULL);
    if (err < 0)
        return fault_set_av(fault, FAILURE_NO_STREAM, err, "cannot open the decoder");
    return 0;
}

int video_decoder_open(struct source *source, int stream, const struct time_shifts *shifts,
                       struct fault *fault, struct video_decoder **ret_decoder)
{
    CLEANUP(video_decoder_free) struct video_decoder *decoder = calloc(1, sizeof *decoder);

    if (!decoder)
        return ERR_NO_MEMORY;
    decoder->source = source;
    decoder->shifts = shifts;
    decoder->stream = source->format->streams[stream];
    decoder->last_us = INT64_MIN;
    decoder->tally = picture_tally_empty();
    source_select(source, stream, shifts);
    const int err = open_codec(decoder, fault);
    if (err)
        return err;
    *ret_decoder = decoder;
    decoder = NULL;
    return 0;
}

void video_decoder_free(struct video_decoder *decoder)
{
    if (!decoder)
        return;
    avcodec_free_context(&decoder->codec);
    av_packet_free(&decoder->packet);
    free(decoder);
}

int video_decoder_seek(struct video_decoder *decoder, int64_t time_us)
{
    const AVStream *stream = decoder->stream;
    int err;

    /* Times that jump cannot be searched: such a source is read from its start. */
    if (time_us == INT64_MIN || (decoder->shifts && decoder->shifts->n > 1)) {
        err = source_rewind(decoder->source);
    } else {
        const int64_t unshifted = time_us - time_shift_at(decoder->shifts, -1);
        const int64_t ticks = av_rescale_q(unshifted, AV_TIME_BASE_Q, stream->time_base);
        err = avformat_seek_file(decoder->source->format, stream->index, INT64_MIN, ticks, ticks,
                                 0) < 0
                  ? ERR_UNSUPPORTED
                  : 0;
    }
    avcodec_flush_buffers(decoder->codec);
    decoder->last_us = INT64_MIN;
    decoder->is_draining = false;
    decoder->decode_times.n = 0;
    decoder->tally = picture_tally_empty();
    return err;
}

static void note_decode_time(struct video_decoder *decoder, const AVPacket *packet)
{
    struct decode_times *times = &decoder->decode_times;

    if (packet->pts != AV_NOPTS_VALUE)
        times->is_of_no_use = true;
    if (packet->dts == AV_NOPTS_VALUE || packet->size == 0 || times->n == DECODE_TIMES_MAX)
        return;
    times->us[(times->first + times->n++) % DECODE_TIMES_MAX] =
        av_rescale_q(packet->dts, decoder->stream->time_base, AV_TIME_BASE_Q);
}

/* The time of the packet that is presented next. Packets that gave no picture are passed over: a
 * decoder holds back no more than it says. False when none is known. */
static bool take_decode_time(struct video_decoder *decoder, int64_t *ret_us)
{
    struct decode_times *times = &decoder->decode_times;
    const size_t most = (size_t)decoder->codec->has_b_frames + 1;

    if (times->is_of_no_use || times->n == 0)
        return false;
    for (; !decoder->is_draining && times->n > most; times->n--)
        times->first = (times->first + 1) % DECODE_TIMES_MAX;
    *ret_us = times->us[times->first];
    times->first = (times->first + 1) % DECODE_TIMES_MAX;
    times->n--;
    return true;
}

void video_decoder_keys_only(struct video_decoder *decoder)
{
    decoder->codec->skip_frame = AVDISCARD_NONKEY;
}

static int64_t time_us(const struct video_decoder *decoder, int64_t ticks)
{
    return av_rescale_q(ticks, decoder->stream->time_base, AV_TIME_BASE_Q);
}

/* Edit lists tell what is not to be seen, and VP8 has pictures that are only referred to. */
static bool promises_picture(const struct video_decoder *decoder, const AVPacket *packet)
{
    enum { VP8_SHOWN = 0x10 };
    const bool is_hidden = decoder->codec->codec_id == AV_CODEC_ID_VP8 && packet->size > 0 &&
                           !(packet->data[0] & VP8_SHOWN);

    return packet->pts != AV_NOPTS_VALUE && !(packet->flags & AV_PKT_FLAG_DISCARD) && !is_hidden;
}

/* Gives the codec its next packet. A packet that it refuses is lost, not the lecture. */
static int feed(struct video_decoder *decoder)
{
    const int err = source_read(decoder->source, decoder->shifts, decoder->packet);

    if (err == ERR_NOT_FOUND) {
        decoder->is_draining = true;
        (void)avcodec_send_packet(decoder->codec, NULL);
        return 0;
    }
    if (err)
        return err;
    note_decode_time(decoder, decoder->packet);
    if (promises_picture(decoder, decoder->packet))
        picture_tally_offer(&decoder->tally, time_us(decoder, decoder->packet->pts));
    const int sent = avcodec_send_packet(decoder->codec, decoder->packet);
    av_packet_unref(decoder->packet);
    return sent == AVERROR(ENOMEM) ? ERR_NO_MEMORY : 0;
}

static int64_t frame_us(struct video_decoder *decoder, const AVFrame *frame)
{
    int64_t us;

    if (frame->pts == AV_NOPTS_VALUE && take_decode_time(decoder, &us))
        return us;
    if (frame->best_effort_timestamp == AV_NOPTS_VALUE)
        return decoder->last_us == INT64_MIN ? 0 : decoder->last_us + 1;
    return av_rescale_q(frame->best_effort_timestamp, decoder->stream->time_base, AV_TIME_BASE_Q);
}

/* Whether the picture can be used: of a size that we take, and after the one before it. A picture
 * of one line is none, and no scaler takes it. */
static bool is_usable(const struct video_decoder *decoder, const AVFrame *frame, int64_t shown_us)
{
    return frame->width > 1 && frame->height > 1 && frame->width <= SOURCE_MAX_SIDE &&
           frame->height <= SOURCE_MAX_SIDE && shown_us > decoder->last_us;
}

/* The shape of pixels as the container or the bitstream has it; square when neither makes sense. */
static AVRational pixel_aspect(const struct video_decoder *decoder, AVFrame *frame)
{
    enum { MAX_ASPECT = 4 };
    const AVRational aspect =
        av_guess_sample_aspect_ratio(decoder->source->format,
                                     decoder->source->format->streams[decoder->stream->index],
                                     frame);

    if (aspect.num <= 0 || aspect.den <= 0 || aspect.num > MAX_ASPECT * (int64_t)aspect.den ||
        aspect.den > MAX_ASPECT * (int64_t)aspect.num)
        return (AVRational){1, 1};
    return aspect;
}

int video_decoder_next(struct video_decoder *decoder, AVFrame *frame)
{
    for (;;) {
        const int got = avcodec_receive_frame(decoder->codec, frame);
        if (got == 0) {
            const int64_t shown_us = frame_us(decoder, frame);
            if (is_usable(decoder, frame, shown_us)) {
                frame->pts = shown_us;
                frame->sample_aspect_ratio = pixel_aspect(decoder, frame);
                decoder->last_us = shown_us;
                picture_tally_take(&decoder->tally, shown_us);
                return 0;
            }
            av_frame_unref(frame);
            continue;
        }
        if (got == AVERROR(ENOMEM))
            return ERR_NO_MEMORY;
        if (got == AVERROR_EOF || decoder->is_draining) {
            picture_tally_end(&decoder->tally);
            return ERR_NOT_FOUND;
        }
        const int err = feed(decoder);
        if (err)
            return err;
    }
}

void video_decoder_report(const struct video_decoder *decoder, struct time_span seconds,
                          struct tally *ret_tally)
{
    picture_tally_report(&decoder->tally, seconds, ret_tally);
}
