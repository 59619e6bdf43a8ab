// SPDX-License-Identifier: GPL-3.0-or-later
#include "storage/jobs/lecture_store.h"

#include "common/err.h"
#include "storage/jobs/lecture_row.h"
#include "storage/media/deleted_media.h"
#include "storage/sqlite/db.h"
#include "storage/sqlite/rows.h"

#define SELECT_LECTURES "SELECT " LECTURE_COLUMNS " FROM lectures "

static const char *const STATE_NAMES[N_LECTURE_STATES] = {
    [LECTURE_UPLOADING] = "uploading",   [LECTURE_QUEUED] = "queued",
    [LECTURE_PROCESSING] = "processing", [LECTURE_READY] = "ready",
    [LECTURE_FAILED] = "failed",
};

/* Larger than every id, for lists that start at the newest. */
static const char AFTER_ALL_IDS[] = "g";

const char *lecture_state_name(enum lecture_state state)
{
    return STATE_NAMES[state];
}

void lecture_row_read(struct query *q, void *row)
{
    struct lecture *lecture = row;

    query_read_text(q, lecture->id, sizeof lecture->id);
    query_read_text(q, lecture->course_id, sizeof lecture->course_id);
    lecture->position = query_read_int(q);
    query_read_text(q, lecture->title, sizeof lecture->title);
    query_read_text(q, lecture->owner_id, sizeof lecture->owner_id);
    lecture->state = (enum lecture_state)query_read_name(q, STATE_NAMES, N_LECTURE_STATES);
    query_read_text(q, lecture->source_sha256, sizeof lecture->source_sha256);
    lecture->source_bytes = query_read_int(q);
    query_read_text(q, lecture->filename, sizeof lecture->filename);
    lecture->duration_us = query_read_int(q);
    query_read_text(q, lecture->package_id, sizeof lecture->package_id);
    lecture->created_at_ms = query_read_int(q);
    lecture->updated_at_ms = query_read_int(q);
}

int lecture_store_find(struct db *db, const char *id, struct lecture *ret_lecture)
{
    CLEANUP(query_end) struct query q = query_start(db, SELECT_LECTURES "WHERE id = ?");

    query_bind_text(&q, id);
    return query_one(&q, lecture_row_read, ret_lecture, sizeof *ret_lecture);
}

int lecture_store_shows_package(struct db *db, const char *package_id)
{
    CLEANUP(query_end)
    struct query q = query_start(
        db, "SELECT 1 FROM lectures WHERE package_id = ? AND state IN ('processing', 'ready')");

    query_bind_text(&q, package_id);
    return query_next(&q);
}

int lecture_store_list(struct db *db, const char *before, size_t limit, struct arena *arena,
                       struct lecture **ret_lectures, size_t *ret_n)
{
    CLEANUP(query_end)
    struct query q = query_start(db, SELECT_LECTURES "WHERE id < ? ORDER BY id DESC LIMIT ?");

    query_bind_text(&q, before[0] ? before : AFTER_ALL_IDS);
    query_bind_int(&q, (int64_t)limit);
    return query_list(&q, lecture_row_read, sizeof(struct lecture), arena, ret_lectures, ret_n);
}

int lecture_store_set_title(struct db *db, const char *id, struct slice title, int64_t now_ms)
{
    if (title_check(title))
        return ERR_INVALID;
    CLEANUP(query_end)
    struct query q =
        query_start(db, "UPDATE lectures SET title = ?, updated_at_ms = ? WHERE id = ?");
    query_bind_slice(&q, title);
    query_bind_int(&q, now_ms);
    query_bind_text(&q, id);
    return query_run_found(&q);
}

static int delete_row(struct db *db, const char *id)
{
    CLEANUP(query_end) struct query q = query_start(db, "DELETE FROM lectures WHERE id = ?");

    query_bind_text(&q, id);
    return query_run_found(&q);
}

int lecture_store_delete(struct db *db, const char *id)
{
    CLEANUP(db_rollback) struct db *open = NULL;

    int err = db_begin(db, &open);
    if (!err)
        err = deleted_media_note_lecture(db, id);
    if (!err)
        err = delete_row(db, id);
    return err ? err : db_commit(&open);
}
