# SPDX-License-Identifier: GPL-3.0-or-later
"""Every case of h2_cases.py against the engine over TLS, each at once and byte by byte where it is
short. Ends with "N passed, N failed"."""
import os
import sys
import time

import engine
from engine import Server
from h2_cases import CASES
from h2_client import Gone, H2Client, Reset, request

CANARY_STREAM = 1001
GOOD_STREAM = 2001
LONGEST_SPLIT = 160
N_SPLIT = 60


def send(client, case, pieces):
    for piece in pieces:
        client.try_send(piece)
        if len(pieces) > 1:
            time.sleep(0.0002)
    if case.kind == "gone":
        client.try_send(request(CANARY_STREAM, "/canary"))


def check_gone(client, case):
    start = time.monotonic()
    code = client.end()
    if code not in case.codes:
        return f"GOAWAY {code} instead of {case.codes}"
    if time.monotonic() - start > 1:
        return "the connection stays open"
    return None


def check_stream(client, case):
    try:
        answer = client.answer(1)
    except Reset as reset:
        if case.kind == "reset" and reset.code in case.codes:
            return None
        return f"RST_STREAM {reset.code} instead of {case.kind} {case.codes}"
    if case.kind == "answer" and answer.status in case.codes:
        return None
    return f"{answer.status} instead of {case.kind} {case.codes}"


def is_usable(client, case):
    if b"bye" in case.wire:
        return True
    client.send(request(GOOD_STREAM, "/"))
    return client.answer(GOOD_STREAM).body == b"hello\n"


def run(server, case, pieces):
    """What is wrong, or None."""
    with H2Client(server, case.preface) as client:
        try:
            send(client, case, pieces)
            if case.kind == "gone":
                return check_gone(client, case)
            problem = check_stream(client, case) if case.kind != "fine" else None
            return problem or (None if is_usable(client, case) else "the connection is of no use any more")
        except Gone as gone:
            return f"GOAWAY {gone.code}, the connection has ended"
        except TimeoutError:
            return "nothing comes"


class Tally:
    passed = 0
    failed = 0

    def note(self, label, problem):
        if problem:
            self.failed += 1
            print(f"{label}: {problem}")
        else:
            self.passed += 1


def choose_for_splitting():
    short = [case for case in CASES if 0 < len(case.wire) <= LONGEST_SPLIT]
    step = max(1, len(short) / N_SPLIT)
    return [short[int(i * step)] for i in range(int(len(short) / step))]


def main():
    folder = engine.Folder()
    tally = Tally()
    with Server(folder, "--host", "localhost", "--host", "h", "--grace-ms", "0", tls=True) as server:
        for case in CASES:
            tally.note(f"{case.section}, {case.name}", run(server, case, [case.wire]))
        for case in choose_for_splitting():
            tally.note(f"{case.section}, {case.name}, byte by byte",
                       run(server, case, [case.wire[i:i + 1] for i in range(len(case.wire))]))
        hits = server.number("/canary-count")
        tally.note("canary", f"was hit {hits} times" if hits else None)
        tally.note("process", None if os.path.exists(f"/proc/{server.process.pid}") else "is dead")
        server.stop_gracefully()
    folder.remove()
    names = [(case.section, case.name) for case in CASES]
    twice = {name for name in names if names.count(name) > 1}
    assert not twice, f"two cases of the same name: {twice}"
    print(f"{len(CASES)} cases in {len({case.section for case in CASES})} sections")
    print(f"{tally.passed} passed, {tally.failed} failed")
    return 1 if tally.failed else 0


if __name__ == "__main__":
    sys.exit(main())
