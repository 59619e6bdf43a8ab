// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/roles/write_probe.h"

#include <stdatomic.h>
#include <stdint.h>
#include <stdlib.h>

#include "common/clock.h"
#include "common/err.h"
#include "common/log.h"
#include "server/features/health/health.h"
#include "server/roles/core_thread.h"
#include "server/roles/db_call.h"
#include "storage/media/media_store.h"
#include "storage/sqlite/schema.h"

/* With less than this SQLite may still find room in the log that it has, for a while. */
static const uint64_t MIN_FREE_BYTES = 64 << 10;

struct write_probe {
    struct work_pool *database;      /* borrowed */
    const struct media_store *media; /* borrowed */
    struct health *health;           /* borrowed */
    struct core_thread *thread;
};

static int write_something(struct db *db, void *arg)
{
    (void)arg;
    return schema_probe_write(db);
}

static int find_out(const struct write_probe *p)
{
    uint64_t free_bytes = UINT64_MAX;

    int err = db_call(p->database, write_something, NULL);
    if (!err)
        err = media_store_all_free_bytes(p->media, &free_bytes);
    return !err && free_bytes < MIN_FREE_BYTES ? ERR_NO_SPACE : err;
}

static uint32_t probe_round(void *arg)
{
    struct write_probe *p = arg;
    const int err = find_out(p);
    const int before = atomic_exchange(&p->health->write_err, err);

    atomic_store(&p->health->write_probed_ms, clock_monotonic_ms());
    if (err && err != before)
        log_error("the database cannot be written: nothing is accepted until it can", log_err(err));
    else if (!err && before)
        log_info("the database can be written again");
    return err ? WRITE_PROBE_FAILING_MS : WRITE_PROBE_INTERVAL_MS;
}

int write_probe_start(struct work_pool *database, const struct media_store *media,
                      struct health *health, struct write_probe **ret_probe)
{
    struct write_probe *p = calloc(1, sizeof *p);

    if (!p)
        return ERR_NO_MEMORY;
    p->database = database;
    p->media = media;
    p->health = health;
    (void)probe_round(p);
    const struct core_thread_config config = {.name = "write probe",
                                              .round = probe_round,
                                              .arg = p};
    const int err = core_thread_start(&config, &p->thread);
    if (err) {
        free(p);
        return err;
    }
    *ret_probe = p;
    return 0;
}

void write_probe_stop(struct write_probe *p)
{
    if (!p)
        return;
    core_thread_stop(p->thread);
    free(p);
}
