# SPDX-License-Identifier: GPL-3.0-or-later
"""A day of a server in some seconds: people who watch, report progress, sign in and out, upload; pages
that follow the load; phones that vanish in the middle; programs that speak nonsense. They speak HTTP/1.1,
plain or over TLS, or HTTP/2."""
import http.client
import json
import os
import random
import socket
import ssl
import sys
import threading
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.realpath(__file__)), "..", "integration"))
from contract import CONTRACT  # noqa: E402
from h2_browser import H2Client, TlsServer  # noqa: E402, F401
from server import PASSWORD, Server, Tus, sample  # noqa: E402, F401

NONSENSE = (b"\x16\x03\x01\x02\x00\x01\x00", b"GET / HTTP/1.1\nHost: h\n\n", b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
            b"GET /../etc/passwd HTTP/1.1\r\nHost: h\r\n\r\n", b"POST /api/v1/progress HTTP/1.1\r\nHost: h\r\n"
            b"Content-Length: 10\r\nTransfer-Encoding: chunked\r\n\r\n", b"GET / HTTP/1.1\r\nHost: h\r\nX: " + b"x" * 20000)


class Actor(threading.Thread):
    """Does one thing again and again until told to stop; an answer of 5xx or an error is remembered."""

    def __init__(self, load, act, speaks):
        super().__init__(daemon=True)
        self.load = load
        self.act = act
        self.speaks = speaks
        self.connection = None
        self.cookie = None
        self.dice = random.Random(f"{act.__name__} {speaks}")
        self.seq = 0

    def run(self):
        while not self.load.is_over.is_set():
            try:
                self.act(self)
            except (OSError, http.client.HTTPException) as cut:
                self.drop()
                if not self.load.is_stopping:
                    self.load.note(f"{self.act.__name__}, {self.speaks}: {cut!r}")
            except Exception as fault:  # a test that hides its own faults would pass for ever
                self.load.note(f"{self.act.__name__}, {self.speaks}: {fault!r}")
                return

    def drop(self):
        if self.connection:
            self.connection.close()
            self.connection = None

    def call(self, method, path, body=None, **fields):
        """One request on a connection that is kept."""
        if not self.connection:
            self.connection = self.load.open_connection(self.speaks)
        headers = {name.replace("_", "-"): value for name, value in fields.items()}
        if self.speaks == "h2":
            self.connection.cookie = self.cookie
        elif self.cookie:
            headers["Cookie"] = self.cookie
        if isinstance(body, dict):
            body = json.dumps(body).encode()
            headers["Content-Type"] = "application/json"
        if self.speaks == "h2":
            response = self.connection.call(method, path, body, headers, timeout=30)
            data = response.body
        else:
            self.connection.request(method, path, body=body, headers=headers)
            response = self.connection.getresponse()
            data = response.read()
            CONTRACT.check(method, path, response.status, response.headers, data)
        self.load.count(response.status, f"{method} {path}")
        if response.headers.get("Set-Cookie"):
            self.cookie = response.headers["Set-Cookie"].split(";")[0]
        return response.status, data

    def sign_in(self, login):
        if not self.cookie:
            status, _ = self.call("POST", "/api/v1/session", {"login": login, "password": PASSWORD})
            assert status == 200, status


def watch(actor):
    """Plays the lecture through, with a report every few segments."""
    actor.sign_in("lan")
    _, body = actor.call("GET", f"/api/v1/lectures/{actor.load.lecture}")
    base = json.loads(body)["playback"]["hls"].rsplit("/", 1)[0]
    _, text = actor.call("GET", f"{base}/multivariant.m3u8", Accept_Encoding="gzip" if actor.dice.random() < .5 else "")
    for name in ("v48", "v110", "a48"):
        status, text = actor.call("GET", f"{base}/{name}/media.m3u8")
        if status != 200:
            continue
        actor.call("GET", f"{base}/{name}/init.mp4")
        for line in text.decode().splitlines():
            if line.endswith(".m4s"):
                actor.call("GET", f"{base}/{name}/{line}")
        actor.call("GET", f"{base}/{name}.mp4", Range=f"bytes={actor.dice.randrange(900)}-,0-9,5-1000")
        actor.call("HEAD", f"{base}/{name}/0.m4s")
    actor.seq += 1
    start = actor.dice.randrange(8)
    actor.call("POST", "/api/v1/progress", {"session": f"{actor.ident:032x}"[-32:], "beats": [
        {"lecture": actor.load.lecture, "seq": actor.seq, "watched": [[start, start + 1]], "position_s": start}]})
    actor.call("GET", f"/api/v1/lectures/{actor.load.lecture}/progress")


def browse(actor):
    """Lists, pages that are not there, methods that are not for them, and signing in and out."""
    actor.sign_in("lan")
    for path in ("/api/v1/lectures", "/api/v1/courses", "/api/v1/me", "/healthz", "/metrics", "/nothing", "/"):
        actor.call("GET", path, Accept_Encoding="gzip")
    actor.call("PUT", "/api/v1/me")
    actor.call("OPTIONS", "/api/v1/lectures")
    if actor.dice.random() < 0.1:
        actor.call("DELETE", "/api/v1/session")
        actor.cookie = None
        actor.drop()


def upload(actor):
    """Uploads a while, asks how far it came, and thinks better of it."""
    actor.sign_in("thay")
    data = actor.dice.randbytes(60_000)
    status, _ = actor.call("POST", "/api/v1/uploads", Tus_Resumable="1.0.0", Upload_Length=str(len(data)),
                           Upload_Metadata="filename YS5tcDQ=")
    assert status == 201, status
    _, body = actor.call("GET", "/api/v1/lectures")
    waiting = [l["id"] for l in json.loads(body)["lectures"] if l["state"] == "uploading"]
    for lecture in waiting:
        path = f"/api/v1/uploads/{lecture}"
        actor.call("PATCH", path, data[:20_000], Tus_Resumable="1.0.0", Upload_Offset="0",
                   Content_Type="application/offset+octet-stream")
        actor.call("HEAD", path, Tus_Resumable="1.0.0")
        actor.call("DELETE", path, Tus_Resumable="1.0.0")


def follow(actor):
    """The admin's page: server-sent events, closed in the middle."""
    actor.sign_in("root")
    if actor.speaks == "h2":
        actor.call("GET", "/api/v1/me")
        events = actor.connection.begin("GET", "/api/v1/admin/load/events")
        for _ in range(actor.dice.randrange(1, 4)):
            actor.connection.read()
        actor.connection.reset(events)
        actor.load.count(200, "events")
        return
    with actor.load.connect(actor.speaks) as raw:
        raw.sendall(b"GET /api/v1/admin/load/events HTTP/1.1\r\nHost: h\r\nCookie: " + actor.cookie.encode() + b"\r\n\r\n")
        for _ in range(actor.dice.randrange(1, 4)):
            if not raw.recv(65536):
                break
    actor.load.count(200, "events")


def vanish(actor):
    """A phone that goes away while a file is on its way to it, or before its request is whole."""
    path = actor.load.a_file
    n = actor.dice.randrange(1, 4)
    if actor.speaks == "h2":
        actor.drop()
        actor.connection = actor.load.open_connection("h2")
        for _ in range(n):
            actor.connection.begin("GET", path)
        raw = actor.connection.socket
    else:
        raw = actor.load.connect(actor.speaks, receive_bytes=2048)
        whole = f"GET {path} HTTP/1.1\r\nHost: h\r\n\r\n".encode() * n
        raw.sendall(whole[:actor.dice.randrange(10, len(whole) + 1)])
    with raw:
        if actor.dice.random() < 0.5:
            raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\x01\x00\x00\x00\x00\x00\x00\x00")
    actor.load.count(200, "vanished")
    time.sleep(0.01)


def babble(actor):
    """Bytes that are no request: an answer of 4xx or none, and the end of the connection."""
    with actor.load.connect(actor.speaks) as raw:
        raw.sendall(actor.dice.choice(NONSENSE))
        try:
            said = raw.recv(200)
        except ConnectionResetError:
            said = b""
    status = int(said[9:12]) if said and actor.speaks != "h2" else 400
    actor.load.count(status, "nonsense")
    assert status in (400, 404, 431, 505), said
    time.sleep(0.02)


ACTS = (watch, watch, browse, upload, follow, vanish, babble)


class Load:
    """All of them against one server. `with` starts and ends them."""

    def __init__(self, server, lecture, a_file, languages=("http",)):
        self.server = server
        self.lecture = lecture
        self.a_file = a_file
        self.is_over = threading.Event()
        self.is_stopping = False
        self.lock = threading.Lock()
        self.counts = {}
        self.problems = []
        self.actors = [Actor(self, act, speaks) for speaks in languages for act in ACTS]

    def context(self, protocol):
        context = ssl.create_default_context(cafile=self.server.certificate)
        context.set_alpn_protocols([protocol])
        return context

    def connect(self, speaks, receive_bytes=None):
        """A socket; the caller says what goes over it."""
        raw = socket.socket()
        if receive_bytes:
            raw.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_bytes)
        raw.settimeout(30)
        raw.connect(("127.0.0.1", self.server.port))
        if speaks == "http":
            return raw
        protocol = "h2" if speaks == "h2" else "http/1.1"
        return self.context(protocol).wrap_socket(raw, server_hostname="localhost")

    def open_connection(self, speaks):
        """What has call(), or request() and getresponse(), and close()."""
        if speaks == "h2":
            return H2Client(self.server.port, self.server.certificate)
        if speaks == "https":
            return http.client.HTTPSConnection("localhost", self.server.port, timeout=30,
                                               context=self.context("http/1.1"))
        return http.client.HTTPConnection("127.0.0.1", self.server.port, timeout=30)

    def count(self, status, what):
        with self.lock:
            self.counts[status] = self.counts.get(status, 0) + 1
            if status >= 500 and not self.is_stopping:
                self.problems.append(f"{what}: {status}")

    def note(self, problem):
        with self.lock:
            self.problems.append(problem)

    def __enter__(self):
        for actor in self.actors:
            actor.start()
        return self

    def __exit__(self, *_):
        self.is_over.set()
        for actor in self.actors:
            actor.join(60)
            actor.drop()

    @property
    def n_requests(self):
        return sum(self.counts.values())


def prepare(server):
    """Accounts and a lecture that is ready. Returns its id and the address of a file of it."""
    for login, role in (("root", "admin"), ("thay", "instructor"), ("lan", "learner")):
        server.add_user(login, role)
    client = server.client("thay")
    lecture = Tus(client).send(sample(8), filename="bai.mp4", title="Bài")
    ready = server.wait_for_state(client, lecture, "ready", "failed")
    assert ready["state"] == "ready", ready
    return lecture, ready["playback"]["hls"].rsplit("/", 1)[0] + "/a48.mp4"
