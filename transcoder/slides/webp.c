// SPDX-License-Identifier: GPL-3.0-or-later
#include "transcoder/slides/webp.h"

#include <stdbool.h>
#include <stdio.h>

#include <libswscale/swscale.h>

#include "common/err.h"
#include "transcoder/video/ssim.h"

/* libwebp's quality, coarsest first. */
static const int QUALITIES[WEBP_N_QUALITIES] = {5, 12, 20, 30, 40, 52, 64, 76, 88};

void webp_size(int width, int height, int *ret_width, int *ret_height)
{
    const int to = width > WEBP_MAX_SIDE_PX ? WEBP_MAX_SIDE_PX : width & ~1;
    const int lines = (int)((int64_t)height * to / width) & ~1;

    *ret_width = to < 2 ? 2 : to;
    *ret_height = lines < 2 ? 2 : lines;
}

int webp_prepare(const AVFrame *from, uint16_t matrix, int width, int height, AVFrame *to)
{
    const int *bt601 = sws_getCoefficients(SWS_CS_ITU601);
    const int *coefficients = sws_getCoefficients(matrix == 1 ? SWS_CS_ITU709 : SWS_CS_ITU601);

    to->format = AV_PIX_FMT_YUV420P;
    to->width = width;
    to->height = height;
    if (av_frame_get_buffer(to, 0) < 0)
        return ERR_NO_MEMORY;
    struct SwsContext *context =
        sws_getContext(from->width, from->height, AV_PIX_FMT_YUV420P, width, height,
                       AV_PIX_FMT_YUV420P, SWS_AREA | SWS_ACCURATE_RND | SWS_BITEXACT, NULL, NULL,
                       NULL);
    if (!context)
        return ERR_UNSUPPORTED;
    (void)sws_setColorspaceDetails(context, coefficients, 0, bt601, 0, 0, 1 << 16, 1 << 16);
    (void)sws_scale(context, (const uint8_t *const *)from->data, from->linesize, 0, from->height,
                    to->data, to->linesize);
    sws_freeContext(context);
    return 0;
}

static int open_encoder(AVCodecContext *codec, const AVFrame *picture, int quality)
{
    AVDictionary *options = NULL;

    codec->width = picture->width;
    codec->height = picture->height;
    codec->pix_fmt = AV_PIX_FMT_YUV420P;
    codec->time_base = (AVRational){1, 1};
    codec->thread_count = 1;
    codec->flags |= AV_CODEC_FLAG_BITEXACT;
    (void)av_dict_set_int(&options, "quality", quality, 0);
    (void)av_dict_set_int(&options, "compression_level", 4, 0);
    const int opened = avcodec_open2(codec, NULL, &options);
    av_dict_free(&options);
    return opened < 0 ? ERR_UNSUPPORTED : 0;
}

static int encode(AVFrame *picture, int quality, AVPacket *packet)
{
    AVCodecContext *codec = avcodec_alloc_context3(avcodec_find_encoder_by_name("libwebp"));
    int err = codec ? open_encoder(codec, picture, quality) : ERR_NO_MEMORY;

    picture->pts = 0;
    av_packet_unref(packet);
    if (!err && (avcodec_send_frame(codec, picture) < 0 || avcodec_send_frame(codec, NULL) < 0 ||
                 avcodec_receive_packet(codec, packet) < 0))
        err = ERR_UNSUPPORTED;
    avcodec_free_context(&codec);
    return err;
}

static int decode(const AVPacket *packet, AVFrame *picture)
{
    AVCodecContext *codec = avcodec_alloc_context3(avcodec_find_decoder(AV_CODEC_ID_WEBP));
    int err = codec ? 0 : ERR_NO_MEMORY;

    if (codec)
        codec->thread_count = 1;
    if (!err && (avcodec_open2(codec, NULL, NULL) < 0 || avcodec_send_packet(codec, packet) < 0 ||
                 avcodec_receive_frame(codec, picture) < 0))
        err = ERR_UNSUPPORTED;
    avcodec_free_context(&codec);
    return err;
}

static struct plane luma_of(const AVFrame *picture)
{
    return (struct plane){picture->data[0], picture->linesize[0], picture->width, picture->height};
}

/* Encodes it, and says how good it looks. */
static int try_quality(AVFrame *picture, int quality, AVPacket *packet, uint32_t *ret_mdb)
{
    AVFrame *decoded = av_frame_alloc();
    int err = decoded ? encode(picture, QUALITIES[quality], packet) : ERR_NO_MEMORY;

    if (!err)
        err = decode(packet, decoded);
    if (!err) {
        const struct plane before = luma_of(picture);
        const struct plane after = luma_of(decoded);
        *ret_mdb = ssim_mdb(ssim_mean(&before, &after));
    }
    av_frame_free(&decoded);
    return err;
}

/* Makes it coarser by as much as a step of `factor` in size would. */
static int blur(AVFrame *picture, int factor)
{
    AVFrame *small = av_frame_alloc();
    AVFrame *again = av_frame_alloc();
    const int width = (picture->width / factor + 1) & ~1;
    const int height = (picture->height / factor + 1) & ~1;
    enum { BT601 = 6 };

    int err = small && again ? webp_prepare(picture, BT601, width, height, small) : ERR_NO_MEMORY;
    if (!err)
        err = webp_prepare(small, BT601, picture->width, picture->height, again);
    if (!err) {
        av_frame_unref(picture);
        av_frame_move_ref(picture, again);
    }
    av_frame_free(&small);
    av_frame_free(&again);
    return err;
}

/* Goes to coarser qualities until it fits. *quality is below 0 when none did. */
static int fit(AVFrame *picture, int *quality, AVPacket *packet)
{
    int err = 0;

    while (!err && packet->size > WEBP_MAX_BYTES && --*quality >= 0)
        err = encode(picture, QUALITIES[*quality], packet);
    return err;
}

/* Looks for a quality that is good enough and not much better, or the finest that may fit, from the
 * one that was found last on: pictures of a lecture are much alike. */
static int search(AVFrame *picture, struct webp_wish *wish, AVPacket *packet)
{
    enum { MUCH_MDB = 1500 };
    int step = 0;

    for (;;) {
        uint32_t mdb = 0;
        const int err = try_quality(picture, wish->quality, packet, &mdb);
        if (err)
            return err;
        const bool is_poor = mdb < wish->enough_mdb && packet->size <= WEBP_MAX_BYTES;
        const bool is_much = mdb >= wish->enough_mdb + MUCH_MDB;
        const int wanted = is_poor ? 1 : is_much ? -1 : 0;
        const int next = wish->quality + wanted;
        if (wanted == 0 || wanted == -step || next < 0 || next >= WEBP_N_QUALITIES)
            return 0;
        step = wanted;
        wish->quality = next;
    }
}

int webp_encode(AVFrame *picture, struct webp_wish *wish, AVPacket *packet)
{
    enum { COARSEST = 8 };
    int err = search(picture, wish, packet);
    int quality = wish->quality;

    if (!err)
        err = fit(picture, &quality, packet);
    for (int factor = 2; !err && quality < 0 && factor <= COARSEST; factor *= 2) {
        quality = 1;
        err = blur(picture, factor);
        if (!err)
            err = encode(picture, QUALITIES[quality], packet);
        if (!err)
            err = fit(picture, &quality, packet);
    }
    if (!err && quality >= 0)
        wish->quality = quality;
    return err;
}
