// SPDX-License-Identifier: GPL-3.0-or-later
/* report.h - the lines on standard output that the server's worker reads: one JSON object each. */
#ifndef TRANSCODER_REPORT_H
#define TRANSCODER_REPORT_H

#include <stdint.h>

#include "common/package/failure.h"
#include "common/slice.h"
#include "transcoder/message.h"

/* {"event":"progress","stage":"chunk","permille":500,"speed_permille":3200} */
void report_progress(enum stage stage, int64_t permille, int64_t speed_permille);

/* {"event":"planned","n_chunks":3,"n_sounds":1,"duration_us":145520000} */
void report_planned(int64_t n_chunks, int64_t n_sounds, int64_t duration_us);

/* {"event":"part","kind":"chunk","number":3} */
void report_part(enum part_kind kind, int64_t number);

/* {"event":"warning","code":"E_NO_AUDIO"} */
void report_warning(enum failure warning);

/* {"event":"done"} */
void report_done(void);

/* {"event":"failed","code":"E_NOT_MEDIA","detail":"…"}, and with "signal" when one killed the task;
 * and one line for people on standard error: code, cause, what to do. */
void report_failed(enum failure failure, const char *detail, int signal_number);

/* Bytes as they are. */
void report_output(struct slice bytes);

#endif
