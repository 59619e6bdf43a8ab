# SPDX-License-Identifier: GPL-3.0-or-later
"""What the HTTP engine does with requests and bodies over real sockets, seen from outside."""
import random
import socket
import time
import unittest
import zlib

import engine
from engine import Server, count_answer, request

FOLDER = engine.Folder()


def tearDownModule():
    FOLDER.remove()


class Basics(unittest.TestCase):
    def setUp(self):
        self.server = Server(FOLDER)
        self.client = self.server.connect()

    def tearDown(self):
        self.client.socket.close()
        self.server.__exit__(None, None, None)

    def get(self, target, headers="", method="GET"):
        self.client.send(request(target, method, headers))
        return self.client.answer(method)

    def test_keeps_the_connection(self):
        for _ in range(100):
            answer = self.get("/")
            self.assertEqual((answer.status, answer.body), (200, b"hello\n"))
            self.assertNotIn("connection", answer.headers)

    def test_sends_date_and_length(self):
        answer = self.get("/")
        self.assertRegex(answer.headers["date"], r"^\w{3}, \d\d \w{3} \d{4} \d\d:\d\d:\d\d GMT$")
        self.assertEqual(answer.headers["content-length"], "6")

    def test_head_is_get_without_the_body(self):
        for target in ("/", "/bytes?n=100000", "/files/file.bin", "/nothing"):
            with self.subTest(target):
                got = self.get(target)
                head = self.get(target, method="HEAD")
                del got.headers["date"], head.headers["date"]
                self.assertEqual((got.status, got.headers), (head.status, head.headers))

    def test_answers_pipelined_requests_in_order(self):
        n = 200
        self.client.send(b"".join(request(f"/bytes?n={i}") for i in range(n)))
        for i in range(n):
            self.assertEqual(len(self.client.answer().body), i)

    def test_slow_ones_do_not_overtake(self):
        self.client.send(request("/slow?ms=50") + request("/") + request("/slow?ms=1"))
        self.assertEqual([self.client.answer().body for _ in range(3)],
                         [b"late\n", b"hello\n", b"late\n"])

    def test_requests_may_be_split_anywhere(self):
        text = request("/request?a=b", headers="Cookie: sid=7\r\n") + request(
            "/count", "POST", "Transfer-Encoding: chunked\r\n") + b"3\r\nabc\r\n0\r\nA: b\r\n\r\n"
        for at in range(1, len(text)):
            self.client.send(text[:at])
            time.sleep(0.0005)
            self.client.send(text[at:])
            self.assertIn(b"cookie=7\n", self.client.answer().body)
            self.assertEqual(self.client.answer().body, count_answer(b"abc"), at)

    def test_serves_files_and_ranges_of_them(self):
        data = FOLDER.read()
        self.assertEqual(self.get("/files/file.bin").body, data)
        answer = self.get("/files/file.bin", "Range: bytes=1000-250000\r\n")
        self.assertEqual((answer.status, answer.body), (206, data[1000:250001]))
        self.assertEqual(answer.headers["content-range"], "bytes 1000-250000/300000")
        answer = self.get("/files/file.bin?offset=100&length=50", "Range: bytes=-10\r\n")
        self.assertEqual(answer.body, data[140:150])

    def test_serves_several_ranges(self):
        data = FOLDER.read()
        answer = self.get("/files/file.bin", "Range: bytes=0-9,100000-200000,-5\r\n")
        self.assertEqual(answer.status, 206)
        boundary = answer.headers["content-type"].split("boundary=")[1].encode()
        parts = answer.body.split(b"\r\n--" + boundary)
        self.assertEqual(parts[0], b"")
        self.assertEqual(parts[-1], b"--\r\n")
        bodies = [part.split(b"\r\n\r\n", 1)[1] for part in parts[1:-1]]
        self.assertEqual(bodies, [data[:10], data[100000:200001], data[-5:]])

    def test_any_range_header_costs_at_most_the_file(self):
        rng = random.Random(11)
        for _ in range(500):
            specs = []
            for _ in range(rng.randint(1, 40)):
                a, b = rng.randint(0, 70000), rng.randint(0, 70000)
                specs.append(rng.choice([f"{a}-{b}", f"{a}-", f"-{b}", f"{a}-{a}", f"{min(a, b)}-{max(a, b)}"]))
            answer = self.get("/bytes?n=60000", f"Range: bytes={','.join(specs)}\r\n")
            self.assertIn(answer.status, (200, 206, 416))
            self.assertLessEqual(len(answer.body), 60000 + 4096)

    def test_revalidates(self):
        etag = self.get("/bytes").headers["etag"]
        answer = self.get("/bytes", f"If-None-Match: {etag}\r\n")
        self.assertEqual((answer.status, answer.headers["etag"]), (304, etag))
        self.assertNotIn("content-length", answer.headers)

    def test_compresses_text_for_those_who_take_it(self):
        plain = self.get("/text")
        packed = self.get("/text", "Accept-Encoding: gzip\r\n")
        self.assertEqual(zlib.decompress(packed.body, 31), plain.body)
        self.assertLess(len(packed.body), len(plain.body) / 5)
        self.assertNotEqual(packed.headers["etag"], plain.headers["etag"])
        for answer in (plain, packed):
            self.assertEqual(answer.headers["vary"], "accept-encoding")
        best = self.get("/text", "Accept-Encoding: gzip, deflate, br\r\n")
        self.assertEqual(best.headers["content-encoding"], "br")
        self.assertLess(len(best.body), len(packed.body))
        for answer in (packed, best):
            again = self.get("/text", f"If-None-Match: {answer.headers['etag']}\r\n")
            self.assertEqual(again.status, 304)

    def test_large_answers_arrive_whole(self):
        body = self.get("/bytes?n=20000000").body
        self.assertEqual(len(body), 20_000_000)
        self.assertEqual(body[12345], ord("a") + (12345 * 7 + 12345 // 251) % 26)

    def test_http_1_0(self):
        self.client.send("GET / HTTP/1.0\r\n\r\n")
        answer = self.client.answer()
        self.assertEqual((answer.body, answer.headers["connection"]), (b"hello\n", "close"))
        self.assertTrue(self.client.is_closed())

    def test_http_1_0_may_keep_the_connection(self):
        for _ in range(3):
            self.client.send("GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n")
            self.assertEqual(self.client.answer().headers["connection"], "keep-alive")

    def test_connection_close_is_heeded(self):
        self.assertEqual(self.get("/", "Connection: close\r\n").headers["connection"], "close")
        self.assertTrue(self.client.is_closed())

    def test_a_half_closed_client_is_answered(self):
        self.client.send(request("/slow?ms=50") + request("/"))
        self.client.socket.shutdown(socket.SHUT_WR)
        self.assertEqual(self.client.answer().body, b"late\n")
        self.assertEqual(self.client.answer().body, b"hello\n")
        self.assertTrue(self.client.is_closed())

    def test_options_star_is_a_ping(self):
        self.assertEqual(self.get("*", method="OPTIONS").status, 204)
        self.assertEqual(self.get("/").status, 200)

    def test_counts_what_it_does(self):
        for _ in range(3):
            self.get("/")
        self.get("/nothing")
        lines = dict(line.split() for line in self.get("/counters").body.decode().splitlines())
        self.assertEqual(lines["connections_open"], "1")
        self.assertEqual(lines["requests"], "5")
        self.assertEqual(lines["answers_2xx"], "3")
        self.assertEqual(lines["answers_4xx"], "1")
        self.assertEqual(lines["exchanges_open"], "1")


class Bodies(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.server = Server(FOLDER, "--body-grace-ms", "500", "--linger-ms", "300")

    @classmethod
    def tearDownClass(cls):
        cls.server.__exit__(None, None, None)

    def setUp(self):
        self.client = self.server.connect()
        self.data = random.Random(5).randbytes(300_000)

    def tearDown(self):
        self.client.socket.close()

    def test_a_body_streams_to_its_handler(self):
        self.client.send(request("/count", "POST", body=self.data))
        self.assertEqual(self.client.answer().body, count_answer(self.data))

    def test_a_body_that_is_paused_again_and_again_arrives_whole(self):
        self.client.send(request("/count?pause_ms=1", "POST", body=self.data))
        self.assertEqual(self.client.answer().body, count_answer(self.data))
        self.client.send(request("/"))
        self.assertEqual(self.client.answer().body, b"hello\n")

    def test_pausing_holds_the_client_back(self):
        with Server(FOLDER, "--grace-ms", "100") as server, server.connect() as client:
            client.socket.settimeout(0.5)
            client.send(request("/count?pause_ms=1500", "PUT",
                                headers="Content-Length: 100000000\r\n"))
            sent = 0
            with self.assertRaises(TimeoutError):
                while True:
                    sent += client.socket.send(bytes(65536))
            self.assertLess(sent, 30_000_000)
            server.stop_gracefully()

    def test_chunked_bodies_in_odd_pieces(self):
        self.client.send(request("/count", "POST", "Transfer-Encoding: chunked\r\n"))
        rng = random.Random(6)
        at = 0
        wire = b""
        while at < len(self.data):
            n = min(rng.choice([1, 2, 100, 5000, 70000]), len(self.data) - at)
            wire += b"%x\r\n" % n + self.data[at:at + n] + b"\r\n"
            at += n
        wire += b"0\r\n\r\n"
        at = 0
        while at < len(wire):
            n = rng.choice([1, 1000, 30000])
            self.client.send(wire[at:at + n])
            at += n
        self.assertEqual(self.client.answer().body, count_answer(self.data))

    def test_chunked_and_paused(self):
        body = b"".join(b"%x\r\n" % len(p) + p + b"\r\n" for p in (self.data[i:i + 777] for i in range(0, 50000, 777)))
        whole = b"".join(self.data[i:i + 777] for i in range(0, 50000, 777))
        self.client.send(request("/count?pause_ms=1", "POST", "Transfer-Encoding: chunked\r\n") +
                         body + b"0\r\n\r\n" + request("/"))
        self.assertEqual(self.client.answer().body, count_answer(whole))
        self.assertEqual(self.client.answer().body, b"hello\n")

    def test_100_continue_is_sent_to_those_who_wait(self):
        self.client.send(request("/echo", "POST", "Expect: 100-continue\r\nContent-Length: 3\r\n"))
        self.assertEqual(self.client.head()[0], 100)
        self.client.send(b"abc")
        self.assertEqual(self.client.answer().body, b"abc")

    def test_a_refusal_comes_instead_of_100_continue(self):
        self.client.send(request("/echo", "POST",
                                 "Expect: 100-continue\r\nContent-Length: 99999999\r\n"))
        answer = self.client.answer()
        self.assertEqual((answer.status, answer.headers["connection"]), (413, "close"))
        self.assertTrue(self.client.is_closed())

    def test_an_unread_short_body_is_skipped(self):
        self.client.send(request("/", "GET", "Content-Length: 10\r\n") + b"0123456789" + request("/canary-count"))
        self.assertEqual(self.client.answer().body, b"hello\n")
        self.assertEqual(self.client.answer().status, 200)

    def test_an_unread_chunked_body_is_skipped(self):
        self.client.send(request("/", "GET", "Transfer-Encoding: chunked\r\n") +
                         b"3\r\nabc\r\n0\r\n\r\n" + request("/canary-count"))
        self.assertEqual(self.client.answer().body, b"hello\n")
        self.assertEqual(self.client.answer().status, 200)

    def test_the_answer_survives_an_unread_long_body(self):
        self.client.send(request("/count?stop=1000", "POST", "Content-Length: 900000\r\n"))
        self.client.send(bytes(500_000))
        answer = self.client.answer()
        self.assertEqual((answer.status, answer.headers["connection"]), (200, "close"))
        self.client.send(bytes(1000))
        self.assertTrue(self.client.is_closed())

    def test_an_early_answer_reaches_a_client_that_sends_all_of_a_large_body_first(self):
        with Server(FOLDER) as server, server.connect() as client:
            client.send(request("/count?stop=1000", "POST", "Content-Length: 30000000\r\n"))
            for _ in range(30):
                client.send(bytes(1_000_000))
            answer = client.answer()
            self.assertEqual((answer.status, answer.headers["connection"]), (200, "close"))
            client.socket.close()
            server.stop_gracefully()

    def test_a_body_over_the_handlers_maximum(self):
        self.client.send(request("/count?max=1000", "POST", "Transfer-Encoding: chunked\r\n") +
                         b"500\r\n" + bytes(0x500) + b"\r\n")
        self.assertIn(b"err=-7", self.client.answer().body)

    def test_a_body_that_breaks_off_is_never_committed(self):
        before = self.server.number("/committed")
        for text in (request("/count", "POST", "Content-Length: 10\r\n") + b"12345",
                     request("/count", "POST", "Transfer-Encoding: chunked\r\n") + b"5\r\n123",
                     request("/count", "POST", "Transfer-Encoding: chunked\r\n") + b"3\r\n123\r\n0\r\n"):
            with self.server.connect() as client:
                client.send(text)
                client.socket.shutdown(socket.SHUT_WR)
                self.assertIn(b"err=-3", client.answer().body)
                self.assertTrue(client.is_closed())
        self.assertEqual(self.server.number("/committed"), before)

    def test_broken_chunks_end_the_body_and_the_connection(self):
        self.client.send(request("/count", "POST", "Transfer-Encoding: chunked\r\n") +
                         b"3\r\nabcX\r\n0\r\n\r\n" + request("/canary"))
        answer = self.client.answer()
        self.assertIn(b"err=-1", answer.body)
        self.assertTrue(self.client.is_closed())
        self.assertEqual(self.server.number("/canary-count"), 0)

    def test_a_body_that_drips_is_ended(self):
        self.client.send(request("/count", "POST", "Content-Length: 100000\r\n") + b"x")
        started = time.monotonic()
        answer = self.client.answer()
        self.assertIn(b"err=-11", answer.body)
        self.assertLess(time.monotonic() - started, 8)
        self.assertTrue(self.client.is_closed())

    def test_the_peer_may_leave_at_any_moment(self):
        for text in (request("/count?pause_ms=30", "POST", "Content-Length: 100000\r\n") + bytes(5000),
                     request("/count", "POST", "Content-Length: 100000\r\n") + bytes(5000),
                     request("/slow?ms=50"), request("/events?n=50&ms=10"),
                     request("/echo", "POST", "Content-Length: 1000\r\n") + bytes(10),
                     request("/bytes?n=9000000")):
            for resets in (False, True):
                client = self.server.connect()
                client.send(text)
                time.sleep(0.02)
                if resets:
                    client.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER,
                                             b"\x01\0\0\0\0\0\0\0")
                client.socket.close()
        time.sleep(1.2)
        lines = dict(line.split() for line in self.server.get("/counters").body.decode().splitlines())
        self.assertEqual(lines["exchanges_open"], "1")


if __name__ == "__main__":
    unittest.main(warnings="ignore")
