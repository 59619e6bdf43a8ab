// SPDX-License-Identifier: GPL-3.0-or-later
#include "transcoder/source/allow_list.h"

#include <libavutil/avstring.h>

/* libavformat's own names. */
#define DEMUXERS                                                                                   \
    "mov,mp4,m4a,3gp,3g2,mj2,matroska,webm,mpegts,mpeg,avi,asf,flv,ogg,wav,w64,mp3,flac,aac,aiff," \
    "caf,amr"

struct allowed_decoder {
    enum AVCodecID codec;
    const char *name; /* which of libavcodec's decoders, so that no wrapper gets in */
};

static const struct allowed_decoder DECODERS[] = {
    {AV_CODEC_ID_H264, "h264"},
    {AV_CODEC_ID_HEVC, "hevc"},
    {AV_CODEC_ID_VP8, "vp8"},
    {AV_CODEC_ID_VP9, "vp9"},
    {AV_CODEC_ID_AV1, "libdav1d"},
    {AV_CODEC_ID_MPEG1VIDEO, "mpeg1video"},
    {AV_CODEC_ID_MPEG2VIDEO, "mpeg2video"},
    {AV_CODEC_ID_MPEG4, "mpeg4"},
    {AV_CODEC_ID_MSMPEG4V1, "msmpeg4v1"},
    {AV_CODEC_ID_MSMPEG4V2, "msmpeg4v2"},
    {AV_CODEC_ID_MSMPEG4V3, "msmpeg4"},
    {AV_CODEC_ID_H263, "h263"},
    {AV_CODEC_ID_FLV1, "flv"},
    {AV_CODEC_ID_THEORA, "theora"},
    {AV_CODEC_ID_MJPEG, "mjpeg"},
    {AV_CODEC_ID_PRORES, "prores"},
    {AV_CODEC_ID_DVVIDEO, "dvvideo"},
    {AV_CODEC_ID_WMV1, "wmv1"},
    {AV_CODEC_ID_WMV2, "wmv2"},
    {AV_CODEC_ID_WMV3, "wmv3"},
    {AV_CODEC_ID_VC1, "vc1"},
    {AV_CODEC_ID_QTRLE, "qtrle"},
    {AV_CODEC_ID_PNG, "png"},
    {AV_CODEC_ID_RAWVIDEO, "rawvideo"},
    {AV_CODEC_ID_AAC, "aac"},
    {AV_CODEC_ID_AAC_LATM, "aac_latm"},
    {AV_CODEC_ID_MP1, "mp1float"},
    {AV_CODEC_ID_MP2, "mp2float"},
    {AV_CODEC_ID_MP3, "mp3float"},
    {AV_CODEC_ID_OPUS, "opus"},
    {AV_CODEC_ID_VORBIS, "vorbis"},
    {AV_CODEC_ID_FLAC, "flac"},
    {AV_CODEC_ID_ALAC, "alac"},
    {AV_CODEC_ID_AC3, "ac3"},
    {AV_CODEC_ID_EAC3, "eac3"},
    {AV_CODEC_ID_AMR_NB, "amrnb"},
    {AV_CODEC_ID_AMR_WB, "amrwb"},
    {AV_CODEC_ID_WMAV1, "wmav1"},
    {AV_CODEC_ID_WMAV2, "wmav2"},
    {AV_CODEC_ID_WMAPRO, "wmapro"},
    {AV_CODEC_ID_PCM_U8, "pcm_u8"},
    {AV_CODEC_ID_PCM_S8, "pcm_s8"},
    {AV_CODEC_ID_PCM_S16LE, "pcm_s16le"},
    {AV_CODEC_ID_PCM_S16BE, "pcm_s16be"},
    {AV_CODEC_ID_PCM_S24LE, "pcm_s24le"},
    {AV_CODEC_ID_PCM_S24BE, "pcm_s24be"},
    {AV_CODEC_ID_PCM_S32LE, "pcm_s32le"},
    {AV_CODEC_ID_PCM_S32BE, "pcm_s32be"},
    {AV_CODEC_ID_PCM_F32LE, "pcm_f32le"},
    {AV_CODEC_ID_PCM_F32BE, "pcm_f32be"},
    {AV_CODEC_ID_PCM_F64LE, "pcm_f64le"},
    {AV_CODEC_ID_PCM_F64BE, "pcm_f64be"},
    {AV_CODEC_ID_PCM_BLURAY, "pcm_bluray"},
    {AV_CODEC_ID_PCM_DVD, "pcm_dvd"},
    {AV_CODEC_ID_PCM_ALAW, "pcm_alaw"},
    {AV_CODEC_ID_PCM_MULAW, "pcm_mulaw"},
    {AV_CODEC_ID_ADPCM_IMA_WAV, "adpcm_ima_wav"},
    {AV_CODEC_ID_ADPCM_IMA_QT, "adpcm_ima_qt"},
    {AV_CODEC_ID_ADPCM_MS, "adpcm_ms"},
    {AV_CODEC_ID_ADPCM_SWF, "adpcm_swf"},
    {AV_CODEC_ID_GSM, "gsm"},
    {AV_CODEC_ID_GSM_MS, "gsm_ms"},
    {AV_CODEC_ID_NELLYMOSER, "nellymoser"},
};

const char *allow_list_demuxers(void)
{
    return DEMUXERS;
}

bool allow_list_has_demuxer(const char *name)
{
    return av_match_list(name, DEMUXERS, ',') > 0;
}

void allow_list_append_decoders(struct buf *out)
{
    for (size_t i = 0; i < sizeof DECODERS / sizeof DECODERS[0]; i++)
        buf_printf(out, "%s%s", i ? "," : "", DECODERS[i].name);
}

const AVCodec *allow_list_decoder(enum AVCodecID codec)
{
    for (size_t i = 0; i < sizeof DECODERS / sizeof DECODERS[0]; i++) {
        if (DECODERS[i].codec == codec)
            return avcodec_find_decoder_by_name(DECODERS[i].name);
    }
    return NULL;
}
