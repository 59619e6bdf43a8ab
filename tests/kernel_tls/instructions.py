#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a keep-alive GET over TLS 1.3 costs the server, encrypted by OpenSSL and by the kernel, in instructions
of the guest's processor: of the loop's thread, what the kernel does for it included. By hand, some minutes:

    tests/kernel_tls/instructions.py

An instruction is no measure of time: one of AES does more than one that copies eight bytes. Both ways encrypt
the same bytes with the same instructions of the processor, so that what differs is the rest."""
import os
import sys

import guest

sys.path.insert(0, os.path.join(guest.ROOT, "tests", "conformance"))
import engine  # noqa: E402  pylint: disable=wrong-import-position

BUILD = os.environ.get("BANMAI_BUILD", os.path.join(guest.ROOT, "build", "dev"))
WORK = (("2 KB from memory", 200, "/bytes?n=2000"), ("32 KB from memory", 60, "/bytes?n=32768"),
        ("200 KB from a file", 60, "/files/200k"), ("1 MB from a file", 40, "/files/1m"))
PATIENCE_MS = "3000000"
TIMEOUT_S = 1200


def loop_of(pid):
    tasks = f"/proc/{pid}/task"
    for task in os.listdir(tasks):
        with open(f"{tasks}/{task}/comm", encoding="ascii") as file:
            if file.read().strip() == "loop-0":
                return f"{tasks}/{task}"
    raise AssertionError("no loop")


def spent(task):
    """Instructions (nanoseconds of a clock that counts them), and ticks in user space and in the kernel."""
    with open(f"{task}/schedstat", encoding="ascii") as file:
        instructions = int(file.read().split()[0])
    with open(f"{task}/stat", encoding="ascii") as file:
        fields = file.read().rsplit(")", 1)[1].split()
    return instructions, int(fields[11]), int(fields[12])


def cost(server, n, target):
    with server.connect() as client:
        for i in range(n + 5):
            if i == 5:
                before = spent(loop_of(server.process.pid))
            client.send(engine.request(target))
            client.answer()
        after = spent(loop_of(server.process.pid))
    return [b - a for a, b in zip(before, after)]


def in_guest():
    engine.TIMEOUT_S = TIMEOUT_S
    folder = engine.Folder()
    for name, size in (("200k", 200_000), ("1m", 1_000_000)):
        with open(os.path.join(folder.path, name), "wb") as file:
            file.write(os.urandom(size))
    for switch in ("no", "yes"):
        server = engine.Server(folder, "--idle-ms", PATIENCE_MS, "--kernel-tls", switch, tls=True)
        for name, n, target in WORK:
            instructions, user, system = cost(server, n, target)
            share = 100 * user // max(user + system, 1)
            who = "kernel" if switch == "yes" else "OpenSSL"
            print(f"{name}, {who}: {instructions / n / 1000:.0f} thousand instructions, {share} % in user space "
                  f"({user + system} ticks)", flush=True)
        server.process.kill()
        server.process.wait()


def main():
    if sys.argv[1:] == ["--in-guest"]:
        in_guest()
        return
    print(guest.run(f"cd {guest.ROOT}; export BANMAI_BUILD={BUILD} PYTHONDONTWRITEBYTECODE=1\n"
                    "/usr/bin/python3 tests/kernel_tls/instructions.py --in-guest", TIMEOUT_S, True)[0])


if __name__ == "__main__":
    main()
