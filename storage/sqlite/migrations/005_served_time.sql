-- SPDX-License-Identifier: GPL-3.0-or-later
-- Served time: upload_store.h. It begins near the wall's time and goes its own way from there.
-- What wall clocks wrote before is not believed: uploads under way begin their idle time anew.
-- Complete is what has all its bytes: uploads.is_complete is not read any more.

CREATE TABLE served_time (
  id INTEGER PRIMARY KEY CHECK (id = 1),
  served_ms INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
INSERT INTO served_time (id, served_ms)
  VALUES (1, CAST(strftime('%s', 'now') AS INTEGER) * 1000);
UPDATE uploads SET last_byte_at_ms = (SELECT served_ms FROM served_time);
CREATE INDEX uploads_complete ON uploads (id) WHERE durable_offset = length_bytes;
CREATE INDEX lectures_by_owned_source ON lectures (owner_id, source_sha256, source_bytes);
