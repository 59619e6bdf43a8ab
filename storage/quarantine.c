// SPDX-License-Identifier: GPL-3.0-or-later
#include "storage/quarantine.h"

#include "common/err.h"
#include "common/package/failure.h"
#include "storage/arena_list.h"
#include "storage/db.h"
#include "storage/db_query.h"

int quarantine_holds(struct db *db, const char *lecture_id, bool *ret_holds)
{
    CLEANUP(query_end)
    struct query q = query_start(
        db, "SELECT EXISTS (SELECT 1 FROM jobs JOIN lectures ON lectures.id = jobs.lecture_id"
            " WHERE source_sha256 = (SELECT source_sha256 FROM lectures WHERE id = ?)"
            " AND failure_code = ?)");

    query_bind_text(&q, lecture_id);
    query_bind_text(&q, failure_code(FAILURE_SOURCE_CRASHES));
    const int err = query_next(&q);
    if (err)
        return err;
    const bool holds = query_read_int(&q) != 0;
    if (!q.err)
        *ret_holds = holds;
    return q.err;
}

static void read_row(struct query *q, struct quarantined *entry)
{
    query_read_text(q, entry->lecture_id, sizeof entry->lecture_id);
    query_read_text(q, entry->title, sizeof entry->title);
    query_read_text(q, entry->filename, sizeof entry->filename);
    query_read_text(q, entry->owner, sizeof entry->owner);
    query_read_text(q, entry->source_sha256, sizeof entry->source_sha256);
    entry->source_bytes = query_read_int(q);
    if (task_kind_from_name(query_read_slice(q), &entry->stage) && !q->err)
        q->err = ERR_CORRUPT;
    entry->failed_at_ms = query_read_int(q);
}

int quarantine_list(struct db *db, const struct list_page *page, struct arena *arena,
                    struct quarantined **ret_entries, size_t *ret_n)
{
    struct quarantined *entries = NULL;
    size_t n = 0;
    int err;

    CLEANUP(query_end)
    struct query q = query_start(
        db, "SELECT lectures.id, title, filename, login, source_sha256, source_bytes, stage,"
            " finished_at_ms FROM jobs JOIN lectures ON lectures.id = jobs.lecture_id"
            " JOIN users ON users.id = owner_id WHERE failure_code = ?1"
            " AND (?2 OR finished_at_ms < ?3 OR (finished_at_ms = ?3 AND (source_sha256 > ?4"
            " OR (source_sha256 = ?4 AND lectures.id < ?5))))"
            " ORDER BY finished_at_ms DESC, source_sha256, lectures.id DESC LIMIT ?6");
    query_bind_text(&q, failure_code(FAILURE_SOURCE_CRASHES));
    query_bind_int(&q, page->is_first);
    query_bind_int(&q, page->after.number);
    query_bind_text(&q, page->after.text);
    query_bind_text(&q, page->after.id);
    query_bind_int(&q, (int64_t)page->limit + 1);
    while ((err = query_next(&q)) == 0) {
        entries = arena_list_grow(arena, entries, n, sizeof *entries);
        if (!entries)
            return ERR_NO_MEMORY;
        read_row(&q, &entries[n++]);
    }
    if (err != ERR_NOT_FOUND)
        return err;
    *ret_entries = entries;
    *ret_n = n;
    return 0;
}
