// SPDX-License-Identifier: GPL-3.0-or-later
/* tone_map.h - pictures of wide gamut or high dynamic range, as phones record them, for the screens
 * that most learners have: from BT.2020 with PQ, HLG or a plain curve, and from
 * Display P3 (SMPTE EG 432-1), to BT.709.
 *
 * Light is taken as it is meant to be shown. Diffuse white (203 cd/m2, BT.2408) is the screen's
 * white but for some headroom; what is brighter, up to 1000 cd/m2, is rolled off into it (BT.2390's
 * curve on the largest of R, G and B, so that hues stay); colours outside the smaller gamut are cut
 * off. All of it is one table from Y'CbCr to Y'CbCr, computed once. One thread. */
#ifndef TRANSCODER_VIDEO_TONE_MAP_H
#define TRANSCODER_VIDEO_TONE_MAP_H

#include <stdbool.h>

#include <libavutil/frame.h>

#include "common/cleanup.h"

/* How a picture has its colours. */
struct tone_map_form {
    enum AVColorTransferCharacteristic transfer; /* PQ and HLG are known; others: a plain curve */
    bool has_wide_primaries;                     /* BT.2020's, else BT.709's or: */
    bool has_wide_matrix;                        /* the same */
    bool has_p3_primaries;                       /* Display P3's */
    bool has_old_matrix;                         /* BT.601's, with those alone */
};

struct tone_map; /* opaque */

/* Whether the picture has to go through a map, and through which. */
bool tone_map_is_needed(const AVFrame *picture, struct tone_map_form *ret_form);

/* Returns 0 and a map that tone_map_free() ends, or ERR_NO_MEMORY. */
int tone_map_new(const struct tone_map_form *form, struct tone_map **ret_map);
void tone_map_free(struct tone_map *map);
DEFINE_CLEANUP(tone_map_free, struct tone_map *)

const struct tone_map_form *tone_map_form(const struct tone_map *map);

/* From 10-bit 4:2:0 of limited range to 8-bit 4:2:0 of the same even size: `from` is a picture of
 * AV_PIX_FMT_YUV420P10 (what was RGB: by BT.709's matrix), planes and strides are where the result
 * goes. */
void tone_map_apply(const struct tone_map *map, const AVFrame *from, uint8_t *const planes[3],
                    const int strides[3]);

#endif
