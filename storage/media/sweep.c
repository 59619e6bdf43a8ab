// SPDX-License-Identifier: GPL-3.0-or-later
#include "storage/media/sweep.h"

#include <string.h>

#include "common/err.h"
#include "storage/sqlite/db_query.h"

/* Each binds the name once. A job's folder is needed while the job may plan; a package as long as a
 * lecture shows it, or a job that is not done may want its parts. */
static const char *const REFERENCES[N_MEDIA_FOLDERS] = {
    [MEDIA_UPLOADS] = "SELECT 1 FROM uploads WHERE id = ?1",
    [MEDIA_SOURCES] = "SELECT 1 FROM lectures WHERE source_sha256 = ?1",
    [MEDIA_JOBS] = "SELECT 1 FROM jobs WHERE id = ?1 AND state IN ('queued', 'running')",
    [MEDIA_PACKAGES] = ("SELECT 1 FROM lectures WHERE package_id = ?1 UNION ALL"
                        " SELECT 1 FROM jobs WHERE package_id = ?1 AND state <> 'done'"),
};

static const char *const NOTES[N_MEDIA_FOLDERS] = {
    [MEDIA_UPLOADS] = "SELECT 1 FROM deleted_media WHERE folder = 'uploads' AND name = ?1",
    [MEDIA_SOURCES] = "SELECT 1 FROM deleted_media WHERE folder = 'sources' AND name = ?1",
    [MEDIA_JOBS] = "SELECT 1 FROM deleted_media WHERE folder = 'jobs' AND name = ?1",
    [MEDIA_PACKAGES] = "SELECT 1 FROM deleted_media WHERE folder = 'packages' AND name = ?1",
};

/* Returns 0 for no row, 1 for one, or a failure. */
static int has_row(struct db *db, const char *sql, const char *name)
{
    CLEANUP(query_end) struct query q = query_start(db, sql);

    query_bind_text(&q, name);
    const int err = query_next(&q);
    if (err == ERR_NOT_FOUND)
        return 0;
    return err ? err : 1;
}

static int knows(enum media_folder folder, const char *name, void *arg)
{
    const int is_referred = has_row(arg, REFERENCES[folder], name);

    return is_referred != 0 ? is_referred : has_row(arg, NOTES[folder], name);
}

/* Whether the note is settled: its file is gone, in use again, or a newer one of the same name.
 * Returns 0 for no, 1 for yes, or a failure. */
static int settle(struct db *db, struct media_store *store, const struct deleted_media *note,
                  size_t *n_removed)
{
    const int is_referred = has_row(db, REFERENCES[note->folder], note->name);
    if (is_referred != 0)
        return is_referred;
    /* An upload's id never comes again, so no file of that name is newer than its note. */
    const int64_t before_ms =
        note->folder == MEDIA_UPLOADS ? INT64_MAX : note->deleted_at_ms + SWEEP_SLACK_MS;
    const int err = media_store_remove(store, note->folder, note->name, before_ms);
    if (err == ERR_AGAIN)
        return 0;
    if (!err)
        (*n_removed)++;
    return !err || err == ERR_CONFLICT ? 1 : err;
}

int sweep_deleted(struct db *db, struct media_store *store, int64_t min_wait_ms, size_t limit,
                  struct arena *arena, size_t ret_removed[N_MEDIA_FOLDERS],
                  struct deleted_media **ret_settled, size_t *ret_n)
{
    struct deleted_media *notes = NULL;
    size_t n = 0, n_settled = 0;

    memset(ret_removed, 0, N_MEDIA_FOLDERS * sizeof ret_removed[0]);
    int err = deleted_media_list_due(db, min_wait_ms, limit, arena, &notes, &n);
    for (size_t i = 0; i < n; i++) {
        const int settled = settle(db, store, &notes[i], &ret_removed[notes[i].folder]);
        if (settled < 0) {
            err = settled;
            break;
        }
        if (settled > 0)
            notes[n_settled++] = notes[i];
    }
    *ret_settled = notes;
    *ret_n = n_settled;
    return err;
}

int sweep_find_misdated(struct db *db, struct media_store *store, size_t limit, struct arena *arena,
                        struct misdated_note **ret_misdated, size_t *ret_n)
{
    struct deleted_media *notes = NULL;
    size_t n_notes = 0, n = 0;

    const int err = deleted_media_list_new(db, limit, arena, &notes, &n_notes);
    if (err)
        return err;
    struct misdated_note *misdated = arena_alloc(arena, (n_notes + 1) * sizeof *misdated);
    if (!misdated)
        return ERR_NO_MEMORY;
    for (size_t i = 0; i < n_notes; i++) {
        int64_t changed_ms;
        if (media_store_changed_at(store, notes[i].folder, notes[i].name, &changed_ms) == 0 &&
            changed_ms > notes[i].deleted_at_ms + SWEEP_SLACK_MS)
            misdated[n++] = (struct misdated_note){notes[i], changed_ms};
    }
    *ret_misdated = misdated;
    *ret_n = n;
    return 0;
}

int sweep_count_unknown(struct db *db, struct media_store *store,
                        struct media_unknown ret_unknown[N_MEDIA_FOLDERS])
{
    struct media_unknown unknown[N_MEDIA_FOLDERS] = {{0}};
    int err = 0;

    for (int i = 0; i < N_MEDIA_FOLDERS && !err; i++)
        err = media_store_count_unknown(store, (enum media_folder)i, knows, db, &unknown[i]);
    if (!err)
        memcpy(ret_unknown, unknown, sizeof unknown);
    return err;
}
