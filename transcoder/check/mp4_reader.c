// SPDX-License-Identifier: GPL-3.0-or-later
#include "transcoder/check/mp4_reader.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "common/err.h"
#include "transcoder/check/av1_reader.h"
#include "transcoder/check/big_endian.h"

enum {
    MAX_SAMPLES = 100000,
    NAL_IDR = 5,
    NAL_SLICE = 1,
    SYNC_MASK = 0x10000,
    VISUAL_ENTRY = 78,
};

struct box {
    char type[5];
    struct slice content;
    size_t size; /* with its header, as it says */
};

/* Cuts the next box off. False at the end, or where its size makes no sense. With may_be_cut the
 * last one may be longer than what is there. */
static bool next_box(struct slice *rest, bool may_be_cut, struct box *ret_box)
{
    const size_t size = u32_at(*rest, 0);

    if (rest->length < 8 || size < 8 || (size > rest->length && !may_be_cut))
        return false;
    const size_t have = size < rest->length ? size : rest->length;
    memcpy(ret_box->type, rest->data + 4, 4);
    ret_box->type[4] = '\0';
    ret_box->content = slice_of(rest->data + 8, have - 8);
    ret_box->size = size;
    *rest = slice_skip(*rest, have);
    return true;
}

/* The content of the first box at a path such as "trak/mdia/mdhd"; false when it is not there. */
static bool find(struct slice parent, const char *path, struct slice *ret_content)
{
    struct slice rest = slice_from(path);

    while (rest.length > 0) {
        const struct slice wanted = slice_split(&rest, '/');
        struct box box;
        bool is_found = false;
        while (!is_found && next_box(&parent, false, &box))
            is_found = slice_is(wanted, box.type);
        if (!is_found)
            return false;
        parent = box.content;
    }
    *ret_content = parent;
    return true;
}

static void read_avc(struct slice entry, struct mp4_track *t)
{
    struct slice config;

    if (!find(slice_skip(entry, VISUAL_ENTRY), "avcC", &config) || config.length < 7)
        return;
    t->nal_length_bytes = (u8_at(config, 4) & 3) + 1;
    (void)snprintf(t->codecs, sizeof t->codecs, "%s.%02x%02x%02x", t->entry,
                   (unsigned)u8_at(config, 1), (unsigned)u8_at(config, 2),
                   (unsigned)u8_at(config, 3));
}

static void read_av1(struct slice entry, struct mp4_track *t)
{
    struct slice config;

    if (!find(slice_skip(entry, VISUAL_ENTRY), "av1C", &config))
        return;
    const struct slice sequence = av1_sequence_header(slice_skip(config, 4));
    if (sequence.length <= sizeof t->sequence_header) {
        if (sequence.length > 0)
            memcpy(t->sequence_header, sequence.data, sequence.length);
        t->sequence_header_length = sequence.length;
    }
    av1_codecs(config, t->codecs, sizeof t->codecs);
}

static void read_picture(struct slice entry, struct mp4_track *t)
{
    t->is_video = true;
    t->width = u16_at(entry, 24);
    t->height = u16_at(entry, 26);
    if (strcmp(t->entry, "av01") == 0)
        read_av1(entry, t);
    else
        read_avc(entry, t);
}

/* The AudioSpecificConfig's object type, from the descriptor in esds that holds it. */
static uint32_t aac_object_type(struct slice esds)
{
    for (size_t i = 4; i + 2 < esds.length; i++) {
        if (u8_at(esds, i) == 5 && u8_at(esds, i + 1) >= 2)
            return u8_at(esds, i + 2) >> 3;
    }
    return 0;
}

static void read_sound(struct slice entry, struct mp4_track *t)
{
    enum { SOUND_ENTRY = 28 };
    struct slice config;

    t->n_channels = u16_at(entry, 16);
    t->sample_rate = u32_at(entry, 24) >> 16;
    if (strcmp(t->entry, "mp4a") == 0 && find(slice_skip(entry, SOUND_ENTRY), "esds", &config))
        (void)snprintf(t->codecs, sizeof t->codecs, "mp4a.40.%" PRIu32, aac_object_type(config));
    else if (strcmp(t->entry, "Opus") == 0 && find(slice_skip(entry, SOUND_ENTRY), "dOps", &config))
        (void)snprintf(t->codecs, sizeof t->codecs, "opus");
}

static int read_description(struct slice stsd, struct mp4_track *t)
{
    struct slice rest = slice_skip(stsd, 8);
    struct box entry;

    if (!next_box(&rest, false, &entry) || entry.content.length < 28)
        return ERR_INVALID;
    memcpy(t->entry, entry.type, sizeof t->entry);
    if (strncmp(entry.type, "avc", 3) == 0 || strcmp(entry.type, "av01") == 0)
        read_picture(entry.content, t);
    else
        read_sound(entry.content, t);
    return 0;
}

static int64_t edit_start(struct slice trak)
{
    struct slice elst;

    if (!find(trak, "edts/elst", &elst) || u32_at(elst, 4) == 0)
        return 0;
    return u8_at(elst, 0) == 1 ? (int64_t)u64_at(elst, 16) : (int32_t)u32_at(elst, 12);
}

int mp4_read_init(struct slice bytes, struct mp4_track *ret_track)
{
    struct mp4_track t = {0};
    struct slice moov;
    struct slice trak;
    struct slice box;

    if (!find(bytes, "moov", &moov) || !find(moov, "trak", &trak) || !find(trak, "mdia/mdhd", &box))
        return ERR_INVALID;
    t.timescale = u32_at(box, u8_at(box, 0) == 1 ? 20 : 12);
    t.start_ticks = edit_start(trak);
    if (!find(trak, "tkhd", &box))
        return ERR_INVALID;
    t.id = u32_at(box, u8_at(box, 0) == 1 ? 20 : 12);
    if (!find(moov, "mvex/trex", &box))
        return ERR_INVALID;
    t.default_ticks = u32_at(box, 12);
    t.default_size = u32_at(box, 16);
    t.default_flags = u32_at(box, 20);
    if (!find(trak, "mdia/minf/stbl/stsd", &box) || read_description(box, &t) || t.timescale == 0)
        return ERR_INVALID;
    *ret_track = t;
    return 0;
}

/* Walks through trun. */
struct run {
    struct slice trun;
    uint32_t flags;
    size_t n;
    size_t at; /* of the next sample's fields */
    uint32_t first_flags;
    bool has_first_flags;
};

struct run_sample {
    uint32_t ticks, size, flags;
    int64_t offset_ticks;
};

enum {
    TFHD_BASE_OFFSET = 1,
    TFHD_DESCRIPTION = 2,
    TFHD_DURATION = 8,
    TFHD_SIZE = 0x10,
    TFHD_FLAGS = 0x20,
    TRUN_DATA_OFFSET = 1,
    TRUN_FIRST_FLAGS = 4,
    TRUN_DURATION = 0x100,
    TRUN_SIZE = 0x200,
    TRUN_FLAGS = 0x400,
    TRUN_OFFSET = 0x800,
};

static size_t fields_of(uint32_t flags)
{
    return (size_t)__builtin_popcount(flags &
                                      (TRUN_DURATION | TRUN_SIZE | TRUN_FLAGS | TRUN_OFFSET));
}

static int open_run(struct slice trun, struct run *run)
{
    *run = (struct run){.trun = trun, .flags = u32_at(trun, 0) & 0xffffff, .n = u32_at(trun, 4)};
    run->at = run->flags & TRUN_DATA_OFFSET ? 12 : 8;
    run->has_first_flags = (run->flags & TRUN_FIRST_FLAGS) != 0;
    if (run->has_first_flags) {
        run->first_flags = u32_at(trun, run->at);
        run->at += 4;
    }
    if (run->n == 0 || run->n > MAX_SAMPLES ||
        trun.length != run->at + run->n * fields_of(run->flags) * 4)
        return ERR_INVALID;
    return 0;
}

static uint32_t take_u32(struct run *run)
{
    run->at += 4;
    return u32_at(run->trun, run->at - 4);
}

static struct run_sample next_sample(struct run *run, size_t index, const struct mp4_track *d)
{
    struct run_sample s = {d->default_ticks, d->default_size, d->default_flags, 0};

    if (run->flags & TRUN_DURATION)
        s.ticks = take_u32(run);
    if (run->flags & TRUN_SIZE)
        s.size = take_u32(run);
    if (run->flags & TRUN_FLAGS)
        s.flags = take_u32(run);
    else if (index == 0 && run->has_first_flags)
        s.flags = run->first_flags;
    if (run->flags & TRUN_OFFSET)
        s.offset_ticks =
            u8_at(run->trun, 0) == 0 ? (int64_t)take_u32(run) : (int64_t)(int32_t)take_u32(run);
    return s;
}

/* Whether a sample's first slice is of an IDR picture. */
static bool is_idr(struct slice sample, uint32_t nal_length_bytes)
{
    while (nal_length_bytes > 0 && sample.length > nal_length_bytes) {
        size_t length = 0;
        for (uint32_t i = 0; i < nal_length_bytes; i++)
            length = length << 8 | u8_at(sample, i);
        const uint32_t type = u8_at(sample, nal_length_bytes) & 31;
        if (type >= NAL_SLICE && type <= NAL_IDR)
            return type == NAL_IDR;
        sample = slice_skip(sample, nal_length_bytes + length);
    }
    return false;
}

static bool is_random_access(struct slice sample, const struct mp4_track *track)
{
    if (strcmp(track->entry, "av01") != 0)
        return is_idr(sample, track->nal_length_bytes);
    return av1_is_random_access(sample,
                                slice_of(track->sequence_header, track->sequence_header_length));
}

/* The track's defaults, as far as tfhd does not give others. */
static int read_tfhd(struct slice tfhd, struct mp4_track *d)
{
    const uint32_t flags = u32_at(tfhd, 0) & 0xffffff;
    size_t at = 8;

    if (u32_at(tfhd, 4) != d->id || flags & TFHD_BASE_OFFSET)
        return ERR_INVALID;
    if (flags & TFHD_DESCRIPTION)
        at += 4;
    if (flags & TFHD_DURATION) {
        d->default_ticks = u32_at(tfhd, at);
        at += 4;
    }
    if (flags & TFHD_SIZE) {
        d->default_size = u32_at(tfhd, at);
        at += 4;
    }
    if (flags & TFHD_FLAGS)
        d->default_flags = u32_at(tfhd, at);
    return 0;
}

static int read_samples(struct run *run, const struct mp4_track *d, struct slice data,
                        size_t data_offset, struct mp4_fragment *f, uint64_t *ret_bytes)
{
    int64_t at_ticks = f->decode_ticks;

    *ret_bytes = 0;
    f->n_samples = run->n;
    f->first_ticks = INT64_MAX;
    for (size_t i = 0; i < run->n; i++) {
        const struct run_sample s = next_sample(run, i, d);
        const int64_t shown = at_ticks + s.offset_ticks - d->start_ticks;
        f->first_ticks = shown < f->first_ticks ? shown : f->first_ticks;
        at_ticks += s.ticks;
        *ret_bytes += s.size;
        if (i > 0)
            continue;
        f->is_sync = (s.flags & SYNC_MASK) == 0;
        f->is_idr = !d->is_video ||
                    (s.size <= data.length && is_random_access(slice_of(data.data, s.size), d));
        f->first_sample_size = data_offset + s.size;
    }
    f->duration_ticks = at_ticks - f->decode_ticks;
    return f->duration_ticks > 0 ? 0 : ERR_INVALID;
}

int mp4_read_fragment(struct slice bytes, const struct mp4_track *track, bool is_cut,
                      struct mp4_fragment *ret_fragment)
{
    struct mp4_track d = *track;
    struct mp4_fragment f = {0};
    struct slice rest = bytes;
    struct slice traf;
    struct slice box;
    struct box moof;
    struct box mdat;
    struct run run;
    uint64_t n_bytes;

    if (!next_box(&rest, false, &moof) || strcmp(moof.type, "moof") != 0 ||
        !next_box(&rest, is_cut, &mdat) || strcmp(mdat.type, "mdat") != 0 || rest.length > 0)
        return ERR_INVALID;
    if (!find(moof.content, "mfhd", &box))
        return ERR_INVALID;
    f.sequence = u32_at(box, 4);
    if (!find(moof.content, "traf", &traf) || !find(traf, "tfhd", &box) || read_tfhd(box, &d) ||
        !find(traf, "tfdt", &box))
        return ERR_INVALID;
    f.decode_ticks = u8_at(box, 0) == 1 ? (int64_t)u64_at(box, 4) : (int64_t)u32_at(box, 4);
    if (f.decode_ticks < 0 || f.decode_ticks > INT64_MAX / 4 || !find(traf, "trun", &box) ||
        open_run(box, &run) || u32_at(box, 8) != moof.size + 8 ||
        read_samples(&run, &d, mdat.content, moof.size + 8, &f, &n_bytes) ||
        n_bytes != mdat.size - 8)
        return ERR_INVALID;
    *ret_fragment = f;
    return 0;
}
