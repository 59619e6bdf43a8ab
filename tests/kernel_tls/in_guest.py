#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""The HTTP engine where the kernel encrypts: run by kernel_tls_test.py in a guest whose kernel can."""
import os
import random
import re
import ssl
import subprocess
import sys
import threading
import time
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(os.path.dirname(os.path.realpath(__file__))), "conformance"))
import engine  # noqa: E402  pylint: disable=wrong-import-position
from engine import Server, request  # noqa: E402  pylint: disable=wrong-import-position
from h2_client import H2Client, request as h2_request, settings, window_update  # noqa: E402  pylint: disable=wrong-import-position

FOLDER = engine.Folder()
SIZES = (2_000, 32_768, 200_000, 1_000_000)
BYTES = random.Random(7).randbytes(1_100_000)


def setUpModule():
    engine.TIMEOUT_S = 60  # the guest's processor is emulated
    with open(os.path.join(FOLDER.path, "random"), "wb") as file:
        file.write(BYTES)


def tearDownModule():
    FOLDER.remove()


def n_keys():
    """Keys that the kernel has been given so far, to encrypt without a network card's help."""
    with open("/proc/net/tls_stat", encoding="ascii") as file:
        return int(re.search(r"^TlsTxSw\s+(\d+)", file.read(), re.MULTILINE).group(1))


def context_of(version, ciphers=None):
    context = engine.client_context(FOLDER)
    context.minimum_version = context.maximum_version = version
    if ciphers:
        context.set_ciphers(ciphers)
    return context


class KernelTls(unittest.TestCase):
    def setUp(self):
        self.server = Server(FOLDER, "--kernel-tls", "yes", "--head-ms", "60000", tls=True)  # a slow guest's client
        self.addCleanup(self.server.__exit__, None, None, None)

    def count(self, name):
        return int(re.search(rf"^{name} (\d+)", self.server.get("/counters").body.decode(), re.MULTILINE).group(1))

    def check_files(self, client):
        for size in SIZES:
            for offset in (0, 4_096, 70_001):
                client.send(request(f"/files/random?offset={offset}&length={size}"))
                self.assertEqual(client.answer().body, BYTES[offset:offset + size], (size, offset))
                client.send(request(f"/bytes?n={size}"))
                self.assertEqual(len(client.answer().body), size)

    def test_files_over_tls_1_3(self):
        before = n_keys()
        with self.server.connect(context_of(ssl.TLSVersion.TLSv1_3)) as client:
            self.check_files(client)
        self.assertEqual(n_keys(), before + 1)
        self.assertGreaterEqual(self.count("tls_by_kernel"), 1)

    def test_files_over_tls_1_2(self):
        for cipher in ("ECDHE-ECDSA-AES128-GCM-SHA256", "ECDHE-ECDSA-AES256-GCM-SHA384"):
            before = n_keys()
            with self.server.connect(context_of(ssl.TLSVersion.TLSv1_2, cipher)) as client:
                self.assertEqual(client.socket.cipher()[0], cipher)
                self.check_files(client)
            self.assertEqual(n_keys(), before + 1)

    def test_files_over_http_2(self):
        before = n_keys()
        with H2Client(self.server) as client:
            client.send(settings((4, 1 << 24)) + window_update(0, 1 << 28))
            for i, size in enumerate(SIZES):
                client.send(h2_request(2 * i + 1, f"/files/random?offset=70001&length={size}"))
            for i, size in enumerate(SIZES):
                self.assertEqual(client.answer(2 * i + 1).body, BYTES[70_001:70_001 + size])
        self.assertEqual(n_keys(), before + 1)

    def test_ranges(self):
        with self.server.connect() as client:
            client.send(request("/files/random", headers="Range: bytes=1000-150999\r\n"))
            answer = client.answer()
            self.assertEqual((answer.status, answer.body), (206, BYTES[1_000:151_000]))
            client.send(request("/files/random", headers="Range: bytes=0-9,50000-149999,-20000\r\n"))
            answer = client.answer()
            self.assertEqual(answer.status, 206)
            for part in (BYTES[:10], BYTES[50_000:150_000], BYTES[-20_000:]):
                self.assertIn(part, answer.body)

    def test_readers_of_every_pace_get_every_byte(self):
        for receive_bytes, pause_s in ((4_096, 0.01), (16_384, 0.002), (None, 0.001)):
            with self.server.connect(receive_bytes=receive_bytes) as client:
                client.send(request("/files/random?offset=1&length=200000") * 2)
                for _ in range(2):
                    _, headers = client.head()
                    length = int(headers["content-length"])
                    while len(client.buffer) < length:
                        time.sleep(pause_s)
                        client.buffer += client.socket.recv(7_000)
                    self.assertEqual(client.take(length), BYTES[1:200_001])

    def test_slow_readers_get_every_byte_before_the_end_of_the_connection(self):
        """Of many lengths, so that some end in records that the socket has not taken."""
        for size in range(20_000, 260_000, 24_000):
            with self.server.connect(receive_bytes=4_096) as client:
                client.send(request(f"/files/random?length={size}", headers="Connection: close\r\n"))
                time.sleep(0.2)
                self.assertEqual(client.answer().body, BYTES[:size])
                self.assertTrue(client.is_closed(engine.TIMEOUT_S))

    def test_a_cipher_that_the_kernel_has_not_is_left_to_openssl(self):
        before = n_keys()
        with self.server.connect(context_of(ssl.TLSVersion.TLSv1_2, "ECDHE-ECDSA-CHACHA20-POLY1305")) as client:
            self.assertIn("CHACHA20", client.socket.cipher()[0])
            self.check_files(client)
        self.assertEqual(n_keys(), before, "the guest's kernel has no module for this cipher")

    def test_sessions_resume(self):
        for version in (ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3):
            context = context_of(version)
            with self.server.connect(context) as client:
                client.send(request("/"))
                client.answer()
                session = client.socket.session
            before = n_keys()
            with self.server.connect(context, session) as client:
                self.assertTrue(client.socket.session_reused)
                self.check_files(client)
            self.assertEqual(n_keys(), before + 1)

    def test_it_can_be_switched_off(self):
        before = n_keys()
        with Server(FOLDER, "--kernel-tls", "no", tls=True) as server:
            with server.connect() as client:
                self.check_files(client)
        self.assertEqual(n_keys(), before)

    def say_to_s_client(self, command):
        """What comes of a request behind a command of openssl s_client's, until the server ends it."""
        client = subprocess.Popen(["openssl", "s_client", "-connect", f"127.0.0.1:{self.server.port}", "-tls1_3"],
                                  stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        for text in (f"{command}\n", "GET / HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n"):
            time.sleep(6)
            try:
                client.stdin.write(text.encode())
                client.stdin.flush()
            except BrokenPipeError:
                pass
        killer = threading.Timer(engine.TIMEOUT_S, client.kill)
        killer.start()
        output = client.stdout.read()  # with standard input open: its end would be the client's
        killer.cancel()
        client.wait()
        self.assertIn(b"KEYUPDATE", output)
        self.assertTrue(output.endswith(b"closed\n"), output)  # by close_notify: nothing was cut off
        return output

    def test_a_peer_may_use_its_next_key(self):
        self.assertIn(b"hello", self.say_to_s_client("k"))

    def test_a_peer_that_asks_for_our_next_key_is_told_the_end_of_the_connection(self):
        """It must not get records of the old key behind its question."""
        output = self.say_to_s_client("K")
        self.assertNotIn(b"hello", output)
        self.assertEqual(self.server.get("/").body, b"hello\n")


class Cost(unittest.TestCase):
    @staticmethod
    def count_system_calls(is_by_kernel, target):
        trace = os.path.join(FOLDER.path, "trace")
        switch = "yes" if is_by_kernel else "no"
        n = 20
        with Server(FOLDER, "--kernel-tls", switch, tls=True, prefix=("strace", "-f", "-o", trace)) as server:
            with server.connect() as client:
                for i in range(n + 5):
                    if i == 5:
                        at = os.path.getsize(trace)
                    client.send(request(target))
                    client.answer()
                end = os.path.getsize(trace)
        with open(trace, encoding="utf-8", errors="replace") as file:
            calls = re.findall(r"^\d+ +(sendto|sendmsg|sendfile|recvfrom|pread64|preadv2)\(", file.read()[at:end],
                               re.MULTILINE)
        return {name: round(calls.count(name) / n, 2) for name in sorted(set(calls))}

    def test_system_calls(self):
        files = "/files/random?length="
        for target in ("/bytes?n=2000", "/bytes?n=32768", files + "200000", files + "1000000"):
            for is_by_kernel in (False, True):
                calls = self.count_system_calls(is_by_kernel, target)
                print(f"{target} {'kernel' if is_by_kernel else 'OpenSSL'}: {calls}", file=sys.stderr)
                if is_by_kernel:
                    # It is read ahead now and then, when that was long ago in this slow guest.
                    self.assertLess(calls.get("pread64", 0), 1, "a file was copied")
                    self.assertLessEqual(calls["recvfrom"], 1.1)


if __name__ == "__main__":
    unittest.main(warnings="ignore")
