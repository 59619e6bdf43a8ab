// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/features/progress/turns.h"

#include <stdlib.h>
#include <string.h>

#include "common/clock.h"
#include "common/err.h"
#include "common/id.h"
#include "server/http/loop/loop.h"

/* There while somebody of the key is at it, waits, or was at it since the last tick. */
struct turn_key {
    struct turn_key *next;
    char key[ID_SIZE];
    bool is_taken; /* somebody is at it */
    struct turn *first_waiting;
    struct turn **last_waiting; /* where the next one is hung */
    size_t n_waiting;
};

struct turns {
    struct http_loop *loop;   /* borrowed; NULL in tests */
    struct http_timer *timer; /* while there are keys */
    struct turn_key *keys;
};

int turns_new(struct http_loop *loop, struct turns **ret_turns)
{
    struct turns *turns = calloc(1, sizeof *turns);

    if (!turns)
        return ERR_NO_MEMORY;
    turns->loop = loop;
    *ret_turns = turns;
    return 0;
}

static struct turn_key *find_key(const struct turns *turns, const char *key)
{
    struct turn_key *k = turns->keys;

    while (k && strcmp(k->key, key) != 0)
        k = k->next;
    return k;
}

static struct turn *pop_waiting(struct turn_key *key)
{
    struct turn *turn = key->first_waiting;

    key->first_waiting = turn->next;
    if (!key->first_waiting)
        key->last_waiting = &key->first_waiting;
    key->n_waiting--;
    return turn;
}

static void refuse_waiting(struct turn_key *key, int64_t before_ms)
{
    while (key->first_waiting && key->first_waiting->entered_ms <= before_ms) {
        struct turn *turn = pop_waiting(key);
        turn->refuse(turn);
    }
}

void turns_free(struct turns *turns)
{
    if (!turns)
        return;
    http_timer_free(turns->timer);
    while (turns->keys) {
        struct turn_key *key = turns->keys;
        refuse_waiting(key, INT64_MAX);
        turns->keys = key->next;
        free(key);
    }
    free(turns);
}

bool turns_is_full(const struct turns *turns, const char *key)
{
    const struct turn_key *k = find_key(turns, key);

    return k && k->n_waiting >= TURNS_WAITING_MAX;
}

static void on_tick(void *arg)
{
    struct turns *turns = arg;

    turns_tick(turns, clock_monotonic_ms());
    if (!turns->keys) {
        http_timer_free(turns->timer);
        turns->timer = NULL;
    }
}

static struct turn_key *add_key(struct turns *turns, const char *key)
{
    struct turn_key *k = calloc(1, sizeof *k);

    if (!k || (turns->loop && !turns->timer &&
               http_timer_start(turns->loop, TURN_TICK_MS, on_tick, turns, &turns->timer))) {
        free(k);
        return NULL;
    }
    memcpy(k->key, key, ID_SIZE);
    k->last_waiting = &k->first_waiting;
    k->next = turns->keys;
    turns->keys = k;
    return k;
}

static void begin(struct turn_key *key, struct turn *turn)
{
    key->is_taken = true;
    turn->begin(turn);
}

int turns_enter(struct turns *turns, const char *key, struct turn *turn, int64_t now_ms)
{
    struct turn_key *k = find_key(turns, key);
    const bool is_first = !k;

    if (is_first)
        k = add_key(turns, key);
    if (!k)
        return ERR_NO_MEMORY;
    if (k->n_waiting >= TURNS_WAITING_MAX)
        return ERR_TOO_LARGE;
    turn->key = k;
    turn->next = NULL;
    turn->entered_ms = now_ms;
    if (is_first) {
        begin(k, turn);
        return 0;
    }
    *k->last_waiting = turn;
    k->last_waiting = &turn->next;
    k->n_waiting++;
    return 0;
}

void turns_leave(struct turn *turn)
{
    turn->key->is_taken = false;
}

void turns_tick(struct turns *turns, int64_t now_ms)
{
    struct turn_key **link = &turns->keys;

    while (*link) {
        struct turn_key *key = *link;
        refuse_waiting(key, now_ms - TURN_WAIT_MS);
        while (*link != key) /* an answer let somebody new in */
            link = &(*link)->next;
        if (!key->is_taken && key->first_waiting) {
            begin(key, pop_waiting(key));
        } else if (!key->is_taken) {
            *link = key->next;
            free(key);
            continue;
        }
        link = &key->next;
    }
}
