# SPDX-License-Identifier: GPL-3.0-or-later
"""Frames of HTTP/2 over TLS, good and bad: what the scripts of this folder share. Headers are written
by hand, since a library would refuse what must be sent here; answers are read with hpack."""
import socket
import struct

import engine
import hpack

MAGIC = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"
DATA, HEADERS, PRIORITY, RST_STREAM, SETTINGS, PUSH_PROMISE, PING, GOAWAY, WINDOW_UPDATE, \
    CONTINUATION = range(10)
PRIORITY_UPDATE = 0x10
END_STREAM = ACK = 0x1
END_HEADERS, PADDED, WITH_PRIORITY = 0x4, 0x8, 0x20
NO_ERROR, PROTOCOL_ERROR, INTERNAL_ERROR, FLOW_CONTROL_ERROR, SETTINGS_TIMEOUT, STREAM_CLOSED, \
    FRAME_SIZE_ERROR, REFUSED_STREAM, CANCEL, COMPRESSION_ERROR, CONNECT_ERROR, \
    ENHANCE_YOUR_CALM = range(12)


def frame(kind, flags=0, stream=0, payload=b""):
    return struct.pack(">I", len(payload))[1:] + struct.pack(">BBI", kind, flags, stream) + payload


def number(value, prefix_bits, first=0):
    """HPACK's integers (RFC 7541 §5.1)."""
    limit = (1 << prefix_bits) - 1
    if value < limit:
        return bytes([first | value])
    out = bytearray([first | limit])
    value -= limit
    while value >= 128:
        out.append(value % 128 | 128)
        value //= 128
    out.append(value)
    return bytes(out)


def literal(name, value):
    """A field that is not indexed, neither name nor value."""
    name, value = (text.encode("latin-1") if isinstance(text, str) else text for text in (name, value))
    return b"\x00" + number(len(name), 7) + name + number(len(value), 7) + value


def block(fields):
    return b"".join(literal(name, value) for name, value in fields)


def request_fields(path="/", method="GET", more=()):
    return [(":method", method), (":scheme", "https"), (":path", path), (":authority", "localhost"),
            *more]


def request(stream=1, path="/", method="GET", more=(), flags=END_STREAM):
    return frame(HEADERS, END_HEADERS | flags, stream, block(request_fields(path, method, more)))


def settings(*pairs):
    return frame(SETTINGS, payload=b"".join(struct.pack(">HI", *pair) for pair in pairs))


def window_update(stream, increment):
    return frame(WINDOW_UPDATE, 0, stream, struct.pack(">I", increment))


def reset(stream, code=CANCEL):
    return frame(RST_STREAM, 0, stream, struct.pack(">I", code))


class Gone(Exception):
    """The connection has ended; `code` is that of the last GOAWAY, or None."""

    def __init__(self, code):
        super().__init__(f"GOAWAY {code}")
        self.code = code


class Reset(Exception):
    def __init__(self, code):
        super().__init__(f"RST_STREAM {code}")
        self.code = code


class H2Client:
    """One connection. Reads frames; keeps what they say by stream."""

    def __init__(self, server, preface=MAGIC + settings(), receive_bytes=None, segment_bytes=None):
        context = engine.client_context(server.folder)
        context.set_alpn_protocols(["h2"])
        self.raw = server.connect(context, receive_bytes=receive_bytes, segment_bytes=segment_bytes)
        assert self.raw.socket.selected_alpn_protocol() == "h2"
        self.decoder = hpack.Decoder()
        self.heads = {}      # stream: fields of the final answer
        self.bodies = {}     # stream: bytes so far
        self.interim = {}    # stream: statuses before the final one
        self.ended = []      # streams, in the order of their ends
        self.resets = {}     # stream: code
        self.pongs = []
        self.settings = []
        self.n_acks = 0
        self.goaway = None   # its code
        self.last_stream = None
        self.n_data_frames = 0
        self.block = b""
        self.send(preface)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.raw.socket.close()

    def send(self, data):
        self.raw.socket.sendall(data)

    def try_send(self, data):
        """The server may have hung up already."""
        try:
            self.send(data)
        except OSError:
            pass

    def read_frame(self):
        """Takes one frame in; raises Gone at the end of the connection."""
        try:
            head = self.raw.take(9)
            payload = self.raw.take(int.from_bytes(head[:3], "big"))
        except (engine.Closed, ConnectionError, OSError) as end:
            if isinstance(end, (socket.timeout, TimeoutError)):
                raise
            raise Gone(self.goaway) from end
        self._take(head[3], head[4], int.from_bytes(head[5:], "big"), payload)

    def _take(self, kind, flags, stream, payload):
        if kind in (HEADERS, CONTINUATION):
            self.block += payload
            if flags & END_HEADERS:
                self._take_head(stream)
        elif kind == DATA:
            self.bodies[stream] = self.bodies.get(stream, b"") + payload
            self.n_data_frames += 1
        elif kind == RST_STREAM:
            self.resets[stream] = int.from_bytes(payload, "big")
        elif kind == PING:
            assert flags & ACK
            self.pongs.append(payload)
        elif kind == GOAWAY:
            self.last_stream, self.goaway = struct.unpack(">II", payload[:8])
        elif kind == SETTINGS:
            self.n_acks += flags & ACK
            self.settings += [struct.unpack(">HI", payload[i:i + 6])
                              for i in range(0, len(payload), 6)]
        if kind in (HEADERS, DATA) and flags & END_STREAM:
            self.ended.append(stream)

    def _take_head(self, stream):
        fields = [(bytes(name).decode(), bytes(value).decode("latin-1"))
                  for name, value in self.decoder.decode(self.block, raw=True)]
        self.block = b""
        status = int(dict(fields)[":status"])
        if status < 200:
            self.interim.setdefault(stream, []).append(status)
        else:
            self.heads[stream] = fields

    def until(self, is_reached):
        while not is_reached():
            self.read_frame()

    def answer(self, stream=1):
        """Status, fields and body; raises Reset or Gone."""
        self.until(lambda: stream in self.ended or stream in self.resets)
        if stream not in self.ended:
            raise Reset(self.resets[stream])
        fields = dict(self.heads[stream])
        return engine.Answer(int(fields[":status"]), fields, self.bodies.get(stream, b""))

    def end(self):
        """Reads to the end of the connection; the code of the GOAWAY."""
        try:
            self.until(lambda: False)
        except Gone as gone:
            return gone.code
        return None
