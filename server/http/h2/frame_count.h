// SPDX-License-Identifier: GPL-3.0-or-later
/* frame_count.h - how many frames an HTTP/2 client has sent, whatever they are. Pure.
 *
 * nghttp2 drops some frames without a word: of unknown types, and those of streams that are gone.
 * The difference between what came and what it told of is what it dropped. */
#ifndef SERVER_HTTP_H2_FRAME_COUNT_H
#define SERVER_HTTP_H2_FRAME_COUNT_H

#include <stddef.h>
#include <stdint.h>

enum { H2_FRAME_HEAD_BYTES = 9 };

struct frame_count {
    uint32_t n_to_skip; /* bytes of the preface or of a payload that are still to come */
    uint32_t length;    /* of the payload, as far as its three bytes have come */
    unsigned n_head;    /* bytes of a frame's head that have come */
    uint32_t n_told; /* frames that nghttp2 told of since the last look: the session's to count */
};

/* Before the first byte of a connection. */
void frame_count_init(struct frame_count *c);

/* Takes what came next; returns how many heads of frames it completes. */
uint32_t frame_count_add(struct frame_count *c, const uint8_t *data, size_t length);

#endif
