// SPDX-License-Identifier: GPL-3.0-or-later
#include "transcoder/source/codec_label.h"

#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

/* Where libavcodec's name in capitals is not what is printed on a box. */
static const struct {
    enum AVCodecID id;
    const char *label;
} LABELS[] = {
    {AV_CODEC_ID_DTS, "DTS"},
    {AV_CODEC_ID_TRUEHD, "Dolby TrueHD"},
    {AV_CODEC_ID_EAC3, "E-AC-3"},
    {AV_CODEC_ID_AC3, "AC-3"},
    {AV_CODEC_ID_SPEEX, "Speex"},
    {AV_CODEC_ID_COOK, "RealAudio Cook"},
    {AV_CODEC_ID_SIPR, "RealAudio SIPR"},
    {AV_CODEC_ID_RA_144, "RealAudio 1"},
    {AV_CODEC_ID_RA_288, "RealAudio 2"},
    {AV_CODEC_ID_QDM2, "QDesign Music 2"},
    {AV_CODEC_ID_TRUESPEECH, "TrueSpeech"},
    {AV_CODEC_ID_WMAVOICE, "Windows Media Voice"},
    {AV_CODEC_ID_WMALOSSLESS, "Windows Media Lossless"},
    {AV_CODEC_ID_MP4ALS, "MPEG-4 ALS"},
    {AV_CODEC_ID_WAVPACK, "WavPack"},
    {AV_CODEC_ID_MP3ADU, "MP3 ADU"},
    {AV_CODEC_ID_ADPCM_G722, "G.722"},
    {AV_CODEC_ID_ADPCM_G726, "G.726"},
    {AV_CODEC_ID_G723_1, "G.723.1"},
    {AV_CODEC_ID_G729, "G.729"},
    {AV_CODEC_ID_ILBC, "iLBC"},
    {AV_CODEC_ID_JPEG2000, "JPEG 2000"},
    {AV_CODEC_ID_DNXHD, "DNxHD"},
    {AV_CODEC_ID_CFHD, "CineForm"},
    {AV_CODEC_ID_VP6F, "VP6"},
    {AV_CODEC_ID_FLASHSV, "Flash Screen Video"},
    {AV_CODEC_ID_FLASHSV2, "Flash Screen Video 2"},
    {AV_CODEC_ID_UTVIDEO, "Ut Video"},
    {AV_CODEC_ID_MAGICYUV, "MagicYUV"},
    {AV_CODEC_ID_CINEPAK, "Cinepak"},
    {AV_CODEC_ID_VVC, "H.266"},
};

static bool is_printable(const char *text)
{
    for (const char *c = text; *c; c++) {
        if (*c < 0x20 || *c > 0x7e)
            return false;
    }
    return true;
}

static void raise_letters(char *text)
{
    for (; *text; text++) {
        if (*text >= 'a' && *text <= 'z')
            *text = (char)(*text - 'a' + 'A');
        else if (*text == '_')
            *text = ' ';
    }
}

/* "APAC" of the tag 'apac', "0x0130" of the number 0x130. */
static void label_by_tag(uint32_t tag, char label[CODEC_LABEL_SIZE])
{
    const char letters[5] = {(char)(tag & 0xff), (char)(tag >> 8 & 0xff), (char)(tag >> 16 & 0xff),
                             (char)(tag >> 24)};

    label[0] = '\0';
    if (strlen(letters) == 4 && is_printable(letters)) {
        (void)snprintf(label, CODEC_LABEL_SIZE, "%s", letters);
        raise_letters(label);
    } else if (tag != 0) {
        (void)snprintf(label, CODEC_LABEL_SIZE, "0x%04" PRIx32, tag);
    }
}

void codec_label_of(const AVCodecParameters *codec, char label[CODEC_LABEL_SIZE])
{
    for (size_t i = 0; i < sizeof LABELS / sizeof LABELS[0]; i++) {
        if (LABELS[i].id == codec->codec_id) {
            (void)snprintf(label, CODEC_LABEL_SIZE, "%s", LABELS[i].label);
            return;
        }
    }
    if (codec->codec_id == AV_CODEC_ID_NONE) {
        label_by_tag(codec->codec_tag, label);
        return;
    }
    (void)snprintf(label, CODEC_LABEL_SIZE, "%s", avcodec_get_name(codec->codec_id));
    raise_letters(label);
}
