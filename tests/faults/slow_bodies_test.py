#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Request bodies: those that hardly move are given up, slow honest uplinks are not."""
import time
import unittest

import machine
from machine import Crowd, Server, choose, engine, figure

N_SLOW, N_HONEST = choose(200, 2000), choose(40, 200)
GRACE_MS = choose(3000, 30000)
SLOW_BYTES_PER_S, HONEST_BYTES_PER_S = 100, 1024
HONEST_BYTES = choose(7 * 1024, 100 * 1024)
GIVEN_UP_WITHIN_S = choose(10, 90)


def head(n_bytes):
    return f"POST /count HTTP/1.1\r\nHost: h\r\nContent-Length: {n_bytes}\r\n\r\n".encode()


class SlowBodies(unittest.TestCase):
    def setUp(self):
        machine.raise_descriptor_limit()
        self.folder = engine.Folder()
        self.addCleanup(self.folder.remove)

    def upload(self, slow, honest, sent):
        """Each second both crowds say what their rate allows."""
        next_at = time.monotonic()
        ends_at = next_at + max(GIVEN_UP_WITHIN_S, HONEST_BYTES / HONEST_BYTES_PER_S) + 3
        while time.monotonic() < ends_at and (slow.open_members() or sent < HONEST_BYTES):
            if time.monotonic() >= next_at:
                next_at += 1
                piece = min(HONEST_BYTES_PER_S, HONEST_BYTES - sent)
                sent += piece
                for member in honest.open_members():
                    honest.say(member, b"y" * piece)
                for member in slow.open_members():
                    slow.say(member, b"x" * SLOW_BYTES_PER_S)
            slow.look(0.02)
            honest.look(0.02)
        ends_at = time.monotonic() + 3
        while time.monotonic() < ends_at and any(m.n_received == 0 for m in honest.members):
            honest.look(0.05)

    def test_rates_tell_them_apart(self):
        with Server(self.folder, "--body-grace-ms", str(GRACE_MS)) as server:
            slow = Crowd(server, greet=head(10_000_000))
            honest = Crowd(server, greet=head(HONEST_BYTES))
            honest.grow(N_HONEST)
            slow.grow(N_SLOW)
            self.upload(slow, honest, 0)
            n_finished = sum(m.received.startswith(b"HTTP/1.1 200 ") for m in honest.members)
            n_refused = sum(m.received.startswith(b"HTTP/1.1 408 ") for m in slow.members)
            n_open = len(slow.open_members())
            longest = max(m.lived_s for m in slow.members)
            slow.disperse()
            honest.disperse()
            server.stop_gracefully()
        print(f"{N_SLOW} bodies at {SLOW_BYTES_PER_S} B/s, {N_HONEST} at {HONEST_BYTES_PER_S} B/s", flush=True)
        figure("honest uploads that finished", n_finished)
        figure("slow bodies answered with 408", n_refused)
        self.assertEqual((n_finished, n_open), (N_HONEST, 0))
        self.assertTrue(figure("longest life of a slow body", longest, GIVEN_UP_WITHIN_S, " s"))



if __name__ == "__main__":
    unittest.main()
