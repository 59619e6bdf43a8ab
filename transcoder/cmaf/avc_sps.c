// SPDX-License-Identifier: GPL-3.0-or-later
#include "transcoder/cmaf/avc_sps.h"

#include <stdbool.h>
#include <stdint.h>

enum {
    BYTE_BITS = 8,
    TIMING_BITS = 32 + 32 + 1, /* num_units_in_tick, time_scale, fixed_frame_rate_flag */
    TICKS_PER_FRAME = 2,
    EXTENDED_SAR = 255,
    MAX_ZEROS = 31, /* in front of an Exp-Golomb code */
};

/* A raw byte sequence, read bit by bit. */
struct bits {
    struct slice bytes;
    size_t at;
    bool is_over; /* more was read than there is */
};

static uint32_t read_bit(struct bits *b)
{
    const size_t byte = b->at / BYTE_BITS;

    if (byte >= b->bytes.length) {
        b->is_over = true;
        return 0;
    }
    const uint32_t bit = (uint8_t)b->bytes.data[byte] >> (7 - b->at % BYTE_BITS) & 1;
    b->at++;
    return bit;
}

static uint32_t read_bits(struct bits *b, int n)
{
    uint32_t value = 0;

    while (n-- > 0)
        value = value << 1 | read_bit(b);
    return value;
}

/* ue(v), §9.1. A signed one is as long. */
static uint32_t read_golomb(struct bits *b)
{
    int n_zeros = 0;

    while (!b->is_over && !read_bit(b))
        n_zeros++;
    if (n_zeros > MAX_ZEROS)
        b->is_over = true;
    return b->is_over ? 0 : (1U << n_zeros) - 1 + read_bits(b, n_zeros);
}

static void skip_golombs(struct bits *b, int n)
{
    while (n-- > 0)
        (void)read_golomb(b);
}

static bool has_chroma_format(uint32_t profile)
{
    static const uint8_t PROFILES[] = {100, 110, 122, 244, 44, 83, 86, 118, 128};

    for (size_t i = 0; i < sizeof PROFILES; i++) {
        if (profile == PROFILES[i])
            return true;
    }
    return false;
}

/* Up to the picture's size; false for what is not read here. */
static bool skip_formats(struct bits *b)
{
    enum { CHROMA_444 = 3, ORDER_BY_OFFSETS = 1 };

    (void)read_bits(b, BYTE_BITS); /* of the NAL unit */
    const uint32_t profile = read_bits(b, BYTE_BITS);
    (void)read_bits(b, 2 * BYTE_BITS); /* constraints, level */
    (void)read_golomb(b);              /* the set's number */
    if (has_chroma_format(profile)) {
        if (read_golomb(b) == CHROMA_444)
            (void)read_bit(b);
        skip_golombs(b, 2);   /* bit depths */
        (void)read_bit(b);    /* lossless */
        if (read_bit(b) != 0) /* scaling lists */
            return false;
    }
    (void)read_golomb(b); /* how far frames are counted */
    const uint32_t order_type = read_golomb(b);
    if (order_type == 0)
        (void)read_golomb(b);
    return order_type != ORDER_BY_OFFSETS;
}

/* From there to the flag of the timing; false when there is none. */
static bool skip_to_timing(struct bits *b)
{
    (void)read_golomb(b); /* references */
    (void)read_bit(b);
    skip_golombs(b, 2);   /* size */
    if (read_bit(b) == 0) /* frames only */
        (void)read_bit(b);
    (void)read_bit(b);
    if (read_bit(b) != 0) /* cropping */
        skip_golombs(b, 4);
    if (read_bit(b) == 0) /* video usability information */
        return false;
    if (read_bit(b) != 0 && read_bits(b, BYTE_BITS) == EXTENDED_SAR)
        (void)read_bits(b, 32);
    if (read_bit(b) != 0) /* overscan */
        (void)read_bit(b);
    if (read_bit(b) != 0) { /* kind of signal */
        (void)read_bits(b, 4);
        if (read_bit(b) != 0)
            (void)read_bits(b, 24);
    }
    if (read_bit(b) != 0) /* where chroma is */
        skip_golombs(b, 2);
    return true;
}

/* Appends the bytes without those that keep start codes out (§7.4.1). */
static void append_unescaped(struct slice nal, struct buf *out)
{
    for (size_t i = 0; i < nal.length; i++) {
        if (i >= 2 && nal.data[i] == 3 && nal.data[i - 1] == 0 && nal.data[i - 2] == 0)
            continue;
        buf_append_char(out, nal.data[i]);
    }
}

static void append_escaped(struct slice bytes, struct buf *out)
{
    int n_zeros = 0;

    for (size_t i = 0; i < bytes.length; i++) {
        const uint8_t byte = (uint8_t)bytes.data[i];
        if (n_zeros >= 2 && byte <= 3) {
            buf_append_u8(out, 3);
            n_zeros = 0;
        }
        buf_append_u8(out, byte);
        n_zeros = byte == 0 ? n_zeros + 1 : 0;
    }
}

/* Overwrites n bits. */
static void put_bits(struct buf *bytes, size_t at, int n, uint32_t value)
{
    for (int i = 0; i < n; i++) {
        const size_t bit = at + (size_t)i;
        const int shift = 7 - (int)(bit % BYTE_BITS);
        const uint32_t is_set = value >> (n - 1 - i) & 1;
        const uint8_t byte = (uint8_t)bytes->data[bit / BYTE_BITS];
        bytes->data[bit / BYTE_BITS] = (char)((byte & ~(1U << shift)) | is_set << shift);
    }
}

int avc_sps_append(struct slice nal, const struct avc_clock *clock, struct buf *out)
{
    CLEANUP(buf_clear) struct buf bytes = buf_with_limit(AVC_SPS_LIMIT);

    append_unescaped(nal, &bytes);
    struct bits bits = {.bytes = buf_slice(&bytes)};
    const bool is_timed = !bytes.err && skip_formats(&bits) && skip_to_timing(&bits) &&
                          read_bit(&bits) != 0 && bits.at + TIMING_BITS <= bytes.length * BYTE_BITS;
    if (!is_timed || bits.is_over || !bytes.data) {
        buf_append_slice(out, nal);
        return out->err;
    }
    put_bits(&bytes, bits.at, 32, clock->frame_ticks);
    put_bits(&bytes, bits.at + 32, 32, clock->timescale * TICKS_PER_FRAME);
    put_bits(&bytes, bits.at + 64, 1, 0); /* frames may be spaced otherwise */
    append_escaped(buf_slice(&bytes), out);
    return out->err;
}
