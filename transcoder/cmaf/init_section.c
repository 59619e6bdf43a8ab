// SPDX-License-Identifier: GPL-3.0-or-later
#include "transcoder/cmaf/init_section.h"

#include "transcoder/cmaf/mp4_box.h"
#include "transcoder/cmaf/sample_flags.h"

enum { TRACK_ID = 1 };

static void append_ftyp(struct buf *b)
{
    const size_t ftyp = mp4_box_begin(b, "ftyp");

    buf_append(b, "iso6", 4);
    buf_append_u32(b, 0);
    buf_append(b, "iso6cmfc", 8);
    mp4_box_end(b, ftyp);
}

/* The unity matrix of mvhd and tkhd, in fixed point. */
static void append_matrix(struct buf *b)
{
    static const uint32_t UNITY[9] = {0x10000, 0, 0, 0, 0x10000, 0, 0, 0, 0x40000000};

    for (int i = 0; i < 9; i++)
        buf_append_u32(b, UNITY[i]);
}

static void append_mvhd(struct buf *b, uint32_t timescale)
{
    const size_t mvhd = mp4_full_box_begin(b, "mvhd", 0, 0);

    mp4_append_zeros(b, 8); /* dates */
    buf_append_u32(b, timescale);
    buf_append_u32(b, 0);       /* duration: in the fragments */
    buf_append_u32(b, 0x10000); /* rate */
    buf_append_u16(b, 0x100);   /* volume */
    mp4_append_zeros(b, 10);
    append_matrix(b);
    mp4_append_zeros(b, 24);
    buf_append_u32(b, TRACK_ID + 1);
    mp4_box_end(b, mvhd);
}

static void append_tkhd(struct buf *b, uint16_t volume, uint16_t width, uint16_t height)
{
    const size_t tkhd = mp4_full_box_begin(b, "tkhd", 0, 3); /* enabled, in the movie */

    mp4_append_zeros(b, 8);
    buf_append_u32(b, TRACK_ID);
    mp4_append_zeros(b, 4 + 4 + 8 + 2 + 2); /* reserved, duration, reserved, layer, group */
    buf_append_u16(b, volume);
    mp4_append_zeros(b, 2);
    append_matrix(b);
    buf_append_u32(b, (uint32_t)width << 16);
    buf_append_u32(b, (uint32_t)height << 16);
    mp4_box_end(b, tkhd);
}

/* Three letters, five bits each. */
static uint16_t packed_language(const char *language)
{
    uint16_t packed = 0;

    for (int i = 0; i < 3; i++)
        packed = (uint16_t)(packed << 5 | (language[i] - 0x60));
    return packed;
}

static void append_mdhd(struct buf *b, uint32_t timescale, const char *language)
{
    const size_t mdhd = mp4_full_box_begin(b, "mdhd", 0, 0);

    mp4_append_zeros(b, 8);
    buf_append_u32(b, timescale);
    buf_append_u32(b, 0);
    buf_append_u16(b, packed_language(language));
    buf_append_u16(b, 0);
    mp4_box_end(b, mdhd);
}

static void append_hdlr(struct buf *b, const char type[4])
{
    const size_t hdlr = mp4_full_box_begin(b, "hdlr", 0, 0);

    buf_append_u32(b, 0);
    buf_append(b, type, 4);
    mp4_append_zeros(b, 12 + 1); /* reserved, empty name */
    mp4_box_end(b, hdlr);
}

/* Media data are in the same file. */
static void append_dinf(struct buf *b)
{
    const size_t dinf = mp4_box_begin(b, "dinf");
    const size_t dref = mp4_full_box_begin(b, "dref", 0, 0);

    buf_append_u32(b, 1);
    const size_t url = mp4_full_box_begin(b, "url ", 0, 1);
    mp4_box_end(b, url);
    mp4_box_end(b, dref);
    mp4_box_end(b, dinf);
}

/* The sample tables are empty: samples are in fragments. */
static void append_empty_tables(struct buf *b)
{
    static const char TYPES[3][5] = {"stts", "stsc", "stco"};

    for (int i = 0; i < 3; i++) {
        const size_t table = mp4_full_box_begin(b, TYPES[i], 0, 0);
        buf_append_u32(b, 0);
        mp4_box_end(b, table);
    }
    const size_t stsz = mp4_full_box_begin(b, "stsz", 0, 0);
    mp4_append_zeros(b, 8);
    mp4_box_end(b, stsz);
}

/* ISO/IEC 14496-12 §8.9.3, §10.1: how many packets a decoder needs before the one that it is asked
 * for sounds right. Version 2 makes it so for all samples, without a table in each fragment. Opus
 * wants 80 ms. */
static void append_pre_roll(struct buf *b, const struct init_audio *track)
{
    const uint32_t needed = track->sample_rate * 80 / 1000;
    const uint32_t n = (needed + track->sample_ticks - 1) / track->sample_ticks;
    const size_t sgpd = mp4_full_box_begin(b, "sgpd", 2, 0);

    buf_append(b, "roll", 4);
    buf_append_u32(b, 2); /* bytes of an entry */
    buf_append_u32(b, 1); /* entry 1 goes for all samples */
    buf_append_u32(b, 1); /* entries */
    buf_append_u16(b, (uint16_t) - (int32_t)n);
    mp4_box_end(b, sgpd);
}

static void append_mvex(struct buf *b, uint32_t sample_ticks, uint32_t sample_flags)
{
    const size_t mvex = mp4_box_begin(b, "mvex");
    const size_t trex = mp4_full_box_begin(b, "trex", 0, 0);

    buf_append_u32(b, TRACK_ID);
    buf_append_u32(b, 1); /* sample description */
    buf_append_u32(b, sample_ticks);
    buf_append_u32(b, 0);
    buf_append_u32(b, sample_flags);
    mp4_box_end(b, trex);
    mp4_box_end(b, mvex);
}

static void append_colour(struct buf *b, const struct init_colour *colour)
{
    const size_t colr = mp4_box_begin(b, "colr");

    buf_append(b, "nclx", 4);
    buf_append_u16(b, colour->primaries);
    buf_append_u16(b, colour->transfer);
    buf_append_u16(b, colour->matrix);
    buf_append_u8(b, colour->is_full_range ? 0x80 : 0);
    mp4_box_end(b, colr);
}

/* The sample entry: the same for all codecs but for two names and what is in the second box. */
static void append_picture_entry(struct buf *b, const struct init_video *track)
{
    static const char *const ENTRIES[N_VIDEO_CODECS][2] = {
        [VIDEO_H264] = {"avc1", "avcC"}, [VIDEO_AV1] = {"av01", "av1C"}};
    const size_t entry = mp4_box_begin(b, ENTRIES[track->codec][0]);

    mp4_append_zeros(b, 6);
    buf_append_u16(b, 1); /* data reference */
    mp4_append_zeros(b, 16);
    buf_append_u16(b, track->width);
    buf_append_u16(b, track->height);
    buf_append_u32(b, 0x480000); /* 72 dpi */
    buf_append_u32(b, 0x480000);
    buf_append_u32(b, 0);
    buf_append_u16(b, 1); /* frames per sample */
    mp4_append_zeros(b, 32);
    buf_append_u16(b, 24);
    buf_append_u16(b, 0xffff);
    const size_t config = mp4_box_begin(b, ENTRIES[track->codec][1]);
    buf_append_slice(b, track->config);
    mp4_box_end(b, config);
    append_colour(b, &track->colour);
    mp4_box_end(b, entry);
}

/* ISO/IEC 14496-1 §7.2.6: descriptors with one-byte lengths, which all of ours fit. */
static void append_esds(struct buf *b, const struct init_audio *track)
{
    const size_t esds = mp4_full_box_begin(b, "esds", 0, 0);
    const uint8_t config_length = (uint8_t)track->codec_data.length;

    buf_append_u8(b, 3); /* ES_Descriptor */
    buf_append_u8(b, (uint8_t)(3 + 2 + 13 + 2 + config_length + 3));
    buf_append_u16(b, 0);
    buf_append_u8(b, 0);
    buf_append_u8(b, 4); /* DecoderConfigDescriptor */
    buf_append_u8(b, (uint8_t)(13 + 2 + config_length));
    buf_append_u8(b, 0x40);             /* MPEG-4 audio */
    buf_append_u8(b, 0x15);             /* audio stream */
    mp4_append_zeros(b, 3);             /* buffer size */
    buf_append_u32(b, track->bit_rate); /* maximum */
    buf_append_u32(b, track->bit_rate); /* average */
    buf_append_u8(b, 5);                /* DecoderSpecificInfo */
    buf_append_u8(b, config_length);
    buf_append_slice(b, track->codec_data);
    buf_append_u8(b, 6); /* SLConfigDescriptor: as MP4 files have it */
    buf_append_u8(b, 1);
    buf_append_u8(b, 2);
    mp4_box_end(b, esds);
}

static void append_sound_entry(struct buf *b, const struct init_audio *track)
{
    const bool is_opus = track->codec == INIT_SOUND_OPUS;
    const size_t entry = mp4_box_begin(b, is_opus ? "Opus" : "mp4a");

    mp4_append_zeros(b, 6);
    buf_append_u16(b, 1);
    mp4_append_zeros(b, 8);
    buf_append_u16(b, track->n_channels);
    buf_append_u16(b, 16);
    mp4_append_zeros(b, 4);
    buf_append_u32(b, track->sample_rate << 16);
    if (is_opus) {
        const size_t dops = mp4_box_begin(b, "dOps");
        buf_append_slice(b, track->codec_data);
        mp4_box_end(b, dops);
    } else {
        append_esds(b, track);
    }
    mp4_box_end(b, entry);
}

struct track {
    const struct init_video *video; /* one of the two, the other is NULL */
    const struct init_audio *audio;
};

static void append_media_header(struct buf *b, const struct track *track)
{
    if (track->video) {
        const size_t vmhd = mp4_full_box_begin(b, "vmhd", 0, 1);
        mp4_append_zeros(b, 8);
        mp4_box_end(b, vmhd);
    } else {
        const size_t smhd = mp4_full_box_begin(b, "smhd", 0, 0);
        mp4_append_zeros(b, 4);
        mp4_box_end(b, smhd);
    }
}

static void append_minf(struct buf *b, const struct track *track)
{
    const size_t minf = mp4_box_begin(b, "minf");

    append_media_header(b, track);
    append_dinf(b);
    const size_t stbl = mp4_box_begin(b, "stbl");
    const size_t stsd = mp4_full_box_begin(b, "stsd", 0, 0);
    buf_append_u32(b, 1);
    if (track->video)
        append_picture_entry(b, track->video);
    else
        append_sound_entry(b, track->audio);
    mp4_box_end(b, stsd);
    append_empty_tables(b);
    if (track->audio && track->audio->codec == INIT_SOUND_OPUS)
        append_pre_roll(b, track->audio);
    mp4_box_end(b, stbl);
    mp4_box_end(b, minf);
}

static void append_trak(struct buf *b, const struct track *track)
{
    const size_t trak = mp4_box_begin(b, "trak");

    if (track->video)
        append_tkhd(b, 0, track->video->width, track->video->height);
    else
        append_tkhd(b, 0x100, 0, 0);
    const size_t mdia = mp4_box_begin(b, "mdia");
    append_mdhd(b, track->video ? track->video->timescale : track->audio->sample_rate,
                track->video ? "und" : track->audio->language);
    append_hdlr(b, track->video ? "vide" : "soun");
    append_minf(b, track);
    mp4_box_end(b, mdia);
    mp4_box_end(b, trak);
}

void init_section_video(const struct init_video *track, struct buf *out)
{
    append_ftyp(out);
    const size_t moov = mp4_box_begin(out, "moov");
    append_mvhd(out, track->timescale);
    append_trak(out, &(struct track){.video = track});
    append_mvex(out, track->sample_ticks, SAMPLE_FLAGS_DEPENDENT);
    mp4_box_end(out, moov);
}

void init_section_audio(const struct init_audio *track, struct buf *out)
{
    append_ftyp(out);
    const size_t moov = mp4_box_begin(out, "moov");
    append_mvhd(out, track->sample_rate);
    append_trak(out, &(struct track){.audio = track});
    append_mvex(out, track->sample_ticks, SAMPLE_FLAGS_SYNC);
    mp4_box_end(out, moov);
}
