#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Sends every case of h1_cases.py to the engine and to Debian's nginx, prints where they differ, row
by row, and fails when docs/http-strictness.md has no line for such a row. By hand:

    tests/conformance/compare_nginx.py
"""
import os
import re
import socket
import subprocess
import sys
import time

import engine
from engine import Client, Closed, Server
from h1_cases import CANARY, CASES

DOCUMENT = os.path.join(engine.ROOT, "docs", "http-strictness.md")

# The handlers of test_server.c as far as the cases need them. /count and /echo read the body, which
# nginx does for a proxied request only.
CONFIGURATION = """
daemon off; pid {folder}/nginx.pid; error_log {folder}/error.log; worker_processes 1;
events {{ worker_connections 500; }}
http {{
  access_log off; client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy;
  fastcgi_temp_path {folder}/f; uwsgi_temp_path {folder}/u; scgi_temp_path {folder}/s;
  server {{ listen 127.0.0.1:{back}; location / {{ return 200 "read\\n"; }} }}
  server {{ listen 127.0.0.1:{front} default_server; return 421; }}
  server {{
    listen 127.0.0.1:{front}; server_name h localhost; root {folder}; client_max_body_size 1m;
    location = / {{ if ($request_method !~ ^(GET|HEAD)$) {{ return 405; }} return 200 "hello\\n"; }}
    location = /canary {{ return 200 "canary\\n"; }}
    location = /bytes {{ alias {folder}/thousand; }}
    location ~ ^/(count|echo)$ {{ proxy_pass http://127.0.0.1:{back}; }}
    location / {{ return 404; }}
  }}
}}
"""


class Nginx:
    def __init__(self, folder):
        self.folder = folder
        front, back = free_port(), free_port()
        self.port = front
        path = os.path.join(folder.path, "nginx.conf")
        with open(os.path.join(folder.path, "thousand"), "wb") as file:
            file.write(b"x" * 1000)
        with open(path, "w", encoding="ascii") as file:
            file.write(CONFIGURATION.format(folder=folder.path, front=front, back=back))
        os.chmod(folder.path, 0o755)
        self.process = subprocess.Popen(["nginx", "-p", folder.path, "-c", path],
                                        stderr=subprocess.DEVNULL)
        time.sleep(0.5)

    def connect(self):
        plain = socket.create_connection(("127.0.0.1", self.port))
        plain.settimeout(3)
        return Client(plain)

    def stop(self):
        self.process.terminate()
        self.process.wait()


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def observe(server, case):
    """The statuses of all answers, the canary's among them, and whether the connection was closed."""
    seen = []
    with server.connect() as client:
        try:
            client.send(case.wire + CANARY if case.closes else case.wire)
        except OSError:
            pass
        client.socket.settimeout(0.7)
        try:
            while True:
                status, headers = client.head()
                body = b""
                if status >= 200 and status not in (204, 304) and "HEAD" not in case.methods:
                    body = client.chunks() if "transfer-encoding" in headers else client.take(
                        int(headers.get("content-length", 0)))
                is_canary = case.closes and body in (b"canary\n", b"1\n") or body.isdigit()
                seen.append("canary" if is_canary else status)
        except Closed:
            return tuple(seen), True
        except AssertionError:  # what HTTP/0.9 gets has no head
            return (*seen, "0.9"), True
        except OSError as error:
            return tuple(seen), isinstance(error, ConnectionResetError)


def text(observation):
    statuses, closes = observation
    runs = []
    for status in statuses:
        if runs and runs[-1][0] == status:
            runs[-1][1] += 1
        else:
            runs.append([status, 1])
    shown = " ".join(f"{s}" if n == 1 else f"{s}×{n}" for s, n in runs) or "nothing"
    return shown + (", closes" if closes else "")


def explained_rows():
    if not os.path.exists(DOCUMENT):
        return set()
    with open(DOCUMENT, encoding="utf-8") as file:
        return {int(row) for row in re.findall(r"^\| (\d+) \|", file.read(), re.MULTILINE)}


def main():
    folder = engine.Folder()
    nginx = Nginx(folder)
    rows = {}
    with Server(folder, "--host", "h", "--host", "localhost") as ours:
        for case in CASES:
            here, there = text(observe(ours, case)), text(observe(nginx, case))
            if here != there:
                rows.setdefault(case.row, {}).setdefault((here, there), []).append(case.wire)
        ours.stop_gracefully()
    nginx.stop()
    folder.remove()
    for row, kinds in sorted(rows.items()):
        for (here, there), wires in kinds.items():
            print(f"row {row}: ours {here} | nginx {there} | {len(wires)}×, as {wires[0][:90]!r}")
    unexplained = set(rows) - explained_rows()
    print(f"{sum(len(w) for k in rows.values() for w in k.values())} of {len(CASES)} differ, "
          f"{len(unexplained)} rows unexplained {sorted(unexplained) or ''}")
    return 1 if unexplained else 0


if __name__ == "__main__":
    sys.exit(main())
