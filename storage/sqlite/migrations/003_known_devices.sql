-- SPDX-License-Identifier: GPL-3.0-or-later
-- Devices that have signed in to an account. use_number orders a user's, whatever the clocks say.

CREATE TABLE devices (
  user_id TEXT NOT NULL REFERENCES users ON DELETE CASCADE,
  device_sha256 BLOB NOT NULL CHECK (length(device_sha256) = 32),
  use_number INTEGER NOT NULL,
  created_at_ms INTEGER NOT NULL,
  used_at_ms INTEGER NOT NULL,
  PRIMARY KEY (user_id, device_sha256)
) STRICT, WITHOUT ROWID;
CREATE INDEX devices_by_token ON devices (device_sha256);
