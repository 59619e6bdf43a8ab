#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""A source that kills the decoder: once may have been the machine, twice is the source, which is not decoded
again."""
import os
import signal
import sqlite3
import time
import unittest

from server import Server, Tus, descendants, sample, wait_for


def boxed(server, *words):
    """The process in the box of a task whose command line ends with these words."""
    for pid, name in descendants(server.process.pid):
        try:
            with open(f"/proc/{pid}/cmdline", "rb") as file:
                line = file.read().decode(errors="replace").split("\0")[:-1]
            with open(f"/proc/{pid}/status", encoding="ascii", errors="replace") as file:
                is_boxed = "Seccomp:\t2" in file.read()
        except OSError:
            continue
        if name == "banmai-transcod" and is_boxed and tuple(line[-len(words):]) == words:
            return pid
    return None


class Quarantine(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.server = Server(workers="1").start()
        for login, role in (("teacher", "instructor"), ("root", "admin")):
            cls.server.add_user(login, role)
        cls.teacher, cls.admin = cls.server.client("teacher"), cls.server.client("root")

    @classmethod
    def tearDownClass(cls):
        cls.server.clean()

    def crash(self):
        """What a hole in a decoder looks like from outside, in the first chunk."""
        victim = wait_for("the first chunk's process", lambda: boxed(self.server, "0"), interval_s=.002)
        os.kill(victim, signal.SIGSEGV)
        wait_for("its end", lambda: boxed(self.server, "0") != victim, interval_s=.002)

    def attempts(self, lecture_id):
        with sqlite3.connect(f"file:{self.server.data}/banmai.sqlite3?mode=ro", uri=True) as db:
            return db.execute("select attempts, crashes from tasks join jobs on jobs.id = job_id where kind = 'chunk'"
                              " and number = 0 and lecture_id = ?", (lecture_id,)).fetchone()

    def listed(self):
        reply = self.admin.get("/api/v1/admin/quarantine")
        self.assertEqual(reply.status, 200, reply)
        return reply.json()["quarantine"]

    def retry(self, client, lecture_id):
        return client.call("POST", f"/api/v1/lectures/{lecture_id}/retry").status

    def assert_quarantined(self, lecture_id):
        lecture = self.server.wait_for_state(self.teacher, lecture_id, "failed", "ready")
        self.assertEqual(lecture["state"], "failed")
        error = lecture["job"]["error"]
        self.assertEqual(error["code"], "E_SOURCE_CRASHES")
        self.assertIn("cách ly", error["message"])
        self.assertIn("quarantined", error["message_en"])

    def test_1_one_crash_is_not_the_end(self):
        lecture_id = Tus(self.teacher).send(sample(40), title="once", filename="once.mp4")
        self.crash()
        self.assertEqual(self.server.wait_for_state(self.teacher, lecture_id, "failed", "ready")["state"], "ready")
        self.assertEqual(self.listed(), [])

    def test_2_the_second_is(self):
        data = sample(41)
        lecture_id = Tus(self.teacher).send(data, title="twice", filename="twice.mp4")
        self.crash()
        wait_for("the first crash to be counted", lambda: self.attempts(lecture_id) == (1, 1))
        self.crash()
        self.assert_quarantined(lecture_id)
        self.assertEqual(self.attempts(lecture_id), (1, 1), "the second ends the job as it is")
        time.sleep(1)
        self.assertIsNone(boxed(self.server, "0"), "it is not tried again")

        entry, = self.listed()
        self.assertEqual((entry["lecture"], entry["title"], entry["filename"], entry["owner"], entry["stage"]),
                         (lecture_id, "twice", "twice.mp4", "teacher", "chunk"))
        self.assertEqual(self.teacher.get("/api/v1/admin/quarantine").status, 403)
        with open(os.path.join(self.server.data, "media", "sources", entry["source_sha256"][:2],
                               entry["source_sha256"]), "rb") as file:
            self.assertEqual(file.read(), data, "kept, to be looked at")

        self.assertEqual(self.retry(self.teacher, lecture_id), 409)
        again = Tus(self.teacher).send(data, title="the same file once more", filename="renamed.mp4")
        self.assert_quarantined(again)
        self.assertEqual(len(self.listed()), 2)

        for each in (lecture_id, again):
            self.assertEqual(self.teacher.call("DELETE", f"/api/v1/lectures/{each}").status, 204)
        entry, = self.listed()
        self.assertNotIn("lecture", entry, "deleted, and still in quarantine")
        self.assertEqual((entry["owner"], entry["stage"]), ("teacher", "chunk"))
        lecture_id = Tus(self.teacher).send(data, title="and once more", filename="twice.mp4")
        self.assert_quarantined(lecture_id)

        self.assertEqual(self.retry(self.admin, lecture_id), 202)
        self.assertEqual(self.server.wait_for_state(self.teacher, lecture_id, "failed", "ready", patience_s=300)["state"],
                         "ready", "released, and the decoder was not to blame")


if __name__ == "__main__":
    unittest.main()
