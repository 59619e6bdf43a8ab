#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Mixed load for a while: nothing grows, nothing answers 5xx, settings are read again meanwhile, and
the server stops well with all of it still going on.

    BANMAI_SOAK_S=300 tests/faults/soak_test.py     for so long; else 20 s, with BANMAI_LONG 30 min
"""
import os
import signal
import statistics
import threading
import time
import unittest

import machine
from machine import choose, figure
from mixed_load import Load, Server, TlsServer, prepare

SECONDS = int(os.environ.get("BANMAI_SOAK_S", choose(20, 1800)))
RELOAD_EVERY_S = 3
# Memory that is still being filled in the short form: caches, spare exchanges, the allocator's arenas.
MOST_RSS_GROWTH_KIB = 12 * 1024 if SECONDS < 120 else 2 * 1024
MOST_DESCRIPTOR_GROWTH = 8 if SECONDS < 120 else 2


class Watch(threading.Thread):
    """Looks at the server once a second, and tells it to read its settings again now and then."""

    def __init__(self, pid):
        super().__init__(daemon=True)
        self.pid = pid
        self.is_over = threading.Event()
        self.at_s, self.rss_kib, self.descriptors = [], [], []

    def run(self):
        started = time.monotonic()
        while not self.is_over.wait(1):
            self.at_s.append(time.monotonic() - started)
            self.rss_kib.append(machine.memory_kib(self.pid))
            self.descriptors.append(machine.n_descriptors(self.pid))
            if len(self.at_s) % RELOAD_EVERY_S == 0:
                os.kill(self.pid, signal.SIGHUP)


def growth(values):
    """From the second quarter, when all is warm, to the last one, each by its median."""
    quarter = max(1, len(values) // 4)
    return statistics.median(values[-quarter:]) - statistics.median(values[quarter:2 * quarter])


def slope_per_hour(at_s, values):
    """Least squares over the second half."""
    half = len(values) // 2
    xs, ys = at_s[half:], values[half:]
    return statistics.linear_regression(xs, ys).slope * 3600 if len(xs) > 2 else 0.0


class Soak(unittest.TestCase):
    def settles(self, pid, most):
        """Whether the connections of the load are given back soon after it."""
        end = time.monotonic() + 20
        while machine.n_descriptors(pid) > most and time.monotonic() < end:
            time.sleep(0.2)
        return machine.n_descriptors(pid)

    def judge(self, load, watch, languages):
        print(f"{', '.join(languages)}: {load.n_requests} requests in {SECONDS} s: {dict(sorted(load.counts.items()))}", flush=True)
        for problem in load.problems[:10]:
            print(f"  {problem}", flush=True)
        figure("RSS at the end", watch.rss_kib[-1] / 1024, unit=" MiB")
        figure("RSS slope of the second half", slope_per_hour(watch.at_s, watch.rss_kib) / 1024, unit=" MiB/h")
        figure("descriptor slope of the second half", slope_per_hour(watch.at_s, watch.descriptors), unit=" /h")
        holds = [figure("RSS growth", growth(watch.rss_kib), MOST_RSS_GROWTH_KIB, " KiB"),
                 figure("descriptor growth", growth(watch.descriptors), MOST_DESCRIPTOR_GROWTH)]
        self.assertEqual(load.problems, [])
        self.assertGreater(load.n_requests, SECONDS * 5)
        self.assertTrue(all(holds) or machine.IS_SANITIZED)

    def test_mixed_load(self):
        self.check(Server(loops=2, workers=1), ("http",))

    def test_mixed_load_over_tls_and_http_2(self):
        self.check(TlsServer(loops=2, workers=1), ("https", "h2"))

    def check(self, server, languages):
        self.addCleanup(server.clean)
        server.start()
        pid = server.process.pid
        lecture, a_file = prepare(server)
        idle_descriptors = machine.n_descriptors(pid)
        watch = Watch(pid)
        with Load(server, lecture, a_file, languages) as load:
            watch.start()
            time.sleep(SECONDS)
            watch.is_over.set()
            watch.join()
        self.assertLessEqual(self.settles(pid, idle_descriptors + 8), idle_descriptors + 8)
        self.judge(load, watch, languages)
        self.stop_under_load(server, lecture, a_file, languages)

    def stop_under_load(self, server, lecture, a_file, languages):
        with Load(server, lecture, a_file, languages) as load:
            time.sleep(2)
            load.is_stopping = True
            started = time.monotonic()
            status = server.stop()
            figure("stopped under load within", time.monotonic() - started, unit=" s")
            load.is_over.set()
        self.assertEqual(status, 0)
        self.assertFalse([line for line in server.log if line.get("level") == "error"])


if __name__ == "__main__":
    unittest.main()
