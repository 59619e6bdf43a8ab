#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Watch progress: what counts, what does not, and that nothing acknowledged is lost."""
import os
import random
import signal
import sqlite3
import threading
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
        self.assert_refused(self.report([[0, 90]], 90), "too-soon")
        progress = self.client.progress(self.lecture_id)
        self.assertEqual((progress["watched"], progress["position_s"]), ([], 0))
        self.assertEqual(self.report([[0, 25]], 25, 2).status, 204, "an honest beat still counts")

    def test_time_that_passes_buys_seconds(self):
        self.assertEqual(self.report([[0, 30]], 30).status, 204)
        self.assert_refused(self.report([[30, 40]], 40, 2), "too-soon")
        time.sleep(3)
        self.assertEqual(self.report([[30, 36]], 36, 3).status, 204)

    def test_dragging_to_the_end_earns_nothing(self):
        self.assertEqual(self.report([], 99.9).status, 204)
        progress = self.client.progress(self.lecture_id)
        self.assertEqual((progress["watched_s"], progress["position_s"], progress["completed"]), (0, 99.9, False))

    def test_neither_clock_nor_arrival_orders_positions(self):
        """The session that was heard of later wins, and within it the higher seq: a phone says nothing
        about when that was."""
        later = new_session()
        self.client.keeps_to_contract = False  # age_s was told once
        self.addCleanup(setattr, self.client, "keeps_to_contract", True)
        self.assertEqual(self.report([[0, 5]], 5, 8).status, 204)
        self.assertEqual(self.report([], 60, 0, later, age_s=3600).status, 204)
        self.assertEqual(self.report([[10, 15]], 15, 9, age_s=0).status, 204)
        self.assertEqual(self.report([], 30, 0, later).status, 204)
        progress = self.client.progress(self.lecture_id)
        self.assertEqual(progress["position_s"], 60)
        self.assertEqual((progress["session"], progress["seq"]), (later, 0))
        self.assertEqual(progress["watched"], [[0, 5], [10, 15]], "what was watched counts")

    def test_many_sessions_earn_no_more_than_one(self):
        """Forty idle sessions earned forty times the time that passed."""
        sessions = [new_session() for _ in range(40)]
        for session in sessions:
            self.assertEqual(self.report([], 0, 0, session).status, 204)
        time.sleep(1)
        for i, session in enumerate(sessions):
            self.report([[i * 2, i * 2 + 2]], i, 1, session)
        self.assertLess(self.client.progress(self.lecture_id)["watched_s"], 30 + 2.2 * 8)
        user = self.client.get("/api/v1/me").json()["id"]
        n_keys = self.server.redis("EVAL", "return #redis.call('KEYS', ARGV[1])", "0", f"*{user}*")
        self.assertEqual(n_keys, b":4\r\n", "sessions have no keys")

    def test_a_draft_of_somebody_else_is_not_there(self):
        draft = Tus(self.server.client("teacher")).new(1000, title="draft", filename="d.mp4").rsplit("/", 1)[1]
        self.assertEqual(self.client.get(f"/api/v1/lectures/{draft}/progress").status, 404)
        reply = self.client.beat(draft, self.session, 0, [], 0)
        self.assertEqual(reply.json(), {"refused": [{"index": 0, "reason": "unknown-lecture"}]})
        teacher = self.server.client("teacher")
        self.assertEqual(teacher.get(f"/api/v1/lectures/{draft}/progress").status, 200)
        broken = Tus(teacher).send(b"no recording" * 99, title="broken", filename="b.mp4")
        self.server.wait_for_state(teacher, broken, "failed")
        self.assertEqual(self.client.get(f"/api/v1/lectures/{broken}/progress").status, 404)

    def test_a_long_report_is_refused_with_words_and_changes_nothing(self):
        beats = [{"lecture": self.lecture_id, "seq": i, "watched": [[k / 10, k / 10 + 0.05] for k in range(3)],
                  "position_s": 9} for i in range(134)]
        reply = self.client.call("POST", "/api/v1/progress", {"session": self.session, "beats": beats},
                                 {"Accept-Language": "vi"})
        self.assertEqual(reply.status, 413)
        self.assertIn("Hãy chia thành nhiều báo cáo", reply.json()["detail"])
        self.assertEqual(self.client.progress(self.lecture_id)["position_s"], 0)
        reply = self.client.call("POST", "/api/v1/progress", {"session": self.session, "beats": beats[:133]})
        self.assertEqual(reply.status, 204)
        reply = self.client.call("POST", "/api/v1/progress", {"session": self.session, "beats": [],
                                                              "more": "x" * 70000})
        self.assertEqual(reply.status, 413)

    def test_one_learners_reports_do_not_hold_up_the_others(self):
        beats = [{"lecture": self.lecture_id, "seq": i, "watched": [[2 * k, 2 * k + 1] for k in range(2)],
                  "position_s": 9} for i in range(200)]
        stop = threading.Event()
        answers = set()

        def hammer():
            while not stop.is_set():
                answers.add(self.client.call("POST", "/api/v1/progress", {"session": self.session, "beats": beats}).status)

        threads = [threading.Thread(target=hammer) for _ in range(16)]
        for thread in threads:
            thread.start()
        self.server.add_user("v" + self.login, "learner")
        other = self.server.client("v" + self.login)
        waited_ms = []
        for seq in range(20):
            start = time.monotonic()
            self.assertEqual(other.beat(self.lecture_id, new_session(), seq, [], 1).status, 204)
            waited_ms.append((time.monotonic() - start) * 1000)
        stop.set()
        for thread in threads:
            thread.join()
        self.assertLess(sorted(waited_ms)[10], 50, waited_ms)
        self.assertLessEqual(answers, {200, 204, 429})

    def test_seconds_beyond_the_end_are_cut_off(self):
        self.assertEqual(self.report([[95, 120]], 130).status, 204)
        progress = self.client.progress(self.lecture_id)
        self.assertEqual(progress["watched"], [[95, 100]])
        self.assertLessEqual(progress["position_s"], progress["duration_s"])

    def test_one_bad_beat_does_not_spoil_the_others(self):
        good = {"lecture": self.lecture_id, "seq": 1, "watched": [[0, 5]], "position_s": 5}
        beats = [good, {**good, "lecture": "0" * 32}, {**good, "watched": [[5, 1]]}, {**good, "seq": -1},
                 {**good, "position_s": "far"}, {**good, "watched": [[50, 99]]}, {**good, "watched": [[5, 6]]}]
        self.client.keeps_to_contract = False
        self.addCleanup(setattr, self.client, "keeps_to_contract", True)
        reply = self.client.call("POST", "/api/v1/progress", {"session": self.session, "beats": beats})
        self.assertEqual(reply.status, 200)
        self.assertEqual([(r["index"], r["reason"]) for r in reply.json()["refused"]],
                         [(1, "unknown-lecture"), (2, "malformed"), (3, "malformed"), (4, "malformed"),
                          (5, "too-soon")])
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

    def test_without_redis_nothing_is_acknowledged_and_nothing_older_is_told(self):
        client = self.server.client("lan")
        self.assertEqual(client.beat(self.lecture_id, "c" * 32, 1, [[0, 10]], 10).status, 204)
        wait_for("the drain", lambda: self.stored() == 10)
        os.kill(self.server.pid_of("redis-server"), signal.SIGSTOP)
        try:
            reply = client.call("POST", "/api/v1/progress", {"session": "c" * 32, "beats": [
                {"lecture": self.lecture_id, "seq": 2, "watched": [[10, 20]], "position_s": 20}]})
            self.assertEqual(reply.status, 503)
            self.assertTrue(reply.headers["Retry-After"])
            reply = client.get(f"/api/v1/lectures/{self.lecture_id}/progress")
            self.assertEqual(reply.status, 503, "SQLite alone may be older")
            self.assertTrue(reply.headers["Retry-After"])
            self.assertEqual(client.get(client.lecture(self.lecture_id)["playback"]["hls"]).status, 200)
            self.assertEqual(client.get("/readyz").status, 503)
            self.assertIn(b"redis: ", client.get("/readyz").body)
        finally:
            os.kill(self.server.pid_of("redis-server"), signal.SIGCONT)
        wait_for("readiness", lambda: client.get("/readyz").status == 200)
        # of the other loop, too: each has a link of its own, and a page sends again what got 503
        wait_for("the beat", lambda: client.beat(self.lecture_id, "c" * 32, 2, [[10, 20]], 20).status == 204)

    def test_after_a_flush_what_was_drained_is_there_and_order_goes_on(self):
        client = self.server.client("lan")
        for session, seq, second in (("a" * 32, 7, 20), ("b" * 32, 4, 10)):
            self.assertEqual(client.beat(self.lecture_id, session, seq, [[second - 10, second]], second).status, 204)
        wait_for("the drain", lambda: self.stored() == 20)
        self.server.redis("FLUSHALL")
        progress = client.progress(self.lecture_id)
        self.assertEqual((progress["position_s"], progress["watched_s"]), (10, 20))
        for session, seq, second in (("b" * 32, 3, 5), ("a" * 32, 8, 30)):
            self.assertEqual(client.beat(self.lecture_id, session, seq, [[second - 5, second]], second).status, 204)
        progress = client.progress(self.lecture_id)
        self.assertEqual((progress["position_s"], progress["watched"]), (10, [[0, 20], [25, 30]]),
                         "an older session and an older beat do not move it")
        self.assertEqual(client.beat(self.lecture_id, "b" * 32, 5, [], 11).status, 204)
        self.assertEqual(client.progress(self.lecture_id)["position_s"], 11)
        self.assertEqual(client.beat(self.lecture_id, "c" * 32, 0, [], 2).status, 204)
        self.assertEqual(client.progress(self.lecture_id)["position_s"], 2, "a new session is the latest")

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
