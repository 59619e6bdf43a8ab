# SPDX-License-Identifier: GPL-3.0-or-later
"""The contestants of the benchmark, each on core 0: `banmai serve` with a made package, nginx with the
same bytes as files, and the floor program."""
import base64
import hashlib
import hmac
import http.client
import json
import os
import resource
import shutil
import signal
import socket
import sqlite3
import ssl
import subprocess
import tempfile
import time

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
BUILD_DEV = os.path.join(ROOT, "build", "dev")
PROGRAM = os.path.join(ROOT, "build", "release", "server", "banmai")
PACKAGE = "0123456789abcdef0123456789abcdef"
TICKS = os.sysconf("SC_CLK_TCK")
SEGMENTS = {"4k": 4000, "32k": 32 * 1024, "100k": 100 * 1000, "200k": 200 * 1000, "1m": 1 << 20}
N_SEGMENTS = 40  # of each rendition: its playlist is 2 KB
SIZES = {**SEGMENTS, "playlist": 0}  # the playlist's is filled in when it is known


def run(command):
    return subprocess.run(command, check=True, text=True, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT).stdout


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def wait_for_port(port):
    for _ in range(200):
        try:
            socket.create_connection(("127.0.0.1", port)).close()
            return
        except OSError:
            time.sleep(0.05)
    raise RuntimeError(f"nobody listens on port {port}")


def status_field(pid, name):
    with open(f"/proc/{pid}/status", encoding="ascii", errors="replace") as file:
        for line in file:
            if line.startswith(name + ":"):
                return line.split()[1]
    return None


def make_certificate(folder):
    paths = [os.path.join(folder, name) for name in ("cert.pem", "key.pem")]
    run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1",
         "-nodes", "-days", "2", "-out", paths[0], "-keyout", paths[1], "-subj", "/CN=localhost"])
    return paths


class Process:
    """A contestant's process or processes, all of whose work counts."""

    name = "?"
    pids = ()

    def cpu_s(self):
        total = 0
        for pid in self.pids:
            with open(f"/proc/{pid}/stat", encoding="ascii") as file:
                fields = file.read().rsplit(")", 1)[1].split()
            total += int(fields[11]) + int(fields[12])
        return total / TICKS

    def rss_kib(self):
        return sum(int(status_field(pid, "VmRSS")) for pid in self.pids)


def pinned(options, command):
    return command if options.both_cores else ["taskset", "-c", "0", *command]


# ---- ours

def add_lecture(data, program):
    """A lecture that shows the package: without one nothing of it is played."""
    command = [program, "user", "add", "bench", "--role", "instructor", "--password-stdin", "--data", data]
    subprocess.run(command, input="a bench password\n", text=True, check=True, stdout=subprocess.DEVNULL)
    with sqlite3.connect(os.path.join(data, "banmai.sqlite3")) as database:
        database.execute(
            "INSERT INTO lectures (id, position, title, owner_id, state, filename, duration_us, package_id,"
            " created_at_ms, updated_at_ms) SELECT ?1, 1, 'Bench', id, 'ready', '', 240000000, ?1, 0, 0"
            " FROM users WHERE login = 'bench'", (PACKAGE,))
    database.close()


def write_package(data, program):
    """A complete package whose renditions are named by the size of their segments."""
    add_lecture(data, program)
    folder = os.path.join(data, "media", "packages", PACKAGE)
    os.makedirs(folder)
    renditions = []
    for name, size in SEGMENTS.items():
        init = os.urandom(700)
        with open(os.path.join(folder, f"v{name}.mp4"), "wb") as file:
            file.write(init)
            for _ in range(N_SEGMENTS):
                file.write(os.urandom(size))
        renditions.append({
            "name": f"v{name}", "kind": "video", "codecs": "avc1.64001e", "timescale": 12800,
            "width": 426, "height": 240, "frame_rate": [25, 1], "group": "aac",
            "peak_bps": 400000, "average_bps": 300000, "files": [f"v{name}.mp4"],
            "init": [0, 0, len(init)],
            "fragments": [[0, len(init) + i * size, size, 76800] for i in range(N_SEGMENTS)]})
    index = {"version": 1, "complete": True, "duration_us": 240000000, "target_duration_s": 6,
             "renditions": renditions}
    with open(os.path.join(folder, "package.json"), "w", encoding="ascii") as file:
        json.dump(index, file)


def playback_token(data):
    """As server/auth/playback_token.c makes it for everybody."""
    with open(os.path.join(data, "playback.key"), "rb") as file:
        key = file.read()
    if len(key) == 64:
        key = bytes.fromhex(key.decode())
    last_day = int(time.time()) // 86400 + 1
    head = bytes([1, 0, 0, 0]) + last_day.to_bytes(4, "big")
    mac = hmac.new(key, head + PACKAGE.encode(), hashlib.sha256).digest()[:16]
    return base64.urlsafe_b64encode(head + mac).decode().rstrip("=")


class Instance(Process):
    """One `banmai serve`, plain or TLS."""

    def __init__(self, folder, options, tls=None):
        self.data = os.path.join(folder, "tls" if tls else "plain")
        os.makedirs(self.data)
        write_package(self.data, options.program or PROGRAM)
        self.port = free_port()
        command = [options.program or PROGRAM, "serve", "--data", self.data,
                   f"--listen=127.0.0.1:{self.port}", f"--loops={2 if options.both_cores else 1}",
                   "--local-worker=no", "--pacing=no", "--log-level=warn", "--disk-floor-bytes=0"]
        if tls:
            command += [f"--tls-cert={tls[0]}", f"--tls-key={tls[1]}"]
        with open(os.path.join(self.data, "log"), "wb") as log:
            self.process = subprocess.Popen(pinned(options, command), stdin=subprocess.DEVNULL,
                                            stderr=log)
        self.pids = (self.process.pid,)
        wait_for_port(self.port)
        self.prefix = f"/v/{playback_token(self.data)}/{PACKAGE}"

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(30)


class Ours(Process):
    name = "banmai"

    def __init__(self, folder, options, certificate):
        self.plain = Instance(folder, options)
        self.tls = Instance(folder, options, certificate)
        self.port, self.tls_port = self.plain.port, self.tls.port
        self.pids = self.plain.pids + self.tls.pids

    def target(self, size_name):
        """The two have keys of their own; the same token opens only one."""
        return Target(self.plain.prefix, self.tls.prefix, path_of(size_name))

    def stop(self):
        self.plain.stop()
        self.tls.stop()


class Target:
    """A path that depends on the port it is appended to."""

    def __init__(self, plain, tls, path):
        self.plain, self.tls = plain + path, tls + path


def path_of(size_name):
    return "/v32k/media.m3u8" if size_name == "playlist" else f"/v{size_name}/7.m4s"


# ---- nginx

CONFIGURATION = """
daemon off; pid {folder}/nginx.pid; error_log {folder}/error.log crit; user root;
worker_processes {n}; worker_rlimit_nofile 65536;
events {{ worker_connections 30000; }}
http {{
  include /etc/nginx/mime.types; root {folder}/root;
  sendfile on; tcp_nopush on; open_file_cache max=1000 inactive=1h; open_file_cache_valid 1h;
  access_log off; keepalive_requests 1000000000; keepalive_timeout 600s;
  ssl_certificate {certificate}; ssl_certificate_key {key}; ssl_protocols TLSv1.2 TLSv1.3;
  client_body_temp_path {folder}/b; proxy_temp_path {folder}/p; fastcgi_temp_path {folder}/f;
  uwsgi_temp_path {folder}/u; scgi_temp_path {folder}/s;
  http2_max_requests 1000000000;
  server {{ listen 127.0.0.1:{ports[0]}{reuse} backlog=4096;
            listen 127.0.0.1:{ports[1]} ssl http2{reuse} backlog=4096; }}
  server {{ listen 127.0.0.1:{ports[2]}{reuse} backlog=4096; sendfile_max_chunk 128k;
            listen 127.0.0.1:{ports[3]} ssl http2{reuse} backlog=4096; }}
}}
"""


class Nginx(Process):
    name = "nginx"

    def __init__(self, folder, options, certificate):
        self.folder = os.path.join(folder, "nginx")
        os.makedirs(os.path.join(self.folder, "root"))
        ports = [free_port() for _ in range(4)]
        path = os.path.join(self.folder, "nginx.conf")
        with open(path, "w", encoding="ascii") as file:
            file.write(CONFIGURATION.format(
                folder=self.folder, n=2 if options.both_cores else 1, ports=ports,
                reuse=" reuseport" if options.both_cores else "",
                certificate=certificate[0], key=certificate[1]))
        self.process = subprocess.Popen(pinned(options, ["nginx", "-p", self.folder, "-c", path]),
                                        stderr=subprocess.DEVNULL)
        wait_for_port(ports[0])
        self.ports = ports
        self.port, self.tls_port = ports[:2]
        with open(f"/proc/{self.process.pid}/task/{self.process.pid}/children", encoding="ascii") as file:
            self.pids = tuple(int(word) for word in file.read().split())

    def chunked(self):
        """The same process by the ports of its second server."""
        other = Process.__new__(Nginx)
        other.__dict__.update(self.__dict__)
        other.port, other.tls_port = self.ports[2:]
        return other

    def target(self, size_name):
        return Target("", "", path_of(size_name))

    def put(self, path, data):
        full = os.path.join(self.folder, "root") + path
        os.makedirs(os.path.dirname(full), exist_ok=True)
        with open(full, "wb") as file:
            file.write(data)

    def stop(self):
        self.process.terminate()
        self.process.wait(30)


# ---- the floor

class Floor(Process):
    name = "floor"

    def __init__(self, path):
        self.process = subprocess.Popen(
            ["taskset", "-c", "0", os.path.join(BUILD_DEV, "tests", "bench", "bench-floor"), path],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.port = int(self.process.stdout.readline().split()[1])
        self.pids = (self.process.pid,)

    def target(self, _size_name):
        return Target("", "", "/")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.communicate(timeout=10)


# ---- all together

class Workspace:
    def __init__(self, options):
        self.folder = tempfile.mkdtemp(prefix="banmai-bench-")
        os.chmod(self.folder, 0o755)
        n = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
        resource.setrlimit(resource.RLIMIT_NOFILE, (n, n))
        certificate = make_certificate(self.folder)
        self.ours = Ours(self.folder, options, certificate)
        self.nginx = Nginx(self.folder, options, certificate)
        for name in SIZES:
            self.nginx.put(path_of(name), self.fetch(name))
        SIZES["playlist"] = len(self.fetch("playlist"))

    def fetch(self, size_name):
        """What ours answers, from both of its instances."""
        target = self.ours.target(size_name)
        context = ssl._create_unverified_context()
        bodies = []
        for connection, path in (
                (http.client.HTTPConnection("127.0.0.1", self.ours.port), target.plain),
                (http.client.HTTPSConnection("127.0.0.1", self.ours.tls_port, context=context), target.tls)):
            connection.request("GET", path)
            reply = connection.getresponse()
            bodies.append(reply.read())
            connection.close()
            if reply.status != 200:
                raise RuntimeError(f"{path}: {reply.status}")
        if len(bodies[0]) != len(bodies[1]):
            raise RuntimeError(f"{size_name}: two instances, two answers")
        return bodies[0]

    def file(self, size_name):
        return os.path.join(self.nginx.folder, "root") + path_of(size_name)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.nginx.stop()
        self.ours.stop()
        shutil.rmtree(self.folder, ignore_errors=True)
