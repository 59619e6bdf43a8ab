# SPDX-License-Identifier: GPL-3.0-or-later
"""Requests of HTTP/1.1 as bytes, and the answer that each must get: one row per way in which
servers have been confused. The server answers strictly where RFC 9112 says MAY.

A case that `closes` is followed on the wire by a request for /canary. That request must never be
executed: what comes after a request whose end is in doubt is not a request.
"""
from dataclasses import dataclass

CANARY = b"GET /canary HTTP/1.1\r\nHost: h\r\n\r\n"


@dataclass
class Case:
    row: int
    wire: bytes
    statuses: tuple       # of the answers, in order; a list where several are all right
    closes: bool
    methods: tuple = ()   # of the requests, when not GET: a HEAD has no body to read

    @property
    def name(self):
        return f"row {self.row}: {self.wire[:120]!r}"


CASES = []


def add(row, expected, wire, closes=True, methods=()):
    """`expected` is a status, a list of statuses that are all right, or a tuple of such, one for each
    answer."""
    CASES.append(Case(row, wire.encode("latin-1") if isinstance(wire, str) else wire,
                      expected if isinstance(expected, tuple) else (expected,), closes, methods))


def all_of(row, statuses, wires, closes=True):
    for wire in wires:
        add(row, statuses, wire, closes)


def line(text, host="Host: h\r\n"):
    """A request with the given first line."""
    return f"{text}\r\n{host}\r\n"


def field(text, method="GET"):
    """A request that has nothing unusual but the given field lines."""
    return f"{method} / HTTP/1.1\r\nHost: h\r\n{text}\r\n\r\n"


def fields_of(row, statuses, texts, closes=True, method="GET"):
    for text in texts:
        add(row, statuses, field(text, method), closes)


def chunked(body):
    return "POST /count HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n" + body


def body(text, content):
    return f"POST /count HTTP/1.1\r\nHost: h\r\n{text}\r\n\r\n{content}"


def ranges(value, extra=""):
    return f"GET /bytes?n=1000 HTTP/1.1\r\nHost: h\r\nRange: {value}\r\n{extra}\r\n"


# 1: HTTP/0.9
all_of(1, 400, ["GET /\r\n\r\n", "GET /\r\nHost: h\r\n\r\n", "GET / \r\nHost: h\r\n\r\n",
                "GET\r\nHost: h\r\n\r\n", "/\r\nHost: h\r\n\r\n"])

# 2: other white space than one space between the parts
for space in ("  ", "\t", "\x0b", "\x0c", "\r", " \t", "\xa0", "\x00", "\x85"):
    add(2, 400, line(f"GET{space}/ HTTP/1.1"))
    add(2, 400, line(f"GET /{space}HTTP/1.1"))
add(2, 400, line("GET / HTTP/1.1 "))
add(2, 400, line("GET / HTTP/1.1\t"))
add(2, 400, line("GET / HTTP/1.1 x"))

# 3: bare line feeds
all_of(3, 400, ["GET / HTTP/1.1\nHost: h\n\n", "GET / HTTP/1.1\nHost: h\r\n\r\n",
                "GET / HTTP/1.1\r\nHost: h\n\r\n", "GET / HTTP/1.1\r\nHost: h\r\n\n",
                "GET / HTTP/1.1\r\nHost: h\nX: y\r\n\r\n", "GET / HTTP/1.1\r\nHost: h\r\nX: y\nZ: a\r\n\r\n",
                "\nGET / HTTP/1.1\r\nHost: h\r\n\r\n", "GET / HTTP/1.1\r\n\nHost: h\r\n\r\n"])

# 4: a line feed inside the request line
all_of(4, 400, ["GET /\nHTTP/1.1\r\nHost: h\r\n\r\n", "GET\n/ HTTP/1.1\r\nHost: h\r\n\r\n",
                "GET / HTTP/1.1\n\r\nHost: h\r\n\r\n", "GET /a\nb HTTP/1.1\r\nHost: h\r\n\r\n"])

# 5: something before the method
for before in (" ", "\t", "\x00", "\x0b", ":", "\xef\xbb\xbf", " \r\n", "\r"):
    add(5, 400, before + line("GET / HTTP/1.1"))

# 6: empty lines before a request
add(6, 200, "\r\n" + line("GET / HTTP/1.1"), closes=False)
for n in (2, 3, 9, 100):
    add(6, 400, "\r\n" * n + line("GET / HTTP/1.1"))

# 7: malformed versions
for version in ("HTTP/1.32", "HTTP/4294967295.255", "http/1.1", "HTTP/1.", "HTTP/\r\r1.1", "HTTP/1",
                "HTTP/1.1.1", "HTTP/11", "HTTP/1,1", "HTTP /1.1", "HTTP/ 1.1", "HTTP/1.1a", "HTTP/a.b",
                "HTTP/01.1", "HTTP/1.01", "HTTP/+1.1", "HTTPS/1.1", "Http/1.1", "HTP/1.1", "ICY/1.1",
                "HTTP/1.\xb9", "HTTP", "HTTP/", "HTTP/.1", "HTTP/-1.1", "HTTP\\1.1"):
    add(7, 400, line(f"GET / {version}"))

# 8: versions that are spoken otherwise
for version in ("HTTP/2.0", "HTTP/3.0", "HTTP/0.9", "HTTP/9.9", "HTTP/0.0"):
    add(8, 505, line(f"GET / {version}"))

# 9: later minor versions
add(9, 200, line("GET / HTTP/1.2"), closes=False)
add(9, 200, line("GET / HTTP/1.9"), closes=False)

# 10: methods that are no tokens
for method in ('G"T', "G(T", "GE\x00T", "GET:", "G@T", "G,T", "G/T", "G[T", "G]T", "G=T", "G?T",
               "G<T", "G>T", "G;T", "G\\T", "G{T", "G\x7fT", "G\x80T", ""):
    add(10, 400, line(f"{method} / HTTP/1.1"))

# 11: methods that are not known, or not for this resource
for method in ("FROB", "get", "Get", "GETT", "GE", "PROPFIND", "SEARCH", "A" * 40, "PURGE", "M-SEARCH"):
    add(11, 501, line(f"{method} / HTTP/1.1"))
for method in ("POST", "PUT", "PATCH", "DELETE", "OPTIONS"):
    add(11, 405, line(f"{method} / HTTP/1.1"), closes=False)

# 12: targets of no form
for target in ("admin", "!", "host:80", "*/x", "**", "?a", "#", "http:/x", "http:x", "://h/", "h/a",
               "ftp://h/", "javascript:1", "http://", "http:///", "http://?x", "\\", "@h/", "1"):
    add(12, 400, line(f"GET {target} HTTP/1.1"))

# 13: the asterisk
add(13, 400, line("GET * HTTP/1.1"))
add(13, 400, line("HEAD * HTTP/1.1"), methods=("HEAD",))
add(13, 400, line("POST * HTTP/1.1"))
add(13, 204, line("OPTIONS * HTTP/1.1"), closes=False)

# 14: methods that would make a proxy or an echo of us
add(14, [405, 501], line("CONNECT h:443 HTTP/1.1"))
add(14, [405, 501], line("CONNECT / HTTP/1.1"))
add(14, [405, 501], line("TRACE / HTTP/1.1"))
add(14, [405, 501], line("TRACK / HTTP/1.1"))

# 15: the authority of an absolute form (the server is told its name: see the test)
add(15, 421, line("GET http://other/ HTTP/1.1"))
add(15, 421, line("GET https://other:8080/ HTTP/1.1"))
add(15, 200, line("GET http://h/ HTTP/1.1"), closes=False)
add(15, 200, line("GET HTTP://H:80/ HTTP/1.1", host="Host: other\r\n"), closes=False)
for authority in ("u@h", "h:99999", "h:", "h:x", "[::1", "h,other", "u:p@h", "h\\other"):
    add(15, 400, line(f"GET http://{authority}/ HTTP/1.1"))

# 16: bytes that no target may hold
for bad in ("#frag", "a#b", "?a#b", "\x01", "\x1f", "\x7f", "\x80", "\xc3\xa0", "\xff", "%zz", "%", "%4",
            "%00", "%0a", "%0d%0aX: y", "%7f", "%80", "%c0%af", "%ed%a0%80", "%fe", '"', "<", ">", "^",
            "`", "{", "}", "|", "[", "]"):
    add(16, 400, line(f"GET /{bad} HTTP/1.1"))

# 17: paths that lead elsewhere
for path in ("/../", "/..", "/a/../../etc/passwd", "/%2e%2e/", "/%2e%2e%2f", "/..%2f", "/..%5c", "/%2e/",
             "/./", "/.", "/..;/", "/..;a=b/c", "\\..\\", "/\\..\\", "/..\\", "//etc/passwd", "//", "/a//b",
             "/a/..", "/a/%2E%2e", "/%2e%2e;x/a", "///", "/a/./b", "/.;x"):
    add(17, [400, 404], line(f"GET {path} HTTP/1.1"), closes=True)
for path in ("/%252e%252e/", "/...", "/..a/", "/%252f", "/.well-known/x", "/~root", "/a..b"):
    add(17, 404, line(f"GET {path} HTTP/1.1"), closes=False)

# 18: long targets
add(18, 404, line(f"GET /{'a' * 8000} HTTP/1.1"), closes=False)
for n in (8192, 9000, 15000, 20000):
    add(18, 414, line(f"GET /{'a' * n} HTTP/1.1"))
add(18, 414, line(f"GET /?{'a' * 9000} HTTP/1.1"))

# 19: none or two Host fields
all_of(19, 400, ["GET / HTTP/1.1\r\n\r\n", "GET / HTTP/1.1\r\nX: y\r\n\r\n",
                 "GET / HTTP/1.1\r\nHost: h\r\nHost: h\r\n\r\n",
                 "GET / HTTP/1.1\r\nHost: h\r\nHost: other\r\n\r\n",
                 "GET / HTTP/1.1\r\nHost: h\r\nX: y\r\nhOST: h\r\n\r\n",
                 "GET http://h/ HTTP/1.1\r\n\r\n", "GET / HTTP/1.0\r\nHost: h\r\nHost: h\r\n\r\n"])
add(19, 200, "GET / HTTP/1.0\r\n\r\n")

# 20: malformed and foreign hosts
for host in ("", "a b", "h/", "h,h", "u@h", "h:99999", "h:65536", "h:x", "h:-1", "h:", "h:80:80", "[::1",
             "::1", "[]", "[g]", "h\x00", "h\x01", "h\x80", "h?", "h#", "h%41", "h\\x", '"h"', "(h)", ";h",
             "h h", "http://h", "h:+80", "h: 80", "h\t:80", ":80"):
    add(20, 400, f"GET / HTTP/1.1\r\nHost: {host}\r\n\r\n")
add(20, 421, "GET / HTTP/1.1\r\nHost: other\r\n\r\n")
add(20, 421, "GET / HTTP/1.1\r\nHost: h.other:80\r\n\r\n")
add(20, 421, "GET / HTTP/1.1\r\nHost: [::1]:80\r\n\r\n")
add(20, 200, "GET / HTTP/1.1\r\nHost: H:65535\r\n\r\n", closes=False)
add(20, 200, "GET / HTTP/1.1\r\nHost:\th \t\r\n\r\n", closes=False)

# 21: white space before the colon
fields_of(21, 400, ["Name : v", "Name\t: v", "Content-Length : 5", "Transfer-Encoding : chunked",
                    "Host : other", "Name \t: v", "X-\x0b: v"])

# 22: white space before the first field, folded lines
all_of(22, 400, ["GET / HTTP/1.1\r\n Host: h\r\n\r\n", "GET / HTTP/1.1\r\n\tHost: h\r\nHost: h\r\n\r\n",
                 "GET / HTTP/1.1\r\n X: y\r\nHost: h\r\n\r\n", "GET / HTTP/1.1\r\n \r\nHost: h\r\n\r\n"])
fields_of(22, 400, ["X: a\r\n b", "X: a\r\n\tb", "X:\r\n a", "X: a\r\n ", "X: a\r\n \r\n b",
                    "Transfer-Encoding:\r\n chunked", "Transfer-Encoding: chunked\r\n , identity"])

# 23: lines without a name or a colon
fields_of(23, 400, [": v", ":", "Name", "Content-Length 10", "Name v", "=", "GET / HTTP/1.1", "\x00"])

# 24: names with other bytes than a token's
for bad in ("\x00", "\x01", "\x1f", "\x7f", "\x80", "\x85", "\xef", "\xff", "(", ")", "<", ">", "@", ",",
            ";", "\\", '"', "/", "[", "]", "?", "=", "{", "}"):
    add(24, 400, field(f"Na{bad}me: v"))

# 25: values with control bytes
for bad in ("\x00", "\x01", "\x08", "\x0b", "\x0c", "\x0e", "\x1b", "\x1f", "\x7f", "\r", "\n"):
    add(25, 400, field(f"X: a{bad}b"))
add(25, 400, field("X: \x00"))
add(25, 400, field("X:\x00"))
add(25, 200, field("X: \x80\xff\xc3\xa0\t ok"), closes=False)

# 26: the head does not end as it seems to
all_of(26, 400, ["GET / HTTP/1.1\r\nHost: h\r\n\rX", "GET / HTTP/1.1\r\nHost: h\r\n\r\r\n",
                 "GET / HTTP/1.1\r\nHost: h\r\r\n\r\n", "GET / HTTP/1.1\rHost: h\r\r",
                 "GET / HTTP/1.1\r\nHost: h\n\r\r\n", "GET / HTTP/1.1\r\nHost: h\r\n\x00\r\n"])

# 27: too many or too large fields
add(27, 431, line("GET / HTTP/1.1", "Host: h\r\n" + "X: y\r\n" * 100))
add(27, 431, line("GET / HTTP/1.1", "Host: h\r\n" + "X: y\r\n" * 1000))
add(27, 200, line("GET / HTTP/1.1", "Host: h\r\n" + "X: y\r\n" * 99), closes=False)
add(27, 431, field(f"X: {'a' * 8200}"))
add(27, 431, field(f"{'a' * 8200}: b"))
add(27, 431, field(f"X: {'a' * 6000}\r\nY: {'a' * 6000}\r\nZ: {'a' * 6000}"))
add(27, 431, field(f"X: {'a' * 17000}"))
add(27, 200, field(f"X: {'a' * 8000}\r\nY: {'a' * 8000}"), closes=False)

# 28: lengths that are no numbers
for length in ("+5", "-48", "-0", "0x10", "1_0", "1Z", "5,", ",5", "", "5 5", "5, 5", "5,6", "1e1", "5.0",
               "18446744073709551616", "18446744073709551621", "9223372036854775808", "99999999999999999999999",
               "\x0b5", "5\x00", "5;", "0b1", "'5'", '"5"', "five", "\xb2", "5 ,"):
    add(28, 400, body(f"Content-Length: {length}", "12345"))

# 29: two lengths
for first, second in (("5", "5"), ("5", "6"), ("0", "5"), ("5", "0"), ("5", "05"), ("5", "")):
    add(29, 400, body(f"Content-Length: {first}\r\nContent-Length: {second}", "12345"))
    add(29, 400, body(f"Content-Length: {first}\r\nX: y\r\ncontent-LENGTH: {second}", "12345"))

# 30: a length and a transfer coding
all_of(30, 400, [body("Content-Length: 5\r\nTransfer-Encoding: chunked", "0\r\n\r\n"),
                 body("Transfer-Encoding: chunked\r\nContent-Length: 5", "0\r\n\r\n"),
                 body("Transfer-Encoding: chunked\r\nX: y\r\nContent-Length: 0", "0\r\n\r\n"),
                 body("Content-Length: 5\r\nTransfer-Encoding: identity", "12345"),
                 body("Content-Length: 5\r\ntransfer-encoding: CHUNKED", "0\r\n\r\n")])

# 31: a transfer coding in HTTP/1.0
all_of(31, 400, ["POST /count HTTP/1.0\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
                 "POST /count HTTP/1.0\r\nTransfer-Encoding: chunked\r\nConnection: keep-alive\r\n\r\n0\r\n\r\n",
                 "POST /count HTTP/1.0\r\nTransfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n"])

# 32: the last coding is not chunked
all_of(32, 400, [body(f"Transfer-Encoding: {coding}", "0\r\n\r\n")
                 for coding in ("gzip", "chunked, gzip", "chunked, identity", "deflate", "gzip, deflate", "x",
                                "chunked, chunked, gzip")])

# 33: codings that we do not take
all_of(33, 501, [body(f"Transfer-Encoding: {coding}", "0\r\n\r\n")
                 for coding in ("gzip, chunked", "identity", "deflate,chunked", "x-gzip , chunked",
                                "gzip, deflate, chunked")])

# 34: nearly chunked
for coding in ("chunked, chunked", ",chunked", "chunked,", "xchunked", "chunkedx", "\x0bchunked", "chunked\x0b",
               "chunked\xa0", '"chunked"', "'chunked'", "chunked;q=1", "chunked; a=b", "chunk", "c hunked",
               "chunked chunked", "", "chu\x00nked", ", ,chunked", "=chunked", "chunked/1", "[chunked]"):
    add(34, 400, body(f"Transfer-Encoding: {coding}", "0\r\n\r\n"))
add(34, 400, body("Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked", "0\r\n\r\n"))
add(34, 400, body("Transfer-Encoding: chunked\r\nTransfer-Encoding: identity", "0\r\n\r\n"))
add(34, 400, body("Transfer-Encoding: x\r\nTransfer-Encoding: chunked", "0\r\n\r\n"))
add(34, 200, body("Transfer-Encoding: CHUNKED", "0\r\n\r\n"), closes=False)

# 35: chunk sizes that are no numbers (the handler hears that the body is broken)
for size in ("", " 5", "5 ", "+5", "0x5", "0_2e", "-1", "5" + "0" * 16, "FFFFFFFFFFFFFFED", "ffffffffffffffff",
             "10000000000000005", "g", "5\t", "\x0b5", "5,", "5h", "\x005", "5\x00", "0000000000000000005", "'5'"):
    add(35, 400, chunked(f"{size}\r\nhello\r\n0\r\n\r\n"))

# 36: chunk lines and data that do not end where they should
all_of(36, 400, [chunked(text) for text in (
    "5\nhello\r\n0\r\n\r\n", "5\rXhello\r\n0\r\n\r\n", "5\r\nhello\n0\r\n\r\n", "5\r\nhelloXX0\r\n\r\n",
    "4\r\nSEE-THIS\r\n0\r\n\r\n", "5\r\nhello0\r\n\r\n", "5\r\nhello\r\n0\n\r\n", "5\r\nhello\r\n0\r\n\n",
    "5\r\nhello\r\n0\r\rX", "5\r\nhello\rX0\r\n\r\n", "5\n\nhello\r\n0\r\n\r\n", "0\r\rX", "0\nX\r\n\r\n",
    "5\r\r\nhello\r\n0\r\n\r\n")])

# 37: chunk extensions
all_of(37, 400, [chunked(text) for text in (
    f"5;{'a' * 1100}\r\nhello\r\n0\r\n\r\n", "5;a\r\rhello\r\n0\r\n\r\n", "5;a\nhello\r\n0\r\n\r\n",
    "5;a\x00\r\nhello\r\n0\r\n\r\n", "5;a\x01\r\nhello\r\n0\r\n\r\n", "5;\rX\r\nhello\r\n0\r\n\r\n",
    "1;abcdefgh\r\nx\r\n" * 200 + "0\r\n\r\n")])
add(37, 200, chunked('5;a=b;c="d e"\r\nhello\r\n0;last\r\n\r\n'), closes=False)

# 38: trailers
for trailer in ("Content-Length: 50", "Host: other", "Cookie: sid=stolen", "Transfer-Encoding: chunked", "X: y\r\nZ:"):
    add(38, 200, chunked(f"5\r\nhello\r\n0\r\n{trailer}\r\n\r\n"), closes=False)
all_of(38, 400, [chunked(f"5\r\nhello\r\n0\r\n{trailer}\r\n\r\n") for trailer in (
    f"X: {'a' * 4200}", "X : y", " X: y", "X", ": y", "X: \x00", "X: a\r\n b", "X: a\nY: b", "X: a\rY")])

# 39: Connection names what it must not
fields_of(39, 400, ["Connection: Content-Length\r\nContent-Length: 0", "Connection: Host",
                    "Connection: close, host", "Connection: transfer-encoding",
                    "Connection: X\r\nConnection: Content-Length"])
fields_of(39, 200, ["Connection: X, Y", "Connection: ", "Connection: ,", "Connection: Cookie"], closes=False)

# 40: expectations
add(40, 413, "POST /echo HTTP/1.1\r\nHost: h\r\nExpect: 100-continue\r\nContent-Length: 2000000\r\n\r\n")
fields_of(40, 417, ["Expect: x", "Expect: 200-ok", "Expect: ", "Expect: 100-continue, x", "Expect: 100-continue;a=b"])
fields_of(40, 400, ["Expect: 100-continue\r\nExpect: 100-continue"])
add(40, 200, field("Expect: 100-continue"), closes=False)
add(40, (100, 400), "POST /count HTTP/1.1\r\nHost: h\r\nExpect: 100-continue\r\n"
    "Transfer-Encoding: chunked\r\n\r\n")

# 41: a body where none is expected
GOOD = line("GET / HTTP/1.1")
HIDDEN = CANARY.decode()
add(41, (200, 200), field("Content-Length: 10") + "0123456789" + GOOD, closes=False)
add(41, (200, 200), field("Transfer-Encoding: chunked") + "3\r\nabc\r\n0\r\n\r\n" + GOOD,
    closes=False)
add(41, (200, 200), field(f"Content-Length: {len(HIDDEN)}") + HIDDEN + GOOD, closes=False)
add(41, (200, 200), field("Transfer-Encoding: chunked") +
    f"{len(HIDDEN):x}\r\n{HIDDEN}\r\n0\r\n\r\n" + GOOD, closes=False)
add(41, (405, 200), field("Content-Length: 3", "DELETE") + "abc" + GOOD, closes=False)

# 42: good, then bad
add(42, (200, 400), GOOD + "GET  / HTTP/1.1\r\nHost: h\r\n\r\n")
add(42, (200, 400), GOOD + "\x00")
add(42, (200, 200, 400), GOOD + GOOD + field("Name : v"))
add(42, (200, 505), GOOD + line("GET / HTTP/2.0"))
add(42, (200,) * 64 + (400,), GOOD * 64 + field(": v"))
add(42, (200,) * 200, GOOD * 200, closes=False)
add(42, (200, 400), chunked("5\r\nhello\r\n0\r\n\r\n") + "0\r\n\r\n")

# 43: the end in the middle: see engine_test.py, which can half-close

# 44: upgrades
add(44, 200, field("Upgrade: h2c\r\nConnection: Upgrade, HTTP2-Settings\r\nHTTP2-Settings: AAMAAABkAARAAAAAAAIAAAAA"), closes=False)
add(44, 200, field("Upgrade: websocket\r\nConnection: Upgrade"), closes=False)
add(44, 200, body("Upgrade: h2c\r\nConnection: Upgrade, HTTP2-Settings\r\nHTTP2-Settings: AAMAAABk\r\nContent-Length: 5", "12345"), closes=False)
add(44, 400, "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n")
add(44, 400, "PRI * HTTP/2.0\r\nHost: h\r\n\r\n")
add(44, 400, "PRI / HTTP/1.1\r\nHost: h\r\n\r\n")

# 45: other protocols
all_of(45, 400, [b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + bytes(range(64)), b"\x80\x2e\x01\x00\x02",
                 b"SSH-2.0-OpenSSH_9.2\r\n", b"\x00\x00\x00\x0c\x04\x00", b"\x05\x01\x00", b"EHLO x\r\n",
                 b"*1\r\n$4\r\nPING\r\n", bytes((i * 167 + 13) % 256 for i in range(65536)),
                 b"PROXY TCP4 1.2.3.4 5.6.7.8 1 2\r\n", b"\r\n\r\n\x00\r\nQUIT\n"])

# 46: ranges
for value in ("bytes=0-0", "bytes=0-", "bytes=-1", "bytes=999-", "bytes=0-99999999999999999999999999999", "bytes=-99999",
              "bytes=0-0,500-500", "bytes=" + ",".join(["0-0"] * 200), "bytes=0-500,1-501,2-502", "bytes=0-,0-,0-,0-"):
    add(46, 206, ranges(value), closes=False)
for value in ("bytes=5-2", "items=0-1", "bytes", "bytes=", "bytes=a-b", "bytes=0-1;", "bytes=--1", "0-1",
              "bytes=0-1,x", "bytes=-", "bytes 0-1", "bytes=" + ",".join(f"{i * 200}-{i * 200}" for i in range(17)) + ",x",
              "bytes=0x0-0x5", "bytes=+1-2", "bytes=1 - 2", "bytes=,"):
    add(46, 200, ranges(value), closes=False)
for value in ("bytes=-0", "bytes=1000-", "bytes=1000-2000", "bytes=9999999999999999999999999999999-"):
    add(46, 416, ranges(value), closes=False)
add(46, 200, ranges("bytes=0-1", 'If-Range: "stale"\r\n'), closes=False)
add(46, 200, ranges("bytes=0-1", 'If-Range: W/"pattern"\r\n'), closes=False)
add(46, 206, ranges("bytes=0-1", 'If-Range: "pattern"\r\n'), closes=False)
add(46, 200, ranges("bytes=0-1", "If-Range: Sun, 06 Nov 1994 08:49:37 GMT\r\n"), closes=False)
add(46, 400, ranges("bytes=0-1", "Range: bytes=2-3\r\n"))
