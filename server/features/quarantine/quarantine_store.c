// SPDX-License-Identifier: GPL-3.0-or-later
#include "common/json_writer.h"
#include "server/features/quarantine/quarantine.h"
#include "storage/jobs/job.h"
#include "storage/sqlite/db_query.h"

_Static_assert(JOB_MAX_CRASHES == 2, "as many as the list asks for");

static void write_row(const struct call *call, struct query *q, struct buf *json,
                      struct list_key *key)
{
    (void)call;
    query_read_text(q, key->id, sizeof key->id); /* "" when no failed lecture has the source */
    if (key->id[0])
        json_put_text(json, "lecture", key->id);
    json_put_slice(json, "title", query_read_slice(q));
    json_put_slice(json, "filename", query_read_slice(q));
    json_put_slice(json, "owner", query_read_slice(q));
    query_read_text(q, key->text, sizeof key->text);
    json_put_text(json, "source_sha256", key->text);
    json_put_int(json, "source_bytes", query_read_int(q));
    json_put_slice(json, "stage", query_read_slice(q));
    key->number = query_read_int(q);
    json_put_time(json, "failed_at", key->number);
}

const struct list QUARANTINE_LIST = {
    "quarantine", LIST_BY_TIME,
    "SELECT lectures.id, coalesce(lectures.title, q.title), coalesce(lectures.filename, "
    "q.filename),"
    " coalesce(login, owner), q.source_sha256, q.source_bytes, stage, crashed_at_ms"
    " FROM quarantine AS q LEFT JOIN lectures ON lectures.source_sha256 = q.source_sha256"
    " AND lectures.state = 'failed' LEFT JOIN users ON users.id = owner_id"
    " WHERE crashes >= 2"
    " AND (crashed_at_ms < :number OR (crashed_at_ms = :number AND (q.source_sha256 > :text"
    " OR (q.source_sha256 = :text AND lectures.id < :id))))"
    " ORDER BY crashed_at_ms DESC, q.source_sha256, lectures.id DESC LIMIT :limit",
    write_row};
