// SPDX-License-Identifier: GPL-3.0-or-later
#include "transcoder/cmaf/av1.h"

#include <stdbool.h>
#include <stdio.h>

#include "common/err.h"

enum { MAX_SIZE_BYTES = 4 }; /* of leb128: no OBU of ours is near 256 MiB */

/* AV1 §4.10.5: seven bits a byte, the lowest first. False where it does not end. */
static bool take_leb128(struct slice *rest, size_t *ret_value)
{
    size_t value = 0;

    for (unsigned i = 0; i < MAX_SIZE_BYTES && i < rest->length; i++) {
        const uint8_t byte = (uint8_t)rest->data[i];
        value |= (size_t)(byte & 0x7f) << (7 * i);
        if (byte & 0x80)
            continue;
        *rest = slice_skip(*rest, i + 1);
        *ret_value = value;
        return true;
    }
    return false;
}

int av1_next_obu(struct slice *rest, struct av1_obu *ret_obu)
{
    enum { FORBIDDEN = 0x80, HAS_EXTENSION = 4, HAS_SIZE = 2 };
    const struct slice from = *rest;
    size_t length;

    if (from.length == 0)
        return ERR_NOT_FOUND;
    const uint8_t header = (uint8_t)from.data[0];
    struct slice behind = slice_skip(from, header & HAS_EXTENSION ? 2 : 1);
    if (header & FORBIDDEN || !(header & HAS_SIZE) || !take_leb128(&behind, &length) ||
        length > behind.length)
        return ERR_INVALID;
    *rest = slice_skip(behind, length);
    *ret_obu = (struct av1_obu){
        .type = (enum av1_obu_type)(header >> 3 & 15),
        .whole = slice_of(from.data, from.length - rest->length),
        .payload = slice_of(behind.data, length),
    };
    return 0;
}

static int find_sequence_header(struct slice obus, struct av1_obu *ret_obu)
{
    int err;

    while ((err = av1_next_obu(&obus, ret_obu)) == 0) {
        if (ret_obu->type == AV1_OBU_SEQUENCE_HEADER)
            return 0;
    }
    return err;
}

struct slice av1_find_sequence_header(struct slice obus)
{
    struct av1_obu obu;

    return find_sequence_header(obus, &obu) ? (struct slice){0} : obu.whole;
}

/* Reads bits, the highest first; those beyond the end are 0 and remembered. */
struct bits {
    struct slice from;
    size_t at;
    bool is_short;
};

static uint32_t take(struct bits *b, unsigned n)
{
    uint32_t value = 0;

    for (; n > 0; n--, b->at++) {
        const bool is_there = b->from.data && b->at / 8 < b->from.length;
        const unsigned byte = is_there ? (uint8_t)b->from.data[b->at / 8] : 0;
        value = value << 1 | (byte >> (7 - b->at % 8) & 1);
        b->is_short = b->is_short || !is_there;
    }
    return value;
}

/* What av1C repeats of the sequence header. */
struct sequence {
    uint32_t level, tier, chroma_position;
};

/* AV1 §5.5.1, up to the size. False for forms that our encoders do not use. */
static bool read_operating_point(struct bits *b, struct sequence *s)
{
    enum {
        PROFILE_BITS = 3,
        STILL_BITS = 2,
        COUNT_BITS = 5,
        IDC_BITS = 12,
        FIRST_TIERED_LEVEL = 8
    };

    if (take(b, PROFILE_BITS) != 0 || take(b, STILL_BITS) != 0)
        return false;
    if (take(b, 2) != 0) /* timing; display delay */
        return false;
    if (take(b, COUNT_BITS) != 0)
        return false;
    (void)take(b, IDC_BITS);
    s->level = take(b, 5);
    s->tier = s->level >= FIRST_TIERED_LEVEL ? take(b, 1) : 0;
    return true;
}

/* From the size to the colours. */
static void skip_tools(struct bits *b)
{
    const uint32_t width_bits = take(b, 4) + 1;
    const uint32_t height_bits = take(b, 4) + 1;

    (void)take(b, width_bits + height_bits > 32 ? 32 : width_bits + height_bits);
    if (take(b, 1)) /* frame ids */
        (void)take(b, 4 + 3);
    (void)take(b, 3 + 4); /* superblocks, intra tools; compound tools, warping, filters */
    const bool has_order = take(b, 1);
    if (has_order)
        (void)take(b, 2);
    const uint32_t screen_tools = take(b, 1) ? 2 : take(b, 1);
    if (screen_tools > 0 && !take(b, 1))
        (void)take(b, 1); /* whole motion vectors */
    if (has_order)
        (void)take(b, 3);
    (void)take(b, 3); /* super-resolution, two filters */
}

/* AV1 §5.5.2 for 8 bits, 4:2:0. */
static bool read_colours(struct bits *b, struct sequence *s)
{
    const uint32_t is_deep = take(b, 1);
    const uint32_t is_gray = take(b, 1);

    if (is_deep || is_gray)
        return false;
    if (take(b, 1))
        (void)take(b, 24); /* described: primaries, transfer, matrix */
    (void)take(b, 1);      /* range */
    s->chroma_position = take(b, 2);
    return true;
}

int av1_config_append(struct slice headers, struct buf *out)
{
    struct sequence s;
    struct av1_obu obu;

    if (find_sequence_header(headers, &obu))
        return ERR_INVALID;
    struct bits bits = {.from = obu.payload};
    if (!read_operating_point(&bits, &s))
        return ERR_INVALID;
    skip_tools(&bits);
    if (!read_colours(&bits, &s) || bits.is_short)
        return ERR_INVALID;
    buf_append_u8(out, 0x80 | 1); /* version */
    buf_append_u8(out, (uint8_t)s.level);
    buf_append_u8(out, (uint8_t)(s.tier << 7 | 0x0c | s.chroma_position)); /* 4:2:0 */
    buf_append_u8(out, 0);
    buf_append_slice(out, obu.whole);
    return 0;
}

int av1_sample_append(struct slice unit, struct buf *out)
{
    struct av1_obu obu;
    int err;

    while ((err = av1_next_obu(&unit, &obu)) == 0) {
        if (obu.type != AV1_OBU_TEMPORAL_DELIMITER && obu.type != AV1_OBU_TILE_LIST &&
            obu.type != AV1_OBU_PADDING)
            buf_append_slice(out, obu.whole);
    }
    return err == ERR_NOT_FOUND ? out->err : err;
}

void av1_codecs_text(struct slice config, char text[AV1_CODECS_SIZE])
{
    const uint8_t profile_level = (uint8_t)config.data[1];
    const bool is_high_tier = (uint8_t)config.data[2] & 0x80;

    (void)snprintf(text, AV1_CODECS_SIZE, "av01.%u.%02u%c.08", (unsigned)profile_level >> 5,
                   (unsigned)profile_level & 31, is_high_tier ? 'H' : 'M');
}
