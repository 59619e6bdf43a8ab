# SPDX-License-Identifier: GPL-3.0-or-later
"""Abuse of HTTP/2: floods of resets, frames and header blocks, held windows. Each attack must end with
its own connection, cost next to nothing, and leave others alone. Prints the figures A5 and A6."""
import multiprocessing
import os
import re
import struct
import time
import unittest

import machine
from machine import Server, engine
from h2_client import (  # in a folder that machine.py has found
    ACK, CONTINUATION, DATA, END_HEADERS, END_STREAM, ENHANCE_YOUR_CALM, HEADERS, MAGIC, NO_ERROR, PADDED,
    PING, PRIORITY, PRIORITY_UPDATE, RST_STREAM, Gone, H2Client, Reset, block, frame, literal,
    number, request, request_fields, reset, settings, window_update)

FOLDER = engine.Folder()
N_RESETS = 50_000 if engine.IS_LONG else 5_000
BUSY_MACHINE_MS = 1  # of two cores, one may be wanted by something else
N_TRIES = 3  # for the same reason
N_PROBES = 2_000 if engine.IS_LONG else 500


def tearDownModule():
    FOLDER.remove()


def memory_kib(server, field="VmRSS"):
    with open(f"/proc/{server.process.pid}/status", encoding="ascii") as status:
        return int(re.search(rf"{field}:\s*(\d+)", status.read())[1])


def reset_peak(server):
    with open(f"/proc/{server.process.pid}/clear_refs", "w", encoding="ascii") as file:
        file.write("5")


def counter(server, name):
    return int(re.search(rf"^{name} (\d+)", server.get("/counters").body.decode(), re.M)[1])


def percentile(values, share):
    return sorted(values)[min(len(values) - 1, int(len(values) * share))]


class Probe:
    """An honest client that asks again and again; how long it waits, in ms."""

    def __init__(self, server):
        self.client = H2Client(server)
        self.stream = 1

    def times(self, n):
        taken = []
        for _ in range(n):
            start = time.monotonic()
            self.client.send(request(self.stream))
            assert self.client.answer(self.stream).status == 200
            self.stream += 2
            taken.append((time.monotonic() - start) * 1000)
        return taken


class Attack:
    """Sends pieces until the server hangs up."""

    def __init__(self, server, pieces):
        self.client = H2Client(server)
        self.pieces = pieces
        self.n_sent = 0

    def run(self):
        for piece in self.pieces:
            try:
                self.client.send(piece)
            except OSError:
                break
            self.n_sent += 1

    def end(self):
        """The code of the last GOAWAY; raises when the connection stays open."""
        return self.client.end()


def attack_on(server, make_pieces):
    """Again and again; in a process of its own, which is killed. It steps back where the honest client or
    the server want a processor: an attacker has machines of its own."""
    os.nice(19)
    while True:
        attack = Attack(server, make_pieces())
        attack.run()
        attack.client.raw.socket.close()


def ids():
    return range(1, 1 << 31, 2)


class Flood(unittest.TestCase):
    def setUp(self):
        self.server = Server(FOLDER, "--grace-ms", "0", tls=True)

    def tearDown(self):
        self.assertEqual(self.server.get("/").body, b"hello\n")
        self.server.stop_gracefully()
        self.server.__exit__(None, None, None)

    def attack(self, pieces, code=ENHANCE_YOUR_CALM):
        """The attack ends with its connection."""
        attack = Attack(self.server, pieces)
        attack.run()
        self.assertEqual(attack.end(), code)
        attack.client.raw.socket.close()
        return attack

    def assert_memory(self, growth_kib, at_most_kib):
        """A sanitizer keeps what is freed and surrounds what is not."""
        if not machine.IS_SANITIZED:
            self.assertLessEqual(growth_kib, at_most_kib)

    # ---- A5: resets ----

    def honest_p99(self):
        return percentile(Probe(self.server).times(N_PROBES), 0.99)

    def flood_of_resets(self, name, make_pieces):
        """Once, to see what one connection gets; then again and again, to see what others notice."""
        before = counter(self.server, "requests_h2")
        attack = self.attack(make_pieces())
        started = counter(self.server, "requests_h2") - before
        self.assertLessEqual(started, 200)
        self.assertLessEqual(attack.client.last_stream // 2, 200)
        for _ in range(N_TRIES):
            baseline, during = self.measure_others(make_pieces)
            print(f"A5 {name}: {started} handlers started, last stream {attack.client.last_stream}; "
                  f"honest p99 {baseline:.2f} ms before, {during:.2f} ms during attack after attack")
            if during <= 2 * baseline + BUSY_MACHINE_MS:
                return
        self.fail("others notice")

    def measure_others(self, make_pieces):
        baseline = self.honest_p99()
        attacker = multiprocessing.Process(target=attack_on, args=(self.server, make_pieces))
        attacker.start()
        during = self.honest_p99()
        attacker.terminate()
        attacker.join()
        return baseline, during

    def test_rapid_reset(self):
        self.flood_of_resets("rapid reset", lambda: (
            request(i, "/slow?ms=2000") + reset(i) for i, _ in zip(ids(), range(N_RESETS))))

    def test_rapid_reset_that_lets_handlers_begin(self):
        def pieces():
            for i, _ in zip(ids(), range(400)):
                yield request(i, "/slow?ms=2000")
                time.sleep(0.002)
                yield reset(i)
        self.flood_of_resets("rapid reset, one by one", pieces)

    def test_resets_provoked_by_windows(self):
        self.flood_of_resets("MadeYouReset, windows", lambda: (
            request(i, "/slow?ms=2000") + window_update(i, 0x7fffffff)
            for i, _ in zip(ids(), range(N_RESETS))))

    def test_resets_provoked_by_lengths(self):
        self.flood_of_resets("MadeYouReset, lengths", lambda: (
            request(i, "/count", "POST", [("content-length", "1")], 0) + frame(DATA, END_STREAM, i, b"ab")
            for i, _ in zip(ids(), range(N_RESETS))))

    def test_resets_provoked_by_malformed_requests(self):
        attack = self.attack(frame(HEADERS, END_HEADERS | END_STREAM, i, block([("x", "y")]))
                             for i, _ in zip(ids(), range(N_RESETS)))
        self.assertLessEqual(len(attack.client.resets), 200)

    def test_resets_provoked_by_settings(self):
        """One SETTINGS frame that pushes the windows of a hundred streams beyond their limit."""
        opened = b"".join(request(i, "/slow?ms=2000") + window_update(i, 0x7fff0000 - 65535)
                          for i, _ in zip(ids(), range(100)))
        attack = self.attack([opened, settings((4, 0x7fffffff)), frame(PING, payload=bytes(8)) * 1300])
        self.assertLessEqual(len(attack.client.resets), 200)

    def test_refused_streams_are_not_free(self):
        attack = self.attack(request(i, "/slow?ms=3000") for i, _ in zip(ids(), range(N_RESETS)))
        self.assertLessEqual(counter(self.server, "requests_h2"), 101)
        self.assertLessEqual(len(attack.client.resets), 200)

    # ---- A6: header blocks ----

    def test_hpack_bomb(self):
        """The fields of a small block decompress to a hundred times its size, with no window to get
        rid of the answers."""
        self.server.get("/")
        reset_peak(self.server)
        before = memory_kib(self.server)
        client = H2Client(self.server, MAGIC + settings((4, 0)))
        fields = block(request_fields())
        entry = b"\x40" + number(1, 7) + b"x" + number(4000, 7) + b"v" * 4000  # all of the table
        for i, _ in zip(ids(), range(100)):
            first = fields + (entry if i == 1 else b"")
            client.try_send(frame(HEADERS, END_HEADERS | END_STREAM, i,
                                  first + b"\xbe" * (16000 - len(first))))
        code = client.end()
        growth = memory_kib(self.server, "VmHWM") - before
        print(f"A6 HPACK bomb: 100 streams x 16,000 references: RSS growth {growth} KiB, GOAWAY {code}")
        self.assertEqual(code, ENHANCE_YOUR_CALM)
        self.assert_memory(growth, 8 * 1024)

    def test_bombs_without_names_or_values(self):
        """Empty cookie crumbs, the least that a field can be."""
        crumbs = literal("cookie", "")[1:]
        empty = b"\x40" + crumbs + b"\xbe" * 12000
        attack = self.attack(frame(HEADERS, END_HEADERS | END_STREAM, i, block(request_fields()) + empty)
                             for i, _ in zip(ids(), range(100)))
        self.assertTrue(all(dict(head)[":status"] == "431" for head in attack.client.heads.values()))

    def test_continuation_flood(self):
        """A header block that never ends."""
        self.server.get("/")
        reset_peak(self.server)
        before = memory_kib(self.server)
        pieces = [frame(HEADERS, END_STREAM, 1, block(request_fields()))]
        pieces += [frame(CONTINUATION, 0, 1, literal("x", "v" * 4090))] * 1000
        attack = self.attack(pieces)
        growth = memory_kib(self.server, "VmHWM") - before
        print(f"A6 CONTINUATION: {attack.n_sent} x 4 KiB sent: RSS growth {growth} KiB")
        self.assert_memory(growth, 64 + 128)  # of it the TLS connection

    def test_continuation_flood_on_a_refused_stream(self):
        """nghttp2 does not tell us of these blocks."""
        opened = b"".join(request(i, "/slow?ms=3000") for i, _ in zip(ids(), range(100)))
        self.attack([opened, frame(HEADERS, END_STREAM, 301, block(request_fields())),
                     *[frame(CONTINUATION, 0, 301, b"")] * 2000])

    def test_unfinished_header_blocks_end(self):
        server = Server(FOLDER, "--grace-ms", "0", "--head-ms", "700", tls=True)
        client = H2Client(server)
        client.send(frame(HEADERS, END_STREAM, 1, block(request_fields())))
        start = time.monotonic()
        self.assertEqual(client.end(), ENHANCE_YOUR_CALM)
        self.assertLess(time.monotonic() - start, 2.5)
        server.stop_gracefully()
        server.__exit__(None, None, None)

    # ---- Frames that cost us work ----

    def test_floods_of_small_frames(self):
        one = request(1, "/slow?ms=4000")
        body = request(1, "/count", "POST", flags=0)
        floods = {
            "PING": frame(PING, payload=bytes(8)),
            "SETTINGS": settings((3, 100)),
            "empty SETTINGS": settings(),
            "PRIORITY": frame(PRIORITY, 0, 9, struct.pack(">IB", 0, 1)),
            "PRIORITY_UPDATE": frame(PRIORITY_UPDATE, 0, 0, struct.pack(">I", 1) + b"u=1"),
            "WINDOW_UPDATE": window_update(0, 1),
            "WINDOW_UPDATE of a stream": window_update(1, 1),
            "an unknown type": frame(0xfa),
            "an unknown type with bytes": frame(0x42, 0xff, 1, bytes(100)),
            "ALTSVC": frame(0x0a, 0, 0, struct.pack(">H", 0)),
            "ORIGIN": frame(0x0c),
            "unknown settings": settings((0xfafa, 1), (0x99, 2)),
            "PONG": frame(PING, ACK, 0, bytes(8)),
        }
        for name, piece in floods.items():
            with self.subTest(name):
                attack = self.attack([one] + [piece * 100] * 100)
                self.assertLessEqual(attack.n_sent, 101)
        with self.subTest("empty DATA"):
            self.attack([body] + [frame(DATA, 0, 1) * 100] * 100)
        with self.subTest("DATA of padding alone"):
            self.attack([body] + [frame(DATA, PADDED, 1, b"\x03" + bytes(3)) * 100] * 100)
        with self.subTest("DATA of a stream that is gone"):
            self.attack([body, reset(1)] + [frame(DATA, 0, 1, b"x") * 100] * 100)
        with self.subTest("types that are all different"):
            self.attack([one] + [b"".join(frame(kind) for kind in range(0x11, 0x100))] * 100)
        with self.subTest("RST_STREAM of a stream that is gone"):
            self.attack([one, reset(1)] + [frame(RST_STREAM, 0, 1, bytes(4)) * 100] * 100)

    def test_a_peer_that_does_not_read_its_acknowledgements(self):
        before = memory_kib(self.server)
        client = H2Client(self.server)
        for _ in range(200):
            client.try_send(frame(PING, payload=bytes(8)) * 200)
        self.assertEqual(client.end(), ENHANCE_YOUR_CALM)
        self.assertLessEqual(memory_kib(self.server) - before, 2048)

    def test_honest_use_is_no_flood(self):
        """A thousand requests, some taken back late, a window opened for every frame."""
        client = H2Client(self.server)
        for i, n in zip(ids(), range(1000)):
            client.send(request(i, "/bytes?n=20000"))
            while i not in client.ended:
                client.read_frame()
                client.send(window_update(0, 10000))
            if n % 50 == 0:
                client.send(frame(PING, payload=bytes(8)))
                client.send(frame(0x0b + 0x1f * (n // 50 % 7), 0x5, 0, b"grease"))
        self.assertIsNone(client.goaway)

    def test_uploads_in_small_frames_are_no_flood(self):
        data = bytes(range(256)) * 40
        client = H2Client(self.server)
        client.send(request(1, "/count", "POST", flags=0))
        for i in range(0, len(data), 5):
            client.send(frame(DATA, 0, 1, data[i:i + 5]))
        client.send(frame(DATA, END_STREAM, 1))
        self.assertEqual(client.answer(1).body, engine.count_answer(data))


class Stall(unittest.TestCase):
    """Peers that hold an answer by their window."""

    def setUp(self):
        self.server = Server(FOLDER, "--grace-ms", "0", "--window-stall-ms", "1000", tls=True)

    def tearDown(self):
        self.server.stop_gracefully()
        self.server.__exit__(None, None, None)

    def expect_reset(self, client, stream=1):
        start = time.monotonic()
        with self.assertRaises(Reset):
            client.answer(stream)
        self.assertLess(time.monotonic() - start, 4)

    def test_no_window(self):
        client = H2Client(self.server, MAGIC + settings((4, 0)))
        client.send(request(1, "/bytes?n=100000"))
        self.expect_reset(client)
        client.send(frame(PING, payload=bytes(8)))
        client.until(lambda: client.pongs)

    def test_no_window_of_the_connection(self):
        client = H2Client(self.server, MAGIC + settings((4, 1 << 20)))
        client.send(request(1, "/bytes?n=1000000"))
        self.expect_reset(client)

    def test_windows_of_one_byte(self):
        client = H2Client(self.server, MAGIC + settings((4, 1)))
        client.send(request(1, "/bytes?n=1000"))
        start = time.monotonic()
        while 1 not in client.resets and time.monotonic() - start < 6:
            client.send(window_update(1, 1))
            client.read_frame()
            time.sleep(0.02)
        self.assertIn(1, client.resets)

    def test_a_hundred_stalled_answers_hold_little(self):
        self.server.get("/")
        reset_peak(self.server)
        before = memory_kib(self.server)
        client = H2Client(self.server, MAGIC + settings((4, 0)))
        for i, _ in zip(ids(), range(100)):
            client.send(request(i, "/files/file.bin"))
        client.until(lambda: len(client.heads) == 100)
        growth = memory_kib(self.server, "VmHWM") - before
        print(f"100 answers of 300 kB without window: RSS growth {growth} KiB")
        self.assertLessEqual(growth, 2048)
        with self.assertRaises(Gone) as gone:
            client.until(lambda: False)
        self.assertEqual(gone.exception.code, ENHANCE_YOUR_CALM)

    def test_a_slow_reader_is_no_stall(self):
        client = H2Client(self.server, MAGIC + settings((4, 2000)))
        client.send(request(1, "/bytes?n=20000"))
        while 1 not in client.ended:
            client.read_frame()
            time.sleep(0.2)
            client.send(window_update(1, 2000))
        self.assertEqual(len(client.bodies[1]), 20000)

    def test_a_stream_of_events_is_no_stall(self):
        client = H2Client(self.server)
        client.send(request(1, "/events?n=2&ms=1500"))
        self.assertEqual(client.answer(1).body, b"data: tick\n\n" * 2)
        self.assertEqual(client.goaway or NO_ERROR, NO_ERROR)


if __name__ == "__main__":
    unittest.main(warnings="ignore")
