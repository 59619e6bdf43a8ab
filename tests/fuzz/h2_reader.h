// SPDX-License-Identifier: GPL-3.0-or-later
/* h2_reader.h - reads what a server of HTTP/2 says and holds it to RFC 9113, with MUST: whatever it
 * was sent, a client must be able to read it. */
#ifndef TESTS_FUZZ_H2_READER_H
#define TESTS_FUZZ_H2_READER_H

#include <nghttp2/nghttp2.h>
#include <stdbool.h>

#include "common/buf.h"

enum { H2_READER_SLOTS = 8192 };

/* Bodies of this type count up: each byte is the one before it plus 1, modulo the modulus. */
#define H2_READER_COUNTING_TYPE "video/mp4"
enum { H2_READER_MODULUS = 251 };

struct h2_answer_read {
    uint32_t stream;         /* 0: an empty slot */
    unsigned status;         /* of the final answer; 0 until it has come */
    uint64_t content_length; /* UINT64_MAX: not told */
    uint64_t n_bytes;        /* of the body */
    unsigned char last_byte;
    bool is_counting;
    bool is_over; /* ended, or reset by the server */
};

struct h2_reader {
    struct buf input; /* an incomplete frame */
    struct buf block; /* an incomplete header block */
    uint32_t block_stream;
    unsigned char block_flags;
    nghttp2_hd_inflater *inflater;
    unsigned n_frames;
    unsigned n_answers;    /* final ones */
    uint64_t n_body_bytes; /* of all answers */
    struct h2_answer_read answers[H2_READER_SLOTS];
};

void h2_reader_begin(struct h2_reader *reader);
void h2_reader_take(struct h2_reader *reader, struct slice bytes);
void h2_reader_end(struct h2_reader *reader);

#endif
