# SPDX-License-Identifier: GPL-3.0-or-later
"""Frames of HTTP/2 and the answer that each must get, by section of RFC 9113 and RFC 7541.

Each case is sent behind the client's preface. What must end the connection is followed on the wire by
a request for /canary, which must never be executed; after any other the connection must still be of
use."""
import struct
from dataclasses import dataclass

from h2_client import (
    ACK, COMPRESSION_ERROR, CONTINUATION, DATA, END_HEADERS, END_STREAM, ENHANCE_YOUR_CALM,
    FLOW_CONTROL_ERROR, FRAME_SIZE_ERROR, GOAWAY, HEADERS, MAGIC, PADDED, PING, PRIORITY,
    PRIORITY_UPDATE, PROTOCOL_ERROR, PUSH_PROMISE, RST_STREAM, SETTINGS, STREAM_CLOSED,
    WINDOW_UPDATE, WITH_PRIORITY, block, frame, literal, number, request, request_fields, reset,
    settings, window_update)


@dataclass
class Case:
    section: str
    name: str
    wire: bytes
    kind: str       # "answer", "reset" (of stream 1), "gone", "fine"
    codes: tuple    # statuses or error codes that are right
    preface: bytes = MAGIC + settings()


CASES = []


def add(section, kind, code, name, wire, preface=MAGIC + settings()):
    codes = code if isinstance(code, tuple) else (code,)
    CASES.append(Case(section, name, wire, kind, codes, preface))


def answers(section, status, name, wire):
    add(section, "answer", status, name, wire)


def resets(section, code, name, wire):
    add(section, "reset", code, name, wire)


def ends(section, code, name, wire, preface=MAGIC + settings()):
    add(section, "gone", code, name, wire, preface)


def fine(section, name, wire):
    add(section, "fine", (), name, wire)


def head(fields, flags=END_STREAM, stream=1):
    return frame(HEADERS, END_HEADERS | flags, stream, block(fields))


def without(name):
    return [field for field in request_fields() if field[0] != name]


def with_field(name, value):
    return head(request_fields(more=[(name, value)]))


def post(more=(), path="/count"):
    return request(path=path, method="POST", more=more, flags=0)


def data(payload, flags=END_STREAM, stream=1):
    return frame(DATA, flags, stream, payload)


GET = request()

# ---- 3.4: the preface ----
ends("3.4", PROTOCOL_ERROR, "HTTP/1.1 instead of the preface", b"", b"GET / HTTP/1.1\r\nHost: h\r\n\r\n")
ends("3.4", PROTOCOL_ERROR, "a preface that goes wrong at its end", b"", MAGIC[:-2] + b"XX" + settings())
ends("3.4", PROTOCOL_ERROR, "zeros instead of the preface", b"", bytes(64))
ends("3.4", PROTOCOL_ERROR, "PING before SETTINGS", b"", MAGIC + frame(PING, payload=bytes(8)))
ends("3.4", PROTOCOL_ERROR, "HEADERS before SETTINGS", b"", MAGIC + request(path="/canary"))
ends("3.4", PROTOCOL_ERROR, "an acknowledgement before SETTINGS", b"", MAGIC + frame(SETTINGS, ACK))

# ---- 4.1, 4.2, 5.5: frames ----
answers("4.1", 200, "the reserved bit of a stream's number is ignored",
        frame(HEADERS, END_HEADERS | END_STREAM, 1 | 1 << 31, block(request_fields())))
answers("4.1", 200, "flags without meaning are ignored",
        frame(HEADERS, END_HEADERS | END_STREAM | 0x52, 1, block(request_fields())))
fine("4.1", "unknown flags of PING are ignored", frame(PING, 0x7e, 0, b"12345678"))
fine("5.5", "a frame of unknown type on the connection", frame(0xfa, 0xff, 0, b"x" * 100))
fine("5.5", "a frame of unknown type on an idle stream", frame(0xfa, 0, 77, b"x"))
answers("5.5", 200, "a frame of unknown type in a stream",
        post() + frame(0xfa, 0, 1, b"x") + data(b"y"))
fine("5.5", "ALTSVC and ORIGIN from a client", frame(0xa, 0, 0, bytes(20)) + frame(0xc, 0, 0, bytes(4)))
ends("5.5", PROTOCOL_ERROR, "a frame of unknown type in a header block",
     frame(HEADERS, END_STREAM, 1, block(request_fields())) + frame(0xfa, 0, 1, b"x"))
ends("4.2", FRAME_SIZE_ERROR, "HEADERS of more than 16 KiB",
     frame(HEADERS, END_HEADERS | END_STREAM, 1, bytes(16385)))
ends("4.2", FRAME_SIZE_ERROR, "DATA of more than 16 KiB", post() + data(bytes(16385)))
ends("4.2", FRAME_SIZE_ERROR, "SETTINGS of more than 16 KiB", frame(SETTINGS, 0, 0, bytes(16386)))
ends("4.2", FRAME_SIZE_ERROR, "an unknown frame of 16 MiB", b"\xff\xff\xff" + bytes([0xfa, 0, 0, 0, 0, 0]))
answers("4.2", 200, "DATA of exactly 16 KiB", post() + data(bytes(16384)))

# ---- 4.3, RFC 7541: compression ----
ends("4.3", COMPRESSION_ERROR, "index 0", frame(HEADERS, 5, 1, b"\x80"))
ends("4.3", COMPRESSION_ERROR, "an index beyond both tables", frame(HEADERS, 5, 1, b"\xff\x00"))
ends("4.3", COMPRESSION_ERROR, "a name's index beyond both tables", frame(HEADERS, 5, 1, b"\x7f\x00\x01a"))
ends("4.3", COMPRESSION_ERROR, "an integer that overflows",
     frame(HEADERS, 5, 1, b"\xff" + b"\xff" * 10 + b"\x0f"))
ends("4.3", COMPRESSION_ERROR, "a string longer than the block", frame(HEADERS, 5, 1, b"\x00\x05ab"))
ends("4.3", COMPRESSION_ERROR, "a string of 2 GiB", frame(HEADERS, 5, 1, b"\x00" + number(1 << 31, 7)))
ends("4.3", COMPRESSION_ERROR, "Huffman padding of eight bits",
     frame(HEADERS, 5, 1, b"\x00\x01a\x82\xff\xff"))
ends("4.3", COMPRESSION_ERROR, "Huffman padding of zeros", frame(HEADERS, 5, 1, b"\x00\x01a\x81\x18"))
ends("4.3", COMPRESSION_ERROR, "Huffman's end of string", frame(HEADERS, 5, 1, b"\x00\x01a\x84\xff\xff\xff\xff"))
ends("4.3", COMPRESSION_ERROR, "a table larger than we allow",
     frame(HEADERS, 5, 1, number(4097, 5, 0x20) + block(request_fields())))
ends("4.3", COMPRESSION_ERROR, "a change of the table behind a field",
     frame(HEADERS, 5, 1, block(request_fields()) + number(0, 5, 0x20)))
answers("4.3", 200, "a smaller table", frame(HEADERS, 5, 1, number(0, 5, 0x20) + block(request_fields())))
answers("4.3", 200, "fields of the static table", frame(HEADERS, 5, 1, b"\x82\x84\x87" + literal(":authority", "localhost")))
answers("4.3", 200, "a field that is remembered and used again",
        frame(HEADERS, 5, 1, b"\x82\x84\x87" + literal(":authority", "localhost")
              + b"\x40\x01x\x01y" + b"\xbe"))
ends("4.3", COMPRESSION_ERROR, "a block cut in the middle of a field",
     frame(HEADERS, 5, 1, block(request_fields())[:-3]))

# ---- 5.1: states of streams ----
ends("5.1", PROTOCOL_ERROR, "DATA on an idle stream", data(b"x"))
ends("5.1", PROTOCOL_ERROR, "RST_STREAM on an idle stream", reset(1))
ends("5.1", PROTOCOL_ERROR, "WINDOW_UPDATE on an idle stream", window_update(1, 1))
ends("5.1", PROTOCOL_ERROR, "CONTINUATION on an idle stream", frame(CONTINUATION, END_HEADERS, 1))
ends("5.1", STREAM_CLOSED, "DATA behind the end of a stream",
     request(path="/slow?ms=500") + data(b"x"))
ends("5.1", STREAM_CLOSED, "HEADERS behind the end of a stream",
     request(path="/slow?ms=500") + request(path="/canary"))
fine("5.1", "DATA right behind our own reset", head(without(":path"), 0) + data(b"x", 0) + data(b"y"))
fine("5.1", "WINDOW_UPDATE right behind our own reset",
     head(without(":path"), 0) + window_update(1, 100))
fine("5.1", "a stream that is taken back", request(path="/slow?ms=5000") + reset(1))
fine("5.1", "RST_STREAM twice", request(path="/slow?ms=5000") + reset(1) + reset(1))
fine("5.1", "WINDOW_UPDATE for a stream that was taken back",
     request(path="/slow?ms=5000") + reset(1) + window_update(1, 5))
ends("5.1.1", PROTOCOL_ERROR, "a stream with an even number", request(2, "/canary"))
ends("5.1.1", PROTOCOL_ERROR, "a request on stream 0", request(0, "/canary"))
fine("5.1.1", "a lower number than before is not begun", request(7) + request(5, "/canary"))
ends("5.1.1", PROTOCOL_ERROR, "a stream that depends on a future self", frame(HEADERS, 0x25, 5, struct.pack(">IB", 5, 0) + block(request_fields("/canary"))))

# ---- 6.1: DATA ----
ends("6.1", PROTOCOL_ERROR, "DATA on the connection", post() + data(b"x", stream=0))
ends("6.1", PROTOCOL_ERROR, "padding as long as the frame", post() + data(b"\x05abcd", END_STREAM | PADDED))
ends("6.1", (PROTOCOL_ERROR, FRAME_SIZE_ERROR), "a padded frame without the pad's length",
     post() + data(b"", END_STREAM | PADDED))
answers("6.1", 200, "a padded body", post() + data(b"\x03ab\0\0\0", END_STREAM | PADDED))
answers("6.1", 200, "nothing but padding", post() + data(b"\x03\0\0\0", END_STREAM | PADDED))
answers("6.1", 200, "empty frames in a body", post() + data(b"", 0) + data(b"ab", 0) + data(b""))

# ---- 6.2, 6.10: HEADERS and CONTINUATION ----
ends("6.2", PROTOCOL_ERROR, "padding longer than the header block",
     frame(HEADERS, END_HEADERS | END_STREAM | PADDED, 1, b"\xff" + block(request_fields())))
answers("6.2", 200, "a padded header block",
        frame(HEADERS, 0xd, 1, b"\x04" + block(request_fields()) + bytes(4)))
answers("6.2", 200, "HEADERS with an old priority",
        frame(HEADERS, 0x25, 1, struct.pack(">IB", 0, 200) + block(request_fields())))
ends("6.2", PROTOCOL_ERROR, "a stream that depends on itself",
     frame(HEADERS, 0x25, 1, struct.pack(">IB", 1, 0) + block(request_fields("/canary"))))
ends("6.2", FRAME_SIZE_ERROR, "no room for the priority", frame(HEADERS, 0x25, 1, b"\0\0"))
ends("6.2", PROTOCOL_ERROR, "PING in a header block",
     frame(HEADERS, END_STREAM, 1, block(request_fields())) + frame(PING, payload=bytes(8)))
ends("6.2", PROTOCOL_ERROR, "DATA in a header block",
     frame(HEADERS, 0, 1, block(request_fields())) + data(b"x"))
ends("6.2", PROTOCOL_ERROR, "another stream's HEADERS in a header block",
     frame(HEADERS, END_STREAM, 1, block(request_fields())) + request(3, "/canary"))
ends("6.10", PROTOCOL_ERROR, "another stream's CONTINUATION in a header block",
     frame(HEADERS, END_STREAM, 1, block(request_fields())) + frame(CONTINUATION, END_HEADERS, 3))
ends("6.10", PROTOCOL_ERROR, "CONTINUATION behind a complete header block",
     GET + frame(CONTINUATION, END_HEADERS, 1, literal("x", "y")))
ends("6.10", PROTOCOL_ERROR, "CONTINUATION behind DATA",
     post() + data(b"x", 0) + frame(CONTINUATION, END_HEADERS, 1))
ends("6.10", PROTOCOL_ERROR, "CONTINUATION on the connection",
     frame(HEADERS, END_STREAM, 1, block(request_fields())) + frame(CONTINUATION, END_HEADERS, 0))


def cut(fields, pieces, last_flags=END_HEADERS):
    """A header block in so many frames."""
    whole = block(fields)
    step = len(whole) // pieces + 1
    parts = [whole[i:i + step] for i in range(0, step * pieces, step)]
    frames = [frame(HEADERS, END_STREAM, 1, parts[0])]
    frames += [frame(CONTINUATION, 0, 1, part) for part in parts[1:-1]]
    return b"".join(frames) + frame(CONTINUATION, last_flags, 1, parts[-1])


answers("6.10", 200, "a header block in two frames", cut(request_fields(), 2))
answers("6.10", 200, "a header block in eight frames", cut(request_fields(), 8))
answers("6.10", 200, "END_HEADERS on an empty CONTINUATION",
        frame(HEADERS, END_STREAM, 1, block(request_fields())) + frame(CONTINUATION, END_HEADERS, 1))
ends("6.10", ENHANCE_YOUR_CALM, "a header block in a hundred frames", cut(request_fields("/canary"), 100))
ends("6.10", ENHANCE_YOUR_CALM, "a thousand empty CONTINUATION frames",
     frame(HEADERS, END_STREAM, 1, block(request_fields("/canary"))) + frame(CONTINUATION, 0, 1) * 1000)
ends("6.10", ENHANCE_YOUR_CALM, "a header block of more than 16 KiB",
     frame(HEADERS, END_STREAM, 1, block([("x", "y" * 16000)])) +
     frame(CONTINUATION, END_HEADERS, 1, block([("x", "y" * 16000)])))

# ---- 6.3 to 6.9: the other frames ----
ends("6.3", PROTOCOL_ERROR, "PRIORITY on the connection", frame(PRIORITY, 0, 0, bytes(5)))
ends("6.3", FRAME_SIZE_ERROR, "PRIORITY of four bytes", frame(PRIORITY, 0, 1, bytes(4)))
fine("6.3", "PRIORITY on an idle stream", frame(PRIORITY, 0, 9, struct.pack(">IB", 0, 1)))
ends("6.4", PROTOCOL_ERROR, "RST_STREAM on the connection", reset(0))
ends("6.4", FRAME_SIZE_ERROR, "RST_STREAM of three bytes", post() + frame(RST_STREAM, 0, 1, bytes(3)))
fine("6.4", "RST_STREAM with an unknown code", request(path="/slow?ms=5000") + reset(1, 0xfefefefe))
ends("6.5", PROTOCOL_ERROR, "SETTINGS on a stream", frame(SETTINGS, 0, 1, bytes(6)))
ends("6.5", FRAME_SIZE_ERROR, "SETTINGS of five bytes", frame(SETTINGS, 0, 0, bytes(5)))
ends("6.5", FRAME_SIZE_ERROR, "an acknowledgement with settings", frame(SETTINGS, ACK, 0, bytes(6)))
fine("6.5", "an acknowledgement of nothing", frame(SETTINGS, ACK))
fine("6.5.2", "unknown settings are ignored", settings((0xfff0, 7), (0x0a, 1)))
ends("6.5.2", PROTOCOL_ERROR, "ENABLE_PUSH of 2", settings((2, 2)))
ends("6.5.2", FLOW_CONTROL_ERROR, "a window of 2 GiB", settings((4, 1 << 31)))
ends("6.5.2", PROTOCOL_ERROR, "frames of 16383 bytes at most", settings((5, 16383)))
ends("6.5.2", PROTOCOL_ERROR, "frames of 16 MiB at most", settings((5, 1 << 24)))
ends("6.5.2", PROTOCOL_ERROR, "NO_RFC7540_PRIORITIES of 2", settings((9, 2)))
ends("6.5.2", ENHANCE_YOUR_CALM, "a hundred settings in a frame", settings(*[(3, 100)] * 100))
answers("6.5.2", 200, "a small HPACK table of the client's", settings((1, 0)) + GET)
ends("6.6", PROTOCOL_ERROR, "PUSH_PROMISE from a client",
     GET + frame(PUSH_PROMISE, END_HEADERS, 1, struct.pack(">I", 2) + block(request_fields("/canary"))))
ends("6.7", PROTOCOL_ERROR, "PING on a stream", frame(PING, 0, 1, bytes(8)))
ends("6.7", FRAME_SIZE_ERROR, "PING of seven bytes", frame(PING, 0, 0, bytes(7)))
fine("6.7", "an answer to no PING", frame(PING, ACK, 0, bytes(8)))
ends("6.8", PROTOCOL_ERROR, "GOAWAY on a stream", frame(GOAWAY, 0, 1, bytes(8)))
ends("6.8", FRAME_SIZE_ERROR, "GOAWAY of seven bytes", frame(GOAWAY, 0, 0, bytes(7)))
answers("6.8", 200, "an answer is finished behind GOAWAY",
        request(path="/slow?ms=100") + frame(GOAWAY, 0, 0, bytes(8) + b"bye"))
ends("6.9", PROTOCOL_ERROR, "WINDOW_UPDATE by 0 on the connection", window_update(0, 0))
ends("6.9", PROTOCOL_ERROR, "WINDOW_UPDATE by 0 on a stream", post() + window_update(1, 0))
ends("6.9", FRAME_SIZE_ERROR, "WINDOW_UPDATE of three bytes", frame(WINDOW_UPDATE, 0, 0, bytes(3)))
ends("6.9.1", FLOW_CONTROL_ERROR, "the connection's window beyond 2 GiB", window_update(0, 0x7fffffff))
resets("6.9.1", FLOW_CONTROL_ERROR, "a stream's window beyond 2 GiB", post() + window_update(1, 0x7fffffff))
# nghttp2 resets the stream where RFC 9113 has the connection end.
resets("6.9.2", FLOW_CONTROL_ERROR, "SETTINGS that push a stream's window beyond 2 GiB",
     post() + window_update(1, 0x7fff0000 - 65535) + settings((4, 0x7fffffff)))
resets("6.9.1", FLOW_CONTROL_ERROR, "more of a body than the window",
     post(path="/count?pause_ms=1500") + b"".join(data(bytes(16384), 0) for _ in range(20)))

# ---- 8.1: messages ----
answers("8.1", 200, "trailers", post() + data(b"ab", 0) + head([("x-sum", "1")]))
answers("8.1", 200, "trailers without a body", post() + head([("x-sum", "1")]))
resets("8.1", PROTOCOL_ERROR, "trailers that do not end the request",
       post() + data(b"ab", 0) + head([("x-sum", "1")], 0))
resets("8.1", PROTOCOL_ERROR, "a pseudo-field in trailers", post() + data(b"ab", 0) + head([(":path", "/")]))
resets("8.1", PROTOCOL_ERROR, "a field of the connection in trailers",
       post() + data(b"ab", 0) + head([("connection", "close")]))
resets("8.1.1", PROTOCOL_ERROR, "a body longer than its length", post([("content-length", "3")]) + data(b"abcd"))
resets("8.1.1", PROTOCOL_ERROR, "a body shorter than its length", post([("content-length", "3")]) + data(b"ab"))
resets("8.1.1", PROTOCOL_ERROR, "a length and no body", head(request_fields("/count", "POST", [("content-length", "3")])))
resets("8.1.1", PROTOCOL_ERROR, "trailers before all of the body",
       post([("content-length", "3")]) + data(b"ab", 0) + head([("x", "y")]))
answers("8.1.1", 200, "a body as long as it should be", post([("content-length", "3")]) + data(b"abc"))
answers("8.1.1", 200, "a length of 0 and no body", head(request_fields("/count", "POST", [("content-length", "0")])))
answers("8.1.1", 200, "a length of 0 and an empty frame", post([("content-length", "0")]) + data(b""))

# ---- 8.2: fields ----
for name in ("Accept", "X", "x y", "x\r", "x\n", "x\0", "x\x7f", "x\x80", "x(", "", "x:", "\tx"):
    resets("8.2.1", PROTOCOL_ERROR, f"the name {name!r}", with_field(name, "v"))
for value in ("a\r\nb: c", "a\nb", "a\rb", "a\0b", " a", "a ", "\ta", "a\t", "a\x01", "a\x7f"):
    resets("8.2.1", PROTOCOL_ERROR, f"the value {value!r}", with_field("x", value))
answers("8.2.1", 200, "bytes from 0x80 in a value", with_field("x", "\xc3\xa9"))
answers("8.2.1", 200, "an empty value", with_field("x", ""))
for name, value in (("connection", "close"), ("connection", "keep-alive"), ("proxy-connection", "close"),
                    ("keep-alive", "timeout=5"), ("transfer-encoding", "chunked"),
                    ("transfer-encoding", "identity"), ("upgrade", "h2c"), ("te", "gzip"),
                    ("te", "trailers, deflate")):
    resets("8.2.2", PROTOCOL_ERROR, f"{name}: {value}", with_field(name, value))
answers("8.2.2", 200, "te: trailers", with_field("te", "trailers"))
answers("8.2.3", 200, "cookies in crumbs",
        head(request_fields("/request", more=[("cookie", "a=1"), ("cookie", "b=2")])))

# ---- 8.3: pseudo-fields ----
for name in (":method", ":scheme", ":path"):
    resets("8.3.1", PROTOCOL_ERROR, f"no {name}", head(without(name)))
for name, value in ((":method", "GET"), (":scheme", "https"), (":path", "/"), (":authority", "localhost")):
    resets("8.3.1", PROTOCOL_ERROR, f"{name} twice", head(request_fields() + [(name, value)]))
for name in (":status", ":protocol", ":foo", ":", ":Method"):
    resets("8.3", PROTOCOL_ERROR, f"a pseudo-field {name!r}", head([(name, "200")] + request_fields()))
resets("8.3", PROTOCOL_ERROR, "a pseudo-field behind others",
       head([(":method", "GET"), (":scheme", "https"), ("x", "y"), (":path", "/"), (":authority", "localhost")]))
resets("8.3", PROTOCOL_ERROR, "no pseudo-fields", head([("x", "y")]))
resets("8.3.1", PROTOCOL_ERROR, "no fields at all", head([]))
answers("8.3.1", 400, "no :authority and no Host", head(without(":authority")))
answers("8.3.1", 200, "Host instead of :authority", head(without(":authority") + [("host", "localhost")]))
answers("8.3.1", 200, "Host as :authority", with_field("host", "localhost"))
resets("8.3.1", PROTOCOL_ERROR, "Host other than :authority", with_field("host", "other"))
answers("8.3.1", 421, "a foreign :authority",
        head([(":method", "GET"), (":scheme", "https"), (":path", "/canary"), (":authority", "other")]))
for authority in ("u@localhost", "localhost:99999", "local host", "localhost/", "a,b", ""):
    answers("8.3.1", 400, f"the authority {authority!r}", head(without(":authority") + [(":authority", authority)]))
for path in ("", "canary", "*", "https://localhost/canary", "?x"):
    resets("8.3.1", PROTOCOL_ERROR, f"the path {path!r}", head(request_fields(path)))
for path in ("/canary#x", "/can ary", "/x/../canary", "/%2e%2e/canary", "//canary", "/canary%zz",
             "/canary%00", "/a%2fcanary", "/a\\canary", "/\x80"):
    answers("8.3.1", 400, f"the path {path!r}", head(request_fields(path)))
resets("8.2.1", PROTOCOL_ERROR, "a path with a control character", head(request_fields("/canary\x7f")))
for scheme in ("ftp", "https://x", "", "HTTPS"):
    answers("8.3.1", 400, f"the scheme {scheme!r}", head(without(":scheme") + [(":scheme", scheme)]))
answers("8.3.1", 204, "OPTIONS *", head(request_fields("*", "OPTIONS")))
answers("8.3.1", 501, "an unknown method", head(request_fields(method="FROB")))
resets("8.3.1", PROTOCOL_ERROR, "a method with a space", head(request_fields("/canary", "G T")))
answers("8.5", 501, "CONNECT", head([(":method", "CONNECT"), (":authority", "localhost:443")]))
resets("8.5", PROTOCOL_ERROR, "CONNECT with a path", head(request_fields(method="CONNECT")))

# ---- The rules of HTTP/1.1 ----
answers("HTTP", 200, "HEAD", head(request_fields("/bytes?n=1000", "HEAD")))
answers("HTTP", 206, "a range",
        head(request_fields("/bytes?n=1000", more=[("range", "bytes=0-9")])))
answers("HTTP", 304, "a condition", head(request_fields("/bytes", more=[("if-none-match", '"pattern"')])))
answers("HTTP", 405, "a method that is not for this", head(request_fields("/", "DELETE")))
answers("HTTP", 417, "an unknown expectation", with_field("expect", "x"))
answers("HTTP", 400, "a field twice that may come once",
        head(request_fields(more=[("range", "bytes=0-1"), ("range", "bytes=2-3")])))
answers("HTTP", 414, "a path of 9,000 bytes", head(request_fields("/" + "a" * 9000)))
answers("HTTP", 404, "a path of 8,000 bytes", head(request_fields("/" + "a" * 8000)))
answers("HTTP", 431, "101 fields", head(request_fields(more=[("x", "y")] * 101)))
answers("HTTP", 200, "100 fields", head(request_fields(more=[("x", "y")] * 100)))
answers("HTTP", 431, "101 crumbs of cookies", head(request_fields(more=[("cookie", "a")] * 101)))
answers("HTTP", 431, "a field of more than 8 KiB", head(request_fields(more=[("x", "y" * 8192)])))
answers("HTTP", 431, "fields of more than 16 KiB as RFC 9113 counts them",
        head(request_fields(more=[("x", "y" * 7900), ("y", "z" * 7900), ("z", "a" * 400)])))
for length in ("+3", "0x3", "3 ", "-3", "", "3,3", "99999999999999999999"):
    resets("HTTP", PROTOCOL_ERROR, f"content-length {length!r}", post([("content-length", length)]) + data(b"abc"))
resets("HTTP", PROTOCOL_ERROR, "content-length twice",
       post([("content-length", "3"), ("content-length", "3")]) + data(b"abc"))

# ---- RFC 9218: priorities ----
answers("9218", 200, "a priority", with_field("priority", "u=1, i"))
answers("9218", 200, "a malformed priority is ignored", with_field("priority", "u=9;;,=?"))
fine("9218", "PRIORITY_UPDATE for a stream to come", frame(PRIORITY_UPDATE, 0, 0, struct.pack(">I", 5) + b"u=0"))
fine("9218", "a malformed PRIORITY_UPDATE is ignored", frame(PRIORITY_UPDATE, 0, 0, struct.pack(">I", 5) + b"u=\xff"))
ends("9218", PROTOCOL_ERROR, "PRIORITY_UPDATE on a stream", GET + frame(PRIORITY_UPDATE, 0, 1, struct.pack(">I", 1) + b"u=0"))
ends("9218", FRAME_SIZE_ERROR, "PRIORITY_UPDATE of three bytes", frame(PRIORITY_UPDATE, 0, 0, bytes(3)))
ends("9218", PROTOCOL_ERROR, "PRIORITY_UPDATE for a pushed stream to come",
     frame(PRIORITY_UPDATE, 0, 0, struct.pack(">I", 2) + b"u=0"))
