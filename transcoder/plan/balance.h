// SPDX-License-Identifier: GPL-3.0-or-later
/* balance.h - whether what the parts took from the source is all of it. Pure.
 *
 * What packets were there for and no decoder gave is E_LEFT_OUT; where a sound has no packets
 * between others is E_GAP; where pictures were there and no part of the package answers for them,
 * the fault is ours. */
#ifndef TRANSCODER_PLAN_BALANCE_H
#define TRANSCODER_PLAN_BALANCE_H

#include "common/package/tally.h"
#include "common/package/warning.h"
#include "transcoder/plan/plan.h"

/* Shorter pauses are what a browser's recorder makes of silence. */
#define BALANCE_GAP_US INT64_C(1000000)

/* Adds what has to be said to *warnings. Returns 0, or ERR_CORRUPT with the seconds that nobody
 * answers for in *ret_open. */
int balance_find(const struct plan *plan, const struct tally_list *tallies,
                 struct warning_list *warnings, struct time_span *ret_open);

#endif
