// SPDX-License-Identifier: GPL-3.0-or-later
#include "storage/sweep.h"

#include "common/err.h"
#include "storage/db.h"
#include "storage/db_query.h"

/* Each binds the name once. A job's folder is needed while the job may plan; a package as long as a
 * lecture shows it, or a job that is not done may want its parts. */
static const char *const REFERENCES[N_MEDIA_FOLDERS] = {
    [MEDIA_UPLOADS] = "SELECT 1 FROM uploads WHERE id = ?1",
    [MEDIA_SOURCES] = "SELECT 1 FROM lectures WHERE source_sha256 = ?1",
    [MEDIA_JOBS] = "SELECT 1 FROM jobs WHERE id = ?1 AND state IN ('queued', 'running')",
    [MEDIA_PACKAGES] = ("SELECT 1 FROM lectures WHERE package_id = ?1 UNION ALL"
                        " SELECT 1 FROM jobs WHERE package_id = ?1 AND state <> 'done'"),
};

static int refers(enum media_folder folder, const char *name, void *arg)
{
    struct db *db = arg;
    CLEANUP(query_end) struct query q = query_start(db, REFERENCES[folder]);

    query_bind_text(&q, name);
    const int err = query_next(&q);
    if (err == ERR_NOT_FOUND)
        return 0;
    return err ? err : 1;
}

int sweep_orphans(struct db *db, struct media_store *store, int64_t now_ms, size_t limit,
                  size_t ret_removed[N_MEDIA_FOLDERS])
{
    int err = 0;

    for (int i = 0; i < N_MEDIA_FOLDERS; i++) {
        size_t n = 0;
        if (!err)
            err = media_store_sweep(store, (enum media_folder)i, now_ms - SWEEP_MIN_AGE_MS, limit,
                                    refers, db, &n);
        ret_removed[i] = n;
        limit -= n;
    }
    return err;
}
