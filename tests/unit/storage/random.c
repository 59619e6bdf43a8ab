// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/unit/storage/random.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "common/clock.h"

struct random_source random_start(const char *what)
{
    const char *given = getenv("BANMAI_SEED");
    const uint64_t seed = given ? strtoull(given, NULL, 10) : (uint64_t)clock_wall_ms();

    (void)fprintf(stderr, "%s: BANMAI_SEED=%" PRIu64 "\n", what, seed);
    return (struct random_source){.state = seed};
}

/* splitmix64 */
int64_t random_below(struct random_source *source, int64_t below)
{
    source->state += 0x9e3779b97f4a7c15U;
    uint64_t z = source->state;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9U;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebU;
    return (int64_t)((z ^ (z >> 31)) % (uint64_t)below);
}
