// SPDX-License-Identifier: GPL-3.0-or-later
#include "common/watchdog.h"

void watchdog_feed(struct watchdog *watchdog, int64_t now_ms)
{
    *watchdog = (struct watchdog){.looked_ms = now_ms};
}

int64_t watchdog_look(struct watchdog *watchdog, int64_t now_ms)
{
    const int64_t step_ms = now_ms - watchdog->looked_ms;

    if (step_ms > 0)
        watchdog->silent_ms += step_ms < WATCHDOG_STEP_MS ? step_ms : WATCHDOG_STEP_MS;
    watchdog->looked_ms = now_ms;
    return watchdog->silent_ms;
}
