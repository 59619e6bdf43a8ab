// SPDX-License-Identifier: GPL-3.0-or-later
/* av1_reader.h - reads AV1 in tracks that others wrote (AV1 specification, AV1-ISOBMFF, AV1 Codecs
 * Parameter String). Shares no code with what writes ours. Pure; trusts no number. */
#ifndef TRANSCODER_CHECK_AV1_READER_H
#define TRANSCODER_CHECK_AV1_READER_H

#include <stdbool.h>
#include <stddef.h>

#include "common/slice.h"

/* The sequence header's payload in a row of OBUs; empty when there is none. Borrowed. */
struct slice av1_sequence_header(struct slice obus);

/* Writes the codecs string for the content of av1C: "av01.0.05M.08". Nothing is written when it is
 * malformed, or says something else than the sequence header that it holds. */
void av1_codecs(struct slice config, char *codecs, size_t size);

/* Whether a decoder may start at a sample: it has that sequence header, and then a key frame that
 * is shown. */
bool av1_is_random_access(struct slice sample, struct slice sequence_header);

#endif
