// SPDX-License-Identifier: GPL-3.0-or-later
/* reading.h - answers that are read from the database, off the loop.
 *
 *     loop                    a reader's thread                  loop
 *     reading_start ────────▶ read(r, db) writes r->json ──────▶ 200 with it, or done(r)
 *                                                                a failure's problem
 *
 * What one indexed key finds in a warm cache is all that a loop reads itself; the rest goes here.
 * Guests have a pool of their own, so that whoever signed in waits for no crowd of strangers. A
 * full queue and a query that takes too long are answered with 503: no read holds the others up.
 *
 * A read that fails is never a poorer answer: read() returns the failure, and that is what is
 * answered. */
#ifndef SERVER_WEB_READING_H
#define SERVER_WEB_READING_H

#include <stdbool.h>

#include "common/arena.h"
#include "common/buf.h"
#include "common/work_pool.h"

struct call;
struct db;

/* In the exchange's arena, by arena_alloc; the first member of what the handler keeps for it. */
struct reading {
    struct call *call;
    /* A reader's thread: sees db, the call's actor, request and shared services, and its own
     * memory; nothing of the loop's. Returns 0 or a failure. */
    int (*read)(struct reading *r, struct db *db);
    /* The loop, when read() succeeded: answers. NULL: r->json is the answer. */
    void (*done)(struct reading *r);
    bool is_sign_in;    /* a few keys, of somebody who is no guest for long */
    struct buf json;    /* for read() to write into; owned */
    struct arena arena; /* for read(); gone when it has returned */
    /* reading.c's own */
    int err;
    struct work work;
};

enum {
    READING_MAX_MS = 2000,         /* of one read's queries together */
    READING_ARENA_BYTES = 8 << 20, /* 201 rows of the longest, and what the array grew through */
    READING_JSON_BYTES = 1 << 20,
};

/* Takes the exchange over. r may be NULL: 503, there was no memory. */
void reading_start(struct reading *r, struct call *call);

#endif
