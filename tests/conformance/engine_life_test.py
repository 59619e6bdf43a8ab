# SPDX-License-Identifier: GPL-3.0-or-later
"""Deadlines, streams, stopping and sockets of the HTTP engine, seen from outside."""
import os
import resource
import signal
import socket
import stat
import struct
import time
import unittest

import engine
import h2_client
from engine import Server, request

FOLDER = engine.Folder()


def tearDownModule():
    FOLDER.remove()


class Streams(unittest.TestCase):
    def test_events_arrive_one_by_one(self):
        with Server(FOLDER) as server, server.connect() as client:
            client.send(request("/events?n=3&ms=30"))
            status, headers = client.head()
            self.assertEqual((status, headers["transfer-encoding"]), (200, "chunked"))
            self.assertEqual(client.chunks(), b"data: tick\n\n" * 3)
            client.send(request("/"))
            self.assertEqual(client.answer().body, b"hello\n")
            server.stop_gracefully()

    def test_http_1_0_reads_until_the_end(self):
        with Server(FOLDER) as server, server.connect() as client:
            client.send("GET /events?n=3&ms=5 HTTP/1.0\r\n\r\n")
            self.assertEqual(client.answer().body, b"data: tick\n\n" * 3)
            server.stop_gracefully()

    def test_a_reader_that_does_not_read_is_given_up(self):
        with Server(FOLDER, "--send-stall-ms", "500") as server:
            with server.connect(receive_bytes=4096) as client:
                client.send(request("/events?n=10000&ms=1&big=1"))
                client.head()
                time.sleep(2.5)
                lines = server.get("/counters").body.decode()
                self.assertIn("exchanges_open 1\n", lines)
            server.stop_gracefully()

    def test_head_of_a_stream_ends(self):
        with Server(FOLDER) as server, server.connect() as client:
            client.send(request("/events?n=3&ms=5", "HEAD"))
            self.assertEqual(client.answer("HEAD").status, 200)
            client.send(request("/"))
            self.assertEqual(client.answer().body, b"hello\n")
            server.stop_gracefully()


class Deadlines(unittest.TestCase):
    def check_closed_after(self, client, at_least_s, at_most_s):
        started = time.monotonic()
        client.socket.settimeout(at_most_s + 1)
        data = client.rest()
        took = time.monotonic() - started
        self.assertTrue(at_least_s <= took <= at_most_s, took)
        return data

    def test_a_connection_that_says_nothing(self):
        with Server(FOLDER, "--head-ms", "600") as server:
            with server.connect() as client:
                self.assertEqual(self.check_closed_after(client, 0.5, 1.5), b"")
            server.stop_gracefully()

    def test_a_head_that_drips(self):
        with Server(FOLDER, "--head-ms", "800") as server:
            with server.connect() as client:
                client.send("GET / HT")
                for byte in "TP/1.1\r\n":
                    time.sleep(0.05)
                    client.send(byte)
                data = self.check_closed_after(client, 0.1, 1.4)
                self.assertTrue(data.startswith(b"HTTP/1.1 408 "), data)
            server.stop_gracefully()

    def test_an_idle_connection(self):
        with Server(FOLDER, "--idle-ms", "600", "--head-ms", "60000") as server:
            with server.connect() as client:
                client.send(request("/"))
                client.answer()
                self.assertEqual(self.check_closed_after(client, 0.5, 1.5), b"")
            server.stop_gracefully()

    def test_a_reader_that_stopped(self):
        with Server(FOLDER, "--send-stall-ms", "600") as server:
            with server.connect(receive_bytes=4096) as client:
                client.send(request("/bytes?n=20000000"))
                client.head()
                time.sleep(1.8)
                self.assertIn("exchanges_open 1\n", server.get("/counters").body.decode())
            server.stop_gracefully()

    def test_a_slow_reader_is_not_a_stopped_one(self):
        with Server(FOLDER, "--send-stall-ms", "600") as server:
            with server.connect(receive_bytes=4096) as client:
                client.send(request("/bytes?n=400000"))
                _, headers = client.head()
                left = int(headers["content-length"]) - len(client.buffer)
                while left > 0:
                    time.sleep(0.02)
                    left -= len(client.socket.recv(4096))
                self.assertEqual(left, 0)
            server.stop_gracefully()

    def read_steadily(self, server, every_s, at_most):
        """Takes at most so many bytes at a time of an answer of 300,000; returns how many came."""
        with server.connect(receive_bytes=4096) as client:
            client.send(request("/files/file.bin"))
            _, headers = client.head()
            n, left_s = len(client.buffer), time.monotonic() + 8
            try:
                while n < int(headers["content-length"]) and time.monotonic() < left_s:
                    time.sleep(every_s)
                    data = client.socket.recv(at_most)
                    if not data:
                        break
                    n += len(data)
            except ConnectionResetError:
                pass
            return n

    def test_a_steady_reader_is_kept_though_the_kernel_takes_nothing_for_long(self):
        """What the kernel has taken is a quarter of a megabyte: a minute of a 32 kbit/s link."""
        for tls in (False, True):
            with Server(FOLDER, "--send-stall-ms", "500", tls=tls) as server:
                self.assertEqual(self.read_steadily(server, 0.01, 1200), 300_000)
                server.stop_gracefully()

    def read_h2_steadily(self, server, every_s, at_most):
        """The same over HTTP/2, all windows wide open: what is left is the socket. Takes bytes as a link
        brings them, while TLS would take a whole record before it gives any."""
        wide = h2_client.settings((4, 1 << 24)) + h2_client.window_update(0, 1 << 24)
        with h2_client.H2Client(server, h2_client.MAGIC + wide, receive_bytes=4096) as client:
            client.send(h2_client.request(1, "/files/file.bin"))
            n, left_s = 0, time.monotonic() + 8
            with socket.socket(fileno=os.dup(client.raw.socket.fileno())) as link:
                link.settimeout(engine.TIMEOUT_S)
                try:
                    while n < 60_000 and time.monotonic() < left_s:
                        time.sleep(every_s)
                        data = link.recv(at_most)
                        if not data:
                            break
                        n += len(data)
                except ConnectionResetError:
                    pass
            return n

    def test_a_steady_reader_of_http_2_is_kept(self):
        with Server(FOLDER, "--send-stall-ms", "500", tls=True) as server:
            self.assertGreaterEqual(self.read_h2_steadily(server, 0.01, 120), 60_000)
            server.stop_gracefully()

    def test_a_reader_of_http_2_that_takes_next_to_nothing_is_given_up(self):
        with Server(FOLDER, "--send-stall-ms", "1000", tls=True) as server:
            self.assertLess(self.read_h2_steadily(server, 0.1, 8), 1000)
            self.assertIn("exchanges_open 1\n", server.get("/counters").body.decode())
            server.stop_gracefully()

    def test_a_reader_that_takes_next_to_nothing_is_given_up(self):
        with Server(FOLDER, "--send-stall-ms", "1000") as server:
            with server.connect(receive_bytes=4096) as client:
                client.send(request("/bytes?n=20000000"))
                client.head()
                for _ in range(30):
                    time.sleep(0.1)
                    client.socket.recv(8)
                self.assertIn("exchanges_open 1\n", server.get("/counters").body.decode())
            server.stop_gracefully()

    def test_a_tls_handshake_that_stalls(self):
        with Server(FOLDER, tls=True) as server:
            plain = socket.create_connection(("127.0.0.1", server.port))
            plain.sendall(b"\x16\x03\x01")
            server.stop_gracefully()
            self.assertTrue(engine.Client(plain).is_closed(5))
            plain.close()


class Resets(unittest.TestCase):
    def count_open_after_reset(self, wire, wait_s, tls=False):
        """How many connections are left of 20 whose bytes and reset the server met at once."""
        with Server(FOLDER, "--idle-ms", "20000", tls=tls) as server:
            clients = [server.connect() for _ in range(20)]
            server.get("/")  # and so they have shaken hands
            server.process.send_signal(signal.SIGSTOP)
            for client in clients:
                with client:
                    client.send(wire)
                    client.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            server.process.send_signal(signal.SIGCONT)
            time.sleep(wait_s)
            lines = server.get("/counters").body.decode()
            server.stop_gracefully()
        return int(lines.split("connections_open ")[1].split()[0]) - 1

    def test_a_reset_behind_part_of_a_head_is_noticed(self):
        for tls in (False, True):
            self.assertEqual(self.count_open_after_reset(b"GET / HTTP/1.1\r\nHo", 0.5, tls), 0)

    def test_a_reset_behind_frames_that_ask_for_nothing_is_noticed(self):
        with Server(FOLDER, "--idle-ms", "20000", tls=True) as server:
            clients = [h2_client.H2Client(server) for _ in range(20)]
            for client in clients:
                client.send(h2_client.request(1))
                self.assertEqual(client.answer(1).status, 200)
            server.process.send_signal(signal.SIGSTOP)
            for client in clients:
                client.send(h2_client.window_update(0, 1))
                client.raw.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                client.raw.socket.close()
            server.process.send_signal(signal.SIGCONT)
            time.sleep(0.5)
            self.assertIn("connections_open 1\n", server.get("/counters").body.decode())
            server.stop_gracefully()

    @unittest.skipUnless(engine.IS_LONG, "the rate of a body is looked at after five seconds")
    def test_a_reset_behind_part_of_a_body_is_noticed(self):
        wire = request("/count", "POST", "Content-Length: 9999999\r\n") + b"part"
        self.assertEqual(self.count_open_after_reset(wire, 6), 0)

    def test_a_reset_behind_a_request_is_noticed(self):
        for tls in (False, True):
            self.assertEqual(self.count_open_after_reset(request("/bytes?n=100000"), 0.5, tls), 0)


class Stopping(unittest.TestCase):
    def test_requests_in_flight_finish_and_idle_ones_close(self):
        with Server(FOLDER, "--grace-ms", "5000") as server:
            idle, busy, late = server.connect(), server.connect(), server.connect()
            idle.send(request("/"))
            idle.answer()
            late.send("GET / HTTP/1.1\r\n")
            busy.send(request("/slow?ms=400"))
            time.sleep(0.1)
            server.stop_gracefully()
            self.assertTrue(idle.is_closed())
            late.send("Host: h\r\n\r\n")
            self.assertEqual(late.answer().headers["connection"], "close")
            answer = busy.answer()
            self.assertEqual((answer.body, answer.headers["connection"]), (b"late\n", "close"))
            self.assertTrue(busy.is_closed())
            for client in (idle, busy, late):
                client.socket.close()

    def test_new_connections_are_refused(self):
        with Server(FOLDER) as server, server.connect() as busy:
            busy.send(request("/slow?ms=500"))
            time.sleep(0.1)
            server.stop_gracefully()
            time.sleep(0.1)
            with self.assertRaises(ConnectionRefusedError):
                server.connect()
            busy.answer()

    def test_the_grace_ends(self):
        with Server(FOLDER, "--grace-ms", "300") as server, server.connect(receive_bytes=4096) as client:
            client.send(request("/bytes?n=60000000"))
            client.head()
            started = time.monotonic()
            server.stop_gracefully()
            server.process.wait(5)
            self.assertLess(time.monotonic() - started, 3)

    def test_streams_end(self):
        with Server(FOLDER) as server, server.connect() as client:
            client.send(request("/events?n=100000&ms=10"))
            client.head()
            server.stop_gracefully()
            self.assertTrue(client.rest().endswith(b"0\r\n\r\n"))

    def test_handlers_that_take_longer_than_the_grace_are_waited_for(self):
        with Server(FOLDER, "--grace-ms", "50") as server, server.connect() as client:
            client.send(request("/slow?ms=600"))
            time.sleep(0.1)
            server.stop_gracefully()
            self.assertTrue(client.is_closed())


class Sockets(unittest.TestCase):
    def test_a_taken_port_is_reported(self):
        with Server(FOLDER) as server:
            with self.assertRaisesRegex(RuntimeError, "cannot listen on 127.0.0.1:.*in use"):
                Server(FOLDER, listen=f"127.0.0.1:{server.port}")
            server.stop_gracefully()

    def test_bad_addresses_are_reported(self):
        for address in ("127.0.0.1", "nonsense", "::1:80", "127.0.0.1:99999", "[::1]80", ":80"):
            with self.assertRaisesRegex(RuntimeError, "cannot listen on"):
                Server(FOLDER, listen=address)
        with self.assertRaisesRegex(RuntimeError, "no such address"):
            Server(FOLDER, listen="192.0.2.77:0")

    def test_ipv6(self):
        with Server(FOLDER, listen="[::1]:0") as server:
            client = engine.Client(socket.create_connection(("::1", server.port)))
            client.send(request("/request"))
            self.assertIn(b"peer=::1 ", client.answer().body)
            client.socket.close()
            server.stop_gracefully()

    def test_several_loops_share_the_port(self):
        with Server(FOLDER, "--loops", "3") as server:
            clients = [server.connect() for _ in range(60)]
            for client in clients:
                client.send(request("/"))
            for client in clients:
                self.assertEqual(client.answer().body, b"hello\n")
                client.socket.close()
            server.stop_gracefully()

    def test_the_control_socket_knows_its_peer(self):
        path = os.path.join(FOLDER.path, "control.sock")
        with Server(FOLDER, "--control", path) as server:
            self.assertEqual(stat.S_IMODE(os.stat(path).st_mode), 0o600)
            with socket.socket(socket.AF_UNIX) as plain:
                plain.connect(path)
                client = engine.Client(plain)
                client.send(request("/request"))
                self.assertIn(b"peer=unix tls=0 local=1\n", client.answer().body)
            server.stop_gracefully()
        self.assertFalse(os.path.exists(path))

    def test_a_left_over_control_socket_is_replaced_but_not_a_live_one(self):
        path = os.path.join(FOLDER.path, "stale.sock")
        with socket.socket(socket.AF_UNIX) as left_over:
            left_over.bind(path)
        with Server(FOLDER, "--control", path) as server:
            with self.assertRaisesRegex(RuntimeError, "already in use"):
                Server(FOLDER, "--control", path)
            server.stop_gracefully()

    def test_the_number_of_connections_is_limited(self):
        with Server(FOLDER, "--max-connections", "20") as server:
            clients = [server.connect() for _ in range(20)]
            for client in clients:
                client.send(request("/"))
                client.answer()
            with server.connect() as one_too_many:
                self.assertTrue(one_too_many.is_closed())
            clients.pop().socket.close()
            time.sleep(0.1)
            self.assertEqual(server.get("/").body, b"hello\n")
            for client in clients:
                client.socket.close()
            server.stop_gracefully()

    def test_running_out_of_descriptors_neither_spins_nor_hangs(self):
        with Server(FOLDER, prefix=("prlimit", "--nofile=80:80")) as server:
            flood = []
            for _ in range(200):
                plain = socket.create_connection(("127.0.0.1", server.port))
                flood.append(plain)
            time.sleep(0.3)
            before = cpu_seconds(server.process.pid)
            time.sleep(1)
            self.assertLess(cpu_seconds(server.process.pid) - before, 0.2)
            for plain in flood:
                plain.close()
            time.sleep(0.3)
            self.assertEqual(server.get("/").body, b"hello\n")
            server.stop_gracefully()

    def test_thousands_of_connections(self):
        n = 10000 if engine.IS_LONG else 1000
        soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
        resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
        with Server(FOLDER) as server:
            clients = [server.connect() for _ in range(n)]
            for _ in range(2):
                for client in clients:
                    client.send(request("/"))
                for client in clients:
                    self.assertEqual(client.answer().body, b"hello\n")
            for client in clients:
                client.socket.close()
            server.stop_gracefully()
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))

    def test_hosts_that_are_not_ours_are_misdirected(self):
        with Server(FOLDER, "--host", "lectures.example") as server:
            for line, target, status in (("lectures.example", "/", 200), ("LECTURES.example:80", "/", 200),
                                         ("other.example", "/", 421),
                                         ("lectures.example", "http://other.example/", 421)):
                with server.connect() as client:
                    client.send(f"GET {target} HTTP/1.1\r\nHost: {line}\r\n\r\n")
                    self.assertEqual(client.answer().status, status, (line, target))
            server.stop_gracefully()

    def test_the_access_log_has_no_query(self):
        with Server(FOLDER, "--log", "1") as server:
            server.get("/bytes?n=10&token=secret")
            server.stop_gracefully()
        self.assertIn('"path":"/bytes","status":200,"bytes":10', server.output)
        self.assertNotIn("secret", server.output)


def cpu_seconds(pid):
    with open(f"/proc/{pid}/stat", encoding="ascii") as file:
        fields = file.read().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


if __name__ == "__main__":
    unittest.main(warnings="ignore")
