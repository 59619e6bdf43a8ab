# SPDX-License-Identifier: GPL-3.0-or-later
"""A real server for tests: started in a folder of its own, spoken to over real sockets, and killed in
ways that real machines are."""
import base64
import hashlib
import http.client
import json
import os
import shutil
import signal
import socket
import subprocess
import tempfile
import threading
import time

from contract import CONTRACT

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
BUILD = os.path.abspath(os.environ.get("BANMAI_BUILD", os.path.join(ROOT, "build", "dev")))
BANMAI = os.path.join(BUILD, "server", "banmai")
MEDIA = os.path.join(os.path.dirname(ROOT), "shared", "media")
PASSWORD = "correct horse battery"
# Sanitizers and a shared machine make everything slower; a test that waits for too long has failed.
PATIENCE_S = float(os.environ.get("BANMAI_TEST_PATIENCE_S", "120"))


def wait_for(what, condition, patience_s=None, interval_s=0.05):
    """Calls condition() until it returns something true, which is returned."""
    end = time.monotonic() + (patience_s or PATIENCE_S)
    while True:
        result = condition()
        if result:
            return result
        if time.monotonic() > end:
            raise AssertionError(f"waited in vain for {what}")
        time.sleep(interval_s)


def descendants(pid):
    """All processes below pid, as (pid, name)."""
    found = []
    try:
        tasks = os.listdir(f"/proc/{pid}/task")
    except OSError:
        return found
    for task in tasks:
        try:
            with open(f"/proc/{pid}/task/{task}/children", encoding="ascii") as f:
                children = [int(word) for word in f.read().split()]
        except OSError:
            continue
        for child in children:
            try:
                with open(f"/proc/{child}/comm", encoding="utf-8", errors="replace") as f:
                    found.append((child, f.read().strip()))
            except OSError:
                continue
            found += descendants(child)
    return found


class Reply:
    def __init__(self, status, headers, body):
        self.status = status
        self.headers = headers
        self.body = body

    def json(self):
        return json.loads(self.body)

    def __repr__(self):
        return f"<{self.status} {dict(self.headers)} {self.body[:300]!r}>"


class Client:
    """One person with one browser: keeps the session's cookie, and the device's for signing in."""

    def __init__(self, port, cookie=None, device=None, address=None):
        self.port = port
        self.cookie = cookie
        self.device = device
        self.address = address  # of loopback, to come from another network
        self.contract = CONTRACT  # None: whoever answers here need not keep to it
        self.keeps_to_contract = True  # False: it sends what is not listed, to see what becomes of that

    def connect(self, timeout):
        return http.client.HTTPConnection("127.0.0.1", self.port, timeout=timeout,
                                          source_address=(self.address, 0) if self.address else None)

    def call(self, method, path, body=None, headers=None, timeout=60):
        connection = self.connect(timeout)
        fields = dict(headers or {})
        cookies = [self.cookie, self.device if path == "/api/v1/session" else None]
        if any(cookies):
            fields["Cookie"] = "; ".join(cookie for cookie in cookies if cookie)
        if isinstance(body, (dict, list)):
            body = json.dumps(body).encode()
            fields.setdefault("Content-Type", "application/json")
        try:
            connection.request(method, path, body=body, headers=fields)
            response = connection.getresponse()
            is_endless = response.headers.get("Content-Type") == "text/event-stream"
            reply = Reply(response.status, response.headers, b"" if is_endless else response.read())
        finally:
            connection.close()
        self.hold(method, path, fields, reply, None if is_endless else reply.body,
                  body if self.keeps_to_contract and fields.get("Content-Type") == "application/json" else None)
        for cookie in reply.headers.get_all("Set-Cookie") or ():
            if cookie.startswith("banmai_device="):
                self.device = cookie.split(";")[0]
            else:
                self.cookie = cookie.split(";")[0]
        return reply

    def hold(self, method, path, fields, reply, body, sent=None):
        """Holds a reply against docs/openapi.yaml, and the JSON that it accepted."""
        meant = next((v for k, v in fields.items() if k.lower() == "x-http-method-override"), method)
        if self.contract:
            self.contract.check(meant if method == "POST" else method, path, reply.status, reply.headers, body, sent)

    def get(self, path, **headers):
        return self.call("GET", path, headers={k.replace("_", "-"): v for k, v in headers.items()})

    def sign_in(self, login, password=PASSWORD):
        return self.call("POST", "/api/v1/session", {"login": login, "password": password})

    def lecture(self, lecture_id):
        return self.get(f"/api/v1/lectures/{lecture_id}").json()

    def progress(self, lecture_id):
        return self.get(f"/api/v1/lectures/{lecture_id}/progress").json()

    def beat(self, lecture_id, session, seq, watched, position_s, **more):
        beat = {"lecture": lecture_id, "seq": seq, "watched": watched, "position_s": position_s, **more}
        return self.call("POST", "/api/v1/progress", {"session": session, "beats": [beat]})


def read_reply(s, method, path):
    """The reply to a request that a test wrote to a socket by hand; None when the connection was closed."""
    response = http.client.HTTPResponse(s, method=method)
    try:
        response.begin()
    except (http.client.RemoteDisconnected, ConnectionError):
        return None
    reply = Reply(response.status, response.headers, response.read())
    CONTRACT.check(method, path, reply.status, reply.headers, reply.body)
    return reply


class LoadEvents:
    """The stream of an admin's load events."""

    PATH = "/api/v1/admin/load/events"

    def __init__(self, port, cookie, timeout=30):
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=timeout)
        self.connection.request("GET", self.PATH, headers={"Cookie": cookie})
        self.response = self.connection.getresponse()
        CONTRACT.check("GET", self.PATH, self.response.status, self.response.headers, None)

    def next(self):
        """The next event's document."""
        while not (line := self.response.readline()).startswith(b"data: "):
            if not line:
                raise ConnectionError("the stream has ended")
        CONTRACT.check_event(self.PATH, line[6:])
        return json.loads(line[6:])

    def read_to_end(self):
        """Returns when the server has ended the stream."""
        try:
            self.response.read()
        except http.client.IncompleteRead:
            pass

    def close(self):
        self.response.close()
        self.connection.close()


def metadata(**values):
    return ",".join(f"{key} {base64.b64encode(value.encode()).decode()}" for key, value in values.items())


class Tus:
    """A tus 1.0 client that can be as clumsy as a test wants."""

    def __init__(self, client):
        self.client = client

    def call(self, method, path, headers=None, body=None):
        fields = {"Tus-Resumable": "1.0.0", **(headers or {})}
        return self.client.call(method, path, body=body, headers=fields)

    def create(self, length, body=None, headers=None, **values):
        fields = {"Upload-Length": str(length), **(headers or {})}
        if values:
            fields["Upload-Metadata"] = metadata(**values)
        if body is not None:
            fields["Content-Type"] = "application/offset+octet-stream"
        return self.call("POST", "/api/v1/uploads", fields, body)

    def new(self, length, **values):
        """Creates and returns the upload's path."""
        reply = self.create(length, **values)
        assert reply.status == 201, reply
        return reply.headers["Location"]

    def offset(self, path):
        reply = self.call("HEAD", path)
        assert reply.status == 200, reply
        return int(reply.headers["Upload-Offset"])

    def patch(self, path, offset, body, **headers):
        fields = {"Upload-Offset": str(offset), "Content-Type": "application/offset+octet-stream"}
        fields.update({k.replace("_", "-"): v for k, v in headers.items()})
        return self.call("PATCH", path, fields, body)

    def send(self, data, step=None, **values):
        """Uploads all of data and returns the lecture's id."""
        path = self.new(len(data), **values)
        step = step or max(len(data), 1)
        for at in range(0, len(data), step):
            reply = self.patch(path, at, data[at:at + step])
            assert reply.status == 204, reply
        return path.rsplit("/", 1)[1]


class Server:
    """`banmai serve` in a folder. Settings are flags; `environment` is added to ours."""

    def __init__(self, data=None, environment=None, **settings):
        self.data = data or tempfile.mkdtemp(prefix="banmai-test-")
        self.settings = {"listen": "127.0.0.1:0", "disk_floor_bytes": "0", **settings}
        self.environment = environment or {}
        self.log = []
        self.process = None
        self.port = None

    # ---- life and death

    def arguments(self):
        arguments = [BANMAI, "serve", "--data", self.data]
        for name, value in self.settings.items():
            arguments += [f"--{name.replace('_', '-')}={value}"]
        return arguments

    def start(self):
        self.process = subprocess.Popen(self.arguments(), stderr=subprocess.PIPE, stdin=subprocess.DEVNULL,
                                        env={**os.environ, **self.environment})
        threading.Thread(target=self._read_log, args=(self.process.stderr,), daemon=True).start()
        self.port = None
        line = wait_for("the server to serve", self._serving_line)
        self.port = line["port"]
        return self

    def _read_log(self, stream):
        with stream:
            for raw in stream:
                try:
                    self.log.append(json.loads(raw))
                except ValueError:
                    self.log.append({"msg": "(not JSON)", "raw": raw.decode(errors="replace").rstrip()})

    def _serving_line(self):
        if self.process.poll() is not None:
            raise AssertionError(f"the server ended with {self.process.returncode}: {self.log}")
        lines = [line for line in self.log if line["msg"] == "serving" and not line.get("_seen")]
        for line in lines:
            line["_seen"] = True
        return lines[-1] if lines else None

    def stop(self, patience_s=60):
        """SIGTERM; returns the exit status."""
        if self.process is None:
            return 0
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        try:
            status = self.process.wait(patience_s)
        except subprocess.TimeoutExpired:
            self.kill()
            raise AssertionError(f"the server did not stop: {self.log[-20:]}") from None
        self.process = None
        return status

    def kill(self):
        """kill -9 of every process of ours at once; Redis sees its parent die."""
        below = descendants(self.process.pid)
        redis = [pid for pid, name in below if name == "redis-server"]
        for pid in [self.process.pid] + [pid for pid, name in below if name != "redis-server"]:
            try:
                os.kill(pid, signal.SIGKILL)
            except ProcessLookupError:
                pass
        self.process.wait()
        self.process = None
        return redis

    def clean(self):
        if self.process is not None and self.process.poll() is None:
            self.kill()
        wait_for("redis-server to end", lambda: not self.redis_lock_is_held(), 30)
        shutil.rmtree(self.data, ignore_errors=True)

    def redis_lock_is_held(self):
        path = os.path.join(self.data, "redis", "lock")
        return os.path.exists(path) and subprocess.call(["flock", "-n", path, "true"]) != 0

    def pid_of(self, name):
        for pid, found in descendants(self.process.pid):
            if found == name:
                return pid
        return None

    # ---- people

    def tool(self, *arguments, text=None, check=True):
        """Runs a subcommand on this data folder."""
        done = subprocess.run([BANMAI, *arguments, "--data", self.data], input=text, text=True,
                              capture_output=True, timeout=PATIENCE_S)
        if check and done.returncode != 0:
            raise AssertionError(f"{arguments} ended with {done.returncode}: {done.stderr}")
        return done

    def add_user(self, login, role):
        self.tool("user", "add", login, "--role", role, "--password-stdin", text=PASSWORD + "\n")

    def client(self, login=None):
        client = Client(self.port)
        if login:
            reply = client.sign_in(login)
            assert reply.status == 200, reply
        return client

    # ---- state

    def wait_for_state(self, client, lecture_id, *states, patience_s=None):
        def look():
            lecture = client.lecture(lecture_id)
            return lecture if lecture.get("state") in states else None
        return wait_for(f"the lecture to be {' or '.join(states)}", look, patience_s)

    def redis(self, *command):
        """One command on the private Redis."""
        path = os.path.join(self.data, "redis", "redis.sock")
        with socket.socket(socket.AF_UNIX) as s:
            s.connect(path)
            parts = [p if isinstance(p, bytes) else str(p).encode() for p in command]
            s.sendall(b"*%d\r\n" % len(parts) + b"".join(b"$%d\r\n%s\r\n" % (len(p), p) for p in parts))
            s.settimeout(10)
            return s.recv(65536)


def make_clip(path, seconds, size="320x180", rate=25, audio=True, picture="testsrc2", captions=None):
    """A recording with a moving picture and a tone; `captions`: one Vietnamese line all along."""
    command = ["ffmpeg", "-v", "error", "-y", "-f", "lavfi", "-i", f"{picture}=size={size}:rate={rate}"]
    if audio:
        command += ["-f", "lavfi", "-i", "sine=frequency=440:sample_rate=44100"]
    if captions:
        with open(path + ".srt", "w", encoding="utf-8") as f:
            f.write(f"1\n00:00:00,000 --> 00:{seconds // 60:02}:{seconds % 60:02},000\n{captions}\n")
        command += ["-i", path + ".srt", "-c:s", "mov_text", "-metadata:s:s:0", "language=vie"]
    command += ["-t", str(seconds), "-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p"]
    if audio:
        command += ["-c:a", "aac", "-b:a", "64k"]
    subprocess.run(command + ["-movflags", "+faststart", path], check=True)
    return path


def sample(seconds=20, name=None):
    """Bytes of a recording: a real one when `name` is there, else a clip made once for all tests."""
    real = os.path.join(MEDIA, name) if name else None
    if real and os.path.exists(real):
        path = real
    else:
        folder = os.path.join(BUILD, "tests", "clips")
        os.makedirs(folder, exist_ok=True)
        path = os.path.join(folder, f"clip-{seconds}s.mp4")
        if not os.path.exists(path):
            part = f"{path}.{os.getpid()}.mp4"  # another test may be making it, too
            os.replace(make_clip(part, seconds), path)
    with open(path, "rb") as f:
        return f.read()


def sha256(data):
    return base64.b64encode(hashlib.sha256(data).digest()).decode()
