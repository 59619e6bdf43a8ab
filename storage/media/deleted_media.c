// SPDX-License-Identifier: GPL-3.0-or-later
#include "storage/media/deleted_media.h"

#include "common/clock.h"
#include "common/err.h"
#include "storage/sqlite/rows.h"

static const char *const FOLDER_NAMES[N_MEDIA_FOLDERS] = {
    [MEDIA_UPLOADS] = "uploads",
    [MEDIA_SOURCES] = "sources",
    [MEDIA_JOBS] = "jobs",
    [MEDIA_PACKAGES] = "packages",
};

/* A note that is made anew is told from the old one by its time, whatever the clock did. */
#define NOTE "INSERT INTO deleted_media (folder, name, deleted_at_ms, waited_ms) "
#define OR_RENEW                                                                                 \
    " ON CONFLICT DO UPDATE SET deleted_at_ms = max(excluded.deleted_at_ms, deleted_at_ms + 1)," \
    " waited_ms = 0"

int deleted_media_note(struct db *db, enum media_folder folder, const char *name)
{
    CLEANUP(query_end) struct query q = query_start(db, NOTE "VALUES (?, ?, ?, 0)" OR_RENEW);

    query_bind_text(&q, FOLDER_NAMES[folder]);
    query_bind_text(&q, name);
    query_bind_int(&q, clock_wall_ms());
    return query_run(&q);
}

/* Binds the id, then the time. */
static int note_selected(struct db *db, const char *sql, const char *id)
{
    CLEANUP(query_end) struct query q = query_start(db, sql);

    query_bind_text(&q, id);
    query_bind_int(&q, clock_wall_ms());
    return query_run(&q);
}

int deleted_media_note_lecture(struct db *db, const char *lecture_id)
{
    return note_selected(db,
                         NOTE "SELECT 'uploads', id, ?2, 0 FROM uploads WHERE id = ?1"
                              " UNION ALL SELECT 'sources', source_sha256, ?2, 0 FROM lectures"
                              " WHERE id = ?1 AND source_sha256 IS NOT NULL"
                              " UNION ALL SELECT 'packages', package_id, ?2, 0 FROM lectures"
                              " WHERE id = ?1 AND package_id IS NOT NULL"
                              " UNION ALL SELECT 'jobs', id, ?2, 0 FROM jobs WHERE lecture_id = ?1"
                              " UNION ALL SELECT 'packages', package_id, ?2, 0 FROM jobs"
                              " WHERE lecture_id = ?1 AND package_id IS NOT NULL" OR_RENEW,
                         lecture_id);
}

int deleted_media_note_job_package(struct db *db, const char *job_id, const char *new_package_id)
{
    CLEANUP(query_end)
    struct query q = query_start(db, NOTE "SELECT 'packages', package_id, ?, 0 FROM jobs"
                                          " WHERE id = ? AND package_id <> ?" OR_RENEW);

    query_bind_int(&q, clock_wall_ms());
    query_bind_text(&q, job_id);
    query_bind_text(&q, new_package_id);
    return query_run(&q);
}

int deleted_media_note_shown_package(struct db *db, const char *job_id)
{
    return note_selected(db,
                         NOTE "SELECT 'packages', lectures.package_id, ?2, 0 FROM jobs"
                              " JOIN lectures ON lectures.id = jobs.lecture_id WHERE jobs.id = ?1"
                              " AND lectures.package_id <> jobs.package_id" OR_RENEW,
                         job_id);
}

int deleted_media_wait(struct db *db, int64_t elapsed_ms)
{
    CLEANUP(query_end)
    struct query q = query_start(db, "UPDATE deleted_media SET waited_ms = waited_ms + ?");

    query_bind_int(&q, elapsed_ms);
    return query_run(&q);
}

static void read_note(struct query *q, void *row)
{
    struct deleted_media *note = row;

    note->folder = (enum media_folder)query_read_name(q, FOLDER_NAMES, N_MEDIA_FOLDERS);
    query_read_text(q, note->name, sizeof note->name);
    note->deleted_at_ms = query_read_int(q);
}

int deleted_media_list_due(struct db *db, int64_t min_wait_ms, size_t limit, struct arena *arena,
                           struct deleted_media **ret_notes, size_t *ret_n)
{
    CLEANUP(query_end)
    struct query q = query_start(db, "SELECT folder, name, deleted_at_ms FROM deleted_media"
                                     " WHERE waited_ms >= ? OR folder = 'uploads' LIMIT ?");
    query_bind_int(&q, min_wait_ms);
    query_bind_int(&q, (int64_t)limit);
    return query_list(&q, read_note, sizeof(struct deleted_media), arena, ret_notes, ret_n);
}

int deleted_media_list_new(struct db *db, size_t limit, struct arena *arena,
                           struct deleted_media **ret_notes, size_t *ret_n)
{
    CLEANUP(query_end)
    struct query q = query_start(db, "SELECT folder, name, deleted_at_ms FROM deleted_media"
                                     " WHERE waited_ms = 0 LIMIT ?");

    query_bind_int(&q, (int64_t)limit);
    return query_list(&q, read_note, sizeof(struct deleted_media), arena, ret_notes, ret_n);
}

/* Binds the note's folder, name and time, behind what is bound already. */
static int run_on_note(struct query *q, const struct deleted_media *note)
{
    query_bind_text(q, FOLDER_NAMES[note->folder]);
    query_bind_text(q, note->name);
    query_bind_int(q, note->deleted_at_ms);
    return query_run(q);
}

int deleted_media_set_time(struct db *db, const struct deleted_media *note, int64_t deleted_at_ms)
{
    CLEANUP(query_end)
    struct query q = query_start(db, "UPDATE deleted_media SET deleted_at_ms = ?"
                                     " WHERE folder = ? AND name = ? AND deleted_at_ms = ?");

    query_bind_int(&q, deleted_at_ms);
    return run_on_note(&q, note);
}

int deleted_media_forget(struct db *db, const struct deleted_media *note)
{
    CLEANUP(query_end)
    struct query q = query_start(
        db, "DELETE FROM deleted_media WHERE folder = ? AND name = ? AND deleted_at_ms = ?");

    return run_on_note(&q, note);
}
