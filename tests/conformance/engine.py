# SPDX-License-Identifier: GPL-3.0-or-later
"""The test server and raw sockets to it: what the scripts of this folder share."""
import os
import re
import shutil
import socket
import ssl
import subprocess
import tempfile

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
BUILD = os.environ.get("BANMAI_BUILD", os.path.join(ROOT, "build", "dev"))
IS_LONG = bool(os.environ.get("BANMAI_LONG"))
USES_KERNEL_TLS = bool(os.environ.get("BANMAI_KERNEL_TLS"))  # tests/kernel_tls runs these tests so
TIMEOUT_S = 10


class Folder:
    """A temporary folder with a certificate for localhost and a file to serve."""

    def __init__(self):
        self.path = tempfile.mkdtemp(prefix="banmai-http-")
        self.certificate = os.path.join(self.path, "cert.pem")
        self.key = os.path.join(self.path, "key.pem")
        self.new_certificate("localhost")
        with open(os.path.join(self.path, "file.bin"), "wb") as file:
            file.write(bytes((i * 31 + i // 256) % 256 for i in range(300_000)))

    def new_certificate(self, name):
        subprocess.run(
            ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt",
             "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2", "-keyout", self.key,
             "-out", self.certificate, "-subj", f"/CN={name}",
             "-addext", "subjectAltName=DNS:localhost"],
            check=True, stderr=subprocess.DEVNULL)

    def read(self, name="file.bin"):
        with open(os.path.join(self.path, name), "rb") as file:
            return file.read()

    def remove(self):
        shutil.rmtree(self.path)


class Server:
    """One run of http-test-server; `with` stops it and checks that it ended well."""

    def __init__(self, folder, *options, tls=False, listen="127.0.0.1:0", prefix=()):
        program = os.path.join(BUILD, "tests", "conformance", "http-test-server")
        arguments = [program, "--listen", listen, "--root", folder.path]
        if USES_KERNEL_TLS:
            arguments += ["--kernel-tls", "yes"]
        if tls:
            arguments += ["--tls-cert", folder.certificate, "--tls-key", folder.key]
        self.folder = folder
        self.tls = tls
        self.process = subprocess.Popen([*prefix, *arguments, *options], stdin=subprocess.PIPE,
                                        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        line = self.process.stdout.readline()
        if not line.startswith("port "):
            _, err = self.process.communicate(timeout=TIMEOUT_S)
            raise RuntimeError(f"no server: {line}{err}")
        self.port = int(line.split()[1])

    def __enter__(self):
        return self

    def __exit__(self, kind, _value, _traceback):
        out, err = self.process.communicate(timeout=60)
        if kind is None:
            assert self.process.returncode == 0 and "stopped" in out, (out, err)
        self.output = err

    def stop_gracefully(self):
        self.process.stdin.close()
        self.process.stdin = None

    def command(self, byte):
        self.process.stdin.write(byte)
        self.process.stdin.flush()
        return self.process.stdout.readline().strip()

    def connect(self, context=None, session=None, receive_bytes=None, segment_bytes=None):
        plain = socket.socket()
        if segment_bytes:
            plain.setsockopt(socket.IPPROTO_TCP, socket.TCP_MAXSEG, segment_bytes)
        if receive_bytes:
            plain.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_bytes)
        plain.settimeout(TIMEOUT_S)
        plain.connect(("127.0.0.1", self.port))
        plain.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        if not self.tls:
            return Client(plain)
        context = context or client_context(self.folder)
        return Client(context.wrap_socket(plain, server_hostname="localhost", session=session))

    def get(self, target, headers=""):
        with self.connect() as client:
            client.send(f"GET {target} HTTP/1.1\r\nHost: h\r\n{headers}Connection: close\r\n\r\n")
            return client.answer()

    def number(self, target):
        return int(self.get(target).body)


def client_context(folder):
    context = ssl.create_default_context(cafile=folder.certificate)
    return context


class Answer:
    def __init__(self, status, headers, body):
        self.status = status
        self.headers = headers
        self.body = body

    def __repr__(self):
        return f"{self.status} {self.headers} {self.body[:200]}"


class Closed(Exception):
    """The connection ended before the answer did."""


class Client:
    """Bytes out, answers in."""

    def __init__(self, sock):
        self.socket = sock
        self.buffer = b""

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.socket.close()

    def send(self, data):
        self.socket.sendall(data.encode("latin-1") if isinstance(data, str) else data)

    def _more(self):
        data = self.socket.recv(65536)
        if not data:
            raise Closed(self.buffer)
        self.buffer += data

    def take(self, length):
        while len(self.buffer) < length:
            self._more()
        data, self.buffer = self.buffer[:length], self.buffer[length:]
        return data

    def take_line(self):
        while b"\r\n" not in self.buffer:
            self._more()
        line, self.buffer = self.buffer.split(b"\r\n", 1)
        return line

    def head(self):
        """Status and fields of the next answer."""
        line = self.take_line()
        match = re.fullmatch(rb"HTTP/1\.1 (\d{3}) [A-Za-z ]*", line)
        assert match, line
        headers = {}
        while True:
            line = self.take_line()
            if not line:
                return int(match.group(1)), headers
            name, value = line.decode("latin-1").split(": ", 1)
            assert name.lower() not in headers or name.lower() == "vary", f"{name} twice"
            headers[name.lower()] = value

    def chunks(self):
        body = b""
        while True:
            size = int(self.take_line(), 16)
            body += self.take(size)
            assert self.take_line() == b""
            if size == 0:
                return body

    def answer(self, method="GET"):
        status, headers = self.head()
        if method == "HEAD" or status in (204, 304) or status < 200:
            return Answer(status, headers, b"")
        if headers.get("transfer-encoding") == "chunked":
            return Answer(status, headers, self.chunks())
        if "content-length" in headers:
            return Answer(status, headers, self.take(int(headers["content-length"])))
        return Answer(status, headers, self.rest())

    def rest(self):
        """All until the end of the connection."""
        try:
            while True:
                self._more()
        except Closed:
            pass
        data, self.buffer = self.buffer, b""
        return data

    def is_closed(self, within_s=1.0):
        """Whether the server has closed, without another byte, within the time."""
        self.socket.settimeout(within_s)
        try:
            return not self.buffer and self.socket.recv(1) == b""
        except (socket.timeout, TimeoutError):
            return False
        except (ConnectionResetError, ssl.SSLError):
            return True
        finally:
            self.socket.settimeout(TIMEOUT_S)


def count_answer(data):
    """What /count says about a body."""
    total = sum(byte * ((i + 1) % 65521) for i, byte in enumerate(data))
    return f"err=0 n={len(data)} sum={total}\n".encode()


def request(target, method="GET", headers="", body=b""):
    head = f"{method} {target} HTTP/1.1\r\nHost: h\r\n{headers}"
    if body:
        head += f"Content-Length: {len(body)}\r\n"
    return head.encode() + b"\r\n" + body
