// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/load/alarms.h"

#include <criterion/criterion.h>

Test(alarms, a_change_is_news_once)
{
    struct alarm_state list[N_ALARMS];
    struct alarms alarms;

    alarms_init(&alarms);
    cr_assert_not(alarms_set(&alarms, ALARM_REDIS, NULL, 5));
    cr_assert(alarms_set(&alarms, ALARM_REDIS, "full", 10));
    cr_assert_not(alarms_set(&alarms, ALARM_REDIS, "full", 20));
    cr_assert(alarms_set(&alarms, ALARM_REDIS, "gone", 30));
    alarms_read(&alarms, list);
    cr_assert_str_eq(list[ALARM_REDIS].text, "gone");
    cr_assert_eq(list[ALARM_REDIS].since_ms, 10);
    cr_assert_eq(list[ALARM_JOBS].since_ms, 0);
    cr_assert(alarms_set(&alarms, ALARM_REDIS, "", 40));
    cr_assert_not(alarms_set(&alarms, ALARM_REDIS, NULL, 50));
    alarms_read(&alarms, list);
    cr_assert_eq(list[ALARM_REDIS].since_ms, 0);
}

Test(alarms, each_has_a_name)
{
    for (int i = 0; i < N_ALARMS; i++)
        cr_assert_not_null(alarm_name((enum alarm_kind)i));
}
