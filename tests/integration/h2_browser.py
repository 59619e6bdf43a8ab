# SPDX-License-Identifier: GPL-3.0-or-later
"""A client that speaks HTTP/2 over TLS as browsers do: one connection, many streams at once. Frames are
hyper-h2's (Debian's python3-h2), which refuses what RFC 9113 does not allow."""
import email.message
import json
import os
import socket
import ssl
import subprocess

import h2.config
import h2.connection
import h2.events
import h2.settings

from server import Client, Reply, Server

WINDOW_BYTES = 1 << 20


def make_certificate(folder):
    """Paths of a certificate for localhost, and of its key."""
    paths = [os.path.join(folder, name) for name in ("cert.pem", "key.pem")]
    subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes",
                    "-days", "2", "-out", paths[0], "-keyout", paths[1], "-subj", "/CN=localhost",
                    "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1"], check=True, capture_output=True)
    return paths


class TlsServer(Server):
    """`banmai serve` with a certificate of its own."""

    def __init__(self, **settings):
        super().__init__(**settings)
        self.certificate, key = make_certificate(self.data)
        self.settings.update(tls_cert=self.certificate, tls_key=key)

    def client(self, login=None):
        client = H2Client(self.port, self.certificate)
        if login:
            reply = client.sign_in(login)
            assert reply.status == 200, reply
        return client


class Stream:
    def __init__(self, method, path):
        self.method = method
        self.path = path
        self.status = None
        self.headers = email.message.Message()
        self.body = b""
        self.is_over = False


class H2Client(Client):
    """One person with one connection, opened at the first request and kept."""

    def __init__(self, port, certificate, cookie=None):
        super().__init__(port, cookie)
        self.context = ssl.create_default_context(cafile=certificate)
        self.context.set_alpn_protocols(["h2", "http/1.1"])
        self.socket = None
        self.connection = None
        self.streams = {}

    def open(self, timeout=60):
        plain = socket.create_connection(("127.0.0.1", self.port), timeout=timeout)
        self.socket = self.context.wrap_socket(plain, server_hostname="localhost")
        if self.socket.selected_alpn_protocol() != "h2":
            raise ConnectionError(f"the server chose {self.socket.selected_alpn_protocol()}")
        config = h2.config.H2Configuration(client_side=True, header_encoding="utf-8")
        self.connection = h2.connection.H2Connection(config)
        self.connection.initiate_connection()
        self.connection.update_settings({h2.settings.SettingCodes.INITIAL_WINDOW_SIZE: WINDOW_BYTES})
        self.connection.increment_flow_control_window(8 * WINDOW_BYTES)
        self.streams = {}
        self._flush()

    def close(self):
        if self.socket:
            self.socket.close()
        self.socket = self.connection = None

    def _flush(self):
        self.socket.sendall(self.connection.data_to_send())

    # ---- one request, or many at once

    def begin(self, method, path, body=None, headers=None):
        """Sends a request; returns its stream."""
        if not self.connection:
            self.open()
        if isinstance(body, (dict, list)):
            body = json.dumps(body).encode()
            headers = {"content-type": "application/json", **(headers or {})}
        fields = [(":method", method), (":scheme", "https"), (":authority", f"localhost:{self.port}"), (":path", path)]
        fields += [(name.lower(), value) for name, value in (headers or {}).items()]
        if self.cookie:
            fields.append(("cookie", self.cookie))
        if body is not None:
            fields.append(("content-length", str(len(body))))
        stream = self.connection.get_next_available_stream_id()
        self.streams[stream] = Stream(method, path)
        self.connection.send_headers(stream, fields, end_stream=not body)
        self._flush()
        if body:
            self._send_body(stream, body)
        return stream

    def _send_body(self, stream, body):
        while body and not self.streams[stream].is_over:
            room = min(self.connection.local_flow_control_window(stream), self.connection.max_outbound_frame_size)
            if room == 0:
                self.read()
                continue
            self.connection.send_data(stream, body[:room], end_stream=room >= len(body))
            body = body[room:]
            self._flush()

    def read(self):
        """Takes in what has come, on all streams; waits for something."""
        data = self.socket.recv(65536)
        if not data:
            raise ConnectionError("the server has closed the connection")
        for event in self.connection.receive_data(data):
            self._take(event)
        self._flush()

    def _take(self, event):
        if isinstance(event, h2.events.ConnectionTerminated):
            raise ConnectionError(f"GOAWAY {event.error_code}")
        stream = self.streams.get(getattr(event, "stream_id", None))
        if not stream:
            return
        if isinstance(event, h2.events.ResponseReceived):
            for name, value in event.headers:
                if name == ":status":
                    stream.status = int(value)
                else:
                    stream.headers[name] = value
        elif isinstance(event, h2.events.DataReceived):
            stream.body += event.data
            self.connection.acknowledge_received_data(event.flow_controlled_length, event.stream_id)
        elif isinstance(event, h2.events.StreamEnded):
            stream.is_over = True
        elif isinstance(event, h2.events.StreamReset) and not stream.is_over:
            raise ConnectionError(f"stream {event.stream_id} was reset: {event.error_code}")

    def finish(self, stream_id):
        """The whole answer of a stream."""
        stream = self.streams[stream_id]
        while not stream.is_over:
            self.read()
        del self.streams[stream_id]
        cookie = stream.headers.get("Set-Cookie")
        if cookie:
            self.cookie = cookie.split(";")[0]
        reply = Reply(stream.status, stream.headers, stream.body)
        self.hold(stream.method, stream.path, {}, reply, reply.body)
        return reply

    def call(self, method, path, body=None, headers=None, timeout=60):
        stream = self.begin(method, path, body, headers)
        self.socket.settimeout(timeout)
        return self.finish(stream)

    def get_all(self, paths):
        """The answers to many requests that are all sent before any is read."""
        streams = [self.begin("GET", path) for path in paths]
        return [self.finish(stream) for stream in streams]

    def reset(self, stream_id):
        """Takes a request back."""
        self.connection.reset_stream(stream_id)
        del self.streams[stream_id]
        self._flush()
