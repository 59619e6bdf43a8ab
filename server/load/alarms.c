// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/load/alarms.h"

#include <stdio.h>
#include <string.h>

void alarms_init(struct alarms *alarms)
{
    memset(alarms->list, 0, sizeof alarms->list);
    (void)pthread_mutex_init(&alarms->lock, NULL);
}

bool alarms_set(struct alarms *alarms, enum alarm_kind kind, const char *text, int64_t now_ms)
{
    struct alarm_state *alarm = &alarms->list[kind];
    const char *wanted = text ? text : "";
    char cut[ALARM_TEXT_SIZE];

    (void)snprintf(cut, sizeof cut, "%s", wanted);
    (void)pthread_mutex_lock(&alarms->lock);
    const bool is_news = strcmp(alarm->text, cut) != 0;
    if (is_news) {
        memcpy(alarm->text, cut, sizeof cut);
        if (!cut[0])
            alarm->since_ms = 0;
        else if (alarm->since_ms == 0)
            alarm->since_ms = now_ms;
    }
    (void)pthread_mutex_unlock(&alarms->lock);
    return is_news;
}

void alarms_read(struct alarms *alarms, struct alarm_state list[N_ALARMS])
{
    (void)pthread_mutex_lock(&alarms->lock);
    memcpy(list, alarms->list, sizeof alarms->list);
    (void)pthread_mutex_unlock(&alarms->lock);
}

const char *alarm_name(enum alarm_kind kind)
{
    static const char *const NAMES[N_ALARMS] = {[ALARM_REDIS] = "redis",
                                                [ALARM_REDIS_MEMORY] = "redis-memory",
                                                [ALARM_REDIS_EVICTS] = "redis-evicts",
                                                [ALARM_REDIS_SET_ASIDE] = "redis-set-aside",
                                                [ALARM_JOBS] = "jobs",
                                                [ALARM_DRAIN] = "drain"};
    return NAMES[kind];
}
