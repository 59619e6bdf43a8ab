#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""More connections than there are descriptors: no spinning, and service is back when they leave."""
import resource
import time
import unittest

import machine
from machine import Crowd, Server, engine, figure

N = 3000
HOLD_S = 4


class Descriptors(unittest.TestCase):
    def setUp(self):
        machine.raise_descriptor_limit()
        self.folder = engine.Folder()
        self.addCleanup(self.folder.remove)

    def hold(self, server, crowd, seconds):
        """The server's share of a processor while it is full."""
        before, started = machine.cpu_s(server.process.pid), time.monotonic()
        while time.monotonic() - started < seconds:
            crowd.look(0.2)
        return (machine.cpu_s(server.process.pid) - before) / (time.monotonic() - started)

    def back_after_s(self, server):
        started = time.monotonic()
        while time.monotonic() - started < 10:
            try:
                if server.get("/").status == 200:
                    return time.monotonic() - started
            except (OSError, engine.Closed):
                time.sleep(0.02)
        return float("inf")

    def flood(self, nofile):
        prefix = ("prlimit", f"--nofile={nofile}:{nofile}")
        with Server(self.folder, "--head-ms", "60000", prefix=prefix) as server:
            crowd = Crowd(server)
            crowd.grow(N)
            self.hold(server, crowd, 1)  # until those that were turned away have heard of it
            n_held = len(crowd.open_members())
            share = self.hold(server, crowd, HOLD_S)
            n_descriptors = machine.n_descriptors(server.process.pid)
            crowd.disperse()
            back_s = self.back_after_s(server)
            server.stop_gracefully()
        print(f"{N} connections to a server with {nofile} descriptors", flush=True)
        figure("held", n_held)
        figure("descriptors in use", n_descriptors, nofile)
        self.assertLess(n_held, nofile)
        self.assertGreater(n_held, 0)
        self.assertTrue(figure("share of a processor while full", share, 0.2))
        self.assertTrue(figure("service back after", back_s, 1, " s"))

    def test_when_really_all_descriptors_are_used(self):
        """The limit falls while the server runs, so that accept4() fails on every loop, and the loops take
        each other's reserves."""
        with Server(self.folder, "--head-ms", "60000", "--loops", "4") as server:
            pid = server.process.pid
            client = server.connect()
            self.addCleanup(client.socket.close)
            limit = machine.n_descriptors(pid) + 60
            resource.prlimit(pid, resource.RLIMIT_NOFILE, (limit, limit))
            crowd = Crowd(server)
            crowd.grow(N)
            self.hold(server, crowd, 1)
            n_descriptors = machine.n_descriptors(pid)
            share = self.hold(server, crowd, HOLD_S)
            client.send("GET /files/file.bin HTTP/1.1\r\nHost: h\r\n\r\n")
            self.assertEqual(client.answer().status, 503, "a file that is there")
            crowd.disperse()
            back_s = self.back_after_s(server)
            time.sleep(1)  # a loop that still hangs up on those who left
            n_served = sum(server.get("/").status == 200 for _ in range(20))
            server.stop_gracefully()
        print(f"{N} connections to a server whose limit fell to {limit} descriptors", flush=True)
        figure("descriptors in use", n_descriptors, limit)
        self.assertGreaterEqual(n_descriptors, limit - 4)
        self.assertTrue(figure("share of a processor while full", share, 0.2))
        self.assertTrue(figure("service back after", back_s, 1, " s"))
        self.assertEqual(n_served, 20, "on every loop")

    def test_at_our_own_limit(self):
        self.flood(1024)

    def test_at_the_kernels_limit(self):
        """So few that accept4() itself fails."""
        self.flood(40)


if __name__ == "__main__":
    unittest.main()
