#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""User-space instructions that `banmai serve` spends on one keep-alive GET, by callgrind: what 2,000
requests cost, counted between the moments at which callgrind_control switches counting on and off.

    tests/bench/instructions.py [ROW...] [--functions]     after tests/bench/serve.sh has built
"""
import argparse
import os
import re
import socket
import ssl
import subprocess
import sys
import tempfile
import types

import servers

N = 2000
# name: (size, TLS, more header fields). Playlists only: Debian 12's valgrind has no openat2(), by which
# the server opens media files.
BROWSER = ("User-Agent: Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) "
           "Chrome/120.0.0.0 Mobile Safari/537.36\r\nAccept: */*\r\nAccept-Language: vi-VN,vi;q=0.9\r\n"
           "Accept-Encoding: gzip, deflate, br\r\nSec-Fetch-Site: same-origin\r\nSec-Fetch-Mode: cors\r\n"
           "Sec-Fetch-Dest: empty\r\nReferer: https://banmai.example/lectures/12\r\n"
           "Cookie: sid=0123456789abcdef0123456789abcdef0123456789abcdef\r\nDNT: 1\r\n")
ROWS = {
    "small": ("playlist", False, ""),
    "small-browser": ("playlist", False, BROWSER),
    "tls-small": ("playlist", True, ""),
}


class Traced(servers.Instance):
    """An instance under callgrind, not counting yet."""

    def __init__(self, folder, options, tls=None):
        wrapper = os.path.join(folder, "banmai-callgrind")
        with open(wrapper, "w", encoding="ascii") as file:
            file.write("#!/bin/sh\nexec valgrind -q --tool=callgrind --instr-atstart=no "
                       f"--callgrind-out-file={folder}/callgrind.out.%p {servers.PROGRAM} \"$@\"\n")
        os.chmod(wrapper, 0o755)
        self.out = os.path.join(folder, "callgrind.out.")
        options.program = wrapper
        super().__init__(folder, options, tls)

    def count(self, is_on):
        servers.run(["callgrind_control", f"--instr={'on' if is_on else 'off'}", str(self.pids[0])])


def get(connection, head):
    connection.sendall(head)
    data = b""
    while b"\r\n\r\n" not in data:
        data += connection.recv(1 << 20)
    text, body = data.split(b"\r\n\r\n", 1)
    if not text.startswith(b"HTTP/1.1 200 "):
        raise RuntimeError(text)
    left = int(re.search(rb"content-length: (\d+)", text).group(1)) - len(body)
    while left > 0:
        left -= len(connection.recv(1 << 20))


def measure(row, shows_functions):
    size_name, is_tls, more = ROWS[row]
    options = types.SimpleNamespace(both_cores=False, program=None)
    with tempfile.TemporaryDirectory(prefix="banmai-bench-") as folder:
        certificate = servers.make_certificate(folder) if is_tls else None
        server = Traced(folder, options, certificate)
        connection = socket.create_connection(("127.0.0.1", server.port))
        if is_tls:
            context = ssl._create_unverified_context()
            connection = context.wrap_socket(connection, server_hostname="localhost")
        head = (f"GET {server.prefix}{servers.path_of(size_name)} HTTP/1.1\r\nHost: localhost\r\n"
                f"{more}\r\n").encode()
        for _ in range(100):
            get(connection, head)
        server.count(True)
        for _ in range(N):
            get(connection, head)
        server.count(False)
        connection.close()
        server.stop()
        out = server.out + str(server.pids[0])
        report = servers.run(["callgrind_annotate", out])
        total = int(re.search(r"([\d,]+) \(100.0%\)\s+PROGRAM TOTALS", report).group(1).replace(",", ""))
        print(f"{row:<16} {total / N:>8.0f} instructions per request", flush=True)
        if shows_functions:
            print("\n".join(report.split("\n")[20:60]))


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("rows", nargs="*", metavar="ROW", help=" ".join(ROWS))
    parser.add_argument("--functions", action="store_true", help="where they go")
    options = parser.parse_args()
    for row in options.rows or ROWS:
        measure(row, options.functions)
    return 0


if __name__ == "__main__":
    sys.exit(main())
