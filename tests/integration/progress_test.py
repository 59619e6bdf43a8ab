#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Watch progress: what counts, what does not, and that nothing acknowledged is lost."""
import os
import random
import signal
import sqlite3
import time
import unittest

from server import Server, Tus, make_clip, wait_for


def new_session():
    return "%032x" % random.getrandbits(128)


class Progress(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.server = Server(progress_credit_s="30").start()
        cls.server.add_user("teacher", "instructor")
        teacher = cls.server.client("teacher")
        clip = make_clip(os.path.join(cls.server.data, "clip.mp4"), 100, size="64x36", rate=5)
        with open(clip, "rb") as f:
            cls.lecture_id = Tus(teacher).send(f.read(), title="hundred seconds")
        cls.server.wait_for_state(teacher, cls.lecture_id, "ready", patience_s=300)

    @classmethod
    def tearDownClass(cls):
        cls.server.clean()

    def setUp(self):
        self.login = "u%08x" % random.getrandbits(32)
        self.server.add_user(self.login, "learner")
        self.client = self.server.client(self.login)
        self.session = new_session()

    def report(self, watched, position_s=0, seq=1, session=None, **more):
        return self.client.beat(self.lecture_id, session or self.session, seq, watched, position_s, **more)

    def watched(self):
        return self.client.progress(self.lecture_id)["watched"]

    def assert_refused(self, reply, reason):
        self.assertEqual(reply.status, 200, reply)
        self.assertEqual(reply.json(), {"refused": [{"index": 0, "reason": reason}]})

    def test_intervals_are_united(self):
        self.assertEqual(self.report([[0, 5], [3, 8], [20, 22]], 22).status, 204)
        self.assertEqual(self.watched(), [[0, 8], [20, 22]])
        progress = self.client.progress(self.lecture_id)
        self.assertEqual((progress["watched_s"], progress["position_s"]), (10, 22))
        self.assertAlmostEqual(progress["coverage"], 0.1, places=3)

    def test_a_beat_sent_twice_counts_once(self):
        for _ in range(5):
            self.assertEqual(self.report([[0, 20]], 20).status, 204)
        self.assertEqual(self.watched(), [[0, 20]])

    def test_more_than_there_was_time_for_is_refused_and_changes_nothing(self):
        self.assert_refused(self.report([[0, 90]], 90), "implausible")
        progress = self.client.progress(self.lecture_id)
        self.assertEqual((progress["watched"], progress["position_s"]), ([], 0))
        self.assertEqual(self.report([[0, 25]], 25, 2).status, 204, "an honest beat still counts")

    def test_time_that_passes_buys_seconds(self):
        self.assertEqual(self.report([[0, 30]], 30).status, 204)
        self.assert_refused(self.report([[30, 40]], 40, 2), "implausible")
        time.sleep(3)
        self.assertEqual(self.report([[30, 36]], 36, 3).status, 204)

    def test_dragging_to_the_end_earns_nothing(self):
        self.assertEqual(self.report([], 99.9).status, 204)
        progress = self.client.progress(self.lecture_id)
        self.assertEqual((progress["watched_s"], progress["position_s"], progress["completed"]), (0, 99.9, False))

    def test_the_later_position_wins_whatever_arrives_first(self):
        self.assertEqual(self.report([[0, 5]], 5, age_s=0).status, 204)
        self.assertEqual(self.report([[10, 15]], 60, 2, new_session(), age_s=3600).status, 204)
        progress = self.client.progress(self.lecture_id)
        self.assertEqual(progress["position_s"], 5, "an hour old")
        self.assertEqual(progress["watched"], [[0, 5], [10, 15]], "but what was watched counts")

    def test_seconds_beyond_the_end_are_cut_off(self):
        self.assertEqual(self.report([[95, 120]], 130).status, 204)
        progress = self.client.progress(self.lecture_id)
        self.assertEqual(progress["watched"], [[95, 100]])
        self.assertLessEqual(progress["position_s"], progress["duration_s"])

    def test_one_bad_beat_does_not_spoil_the_others(self):
        good = {"lecture": self.lecture_id, "seq": 1, "watched": [[0, 5]], "position_s": 5}
        beats = [good, {**good, "lecture": "0" * 32}, {**good, "watched": [[5, 1]]}, {**good, "seq": -1},
                 {**good, "position_s": "far"}, {**good, "watched": [[50, 99]]}, {**good, "watched": [[5, 6]]}]
        reply = self.client.call("POST", "/api/v1/progress", {"session": self.session, "beats": beats})
        self.assertEqual(reply.status, 200)
        self.assertEqual([(r["index"], r["reason"]) for r in reply.json()["refused"]],
                         [(1, "unknown-lecture"), (2, "malformed"), (3, "malformed"), (4, "malformed"),
                          (5, "implausible")])
        self.assertEqual(self.watched(), [[0, 6]])

    def test_malformed_bodies_are_400(self):
        for body in ({}, {"session": "x", "beats": []}, {"session": self.session},
                     {"session": self.session, "beats": {}}, {"session": self.session, "beats": [{}] * 201}):
            self.assertEqual(self.client.call("POST", "/api/v1/progress", body).status, 400, body)

    def test_many_small_intervals_in_one_beat(self):
        watched = [[2 * i + 0.2, 2 * i + 0.9] for i in range(50)]
        session = new_session()
        self.assertIn(self.report(watched[:25], 50, 1, session).status, (204,))
        self.assertEqual(len(self.watched()), 25)

    def test_two_devices_meet(self):
        self.assertEqual(self.report([[0, 10]], 10).status, 204)
        self.assertEqual(self.report([[50, 60]], 60, 1, new_session()).status, 204)
        self.assertEqual(self.watched(), [[0, 10], [50, 60]])

    def test_others_do_not_see_it(self):
        self.assertEqual(self.report([[0, 10]], 10).status, 204)
        self.server.add_user("v" + self.login, "learner")
        self.assertEqual(self.server.client("v" + self.login).progress(self.lecture_id)["watched"], [])


class Durability(unittest.TestCase):
    def setUp(self):
        self.server = Server(progress_credit_s="100000").start()
        self.server.add_user("teacher", "instructor")
        self.server.add_user("lan", "learner")
        teacher = self.server.client("teacher")
        clip = make_clip(os.path.join(self.server.data, "clip.mp4"), 60, size="64x36", rate=5)
        with open(clip, "rb") as f:
            self.lecture_id = Tus(teacher).send(f.read(), title="a minute")
        self.server.wait_for_state(teacher, self.lecture_id, "ready", patience_s=300)

    def tearDown(self):
        self.server.clean()

    def stored(self):
        with sqlite3.connect(f"file:{self.server.data}/banmai.sqlite3?mode=ro", uri=True) as db:
            row = db.execute("select watched_s from progress").fetchone()
        return row[0] if row else 0

    def test_acknowledged_beats_survive_the_death_of_everything(self):
        """Also of Redis itself, killed hard: it wrote before it answered."""
        client = self.server.client("lan")
        acknowledged = 0
        for second in range(40):
            reply = client.beat(self.lecture_id, "b" * 32, second, [[second, second + 1]], second + 1)
            self.assertEqual(reply.status, 204, reply)
            acknowledged += 1
            if second % 10 == 9:
                os.kill(self.server.pid_of("redis-server"), signal.SIGKILL)
                self.server.kill()
                self.server.start()
                client = self.server.client("lan")
                wait_for("Redis", lambda: client.get("/readyz").status == 200)
        progress = client.progress(self.lecture_id)
        self.assertEqual(progress["watched"], [[0, acknowledged]])
        self.assertEqual(progress["position_s"], acknowledged)
        wait_for("the drain", lambda: self.stored() == acknowledged)

    def test_without_redis_nothing_is_acknowledged_and_reading_goes_on(self):
        client = self.server.client("lan")
        self.assertEqual(client.beat(self.lecture_id, "c" * 32, 1, [[0, 10]], 10).status, 204)
        wait_for("the drain", lambda: self.stored() == 10)
        os.kill(self.server.pid_of("redis-server"), signal.SIGSTOP)
        try:
            reply = client.call("POST", "/api/v1/progress", {"session": "c" * 32, "beats": [
                {"lecture": self.lecture_id, "seq": 2, "watched": [[10, 20]], "position_s": 20}]})
            self.assertEqual(reply.status, 503)
            self.assertTrue(reply.headers["Retry-After"])
            self.assertEqual(client.progress(self.lecture_id)["watched"], [[0, 10]])
            self.assertEqual(client.get(client.lecture(self.lecture_id)["playback"]["hls"]).status, 200)
            self.assertEqual(client.get("/readyz").status, 503)
            self.assertIn(b"redis: ", client.get("/readyz").body)
        finally:
            os.kill(self.server.pid_of("redis-server"), signal.SIGCONT)
        wait_for("readiness", lambda: client.get("/readyz").status == 200)
        self.assertEqual(client.beat(self.lecture_id, "c" * 32, 2, [[10, 20]], 20).status, 204)

    def test_the_drain_merges_and_a_replay_changes_nothing(self):
        client = self.server.client("lan")
        client.beat(self.lecture_id, "d" * 32, 1, [[0, 10]], 10)
        wait_for("the drain", lambda: self.stored() == 10)
        client.beat(self.lecture_id, "d" * 32, 2, [[5, 25]], 25)
        wait_for("the drain", lambda: self.stored() == 25)
        user = sqlite3.connect(f"file:{self.server.data}/banmai.sqlite3?mode=ro", uri=True).execute(
            "select id from users where login = 'lan'").fetchone()[0]
        self.server.redis("SADD", "wp:dirty", f"{user}:{self.lecture_id}")
        time.sleep(6)
        self.assertEqual(self.stored(), 25)


if __name__ == "__main__":
    unittest.main()
