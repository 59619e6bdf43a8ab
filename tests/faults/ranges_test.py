#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Range fields of all kinds: no answer is longer than the file and 4 KiB, and each says what was asked.

An oracle reads the field as RFC 9110 §14.2 has it, without an idea of how the engine does it."""
import os
import random
import re
import unittest

from machine import Server, choose, engine, figure

N = choose(500, 5000)
SEED = int(os.environ.get("BANMAI_SEED", "20261125"))
SIZES = (1, 129, 5000, 300_000)
MORE_BYTES = 4096


def spec(dice, size):
    """One range, mostly a good one."""
    kind = dice.randrange(10)
    first = dice.randrange(size + size // 8 + 1)
    if kind == 0:
        return f"-{dice.randrange(size * 2)}"
    if kind == 1:
        return f"{first}-"
    if kind == 2:
        return f"{first}-{'9' * dice.randrange(1, 40)}"
    if kind == 3:
        return dice.choice(["0-0", "5-2", "-0", "-", "", "x-y", "0x1-2", "+1-2", "1 - 2", " 7-8 ", "--1"])
    return f"{first}-{first + dice.randrange(dice.choice([1, 20, 200, size]) + 1)}"


def field(dice, size):
    count = dice.choice([1, 1, 1, 2, 3, 5, 16, 17, 40, 200])
    if dice.randrange(8) == 0:
        return "bytes=" + ",".join([spec(dice, size)] * count)
    unit = dice.choice(["bytes"] * 12 + ["BYTES", "items", "bytes "])
    return f"{unit}=" + ",".join(spec(dice, size) for _ in range(count))


def wanted_bytes(value, size):
    """The set of positions asked for as runs, or None when the field is malformed or of another unit."""
    unit, _, rest = value.partition("=")
    if unit.lower() != "bytes":
        return None
    runs = []
    for text in rest.split(","):
        match = re.fullmatch(r"(\d*)-(\d*)", text.strip(" \t"))
        if not match or match.group(0) == "-":
            return None
        first, last = match.groups()
        if not first:
            if int(last) > 0 and size > 0:
                runs.append((max(0, size - int(last)), size))
        elif last and int(last) < int(first):
            return None
        elif int(first) < size:
            runs.append((int(first), min(size, int(last) + 1 if last else size)))
    return runs


def parts_of(answer, content):
    """The runs that an answer carries; each holds what the file has there."""
    kind = answer.headers.get("content-type", "")
    if not kind.startswith("multipart/byteranges"):
        first, last, size = map(int, re.fullmatch(r"bytes (\d+)-(\d+)/(\d+)", answer.headers["content-range"]).groups())
        assert size == len(content) and answer.body == content[first:last + 1]
        return [(first, last + 1)]
    boundary = re.search(r"boundary=([^;]+)", kind).group(1).encode()
    assert answer.body.endswith(b"--" + boundary + b"--\r\n"), answer.body[-80:]
    rest, runs = answer.body, []
    while not rest.lstrip(b"\r\n").startswith(b"--" + boundary + b"--"):
        head, _, rest = rest.partition(b"\r\n\r\n")
        first, last, size = map(int, re.search(rb"(?i)content-range: bytes (\d+)-(\d+)/(\d+)", head).groups())
        assert boundary in head and size == len(content)
        assert rest[:last + 1 - first] == content[first:last + 1]
        runs.append((first, last + 1))
        rest = rest[last + 1 - first:]
    return runs


def is_covered(wanted, runs):
    """Whether the runs, which must not overlap, hold all that was wanted."""
    ordered = sorted(runs)
    assert all(a[1] <= b[0] for a, b in zip(ordered, ordered[1:])), f"overlap: {runs}"
    return all(any(first <= a and b <= last for first, last in ordered) for a, b in wanted)


class Counting:
    """A socket that counts what it receives."""

    def __init__(self, sock):
        self.socket = sock
        self.n = 0

    def recv(self, size):
        data = self.socket.recv(size)
        self.n += len(data)
        return data

    def __getattr__(self, name):
        return getattr(self.socket, name)


class Ranges(unittest.TestCase):
    def check(self, client, value, name, content):
        client.socket.n = 0
        client.send(f"GET /files/{name} HTTP/1.1\r\nHost: h\r\nRange: {value}\r\n\r\n")
        answer = client.answer()
        wanted = wanted_bytes(value, len(content))
        self.assertLessEqual(client.socket.n, len(content) + MORE_BYTES, value)
        if answer.status == 206:
            self.assertIsNotNone(wanted, value)
            runs = parts_of(answer, content)
            self.assertLessEqual(len(runs), 16)
            self.assertTrue(is_covered(wanted, runs), (value, runs))
        elif answer.status == 416:
            self.assertEqual((wanted, answer.headers["content-range"]), ([], f"bytes */{len(content)}"), value)
        else:  # ignored: malformed, or too many
            self.assertEqual((answer.status, answer.body), (200, content), value)
            self.assertTrue(not wanted or value.count(",") >= 16, value)
        return answer.status, client.socket.n - len(content)

    def test_random_fields_against_an_oracle(self):
        folder = engine.Folder()
        self.addCleanup(folder.remove)
        dice = random.Random(SEED)
        statuses, most_above = {}, -10**9
        for size in SIZES:
            with open(os.path.join(folder.path, f"f{size}"), "wb") as file:
                file.write(dice.randbytes(size))
        with Server(folder) as server, server.connect() as client:
            client.socket = Counting(client.socket)
            for i in range(N):
                size = SIZES[i % len(SIZES)]
                status, above = self.check(client, field(dice, size), f"f{size}", folder.read(f"f{size}"))
                statuses[status] = statuses.get(status, 0) + 1
                most_above = max(most_above, above)
            server.stop_gracefully()
        print(f"{N} Range fields, seed {SEED}: {statuses}", flush=True)
        self.assertTrue(figure("most bytes above the file's size", most_above, MORE_BYTES))
        self.assertGreater(min(statuses.get(s, 0) for s in (200, 206, 416)), N // 100)


if __name__ == "__main__":
    unittest.main()
