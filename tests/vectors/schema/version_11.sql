-- SPDX-License-Identifier: GPL-3.0-or-later
-- A database of version 11: see next_version.py.
PRAGMA application_id = 1112427849;
PRAGMA user_version = 11;
BEGIN;
CREATE TABLE users (  id TEXT PRIMARY KEY,  login TEXT NOT NULL UNIQUE COLLATE NOCASE,  name TEXT NOT NULL,  role TEXT NOT NULL CHECK (role IN ('learner', 'ambassador', 'instructor', 'admin')),  password_hash TEXT NOT NULL,  created_at_ms INTEGER NOT NULL) STRICT, WITHOUT ROWID;
INSERT INTO users (id, login, name, role, password_hash, created_at_ms) VALUES ('0190a0b0c0d000000000000000000001', 'lan', 'Lò Thị Lan', 'learner', '$argon2id$v=19$m=19456,t=2,p=1$c2FsdA$aGFzaA', 1720000000000);
INSERT INTO users (id, login, name, role, password_hash, created_at_ms) VALUES ('0190a0b0c0d000000000000000000002', 'sung', 'Giàng A Súng', 'ambassador', '$argon2id$v=19$m=19456,t=2,p=1$c2FsdA$aGFzaA', 1720000000001);
INSERT INTO users (id, login, name, role, password_hash, created_at_ms) VALUES ('0190a0b0c0d000000000000000000003', 'thay', 'Thầy Minh, bản Nà Ư', 'instructor', '$argon2id$v=19$m=19456,t=2,p=1$c2FsdA$aGFzaA', 1720000000002);
INSERT INTO users (id, login, name, role, password_hash, created_at_ms) VALUES ('0190a0b0c0d000000000000000000004', 'quan', 'Quản trị', 'admin', '$argon2id$v=19$m=19456,t=2,p=1$c2FsdA$aGFzaA', 1720000000003);
CREATE TABLE sessions (  token_sha256 BLOB PRIMARY KEY CHECK (length(token_sha256) = 32),  user_id TEXT NOT NULL REFERENCES users ON DELETE CASCADE,  created_at_ms INTEGER NOT NULL,  expires_at_ms INTEGER NOT NULL) STRICT, WITHOUT ROWID;
INSERT INTO sessions (token_sha256, user_id, created_at_ms, expires_at_ms) VALUES (X'000102030405060708090A0B0C0D0E0F101112131415161718191A1B1C1D1E1F', '0190a0b0c0d000000000000000000001', 1720000001000, 1990000000000);
INSERT INTO sessions (token_sha256, user_id, created_at_ms, expires_at_ms) VALUES (X'202122232425262728292A2B2C2D2E2F303132333435363738393A3B3C3D3E3F', '0190a0b0c0d000000000000000000004', 1720000001000, 1720000002000);
CREATE TABLE courses (  id TEXT PRIMARY KEY,  title TEXT NOT NULL,  owner_id TEXT NOT NULL REFERENCES users,  created_at_ms INTEGER NOT NULL) STRICT, WITHOUT ROWID;
INSERT INTO courses (id, title, owner_id, created_at_ms) VALUES ('0190a0b0c0d000000000000000000050', 'Toán lớp 9', '0190a0b0c0d000000000000000000003', 1720000003000);
INSERT INTO courses (id, title, owner_id, created_at_ms) VALUES ('0190a0b0c0d000000000000000000051', 'Chăn nuôi dê', '0190a0b0c0d000000000000000000004', 1720000003001);
CREATE TABLE lectures (  id TEXT PRIMARY KEY,  course_id TEXT REFERENCES courses ON DELETE SET NULL,  position INTEGER NOT NULL,  title TEXT NOT NULL,  owner_id TEXT NOT NULL REFERENCES users,  state TEXT NOT NULL    CHECK (state IN ('uploading', 'queued', 'processing', 'ready', 'failed')),  source_sha256 TEXT CHECK (length(source_sha256) = 64),  source_bytes INTEGER,  filename TEXT NOT NULL,  duration_us INTEGER,  package_id TEXT CHECK (length(package_id) = 32),  created_at_ms INTEGER NOT NULL,  updated_at_ms INTEGER NOT NULL) STRICT, WITHOUT ROWID;
INSERT INTO lectures (id, course_id, position, title, owner_id, state, source_sha256, source_bytes, filename, duration_us, package_id, created_at_ms, updated_at_ms) VALUES ('0190a0b0c0d000000000000000000100', '0190a0b0c0d000000000000000000050', 1, 'Bài 1: phương trình', '0190a0b0c0d000000000000000000003', 'uploading', NULL, NULL, '', NULL, NULL, 1720000010000, 1720000020000);
INSERT INTO lectures (id, course_id, position, title, owner_id, state, source_sha256, source_bytes, filename, duration_us, package_id, created_at_ms, updated_at_ms) VALUES ('0190a0b0c0d000000000000000000101', '0190a0b0c0d000000000000000000050', 2, 'Bài 2', '0190a0b0c0d000000000000000000003', 'queued', '1111111111111111111111111111111111111111111111111111111111111111', 1000001, 'bài 1.mp4', NULL, NULL, 1720000010001, 1720000020001);
INSERT INTO lectures (id, course_id, position, title, owner_id, state, source_sha256, source_bytes, filename, duration_us, package_id, created_at_ms, updated_at_ms) VALUES ('0190a0b0c0d000000000000000000102', '0190a0b0c0d000000000000000000050', 3, 'Bài 3', '0190a0b0c0d000000000000000000003', 'processing', '2222222222222222222222222222222222222222222222222222222222222222', 1000002, 'bài 2.mp4', 3600000000, '00112233445566778899aabbccddeef2', 1720000010002, 1720000020002);
INSERT INTO lectures (id, course_id, position, title, owner_id, state, source_sha256, source_bytes, filename, duration_us, package_id, created_at_ms, updated_at_ms) VALUES ('0190a0b0c0d000000000000000000103', '0190a0b0c0d000000000000000000050', 4, 'Bài 4: ôn tập', '0190a0b0c0d000000000000000000003', 'ready', '3333333333333333333333333333333333333333333333333333333333333333', 1000003, 'bài 3.mp4', 3600000000, '00112233445566778899aabbccddeef3', 1720000010003, 1720000020003);
INSERT INTO lectures (id, course_id, position, title, owner_id, state, source_sha256, source_bytes, filename, duration_us, package_id, created_at_ms, updated_at_ms) VALUES ('0190a0b0c0d000000000000000000104', '0190a0b0c0d000000000000000000050', 5, 'Bài 5', '0190a0b0c0d000000000000000000003', 'failed', '4444444444444444444444444444444444444444444444444444444444444444', 1000004, 'bài 4.mp4', NULL, NULL, 1720000010004, 1720000020004);
INSERT INTO lectures (id, course_id, position, title, owner_id, state, source_sha256, source_bytes, filename, duration_us, package_id, created_at_ms, updated_at_ms) VALUES ('0190a0b0c0d000000000000000000105', NULL, 0, 'Bài 6', '0190a0b0c0d000000000000000000003', 'failed', '5555555555555555555555555555555555555555555555555555555555555555', 1000005, 'bài 5.mp4', NULL, NULL, 1720000010005, 1720000020005);
INSERT INTO lectures (id, course_id, position, title, owner_id, state, source_sha256, source_bytes, filename, duration_us, package_id, created_at_ms, updated_at_ms) VALUES ('0190a0b0c0d000000000000000000106', NULL, 0, 'Phòng bệnh cho dê', '0190a0b0c0d000000000000000000004', 'uploading', NULL, NULL, 'bài 6.mp4', NULL, NULL, 1720000010006, 1720000020006);
CREATE TABLE uploads (  id TEXT PRIMARY KEY REFERENCES lectures ON DELETE CASCADE,  owner_id TEXT NOT NULL REFERENCES users,  length_bytes INTEGER NOT NULL CHECK (length_bytes >= 0),  durable_offset INTEGER NOT NULL    CHECK (durable_offset BETWEEN 0 AND length_bytes),  metadata TEXT NOT NULL,  last_byte_at_ms INTEGER NOT NULL,  created_at_ms INTEGER NOT NULL,  is_complete INTEGER NOT NULL CHECK (is_complete IN (0, 1)), without_sound INTEGER NOT NULL DEFAULT 0 CHECK (without_sound IN (0, 1))) STRICT, WITHOUT ROWID;
INSERT INTO uploads (id, owner_id, length_bytes, durable_offset, metadata, last_byte_at_ms, created_at_ms, is_complete, without_sound) VALUES ('0190a0b0c0d000000000000000000100', '0190a0b0c0d000000000000000000003', 5000000, 1234567, 'filename YmFpLm1wNA==', 1720000068979, 1720000010000, 0, 0);
INSERT INTO uploads (id, owner_id, length_bytes, durable_offset, metadata, last_byte_at_ms, created_at_ms, is_complete, without_sound) VALUES ('0190a0b0c0d000000000000000000106', '0190a0b0c0d000000000000000000004', 100, 100, 'filename ZGUubXA0,without_sound', 1720000068983, 1720000010006, 1, 1);
CREATE TABLE jobs (  id TEXT PRIMARY KEY,  lecture_id TEXT NOT NULL REFERENCES lectures ON DELETE CASCADE,  state TEXT NOT NULL    CHECK (state IN ('queued', 'running', 'done', 'failed', 'cancelled')),  stage TEXT NOT NULL CHECK (stage IN ('plan', 'sound', 'chunk', 'join')),  progress_permille INTEGER NOT NULL CHECK (progress_permille BETWEEN 0 AND 1000),  speed_permille INTEGER NOT NULL,  eta_s INTEGER,  n_chunks INTEGER NOT NULL,  n_sounds INTEGER NOT NULL,  duration_us INTEGER,  package_id TEXT CHECK (length(package_id) = 32),  failure_code TEXT NOT NULL,  warnings TEXT NOT NULL,  attempts_by_hand INTEGER NOT NULL,  last_epoch INTEGER NOT NULL,  created_at_ms INTEGER NOT NULL,  started_at_ms INTEGER,  finished_at_ms INTEGER, is_playable INTEGER NOT NULL DEFAULT 0  CHECK (is_playable IN (0, 1)), owner_id TEXT, without_sound INTEGER NOT NULL DEFAULT 0 CHECK (without_sound IN (0, 1)), failure_detail TEXT NOT NULL DEFAULT '') STRICT, WITHOUT ROWID;
INSERT INTO jobs (id, lecture_id, state, stage, progress_permille, speed_permille, eta_s, n_chunks, n_sounds, duration_us, package_id, failure_code, warnings, attempts_by_hand, last_epoch, created_at_ms, started_at_ms, finished_at_ms, is_playable, owner_id, without_sound, failure_detail) VALUES ('0190a0b0c0d000000000000000000200', '0190a0b0c0d000000000000000000101', 'queued', 'plan', 0, 0, NULL, 0, 0, NULL, NULL, '', '[]', 0, 0, 1720000030000, NULL, NULL, 0, '0190a0b0c0d000000000000000000003', 0, '');
INSERT INTO jobs (id, lecture_id, state, stage, progress_permille, speed_permille, eta_s, n_chunks, n_sounds, duration_us, package_id, failure_code, warnings, attempts_by_hand, last_epoch, created_at_ms, started_at_ms, finished_at_ms, is_playable, owner_id, without_sound, failure_detail) VALUES ('0190a0b0c0d000000000000000000201', '0190a0b0c0d000000000000000000102', 'running', 'chunk', 400, 1500, 120, 2, 1, 3600000000, '00112233445566778899aabbccddeef2', '', '[]', 0, 4, 1720000030001, 1720000031000, NULL, 1, '0190a0b0c0d000000000000000000003', 0, '');
INSERT INTO jobs (id, lecture_id, state, stage, progress_permille, speed_permille, eta_s, n_chunks, n_sounds, duration_us, package_id, failure_code, warnings, attempts_by_hand, last_epoch, created_at_ms, started_at_ms, finished_at_ms, is_playable, owner_id, without_sound, failure_detail) VALUES ('0190a0b0c0d000000000000000000202', '0190a0b0c0d000000000000000000103', 'done', 'join', 1000, 0, NULL, 1, 1, 3600000000, '00112233445566778899aabbccddeef3', '', '[{"code":"E_NO_SOUND"}]', 0, 4, 1720000030002, 1720000031000, 1720000041000, 0, '0190a0b0c0d000000000000000000003', 0, '');
INSERT INTO jobs (id, lecture_id, state, stage, progress_permille, speed_permille, eta_s, n_chunks, n_sounds, duration_us, package_id, failure_code, warnings, attempts_by_hand, last_epoch, created_at_ms, started_at_ms, finished_at_ms, is_playable, owner_id, without_sound, failure_detail) VALUES ('0190a0b0c0d000000000000000000203', '0190a0b0c0d000000000000000000104', 'failed', 'chunk', 0, 0, NULL, 0, 0, NULL, NULL, 'E_SOURCE_CRASHES', '[]', 0, 5, 1720000030003, 1720000031000, 1720000042000, 0, '0190a0b0c0d000000000000000000003', 0, '');
INSERT INTO jobs (id, lecture_id, state, stage, progress_permille, speed_permille, eta_s, n_chunks, n_sounds, duration_us, package_id, failure_code, warnings, attempts_by_hand, last_epoch, created_at_ms, started_at_ms, finished_at_ms, is_playable, owner_id, without_sound, failure_detail) VALUES ('0190a0b0c0d000000000000000000204', '0190a0b0c0d000000000000000000105', 'failed', 'plan', 0, 0, NULL, 0, 0, NULL, NULL, 'E_SOUND_CODEC', '[]', 1, 1, 1720000030004, NULL, 1720000043000, 0, '0190a0b0c0d000000000000000000003', 1, 'DTS');
CREATE TABLE tasks (  job_id TEXT NOT NULL REFERENCES jobs ON DELETE CASCADE,  kind TEXT NOT NULL CHECK (kind IN ('plan', 'sound', 'chunk', 'join')),  number INTEGER NOT NULL CHECK (number >= 0),  state TEXT NOT NULL    CHECK (state IN ('waiting', 'queued', 'running', 'done', 'failed')),  epoch INTEGER NOT NULL,  attempts INTEGER NOT NULL,  crashes INTEGER NOT NULL,  not_before_ms INTEGER NOT NULL,  lease_until_ms INTEGER,  worker TEXT NOT NULL,  progress_permille INTEGER NOT NULL CHECK (progress_permille BETWEEN 0 AND 1000),  speed_permille INTEGER NOT NULL,  PRIMARY KEY (job_id, kind, number)) STRICT, WITHOUT ROWID;
INSERT INTO tasks (job_id, kind, number, state, epoch, attempts, crashes, not_before_ms, lease_until_ms, worker, progress_permille, speed_permille) VALUES ('0190a0b0c0d000000000000000000200', 'plan', 0, 'waiting', 0, 0, 0, 0, NULL, '', 0, 0);
INSERT INTO tasks (job_id, kind, number, state, epoch, attempts, crashes, not_before_ms, lease_until_ms, worker, progress_permille, speed_permille) VALUES ('0190a0b0c0d000000000000000000201', 'chunk', 0, 'running', 3, 1, 1, 0, 1720000099000, 'w1', 500, 1500);
INSERT INTO tasks (job_id, kind, number, state, epoch, attempts, crashes, not_before_ms, lease_until_ms, worker, progress_permille, speed_permille) VALUES ('0190a0b0c0d000000000000000000201', 'chunk', 1, 'queued', 4, 0, 0, 0, NULL, '', 0, 0);
INSERT INTO tasks (job_id, kind, number, state, epoch, attempts, crashes, not_before_ms, lease_until_ms, worker, progress_permille, speed_permille) VALUES ('0190a0b0c0d000000000000000000201', 'plan', 0, 'done', 1, 0, 0, 0, NULL, 'w1', 1000, 0);
INSERT INTO tasks (job_id, kind, number, state, epoch, attempts, crashes, not_before_ms, lease_until_ms, worker, progress_permille, speed_permille) VALUES ('0190a0b0c0d000000000000000000201', 'sound', 0, 'done', 2, 0, 0, 0, NULL, 'w1', 1000, 0);
INSERT INTO tasks (job_id, kind, number, state, epoch, attempts, crashes, not_before_ms, lease_until_ms, worker, progress_permille, speed_permille) VALUES ('0190a0b0c0d000000000000000000202', 'join', 0, 'done', 4, 0, 0, 0, NULL, 'w2', 1000, 0);
INSERT INTO tasks (job_id, kind, number, state, epoch, attempts, crashes, not_before_ms, lease_until_ms, worker, progress_permille, speed_permille) VALUES ('0190a0b0c0d000000000000000000202', 'plan', 0, 'done', 1, 0, 0, 0, NULL, 'w1', 1000, 0);
INSERT INTO tasks (job_id, kind, number, state, epoch, attempts, crashes, not_before_ms, lease_until_ms, worker, progress_permille, speed_permille) VALUES ('0190a0b0c0d000000000000000000203', 'chunk', 0, 'failed', 5, 2, 2, 0, NULL, 'w2', 0, 0);
INSERT INTO tasks (job_id, kind, number, state, epoch, attempts, crashes, not_before_ms, lease_until_ms, worker, progress_permille, speed_permille) VALUES ('0190a0b0c0d000000000000000000204', 'plan', 0, 'failed', 1, 0, 0, 0, NULL, 'w1', 0, 0);
CREATE TABLE parts (  job_id TEXT NOT NULL REFERENCES jobs ON DELETE CASCADE,  kind TEXT NOT NULL CHECK (kind IN ('sound', 'chunk')),  number INTEGER NOT NULL CHECK (number >= 0),  PRIMARY KEY (job_id, kind, number)) STRICT, WITHOUT ROWID;
INSERT INTO parts (job_id, kind, number) VALUES ('0190a0b0c0d000000000000000000201', 'sound', 0);
INSERT INTO parts (job_id, kind, number) VALUES ('0190a0b0c0d000000000000000000202', 'chunk', 0);
INSERT INTO parts (job_id, kind, number) VALUES ('0190a0b0c0d000000000000000000202', 'sound', 0);
CREATE TABLE progress (  user_id TEXT NOT NULL REFERENCES users ON DELETE CASCADE,  lecture_id TEXT NOT NULL REFERENCES lectures ON DELETE CASCADE,  watched BLOB NOT NULL,  position_ms INTEGER NOT NULL,  position_at_ms INTEGER NOT NULL,  watched_s INTEGER NOT NULL,  updated_at_ms INTEGER NOT NULL, position_order INTEGER NOT NULL DEFAULT 0, position_seq INTEGER NOT NULL DEFAULT 0, sessions TEXT NOT NULL DEFAULT '',  PRIMARY KEY (user_id, lecture_id)) STRICT, WITHOUT ROWID;
INSERT INTO progress (user_id, lecture_id, watched, position_ms, position_at_ms, watched_s, updated_at_ms, position_order, position_seq, sessions) VALUES ('0190a0b0c0d000000000000000000001', '0190a0b0c0d000000000000000000102', X'80', 1000, 1720000050000, 1, 1720000051000, 0, 0, '');
INSERT INTO progress (user_id, lecture_id, watched, position_ms, position_at_ms, watched_s, updated_at_ms, position_order, position_seq, sessions) VALUES ('0190a0b0c0d000000000000000000001', '0190a0b0c0d000000000000000000103', X'FFFFF0', 20000, 1720000050000, 20, 1720000051000, 3, 17, 'a1 b2 c3');
INSERT INTO progress (user_id, lecture_id, watched, position_ms, position_at_ms, watched_s, updated_at_ms, position_order, position_seq, sessions) VALUES ('0190a0b0c0d000000000000000000002', '0190a0b0c0d000000000000000000103', X'00000F', 24000, 1720000050000, 4, 1720000051000, 3, 17, 'a1 b2 c3');
INSERT INTO progress (user_id, lecture_id, watched, position_ms, position_at_ms, watched_s, updated_at_ms, position_order, position_seq, sessions) VALUES ('0190a0b0c0d000000000000000000004', '0190a0b0c0d000000000000000000103', X'', 0, 1720000050000, 0, 1720000051000, 0, 0, '');
CREATE TABLE deleted_media (  folder TEXT NOT NULL CHECK (folder IN ('uploads', 'sources', 'jobs', 'packages')),  name TEXT NOT NULL,  deleted_at_ms INTEGER NOT NULL,  waited_ms INTEGER NOT NULL,  PRIMARY KEY (folder, name)) STRICT, WITHOUT ROWID;
INSERT INTO deleted_media (folder, name, deleted_at_ms, waited_ms) VALUES ('jobs', '0190a0b0c0d000000000000000000202', 1720000041000, 0);
INSERT INTO deleted_media (folder, name, deleted_at_ms, waited_ms) VALUES ('jobs', '0190a0b0c0d000000000000000000203', 1720000042000, 0);
INSERT INTO deleted_media (folder, name, deleted_at_ms, waited_ms) VALUES ('jobs', '0190a0b0c0d000000000000000000204', 1720000043000, 0);
CREATE TABLE devices (  user_id TEXT NOT NULL REFERENCES users ON DELETE CASCADE,  device_sha256 BLOB NOT NULL CHECK (length(device_sha256) = 32),  use_number INTEGER NOT NULL,  created_at_ms INTEGER NOT NULL,  used_at_ms INTEGER NOT NULL,  PRIMARY KEY (user_id, device_sha256)) STRICT, WITHOUT ROWID;
INSERT INTO devices (user_id, device_sha256, use_number, created_at_ms, used_at_ms) VALUES ('0190a0b0c0d000000000000000000001', X'404142434445464748494A4B4C4D4E4F505152535455565758595A5B5C5D5E5F', 1, 1720000060000, 1720000061000);
INSERT INTO devices (user_id, device_sha256, use_number, created_at_ms, used_at_ms) VALUES ('0190a0b0c0d000000000000000000002', X'404142434445464748494A4B4C4D4E4F505152535455565758595A5B5C5D5E5F', 1, 1720000060000, 1720000061000);
CREATE TABLE served_time (  id INTEGER PRIMARY KEY CHECK (id = 1),  served_ms INTEGER NOT NULL) STRICT, WITHOUT ROWID;
INSERT INTO served_time (id, served_ms) VALUES (1, 1720000070000);
CREATE TABLE quarantine (  source_sha256 TEXT PRIMARY KEY CHECK (length(source_sha256) = 64),  crashes INTEGER NOT NULL CHECK (crashes > 0),  stage TEXT NOT NULL CHECK (stage IN ('plan', 'sound', 'chunk', 'join')),  crashed_at_ms INTEGER NOT NULL,  title TEXT NOT NULL,  filename TEXT NOT NULL,  owner TEXT NOT NULL,  source_bytes INTEGER NOT NULL) STRICT, WITHOUT ROWID;
INSERT INTO quarantine (source_sha256, crashes, stage, crashed_at_ms, title, filename, owner, source_bytes) VALUES ('2222222222222222222222222222222222222222222222222222222222222222', 1, 'chunk', 1720000030001, 'Bài 3', 'bài 2.mp4', 'thay', 1000002);
INSERT INTO quarantine (source_sha256, crashes, stage, crashed_at_ms, title, filename, owner, source_bytes) VALUES ('4444444444444444444444444444444444444444444444444444444444444444', 2, 'chunk', 1720000042000, 'Bài 5', 'bài 4.mp4', 'thay', 1000004);
CREATE TABLE audit (
  id TEXT PRIMARY KEY CHECK (length(id) = 32), -- in the order of time
  at_ms INTEGER NOT NULL,
  actor_id TEXT NOT NULL,
  action TEXT NOT NULL CHECK (action <> ''),
  object_id TEXT NOT NULL, -- '' for none
  detail TEXT NOT NULL
) STRICT, WITHOUT ROWID;
INSERT INTO audit (id, at_ms, actor_id, action, object_id, detail) VALUES ('a0000000000070008000000000000001', 1720000080000, '00000000000070008000000000000001', 'account.role', '10000000000070008000000000000002', 'instructor');
CREATE TABLE announcements (
  id TEXT PRIMARY KEY CHECK (length(id) = 32), -- in the order of time
  text TEXT NOT NULL CHECK (text <> ''),
  made_at_ms INTEGER NOT NULL,
  withdrawn_at_ms INTEGER -- NULL while it stands
) STRICT, WITHOUT ROWID;
INSERT INTO announcements (id, text, made_at_ms, withdrawn_at_ms) VALUES ('0190a0b0c0d000000000000000000901', 'Từ thứ Hai, trang sẽ tạm dừng.
Mong thầy cô thông cảm.', 1720000090000, NULL);
INSERT INTO announcements (id, text, made_at_ms, withdrawn_at_ms) VALUES ('0190a0b0c0d000000000000000000902', 'Nhầm', 1720000091000, 1720000092000);
CREATE INDEX sessions_by_user ON sessions (user_id);
CREATE INDEX sessions_by_end ON sessions (expires_at_ms);
CREATE INDEX courses_by_title ON courses (title);
CREATE INDEX courses_by_owner ON courses (owner_id);
CREATE INDEX lectures_by_course ON lectures (course_id, position);
CREATE INDEX lectures_by_owner ON lectures (owner_id);
CREATE INDEX lectures_by_source ON lectures (source_sha256);
CREATE INDEX lectures_by_package ON lectures (package_id);
CREATE INDEX uploads_by_owner ON uploads (owner_id);
CREATE INDEX jobs_by_lecture ON jobs (lecture_id);
CREATE INDEX jobs_by_package ON jobs (package_id);
CREATE INDEX jobs_active ON jobs (created_at_ms) WHERE state IN ('queued', 'running');
CREATE INDEX tasks_by_state ON tasks (state, kind);
CREATE INDEX progress_by_lecture ON progress (lecture_id);
CREATE INDEX devices_by_token ON devices (device_sha256);
CREATE INDEX lectures_open ON lectures (id) WHERE state IN ('processing', 'ready');
CREATE INDEX lectures_open_by_course ON lectures (course_id, position, id, duration_us)  WHERE state IN ('processing', 'ready');
CREATE INDEX lectures_by_owned_source ON lectures (owner_id, source_sha256, source_bytes);
CREATE UNIQUE INDEX jobs_in_turn ON jobs (state, owner_id, created_at_ms, id);
CREATE INDEX tasks_waiting ON tasks (job_id, kind DESC, number) WHERE state = 'waiting';
CREATE INDEX uploads_in_turn ON uploads (owner_id, id) WHERE durable_offset = length_bytes;
CREATE INDEX quarantine_by_age ON quarantine (crashed_at_ms);
CREATE TRIGGER audit_stays BEFORE UPDATE ON audit BEGIN
  SELECT RAISE(ABORT, 'the audit is never changed');
END;
CREATE TRIGGER audit_is_kept BEFORE DELETE ON audit BEGIN
  SELECT RAISE(ABORT, 'the audit is never deleted');
END;
COMMIT;
