// SPDX-License-Identifier: GPL-3.0-or-later
/* random.h - numbers for tests that try many cases: the same for the same seed, which is printed,
 * and taken from BANMAI_SEED when that is set. */
#ifndef TESTS_UNIT_STORAGE_RANDOM_H
#define TESTS_UNIT_STORAGE_RANDOM_H

#include <stdint.h>

struct random_source {
    uint64_t state;
};

/* `what` is printed with the seed. */
struct random_source random_start(const char *what);

/* 0 to below - 1. */
int64_t random_below(struct random_source *source, int64_t below);

#endif
