#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""One instructor's jobs and everybody else's: turns, deletion while a worker is at it, and what is made of a
lecture of seconds."""
import http.client
import os
import sqlite3
import subprocess
import tempfile
import unittest

from contract import CONTRACT
from server import BANMAI, Server, Tus, descendants, make_clip, sample, wait_for

N_JUNK = 150


def transcoders(server):
    return [pid for pid, name in descendants(server.process.pid) if name == "banmai-transcod"]


class FairQueue(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.server = Server(workers="1").start()
        for login in ("thay", "thay2"):
            cls.server.add_user(login, "instructor")
        cls.teacher, cls.other = cls.server.client("thay"), cls.server.client("thay2")

    @classmethod
    def tearDownClass(cls):
        cls.server.clean()

    def waiting(self):
        with sqlite3.connect(f"file:{self.server.data}/banmai.sqlite3?mode=ro", uri=True) as db:
            return db.execute("select count(*) from jobs where state in ('queued', 'running')").fetchone()[0]

    def test_1_a_lecture_of_seconds_is_as_players_need_it(self):
        with tempfile.TemporaryDirectory() as folder:
            for seconds in (1, 10):
                with open(make_clip(os.path.join(folder, f"{seconds}.mp4"), seconds), "rb") as file:
                    lecture_id = Tus(self.teacher).send(file.read(), title="short", filename="s.mp4")
                lecture = self.server.wait_for_state(self.teacher, lecture_id, "ready", "failed")
                url = f"http://127.0.0.1:{self.server.port}{lecture['playback']['hls']}"
                done = subprocess.run([BANMAI, "check", url], capture_output=True, text=True, timeout=60, check=False)
                self.assertEqual((done.returncode, done.stdout, done.stderr), (0, "", ""), f"{seconds} s")

    def test_2_a_lecture_that_is_deleted_is_not_made_any_longer(self):
        lecture_id = Tus(self.teacher).send(sample(40), title="gone", filename="g.mp4")
        self.server.wait_for_state(self.teacher, lecture_id, "processing")
        wait_for("a worker at it", lambda: transcoders(self.server))
        self.assertEqual(self.teacher.call("DELETE", f"/api/v1/lectures/{lecture_id}").status, 204)
        wait_for("its end", lambda: not transcoders(self.server), 15)

    def test_3_thousands_of_tiny_uploads_do_not_go_before_anothers_lecture(self):
        lecture_id = Tus(self.teacher).send(sample(20), title="honest", filename="h.mp4")
        connection = http.client.HTTPConnection("127.0.0.1", self.server.port)
        for _ in range(N_JUNK):
            connection.request("POST", "/api/v1/uploads", b"x", {
                "Cookie": self.other.cookie, "Tus-Resumable": "1.0.0", "Upload-Length": "1",
                "Content-Type": "application/offset+octet-stream"})
            reply = connection.getresponse()
            CONTRACT.check("POST", "/api/v1/uploads", reply.status, reply.headers, reply.read())
            self.assertEqual(reply.status, 201)
        connection.close()
        lecture = self.server.wait_for_state(self.teacher, lecture_id, "ready", "failed", patience_s=300)
        self.assertEqual(lecture["state"], "ready")
        self.assertGreater(self.waiting(), N_JUNK // 3, "it was a task each, in turns")


if __name__ == "__main__":
    unittest.main()
