// SPDX-License-Identifier: GPL-3.0-or-later
/* window.h - short looks into a lecture: what is shown in a second or two, here and there. They
 * start at key frames of the source, so that looking costs the same however long it is. */
#ifndef TRANSCODER_TRIALS_WINDOW_H
#define TRANSCODER_TRIALS_WINDOW_H

#include <stddef.h>
#include <stdint.h>

#include <libavutil/frame.h>

#include "common/cleanup.h"
#include "transcoder/fault.h"
#include "transcoder/link.h"
#include "transcoder/plan/plan.h"
#include "transcoder/source/source.h"

enum { WINDOW_MAX = 3, WINDOW_MAX_SLOTS = 64 };

struct window {
    int64_t first_slot;
    size_t n_slots;
    AVFrame *pictures[WINDOW_MAX_SLOTS]; /* owned; NULL: the same as at the slot before */
};

struct window_list {
    struct window items[WINDOW_MAX];
    size_t n;
    uint32_t moving_permille; /* of the picture changes within 200 ms, three quarters of the time at
                                 most */
};

/* Looks into the lecture that *picture describes (its rungs and chunks are not looked at); pictures
 * come in that size, 8-bit 4:2:0. A place that cannot be decoded is left out: the list may be
 * empty. Returns 0 and a list that window_list_clear() empties, or ERR_NO_MEMORY. */
int window_list_take(struct source *source, const struct plan_picture *picture, uint32_t width,
                     uint32_t height, struct link *link, struct window_list *ret_list);
void window_list_clear(struct window_list *list);

#endif
