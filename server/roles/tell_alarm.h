// SPDX-License-Identifier: GPL-3.0-or-later
/* tell_alarm.h - an alarm on the admin's page and in the log, there once per change. */
#ifndef SERVER_ROLES_TELL_ALARM_H
#define SERVER_ROLES_TELL_ALARM_H

#include "server/load/alarms.h"

/* As alarms_set(). Any thread. */
void tell_alarm(struct alarms *alarms, enum alarm_kind kind, const char *text);

#endif
