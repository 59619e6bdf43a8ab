// SPDX-License-Identifier: GPL-3.0-or-later
/* slide_watch.h - tells when a picture has settled after it changed, from what slots show. Pure.
 *
 *              still for a while (SLIDE_SETTLED)
 *      busy ────────────────────────────────────▶ calm
 *        ◀───────────────────────────────────────
 *              something moves, or is new (SLIDE_LEFT)
 *
 * An animated transition, or a hand that leafs through slides, is one busy run between two calm
 * pictures. Whether the second one is another slide is for who has both pictures to say. A chunk
 * starts busy, since it cannot know. */
#ifndef TRANSCODER_STORYBOARD_SLIDE_WATCH_H
#define TRANSCODER_STORYBOARD_SLIDE_WATCH_H

#include <stdbool.h>
#include <stdint.h>

#include "transcoder/plan/frame_grid.h"
#include "transcoder/plan/segment_cut.h"

enum {
    SLIDE_SETTLE_MS = 1500,     /* what is shown for less was leafed through */
    SLIDE_TRANSITION_MS = 3000, /* a longer busy run is a film, and the slide starts after it */
};

enum slide_event {
    SLIDE_NOTHING,
    SLIDE_LEFT,    /* the picture before this slot was the last calm one */
    SLIDE_SETTLED, /* this slot's picture is calm */
};

struct slide_watch {
    int64_t settle_slots;
    bool is_busy;
    bool has_run;       /* something moved since the last calm picture */
    int64_t first_busy; /* the slot at which the run began; the watch's first slot without one */
    int64_t last_busy;
};

struct slide_watch slide_watch_start(const struct frame_grid *grid, int64_t first_slot);

/* Slots come in order, each once, from first_slot on. */
enum slide_event slide_watch_at(struct slide_watch *watch, int64_t slot, enum slot_kind kind);

/* When a slide started that came by a busy run between these times. */
int64_t slide_start_us(int64_t first_busy_us, int64_t last_busy_us);

#endif
