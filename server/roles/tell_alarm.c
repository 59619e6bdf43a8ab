// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/roles/tell_alarm.h"

#include "common/clock.h"
#include "common/log.h"

void tell_alarm(struct alarms *alarms, enum alarm_kind kind, const char *text)
{
    if (!alarms_set(alarms, kind, text, clock_wall_ms()))
        return;
    if (text && text[0])
        log_warn("alarm", log_str("alarm", alarm_name(kind)), log_str("cause", text));
    else
        log_info("alarm is over", log_str("alarm", alarm_name(kind)));
}
