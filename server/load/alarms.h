// SPDX-License-Identifier: GPL-3.0-or-later
/* alarms.h - what an admin has to know now. Threads raise and end them, loops show them: on the
 * admin's page, and as a metric. Any thread. */
#ifndef SERVER_LOAD_ALARMS_H
#define SERVER_LOAD_ALARMS_H

#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>

enum alarm_kind {
    ALARM_REDIS,           /* it does not answer, or refuses writes */
    ALARM_REDIS_MEMORY,    /* nearly full */
    ALARM_REDIS_EVICTS,    /* its policy throws data away */
    ALARM_REDIS_SET_ASIDE, /* damaged files were set aside */
    ALARM_JOBS,            /* the dispatcher cannot move jobs forward */
    ALARM_DRAIN,           /* watch progress does not reach the database */
    N_ALARMS,
};

enum { ALARM_TEXT_SIZE = 512 };

struct alarm_state {
    int64_t since_ms;           /* wall time; 0: there is none */
    char text[ALARM_TEXT_SIZE]; /* a sentence */
};

struct alarms {
    pthread_mutex_t lock;
    struct alarm_state list[N_ALARMS];
};

void alarms_init(struct alarms *alarms);

/* Raises it with a sentence, or ends it with NULL or "". Returns whether that was news. */
bool alarms_set(struct alarms *alarms, enum alarm_kind kind, const char *text, int64_t now_ms);

void alarms_read(struct alarms *alarms, struct alarm_state list[N_ALARMS]);

/* "redis-memory": in logs, metrics and the API. Static. */
const char *alarm_name(enum alarm_kind kind);

#endif
