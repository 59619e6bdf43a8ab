// SPDX-License-Identifier: GPL-3.0-or-later
/* beats.h - the body of POST /api/v1/progress. Pure.
 *
 *     {"session":"32
 * hex","beats":[{"lecture":"id","seq":1,"watched":[[0,14.8]],"position_s":14.8}]}
 *
 * A body that is not of this form as a whole is an error; one beat that is not only spoils itself.
 * Other members are passed over: how old a phone says that a beat is decides nothing. */
#ifndef SERVER_FEATURES_PROGRESS_BEATS_H
#define SERVER_FEATURES_PROGRESS_BEATS_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/arena.h"
#include "common/id.h"
#include "storage/hot/watched_seconds.h"

enum {
    BEATS_BODY_LIMIT = 64 << 10, /* 200 beats and 400 ranges of usual length take 35 KB */
    BEATS_LIMIT = 200,
    BEATS_RANGES_LIMIT = 400, /* of all beats together: what one request may cost */
};

struct beat_report {
    bool is_malformed; /* then nothing else counts */
    char lecture_id[ID_SIZE];
    int64_t seq;
    int64_t position_ms;
    struct watched_range *ranges_ms;
    size_t n_ranges;
};

struct beats {
    char session[ID_SIZE];
    struct beat_report *reports;
    size_t n_reports;
};

/* Arrays are in the arena. Returns 0, ERR_INVALID, ERR_NO_MEMORY, or ERR_TOO_LARGE for more than
 * BEATS_RANGES_LIMIT ranges: nothing of such a body counts, its sender splits it. */
int beats_parse(const json_t *document, struct arena *arena, struct beats *ret_beats);

#endif
