// SPDX-License-Identifier: GPL-3.0-or-later
/* fault.h - why a task failed, in two languages: a code for people, technical words for the log.
 *
 * Functions that can fail for the source's fault take a struct fault and return a negative ERR_
 * value as always; the first fault that is set stays. What no function names is our own fault. */
#ifndef TRANSCODER_FAULT_H
#define TRANSCODER_FAULT_H

#include "common/package/failure.h"

enum { FAULT_DETAIL_SIZE = 200 };

struct fault {
    enum failure failure;           /* FAILURE_NONE until something is set */
    char detail[FAULT_DETAIL_SIZE]; /* printable ASCII, may be empty */
};

/* Sets *fault unless it is set already, and returns `err`, so that
 * `return fault_set(fault, FAILURE_EMPTY, ERR_INVALID, "no bytes")` reads as one step. */
int fault_set(struct fault *fault, enum failure failure, int err, const char *format, ...)
    __attribute__((format(printf, 4, 5)));

/* The same with what libav says about its error code; a full disk and a lack of memory are told
 * apart from the rest. Returns an ERR_ value that fits. */
int fault_set_av(struct fault *fault, enum failure failure, int av_error, const char *what);

/* Gives a fault that nobody named the failure that `err` stands for. */
void fault_complete(struct fault *fault, int err);

#endif
