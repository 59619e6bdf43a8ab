// SPDX-License-Identifier: GPL-3.0-or-later
/* attempts.h - how often somebody may try a password: guessing is slowed, and nobody is locked out.
 *
 *     attempts_enter ─▶ ADMITTED ─▶ hash ─▶ attempts_leave(right, wrong, not looked at)
 *                    └▶ WAIT (seconds), BUSY: no password was looked at, nothing was counted
 *
 * A device that has signed in to the account before has a count of its own there, and no other: no
 * stranger can keep it out, and who stole it cannot guess for ever. Any other device counts in
 *
 *     (account, network)   12 tries, then a wait that grows from 1 s to 60 s
 *     account              50 tries of all networks together, then up to 15 s; one network alone
 *                          is slowed by its own count before it gets there
 *     network              1,000 tries at all accounts (a village shares an address), then 1 s
 *
 * and each try is forgotten after a while. An attempt counts from when it enters, so that guessing
 * in parallel does not help; a right password, and one that nobody looked at, take theirs back.
 *
 * The hashers are shared the same way: strangers and known devices each have a bounded number of
 * places in their line, one network or device a part of those. So a flood leaves room for people.
 *
 * All is in memory of a fixed size; counts are forgotten by a restart, never by Redis. Where two
 * keys meet in a full corner of the table, the one that would be forgotten first makes room. Times
 * are monotonic, so no wall clock locks anybody out. Safe for all threads. */
#ifndef SERVER_AUTH_ATTEMPTS_H
#define SERVER_AUTH_ATTEMPTS_H

#include <stdbool.h>
#include <stdint.h>

#include "common/cleanup.h"
#include "common/digest.h"
#include "common/slice.h"

enum {
    ATTEMPTS_STRANGERS = 32, /* in the hashers' line at once, of all networks */
    ATTEMPTS_KNOWN = 24,     /* of all known devices */
    ATTEMPTS_PER_NETWORK = 16,
    ATTEMPTS_PER_DEVICE = 4,
};

struct attempts; /* opaque */

/* Who tries what. A login counts the same whether there is such an account. */
struct attempt_who {
    struct slice login;    /* in lower case */
    const char *network;   /* network.h */
    const uint8_t *device; /* SHA256_BYTES, when it is known to the account; else NULL */
};

enum { ATTEMPT_MAX_KEYS = 3 };

/* An attempt under way: where it is counted. The caller's memory. */
struct attempt {
    uint64_t keys[ATTEMPT_MAX_KEYS]; /* of a known device the first; the second is the account's */
    unsigned place;
    bool is_known_device;
};

enum attempt_verdict { ATTEMPT_ADMITTED, ATTEMPT_WAIT, ATTEMPT_BUSY };

enum attempt_outcome { ATTEMPT_RIGHT, ATTEMPT_WRONG, ATTEMPT_NOT_LOOKED_AT };

/* Returns 0 or ERR_NO_MEMORY; attempts_free() ends it. */
int attempts_new(struct attempts **ret_attempts);
void attempts_free(struct attempts *attempts);
DEFINE_CLEANUP(attempts_free, struct attempts *)

/* now_ms is monotonic. WAIT also says after how many seconds (>= 1) the next try may be admitted;
 * BUSY: the line is full. Only ADMITTED counts, and fills ret_attempt for attempts_leave(). */
enum attempt_verdict attempts_enter(struct attempts *attempts, const struct attempt_who *who,
                                    int64_t now_ms, struct attempt *ret_attempt,
                                    int64_t *ret_wait_s);

/* Exactly once for each that was admitted. */
void attempts_leave(struct attempts *attempts, const struct attempt *attempt,
                    enum attempt_outcome outcome);

/* Forgets what was counted for an account, by whomever: the admin's word. */
void attempts_forget(struct attempts *attempts, struct slice login);

#endif
