#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""A package that nobody has asked for lately lies on a disk that sleeps: whoever asks for it waits, nobody
else does."""
import os
import threading
import time
import unittest

import server
from server import Server, Tus, sample

PRELOADED = os.path.join(server.BUILD, "tests", "integration", "slow-index.so")
SLOW_S = 0.6


class SlowDisk(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.server = Server(loops="1").start()
        cls.server.add_user("teacher", "instructor")
        teacher = cls.server.client("teacher")
        lecture_id = Tus(teacher).send(sample(4), filename="a.mp4", title="A", course="B")
        cls.lecture = cls.server.wait_for_state(teacher, lecture_id, "ready", "failed", patience_s=300)
        cls.server.stop()
        armed = os.path.join(cls.server.data, "armed")
        cls.server = Server(data=cls.server.data, loops="1",
                            environment={"LD_PRELOAD": PRELOADED, "BANMAI_SLOW_INDEX": armed}).start()
        cls.armed = armed

    @classmethod
    def tearDownClass(cls):
        cls.server.clean()

    def test_an_index_on_a_sleeping_disk_stalled_its_loop(self):
        with open(self.armed, "wb"):
            pass
        answers = {}

        def ask(path):
            started = time.monotonic()
            reply = self.server.client().get(path)
            answers[path] = (reply.status, time.monotonic() - started)

        hls = self.lecture["playback"]["hls"]
        waiting = threading.Thread(target=ask, args=(hls,))
        waiting.start()
        while os.path.exists(self.armed):
            time.sleep(.005)
        ask("/healthz")
        waiting.join()
        self.assertEqual(answers[hls][0], 200)
        self.assertGreater(answers[hls][1], SLOW_S)
        self.assertEqual(answers["/healthz"][0], 200)
        self.assertLess(answers["/healthz"][1], SLOW_S / 2)

    def test_what_is_not_there_is_still_not_found(self):
        _, v, token, package, _ = self.lecture["playback"]["hls"].split("/")
        other = ("0" if package[0] != "0" else "1") + package[1:]
        for path in (f"/{v}/{token}/{package}/nothing.mp4", f"/{v}/{token}/{other}/multivariant.m3u8"):
            self.assertIn(self.server.client().get(path).status, (403, 404))


if __name__ == "__main__":
    unittest.main(verbosity=2)
