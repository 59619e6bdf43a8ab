// SPDX-License-Identifier: GPL-3.0-or-later
/* plan_json.h - what the parts of plan.json share. Only for plan_json.c and sound_json.c. */
#ifndef TRANSCODER_PLAN_PLAN_JSON_H
#define TRANSCODER_PLAN_PLAN_JSON_H

#include "common/json.h"
#include "transcoder/plan/plan.h"

/* An integer member that is in range. Returns 0 or ERR_INVALID. */
int plan_json_get_u32(const json_t *object, const char *name, uint32_t min, uint32_t max,
                      uint32_t *ret_value);

/* The member "shifts". */
void plan_json_write_shifts(const struct time_shifts *shifts, struct buf *out);
int plan_json_parse_shifts(const json_t *object, struct time_shifts *shifts);

/* sound_json.c: the member "sounds", absent when there are none. */
void plan_json_write_sounds(const struct plan *plan, struct buf *out);
int plan_json_parse_sounds(const json_t *document, struct plan *plan);

/* The same for "captions". */
void plan_json_write_captions(const struct plan *plan, struct buf *out);
int plan_json_parse_captions(const json_t *document, struct plan *plan);

#endif
