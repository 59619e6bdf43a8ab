#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Kernel TLS, on a kernel that has it: boots one in a virtual machine (guest.py) and runs there in_guest.py
and the engine's tests over TLS, but for those that look at a clock. Takes some minutes, since the guest's
processor is emulated.

    tests/kernel_tls/kernel_tls_test.py            all of it
    tests/kernel_tls/kernel_tls_test.py PROGRAM…   some programs, by their paths from tests/"""
import os
import sys

import guest

sys.path.insert(0, os.path.join(guest.ROOT, "tests", "harness"))
import counts  # noqa: E402  pylint: disable=wrong-import-position

BUILD = os.environ.get("BANMAI_BUILD", os.path.join(guest.ROOT, "build", "dev"))
PROGRAMS = ("kernel_tls/in_guest.py", "conformance/engine_tls_test.py", "conformance/h2_frames_test.py")
BETWEEN = "---- ended ----"
TIMEOUT_S = 1800


def main():
    programs = sys.argv[1:] or PROGRAMS
    unit = f"{BUILD}/tests/unit/unit-server-http --filter 'kernel_tls/*' --short-filename"
    command = f"cd {guest.ROOT}; export BANMAI_BUILD={BUILD} BANMAI_KERNEL_TLS=1 PYTHONDONTWRITEBYTECODE=1\n"
    command += f"grep -q tls /proc/sys/net/ipv4/tcp_available_ulp && {unit} || exit 1\n"
    for program in programs:
        command += f"/usr/bin/python3 tests/{program} 2>&1; echo '{BETWEEN}'\n"
    output, status = guest.run(command, TIMEOUT_S)
    print(output)
    total = counts.Count()
    parts = output.split(BETWEEN)[:-1]
    for program, part in zip(programs, parts):
        count = counts.printed(part, 0, None)
        print(f"{program}: {count.passed} passed, {count.failed} failed")
        total += count if count.total > 0 else counts.Count(failed=1)
    total += counts.Count(failed=len(programs) - len(parts)) + counts.by_status(None, status, None)
    print(f"{total.passed} passed, {total.failed} failed, {total.skipped} skipped")
    return 1 if total.failed else 0


if __name__ == "__main__":
    sys.exit(main())
