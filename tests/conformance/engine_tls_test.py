# SPDX-License-Identifier: GPL-3.0-or-later
"""The HTTP engine over TLS, seen from outside."""
import random
import socket
import ssl
import time
import unittest

import engine
from engine import Server, count_answer, request
from h2_client import H2Client, request as h2_request, settings, window_update

FOLDER = engine.Folder()


def tearDownModule():
    FOLDER.remove()


class Tls(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.server = Server(FOLDER, "--loops", "2", tls=True)

    @classmethod
    def tearDownClass(cls):
        cls.server.__exit__(None, None, None)

    def test_the_same_answers(self):
        with self.server.connect() as client:
            client.send(request("/") + request("/files/file.bin") + request("/bytes?n=5000000"))
            self.assertEqual(client.answer().body, b"hello\n")
            self.assertEqual(client.answer().body, FOLDER.read())
            self.assertEqual(len(client.answer().body), 5_000_000)

    def test_bodies(self):
        data = random.Random(8).randbytes(400_000)
        with self.server.connect() as client:
            client.send(request("/count?pause_ms=1", "POST", body=data) + request("/"))
            self.assertEqual(client.answer().body, count_answer(data))
            self.assertEqual(client.answer().body, b"hello\n")

    def test_a_slow_reader_gets_every_byte(self):
        with self.server.connect(receive_bytes=4096) as client:
            client.send(request("/files/file.bin"))
            _, headers = client.head()
            body = client.buffer
            while len(body) < int(headers["content-length"]):
                time.sleep(0.001)
                body += client.socket.recv(1000)
            self.assertEqual(body, FOLDER.read())

    def test_a_slow_reader_gets_every_byte_before_the_end_of_the_connection(self):
        """What OpenSSL has encrypted and the socket has not taken must not be lost by the close."""
        for size in (3_000, 60_000, 400_000):
            with self.server.connect(receive_bytes=4096) as client:
                client.send(request(f"/bytes?n={size}", headers="Connection: close\r\n"))
                time.sleep(0.3)  # all buffers on the way are full
                answer = client.answer()
                self.assertEqual(len(answer.body), size)
                self.assertTrue(client.is_closed())

    def test_slow_readers_of_http_2_get_every_byte_before_a_stop(self):
        """Of many lengths, so that some end while the socket is full."""
        sizes = range(40_000, 240_000, 8_000)
        with Server(FOLDER, "--loops", "1", "--grace-ms", "20000", tls=True) as server:
            clients = [H2Client(server, receive_bytes=4096) for _ in sizes]
            for client, size in zip(clients, sizes):
                client.send(settings((4, 1 << 24)) + window_update(0, 1 << 24) +
                            h2_request(1, f"/bytes?n={size}"))
            time.sleep(0.3)  # all buffers on the way are full
            server.stop_gracefully()
            time.sleep(0.3)
            for client, size in zip(clients, sizes):
                self.assertEqual(len(client.answer(1).body), size)
                self.assertEqual(client.end(), 0)
                client.raw.socket.close()

    def test_a_peer_that_is_told_much_and_reads_nothing_does_not_hold_the_others(self):
        with self.server.connect(receive_bytes=4096) as idler, self.server.connect() as other:
            idler.send(request("/bytes?n=9000000") * 20)
            other.send(request("/bytes?n=5000000"))
            self.assertEqual(len(other.answer().body), 5_000_000)

    def test_versions(self):
        for version, is_good in ((ssl.TLSVersion.TLSv1_1, False), (ssl.TLSVersion.TLSv1_2, True),
                                 (ssl.TLSVersion.TLSv1_3, True)):
            context = engine.client_context(FOLDER)
            context.minimum_version = context.maximum_version = version
            context.set_ciphers("DEFAULT:@SECLEVEL=0")
            if is_good:
                self.server.connect(context).socket.close()
            else:
                with self.assertRaises((ssl.SSLError, OSError)):
                    self.server.connect(context)

    def test_sessions_resume_on_every_loop(self):
        context = engine.client_context(FOLDER)
        context.maximum_version = ssl.TLSVersion.TLSv1_2
        with self.server.connect(context) as client:
            session = client.socket.session
        for _ in range(20):
            with self.server.connect(context, session) as client:
                self.assertTrue(client.socket.session_reused)

    def test_sessions_resume_with_tls_1_3(self):
        context = engine.client_context(FOLDER)
        with self.server.connect(context) as client:
            client.send(request("/"))
            client.answer()
            session = client.socket.session
        for _ in range(5):  # a ticket is used once: each connection brings the next one
            with self.server.connect(context, session) as client:
                self.assertTrue(client.socket.session_reused)
                client.send(request("/"))
                client.answer()
                self.assertNotEqual(client.socket.session.id, session.id)
                session = client.socket.session

    def test_http_1_1_is_chosen_by_alpn(self):
        context = engine.client_context(FOLDER)
        context.set_alpn_protocols(["http/1.1"])
        with self.server.connect(context) as client:
            self.assertEqual(client.socket.selected_alpn_protocol(), "http/1.1")

    def test_a_request_right_behind_the_handshake_is_not_overlooked(self):
        for _ in range(300):
            with self.server.connect() as client:
                client.send(request("/"))
                self.assertEqual(client.answer().body, b"hello\n")

    def test_plain_text_on_the_tls_port(self):
        with socket.create_connection(("127.0.0.1", self.server.port)) as plain:
            plain.settimeout(5)
            plain.sendall(request("/canary"))
            try:
                self.assertNotIn(b"HTTP/1.1 200", plain.recv(1000))
            except ConnectionResetError:
                pass
        self.assertEqual(self.server.number("/canary-count"), 0)

    def test_random_bytes_on_the_tls_port(self):
        rng = random.Random(9)
        for _ in range(50):
            with socket.create_connection(("127.0.0.1", self.server.port)) as plain:
                plain.sendall(b"\x16\x03\x01" + rng.randbytes(rng.randint(1, 400)))
        self.assertEqual(self.server.get("/").body, b"hello\n")

    def test_a_kernel_that_does_not_encrypt_changes_nothing(self):
        """Allowed to, on any kernel: where it cannot, OpenSSL goes on."""
        with open("/proc/sys/net/ipv4/tcp_available_ulp", encoding="ascii") as file:
            can = "tls" in file.read().split()
        with Server(FOLDER, "--kernel-tls", "yes", tls=True) as server, server.connect() as client:
            client.send(request("/files/file.bin") + request("/counters"))
            self.assertEqual(client.answer().body, FOLDER.read())
            self.assertIn(f"tls_by_kernel {int(can)}\n", client.answer().body.decode())

    def test_the_first_records_are_small(self):
        with self.server.connect() as client:
            client.send(request("/bytes?n=100000"))
            self.assertLessEqual(len(client.socket.recv(65536)), 1400)


class Reload(unittest.TestCase):
    def test_a_new_certificate_serves_new_connections_and_old_ones_stay(self):
        folder = engine.Folder()
        with Server(folder, "--loops", "2", tls=True) as server:
            old = server.connect()
            before = old.socket.getpeercert(binary_form=True)
            folder.new_certificate("renewed")
            self.assertEqual(server.command("r"), "reloaded")
            for _ in range(8):
                with server.connect() as new:
                    self.assertNotEqual(new.socket.getpeercert(binary_form=True), before)
            old.send(request("/"))
            self.assertEqual(old.answer().body, b"hello\n")
            old.socket.close()
            server.stop_gracefully()
        folder.remove()

    def test_a_broken_certificate_changes_nothing(self):
        folder = engine.Folder()
        context = engine.client_context(folder)
        with Server(folder, tls=True) as server:
            with open(folder.certificate, "w", encoding="ascii") as file:
                file.write("rubbish")
            self.assertIn("certificate cannot be read", server.command("r"))
            server.connect(context).socket.close()
            server.stop_gracefully()
        folder.remove()

    def test_a_missing_certificate_is_reported_at_start(self):
        with self.assertRaisesRegex(RuntimeError, "certificate cannot be read"):
            Server(FOLDER, "--tls-cert", "/nonexistent", "--tls-key", "/nonexistent")


if __name__ == "__main__":
    unittest.main(warnings="ignore")
