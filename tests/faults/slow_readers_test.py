#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Readers that ask for a megabyte and take a few bytes at a time: they hold little memory, and people
who play a lecture meanwhile do not stall."""
import os
import threading
import time
import unittest

import machine
from machine import Crowd, Server, choose, engine, figure

N_PLAIN = choose(1000, 10000)
N_TLS = choose(200, 10000)
READ_FOR_S = choose(4, 30)
BYTES_AT_A_TIME, READ_EVERY_S = 32, choose(1, 5)
N_PLAYERS, SEGMENT_BYTES, SEGMENT_EVERY_S = 20, 30000, 1.0
FILE_BYTES = 1_000_000


class Players(threading.Thread):
    """People who fetch a segment each second; one that comes later than the next is due is a stall."""

    def __init__(self, server):
        super().__init__()
        self.server = server
        self.is_over = threading.Event()
        self.seconds = []

    def run(self):
        clients = [self.server.connect() for _ in range(N_PLAYERS)]
        while not self.is_over.is_set():
            began = time.monotonic()
            for client in clients:
                started = time.monotonic()
                client.send(engine.request(f"/files/segment?length={SEGMENT_BYTES}"))
                assert len(client.answer().body) == SEGMENT_BYTES
                self.seconds.append(time.monotonic() - started)
            self.is_over.wait(max(0, SEGMENT_EVERY_S - (time.monotonic() - began)))
        for client in clients:
            client.socket.close()

    def n_stalls(self):
        return sum(seconds > SEGMENT_EVERY_S for seconds in self.seconds)


class SlowReaders(unittest.TestCase):
    def read_slowly(self, crowd):
        ends_at = time.monotonic() + READ_FOR_S
        next_at = time.monotonic()
        while time.monotonic() < ends_at:
            if time.monotonic() >= next_at:
                next_at += READ_EVERY_S
                for member in crowd.open_members():
                    crowd.hear(member, BYTES_AT_A_TIME)
            crowd.look(0.05, reads=False)

    def check(self, n, tls, most_mib):
        folder = engine.Folder()
        self.addCleanup(folder.remove)
        with open(os.path.join(folder.path, "segment"), "wb") as file:
            file.write(os.urandom(FILE_BYTES))
        with Server(folder, tls=tls) as server:
            pid = server.process.pid
            before_kib, tcp_before = machine.memory_kib(pid), machine.tcp_memory_bytes()
            crowd = Crowd(server, greet=engine.request("/files/segment"), receive_bytes=1024)
            players = Players(server)
            players.start()
            crowd.grow(n)
            self.read_slowly(crowd)
            grown_kib = machine.memory_kib(pid, "VmHWM") - before_kib
            tcp_mib = (machine.tcp_memory_bytes() - tcp_before) / 2**20
            players.is_over.set()
            players.join()
            n_open, n_turned_away = len(crowd.open_members()), crowd.n_turned_away
            crowd.disperse()
            server.stop_gracefully()
        print(f"{n} slow readers of {FILE_BYTES} bytes, {'TLS' if tls else 'plain'}", flush=True)
        self.assertEqual((n_open, n_turned_away), (n, 0))
        self.assertTrue(figure("stalls of 20 players", players.n_stalls(), 0))
        holds = [figure("memory above that of the idle server", grown_kib / 1024, most_mib, " MiB"),
                 figure("memory per reader", grown_kib / n, choose(None, 64), " KiB"),
                 figure("TCP memory", tcp_mib, 1536, " MiB")]
        self.assertTrue(all(holds) or machine.IS_SANITIZED)

    def setUp(self):
        machine.raise_descriptor_limit()

    def test_plain(self):
        self.check(N_PLAIN, tls=False, most_mib=200)

    def test_tls(self):
        self.check(N_TLS, tls=True, most_mib=640)


if __name__ == "__main__":
    unittest.main()
