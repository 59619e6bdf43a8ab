#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""The main job over HTTP/2 and TLS, as browsers speak it to a server with a certificate: everything on
one connection, much of it at once."""
import hashlib
import os
import ssl
import unittest
import urllib.parse

from h2_browser import TlsServer
from server import Tus, sample

N_SEGMENTS_AT_ONCE = 80  # of the 100 streams that the server allows


def uris(playlist):
    return [line for line in playlist.splitlines() if line and not line.startswith("#")]


class Http2(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.server = TlsServer(progress_credit_s="30", pacing="no").start()
        for login, role in (("teacher", "instructor"), ("lan", "learner"), ("root", "admin")):
            cls.server.add_user(login, role)
        cls.teacher = cls.server.client("teacher")
        cls.data = sample(20)
        cls.lecture_id = Tus(cls.teacher).send(cls.data, step=200000, filename="bài.mp4", title="Đếm số", course="Toán")
        cls.lecture = cls.server.wait_for_state(cls.teacher, cls.lecture_id, "ready", "failed", patience_s=300)
        cls.hls = cls.lecture["playback"]["hls"]

    @classmethod
    def tearDownClass(cls):
        cls.server.clean()

    def setUp(self):
        self.client = self.server.client("lan")
        self.addCleanup(self.client.close)

    def test_the_log_says_who_encrypts(self):
        lines = [line for line in self.server.log if "encrypted by" in line["msg"]]
        self.assertEqual([(line["msg"], line["cause"]) for line in lines],
                         [("TLS is encrypted by OpenSSL alone", "the setting kernel_tls says no")])

    def get(self, url, **headers):
        reply = self.client.get(url, **headers)
        self.assertIn(reply.status, (200, 206), url)
        return reply

    def a_segment(self):
        playlist = urllib.parse.urljoin(self.hls, uris(self.get(self.hls).body.decode())[0])
        return urllib.parse.urljoin(playlist, "0.m4s")

    def test_the_protocol_is_chosen_by_alpn(self):
        self.assertEqual(self.client.socket.selected_alpn_protocol(), "h2")
        self.assertIn(self.client.socket.version(), ("TLSv1.2", "TLSv1.3"))
        context = ssl.create_default_context(cafile=self.server.certificate)
        context.set_alpn_protocols(["http/1.1"])
        self.client.close()
        self.client.context = context
        with self.assertRaisesRegex(ConnectionError, "http/1.1"):
            self.client.open()

    def test_an_upload_arrives_whole_and_becomes_a_lecture(self):
        digest = hashlib.sha256(self.data).hexdigest()
        path = os.path.join(self.server.data, "media", "sources", digest[:2], digest)
        self.assertTrue(os.path.exists(path))
        self.assertEqual((self.lecture["state"], self.lecture["title"]), ("ready", "Đếm số"))

    def test_an_upload_larger_than_all_windows(self):
        data = os.urandom(3 << 20)
        tus = Tus(self.server.client("teacher"))
        path = tus.new(len(data), filename="a.mp4")
        reply = tus.patch(path, 0, data[:2 << 20])
        self.assertEqual((reply.status, reply.headers["Upload-Offset"]), (204, str(2 << 20)))
        self.assertEqual(tus.offset(path), 2 << 20)
        self.assertEqual(tus.call("DELETE", path).status, 204)
        tus.client.close()

    def test_all_playlists_and_segments_at_once(self):
        variants = uris(self.get(self.hls).body.decode())
        playlists = [urllib.parse.urljoin(self.hls, uri) for uri in dict.fromkeys(variants)]
        for playlist, reply in zip(playlists, self.client.get_all(playlists)):
            self.assertEqual(reply.headers["Content-Type"], "application/vnd.apple.mpegurl")
            segments = [urllib.parse.urljoin(playlist, uri) for uri in uris(reply.body.decode())]
            self.assertGreater(len(segments), 2)
            parts = self.client.get_all([urllib.parse.urljoin(playlist, "init.mp4"), *segments])
            self.assertEqual({part.status for part in parts}, {200})
            name = playlist.rsplit("/", 2)[1]
            whole = self.get(urllib.parse.urljoin(self.hls, f"{name}.mp4"))
            self.assertEqual(whole.body, b"".join(part.body for part in parts), name)

    def test_many_streams_of_one_segment(self):
        segment = self.a_segment()
        body = self.get(segment).body
        for reply in self.client.get_all([segment] * N_SEGMENTS_AT_ONCE):
            self.assertEqual((reply.status, reply.body == body), (200, True))

    def test_ranges_and_conditions(self):
        segment = self.a_segment()
        whole = self.get(segment)
        part = self.get(segment, Range="bytes=10-19")
        self.assertEqual((part.status, part.body), (206, whole.body[10:20]))
        self.assertEqual(part.headers["Content-Range"], f"bytes 10-19/{len(whole.body)}")
        self.assertEqual(self.client.get(segment, If_None_Match=whole.headers["ETag"]).status, 304)
        self.assertEqual(self.client.get(segment, Range=f"bytes={len(whole.body)}-").status, 416)
        head = self.client.call("HEAD", segment)
        self.assertEqual((head.status, head.headers["Content-Length"], head.body), (200, str(len(whole.body)), b""))

    def test_playlists_come_as_small_as_the_client_can_take_them(self):
        playlist = self.a_segment().replace("0.m4s", "media.m3u8")
        plain = self.get(playlist)
        for coding, suffix in (("gzip", '-gz"'), ("gzip, deflate, br", '-br"')):
            packed = self.get(playlist, Accept_Encoding=coding)
            self.assertEqual(packed.headers["Content-Encoding"], coding.split(" ")[-1])
            self.assertEqual(packed.headers["ETag"], plain.headers["ETag"][:-1] + suffix)
            self.assertEqual(packed.headers["Vary"].lower(), "accept-encoding")
            self.assertLess(len(packed.body), len(plain.body))
            again = self.client.get(playlist, Accept_Encoding=coding, If_None_Match=packed.headers["ETag"])
            self.assertEqual((again.status, again.headers["ETag"]), (304, packed.headers["ETag"]))

    def test_progress_is_kept(self):
        self.assertEqual(self.client.beat(self.lecture_id, "a1" * 16, 0, [], 0).status, 204)
        self.assertEqual(self.client.beat(self.lecture_id, "a1" * 16, 1, [[0, 14]], 14).status, 204)
        elsewhere = self.server.client("lan")
        self.addCleanup(elsewhere.close)
        self.assertEqual(elsewhere.progress(self.lecture_id)["watched"], [[0, 14]])

    def test_events_come_beside_all_else(self):
        admin = self.server.client("root")
        self.addCleanup(admin.close)
        events = admin.begin("GET", "/api/v1/admin/load/events")
        stream = admin.streams[events]
        while stream.body.count(b"\n\n") < 2:
            self.assertEqual(admin.get("/api/v1/me").status, 200)
            admin.read()
        self.assertEqual((stream.status, stream.headers["Content-Type"]), (200, "text/event-stream"))
        self.assertIn(b"data:", stream.body)
        admin.reset(events)
        self.assertEqual(admin.get("/api/v1/me").status, 200, "the connection goes on")

    def test_strangers_are_kept_out(self):
        stranger = self.server.client()
        self.addCleanup(stranger.close)
        self.assertEqual(stranger.get("/api/v1/me").status, 401)
        self.assertEqual(stranger.get("/api/v1/admin/load").status, 401)
        self.assertEqual(self.client.get("/api/v1/admin/load").status, 403)

    def test_signing_out_ends_the_session(self):
        self.assertEqual(self.client.get("/api/v1/me").status, 200)
        self.assertEqual(self.client.call("DELETE", "/api/v1/session").status, 204)
        self.assertEqual(self.client.get("/api/v1/me").status, 401)


if __name__ == "__main__":
    unittest.main()
