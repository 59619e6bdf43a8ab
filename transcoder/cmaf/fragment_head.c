// SPDX-License-Identifier: GPL-3.0-or-later
#include "transcoder/cmaf/fragment_head.h"

#include <stdbool.h>
#include <stdlib.h>

#include "common/err.h"
#include "transcoder/cmaf/mp4_box.h"
#include "transcoder/cmaf/sample_flags.h"

enum {
    TRACK_ID = 1,
    TFHD_DEFAULT_DURATION = 0x08,
    TFHD_BASE_IS_MOOF = 0x020000,
    TRUN_DATA_OFFSET = 0x01,
    TRUN_FIRST_FLAGS = 0x04,
    TRUN_DURATION = 0x100,
    TRUN_SIZE = 0x200,
    TRUN_OFFSET = 0x800,
};

/* How the samples are laid out in time. */
struct layout {
    int64_t decode_ticks[FRAGMENT_MAX_SAMPLES + 1]; /* rising; the last one is the end */
    bool is_even;     /* all samples last equally long, common_ticks */
    bool has_offsets; /* some sample is not shown when it is decoded */
    uint32_t common_ticks;
    uint64_t data_bytes;
};

static int compare_ticks(const void *a, const void *b)
{
    const int64_t left = *(const int64_t *)a;
    const int64_t right = *(const int64_t *)b;

    return (left > right) - (left < right);
}

static uint32_t sample_ticks(const struct layout *layout, size_t i)
{
    return (uint32_t)(layout->decode_ticks[i + 1] - layout->decode_ticks[i]);
}

static uint32_t sample_offset(const struct fragment_spec *spec, const struct layout *layout,
                              size_t i)
{
    return (uint32_t)(spec->samples[i].pts_ticks - layout->decode_ticks[i]);
}

/* Spreads frames that wait for the one behind them, which is decoded at `until`, evenly over the
 * time since the frame before them, decoded at `since`. */
static bool spread(int64_t *ticks, size_t n, int64_t since, int64_t until)
{
    for (size_t i = 0; i < n; i++)
        ticks[i] = since + (until - since) * (int64_t)(i + 1) / (int64_t)(n + 1);
    return until - since > (int64_t)n;
}

/* Frames are decoded at the sorted presentation times, or earlier where they, or one that is
 * decoded after them, would be late. The first frame is both decoded and shown at the fragment's
 * start. So where reordering starts, a few frames have to be decoded within the time of one: they
 * share it, and no other frame is moved. False when there is no such order. */
static bool set_decode_times(const struct fragment_spec *spec, struct layout *layout)
{
    const size_t n = spec->n_samples;
    int64_t *const ticks = layout->decode_ticks;
    bool is_possible = true;

    for (size_t i = 0; i < n; i++)
        ticks[i] = spec->samples[i].pts_ticks;
    qsort(ticks, n, sizeof ticks[0], compare_ticks);
    ticks[n] = spec->end_ticks;
    int64_t latest = spec->end_ticks;
    for (size_t i = n; i-- > 0;) {
        latest = spec->samples[i].pts_ticks < latest ? spec->samples[i].pts_ticks : latest;
        ticks[i] = ticks[i] < latest ? ticks[i] : latest;
    }
    for (size_t i = 1; i < n; i++) {
        size_t last = i; /* of those that would be decoded at once */
        while (last + 1 < n && ticks[last + 1] == ticks[i])
            last++;
        is_possible = spread(ticks + i, last - i, ticks[i - 1], ticks[last]) && is_possible;
        i = last;
    }
    return is_possible;
}

static int lay_out(const struct fragment_spec *spec, struct layout *layout)
{
    if (spec->n_samples == 0 || spec->n_samples > FRAGMENT_MAX_SAMPLES)
        return ERR_INVALID;
    if (!set_decode_times(spec, layout) || layout->decode_ticks[0] < 0 ||
        layout->decode_ticks[0] != spec->samples[0].pts_ticks)
        return ERR_INVALID;
    layout->common_ticks = sample_ticks(layout, 0);
    layout->is_even = true;
    layout->has_offsets = false;
    layout->data_bytes = 0;
    for (size_t i = 0; i < spec->n_samples; i++) {
        const int64_t ticks = layout->decode_ticks[i + 1] - layout->decode_ticks[i];
        if (ticks <= 0 || ticks > INT32_MAX || spec->samples[i].pts_ticks >= spec->end_ticks)
            return ERR_INVALID;
        layout->is_even = layout->is_even && ticks == layout->common_ticks;
        layout->has_offsets = layout->has_offsets || sample_offset(spec, layout, i) != 0;
        layout->data_bytes += spec->samples[i].size_bytes;
    }
    return layout->data_bytes > INT32_MAX ? ERR_INVALID : 0;
}

static void append_tfhd(const struct fragment_spec *spec, const struct layout *layout,
                        struct buf *out)
{
    const bool has_duration = layout->is_even && layout->common_ticks != spec->default_ticks;
    const size_t tfhd =
        mp4_full_box_begin(out, "tfhd", 0,
                           TFHD_BASE_IS_MOOF | (has_duration ? TFHD_DEFAULT_DURATION : 0U));

    buf_append_u32(out, TRACK_ID);
    if (has_duration)
        buf_append_u32(out, layout->common_ticks);
    mp4_box_end(out, tfhd);
}

static void append_tfdt(int64_t ticks, struct buf *out)
{
    const bool is_wide = ticks > UINT32_MAX;
    const size_t tfdt = mp4_full_box_begin(out, "tfdt", is_wide ? 1 : 0, 0);

    if (is_wide)
        buf_append_u64(out, (uint64_t)ticks);
    else
        buf_append_u32(out, (uint32_t)ticks);
    mp4_box_end(out, tfdt);
}

/* Returns where the data offset has to be filled in. */
static size_t append_trun(const struct fragment_spec *spec, const struct layout *layout,
                          struct buf *out)
{
    const uint32_t flags = TRUN_DATA_OFFSET | TRUN_SIZE | (spec->is_audio ? 0U : TRUN_FIRST_FLAGS) |
                           (layout->is_even ? 0U : TRUN_DURATION) |
                           (layout->has_offsets ? TRUN_OFFSET : 0U);
    const size_t trun = mp4_full_box_begin(out, "trun", 0, flags);

    buf_append_u32(out, (uint32_t)spec->n_samples);
    const size_t data_offset = out->length;
    buf_append_u32(out, 0);
    if (!spec->is_audio)
        buf_append_u32(out, SAMPLE_FLAGS_SYNC);
    for (size_t i = 0; i < spec->n_samples; i++) {
        if (!layout->is_even)
            buf_append_u32(out, sample_ticks(layout, i));
        buf_append_u32(out, spec->samples[i].size_bytes);
        if (layout->has_offsets)
            buf_append_u32(out, sample_offset(spec, layout, i));
    }
    mp4_box_end(out, trun);
    return data_offset;
}

int fragment_head_append(const struct fragment_spec *spec, struct buf *out)
{
    struct layout layout;

    const int err = lay_out(spec, &layout);
    if (err)
        return err;
    const size_t moof = mp4_box_begin(out, "moof");
    const size_t mfhd = mp4_full_box_begin(out, "mfhd", 0, 0);
    buf_append_u32(out, spec->sequence);
    mp4_box_end(out, mfhd);
    const size_t traf = mp4_box_begin(out, "traf");
    append_tfhd(spec, &layout, out);
    append_tfdt(layout.decode_ticks[0], out);
    const size_t data_offset = append_trun(spec, &layout, out);
    mp4_box_end(out, traf);
    mp4_box_end(out, moof);
    mp4_patch_u32(out, data_offset, (uint32_t)(out->length - moof + 8));
    buf_append_u32(out, (uint32_t)layout.data_bytes + 8);
    buf_append(out, "mdat", 4);
    return 0;
}
