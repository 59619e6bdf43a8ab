# SPDX-License-Identifier: GPL-3.0-or-later
"""Answers that leave at a pace: three times what is used at first, on a connection of HTTP/1.1, and for
each stream of HTTP/2."""
import time
import unittest

import engine
import h2_client
from engine import Server, request

FOLDER = engine.Folder()
FILE_BYTES = 300_000
USED_BYTES_PER_S = 60_000
PACED = f"/files/file.bin?pace={USED_BYTES_PER_S}"
SEGMENT_BYTES = 1400  # of TCP; of the loopback's 64 KiB the kernel sends ten without a pace
PACED_S = FILE_BYTES / (3 * USED_BYTES_PER_S)  # 1.7 s; the first bytes leave at once
AT_LEAST_S, AT_MOST_S = 0.7 * PACED_S, 1.5 * PACED_S  # two in turn would take twice as long


def tearDownModule():
    FOLDER.remove()


class Http1(unittest.TestCase):
    def check(self, tls):
        with Server(FOLDER, tls=tls) as server:
            with server.connect(segment_bytes=SEGMENT_BYTES) as client:
                for target, at_least_s, at_most_s in ((PACED, AT_LEAST_S, AT_MOST_S),
                                                      ("/files/file.bin", 0, AT_LEAST_S)):
                    started = time.monotonic()
                    client.send(request(target))
                    self.assertEqual(client.answer().body, FOLDER.read())
                    took = time.monotonic() - started
                    self.assertTrue(at_least_s <= took <= at_most_s, (target, took))
            server.stop_gracefully()

    def test_plain(self):
        self.check(tls=False)

    def test_tls(self):
        self.check(tls=True)


class Http2(unittest.TestCase):
    def setUp(self):
        self.server = Server(FOLDER, tls=True)
        wide = h2_client.settings((4, 1 << 24)) + h2_client.window_update(0, 1 << 24)
        self.client = h2_client.H2Client(self.server, h2_client.MAGIC + wide, segment_bytes=SEGMENT_BYTES)

    def tearDown(self):
        self.client.raw.socket.close()
        self.server.stop_gracefully()
        self.server.__exit__(None, None, None)

    def fetch(self, first_stream, *targets):
        """Asks for all at once; seconds until the end of each."""
        started, seconds = time.monotonic(), []
        streams = [first_stream + 2 * i for i in range(len(targets))]
        for stream, target in zip(streams, targets):
            self.client.send(h2_client.request(stream, target, more=[("priority", "i")]))
        for stream in streams:
            self.assertEqual(self.client.answer(stream).body, FOLDER.read())
            seconds.append(time.monotonic() - started)
        return seconds

    def check_paced(self, seconds):
        self.assertTrue(AT_LEAST_S <= seconds <= AT_MOST_S, seconds)

    def test_a_stream(self):
        self.check_paced(self.fetch(1, PACED)[0])

    def test_each_stream_has_its_pace(self):
        self.check_paced(self.fetch(1, PACED, PACED)[1])
        self.check_paced(self.fetch(5, PACED)[0])

    def test_a_stream_without_a_pace_does_not_wait_for_the_others(self):
        self.assertLess(self.fetch(1, "/files/file.bin", PACED)[0], AT_LEAST_S)
        self.check_paced(self.fetch(5, PACED)[0])


if __name__ == "__main__":
    unittest.main()
