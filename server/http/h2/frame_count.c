// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/http/h2/frame_count.h"

enum { PREFACE_BYTES = 24, LENGTH_BYTES = 3 };

void frame_count_init(struct frame_count *c)
{
    *c = (struct frame_count){.n_to_skip = PREFACE_BYTES};
}

/* Returns whether the byte completes a head. */
static uint32_t take_head_byte(struct frame_count *c, uint8_t byte)
{
    if (c->n_head < LENGTH_BYTES)
        c->length = c->length << 8 | byte;
    if (++c->n_head < H2_FRAME_HEAD_BYTES)
        return 0;
    c->n_to_skip = c->length;
    c->length = 0;
    c->n_head = 0;
    return 1;
}

uint32_t frame_count_add(struct frame_count *c, const uint8_t *data, size_t length)
{
    uint32_t n = 0;

    for (size_t i = 0; i < length;) {
        if (c->n_to_skip == 0) {
            n += take_head_byte(c, data[i++]);
            continue;
        }
        const size_t left = length - i;
        const uint32_t skipped = left < c->n_to_skip ? (uint32_t)left : c->n_to_skip;
        c->n_to_skip -= skipped;
        i += skipped;
    }
    return n;
}
