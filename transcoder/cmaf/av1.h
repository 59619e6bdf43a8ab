// SPDX-License-Identifier: GPL-3.0-or-later
/* av1.h - AV1 between the encoder's form (temporal units of OBUs) and the file's (AV1-ISOBMFF:
 * samples without temporal delimiters, av1C). Knows the streams that our encoders make: profile
 * Main, one operating point, no timing information. Pure. */
#ifndef TRANSCODER_CMAF_AV1_H
#define TRANSCODER_CMAF_AV1_H

#include <stdint.h>

#include "common/buf.h"
#include "common/slice.h"

/* AV1 §6.2.2. */
enum av1_obu_type {
    AV1_OBU_SEQUENCE_HEADER = 1,
    AV1_OBU_TEMPORAL_DELIMITER = 2,
    AV1_OBU_TILE_LIST = 8,
    AV1_OBU_PADDING = 15,
};

struct av1_obu {
    enum av1_obu_type type; /* or a value that has no name here */
    struct slice whole;     /* with its header and size */
    struct slice payload;
};

/* Cuts the next OBU off *rest. Returns 0, ERR_NOT_FOUND at the end, or ERR_INVALID for what is none
 * or does not say how long it is. */
int av1_next_obu(struct slice *rest, struct av1_obu *ret_obu);

/* The first sequence header, whole, in a row of OBUs; empty when there is none. */
struct slice av1_find_sequence_header(struct slice obus);

/* Appends the content of av1C for a row of OBUs with a sequence header. Returns 0, or ERR_INVALID
 * for a stream that is not of our kind. */
int av1_config_append(struct slice headers, struct buf *out);

/* Appends a temporal unit as a sample: temporal delimiters, tile lists and padding are left out.
 * Returns 0, ERR_INVALID for what is no temporal unit, or what the buffer says. */
int av1_sample_append(struct slice unit, struct buf *out);

enum { AV1_CODECS_SIZE = sizeof "av01.P.LLT.DD" };

/* The RFC 6381 codecs string for an av1C content of at least 4 bytes: "av01.0.05M.08". */
void av1_codecs_text(struct slice config, char text[AV1_CODECS_SIZE]);

#endif
