-- SPDX-License-Identifier: GPL-3.0-or-later
-- Which beat said the position: no clock orders beats any more (watched_seconds.h). What was
-- stored before counts as older than all that comes; position_at_ms tells when it was stored.

ALTER TABLE progress ADD COLUMN position_order INTEGER NOT NULL DEFAULT 0;
ALTER TABLE progress ADD COLUMN position_seq INTEGER NOT NULL DEFAULT 0;
ALTER TABLE progress ADD COLUMN sessions TEXT NOT NULL DEFAULT '';
