# SPDX-License-Identifier: GPL-3.0-or-later
"""What the programs of this folder share: a server under test seen through /proc, a crowd of clients
that misbehave, and a good client beside them that measures how it is served."""
import multiprocessing
import os
import resource
import select
import socket
import ssl
import sys
import time

HERE = os.path.dirname(os.path.realpath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "conformance"))
import engine  # noqa: E402
from engine import Server  # noqa: E402, F401

IS_LONG = engine.IS_LONG
TICKS = os.sysconf("SC_CLK_TCK")
# Under a sanitizer memory and time are not the program's own: what it does is tested all the same.
IS_SANITIZED = any(name in os.path.basename(engine.BUILD) for name in ("asan", "tsan"))


def choose(short, long):
    return long if IS_LONG else short


def figure(name, value, at_most=None, unit=""):
    """Prints a measured figure; returns whether it holds."""
    goal = "" if at_most is None else f" (at most {at_most}{unit})"
    print(f"  {name}: {value if isinstance(value, int) else round(value, 3)}{unit}{goal}", flush=True)
    return at_most is None or value <= at_most


def raise_descriptor_limit():
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))


def memory_kib(pid, field="VmRSS"):
    with open(f"/proc/{pid}/status", encoding="ascii") as file:
        return next(int(line.split()[1]) for line in file if line.startswith(field + ":"))


def cpu_s(pid):
    with open(f"/proc/{pid}/stat", encoding="ascii") as file:
        fields = file.read().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


def n_descriptors(pid):
    return len(os.listdir(f"/proc/{pid}/fd"))


def tcp_memory_bytes():
    """What the kernel holds for all TCP sockets of the machine."""
    with open("/proc/net/sockstat", encoding="ascii") as file:
        line = next(line for line in file if line.startswith("TCP:"))
    return int(line.split(" mem ")[1].split()[0]) * os.sysconf("SC_PAGE_SIZE")


def quantile(values, share):
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))] if ordered else float("inf")


class GoodClient:
    """A process of its own that fetches `target` now and then over new connections: seconds for each,
    infinity for those that failed. `with` ends it; the times are in `seconds` then."""

    def __init__(self, server, target="/", every_s=0.2):
        ours, theirs = multiprocessing.Pipe()
        self.pipe = ours
        self.seconds = []
        self.process = multiprocessing.Process(target=_fetch, args=(server, target, every_s, theirs))

    def __enter__(self):
        self.process.start()
        return self

    def __exit__(self, *_):
        self.pipe.send("stop")
        self.seconds = self.pipe.recv()
        self.process.join()


def _fetch(server, target, every_s, pipe):
    seconds = []
    while not pipe.poll(every_s):
        started = time.monotonic()
        try:
            is_good = server.get(target).status == 200
        except (OSError, engine.Closed):
            is_good = False
        seconds.append(time.monotonic() - started if is_good else float("inf"))
    pipe.send(seconds)


class Member:
    """One connection of a crowd."""

    def __init__(self, sock):
        self.socket = sock
        self.opened_at = time.monotonic()
        self.closed_at = None
        self.received = b""  # the first bytes of the answer
        self.n_received = 0

    @property
    def lived_s(self):
        return (self.closed_at or time.monotonic()) - self.opened_at


class Crowd:
    """Many connections of one thread. `greet` is what each says first."""

    def __init__(self, server, greet=b"", receive_bytes=None):
        self.server = server
        self.greet = greet
        self.receive_bytes = receive_bytes
        self.members = []
        self.n_turned_away = 0
        self.poll = select.epoll()
        self.by_fd = {}
        self.context = engine.client_context(server.folder) if server.tls else None

    def grow(self, n):
        for _ in range(n):
            try:
                self._add(self.server.connect(context=self.context, receive_bytes=self.receive_bytes).socket)
            except OSError:
                self.n_turned_away += 1

    def _add(self, sock):
        if self.greet:
            sock.sendall(self.greet)
        sock.setblocking(False)
        member = Member(sock)
        self.members.append(member)
        self.by_fd[sock.fileno()] = member
        self.poll.register(sock.fileno(), select.EPOLLIN | select.EPOLLRDHUP | select.EPOLLONESHOT)

    def open_members(self):
        return [m for m in self.members if m.closed_at is None]

    def say(self, member, data):
        try:
            member.socket.send(data)
        except (BlockingIOError, ssl.SSLWantWriteError, ssl.SSLWantReadError):
            pass
        except OSError:
            self.close(member)

    def hear(self, member, n):
        """Reads at most n bytes; notes the end of the connection."""
        try:
            data = member.socket.recv(n)
        except (BlockingIOError, ssl.SSLWantReadError, ssl.SSLWantWriteError):
            data = None
        except OSError:
            data = b""
        if data == b"":
            self.close(member)
        elif data:
            member.n_received += len(data)
            member.received = (member.received + data)[:64]

    def close(self, member):
        if member.closed_at is None:
            member.closed_at = time.monotonic()
            del self.by_fd[member.socket.fileno()]
            member.socket.close()

    def look(self, wait_s, reads=True):
        """Waits a while; reads what came, or only notices who was cut off."""
        for fd, what in self.poll.poll(wait_s, maxevents=4096):
            member = self.by_fd.get(fd)
            if not member:
                continue
            if reads:
                self.hear(member, 65536)
            elif what & (select.EPOLLHUP | select.EPOLLERR):
                self.close(member)
            if member.closed_at is None:
                self.poll.modify(fd, (select.EPOLLIN if reads else 0) | select.EPOLLRDHUP | select.EPOLLONESHOT)

    def disperse(self):
        for member in self.open_members():
            self.close(member)
        self.poll.close()
