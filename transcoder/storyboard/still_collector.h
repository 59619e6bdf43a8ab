// SPDX-License-Identifier: GPL-3.0-or-later
/* still_collector.h - takes the stills of a chunk while it is encoded: no picture is decoded for
 * them, and what it holds does not grow with the chunk. One thread. */
#ifndef TRANSCODER_STORYBOARD_STILL_COLLECTOR_H
#define TRANSCODER_STORYBOARD_STILL_COLLECTOR_H

#include <stdint.h>

#include "common/cleanup.h"
#include "transcoder/link.h"
#include "transcoder/plan/plan.h"
#include "transcoder/video/scaler.h"
#include "transcoder/video/slot_queue.h"

struct still_collector; /* opaque */

/* Borrows the plan, and the scaler, which must outlive it. Returns 0 or ERR_NO_MEMORY. */
int still_collector_new(const struct plan_picture *plan, const struct chunk *chunk,
                        struct scaler *scaler, struct still_collector **ret_collector);
void still_collector_free(struct still_collector *collector);
DEFINE_CLEANUP(still_collector_free, struct still_collector *)

/* Looks at the next slot of the chunk; the scaler was given its picture. */
int still_collector_look(struct still_collector *collector, int64_t slot,
                         const struct slot_view *view);

/* Writes the file of the chunk's stills, after its last slot. The scaler has another picture
 * afterwards. */
int still_collector_write(struct still_collector *collector, struct link *link, uint32_t chunk);

#endif
