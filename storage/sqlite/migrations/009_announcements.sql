-- SPDX-License-Identifier: GPL-3.0-or-later
-- What admins tell everybody (server/features/announcements/announcements.h). They are few, read by id, newest first.

CREATE TABLE announcements (
  id TEXT PRIMARY KEY CHECK (length(id) = 32), -- in the order of time
  text TEXT NOT NULL CHECK (text <> ''),
  made_at_ms INTEGER NOT NULL,
  withdrawn_at_ms INTEGER -- NULL while it stands
) STRICT, WITHOUT ROWID;
