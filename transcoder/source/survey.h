// SPDX-License-Identifier: GPL-3.0-or-later
/* survey.h - what is really in a source: which times its packets have, where they end.
 *
 * Headers lie (a file may claim 39 hours and hold one second), so times come from the packets: from
 * an MP4's sample tables when they account for the file, and from a look at each track's last
 * packets; else by reading through the file once without decoding. Times are in microseconds,
 * before the lecture's timeline is fixed.
 *
 * A stream ends where its last picture or sound has been *presented*: packets come in the order of
 * decoding, and the last of them may stand for long. How long is what the track says (an MP4's
 * sample table and edit list), else the packet, else what pictures are apart usually; and where the
 * streams end before a whole Matroska file does, the picture stands until then. Of all that
 * SURVEY_LAST_PICTURE_US at most is believed. */
#ifndef TRANSCODER_SOURCE_SURVEY_H
#define TRANSCODER_SOURCE_SURVEY_H

#include <stdbool.h>
#include <stdint.h>

#include "transcoder/fault.h"
#include "transcoder/link.h"
#include "transcoder/plan/frame_grid.h"
#include "transcoder/source/jump_tracker.h"
#include "transcoder/source/source.h"
#include "transcoder/source/stream_chain.h"
#include "transcoder/source/time_shift.h"

struct stream_survey {
    uint64_t n_packets;
    int64_t end_us; /* where the last packet stops, shifted */
    struct time_shifts shifts;
    struct frame_spacing spacing; /* of the first packets; for pictures */
};

/* A last slide that is talked about. More is a header that lies. */
#define SURVEY_LAST_PICTURE_US (INT64_C(600) * 1000000)

enum { SURVEY_MAX_SOUNDS = JUMP_MAX_LANES - 1, SURVEY_MAX_LEAPS = JUMP_MAX_RUNS };

/* Where time leapt forward with nothing in between, which was closed. */
struct survey_leap {
    int64_t at_us; /* shifted */
    int64_t closed_us;
};

struct survey {
    struct stream_survey picture; /* empty when there is no such stream */
    struct stream_survey sounds[SURVEY_MAX_SOUNDS];
    struct survey_leap leaps[SURVEY_MAX_LEAPS];
    size_t n_leaps;
    int64_t left_out_us; /* of recordings behind the first one, which are not read */
    int64_t missing_us;  /* how much the file says it has and has not; 0 when all is there */
};

/* Surveys those streams (picture -1: none), the first of their chains. Reports progress over `link`
 * while it reads. The source stands anywhere afterwards: seek before reading. Returns 0 or a
 * negative ERR_. */
int survey_make(struct source *source, const struct stream_chain *chain, int picture,
                const int *sounds, size_t n_sounds, struct link *link, struct survey *ret_survey);

#endif
