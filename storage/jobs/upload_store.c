// SPDX-License-Identifier: GPL-3.0-or-later
#include "storage/jobs/upload_store.h"

#include <string.h>

#include "common/err.h"
#include "storage/jobs/job_store.h"
#include "storage/jobs/lecture_state.h"
#include "storage/media/deleted_media.h"
#include "storage/sqlite/db.h"
#include "storage/sqlite/rows.h"

#define SERVED_MS "(SELECT served_ms FROM served_time)"
#define SELECT_UPLOADS                                                        \
    "SELECT id, owner_id, length_bytes, durable_offset, metadata, " SERVED_MS \
    " - last_byte_at_ms, created_at_ms FROM uploads "

static void read_row(struct query *q, void *row)
{
    struct upload *upload = row;

    query_read_text(q, upload->id, sizeof upload->id);
    query_read_text(q, upload->owner_id, sizeof upload->owner_id);
    upload->length_bytes = query_read_int(q);
    upload->durable_offset = query_read_int(q);
    query_read_text(q, upload->metadata, sizeof upload->metadata);
    upload->idle_ms = query_read_int(q);
    upload->created_at_ms = query_read_int(q);
    upload->is_complete = upload->durable_offset == upload->length_bytes;
}

static bool is_printable_ascii(const char *text)
{
    for (; *text; text++)
        if (*text < 0x20 || *text > 0x7e)
            return false;
    return true;
}

static bool is_valid(const struct upload *upload, const struct lecture *lecture)
{
    const struct slice title = slice_from(lecture->title);

    return id_is_valid(slice_from(upload->id)) && upload->length_bytes >= 0 &&
           upload->length_bytes <= UPLOAD_MAX_BYTES && is_printable_ascii(upload->metadata) &&
           !title_check(title) && slice_is_plain_utf8(slice_from(lecture->filename));
}

static int add_lecture(struct db *db, const struct upload *upload, const struct lecture *lecture)
{
    CLEANUP(query_end)
    struct query q = query_start(
        db, "INSERT INTO lectures (id, course_id, position, title, owner_id, state, filename,"
            " created_at_ms, updated_at_ms) VALUES (?1, ?2,"
            " (SELECT coalesce(max(position), 0) + 1 FROM lectures WHERE course_id = ?2),"
            " ?3, ?4, 'uploading', ?5, ?6, ?6)");

    query_bind_text(&q, upload->id);
    query_bind_optional(&q, lecture->course_id);
    query_bind_text(&q, lecture->title);
    query_bind_text(&q, upload->owner_id);
    query_bind_text(&q, lecture->filename);
    query_bind_int(&q, upload->created_at_ms);
    return query_run(&q);
}

static int add_upload(struct db *db, const struct upload *upload)
{
    CLEANUP(query_end)
    struct query q =
        query_start(db, "INSERT INTO uploads (id, owner_id, length_bytes, durable_offset, metadata,"
                        " last_byte_at_ms, created_at_ms, is_complete, without_sound)"
                        " VALUES (?, ?, ?, 0, ?, " SERVED_MS ", ?, 0, ?)");

    query_bind_text(&q, upload->id);
    query_bind_text(&q, upload->owner_id);
    query_bind_int(&q, upload->length_bytes);
    query_bind_text(&q, upload->metadata);
    query_bind_int(&q, upload->created_at_ms);
    query_bind_int(&q, upload->without_sound);
    return query_run(&q);
}

int upload_store_create(struct db *db, const struct upload *upload, const struct lecture *lecture)
{
    CLEANUP(db_rollback) struct db *open = NULL;

    if (!is_valid(upload, lecture))
        return ERR_INVALID;
    int err = db_begin(db, &open);
    if (!err)
        err = add_lecture(db, upload, lecture);
    if (!err)
        err = add_upload(db, upload);
    return err ? err : db_commit(&open);
}

int upload_store_find(struct db *db, const char *id, struct upload *ret_upload)
{
    CLEANUP(query_end) struct query q = query_start(db, SELECT_UPLOADS "WHERE id = ?");

    query_bind_text(&q, id);
    return query_one(&q, read_row, ret_upload, sizeof *ret_upload);
}

static int set_offset(struct db *db, const char *id, int64_t offset)
{
    CLEANUP(query_end)
    struct query q =
        query_start(db, "UPDATE uploads SET durable_offset = ?1, last_byte_at_ms = " SERVED_MS
                        " WHERE id = ?2 AND durable_offset <= ?1 AND ?1 <= length_bytes");

    query_bind_int(&q, offset);
    query_bind_text(&q, id);
    const int err = query_run_found(&q);
    return err == ERR_NOT_FOUND ? ERR_CONFLICT : err;
}

int upload_store_advance(struct db *db, const char *id, int64_t offset, int64_t max_owner_bytes)
{
    CLEANUP(db_rollback) struct db *open = NULL;
    struct upload upload;

    int err = db_begin(db, &open);
    if (!err)
        err = upload_store_find(db, id, &upload);
    if (!err && offset > upload.durable_offset)
        err = upload_store_check_owner_bytes(db, upload.owner_id, offset - upload.durable_offset,
                                             max_owner_bytes);
    if (!err)
        err = set_offset(db, id, offset);
    return err ? err : db_commit(&open);
}

int upload_store_set_back(struct db *db, const char *id, int64_t promised_offset, int64_t offset)
{
    CLEANUP(query_end)
    struct query q = query_start(db, "UPDATE uploads SET durable_offset = ?1"
                                     " WHERE id = ?2 AND durable_offset = ?3 AND ?1 < ?3");

    query_bind_int(&q, offset);
    query_bind_text(&q, id);
    query_bind_int(&q, promised_offset);
    return query_run_found(&q);
}

static int delete_upload(struct db *db, const char *id)
{
    CLEANUP(query_end) struct query q = query_start(db, "DELETE FROM uploads WHERE id = ?");

    query_bind_text(&q, id);
    return query_run_found(&q);
}

int upload_store_finish(struct db *db, const char *id, const char *source_sha256,
                        const char *job_id, int64_t now_ms)
{
    CLEANUP(db_rollback) struct db *open = NULL;
    struct upload upload;

    if (strlen(source_sha256) != SHA256_HEX_SIZE - 1)
        return ERR_INVALID;
    int err = db_begin(db, &open);
    if (!err)
        err = upload_store_find(db, id, &upload);
    if (!err && !upload.is_complete)
        err = ERR_CONFLICT;
    if (!err)
        err = lecture_state_received(db, id, source_sha256, upload.length_bytes, now_ms);
    if (!err)
        err = job_store_create(db, job_id, id, now_ms);
    if (!err)
        err = delete_upload(db, id);
    if (!err)
        err = deleted_media_note(db, MEDIA_UPLOADS, id);
    return err ? err : db_commit(&open);
}

int upload_store_delete(struct db *db, const char *id)
{
    CLEANUP(db_rollback) struct db *open = NULL;
    struct upload upload;

    int err = db_begin(db, &open);
    if (!err)
        err = upload_store_find(db, id, &upload);
    if (!err)
        err = lecture_store_delete(db, id);
    return err ? err : db_commit(&open);
}

int upload_store_list_expired(struct db *db, int64_t idle_ms, size_t limit, struct arena *arena,
                              struct upload **ret_uploads, size_t *ret_n)
{
    CLEANUP(query_end)
    struct query q =
        query_start(db, SELECT_UPLOADS "WHERE durable_offset < length_bytes AND last_byte_at_ms"
                                       " < " SERVED_MS " - ? ORDER BY id LIMIT ?");

    query_bind_int(&q, idle_ms);
    query_bind_int(&q, (int64_t)limit);
    return query_list(&q, read_row, sizeof(struct upload), arena, ret_uploads, ret_n);
}

int upload_store_list_complete(struct db *db, size_t limit, struct arena *arena,
                               struct upload **ret_uploads, size_t *ret_n)
{
    CLEANUP(query_end)
    struct query q =
        query_start(db, SELECT_UPLOADS
                    "INDEXED BY uploads_in_turn WHERE durable_offset = length_bytes"
                    " ORDER BY row_number() OVER (PARTITION BY owner_id ORDER BY id), id LIMIT ?");

    query_bind_int(&q, (int64_t)limit);
    return query_list(&q, read_row, sizeof(struct upload), arena, ret_uploads, ret_n);
}

int upload_store_add_served_time(struct db *db, int64_t elapsed_ms)
{
    if (elapsed_ms < 0)
        return ERR_INVALID;
    CLEANUP(query_end)
    struct query q = query_start(db, "UPDATE served_time SET served_ms = served_ms + ?");
    query_bind_int(&q, elapsed_ms);
    return query_run_found(&q);
}

/* ---- what one person may take ---- */

int upload_store_check_owner_bytes(struct db *db, const char *owner_id, int64_t more_bytes,
                                   int64_t max_bytes)
{
    int64_t bytes = 0;

    if (max_bytes == 0)
        return 0;
    CLEANUP(query_end)
    struct query q = query_start(
        db, "SELECT (SELECT coalesce(sum(durable_offset), 0) FROM uploads WHERE owner_id = ?1)"
            " + (SELECT coalesce(sum(source_bytes), 0) FROM (SELECT DISTINCT source_sha256,"
            " source_bytes FROM lectures WHERE owner_id = ?1 AND source_sha256 IS NOT NULL))");
    query_bind_text(&q, owner_id);
    const int err = query_number(&q, &bytes);
    if (err)
        return err;
    return bytes + more_bytes <= max_bytes ? 0 : ERR_DENIED;
}

int upload_store_check_owner_count(struct db *db, const char *owner_id, int64_t max_uploads)
{
    int64_t n = 0;

    CLEANUP(query_end)
    struct query q = query_start(db, "SELECT count(*) FROM uploads WHERE owner_id = ?"
                                     " AND durable_offset < length_bytes");

    query_bind_text(&q, owner_id);
    const int err = query_number(&q, &n);
    if (err)
        return err;
    return n < max_uploads ? 0 : ERR_TOO_LARGE;
}
