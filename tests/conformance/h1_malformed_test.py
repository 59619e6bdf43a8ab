# SPDX-License-Identifier: GPL-3.0-or-later
"""Every case of h1_cases.py against the engine: plain, over TLS, and a choice of them byte by byte
and cut in two at every place. Ends with "N passed, N failed"."""
import sys
import time

import engine
from engine import Closed, Server
from h1_cases import CANARY, CASES, GOOD

N_SPLIT = 64
LONGEST_SPLIT = 200  # bytes: a case is sent as often as it is long


def is_expected(status, allowed):
    return status in allowed if isinstance(allowed, list) else status == allowed


def read_answers(client, case):
    """What is wrong with the answers, or None."""
    for i, allowed in enumerate(case.statuses):
        method = case.methods[i] if i < len(case.methods) else "GET"
        try:
            answer = client.answer(method)
        except (Closed, OSError) as cut:
            return f"answer {i + 1} is missing ({cut!r})"
        if not is_expected(answer.status, allowed):
            return f"answer {i + 1} is {answer.status} instead of {allowed}"
    return None


def send(client, pieces):
    try:
        for piece in pieces:
            client.send(piece)
            if len(pieces) > 1:
                time.sleep(0.0002)
    except OSError:
        pass  # the server may have hung up before the last piece


def run(server, case, pieces):
    """What is wrong, or None."""
    with server.connect() as client:
        send(client, pieces + [CANARY] if case.closes else pieces)
        problem = read_answers(client, case)
        if problem:
            return problem
        if case.closes:
            return None if client.is_closed(1) else "the connection is still open"
        client.send(GOOD)
        return None if client.answer().status == 200 else "the connection is of no use any more"


def choose_for_splitting():
    """Short cases, spread over the rows."""
    short = [case for case in CASES if len(case.wire) <= LONGEST_SPLIT]
    step = len(short) / N_SPLIT
    return [short[int(i * step)] for i in range(N_SPLIT)]


class Tally:
    def __init__(self):
        self.passed = 0
        self.failed = 0

    def note(self, label, case, problem):
        if problem:
            self.failed += 1
            print(f"{label}, {case.name}: {problem}")
        else:
            self.passed += 1


def check_all(folder, tally, tls):
    with Server(folder, "--host", "h", "--host", "localhost", tls=tls) as server:
        for case in CASES:
            tally.note("TLS" if tls else "plain", case, run(server, case, [case.wire]))
        check_canary(server, tally)
        server.stop_gracefully()


def check_splits(folder, tally):
    with Server(folder, "--host", "h", "--host", "localhost") as server:
        for case in choose_for_splitting():
            wire = case.wire
            tally.note("byte by byte", case, run(server, case, [wire[i:i + 1] for i in range(len(wire))]))
            problem = None
            for at in range(1, len(wire)):
                problem = problem or run(server, case, [wire[:at], wire[at:]])
            tally.note("cut in two", case, problem)
        check_canary(server, tally)
        server.stop_gracefully()


def check_canary(server, tally):
    hits = server.number("/canary-count")
    if hits:
        tally.failed += 1
        print(f"the canary was hit {hits} times")
    else:
        tally.passed += 1


def main():
    folder = engine.Folder()
    tally = Tally()
    check_all(folder, tally, tls=False)
    check_all(folder, tally, tls=True)
    check_splits(folder, tally)
    folder.remove()
    print(f"{len(CASES)} requests in {len({case.row for case in CASES})} rows")
    print(f"{tally.passed} passed, {tally.failed} failed")
    return 1 if tally.failed else 0


if __name__ == "__main__":
    sys.exit(main())
