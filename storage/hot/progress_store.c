// SPDX-License-Identifier: GPL-3.0-or-later
#include "storage/hot/progress_store.h"

#include <string.h>

#include "common/err.h"
#include "storage/sqlite/db.h"
#include "storage/sqlite/db_query.h"

/* What is stored, borrowed until the query's next step. */
static int find(struct query *q, const char *user_id, const char *lecture_id,
                struct watched *ret_watched)
{
    query_bind_text(q, user_id);
    query_bind_text(q, lecture_id);
    const int err = query_next(q);
    if (err)
        return err;
    const int64_t position_ms = query_read_int(q);
    const int64_t order = query_read_int(q);
    const int64_t seq = query_read_int(q);
    const struct slice sessions = query_read_slice(q);
    const struct slice bits = query_read_bytes(q);
    if (q->err)
        return q->err;
    if (bits.length > WATCHED_MAX_BYTES || sessions.length >= WATCHED_SESSIONS_SIZE)
        return ERR_CORRUPT;
    *ret_watched = (struct watched){
        .bits = (const uint8_t *)bits.data,
        .n_bytes = bits.length,
        .position_ms = position_ms,
        .order = order,
        .seq = seq,
        .sessions = sessions,
    };
    return 0;
}

#define SELECT_PROGRESS                                                                 \
    "SELECT position_ms, position_order, position_seq, sessions, watched FROM progress" \
    " WHERE user_id = ? AND lecture_id = ?"

/* The bits stay where they are: a lookup on every beat need not read them. */
#define SELECT_PLACE                                                                \
    "SELECT position_ms, position_order, position_seq, sessions, x'' FROM progress" \
    " WHERE user_id = ? AND lecture_id = ?"

static bool is_same(const struct watched *a, const struct watched *b)
{
    return a->position_ms == b->position_ms && a->order == b->order && a->seq == b->seq &&
           slice_equals(a->sessions, b->sessions) && a->n_bytes == b->n_bytes &&
           (a->n_bytes == 0 || memcmp(a->bits, b->bits, a->n_bytes) == 0);
}

/* Writes nothing when the user or the lecture is gone. */
static int put(struct db *db, const struct progress *progress, const struct watched *merged,
               int64_t now_ms)
{
    CLEANUP(query_end)
    struct query q = query_start(
        db, "INSERT INTO progress (user_id, lecture_id, watched, position_ms, position_order,"
            " position_seq, sessions, watched_s, position_at_ms, updated_at_ms)"
            " SELECT ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?9"
            " WHERE EXISTS (SELECT 1 FROM users WHERE id = ?1)"
            " AND EXISTS (SELECT 1 FROM lectures WHERE id = ?2)"
            " ON CONFLICT DO UPDATE SET watched = excluded.watched,"
            " position_ms = excluded.position_ms, position_order = excluded.position_order,"
            " position_seq = excluded.position_seq, sessions = excluded.sessions,"
            " position_at_ms = excluded.position_at_ms,"
            " watched_s = excluded.watched_s, updated_at_ms = excluded.updated_at_ms");

    query_bind_text(&q, progress->user_id);
    query_bind_text(&q, progress->lecture_id);
    query_bind_bytes(&q, merged->bits, merged->n_bytes);
    query_bind_int(&q, merged->position_ms);
    query_bind_int(&q, merged->order);
    query_bind_int(&q, merged->seq);
    query_bind_slice(&q, merged->sessions);
    query_bind_int(&q, watched_count(merged));
    query_bind_int(&q, now_ms);
    return query_run(&q);
}

static int merge_one(struct db *db, const struct progress *progress, int64_t now_ms)
{
    uint8_t buffer[WATCHED_MAX_BYTES];
    struct watched stored = {0};

    CLEANUP(query_end) struct query q = query_start(db, SELECT_PROGRESS);
    const int err = find(&q, progress->user_id, progress->lecture_id, &stored);
    if (err && err != ERR_NOT_FOUND)
        return err;
    const struct watched merged = watched_merge(&stored, &progress->watched, buffer);
    if (!err && is_same(&stored, &merged))
        return 0;
    return put(db, progress, &merged, now_ms);
}

int progress_store_merge_many(struct db *db, const struct progress *progress, size_t n,
                              int64_t now_ms)
{
    CLEANUP(db_rollback) struct db *open = NULL;

    if (n > PROGRESS_MERGE_MAX)
        return ERR_INVALID;
    for (size_t i = 0; i < n; i++)
        if (progress[i].watched.n_bytes > WATCHED_MAX_BYTES)
            return ERR_INVALID;
    int err = db_begin(db, &open);
    for (size_t i = 0; !err && i < n; i++)
        err = merge_one(db, &progress[i], now_ms);
    return err ? err : db_commit(&open);
}

static int find_copy(struct db *db, const char *sql, const char *user_id, const char *lecture_id,
                     struct arena *arena, struct watched *ret_watched)
{
    struct watched stored;

    CLEANUP(query_end) struct query q = query_start(db, sql);
    const int err = find(&q, user_id, lecture_id, &stored);
    if (err)
        return err;
    const char *bits = arena_copy(arena, slice_of((const char *)stored.bits, stored.n_bytes));
    const char *sessions = arena_copy(arena, stored.sessions);
    if (!bits || !sessions)
        return ERR_NO_MEMORY;
    stored.bits = (const uint8_t *)bits;
    stored.sessions.data = sessions;
    *ret_watched = stored;
    return 0;
}

int progress_store_find(struct db *db, const char *user_id, const char *lecture_id,
                        struct arena *arena, struct watched *ret_watched)
{
    return find_copy(db, SELECT_PROGRESS, user_id, lecture_id, arena, ret_watched);
}

int progress_store_find_place(struct db *db, const char *user_id, const char *lecture_id,
                              struct arena *arena, struct watched *ret_watched)
{
    return find_copy(db, SELECT_PLACE, user_id, lecture_id, arena, ret_watched);
}
