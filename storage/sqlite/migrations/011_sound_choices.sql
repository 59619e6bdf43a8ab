-- SPDX-License-Identifier: GPL-3.0-or-later
-- An owner may want a lecture without its sound, when it is uploaded or when its job is started again.
-- A failure may be about something: the codec, the kind of recording.

ALTER TABLE uploads ADD COLUMN without_sound INTEGER NOT NULL DEFAULT 0 CHECK (without_sound IN (0, 1));
ALTER TABLE jobs ADD COLUMN without_sound INTEGER NOT NULL DEFAULT 0 CHECK (without_sound IN (0, 1));
ALTER TABLE jobs ADD COLUMN failure_detail TEXT NOT NULL DEFAULT '';
