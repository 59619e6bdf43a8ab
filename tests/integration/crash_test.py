#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""kill -9 of every process at the five points of the path where something is under way: nothing that
was acknowledged is lost, and the lecture becomes ready without help."""
import glob
import os
import random
import signal
import socket
import sqlite3
import time
import unittest

from server import Server, Tus, descendants, sample, wait_for


class Crashes(unittest.TestCase):
    def setUp(self):
        self.server = Server(progress_credit_s="100000").start()
        self.server.add_user("teacher", "instructor")
        self.server.add_user("lan", "learner")
        self.teacher = self.server.client("teacher")
        self.data = sample(20)  # two chunks

    def tearDown(self):
        self.server.clean()

    def restart(self):
        self.server.kill()
        self.server.start()
        self.teacher = self.server.client("teacher")

    def upload(self):
        return Tus(self.teacher).send(self.data, title="crash")

    def ready(self, lecture_id):
        lecture = self.server.wait_for_state(self.teacher, lecture_id, "ready", "failed", patience_s=300)
        self.assertEqual(lecture["state"], "ready", lecture)
        return lecture

    def task(self, kind):
        """State and attempts of the first unfinished task of a kind."""
        with sqlite3.connect(f"file:{self.server.data}/banmai.sqlite3?mode=ro", uri=True) as db:
            return db.execute("select state, attempts from tasks where kind = ? and state = 'running'",
                              (kind,)).fetchone()

    def kill_while(self, kind):
        wait_for(f"a running {kind} task", lambda: self.task(kind), interval_s=0.005)
        self.restart()

    def test_in_the_middle_of_an_upload(self):
        tus = Tus(self.teacher)
        path = tus.new(len(self.data), title="cut short")
        acknowledged = len(self.data) // 3
        self.assertEqual(tus.patch(path, 0, self.data[:acknowledged]).status, 204)
        with socket.create_connection(("127.0.0.1", self.server.port)) as s:
            s.sendall((f"PATCH {path} HTTP/1.1\r\nHost: x\r\nCookie: {self.teacher.cookie}\r\nTus-Resumable: 1.0.0\r\n"
                       f"Upload-Offset: {acknowledged}\r\nContent-Type: application/offset+octet-stream\r\n"
                       f"Content-Length: {len(self.data) - acknowledged}\r\n\r\n").encode())
            s.sendall(self.data[acknowledged:acknowledged + 100000])
            time.sleep(0.3)
            self.restart()
        tus = Tus(self.teacher)
        offset = tus.offset(path)
        self.assertGreaterEqual(offset, acknowledged)
        self.assertEqual(tus.patch(path, offset, self.data[offset:]).status, 204)
        self.ready(path.rsplit("/", 1)[1])

    def test_right_after_the_last_byte(self):
        lecture_id = self.upload()
        self.restart()
        self.ready(lecture_id)

    def test_in_the_middle_of_the_plan(self):
        lecture_id = self.upload()
        self.kill_while("plan")
        self.ready(lecture_id)

    def test_in_the_middle_of_a_chunk(self):
        lecture_id = self.upload()
        self.kill_while("chunk")
        self.ready(lecture_id)

    def test_before_publishing(self):
        lecture_id = self.upload()
        self.kill_while("join")
        self.ready(lecture_id)

    def test_between_heartbeat_and_drain(self):
        self.data = sample(40)
        lecture_id = self.upload()
        self.ready(lecture_id)
        lan = self.server.client("lan")
        self.assertEqual(lan.beat(lecture_id, "e" * 32, 1, [[0, 20]], 20).status, 204)
        self.restart()
        lan = self.server.client("lan")
        wait_for("readiness", lambda: lan.get("/readyz").status == 200)
        self.assertEqual(lan.progress(lecture_id)["watched"], [[0, 20]])

    def test_again_and_again_at_random_times(self):
        """Six times in a row: a machine with a bad power supply still gets its lecture done."""
        self.data = sample(40)  # so that later ones still find it in the making
        seed = random.randrange(1 << 30)
        rng = random.Random(seed)
        lecture_id = self.upload()
        for _ in range(6):
            time.sleep(rng.uniform(0.05, 1.5))
            self.restart()
        lecture = self.ready(lecture_id)
        self.assertEqual(lecture["job"]["warnings"], [], f"seed {seed}")

    def test_a_killed_run_gives_the_same_package(self):
        self.data = sample(40)
        first = self.ready(self.upload())
        folder = os.path.join(self.server.data, "media", "packages", first["playback"]["hls"].split("/")[3])
        whole = {os.path.basename(p): os.path.getsize(p) for p in glob.glob(folder + "/v*.mp4")
                 if "." not in os.path.basename(p)[:-4]}
        other = Server().start()
        try:
            other.add_user("teacher", "instructor")
            teacher = other.client("teacher")
            lecture_id = Tus(teacher).send(self.data, title="again")
            wait_for("processing", lambda: teacher.lecture(lecture_id)["state"] == "processing")
            time.sleep(0.5)
            other.kill()
            other.start()
            teacher = other.client("teacher")
            lecture = other.wait_for_state(teacher, lecture_id, "ready", patience_s=300)
            package = lecture["playback"]["hls"].split("/")[3]
            self.assertEqual(package, first["playback"]["hls"].split("/")[3])
            for name in whole:
                paths = [os.path.join(d, "media", "packages", package, name) for d in (self.server.data, other.data)]
                contents = []
                for path in paths:
                    with open(path, "rb") as f:
                        contents.append(f.read())
                self.assertEqual(contents[0] == contents[1], True, name)
        finally:
            other.clean()


class LostRedis(unittest.TestCase):
    def test_a_flushed_redis_costs_time_and_nothing_else(self):
        server = Server().start()
        try:
            server.add_user("teacher", "instructor")
            teacher = server.client("teacher")
            lecture_id = Tus(teacher).send(sample(40), title="flushed")
            for _ in range(4):
                time.sleep(0.7)
                server.redis("FLUSHALL")
            lecture = server.wait_for_state(teacher, lecture_id, "ready", "failed", patience_s=300)
            self.assertEqual(lecture["state"], "ready", lecture)
        finally:
            server.clean()

    def test_orders_that_redis_forgot_before_it_came_back_are_given_again(self):
        server = Server(workers="1").start()
        try:
            server.add_user("teacher", "instructor")
            teacher = server.client("teacher")
            lecture_id = Tus(teacher).send(sample(40), title="older data")
            wait_for("orders ahead of the worker", lambda: int(server.redis("XLEN", "tasks")[1:]) > 1)
            server.redis("XTRIM", "tasks", "MAXLEN", "0")
            redis, = [pid for pid, name in descendants(server.process.pid) if name == "redis-server"]
            os.kill(redis, signal.SIGKILL)
            lecture = server.wait_for_state(teacher, lecture_id, "ready", "failed", patience_s=300)
            self.assertEqual(lecture["state"], "ready", lecture)
        finally:
            server.clean()


if __name__ == "__main__":
    unittest.main()
