// SPDX-License-Identifier: GPL-3.0-or-later
#include "storage/jobs/lecture_state.h"

#include "common/err.h"
#include "storage/sqlite/rows.h"

/* After an update that its own condition kept from changing anything: why. */
static int why_unchanged(struct db *db, const char *id)
{
    CLEANUP(query_end) struct query q = query_start(db, "SELECT 1 FROM lectures WHERE id = ?");
    int64_t one = 0;

    query_bind_text(&q, id);
    const int err = query_number(&q, &one);
    return err ? err : ERR_CONFLICT;
}

/* Each arrow's SQL binds the time, then the id. */
static int go(struct db *db, const char *sql, const char *id, int64_t now_ms)
{
    CLEANUP(query_end) struct query q = query_start(db, sql);

    query_bind_int(&q, now_ms);
    query_bind_text(&q, id);
    const int err = query_run_found(&q);
    return err == ERR_NOT_FOUND ? why_unchanged(db, id) : err;
}

int lecture_state_received(struct db *db, const char *id, const char *source_sha256,
                           int64_t source_bytes, int64_t now_ms)
{
    CLEANUP(query_end)
    struct query q = query_start(db, "UPDATE lectures SET state = 'queued', source_sha256 = ?,"
                                     " source_bytes = ?, updated_at_ms = ?"
                                     " WHERE id = ? AND state = 'uploading'");

    query_bind_text(&q, source_sha256);
    query_bind_int(&q, source_bytes);
    query_bind_int(&q, now_ms);
    query_bind_text(&q, id);
    const int err = query_run_found(&q);
    return err == ERR_NOT_FOUND ? why_unchanged(db, id) : err;
}

int lecture_state_begun(struct db *db, const char *id, int64_t now_ms)
{
    return go(db,
              "UPDATE lectures SET state = 'processing', updated_at_ms = ?"
              " WHERE id = ? AND state = 'queued'",
              id, now_ms);
}

int lecture_state_made(struct db *db, const char *id, int64_t now_ms)
{
    return go(db,
              "UPDATE lectures SET state = 'ready', updated_at_ms = ?"
              " WHERE id = ? AND state IN ('processing', 'ready')",
              id, now_ms);
}

int lecture_state_failed(struct db *db, const char *id, int64_t now_ms)
{
    return go(db,
              "UPDATE lectures SET state = 'failed', updated_at_ms = ?"
              " WHERE id = ? AND state IN ('queued', 'processing')",
              id, now_ms);
}

int lecture_state_retried(struct db *db, const char *id, int64_t now_ms)
{
    return go(db,
              "UPDATE lectures SET state = 'queued', updated_at_ms = ?"
              " WHERE id = ? AND state = 'failed'",
              id, now_ms);
}
