// SPDX-License-Identifier: GPL-3.0-or-later
/* watchdog.h - how long somebody has been silent while somebody else was listening. A machine that
 * stood still (a paused virtual machine) makes nobody silent, however far its clock went on
 * meanwhile. Pure; all times are monotonic. */
#ifndef COMMON_WATCHDOG_H
#define COMMON_WATCHDOG_H

#include <stdint.h>

enum { WATCHDOG_STEP_MS = 5000 }; /* between two looks no more than this counts */

struct watchdog {
    int64_t looked_ms;
    int64_t silent_ms;
};

/* Something was heard, or listening begins. */
void watchdog_feed(struct watchdog *watchdog, int64_t now_ms);

/* To be called every second or so. Returns for how long nothing was heard, >= 0. */
int64_t watchdog_look(struct watchdog *watchdog, int64_t now_ms);

#endif
