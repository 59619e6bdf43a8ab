// SPDX-License-Identifier: GPL-3.0-or-later
/* audit_store.h - who changed what: a row for each change, written in the change's own transaction,
 * never changed and never deleted. db.h says what all stores have in common. */
#ifndef SERVER_AUTH_AUDIT_STORE_H
#define SERVER_AUTH_AUDIT_STORE_H

#include <stdint.h>

struct db;

/* All borrowed. */
struct audit_entry {
    int64_t at_ms;         /* wall clock */
    const char *actor_id;  /* an account, also one that is gone by now */
    const char *action;    /* "lecture.rename" */
    const char *object_id; /* "" for none */
    const char *detail;    /* a few words; "" for none. Never a secret */
};

/* In the caller's transaction. Returns 0 or a failure. */
int audit_store_add(struct db *db, const struct audit_entry *entry);

#endif
