// SPDX-License-Identifier: GPL-3.0-or-later
/* The chunked coding: cut anywhere, it gives the same body or fails. */
#include "common/buf.h"
#include "common/err.h"
#include "server/http/message/chunked.h"
#include "server/http/message/limits.h"
#include "tests/fuzz/fuzz.h"

struct outcome {
    struct buf body;
    struct chunked state;
    size_t n_used; /* of the input */
    int err;
};

static void decode_piece(struct slice piece, struct outcome *outcome)
{
    char *copy = fuzz_copy(piece);
    struct slice rest = slice_of(copy, piece.length);

    while (outcome->err == 0) {
        struct slice run = slice_of(NULL, 0);
        outcome->err = chunked_next(&outcome->state, &rest, &run);
        if (outcome->err < 0 || run.length == 0)
            break;
        MUST(fuzz_is_within(run, slice_of(copy, piece.length)));
        buf_append_slice(&outcome->body, run);
    }
    outcome->n_used += piece.length - rest.length;
    MUST(outcome->err == 0 || outcome->err == ERR_INVALID);
    MUST(outcome->err < 0 || rest.length == 0 || outcome->state.state == CHUNKED_DONE);
    free(copy);
}

static struct outcome decode(struct slice input, size_t step)
{
    struct outcome outcome = {.body = buf_with_limit(input.length)};

    for (size_t at = 0; at < input.length && outcome.err == 0; at += step) {
        const size_t left = input.length - at;
        decode_piece(slice_of(input.data + at, left < step ? left : step), &outcome);
        if (outcome.state.state == CHUNKED_DONE)
            break;
    }
    MUST(outcome.body.err == 0); /* never more bytes out than in */
    MUST(outcome.state.trailer_bytes <= HTTP_MAX_TRAILER_BYTES + 1);
    return outcome;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const struct slice input = fuzz_slice(data + (size > 0), size > 0 ? size - 1 : 0);
    struct outcome whole = decode(input, input.length + 1);
    struct outcome pieces = decode(input, size > 0 ? 1 + data[0] % 32 : 1);

    MUST(whole.err == pieces.err && whole.n_used == pieces.n_used);
    MUST(memcmp(&whole.state, &pieces.state, sizeof whole.state) == 0);
    MUST(slice_equals(buf_slice(&whole.body), buf_slice(&pieces.body)));
    buf_clear(&whole.body);
    buf_clear(&pieces.body);
    return 0;
}
