-- SPDX-License-Identifier: GPL-3.0-or-later
-- The catalogue is listed by what its reader may see (catalogue.h, visibility.h). Whether a
-- growing package can be played is known without a look at its files; jobs under way get it anew
-- when the server starts.

CREATE INDEX lectures_open ON lectures (id) WHERE state IN ('processing', 'ready');
CREATE INDEX lectures_open_by_course ON lectures (course_id, position, id, duration_us)
  WHERE state IN ('processing', 'ready');
ALTER TABLE jobs ADD COLUMN is_playable INTEGER NOT NULL DEFAULT 0
  CHECK (is_playable IN (0, 1));
