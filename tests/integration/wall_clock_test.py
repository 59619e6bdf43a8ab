#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""A machine whose clock is set by years, ahead and back, while the server and Redis run and while they do
not: no upload goes, no lease ends, no file is swept away."""
import mmap
import os
import random
import signal
import sqlite3
import struct
import time
import unittest

import server
from server import Server, Tus, descendants, sample, wait_for

PRELOADED = os.path.join(server.BUILD, "tests", "integration", "shifted-clock.so")
TEN_YEARS_S = 3653 * 24 * 3600
IS_SANITIZED = os.path.basename(server.BUILD) in ("asan", "tsan")  # they must be preloaded first
LEASE_CHECK_S = 3  # server/roles/dispatcher.c
LEASE_S = 30  # server/roles/dispatcher.h


@unittest.skipIf(IS_SANITIZED, "a sanitizer must be preloaded first")
class WallClock(unittest.TestCase):
    def setUp(self):
        self.assertTrue(os.path.exists(PRELOADED), "without it every test would pass")
        self.server = Server(workers="1")
        path = os.path.join(self.server.data, "clock")
        with open(path, "w+b") as file:
            file.write(bytes(8))
            file.flush()
            self.shift = mmap.mmap(file.fileno(), 8)
        self.server.environment = {"LD_PRELOAD": PRELOADED, "BANMAI_CLOCK": path}
        self.server.start()
        self.server.add_user("teacher", "instructor")
        self.teacher = self.server.client("teacher")

    def tearDown(self):
        self.server.clean()
        self.shift.close()

    def set_clock(self, shift_s):
        self.shift[:] = struct.pack("=q", shift_s)

    def restart(self):
        """What keeps house does so when the server starts."""
        self.assertEqual(self.server.stop(), 0)
        self.server.start()
        self.teacher = self.server.client("teacher")

    def query(self, sql, *values):
        with sqlite3.connect(f"file:{self.server.data}/banmai.sqlite3?mode=ro", uri=True) as db:
            return db.execute(sql, values).fetchall()

    def files(self):
        """Of all folders of the media store, apart from what is being made."""
        return sorted(os.path.join(folder, name)
                      for folder, _, names in os.walk(os.path.join(self.server.data, "media")) for name in names)

    def warnings(self, text):
        return [line for line in self.server.log if text in line["msg"]]

    def state(self, lecture_id):
        return self.query("select state from lectures where id = ?", lecture_id)[0][0]

    def assert_undisturbed(self, lecture_id):
        """No task was begun again: nobody lost a lease."""
        failed = self.query("select kind, number, attempts from tasks join jobs on jobs.id = job_id"
                           " where lecture_id = ?", lecture_id)
        self.assertTrue(failed)
        self.assertEqual([task for task in failed if task[2] > 0], [])
        self.assertEqual(self.warnings("lease has ended"), [])

    def test_the_shift_reaches_redis_and_the_server(self):
        """Else the other tests show nothing."""
        self.set_clock(TEN_YEARS_S)
        told = self.server.redis("TIME").split(b"\r\n")[2]
        self.assertAlmostEqual(int(told), time.time() + TEN_YEARS_S, delta=100)
        lecture_id = Tus(self.server.client("teacher")).new(5, title="x").rsplit("/", 1)[1]
        made = self.query("select created_at_ms from uploads where id = ?", lecture_id)[0][0]
        self.assertAlmostEqual(made / 1000, time.time() + TEN_YEARS_S, delta=100)

    def test_a_job_goes_on_whatever_the_clock_is_set_to(self):
        seed = random.randrange(1 << 30)
        rng = random.Random(seed)
        lecture_id = Tus(self.teacher).send(sample(40), title="jumps")
        n_set = 0
        while self.state(lecture_id) not in ("ready", "failed"):
            self.set_clock(rng.choice((-1, 1)) * rng.randrange(TEN_YEARS_S))
            n_set += 1
            time.sleep(rng.uniform(.1, 1.5 * LEASE_CHECK_S))
        self.assertGreater(n_set, 1, f"seed {seed}")
        self.assertEqual(self.state(lecture_id), "ready", f"seed {seed}")
        self.assert_undisturbed(lecture_id)
        self.assertEqual(self.query("select warnings from jobs where lecture_id = ?", lecture_id), [("[]",)])

    def test_a_job_that_begins_behind_a_leap_is_not_kept_waiting(self):
        """Redis measures how long somebody blocks by the wall clock: set back by years, it answers late."""
        for shift_s in (-TEN_YEARS_S, TEN_YEARS_S, 0):
            self.set_clock(shift_s)
            lecture_id = Tus(self.server.client("teacher")).send(sample(4), title="behind")
            wait_for("the lecture", lambda a=lecture_id: self.state(a) in ("ready", "failed"))
            self.assertEqual(self.state(lecture_id), "ready")
            self.assert_undisturbed(lecture_id)

    def test_a_machine_that_stood_still_once_ended_the_leases_of_all_its_workers(self):
        """As a paused virtual machine does: the monotonic clock goes on, and nobody could report."""
        lecture_id = Tus(self.teacher).send(sample(40), title="stood")
        wait_for("a chunk to run", lambda: self.query(
            "select 1 from tasks where kind = 'chunk' and state = 'running'"), interval_s=.01)
        everybody = [self.server.process.pid, *(pid for pid, _ in descendants(self.server.process.pid))]
        for pid in everybody:
            os.kill(pid, signal.SIGSTOP)
        time.sleep(LEASE_S + 3)
        for pid in everybody:
            os.kill(pid, signal.SIGCONT)
        wait_for("the lecture", lambda: self.state(lecture_id) in ("ready", "failed"))
        self.assertEqual(self.state(lecture_id), "ready")
        self.assert_undisturbed(lecture_id)
        self.assertTrue(self.warnings("all leases begin anew"))

    def test_an_upload_under_way_survives_years_that_nobody_lived(self):
        data = sample(4)
        path = Tus(self.teacher).new(len(data), title="half")
        self.assertEqual(Tus(self.teacher).patch(path, 0, data[:1000]).status, 204)
        for shift_s in (TEN_YEARS_S, -TEN_YEARS_S, 0):
            self.set_clock(shift_s)
            self.restart()
            self.assertEqual(Tus(self.teacher).offset(path), 1000)
        self.set_clock(TEN_YEARS_S)
        self.teacher = self.server.client("teacher")
        self.assertEqual(Tus(self.teacher).patch(path, 1000, data[1000:]).status, 204)
        lecture_id = path.rsplit("/", 1)[1]
        wait_for("the lecture", lambda: self.state(lecture_id) in ("ready", "failed"))
        self.assertEqual(self.state(lecture_id), "ready")

    def test_files_and_sessions_outlive_a_wrong_clock(self):
        lecture_id = Tus(self.teacher).send(sample(4), title="kept")
        self.server.wait_for_state(self.teacher, lecture_id, "ready")
        before, first = self.files(), self.teacher.cookie
        for shift_s in (TEN_YEARS_S, -TEN_YEARS_S, 0):
            self.set_clock(shift_s)
            self.restart()
            self.assertEqual(self.files(), before)
        self.assertEqual(self.warnings("does not know"), [])
        self.teacher.cookie = first
        self.assertEqual(self.teacher.lecture(lecture_id)["state"], "ready")


if __name__ == "__main__":
    unittest.main(verbosity=2)
