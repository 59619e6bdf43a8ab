// SPDX-License-Identifier: GPL-3.0-or-later
/* avc.h - H.264 between the encoder's form (Annex B, start codes) and the file's (ISO/IEC 14496-15,
 * length prefixes, avcC). Pure. */
#ifndef TRANSCODER_CMAF_AVC_H
#define TRANSCODER_CMAF_AVC_H

#include "common/buf.h"
#include "common/slice.h"
#include "transcoder/cmaf/avc_sps.h"

/* Cuts the next NAL unit off *rest, without its start code. False when there is none left. */
bool avc_next_nal(struct slice *rest, struct slice *ret_nal);

/* Appends the content of avcC for parameter sets in Annex B form: exactly one SPS and one PPS of a
 * 4:2:0 stream of 8 bits. The SPS says how long frames last (avc_sps.h). Returns 0, or ERR_INVALID
 * for anything else. */
int avc_config_append(struct slice parameter_sets, const struct avc_clock *clock, struct buf *out);

/* Appends a frame with 4-byte lengths. Parameter sets (they are in avcC), delimiters, filler and
 * SEI (the encoder's name and options; nothing that a player needs) are left out. Returns what the
 * buffer says. */
int avc_sample_append(struct slice frame, struct buf *out);

enum { AVC_CODECS_SIZE = sizeof "avc1.PPCCLL" };

/* The RFC 6381 codecs string for an avcC content of at least 4 bytes: "avc1.64001f". */
void avc_codecs_text(struct slice config, char text[AVC_CODECS_SIZE]);

#endif
