// SPDX-License-Identifier: GPL-3.0-or-later
#include "transcoder/cmaf/avc.h"

#include <stdio.h>

#include "common/err.h"

/* Table 7-1 of H.264. */
enum nal_type {
    NAL_SEI = 6,
    NAL_SPS = 7,
    NAL_PPS = 8,
    NAL_DELIMITER = 9,
    NAL_FILLER = 12,
};

enum { PROFILE_HIGH = 100, START_CODE_BYTES = 3 };

/* Where the next 00 00 01 starts, or s.length. */
static size_t find_start_code(struct slice s)
{
    static const char START_CODE[START_CODE_BYTES] = {0, 0, 1};
    const char *at = s.length ? memmem(s.data, s.length, START_CODE, sizeof START_CODE) : NULL;

    return at ? (size_t)(at - s.data) : s.length;
}

bool avc_next_nal(struct slice *rest, struct slice *ret_nal)
{
    for (;;) {
        const struct slice unit = slice_skip(*rest, find_start_code(*rest) + START_CODE_BYTES);
        if (unit.length == 0)
            return false;
        size_t length = find_start_code(unit);
        *rest = slice_skip(unit, length);
        while (length > 0 && unit.data[length - 1] == 0)
            length--; /* trailing zeros belong to the next start code */
        if (length > 0) {
            *ret_nal = slice_of(unit.data, length);
            return true;
        }
    }
}

static enum nal_type type_of(struct slice nal)
{
    return (enum nal_type)(nal.data[0] & 0x1f);
}

static void append_parameter_set(struct slice nal, struct buf *out)
{
    buf_append_u8(out, 1); /* how many; the SPS count's reserved bits are set by the caller */
    buf_append_u16(out, (uint16_t)nal.length);
    buf_append_slice(out, nal);
}

int avc_config_append(struct slice parameter_sets, const struct avc_clock *clock, struct buf *out)
{
    CLEANUP(buf_clear) struct buf timed = buf_with_limit(AVC_SPS_LIMIT);
    struct slice sps = {0};
    struct slice pps = {0};
    struct slice nal;
    int n_sps = 0;
    int n_pps = 0;

    while (avc_next_nal(&parameter_sets, &nal)) {
        if (type_of(nal) == NAL_SPS) {
            sps = nal;
            n_sps++;
        } else if (type_of(nal) == NAL_PPS) {
            pps = nal;
            n_pps++;
        }
    }
    if (n_sps != 1 || n_pps != 1 || sps.length < 4 || sps.length > UINT16_MAX ||
        pps.length > UINT16_MAX)
        return ERR_INVALID;
    const int err = avc_sps_append(sps, clock, &timed);
    if (err)
        return err;
    sps = buf_slice(&timed);
    buf_append_u8(out, 1);
    buf_append(out, sps.data + 1, 3); /* profile, constraints, level */
    buf_append_u8(out, 0xff);         /* 4-byte lengths */
    const size_t sps_count = out->length;
    append_parameter_set(sps, out);
    if (!out->err)
        out->data[sps_count] = (char)(uint8_t)(0xe0 | 1);
    append_parameter_set(pps, out);
    if ((uint8_t)sps.data[1] >= PROFILE_HIGH) {
        buf_append_u8(out, 0xfc | 1); /* 4:2:0 */
        buf_append_u8(out, 0xf8);     /* 8 bits of luma */
        buf_append_u8(out, 0xf8);     /* 8 bits of chroma */
        buf_append_u8(out, 0);
    }
    return 0;
}

static bool is_kept(enum nal_type type)
{
    return type != NAL_SEI && type != NAL_SPS && type != NAL_PPS && type != NAL_DELIMITER &&
           type != NAL_FILLER;
}

int avc_sample_append(struct slice frame, struct buf *out)
{
    struct slice nal;

    while (avc_next_nal(&frame, &nal)) {
        if (!is_kept(type_of(nal)))
            continue;
        buf_append_u32(out, (uint32_t)nal.length);
        buf_append_slice(out, nal);
    }
    return out->err;
}

void avc_codecs_text(struct slice config, char text[AVC_CODECS_SIZE])
{
    (void)snprintf(text, AVC_CODECS_SIZE, "avc1.%02x%02x%02x", (uint8_t)config.data[1],
                   (uint8_t)config.data[2], (uint8_t)config.data[3]);
}
