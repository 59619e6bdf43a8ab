// SPDX-License-Identifier: GPL-3.0-or-later
/* attempt.h - tries one thing in a fresh process that has locked itself in as a task does, or, as a
 * control, in one that has the same descriptors and no box. */
#ifndef TESTS_UNIT_TRANSCODER_BOX_ATTEMPT_H
#define TESTS_UNIT_TRANSCODER_BOX_ATTEMPT_H

#include <stdbool.h>
#include <sys/types.h>

#include "transcoder/box/box.h"

/* What an attempt finds: a folder with a secret, a process that has done nothing, and, beside the
 * box's own descriptors, one of an output file. */
enum { ATTEMPT_OUTPUT_FD = BOX_FIRST_FREE_FD, ATTEMPT_PATH_SIZE = 64 };

extern char attempt_secret[ATTEMPT_PATH_SIZE]; /* a file with a word in it */
extern char attempt_fresh[ATTEMPT_PATH_SIZE];  /* a name that is not taken */
extern char attempt_output[ATTEMPT_PATH_SIZE]; /* the output file's name */
extern pid_t attempt_bystander;                /* lives as long as the attempt */

enum outcome_kind {
    OUTCOME_WORKED,
    OUTCOME_FAILED, /* with an error number */
    OUTCOME_DIED,   /* of a signal */
    OUTCOME_NO_BOX, /* the box could not be entered */
};

struct outcome {
    enum outcome_kind kind;
    int number; /* errno or signal */
};

/* Returns a negative value with errno set when it did not succeed. */
typedef long (*attempt_function)(const void *arg);

struct outcome attempt_inside(attempt_function attempt, const void *arg);
struct outcome attempt_outside(attempt_function attempt, const void *arg);

/* The same inside a box of those limits. */
struct outcome attempt_limited(attempt_function attempt, const struct box_config *limits);

bool outcome_is(struct outcome outcome, enum outcome_kind kind, int number);

#endif
