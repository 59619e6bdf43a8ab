-- SPDX-License-Identifier: GPL-3.0-or-later
-- deleted_media.h. The folders of jobs that ended before there were notes are noted late.

CREATE TABLE deleted_media (
  folder TEXT NOT NULL CHECK (folder IN ('uploads', 'sources', 'jobs', 'packages')),
  name TEXT NOT NULL,
  deleted_at_ms INTEGER NOT NULL,
  waited_ms INTEGER NOT NULL, -- running time of the server since then
  PRIMARY KEY (folder, name)
) STRICT, WITHOUT ROWID;
INSERT INTO deleted_media (folder, name, deleted_at_ms, waited_ms)
  SELECT 'jobs', id, coalesce(finished_at_ms, created_at_ms), 0 FROM jobs
  WHERE state NOT IN ('queued', 'running');
