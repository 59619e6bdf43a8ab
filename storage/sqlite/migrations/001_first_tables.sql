-- SPDX-License-Identifier: GPL-3.0-or-later
-- Ids are 32 hex digits, so tables are kept by id (WITHOUT ROWID) and lists by age need no index:
-- ids sort by time. Times are wall milliseconds. What is unknown is NULL.

PRAGMA application_id = 1112427849; -- "BNMI"
CREATE TABLE users (
  id TEXT PRIMARY KEY,
  login TEXT NOT NULL UNIQUE COLLATE NOCASE,
  name TEXT NOT NULL,
  role TEXT NOT NULL CHECK (role IN ('learner', 'ambassador', 'instructor', 'admin')),
  password_hash TEXT NOT NULL,
  created_at_ms INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE sessions (
  token_sha256 BLOB PRIMARY KEY CHECK (length(token_sha256) = 32),
  user_id TEXT NOT NULL REFERENCES users ON DELETE CASCADE,
  created_at_ms INTEGER NOT NULL,
  expires_at_ms INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX sessions_by_user ON sessions (user_id);
CREATE INDEX sessions_by_end ON sessions (expires_at_ms);
CREATE TABLE courses (
  id TEXT PRIMARY KEY,
  title TEXT NOT NULL,
  owner_id TEXT NOT NULL REFERENCES users,
  created_at_ms INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX courses_by_title ON courses (title);
CREATE INDEX courses_by_owner ON courses (owner_id);
CREATE TABLE lectures (
  id TEXT PRIMARY KEY,
  course_id TEXT REFERENCES courses ON DELETE SET NULL,
  position INTEGER NOT NULL,
  title TEXT NOT NULL,
  owner_id TEXT NOT NULL REFERENCES users,
  state TEXT NOT NULL
    CHECK (state IN ('uploading', 'queued', 'processing', 'ready', 'failed')),
  source_sha256 TEXT CHECK (length(source_sha256) = 64),
  source_bytes INTEGER,
  filename TEXT NOT NULL,
  duration_us INTEGER,
  package_id TEXT CHECK (length(package_id) = 32),
  created_at_ms INTEGER NOT NULL,
  updated_at_ms INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX lectures_by_course ON lectures (course_id, position);
CREATE INDEX lectures_by_owner ON lectures (owner_id);
CREATE INDEX lectures_by_source ON lectures (source_sha256);
CREATE INDEX lectures_by_package ON lectures (package_id);
CREATE TABLE uploads (
  id TEXT PRIMARY KEY REFERENCES lectures ON DELETE CASCADE,
  owner_id TEXT NOT NULL REFERENCES users,
  length_bytes INTEGER NOT NULL CHECK (length_bytes >= 0),
  durable_offset INTEGER NOT NULL
    CHECK (durable_offset BETWEEN 0 AND length_bytes),
  metadata TEXT NOT NULL,
  last_byte_at_ms INTEGER NOT NULL,
  created_at_ms INTEGER NOT NULL,
  is_complete INTEGER NOT NULL CHECK (is_complete IN (0, 1))
) STRICT, WITHOUT ROWID;
CREATE INDEX uploads_by_owner ON uploads (owner_id);
CREATE TABLE jobs (
  id TEXT PRIMARY KEY,
  lecture_id TEXT NOT NULL REFERENCES lectures ON DELETE CASCADE,
  state TEXT NOT NULL
    CHECK (state IN ('queued', 'running', 'done', 'failed', 'cancelled')),
  stage TEXT NOT NULL CHECK (stage IN ('plan', 'sound', 'chunk', 'join')),
  progress_permille INTEGER NOT NULL CHECK (progress_permille BETWEEN 0 AND 1000),
  speed_permille INTEGER NOT NULL,
  eta_s INTEGER,
  n_chunks INTEGER NOT NULL,
  n_sounds INTEGER NOT NULL,
  duration_us INTEGER,
  package_id TEXT CHECK (length(package_id) = 32),
  failure_code TEXT NOT NULL,
  warnings TEXT NOT NULL, -- JSON array of failure codes
  attempts_by_hand INTEGER NOT NULL,
  last_epoch INTEGER NOT NULL, -- of all issues of its tasks
  created_at_ms INTEGER NOT NULL,
  started_at_ms INTEGER,
  finished_at_ms INTEGER
) STRICT, WITHOUT ROWID;
CREATE INDEX jobs_by_lecture ON jobs (lecture_id);
CREATE INDEX jobs_by_package ON jobs (package_id);
CREATE INDEX jobs_active ON jobs (created_at_ms) WHERE state IN ('queued', 'running');
CREATE TABLE tasks (
  job_id TEXT NOT NULL REFERENCES jobs ON DELETE CASCADE,
  kind TEXT NOT NULL CHECK (kind IN ('plan', 'sound', 'chunk', 'join')),
  number INTEGER NOT NULL CHECK (number >= 0),
  state TEXT NOT NULL
    CHECK (state IN ('waiting', 'queued', 'running', 'done', 'failed')),
  epoch INTEGER NOT NULL,
  attempts INTEGER NOT NULL,
  crashes INTEGER NOT NULL,
  not_before_ms INTEGER NOT NULL,
  lease_until_ms INTEGER,
  worker TEXT NOT NULL,
  progress_permille INTEGER NOT NULL CHECK (progress_permille BETWEEN 0 AND 1000),
  speed_permille INTEGER NOT NULL,
  PRIMARY KEY (job_id, kind, number)
) STRICT, WITHOUT ROWID;
CREATE INDEX tasks_by_state ON tasks (state, kind);
CREATE TABLE parts (
  job_id TEXT NOT NULL REFERENCES jobs ON DELETE CASCADE,
  kind TEXT NOT NULL CHECK (kind IN ('sound', 'chunk')),
  number INTEGER NOT NULL CHECK (number >= 0),
  PRIMARY KEY (job_id, kind, number)
) STRICT, WITHOUT ROWID;
CREATE TABLE progress (
  user_id TEXT NOT NULL REFERENCES users ON DELETE CASCADE,
  lecture_id TEXT NOT NULL REFERENCES lectures ON DELETE CASCADE,
  watched BLOB NOT NULL, -- watched_seconds.h
  position_ms INTEGER NOT NULL,
  position_at_ms INTEGER NOT NULL,
  watched_s INTEGER NOT NULL, -- the bits in watched
  updated_at_ms INTEGER NOT NULL,
  PRIMARY KEY (user_id, lecture_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX progress_by_lecture ON progress (lecture_id);
