// SPDX-License-Identifier: GPL-3.0-or-later
#include "transcoder/video/jpeg.h"

#include <libswscale/swscale.h>

#include "common/err.h"

int jpeg_shrink(const AVFrame *from, int width, int height, AVFrame *to)
{
    to->format = AV_PIX_FMT_YUVJ420P;
    to->width = width;
    to->height = height;
    if (av_frame_get_buffer(to, 0) < 0)
        return ERR_NO_MEMORY;
    struct SwsContext *context =
        sws_getContext(from->width, from->height, AV_PIX_FMT_YUV420P, to->width, to->height,
                       AV_PIX_FMT_YUVJ420P, SWS_AREA | SWS_ACCURATE_RND | SWS_BITEXACT, NULL, NULL,
                       NULL);
    if (!context)
        return ERR_UNSUPPORTED;
    (void)sws_scale(context, (const uint8_t *const *)from->data, from->linesize, 0, from->height,
                    to->data, to->linesize);
    sws_freeContext(context);
    return 0;
}

static int encode(AVCodecContext *codec, AVFrame *picture, int quality, AVPacket *packet)
{
    codec->width = picture->width;
    codec->height = picture->height;
    codec->pix_fmt = AV_PIX_FMT_YUVJ420P;
    codec->time_base = (AVRational){1, 1};
    codec->thread_count = 1;
    codec->flags |= AV_CODEC_FLAG_QSCALE | AV_CODEC_FLAG_BITEXACT;
    codec->global_quality = quality * FF_QP2LAMBDA;
    picture->pts = 0;
    picture->quality = codec->global_quality;
    if (avcodec_open2(codec, NULL, NULL) < 0 || avcodec_send_frame(codec, picture) < 0 ||
        avcodec_send_frame(codec, NULL) < 0 || avcodec_receive_packet(codec, packet) < 0)
        return ERR_UNSUPPORTED;
    return 0;
}

int jpeg_encode(AVFrame *picture, int quality, AVPacket *packet)
{
    AVCodecContext *codec = avcodec_alloc_context3(avcodec_find_encoder(AV_CODEC_ID_MJPEG));
    const int err = codec ? encode(codec, picture, quality, packet) : ERR_NO_MEMORY;

    avcodec_free_context(&codec);
    return err;
}
