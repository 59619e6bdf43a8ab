// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/roles/db_call.h"

#include "common/container.h"
#include "common/work_pool.h"

struct db_work {
    int (*fn)(struct db *db, void *arg);
    void *arg;
    int err;
    struct work work;
};

static void run(struct work *work, void *context)
{
    struct db_work *w = CONTAINER_OF(work, struct db_work, work);

    w->err = w->fn(context, w->arg);
}

int db_call(struct work_pool *database, int (*fn)(struct db *db, void *arg), void *arg)
{
    struct db_work w = {.fn = fn, .arg = arg, .work = {.run = run}};
    const int err = work_pool_call(database, &w.work);

    return err ? err : w.err;
}
