#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a keep-alive GET of media costs, in numbers that do not depend on the machine: system calls and
allocations of the event loop."""
import os
import re
import shutil
import signal
import socket
import ssl
import struct
import subprocess
import sys
import tempfile
import time
import unittest

import server

sys.path.insert(0, os.path.join(server.ROOT, "tests", "bench"))
import servers  # noqa: E402  pylint: disable=wrong-import-position

N = 200
MAX_SYSTEM_CALLS = 4.0
COUNTER = os.path.join(server.BUILD, "tests", "integration", "count-allocations.so")
IS_SANITIZED = os.path.basename(server.BUILD) in ("asan", "tsan")  # they have allocators of their own


def get(connection, head):
    connection.sendall(head)
    data = b""
    while b"\r\n\r\n" not in data:
        data += connection.recv(1 << 20)
    text, body = data.split(b"\r\n\r\n", 1)
    assert text.startswith(b"HTTP/1.1 200 "), text
    left = int(re.search(rb"content-length: (\d+)", text).group(1)) - len(body)
    while left > 0:
        left -= len(connection.recv(1 << 20))


class Media:
    """A server with a made package, and one keep-alive connection to it."""

    def __init__(self, tls=False, counts_allocations=False, pacing="no"):
        self.folder = tempfile.mkdtemp(prefix="banmai-cost-")
        servers.write_package(self.folder, server.BANMAI)
        self.allocations = os.path.join(self.folder, "allocations")
        with open(self.allocations, "wb") as file:
            file.write(bytes(8))
        settings = {"loops": "1", "local_worker": "no", "pacing": pacing}
        if tls:
            settings["tls_cert"], settings["tls_key"] = servers.make_certificate(self.folder)
        environment = {}
        if counts_allocations:
            environment = {"BANMAI_ALLOCATIONS": self.allocations, "LD_PRELOAD": COUNTER}
        self.server = server.Server(data=self.folder, environment=environment, **settings).start()
        self.prefix = f"/v/{servers.playback_token(self.folder)}/{servers.PACKAGE}"
        self.connection = socket.create_connection(("127.0.0.1", self.server.port))
        if tls:
            context = ssl._create_unverified_context()
            self.connection = context.wrap_socket(self.connection)

    def close(self):
        self.connection.close()
        self.server.stop()
        self.server.clean()
        shutil.rmtree(self.folder, ignore_errors=True)

    def head(self, size_name):
        return (f"GET {self.prefix}{servers.path_of(size_name)} HTTP/1.1\r\nHost: localhost\r\n"
                "Accept-Encoding: gzip\r\nUser-Agent: cost_test\r\n\r\n").encode()

    def loop_thread(self):
        tasks = f"/proc/{self.server.process.pid}/task"
        for task in os.listdir(tasks):
            with open(f"{tasks}/{task}/comm", encoding="ascii") as file:
                if file.read().strip() == "loop-0":
                    return task
        raise AssertionError("no loop")

    def n_allocations(self):
        with open(self.allocations, "rb") as file:
            return struct.unpack("=Q", file.read(8))[0]

    def count_system_calls(self, size_name):
        """Those of the loop for N requests, per request. The few of its timers count too."""
        out = os.path.join(self.folder, "strace")
        head = self.head(size_name)
        for _ in range(5):
            get(self.connection, head)
        tracer = subprocess.Popen(["strace", "-q", "-o", out, "-p", self.loop_thread()],
                                  stderr=subprocess.PIPE)
        server.wait_for("strace to attach", lambda: servers.status_field(
            self.loop_thread(), "TracerPid") == str(tracer.pid))
        for _ in range(N):
            get(self.connection, head)
        tracer.send_signal(signal.SIGINT)
        tracer.communicate(timeout=20)
        with open(out, encoding="utf-8", errors="replace") as file:
            calls = [line.split("(")[0] for line in file if re.match(r"\w+\(", line)]
        self.assert_sees_answers(calls)
        return len(calls) / N, {name: calls.count(name) / N for name in sorted(set(calls))}

    @staticmethod
    def assert_sees_answers(calls):
        n_sends = sum(calls.count(name) for name in ("sendto", "sendmsg"))
        assert n_sends >= N, f"strace saw only {n_sends} answers"


class Cost(unittest.TestCase):
    def check_system_calls(self, media, size_name):
        per_request, by_name = media.count_system_calls(size_name)
        print(f"{size_name}: {per_request:.2f} system calls: {by_name}", file=sys.stderr)
        self.assertLessEqual(per_request, MAX_SYSTEM_CALLS + 0.1, by_name)

    @unittest.skipUnless(shutil.which("strace"), "strace is not installed")
    def test_system_calls(self):
        media = Media()
        self.addCleanup(media.close)
        for size_name in ("playlist", "4k", "32k"):
            self.check_system_calls(media, size_name)

    @unittest.skipUnless(shutil.which("strace"), "strace is not installed")
    def test_system_calls_of_a_segment_that_fits_the_socket(self):
        media = Media()
        self.addCleanup(media.close)
        self.check_system_calls(media, "100k")

    @unittest.skipUnless(shutil.which("strace"), "strace is not installed")
    def test_system_calls_over_tls(self):
        media = Media(tls=True)
        self.addCleanup(media.close)
        for size_name in ("playlist", "32k"):
            self.check_system_calls(media, size_name)

    @unittest.skipIf(IS_SANITIZED, "a sanitizer has an allocator of its own")
    def test_no_allocations_once_warm(self):
        media = Media(counts_allocations=True)
        self.addCleanup(media.close)
        for size_name in ("playlist", "4k", "32k", "200k", "1m"):
            head = media.head(size_name)
            before_warmth = media.n_allocations()
            for _ in range(5):
                get(media.connection, head)
            self.assertGreater(media.n_allocations(), before_warmth, "the hook sees nothing")
            time.sleep(0.05)
            before = media.n_allocations()
            for _ in range(N):
                get(media.connection, head)
            self.assertEqual(media.n_allocations() - before, 0, size_name)

    def seconds_for(self, pacing, size_name):
        media = Media(pacing=pacing)
        self.addCleanup(media.close)
        get(media.connection, media.head("playlist"))
        start = time.monotonic()
        get(media.connection, media.head(size_name))
        return time.monotonic() - start

    def test_pacing(self):
        """A megabyte at three times 900 kbit/s: the made package says that it peaks at less."""
        self.assertGreater(self.seconds_for("yes", "1m"), 1.8)
        self.assertLess(self.seconds_for("no", "1m"), 1.5)


if __name__ == "__main__":
    unittest.main()
