// SPDX-License-Identifier: GPL-3.0-or-later
/* fuzz.h - what the fuzz targets share.
 *
 * A target does more than not crash: it says what must hold for every input, with MUST. libFuzzer
 * (preset `fuzz`) looks for inputs; replay.c runs given ones, for builds without it. */
#ifndef TESTS_FUZZ_FUZZ_H
#define TESTS_FUZZ_FUZZ_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/slice.h"

/* libFuzzer keeps the input that ends the program. */
#define MUST(condition)                                                                   \
    do {                                                                                  \
        if (!(condition)) {                                                               \
            (void)fprintf(stderr, "%s:%d: not so: %s\n", __FILE__, __LINE__, #condition); \
            abort();                                                                      \
        }                                                                                 \
    } while (0)

/* One input; bytes behind it are poisoned. Returns 0. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static inline struct slice fuzz_slice(const uint8_t *data, size_t size)
{
    return slice_of((const char *)data, size);
}

/* A copy of exactly that many bytes, so that the sanitizer sees a step beyond; free() ends it. */
static inline char *fuzz_copy(struct slice s)
{
    char *copy = malloc(s.length > 0 ? s.length : 1);

    MUST(copy);
    if (s.length > 0)
        memcpy(copy, s.data, s.length);
    return copy;
}

/* Whether the part lies within the whole; an empty part may be anywhere. */
static inline bool fuzz_is_within(struct slice part, struct slice whole)
{
    return part.length == 0 || (part.data >= whole.data && part.length <= whole.length &&
                                (size_t)(part.data - whole.data) <= whole.length - part.length);
}

#endif
