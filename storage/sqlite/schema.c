// SPDX-License-Identifier: GPL-3.0-or-later
#include "storage/sqlite/schema.h"

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "common/err.h"
#include "storage/sqlite/db.h"
#include "storage/sqlite/db_internal.h"
#include "storage/sqlite/db_query.h"

/* Ids are 32 hex digits, so tables are kept by id (WITHOUT ROWID) and lists by age need no index:
 * ids sort by time. Times are wall milliseconds. What is unknown is NULL. */
static const char *const VERSION_1[] = {
    "PRAGMA application_id = 1112427849;", /* "BNMI" */
    "CREATE TABLE users ("
    "  id TEXT PRIMARY KEY,"
    "  login TEXT NOT NULL UNIQUE COLLATE NOCASE,"
    "  name TEXT NOT NULL,"
    "  role TEXT NOT NULL CHECK (role IN ('learner', 'ambassador', 'instructor', 'admin')),"
    "  password_hash TEXT NOT NULL,"
    "  created_at_ms INTEGER NOT NULL"
    ") STRICT, WITHOUT ROWID;",
    "CREATE TABLE sessions ("
    "  token_sha256 BLOB PRIMARY KEY CHECK (length(token_sha256) = 32),"
    "  user_id TEXT NOT NULL REFERENCES users ON DELETE CASCADE,"
    "  created_at_ms INTEGER NOT NULL,"
    "  expires_at_ms INTEGER NOT NULL"
    ") STRICT, WITHOUT ROWID;",
    "CREATE INDEX sessions_by_user ON sessions (user_id);",
    "CREATE INDEX sessions_by_end ON sessions (expires_at_ms);",
    "CREATE TABLE courses ("
    "  id TEXT PRIMARY KEY,"
    "  title TEXT NOT NULL,"
    "  owner_id TEXT NOT NULL REFERENCES users,"
    "  created_at_ms INTEGER NOT NULL"
    ") STRICT, WITHOUT ROWID;",
    "CREATE INDEX courses_by_title ON courses (title);",
    "CREATE INDEX courses_by_owner ON courses (owner_id);",
    "CREATE TABLE lectures ("
    "  id TEXT PRIMARY KEY,"
    "  course_id TEXT REFERENCES courses ON DELETE SET NULL,"
    "  position INTEGER NOT NULL,"
    "  title TEXT NOT NULL,"
    "  owner_id TEXT NOT NULL REFERENCES users,"
    "  state TEXT NOT NULL"
    "    CHECK (state IN ('uploading', 'queued', 'processing', 'ready', 'failed')),"
    "  source_sha256 TEXT CHECK (length(source_sha256) = 64),"
    "  source_bytes INTEGER,"
    "  filename TEXT NOT NULL,"
    "  duration_us INTEGER,"
    "  package_id TEXT CHECK (length(package_id) = 32),"
    "  created_at_ms INTEGER NOT NULL,"
    "  updated_at_ms INTEGER NOT NULL"
    ") STRICT, WITHOUT ROWID;",
    "CREATE INDEX lectures_by_course ON lectures (course_id, position);",
    "CREATE INDEX lectures_by_owner ON lectures (owner_id);",
    "CREATE INDEX lectures_by_source ON lectures (source_sha256);",
    "CREATE INDEX lectures_by_package ON lectures (package_id);",
    "CREATE TABLE uploads ("
    "  id TEXT PRIMARY KEY REFERENCES lectures ON DELETE CASCADE,"
    "  owner_id TEXT NOT NULL REFERENCES users,"
    "  length_bytes INTEGER NOT NULL CHECK (length_bytes >= 0),"
    "  durable_offset INTEGER NOT NULL"
    "    CHECK (durable_offset BETWEEN 0 AND length_bytes),"
    "  metadata TEXT NOT NULL,"
    "  last_byte_at_ms INTEGER NOT NULL,"
    "  created_at_ms INTEGER NOT NULL,"
    "  is_complete INTEGER NOT NULL CHECK (is_complete IN (0, 1))"
    ") STRICT, WITHOUT ROWID;",
    "CREATE INDEX uploads_by_owner ON uploads (owner_id);",
    "CREATE TABLE jobs ("
    "  id TEXT PRIMARY KEY,"
    "  lecture_id TEXT NOT NULL REFERENCES lectures ON DELETE CASCADE,"
    "  state TEXT NOT NULL"
    "    CHECK (state IN ('queued', 'running', 'done', 'failed', 'cancelled')),"
    "  stage TEXT NOT NULL CHECK (stage IN ('plan', 'sound', 'chunk', 'join')),"
    "  progress_permille INTEGER NOT NULL CHECK (progress_permille BETWEEN 0 AND 1000),"
    "  speed_permille INTEGER NOT NULL,"
    "  eta_s INTEGER,"
    "  n_chunks INTEGER NOT NULL,"
    "  n_sounds INTEGER NOT NULL,"
    "  duration_us INTEGER,"
    "  package_id TEXT CHECK (length(package_id) = 32),"
    "  failure_code TEXT NOT NULL,"
    "  warnings TEXT NOT NULL," /* JSON array of failure codes */
    "  attempts_by_hand INTEGER NOT NULL,"
    "  last_epoch INTEGER NOT NULL," /* of all issues of its tasks */
    "  created_at_ms INTEGER NOT NULL,"
    "  started_at_ms INTEGER,"
    "  finished_at_ms INTEGER"
    ") STRICT, WITHOUT ROWID;",
    "CREATE INDEX jobs_by_lecture ON jobs (lecture_id);",
    "CREATE INDEX jobs_by_package ON jobs (package_id);",
    "CREATE INDEX jobs_active ON jobs (created_at_ms) WHERE state IN ('queued', 'running');",
    "CREATE TABLE tasks ("
    "  job_id TEXT NOT NULL REFERENCES jobs ON DELETE CASCADE,"
    "  kind TEXT NOT NULL CHECK (kind IN ('plan', 'sound', 'chunk', 'join')),"
    "  number INTEGER NOT NULL CHECK (number >= 0),"
    "  state TEXT NOT NULL"
    "    CHECK (state IN ('waiting', 'queued', 'running', 'done', 'failed')),"
    "  epoch INTEGER NOT NULL,"
    "  attempts INTEGER NOT NULL,"
    "  crashes INTEGER NOT NULL,"
    "  not_before_ms INTEGER NOT NULL,"
    "  lease_until_ms INTEGER,"
    "  worker TEXT NOT NULL,"
    "  progress_permille INTEGER NOT NULL CHECK (progress_permille BETWEEN 0 AND 1000),"
    "  speed_permille INTEGER NOT NULL,"
    "  PRIMARY KEY (job_id, kind, number)"
    ") STRICT, WITHOUT ROWID;",
    "CREATE INDEX tasks_by_state ON tasks (state, kind);",
    "CREATE TABLE parts ("
    "  job_id TEXT NOT NULL REFERENCES jobs ON DELETE CASCADE,"
    "  kind TEXT NOT NULL CHECK (kind IN ('sound', 'chunk')),"
    "  number INTEGER NOT NULL CHECK (number >= 0),"
    "  PRIMARY KEY (job_id, kind, number)"
    ") STRICT, WITHOUT ROWID;",
    "CREATE TABLE progress ("
    "  user_id TEXT NOT NULL REFERENCES users ON DELETE CASCADE,"
    "  lecture_id TEXT NOT NULL REFERENCES lectures ON DELETE CASCADE,"
    "  watched BLOB NOT NULL," /* watched_seconds.h */
    "  position_ms INTEGER NOT NULL,"
    "  position_at_ms INTEGER NOT NULL,"
    "  watched_s INTEGER NOT NULL," /* the bits in watched */
    "  updated_at_ms INTEGER NOT NULL,"
    "  PRIMARY KEY (user_id, lecture_id)"
    ") STRICT, WITHOUT ROWID;",
    "CREATE INDEX progress_by_lecture ON progress (lecture_id);",
    NULL,
};

/* deleted_media.h. The folders of jobs that ended before there were notes are noted late. */
static const char *const DELETED_MEDIA[] = {
    "CREATE TABLE deleted_media ("
    "  folder TEXT NOT NULL CHECK (folder IN ('uploads', 'sources', 'jobs', 'packages')),"
    "  name TEXT NOT NULL,"
    "  deleted_at_ms INTEGER NOT NULL,"
    "  waited_ms INTEGER NOT NULL," /* running time of the server since then */
    "  PRIMARY KEY (folder, name)"
    ") STRICT, WITHOUT ROWID;",
    "INSERT INTO deleted_media (folder, name, deleted_at_ms, waited_ms)"
    "  SELECT 'jobs', id, coalesce(finished_at_ms, created_at_ms), 0 FROM jobs"
    "  WHERE state NOT IN ('queued', 'running');",
    NULL,
};

/* Devices that have signed in to an account. use_number orders a user's, whatever the clocks say.
 */
static const char *const KNOWN_DEVICES[] = {
    "CREATE TABLE devices ("
    "  user_id TEXT NOT NULL REFERENCES users ON DELETE CASCADE,"
    "  device_sha256 BLOB NOT NULL CHECK (length(device_sha256) = 32),"
    "  use_number INTEGER NOT NULL,"
    "  created_at_ms INTEGER NOT NULL,"
    "  used_at_ms INTEGER NOT NULL,"
    "  PRIMARY KEY (user_id, device_sha256)"
    ") STRICT, WITHOUT ROWID;",
    "CREATE INDEX devices_by_token ON devices (device_sha256);",
    NULL,
};

/* The catalogue is listed by what its reader may see (catalogue.h, visibility.h). Whether a growing
 * package can be played is known without a look at its files; jobs under way get it anew when the
 * server starts. */
static const char *const CATALOGUE_LISTS[] = {
    "CREATE INDEX lectures_open ON lectures (id) WHERE state IN ('processing', 'ready');",
    "CREATE INDEX lectures_open_by_course ON lectures (course_id, position, id, duration_us)"
    "  WHERE state IN ('processing', 'ready');",
    "ALTER TABLE jobs ADD COLUMN is_playable INTEGER NOT NULL DEFAULT 0"
    "  CHECK (is_playable IN (0, 1));",
    NULL,
};

/* Served time: upload_store.h. It begins near the wall's time and goes its own way from there. What
 * wall clocks wrote before is not believed: uploads under way begin their idle time anew. Complete
 * is what has all its bytes: uploads.is_complete is not read any more. */
static const char *const SERVED_TIME[] = {
    "CREATE TABLE served_time ("
    "  id INTEGER PRIMARY KEY CHECK (id = 1),"
    "  served_ms INTEGER NOT NULL"
    ") STRICT, WITHOUT ROWID;",
    "INSERT INTO served_time (id, served_ms)"
    "  VALUES (1, CAST(strftime('%s', 'now') AS INTEGER) * 1000);",
    "UPDATE uploads SET last_byte_at_ms = (SELECT served_ms FROM served_time);",
    "CREATE INDEX uploads_complete ON uploads (id) WHERE durable_offset = length_bytes;",
    "CREATE INDEX lectures_by_owned_source ON lectures (owner_id, source_sha256, source_bytes);",
    NULL,
};

/* Whose turn it is (job_turn.h) is found by seeking, however many jobs wait: a job knows its
 * lecture's owner, who never changes. Crashes are counted by content (quarantine.h) and outlive
 * lectures and jobs, so what an administrator needs to know of a source is copied. A source whose
 * job failed for them has had both; a lone crash of a task is known as one. */
static const char *const TURNS_AND_QUARANTINE[] = {
    "ALTER TABLE jobs ADD COLUMN owner_id TEXT;",
    "UPDATE jobs SET owner_id = (SELECT owner_id FROM lectures WHERE lectures.id = lecture_id);",
    "CREATE UNIQUE INDEX jobs_in_turn ON jobs (state, owner_id, created_at_ms, id);",
    "CREATE INDEX tasks_waiting ON tasks (job_id, kind DESC, number) WHERE state = 'waiting';",
    "DROP INDEX uploads_complete;",
    "CREATE INDEX uploads_in_turn ON uploads (owner_id, id) WHERE durable_offset = length_bytes;",
    "CREATE TABLE quarantine ("
    "  source_sha256 TEXT PRIMARY KEY CHECK (length(source_sha256) = 64),"
    "  crashes INTEGER NOT NULL CHECK (crashes > 0)," /* held from JOB_MAX_CRASHES on */
    "  stage TEXT NOT NULL CHECK (stage IN ('plan', 'sound', 'chunk', 'join')),"
    "  crashed_at_ms INTEGER NOT NULL," /* this and what follows: the last crash's */
    "  title TEXT NOT NULL,"
    "  filename TEXT NOT NULL,"
    "  owner TEXT NOT NULL," /* the login, as it was */
    "  source_bytes INTEGER NOT NULL"
    ") STRICT, WITHOUT ROWID;",
    "CREATE INDEX quarantine_by_age ON quarantine (crashed_at_ms);",
    "INSERT INTO quarantine SELECT source_sha256,"
    "  max(CASE failure_code WHEN 'E_SOURCE_CRASHES' THEN 2 ELSE 1 END), stage,"
    "  coalesce(finished_at_ms, jobs.created_at_ms), title, filename, login,"
    "  coalesce(source_bytes, 0)"
    " FROM jobs JOIN lectures ON lectures.id = jobs.lecture_id JOIN users ON users.id ="
    " lectures.owner_id WHERE source_sha256 IS NOT NULL AND (failure_code = 'E_SOURCE_CRASHES'"
    "  OR EXISTS (SELECT 1 FROM tasks WHERE job_id = jobs.id AND crashes > 0))"
    " GROUP BY source_sha256;",
    NULL,
};

/* Which beat said the position: no clock orders beats any more (watched_seconds.h). What was stored
 * before counts as older than all that comes; position_at_ms tells when it was stored. */
static const char *const POSITION_ORDER[] = {
    "ALTER TABLE progress ADD COLUMN position_order INTEGER NOT NULL DEFAULT 0;",
    "ALTER TABLE progress ADD COLUMN position_seq INTEGER NOT NULL DEFAULT 0;",
    "ALTER TABLE progress ADD COLUMN sessions TEXT NOT NULL DEFAULT '';",
    NULL,
};

/* In their order; each ends with NULL. A database of version n has had the first n. */
static const char *const *const MIGRATIONS[] = {VERSION_1,     DELETED_MEDIA,
                                                KNOWN_DEVICES, CATALOGUE_LISTS,
                                                SERVED_TIME,   TURNS_AND_QUARANTINE,
                                                POSITION_ORDER};

enum {
    SCHEMA_VERSION = sizeof MIGRATIONS / sizeof MIGRATIONS[0],
    APPLICATION_ID = 1112427849,
};

static int read_number(struct db *db, const char *sql, int64_t *ret_number)
{
    CLEANUP(query_end) struct query q = query_start(db, sql);
    const int err = query_next(&q);

    if (err)
        return err == ERR_NOT_FOUND ? ERR_CORRUPT : err;
    *ret_number = query_read_int(&q);
    return q.err;
}

/* The version, 0 for an empty database. ERR_UNSUPPORTED for tables of somebody else. */
static int read_version(struct db *db, int64_t *ret_version)
{
    int64_t application = 0, version = 0, n_tables = 0;

    int err = read_number(db, "PRAGMA application_id", &application);
    if (!err)
        err = read_number(db, "PRAGMA user_version", &version);
    if (!err)
        err = read_number(db, "SELECT count(*) FROM sqlite_schema", &n_tables);
    if (err)
        return err;
    if (n_tables > 0 && application != APPLICATION_ID)
        return ERR_UNSUPPORTED;
    if (version < 0 || version > SCHEMA_VERSION)
        return ERR_UNSUPPORTED;
    *ret_version = version;
    return 0;
}

/* A pragma takes no parameters. */
static int set_version(struct db *db, int64_t version)
{
    char sql[48];

    (void)snprintf(sql, sizeof sql, "PRAGMA user_version = %d;", (int)version);
    return db_execute(db, sql);
}

/* From `version` to the next, in one transaction. */
static int migrate_once(struct db *db, int64_t version)
{
    CLEANUP(db_rollback) struct db *open = NULL;

    int err = db_begin(db, &open);
    for (const char *const *sql = MIGRATIONS[version]; !err && *sql; sql++)
        err = db_execute(db, *sql);
    if (!err)
        err = set_version(db, version + 1);
    return err ? err : db_commit(&open);
}

int schema_migrate(struct db *db)
{
    int64_t version = 0;

    int err = read_version(db, &version);
    while (!err && version < SCHEMA_VERSION) {
        err = migrate_once(db, version);
        version++;
    }
    return err;
}

int schema_check(struct db *db)
{
    int64_t version = 0;

    const int err = read_version(db, &version);
    if (err)
        return err;
    return version == SCHEMA_VERSION ? 0 : ERR_UNSUPPORTED;
}

/* The version is written again: a page goes through the log to the disk. */
int schema_probe_write(struct db *db)
{
    CLEANUP(db_rollback) struct db *open = NULL;
    int64_t version = 0;

    int err = db_begin(db, &open);
    if (!err)
        err = read_version(db, &version);
    if (!err)
        err = set_version(db, version);
    return err ? err : db_commit(&open);
}
