#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Request heads that never end: each is given up in time, and a good client does not notice."""
import time
import unittest

import machine
from machine import Crowd, GoodClient, Server, choose, engine, figure

N = choose(1000, 10000)
PER_SECOND = 1000
BYTE_EVERY_S = choose(1, 5)
HEAD_S = 10  # as limits.c has it


class SlowHeaders(unittest.TestCase):
    def drip(self, crowd):
        """Opens them at a rate, and lets each say another byte now and then."""
        next_byte_at = time.monotonic() + BYTE_EVERY_S
        ends_at = None
        while ends_at is None or (crowd.open_members() and time.monotonic() < ends_at):
            if len(crowd.members) < N:
                crowd.grow(PER_SECOND // 20)
            elif ends_at is None:
                ends_at = time.monotonic() + HEAD_S + 5
            crowd.look(0.05)
            if time.monotonic() >= next_byte_at:
                next_byte_at += BYTE_EVERY_S
                for member in crowd.open_members():
                    crowd.say(member, b"x")

    def check(self, tls):
        folder = engine.Folder()
        self.addCleanup(folder.remove)
        with Server(folder, tls=tls) as server:
            crowd = Crowd(server, greet=b"GET / HTTP/1.1\r\nHost: h\r\nX-Slow: ")
            with GoodClient(server) as good:
                self.drip(crowd)
            lives = [member.lived_s for member in crowd.members]
            still_open = len(crowd.open_members())
            peak_mib = machine.memory_kib(server.process.pid, "VmHWM") / 1024
            crowd.disperse()
            server.stop_gracefully()
        print(f"{N} slow heads, {'TLS' if tls else 'plain'}", flush=True)
        self.assertEqual((still_open, crowd.n_turned_away), (0, 0))
        self.assertTrue(figure("longest life", max(lives), HEAD_S + 2, " s"))
        self.assertGreater(min(lives), HEAD_S - 1)
        holds = [figure("memory", peak_mib, 200, " MiB"),
                 figure("p99 of a good client", machine.quantile(good.seconds, 0.99) * 1000, choose(1000, 200), " ms")]
        self.assertTrue(all(holds) or machine.IS_SANITIZED)

    def setUp(self):
        machine.raise_descriptor_limit()

    def test_plain(self):
        self.check(tls=False)

    @unittest.skipUnless(machine.IS_LONG, "twelve seconds more for the same deadline")
    def test_tls(self):
        self.check(tls=True)


if __name__ == "__main__":
    unittest.main()
