-- SPDX-License-Identifier: GPL-3.0-or-later
-- Who changed what (server/auth/audit_store.h). Rows are added, and nothing else: they outlive the
-- accounts and the objects that they name.

CREATE TABLE audit (
  id TEXT PRIMARY KEY CHECK (length(id) = 32), -- in the order of time
  at_ms INTEGER NOT NULL,
  actor_id TEXT NOT NULL,
  action TEXT NOT NULL CHECK (action <> ''),
  object_id TEXT NOT NULL, -- '' for none
  detail TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TRIGGER audit_stays BEFORE UPDATE ON audit BEGIN
  SELECT RAISE(ABORT, 'the audit is never changed');
END;
CREATE TRIGGER audit_is_kept BEFORE DELETE ON audit BEGIN
  SELECT RAISE(ABORT, 'the audit is never deleted');
END;
