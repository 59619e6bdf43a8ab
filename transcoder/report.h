// SPDX-License-Identifier: GPL-3.0-or-later
/* report.h - the lines on standard output that the server's worker relays: task_event.h has their
 * form. */
#ifndef TRANSCODER_REPORT_H
#define TRANSCODER_REPORT_H

#include <stdint.h>

#include "common/package/failure.h"
#include "common/package/warning.h"
#include "common/slice.h"
#include "transcoder/message.h"

/* speed_permille: 1000 is as fast as the lecture plays. */
void report_progress(enum stage stage, int64_t permille, int64_t speed_permille);

void report_planned(int64_t n_chunks, int64_t n_sounds, int64_t duration_us);

void report_part(enum part_kind kind, int64_t number);

void report_warning(const struct warning *warning);

void report_done(void);

/* signal_number: the one that killed the task, or 0. Also one line for people on standard error:
 * code, cause, what to do. */
void report_failed(enum failure failure, const char *detail, int signal_number);

/* Bytes as they are. */
void report_output(struct slice bytes);

#endif
