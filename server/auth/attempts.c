// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/auth/attempts.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "common/err.h"
#include "common/id.h"

enum {
    N_SETS = 4096, /* 1.5 MB in all */
    N_WAYS = 8,
    N_PLACES = 256, /* networks or devices that share a number share their part of the line */
    SECRET_BYTES = 16,
    MAX_PART_BYTES = 64, /* of a key: a login, a network, a device */
};

enum kind { KIND_ACCOUNT_NETWORK, KIND_ACCOUNT, KIND_NETWORK, KIND_DEVICE, N_KINDS };

/* A wait of first_wait_ms comes after `n_free` tries and doubles with each more, up to max_wait_ms.
 * One try is forgotten every forget_ms. */
struct rule {
    int32_t n_free;
    int32_t n_most; /* more are not counted, so that the end of an attack is the end of waiting */
    int64_t first_wait_ms;
    int64_t max_wait_ms;
    int64_t forget_ms;
};

static const struct rule RULES[N_KINDS] = {
    [KIND_ACCOUNT_NETWORK] = {12, 19, 1000, 60000, 60000},
    [KIND_ACCOUNT] = {50, 55, 1000, 15000, 15000},
    [KIND_NETWORK] = {1000, 1001, 1000, 1000, 1000},
    [KIND_DEVICE] = {12, 19, 1000, 60000, 60000},
};

/* n tries, of which one is forgotten at counted_ms + forget_ms, and so on. */
struct count {
    uint64_t key;     /* 0: free */
    uint64_t account; /* the key of its account; 0: of none */
    int64_t counted_ms;
    int64_t last_try_ms;
    int32_t n;
    enum kind kind;
};

struct attempts {
    pthread_mutex_t lock;         /* guards all below */
    uint8_t secret[SECRET_BYTES]; /* nobody can choose where in the table a login lands */
    unsigned n_in_line[2];        /* strangers, known devices */
    uint8_t n_of_place[2][N_PLACES];
    struct count counts[N_SETS][N_WAYS];
};

int attempts_new(struct attempts **ret_attempts)
{
    struct attempts *a = calloc(1, sizeof *a);

    if (!a)
        return ERR_NO_MEMORY;
    (void)pthread_mutex_init(&a->lock, NULL);
    random_bytes(a->secret, sizeof a->secret);
    *ret_attempts = a;
    return 0;
}

void attempts_free(struct attempts *a)
{
    if (!a)
        return;
    (void)pthread_mutex_destroy(&a->lock);
    free(a);
}

/* ---- Counts ---- */

static void forget_old(struct count *count, int64_t now_ms)
{
    const int64_t forget_ms = RULES[count->kind].forget_ms;
    const int64_t n = (now_ms - count->counted_ms) / forget_ms;

    if (n >= count->n) {
        count->n = 0;
        count->counted_ms = now_ms;
    } else if (n > 0) {
        count->n -= (int32_t)n;
        count->counted_ms += n * forget_ms;
    }
}

static int64_t left_ms(const struct count *count, int64_t now_ms)
{
    return count->counted_ms + count->n * RULES[count->kind].forget_ms - now_ms;
}

static struct count *find(struct attempts *a, uint64_t key)
{
    struct count *set = a->counts[key % N_SETS];

    for (unsigned i = 0; i < N_WAYS; i++) {
        if (set[i].key == key)
            return &set[i];
    }
    return NULL;
}

static struct count *find_or_add(struct attempts *a, uint64_t key, enum kind kind, int64_t now_ms)
{
    struct count *set = a->counts[key % N_SETS];
    struct count *victim = find(a, key);

    if (victim)
        return victim;
    victim = &set[0];
    for (unsigned i = 0; i < N_WAYS && victim->key != 0; i++) {
        if (set[i].key == 0 || left_ms(&set[i], now_ms) < left_ms(victim, now_ms))
            victim = &set[i];
    }
    *victim = (struct count){.key = key, .counted_ms = now_ms, .kind = kind};
    return victim;
}

static int64_t wait_ms(struct attempts *a, uint64_t key, int64_t now_ms)
{
    struct count *count = find(a, key);

    if (!count)
        return 0;
    forget_old(count, now_ms);
    const struct rule *rule = &RULES[count->kind];
    if (count->n < rule->n_free)
        return 0;
    int64_t wait = rule->first_wait_ms << (count->n - rule->n_free);
    if (wait > rule->max_wait_ms)
        wait = rule->max_wait_ms;
    const int64_t left = count->last_try_ms + wait - now_ms;
    return left > 0 ? left : 0;
}

static void count_try(struct attempts *a, uint64_t key, enum kind kind, uint64_t account,
                      int64_t now_ms)
{
    struct count *count = find_or_add(a, key, kind, now_ms);

    count->account = kind == KIND_NETWORK ? 0 : account;
    forget_old(count, now_ms);
    if (count->n < RULES[kind].n_most)
        count->n++;
    count->last_try_ms = now_ms;
}

static void take_back(struct attempts *a, uint64_t key)
{
    struct count *count = find(a, key);

    if (count && count->n > 0)
        count->n--;
}

static void forget(struct attempts *a, uint64_t key)
{
    struct count *count = find(a, key);

    if (count)
        *count = (struct count){.key = 0};
}

/* ---- Keys ---- */

static void put_part(uint8_t part[MAX_PART_BYTES], struct slice text)
{
    if (text.length > 0)
        memcpy(part, text.data, text.length < MAX_PART_BYTES ? text.length : MAX_PART_BYTES);
}

static uint64_t make_key(const struct attempts *a, enum kind kind, struct slice first,
                         struct slice second)
{
    uint8_t parts[1 + 2 * MAX_PART_BYTES] = {(uint8_t)kind};
    uint8_t hash[SHA256_BYTES];
    uint64_t key = 0;

    put_part(parts + 1, first);
    put_part(parts + 1 + MAX_PART_BYTES, second);
    hmac_sha256(a->secret, sizeof a->secret, parts, sizeof parts, hash);
    memcpy(&key, hash, sizeof key);
    return key | 1; /* never 0 */
}

static uint64_t account_key(const struct attempts *a, struct slice login)
{
    return make_key(a, KIND_ACCOUNT, login, slice_of("", 0));
}

static const enum kind STRANGERS_KINDS[] = {KIND_ACCOUNT_NETWORK, KIND_ACCOUNT, KIND_NETWORK};
static const enum kind KNOWN_KINDS[] = {KIND_DEVICE};

static const enum kind *kinds_of(const struct attempt *attempt, unsigned *ret_n)
{
    *ret_n = attempt->is_known_device ? 1 : ATTEMPT_MAX_KEYS;
    return attempt->is_known_device ? KNOWN_KINDS : STRANGERS_KINDS;
}

static struct attempt describe(const struct attempts *a, const struct attempt_who *who)
{
    const struct slice network = slice_from(who->network);
    const struct slice none = slice_of("", 0);
    struct attempt attempt = {.is_known_device = who->device != NULL};

    attempt.keys[1] = account_key(a, who->login);
    if (who->device) {
        const struct slice device = slice_of((const char *)who->device, SHA256_BYTES);
        attempt.keys[0] = make_key(a, KIND_DEVICE, who->login, device);
        attempt.place = who->device[0];
        return attempt;
    }
    attempt.keys[0] = make_key(a, KIND_ACCOUNT_NETWORK, who->login, network);
    attempt.keys[2] = make_key(a, KIND_NETWORK, none, network);
    attempt.place = (unsigned)(attempt.keys[2] >> 8) % N_PLACES;
    return attempt;
}

/* ---- In and out ---- */

static bool has_room(const struct attempts *a, const struct attempt *attempt)
{
    const bool is_known = attempt->is_known_device;

    return a->n_in_line[is_known] < (is_known ? ATTEMPTS_KNOWN : ATTEMPTS_STRANGERS) &&
           a->n_of_place[is_known][attempt->place] <
               (is_known ? ATTEMPTS_PER_DEVICE : ATTEMPTS_PER_NETWORK);
}

/* The lock is held. */
static enum attempt_verdict judge(struct attempts *a, const struct attempt *attempt, int64_t now_ms,
                                  int64_t *ret_wait_s)
{
    int64_t longest_ms = 0;
    unsigned n = 0;

    (void)kinds_of(attempt, &n);
    for (unsigned i = 0; i < n; i++) {
        const int64_t wait = wait_ms(a, attempt->keys[i], now_ms);
        longest_ms = wait > longest_ms ? wait : longest_ms;
    }
    if (longest_ms > 0) {
        *ret_wait_s = (longest_ms + 999) / 1000;
        return ATTEMPT_WAIT;
    }
    return has_room(a, attempt) ? ATTEMPT_ADMITTED : ATTEMPT_BUSY;
}

enum attempt_verdict attempts_enter(struct attempts *a, const struct attempt_who *who,
                                    int64_t now_ms, struct attempt *ret_attempt,
                                    int64_t *ret_wait_s)
{
    const struct attempt attempt = describe(a, who);
    unsigned n = 0;
    const enum kind *kinds = kinds_of(&attempt, &n);

    (void)pthread_mutex_lock(&a->lock);
    const enum attempt_verdict verdict = judge(a, &attempt, now_ms, ret_wait_s);
    if (verdict == ATTEMPT_ADMITTED) {
        for (unsigned i = 0; i < n; i++)
            count_try(a, attempt.keys[i], kinds[i], attempt.keys[1], now_ms);
        a->n_in_line[attempt.is_known_device]++;
        a->n_of_place[attempt.is_known_device][attempt.place]++;
        *ret_attempt = attempt;
    }
    (void)pthread_mutex_unlock(&a->lock);
    return verdict;
}

void attempts_leave(struct attempts *a, const struct attempt *attempt, enum attempt_outcome outcome)
{
    unsigned n = 0;

    (void)kinds_of(attempt, &n);
    (void)pthread_mutex_lock(&a->lock);
    a->n_in_line[attempt->is_known_device]--;
    a->n_of_place[attempt->is_known_device][attempt->place]--;
    for (unsigned i = 0; i < n && outcome != ATTEMPT_WRONG; i++)
        take_back(a, attempt->keys[i]);
    if (outcome == ATTEMPT_RIGHT)
        forget(a, attempt->keys[0]); /* of this device, or of this account in this network */
    (void)pthread_mutex_unlock(&a->lock);
}

void attempts_forget(struct attempts *a, struct slice login)
{
    const uint64_t account = account_key(a, login);

    (void)pthread_mutex_lock(&a->lock);
    for (unsigned i = 0; i < N_SETS * N_WAYS; i++) {
        struct count *count = &a->counts[i / N_WAYS][i % N_WAYS];
        if (count->account == account)
            *count = (struct count){.key = 0};
    }
    (void)pthread_mutex_unlock(&a->lock);
}
