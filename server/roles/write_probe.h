// SPDX-License-Identifier: GPL-3.0-or-later
/* write_probe.h - the thread that finds out whether the database can be written: it commits
 * something small every few seconds and leaves in struct health what came of it. On a full or
 * read-only disk commits fail; when the database's thread is stuck, no result comes. */
#ifndef SERVER_ROLES_WRITE_PROBE_H
#define SERVER_ROLES_WRITE_PROBE_H

struct health;
struct media_store;
struct work_pool;
struct write_probe; /* opaque */

enum {
    WRITE_PROBE_INTERVAL_MS = 5000,
    WRITE_PROBE_FAILING_MS = 1000, /* while it fails: recovery is soon seen */
};

/* Borrows all. Probes once before it returns. Returns 0 and a probe that write_probe_stop() ends,
 * or why not. */
int write_probe_start(struct work_pool *database, const struct media_store *media,
                      struct health *health, struct write_probe **ret_probe);

/* Waits for the commit under way. NULL is allowed. */
void write_probe_stop(struct write_probe *probe);

#endif
