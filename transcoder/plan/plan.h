// SPDX-License-Identifier: GPL-3.0-or-later
/* plan.h - what will be made of a source: rungs, chunks, sound. plan.json is this structure.
 *
 * A plan is made once from a look at the source and then decides everything: the same source and
 * the same plan give the same bytes, whoever runs the tasks, in whatever order. It is kept and
 * shown to the instructor. All times are in the lecture's timeline: 0 is where it starts to play.
 */
#ifndef TRANSCODER_PLAN_PLAN_H
#define TRANSCODER_PLAN_PLAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/buf.h"
#include "common/cleanup.h"
#include "common/package/language.h"
#include "common/package/track_title.h"
#include "common/package/warning.h"
#include "common/slice.h"
#include "transcoder/plan/chunk_list.h"
#include "transcoder/plan/frame_grid.h"
#include "transcoder/plan/sound_gain.h"
#include "transcoder/plan/sound_ladder.h"
#include "transcoder/plan/video_ladder.h"
#include "transcoder/source/orientation.h"
#include "transcoder/source/time_shift.h"

enum {
    PLAN_VERSION = 1,
    PLAN_MAX_RUNGS = 2 * LADDER_MAX_RUNGS,
    PLAN_MAX_SOUNDS = 8,
    PLAN_MAX_CAPTIONS = 8,
    PLAN_JSON_LIMIT = 1 << 20,
    PLAN_FINGERPRINT_SIZE = 65,
    PLAN_MAX_DURATION_S = 12 * 3600,
};

/* Recognises the source that a plan was made for without reading all of it. */
struct plan_source {
    int64_t size_bytes;
    char fingerprint[PLAN_FINGERPRINT_SIZE]; /* hex SHA-256 of the size and three samples */
};

/* ITU-T H.273 code points that the bitstream declares. */
struct plan_colour {
    uint16_t primaries, transfer, matrix;
};

struct plan_picture {
    uint32_t stream;                /* index in the source */
    struct orientation orientation; /* what makes it upright */
    bool is_interlaced;
    uint32_t width, height; /* upright, square pixels, before scaling */
    struct plan_colour colour;
    struct frame_grid grid;
    int64_t n_slots;                   /* of the whole lecture */
    struct time_shifts shifts;         /* source time to the lecture's timeline */
    struct rung rungs[PLAN_MAX_RUNGS]; /* of H.264, from the lowest up; then of AV1, if wanted */
    size_t n_rungs;
    struct ladder_content content;                 /* what the rungs were chosen by, */
    struct ladder_trial trials[LADDER_MAX_TRIALS]; /* for people to read */
    size_t n_trials;
    struct chunk chunks[CHUNK_LIST_MAX];
    size_t n_chunks;
};

/* How two channels become one. A balanced line that was plugged in wrongly has the same signal in
 * both, once upside down: their sum is silence. */
enum sound_mix { SOUND_MIX_SUM, SOUND_MIX_DIFFERENCE };

struct plan_sound {
    uint32_t stream;
    struct time_shifts shifts;
    char language[LANGUAGE_SIZE]; /* BCP 47, "und" when unknown */
    char title[TRACK_TITLE_SIZE]; /* what its maker calls it; "" for nothing */
    uint32_t n_channels;          /* that are decoded: 1, or 2 for any more */
    enum sound_mix mix;           /* for rungs of one channel */
    struct sound_level level;     /* of the source; for people to read */
    int32_t gain_centi_db;        /* is applied */
    struct sound_rung rungs[LADDER_MAX_SOUND_RUNGS];
    size_t n_rungs;
};

/* Captions inside the source; their times are shifted as the picture's are, else the sound's. */
struct plan_caption {
    uint32_t stream;
    char language[LANGUAGE_SIZE];
};

struct plan {
    struct plan_source source;
    int64_t duration_us;
    uint32_t target_duration_s;
    bool has_picture;
    struct plan_picture picture;
    struct plan_sound sounds[PLAN_MAX_SOUNDS]; /* the one that plays by default first */
    size_t n_sounds;
    struct plan_caption captions[PLAN_MAX_CAPTIONS];
    size_t n_captions;
    struct warning_list warnings;
};

/* An empty plan; plan_free() ends it. NULL when memory is exhausted. */
struct plan *plan_new(void);
void plan_free(struct plan *plan);
DEFINE_CLEANUP(plan_free, struct plan *)

/* Adds a warning that is about the whole lecture; one about some seconds goes to ->warnings. */
void plan_warn(struct plan *plan, enum failure failure);

/* What people call sound `index` of several: its title, else its language, else its number; "" for
 * an only one. */
void plan_sound_label(const struct plan *plan, size_t index, char label[TRACK_TITLE_SIZE]);

/* plan_json.c. Parsing trusts nothing. Returns 0 and a plan to free, ERR_INVALID, ERR_NO_MEMORY. */
int plan_parse(struct slice json, struct plan **ret_plan);
void plan_write(const struct plan *plan, struct buf *out);

#endif
