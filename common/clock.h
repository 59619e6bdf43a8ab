// SPDX-License-Identifier: GPL-3.0-or-later
/* clock.h - the two clocks. Pure code does not call these: "now" is an argument there. */
#ifndef COMMON_CLOCK_H
#define COMMON_CLOCK_H

#include <stddef.h>
#include <stdint.h>

#include "common/slice.h"

/* Since an arbitrary point; never goes back. For deadlines and durations within one process. */
int64_t clock_monotonic_ms(void);

/* Since 1970-01-01 UTC; may jump. For what is stored or shown. */
int64_t clock_wall_ms(void);

enum { CLOCK_RFC3339_SIZE = 25 };

/* Writes a wall time as RFC 3339 in UTC with milliseconds, "2026-11-24T07:15:00.123Z". */
void clock_format_rfc3339(int64_t wall_ms, char text[CLOCK_RFC3339_SIZE]);

/* Reads RFC 3339 §5.6, from 1970 on: "2026-11-24T14:15:00+07:00"; what is below a millisecond is
 * cut, and there are no leap seconds. Returns 0 or ERR_INVALID. */
int clock_parse_rfc3339(struct slice text, int64_t *ret_wall_ms);

#endif
