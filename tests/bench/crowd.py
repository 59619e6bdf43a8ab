# SPDX-License-Identifier: GPL-3.0-or-later
"""Rows with a crowd: what an idle connection costs, and 10,000 readers on 64 kbit/s each."""
import select
import socket
import ssl
import time

CHUNK_BYTES = 8192
H2_START = (b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + b"\x00\x00\x00\x04\x00\x00\x00\x00\x00")


def connect(port):
    s = socket.socket()
    s.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 16384)
    s.connect(("127.0.0.1", port))
    return s


def one_get(s, path):
    """A request and its answer: a connection that has been used."""
    s.sendall(f"GET {path} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode())
    data = b""
    while b"\r\n\r\n" not in data:
        data += s.recv(65536)
    head, body = data.split(b"\r\n\r\n", 1)
    length = int(next(line.split(b":")[1] for line in head.lower().split(b"\r\n")
                      if line.startswith(b"content-length")))
    while len(body) < length:
        body += s.recv(65536)


def hpack_text(text):
    return bytes([len(text)]) + text.encode() if len(text) < 127 else (
        bytes([127, len(text) - 127]) + text.encode())


def one_h2_get(s, path):
    """Preface, one GET on stream 1 with literal fields, and all until its last frame."""
    block = b"\x82\x87\x01" + hpack_text("localhost") + b"\x04" + hpack_text(path)
    s.sendall(H2_START + len(block).to_bytes(3, "big") + b"\x01\x05\x00\x00\x00\x01" + block)
    data = b""
    while True:
        while len(data) >= 9 and len(data) >= 9 + int.from_bytes(data[:3], "big"):
            length, kind, flags = int.from_bytes(data[:3], "big"), data[3], data[4]
            if kind == 4 and not flags & 1:
                s.sendall(b"\x00\x00\x00\x04\x01\x00\x00\x00\x00")
            if data[5:9] == b"\x00\x00\x00\x01" and flags & 1:
                return
            data = data[9 + length:]
        more = s.recv(65536)
        if not more:
            raise RuntimeError("the HTTP/2 connection ended")
        data += more


def context_for(protocols):
    context = ssl.create_default_context()
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    context.set_alpn_protocols(protocols)
    return context


def growth_bytes(server, kind, n):
    """RSS growth of the server for each of n idle connections; None when it does not speak that."""
    target = server.target("4k")
    context = context_for(["h2"] if kind == "h2" else ["http/1.1"])
    crowd = []
    before = 0
    try:
        for i in range(n + 50):
            if i == 50:  # what the first ones cost is no connection's
                before = server.rss_kib()
            s = connect(server.port if kind == "plain" else server.tls_port)
            if kind != "plain":
                s = context.wrap_socket(s, server_hostname="localhost")
            crowd.append(s)
            if kind == "h2":
                if s.selected_alpn_protocol() != "h2":
                    return None
                one_h2_get(s, target.tls)
            else:
                one_get(s, target.plain if kind == "plain" else target.tls)
        time.sleep(1)
        return (server.rss_kib() - before) * 1024 / n
    finally:
        for s in crowd:
            s.close()


def idle_row(kind, goal_kib):
    def measure(workspace, options, print_line):
        ours = growth_bytes(workspace.ours, kind, options.crowd)
        theirs = growth_bytes(workspace.nginx, kind, options.crowd)
        if ours is None:
            print(f"idle connections, {kind}: not spoken", flush=True)
            return
        print_line(f"{options.crowd} idle connections, {kind}", "RSS bytes each", ours, theirs,
                   ours / theirs if theirs else 0, None)
        print(f"{'':<36} goal ≤ {goal_kib} KiB: {'met' if ours <= goal_kib * 1024 else 'NOT MET'}",
              flush=True)
    return measure


class Readers:
    """n connections, each reading a 1 MB segment at 8 KiB/s, over and over."""

    def __init__(self, port, path, n):
        self.request = f"GET {path} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode()
        self.sockets = []
        for _ in range(n):
            s = connect(port)
            s.sendall(self.request)
            s.setblocking(False)
            self.sockets.append(s)
        self.n_bytes = 0

    def read_for(self, seconds):
        """Each socket once a second, all spread over the second."""
        start = time.monotonic()
        n = len(self.sockets)
        turn = 0
        while time.monotonic() - start < seconds:
            due = min(int((time.monotonic() - start) * n), seconds * n)
            for i in range(turn, due):
                try:
                    self.n_bytes += len(self.sockets[i % n].recv(CHUNK_BYTES))
                except BlockingIOError:
                    pass
            turn = due
            select.select([], [], [], 0.005)

    def close(self):
        for s in self.sockets:
            s.close()


def read_slowly(server, options):
    """CPU share, RSS in MiB, bytes/s delivered."""
    readers = Readers(server.port, server.target("1m").plain, options.crowd)
    try:
        readers.read_for(5)
        cpu, readers.n_bytes, start = server.cpu_s(), 0, time.monotonic()
        readers.read_for(20)
        took = time.monotonic() - start
        return (server.cpu_s() - cpu) / took, server.rss_kib() / 1024, readers.n_bytes / took
    finally:
        readers.close()


def readers_row(workspace, options, print_line):
    runs = {server: [] for server in (workspace.ours, workspace.nginx)}
    for server in (workspace.ours, workspace.nginx, workspace.nginx, workspace.ours):
        runs[server].append(read_slowly(server, options))
        time.sleep(2)
    ours, theirs = (tuple(sum(run[i] for run in runs[server]) / 2 for i in range(3))
                    for server in (workspace.ours, workspace.nginx))
    title = f"{options.crowd} readers at 64 kbit/s"
    print_line(title, "CPU share", ours[0] * 100, theirs[0] * 100, ours[0] / theirs[0], ("≤", 1.0))
    print_line(title, "RSS MiB", ours[1], theirs[1], ours[1] / theirs[1], ("≤", 1.0))
    print_line(title, "MB/s delivered", ours[2] / 1e6, theirs[2] / 1e6, ours[2] / theirs[2], None)


ROWS = {
    "idle-plain": idle_row("plain", 1),
    "idle-tls": idle_row("tls", 16),
    "idle-h2": idle_row("h2", 28),
    "readers": readers_row,
}
