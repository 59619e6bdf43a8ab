// SPDX-License-Identifier: GPL-3.0-or-later
/* slide_collector.h - makes the WebP pictures of a chunk's calm states while it is encoded: of each
 * slide as it is when it has come, of what is written on it, at most one in SLIDE_APART_US, and of
 * how it looks last. No picture is decoded for them. One thread. */
#ifndef TRANSCODER_SLIDES_SLIDE_COLLECTOR_H
#define TRANSCODER_SLIDES_SLIDE_COLLECTOR_H

#include <stdint.h>

#include <libavutil/frame.h>

#include "common/cleanup.h"
#include "transcoder/link.h"
#include "transcoder/plan/plan.h"
#include "transcoder/storyboard/film_area.h"
#include "transcoder/video/scaler.h"

struct slide_collector; /* opaque */

/* Borrows the plan and the scaler, which must outlive it. Returns 0 or ERR_NO_MEMORY. */
int slide_collector_new(const struct plan_picture *plan, struct scaler *scaler,
                        struct slide_collector **ret_collector);
void slide_collector_free(struct slide_collector *s);
DEFINE_CLEANUP(slide_collector_free, struct slide_collector *)

/* There is a calm picture since at_us, or something was written on it then. Nothing is made yet. */
void slide_collector_start(struct slide_collector *s, int64_t at_us);
void slide_collector_touch(struct slide_collector *s, int64_t at_us);

/* Shows it the calm picture at a time, and what in it is a film; makes a picture of it when it is
 * time for one. The scaler may have `calm` afterwards. */
int slide_collector_look(struct slide_collector *s, const AVFrame *calm,
                         const struct film_mask *film, int64_t now_us);

/* The same when the calm picture goes: what was not made of it yet is made now. */
int slide_collector_leave(struct slide_collector *s, const AVFrame *calm,
                          const struct film_mask *film);

/* Writes the file of the chunk's pictures. */
int slide_collector_write(const struct slide_collector *s, struct link *link, uint32_t chunk);

#endif
