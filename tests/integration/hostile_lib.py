# SPDX-License-Identifier: GPL-3.0-or-later
"""A place to run banmai-transcode on files that mean harm, with alarms round it: files that nobody may
open, ports where nobody may knock, a folder in which nothing may change."""
import collections
import concurrent.futures
import ctypes
import os
import shutil
import socket
import struct
import subprocess
import tempfile
import time

from transcode_lib import PROGRAM, Result, ffmpeg

# What a file may end with. A crash, a hang or a fault of ours is none of these.
REFUSALS = {"E_NOT_MEDIA", "E_EMPTY", "E_NO_STREAM", "E_CODEC_UNSUPPORTED", "E_DRM", "E_TOO_LONG", "E_TOO_LARGE",
            "E_TOO_MANY_STREAMS", "E_TRUNCATED", "E_CONTAINER_UNSUPPORTED", "E_SOUND_CODEC"}
END_S = 300  # for any of these files: some become lectures of hours

IN_ACCESS, IN_MODIFY, IN_ATTRIB, IN_OPEN, IN_DELETE_SELF, IN_MOVE_SELF = 1, 2, 4, 0x20, 0x400, 0x800
ANY_TOUCH = IN_ACCESS | IN_MODIFY | IN_ATTRIB | IN_OPEN | IN_DELETE_SELF | IN_MOVE_SELF


class FileAlarm:
    """Tells whether files were touched, by inotify."""

    def __init__(self):
        self.libc = ctypes.CDLL(None, use_errno=True)
        self.fd = self.libc.inotify_init1(os.O_NONBLOCK | os.O_CLOEXEC)
        assert self.fd >= 0
        self.names = {}

    def watch(self, path):
        watch = self.libc.inotify_add_watch(self.fd, path.encode(), ANY_TOUCH)
        assert watch >= 0, path
        self.names[watch] = path

    def touched(self):
        """Files that were touched since the last call."""
        names = set()
        while True:
            try:
                data = os.read(self.fd, 65536)
            except BlockingIOError:
                return names
            at = 0
            while at < len(data):
                watch, _, _, length = struct.unpack_from("iIII", data, at)
                names.add(self.names[watch])
                at += 16 + length

    def close(self):
        os.close(self.fd)


class PortAlarm:
    """Listens on a port of 127.0.0.1 for TCP and UDP."""

    def __init__(self):
        for _ in range(100):
            self.tcp = socket.create_server(("127.0.0.1", 0))
            self.port = self.tcp.getsockname()[1]
            self.udp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
            try:
                self.udp.bind(("127.0.0.1", self.port))
                break
            except OSError:
                self.close()
        self.tcp.setblocking(False)
        self.udp.setblocking(False)

    def knocked(self):
        """Whether anybody came since the last call."""
        count = 0
        try:
            while True:
                self.tcp.accept()[0].close()
                count += 1
        except BlockingIOError:
            pass
        try:
            while True:
                self.udp.recv(65536)
                count += 1
        except BlockingIOError:
            pass
        return count > 0

    def close(self):
        self.tcp.close()
        self.udp.close()


class Outcome:
    def __init__(self, name, code, seconds, complaint=""):
        self.name, self.code, self.seconds, self.complaint = name, code, seconds, complaint


class Playground:
    """A folder of uploads: the one that is tried, and a neighbour's."""

    def __init__(self):
        self.folder = tempfile.mkdtemp(prefix="banmai-hostile-")
        self.uploads = os.path.join(self.folder, "uploads")
        os.mkdir(self.uploads)
        self.secret = os.path.join(self.uploads, "neighbour.ts")
        ffmpeg("-f", "lavfi", "-i", "testsrc2=s=64x48:d=1", "-f", "lavfi", "-i", "sine=d=1", "-c:v", "mpeg2video",
               "-c:a", "mp2", self.secret)
        self.key = os.path.join(self.uploads, "key.txt")
        with open(self.key, "w", encoding="ascii") as file:
            file.write("0123456789abcdef")
        self.files = FileAlarm()
        self.files.watch(self.secret)
        self.files.watch(self.key)
        self.port = PortAlarm()

    def close(self):
        self.files.close()
        self.port.close()
        shutil.rmtree(self.folder)

    def snapshot(self):
        found = {}
        for root, folders, names in os.walk(self.folder):
            folders[:] = [f for f in folders if not f.endswith((".out", ".try"))]
            for name in names:
                path = os.path.join(root, name)
                info = os.stat(path)
                found[path] = (info.st_size, info.st_mtime_ns, info.st_ino)
        return found

    def try_file(self, name, content):
        """Runs on a file of that content, next to the neighbour's. Removes what was made."""
        path = os.path.join(self.uploads, name + ".try")
        os.mkdir(path)
        source = os.path.join(path, name)
        with open(source, "wb") as file:
            file.write(content)
        out = os.path.join(self.uploads, name + ".out")
        started = time.monotonic()
        process = subprocess.Popen([PROGRAM, "run", source, out, "-j", "1"], stdin=subprocess.DEVNULL,
                                   stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=self.uploads)
        try:
            stdout, stderr = process.communicate(timeout=END_S)
        except subprocess.TimeoutExpired:
            process.kill()
            process.communicate()
            outcome = Outcome(name, "no end", time.monotonic() - started, f"no end after {END_S} s")
        else:
            outcome = self.judge(name, Result(process.returncode, stdout, stderr), out, time.monotonic() - started)
        shutil.rmtree(path)
        shutil.rmtree(out, ignore_errors=True)
        return outcome

    @staticmethod
    def judge(name, result, out, seconds):
        names = set(os.listdir(out)) if os.path.isdir(out) else set()
        if result.status == 0:
            whole = "package.json" in names and result.events[-1] == {"event": "done"}
            return Outcome(name, "made", seconds, "" if whole else f"status 0 without a package: {names}")
        code = result.failure or f"status {result.status}"
        if code not in REFUSALS:
            return Outcome(name, code, seconds, result.stderr.strip() or "not a word")
        if "package.json" in names or any(n.startswith("tmp-") for n in names):
            return Outcome(name, code, seconds, f"left behind: {names}")
        return Outcome(name, code, seconds)

    def try_all(self, files):
        """Tries (name, function that makes the content) pairs, two at a time. Returns their outcomes."""
        before = self.snapshot()
        self.files.touched()
        with concurrent.futures.ThreadPoolExecutor(2) as pool:
            outcomes = list(pool.map(lambda f: self.try_file(f[0], f[1]()), files))
        return outcomes, self.alarms_since(before)

    def alarms_since(self, before):
        """What went off since that snapshot."""
        alarms = [f"{path} was touched" for path in self.files.touched()]
        if self.port.knocked():
            alarms.append("somebody knocked at the port")
        after = self.snapshot()
        return alarms + [f"{path} changed" for path in before.keys() | after.keys() if before.get(path) != after.get(path)]


def histogram(outcomes):
    counts = collections.Counter(o.code for o in outcomes)
    slowest = max(outcomes, key=lambda o: o.seconds)
    codes = ", ".join(f"{code} {n}" for code, n in counts.most_common())
    return f"{len(outcomes)} files: {codes}; slowest {slowest.seconds:.1f} s ({slowest.name})"


def complaints(outcomes):
    return [f"{o.name}: {o.code} after {o.seconds:.1f} s: {o.complaint}" for o in outcomes if o.complaint]
