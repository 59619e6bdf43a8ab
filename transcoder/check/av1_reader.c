// SPDX-License-Identifier: GPL-3.0-or-later
#include "transcoder/check/av1_reader.h"

#include <stdint.h>
#include <stdio.h>

enum { OBU_SEQUENCE = 1, OBU_FRAME_HEADER = 3, OBU_FRAME = 6, CONFIG_BYTES = 4 };

struct obu {
    unsigned type;
    struct slice payload;
};

static unsigned byte_at(struct slice s, size_t at)
{
    return at < s.length ? (uint8_t)s.data[at] : 0;
}

/* Without a size an OBU goes to the end. */
static bool next_obu(struct slice *rest, struct obu *ret_obu)
{
    const unsigned header = byte_at(*rest, 0);
    size_t at = header & 4 ? 2 : 1;
    size_t length = 0;

    if (rest->length < at || header & 0x80)
        return false;
    if (header & 2) {
        unsigned shift = 0;
        unsigned byte;
        do {
            byte = byte_at(*rest, at);
            if (at++ >= rest->length || shift > 28)
                return false;
            length |= (size_t)(byte & 127) << shift;
            shift += 7;
        } while (byte & 128);
    } else {
        length = rest->length - at;
    }
    if (length > rest->length - at)
        return false;
    *ret_obu = (struct obu){header >> 3 & 15, slice_of(rest->data + at, length)};
    *rest = slice_skip(*rest, at + length);
    return true;
}

struct slice av1_sequence_header(struct slice obus)
{
    struct obu obu;

    while (next_obu(&obus, &obu)) {
        if (obu.type == OBU_SEQUENCE)
            return obu.payload;
    }
    return (struct slice){0};
}

static uint32_t bits_at(struct slice s, size_t *at, unsigned n)
{
    uint32_t value = 0;

    for (; n > 0; n--, (*at)++)
        value = value << 1 | (byte_at(s, *at / 8) >> (7 - *at % 8) & 1);
    return value;
}

/* Where the first operating point starts (§5.5.1); 0 for a form with a clock model, which files of
 * lectures do not have. */
static size_t operating_point_at(struct slice sequence)
{
    size_t at = 4;

    if (bits_at(sequence, &at, 1)) /* a still picture's short form */
        return at;
    if (bits_at(sequence, &at, 1))
        return 0;
    (void)bits_at(sequence, &at, 1 + 5); /* display delay, number of points */
    return at + 12;
}

/* Whether profile, level and tier of an av1C are those of its sequence header. */
static bool agrees(struct slice config, struct slice sequence)
{
    size_t at = operating_point_at(sequence);

    if (sequence.length < 4 || at == 0 || byte_at(config, 1) >> 5 != byte_at(sequence, 0) >> 5)
        return false;
    const uint32_t level = bits_at(sequence, &at, 5);
    const uint32_t tier = level > 7 ? bits_at(sequence, &at, 1) : 0;
    return level == (byte_at(config, 1) & 31) && tier == byte_at(config, 2) >> 7;
}

void av1_codecs(struct slice config, char *codecs, size_t size)
{
    const unsigned flags = byte_at(config, 2);
    const unsigned depth = !(flags & 0x40) ? 8 : flags & 0x20 ? 12 : 10;

    if (config.length < CONFIG_BYTES || byte_at(config, 0) != 0x81 ||
        !agrees(config, av1_sequence_header(slice_skip(config, CONFIG_BYTES))))
        return;
    (void)snprintf(codecs, size, "av01.%u.%02u%c.%02u", byte_at(config, 1) >> 5,
                   byte_at(config, 1) & 31, flags & 0x80 ? 'H' : 'M', depth);
}

bool av1_is_random_access(struct slice sample, struct slice sequence_header)
{
    enum { SHOWN_KEY_FRAME = 1 }; /* show_existing_frame 0, frame_type 0, show_frame 1 */
    bool has_sequence = false;
    struct obu obu;

    while (next_obu(&sample, &obu)) {
        if (obu.type == OBU_SEQUENCE)
            has_sequence = slice_equals(obu.payload, sequence_header);
        else if (obu.type == OBU_FRAME_HEADER || obu.type == OBU_FRAME)
            return has_sequence && byte_at(obu.payload, 0) >> 4 == SHOWN_KEY_FRAME;
    }
    return false;
}
