#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Files that are not in the page cache: all bytes come, and nobody else waits for the disk."""
import mmap
import os
import threading
import time
import unittest

import engine
from engine import BUILD, Server, request
from h2_client import H2Client, request as h2_request, settings, window_update

FOLDER = engine.Folder()
SIZE = 171 * 4096  # two windows and a bit
SLOW_DISK = os.path.join(BUILD, "tests", "conformance", "slow-disk.so")
IS_SANITIZED = os.path.basename(os.path.abspath(BUILD)) in ("asan", "tsan")  # they must come first


def tearDownModule():
    FOLDER.remove()


def make_cold_file(name):
    """A file that was written past the page cache, where the file system can do that."""
    path = os.path.join(FOLDER.path, name)
    data = mmap.mmap(-1, SIZE)  # aligned, as direct writing wants it
    data.write(os.urandom(SIZE))
    flags = os.O_CREAT | os.O_TRUNC | os.O_WRONLY
    try:
        file = os.open(path, flags | os.O_DIRECT, 0o600)
        os.write(file, data)
    except OSError:
        file = os.open(path, flags, 0o600)
        os.write(file, data)
    os.fsync(file)
    os.close(file)
    return bytes(data)


def read_aheads(server):
    counters = dict(line.split() for line in server.get("/counters").body.decode().splitlines())
    return int(counters["read_aheads"])


def far_server(*options, tls=False):
    """One whose files are far away; under a sanitizer, which must be loaded first, they are near."""
    prefix = () if IS_SANITIZED else ("env", f"LD_PRELOAD={SLOW_DISK}")
    return Server(FOLDER, "--loops", "1", *options, tls=tls, prefix=prefix)


class Disk(unittest.TestCase):
    def check_cold_file(self, tls):
        name = f"cold-{tls}.bin"
        data = make_cold_file(name)
        with far_server(tls=tls) as server:
            for _ in range(3):
                with server.connect() as client:
                    client.send(request(f"/files/{name}"))
                    self.assertEqual(client.answer().body, data)
            if not IS_SANITIZED:
                self.assertEqual(read_aheads(server), 1)  # then the rest of the file is near, too
            server.stop_gracefully()

    def test_a_cold_file_is_read_ahead_once(self):
        self.check_cold_file(False)

    def test_a_cold_file_over_tls(self):
        self.check_cold_file(True)

    def test_peers_that_leave_while_the_disk_is_asked(self):
        data = make_cold_file("left.bin")
        with far_server() as server:
            for _ in range(20):
                with server.connect() as client:
                    client.send(request("/files/left.bin"))
            with server.connect() as client:
                client.send(request("/files/left.bin", headers="Range: bytes=5-600004\r\n"))
                self.assertEqual(client.answer().body, data[5:600005])
            server.stop_gracefully()

    def test_many_wait_for_the_same_part(self):
        data = make_cold_file("many.bin")
        with far_server() as server:
            clients = [server.connect() for _ in range(20)]
            for client in clients:
                client.send(request("/files/many.bin"))
            for client in clients:
                self.assertEqual(client.answer().body, data)
                client.socket.close()
            if not IS_SANITIZED:
                self.assertEqual(read_aheads(server), 1)
            server.stop_gracefully()

    @unittest.skipIf(IS_SANITIZED, "a sanitizer has to be the first library")
    def test_a_slow_disk_holds_nobody_else(self):
        data = make_cold_file("slow.bin")
        with far_server() as server:
            took = []

            def get_slow():
                start = time.monotonic()
                took.append((server.get("/files/slow.bin").body == data, time.monotonic() - start))

            thread = threading.Thread(target=get_slow)
            thread.start()
            time.sleep(0.1)
            slowest = 0
            while thread.is_alive():
                start = time.monotonic()
                self.assertEqual(server.get("/").body, b"hello\n")
                slowest = max(slowest, time.monotonic() - start)
                time.sleep(0.02)
            thread.join()
            server.stop_gracefully()
        is_right, seconds = took[0]
        self.assertTrue(is_right)
        self.assertGreater(seconds, 0.5, "the disk was not slow: this test would see nothing")
        self.assertLess(slowest, 0.4)

    def test_a_cold_file_over_http_2_holds_no_other_stream(self):
        data = make_cold_file("streams.bin")
        with far_server(tls=True) as server:
            with H2Client(server) as client:
                start = time.monotonic()
                client.send(settings((4, 1 << 24)) + window_update(0, 1 << 24) +
                            h2_request(1, "/files/streams.bin") + h2_request(3, "/"))
                self.assertEqual(client.answer(3).body, b"hello\n")
                self.assertNotIn(1, client.bodies)
                hello_s = time.monotonic() - start
                self.assertEqual(client.answer(1).body, data)
                if not IS_SANITIZED:
                    self.assertLess(hello_s, 0.4)
                    self.assertGreater(time.monotonic() - start, 0.5)
            server.stop_gracefully()

    def test_a_stop_while_the_disk_is_asked(self):
        make_cold_file("stop.bin")
        with far_server("--grace-ms", "100") as server:
            client = server.connect()
            client.send(request("/files/stop.bin"))
            time.sleep(0.1)
            server.stop_gracefully()
        client.socket.close()


if __name__ == "__main__":
    unittest.main()
