-- SPDX-License-Identifier: GPL-3.0-or-later
-- Whose turn it is (job_turn.h) is found by seeking, however many jobs wait: a job knows its
-- lecture's owner, who never changes. Crashes are counted by content (quarantine.h) and outlive
-- lectures and jobs, so what an administrator needs to know of a source is copied. A source whose
-- job failed for them has had both; a lone crash of a task is known as one.

ALTER TABLE jobs ADD COLUMN owner_id TEXT;
UPDATE jobs SET owner_id = (SELECT owner_id FROM lectures WHERE lectures.id = lecture_id);
CREATE UNIQUE INDEX jobs_in_turn ON jobs (state, owner_id, created_at_ms, id);
CREATE INDEX tasks_waiting ON tasks (job_id, kind DESC, number) WHERE state = 'waiting';
DROP INDEX uploads_complete;
CREATE INDEX uploads_in_turn ON uploads (owner_id, id) WHERE durable_offset = length_bytes;
CREATE TABLE quarantine (
  source_sha256 TEXT PRIMARY KEY CHECK (length(source_sha256) = 64),
  crashes INTEGER NOT NULL CHECK (crashes > 0), -- held from JOB_MAX_CRASHES on
  stage TEXT NOT NULL CHECK (stage IN ('plan', 'sound', 'chunk', 'join')),
  crashed_at_ms INTEGER NOT NULL, -- this and what follows: the last crash's
  title TEXT NOT NULL,
  filename TEXT NOT NULL,
  owner TEXT NOT NULL, -- the login, as it was
  source_bytes INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX quarantine_by_age ON quarantine (crashed_at_ms);
INSERT INTO quarantine SELECT source_sha256,
  max(CASE failure_code WHEN 'E_SOURCE_CRASHES' THEN 2 ELSE 1 END), stage,
  coalesce(finished_at_ms, jobs.created_at_ms), title, filename, login,
  coalesce(source_bytes, 0)
 FROM jobs JOIN lectures ON lectures.id = jobs.lecture_id JOIN users ON users.id =
 lectures.owner_id WHERE source_sha256 IS NOT NULL AND (failure_code = 'E_SOURCE_CRASHES'
  OR EXISTS (SELECT 1 FROM tasks WHERE job_id = jobs.id AND crashes > 0))
 GROUP BY source_sha256;
