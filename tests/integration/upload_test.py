#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""The tus protocol over real sockets: every byte that was acknowledged stays, whatever happens."""
import hashlib
import os
import socket
import sqlite3
import time
import unittest

from server import Server, Tus, metadata, read_reply, sha256, wait_for

MIB = 1 << 20


def pattern(n, seed=1):
    """n bytes that are different everywhere."""
    block = b"".join(hashlib.sha256(b"%d %d" % (seed, i)).digest() for i in range((n + 31) // 32))
    return block[:n]


class Uploads(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.server = Server(local_worker="no", max_upload_bytes="64M").start()
        for login, role in (("teacher", "instructor"), ("other", "instructor"), ("lan", "learner"),
                            ("root", "admin")):
            cls.server.add_user(login, role)
        cls.client = cls.server.client("teacher")
        cls.tus = Tus(cls.client)

    @classmethod
    def tearDownClass(cls):
        cls.server.clean()

    def file_of(self, path):
        return os.path.join(self.server.data, "uploads", path.rsplit("/", 1)[1])

    def source(self, data):
        digest = hashlib.sha256(data).hexdigest()
        return os.path.join(self.server.data, "media", "sources", digest[:2], digest)

    # ---- discovery and versions

    def test_options_tell_what_the_server_can(self):
        reply = self.client.call("OPTIONS", "/api/v1/uploads")
        self.assertEqual(reply.status, 204)
        self.assertEqual(reply.headers["Tus-Version"], "1.0.0")
        self.assertEqual(reply.headers["Tus-Max-Size"], str(64 * MIB))
        self.assertEqual(set(reply.headers["Tus-Extension"].split(",")),
                         {"creation", "creation-with-upload", "expiration", "checksum", "termination"})
        self.assertIn("sha256", reply.headers["Tus-Checksum-Algorithm"])

    def test_another_protocol_version_is_refused_with_ours(self):
        path = self.tus.new(10)
        for method, target in (("POST", "/api/v1/uploads"), ("HEAD", path), ("PATCH", path), ("DELETE", path)):
            headers = {"Upload-Length": "1", "Upload-Offset": "0",
                       "Content-Type": "application/offset+octet-stream"}
            for version in ({}, {"Tus-Resumable": "0.2.2"}):
                reply = self.client.call(method, target, headers={**headers, **version})
                self.assertEqual(reply.status, 412, (method, version))
                self.assertEqual(reply.headers["Tus-Version"], "1.0.0")

    # ---- creation

    def test_a_lecture_appears_with_the_upload_and_has_its_id(self):
        path = self.tus.new(1000, filename="bài 1.mp4", title="Bài một", course="Khoá A")
        lecture = self.client.lecture(path.rsplit("/", 1)[1])
        self.assertEqual(lecture["title"], "Bài một")
        self.assertEqual(lecture["state"], "uploading")
        self.assertEqual(lecture["course"]["title"], "Khoá A")
        self.assertEqual(lecture["upload"], {"offset": 0, "length": 1000})

    def test_a_course_is_found_by_its_title_or_id_and_made_once(self):
        first = self.client.lecture(self.tus.new(1, title="a", course="Khoá B").rsplit("/", 1)[1])
        second = self.client.lecture(self.tus.new(1, title="b", course="Khoá B").rsplit("/", 1)[1])
        third = self.client.lecture(
            self.tus.new(1, title="c", course=first["course"]["id"]).rsplit("/", 1)[1])
        self.assertEqual(first["course"], second["course"])
        self.assertEqual(first["course"], third["course"])

    def test_a_lecture_was_added_to_a_course_of_somebody_else(self):
        mine = self.client.lecture(self.tus.new(1, title="a", course="Toán 10").rsplit("/", 1)[1])["course"]["id"]
        other, admin = Tus(self.server.client("other")), Tus(self.server.client("root"))
        n_before = len(self.client.get("/api/v1/courses").json()["courses"])
        reply = other.create(1, title="FAKE", course=mine)
        self.assertEqual((reply.status, reply.json()["type"]), (403, "/problems/course-not-yours"))
        reply = other.create(1, title="FAKE", course="0" * 32)
        self.assertEqual((reply.status, reply.json()["type"]), (404, "/problems/course-unknown"))
        self.assertEqual(len(self.client.get("/api/v1/courses").json()["courses"]), n_before, "nothing was made")
        theirs = other.client.lecture(other.new(1, title="b", course="Toán 10").rsplit("/", 1)[1])["course"]
        self.assertNotEqual(theirs["id"], mine)
        by_admin = admin.client.lecture(admin.new(1, title="c", course=mine).rsplit("/", 1)[1])["course"]
        self.assertEqual(by_admin["id"], mine)

    def test_titles_have_200_characters_and_file_names_are_cut(self):
        for letter in ("ế", "e\u0302\u0301", "𝄞"):
            lecture = self.client.lecture(self.tus.new(
                1, title=letter * 200, course=letter * 200, filename=letter * 241 + ".mp4").rsplit("/", 1)[1])
            self.assertEqual((lecture["title"], lecture["course"]["title"]), (letter * 200, letter * 200))
            self.assertEqual(self.tus.create(1, title=letter * 201).json()["type"], "/problems/title-too-long")
            self.assertEqual(self.tus.create(1, course=letter * 201).json()["type"], "/problems/course-too-long")
            path = f"/api/v1/lectures/{lecture['id']}"
            self.assertEqual(self.client.call("PATCH", path, {"title": letter * 199 + "x"}).status, 204)
            for title, code in ((letter * 201, "too-long"), (" ", "too-short"), ("a\tb", "malformed")):
                reply = self.client.call("PATCH", path, {"title": title})
                self.assertEqual((reply.status, reply.json()["type"]), (400, "/problems/invalid-fields"))
                self.assertEqual(reply.json()["errors"], [{"pointer": "/title", "code": code}])

    def test_a_title_is_made_of_the_file_name(self):
        lecture = self.client.lecture(self.tus.new(1, filename="../../Tuần 1.mp4").rsplit("/", 1)[1])
        self.assertEqual(lecture["title"], "Tuần 1")

    def test_bad_creations_are_refused_in_words(self):
        for headers, status in (({}, 400), ({"Upload-Length": "-1"}, 400), ({"Upload-Length": "1e3"}, 400),
                                ({"Upload-Defer-Length": "1"}, 400), ({"Upload-Length": str(64 * MIB + 1)}, 413),
                                ({"Upload-Length": "99999999999999999999"}, 413),
                                ({"Upload-Length": "5", "Upload-Metadata": "title !!!"}, 400),
                                ({"Upload-Length": "5", "Upload-Metadata": "title /w=="}, 400)):
            reply = self.tus.call("POST", "/api/v1/uploads", headers)
            self.assertEqual(reply.status, status, (headers, reply))
            self.assertEqual(reply.headers["Content-Type"], "application/problem+json")
            self.assertTrue(reply.json()["title"])

    def test_what_other_extensions_ask_for_makes_no_lecture(self):
        """`Upload-Concat: partial` made a lecture of each part."""
        def lectures():
            return self.client.get("/api/v1/lectures?mine=1").body
        before = lectures()
        for headers in ({"Upload-Concat": "partial"}, {"Upload-Concat": "final;/api/v1/uploads/a /api/v1/uploads/b"},
                        {"Upload-Concat": "partial", "Upload-Length": ""}, {"Upload-Defer-Length": "1"},
                        {"Trailer": "Upload-Checksum"}):
            reply = self.tus.create(5, title="part", headers=headers)
            self.assertEqual(reply.status, 400, headers)
            self.assertEqual(reply.json()["type"], "/problems/upload-extension", headers)
            self.assertIn(next(iter(headers)), reply.json()["detail"])
        reply = self.tus.create(5, body=b"123456", title="too long")
        self.assertEqual(reply.status, 413)
        self.assertEqual(lectures(), before)

    def test_only_teachers_create(self):
        for login, status in (("lan", 403), (None, 401), ("root", 201)):
            reply = Tus(self.server.client(login)).create(10)
            self.assertEqual(reply.status, status, login)

    def test_creation_with_upload_takes_the_first_bytes(self):
        reply = self.tus.create(10, body=b"01234", title="x")
        self.assertEqual(reply.status, 201)
        self.assertEqual(reply.headers["Upload-Offset"], "5")
        self.assertEqual(self.tus.offset(reply.headers["Location"]), 5)

    def test_an_empty_file_is_complete_at_once(self):
        path = self.tus.new(0, title="empty")
        lecture_id = path.rsplit("/", 1)[1]
        self.server.wait_for_state(self.client, lecture_id, "queued")
        self.assertTrue(os.path.exists(self.source(b"")))

    # ---- bytes

    def test_bytes_arrive_unchanged_in_pieces_of_any_size(self):
        data = pattern(3 * MIB + 12345)
        path = self.tus.new(len(data), title="pieces")
        at = 0
        for size in (1, 4095, 65536, 262144, 262145, 1000000, len(data)):
            piece = data[at:at + size]
            reply = self.tus.patch(path, at, piece)
            self.assertEqual(reply.status, 204, reply)
            at += len(piece)
            self.assertEqual(reply.headers["Upload-Offset"], str(at))
            self.assertIn("GMT", reply.headers["Upload-Expires"])
        self.assertEqual(at, len(data))
        self.server.wait_for_state(self.client, path.rsplit("/", 1)[1], "queued")
        with open(self.source(data), "rb") as f:
            self.assertEqual(f.read(), data)

    def test_a_wrong_offset_is_refused_and_nothing_changes(self):
        path = self.tus.new(100)
        self.assertEqual(self.tus.patch(path, 0, b"x" * 40).status, 204)
        for offset in ("0", "39", "41", "100", "9223372036854775808"):
            self.assertEqual(self.tus.patch(path, offset, b"y" * 10).status, 409, offset)
        for offset in ("", "-1", "abc", "4 0"):
            self.assertEqual(self.tus.patch(path, offset, b"y" * 10).status, 400, offset)
        self.assertEqual(self.tus.offset(path), 40)

    def test_a_wrong_content_type_is_415(self):
        path = self.tus.new(10)
        reply = self.tus.call("PATCH", path, {"Upload-Offset": "0", "Content-Type": "video/mp4"}, b"x")
        self.assertEqual(reply.status, 415)

    def test_more_bytes_than_announced_are_never_stored(self):
        path = self.tus.new(10)
        self.assertEqual(self.tus.patch(path, 0, b"x" * 11).status, 413)
        self.assertEqual(self.tus.offset(path), 0)

    def test_a_chunked_body_that_is_too_long_keeps_what_fits(self):
        path = self.tus.new(10)
        with socket.create_connection(("127.0.0.1", self.server.port)) as s:
            s.sendall((f"PATCH {path} HTTP/1.1\r\nHost: x\r\nCookie: {self.client.cookie}\r\nTus-Resumable: 1.0.0\r\n"
                       "Upload-Offset: 0\r\nContent-Type: application/offset+octet-stream\r\n"
                       "Transfer-Encoding: chunked\r\n\r\n8\r\n12345678\r\n8\r\n12345678\r\n0\r\n\r\n").encode())
            s.settimeout(20)
            self.assertEqual(read_reply(s, "PATCH", path).status, 413)
        self.assertLessEqual(self.tus.offset(path), 10)

    def test_post_may_stand_for_patch(self):
        path = self.tus.new(4)
        reply = self.tus.call("POST", path, {"X-HTTP-Method-Override": "PATCH", "Upload-Offset": "0",
                                             "Content-Type": "application/offset+octet-stream"}, b"1234")
        self.assertEqual(reply.status, 204, reply)

    # ---- checksums

    def test_a_right_checksum_passes_and_a_wrong_one_keeps_nothing(self):
        data = pattern(MIB)
        path = self.tus.new(2 * MIB)
        self.assertEqual(self.tus.patch(path, 0, data, Upload_Checksum=f"sha256 {sha256(data)}").status, 204)
        reply = self.tus.patch(path, MIB, data, Upload_Checksum=f"sha256 {sha256(data[1:])}")
        self.assertEqual(reply.status, 460)
        self.assertEqual(self.tus.offset(path), MIB)
        self.assertEqual(os.path.getsize(self.file_of(path)), MIB)
        self.assertEqual(self.tus.patch(path, MIB, b"z", Upload_Checksum="md5 1B2M2Y8AsgTpgAmY7PhCfg==").status, 400)
        self.assertEqual(self.tus.patch(path, MIB, data, Upload_Checksum=f"sha256 {sha256(data)}").status, 204)

    # ---- the end

    def test_after_the_last_byte_the_offset_can_still_be_asked(self):
        """A client that lost the last answer must not start all over."""
        data = pattern(1000, 7)
        lecture_id = self.tus.send(data, title="lost answer")
        self.server.wait_for_state(self.client, lecture_id, "queued")
        path = f"/api/v1/uploads/{lecture_id}"
        self.assertEqual(self.tus.offset(path), 1000)
        self.assertEqual(self.tus.patch(path, 1000, b"").status, 204)
        self.assertEqual(self.tus.patch(path, 1000, b"more").status, 413)

    def test_the_same_file_twice_is_stored_once(self):
        data = pattern(5000, 8)
        ids = [self.tus.send(data, title=t) for t in ("one", "two")]
        for lecture_id in ids:
            self.server.wait_for_state(self.client, lecture_id, "queued")
        with open(self.source(data), "rb") as f:
            self.assertEqual(f.read(), data)
        self.assertNotEqual(*ids)

    def test_deletion_removes_upload_lecture_and_file(self):
        path = self.tus.new(100)
        self.tus.patch(path, 0, b"x" * 50)
        self.assertTrue(os.path.exists(self.file_of(path)))
        self.assertEqual(self.tus.call("DELETE", path).status, 204)
        self.assertEqual(self.tus.call("HEAD", path).status, 404)
        self.assertFalse(os.path.exists(self.file_of(path)))
        self.assertEqual(self.client.get(f"/api/v1/lectures/{path.rsplit('/', 1)[1]}").status, 404)

    def test_deletion_in_the_middle_of_a_request_leaves_no_file(self):
        """By the upload's address or the lecture's; the file came back, and stayed."""
        for address in ("/api/v1/uploads/", "/api/v1/lectures/"):
            path = self.tus.new(1000000)
            with self.start_patch(path, 0, 1000000, b"x" * 300000) as s:
                time.sleep(0.3)
                reply = self.tus.call("DELETE", address + path.rsplit("/", 1)[1])
                self.assertEqual(reply.status, 204, address)
                s.settimeout(20)
                reply = read_reply(s, "PATCH", path)
                self.assertIn(reply and reply.status, (404, 409, None), address)
            self.assertEqual(self.tus.call("HEAD", path).status, 404)
            self.assertFalse(os.path.exists(self.file_of(path)), address)

    def test_others_see_nothing(self):
        path = self.tus.new(100)
        for login, status in (("other", 404), ("lan", 404), (None, 401), ("root", 200)):
            tus = Tus(self.server.client(login))
            self.assertEqual(tus.call("HEAD", path).status, status, login)
            if login != "root":
                self.assertEqual(tus.patch(path, 0, b"x").status, status, login)
                self.assertEqual(tus.call("DELETE", path).status, status, login)

    def test_unknown_uploads_are_404(self):
        for name in ("0" * 32, "f" * 32, "short", "..%2f..%2fetc", "0" * 33):
            self.assertIn(self.tus.call("HEAD", f"/api/v1/uploads/{name}").status, (400, 404), name)

    # ---- bad links

    def start_patch(self, path, offset, length, body=b"", client=None):
        """A PATCH whose body is not finished; the socket."""
        s = socket.create_connection(("127.0.0.1", self.server.port))
        s.sendall((f"PATCH {path} HTTP/1.1\r\nHost: x\r\nCookie: {(client or self.client).cookie}\r\n"
                   f"Tus-Resumable: 1.0.0\r\nUpload-Offset: {offset}\r\n"
                   "Content-Type: application/offset+octet-stream\r\n"
                   f"Content-Length: {length}\r\n\r\n").encode() + body)
        return s

    def test_what_came_before_the_cut_is_kept(self):
        data = pattern(MIB)
        path = self.tus.new(len(data))
        with self.start_patch(path, 0, len(data), data[:700000]):
            time.sleep(0.5)
        self.assertEqual(wait_for("the bytes", lambda: self.tus.offset(path)), 700000)
        self.assertEqual(self.tus.patch(path, 700000, data[700000:]).status, 204)
        self.server.wait_for_state(self.client, path.rsplit("/", 1)[1], "queued")
        with open(self.source(data), "rb") as f:
            self.assertEqual(f.read(), data)

    def test_a_newcomer_takes_a_stalled_upload_over(self):
        """The phone is back while the server still waits on the old connection."""
        data = pattern(100000, 3)
        path = self.tus.new(len(data))
        with self.start_patch(path, 0, len(data), data[:60000]) as stalled:
            time.sleep(0.3)
            started = time.monotonic()
            offset = self.tus.offset(path)
            self.assertLess(time.monotonic() - started, 10)
            self.assertEqual(offset, 60000)
            self.assertEqual(self.tus.patch(path, offset, data[offset:]).status, 204)
            stalled.settimeout(10)
            reply = read_reply(stalled, "PATCH", path)
            self.assertIn(reply and reply.status, (409, None))
        self.server.wait_for_state(self.client, path.rsplit("/", 1)[1], "queued")
        with open(self.source(data), "rb") as f:
            self.assertEqual(f.read(), data)

    def test_ten_newcomers_at_once_lose_no_byte(self):
        data = pattern(50000, 4)
        path = self.tus.new(len(data))
        stalled = [self.start_patch(path, 0, len(data), data[:1000 * (i + 1)]) for i in range(10)]
        time.sleep(0.5)
        offset = self.tus.offset(path)
        self.assertEqual(self.tus.patch(path, offset, data[offset:]).status, 204)
        for s in stalled:
            s.close()
        self.server.wait_for_state(self.client, path.rsplit("/", 1)[1], "queued")
        self.assertTrue(os.path.exists(self.source(data)))

    def test_a_slow_uplink_is_committed_every_few_seconds(self):
        path = self.tus.new(100000)
        with self.start_patch(path, 0, 100000) as s:
            for _ in range(14):
                s.sendall(b"x" * 1000)
                time.sleep(0.5)
            with sqlite3.connect(f"file:{self.server.data}/banmai.sqlite3?mode=ro", uri=True) as db:
                offset = db.execute("select durable_offset from uploads where id = ?",
                                    (path.rsplit("/", 1)[1],)).fetchone()[0]
        self.assertGreaterEqual(offset, 5000)

    def test_memory_stays_constant(self):
        def rss():
            with open(f"/proc/{self.server.process.pid}/status", encoding="ascii") as f:
                return int(next(line for line in f if line.startswith("VmRSS")).split()[1])
        self.tus.send(pattern(8 * MIB, 5), title="warm")
        before = rss()
        self.tus.send(pattern(48 * MIB, 6), title="large")
        self.assertLess(rss() - before, 16 * 1024, "KiB more after 48 MiB in one request")


class FullDisk(unittest.TestCase):
    def setUp(self):
        stat = os.statvfs("/tmp")
        self.free = stat.f_bavail * stat.f_frsize

    def test_an_upload_that_would_go_below_the_floor_is_507(self):
        server = Server(local_worker="no", disk_floor_bytes=str(self.free - 100 * MIB),
                        max_upload_bytes="1G").start()
        try:
            server.add_user("teacher", "instructor")
            tus = Tus(server.client("teacher"))
            reply = tus.create(900 * MIB, title="too much")
            self.assertEqual(reply.status, 507, reply)
            self.assertTrue(reply.json()["detail"])
            self.assertEqual(tus.create(1000, title="fits").status, 201)
        finally:
            server.clean()

    def test_announced_bytes_take_nobodys_room_and_arriving_ones_stop_at_the_floor(self):
        """Twelve uploads of no byte reserved the disk for 30 days."""
        server = Server(local_worker="no", disk_floor_bytes=str(self.free - 512 * MIB),
                        max_upload_bytes="1G").start()
        filler = os.path.join(server.data, "filler")
        try:
            for login in ("teacher", "other"):
                server.add_user(login, "instructor")
            tus, other = (Tus(server.client(login)) for login in ("teacher", "other"))
            for _ in range(12):
                self.assertEqual(tus.create(200 * MIB, title="promise").status, 201)
            path = other.new(64 * MIB, title="honest")
            data = pattern(16 * MIB)
            self.assertEqual(other.patch(path, 0, data).status, 204)
            with socket.create_connection(("127.0.0.1", server.port)) as s:
                s.sendall((f"PATCH {path} HTTP/1.1\r\nHost: x\r\nCookie: {other.client.cookie}\r\nTus-Resumable: "
                           f"1.0.0\r\nUpload-Offset: {len(data)}\r\nContent-Type: application/offset+octet-stream\r\n"
                           f"Content-Length: {48 * MIB}\r\n\r\n").encode() + b"y" * MIB)
                time.sleep(0.3)
                with open(filler, "wb") as f:
                    os.posix_fallocate(f.fileno(), 0, 1024 * MIB)
                try:
                    s.sendall(b"y" * 4 * MIB)
                except ConnectionError:
                    pass
                s.settimeout(20)
                self.assertEqual(read_reply(s, "PATCH", path).status, 507)
            offset = other.offset(path)
            self.assertGreaterEqual(offset, len(data))
            self.assertEqual(other.patch(path, offset, b"z").status, 507)
            os.remove(filler)
            self.assertEqual(other.patch(path, offset, b"y" * MIB).status, 204)
        finally:
            server.clean()


class Quota(unittest.TestCase):
    def test_an_instructor_has_so_much_room_and_no_one_else_less(self):
        server = Server(local_worker="no", instructor_quota_bytes=str(MIB)).start()
        try:
            for login, role in (("teacher", "instructor"), ("other", "instructor"), ("root", "admin")):
                server.add_user(login, role)
            tus, other, root = (Tus(server.client(login)) for login in ("teacher", "other", "root"))
            reply = tus.create(MIB + 1, title="never fits")
            self.assertEqual((reply.status, reply.json()["type"]), (403, "/problems/upload-quota"))
            first, second = (tus.new(700000, title=t) for t in ("first", "second"))
            self.assertEqual(tus.patch(first, 0, pattern(600000)).status, 204)
            reply = tus.patch(second, 0, pattern(700000))
            self.assertEqual((reply.status, reply.json()["type"]), (403, "/problems/upload-quota"))
            self.assertEqual(tus.offset(second), 0)
            self.assertEqual(tus.offset(first), 600000)
            self.assertEqual(other.create(MIB, body=pattern(MIB), title="mine").status, 201)
            self.assertEqual(root.create(3 * MIB, title="an admin's").status, 201)
            self.assertEqual(tus.call("DELETE", first).status, 204)
            self.assertEqual(tus.patch(second, 0, pattern(700000)).status, 204)
            server.wait_for_state(tus.client, second.rsplit("/", 1)[1], "queued")
            reply = tus.create(400000, title="the source counts, too")
            self.assertEqual(reply.status, 403)
        finally:
            server.clean()


class Repair(unittest.TestCase):
    def test_what_is_whole_goes_on_and_what_is_lost_is_asked_for_again(self):
        """A kill between two commits left whole uploads "uploading" for ever."""
        server = Server(local_worker="no").start()
        try:
            server.add_user("teacher", "instructor")
            tus = Tus(server.client("teacher"))
            data = pattern(100)
            whole, empty, lost, partly = (tus.new(100, title=t) for t in ("whole", "empty", "lost", "partly"))
            for path in (whole, lost, partly):
                self.assertEqual(tus.patch(path, 0, data[:60]).status, 204)
            server.stop()
            with sqlite3.connect(os.path.join(server.data, "banmai.sqlite3")) as db:
                for path, length, offset in ((whole, 100, 100), (empty, 0, 0), (lost, 100, 100)):
                    db.execute("update uploads set length_bytes = ?, durable_offset = ?, is_complete = 0 "
                               "where id = ?", (length, offset, path.rsplit("/", 1)[1]))
            folder = os.path.join(server.data, "uploads")
            with open(os.path.join(folder, whole.rsplit("/", 1)[1]), "ab") as f:
                f.write(data[60:])
            os.remove(os.path.join(folder, lost.rsplit("/", 1)[1]))
            os.truncate(os.path.join(folder, partly.rsplit("/", 1)[1]), 10)
            server.start()
            tus = Tus(server.client("teacher"))
            for path in (whole, empty):
                server.wait_for_state(tus.client, path.rsplit("/", 1)[1], "queued")
            wait_for("the promise to be taken back", lambda: tus.offset(lost) == 0)
            self.assertEqual(tus.patch(lost, 0, data).status, 204)
            self.assertEqual(tus.patch(partly, 60, data[60:]).status, 409)
            self.assertEqual(tus.offset(partly), 10)
            self.assertEqual(tus.patch(partly, 10, data[10:]).status, 204)
            for path in (lost, partly):
                server.wait_for_state(tus.client, path.rsplit("/", 1)[1], "queued")
        finally:
            server.clean()


class Expiry(unittest.TestCase):
    def test_uploads_expire_from_their_last_byte_and_not_before(self):
        """A week on a bad link is no reason to start over. Time is the served one: what a wall clock
        said when the upload was made ends nothing."""
        server = Server(local_worker="no", upload_idle_days="10").start()
        try:
            server.add_user("teacher", "instructor")
            tus = Tus(server.client("teacher"))
            old, fresh = (tus.new(100, title=t) for t in ("old", "fresh"))
            for path in (old, fresh):
                self.assertEqual(tus.patch(path, 0, b"x" * 10).status, 204)
            served = "select served_ms from served_time"
            with sqlite3.connect(f"file:{server.data}/banmai.sqlite3?mode=ro", uri=True) as db:
                before_ms = db.execute(served).fetchone()[0]
            server.stop()
            day_ms = 86400 * 1000
            with sqlite3.connect(os.path.join(server.data, "banmai.sqlite3")) as db:
                self.assertTrue(0 < db.execute(served).fetchone()[0] - before_ms < day_ms)
            with sqlite3.connect(os.path.join(server.data, "banmai.sqlite3")) as db:
                db.execute("update served_time set served_ms = served_ms + ?", (11 * day_ms,))
                db.execute("update uploads set last_byte_at_ms = last_byte_at_ms + ?, created_at_ms = 0 "
                           "where id = ?", (2 * day_ms, fresh.rsplit("/", 1)[1]))
            server.start()
            tus = Tus(server.client("teacher"))
            wait_for("the old upload to go", lambda: tus.call("HEAD", old).status == 404)
            self.assertEqual(tus.offset(fresh), 10)
            self.assertEqual(tus.patch(fresh, 10, b"y" * 90).status, 204)
        finally:
            server.clean()


if __name__ == "__main__":
    unittest.main()
