// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/roles/db_call.h"

#include "common/container.h"
#include "common/err.h"
#include "common/log.h"
#include "common/work_pool.h"
#include "storage/sqlite/db.h"

struct db_work {
    int (*fn)(struct db *db, void *arg);
    void *arg;
    int err;
    struct work work;
};

/* Here alone SQLite's own words can be told: the next call on the connection replaces them. */
static void run(struct work *work, void *context)
{
    struct db_work *w = CONTAINER_OF(work, struct db_work, work);

    w->err = w->fn(context, w->arg);
    if (w->err == ERR_IO || w->err == ERR_NO_SPACE || w->err == ERR_CORRUPT)
        log_error("the database cannot be written", log_err(w->err),
                  log_str("cause", db_failure(context)));
}

int db_call(struct work_pool *database, int (*fn)(struct db *db, void *arg), void *arg)
{
    struct db_work w = {.fn = fn, .arg = arg, .work = {.run = run}};
    const int err = work_pool_call(database, &w.work);

    return err ? err : w.err;
}
