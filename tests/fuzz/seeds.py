# SPDX-License-Identifier: GPL-3.0-or-later
"""What each fuzz target starts from: inputs made by hand, and those that once found something.

A target's seeds are a list of bytes. `write` leaves them as files named by their content.
"""
import hashlib
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.realpath(__file__)), "..", "conformance"))
from h1_cases import CASES  # noqa: E402
import h2_cases  # noqa: E402
import h2_client as h2  # noqa: E402

ID = b"0123456789abcdef0123456789abcdef"

TARGETS = [
    b"/", b"*", b"/v/t0ken/" + ID + b"/v240/12.m4s?x=1", b"http://h/a?b", b"https://h:8080", b"HTTP://H?q",
    b"/%e1%ba%a3nh%20%C4%91%E1%BB%93", b"/..;x/", b"/a/../b", b"/%2e%2e/", b"/a//b", b"/a/", b"/%00", b"/%zz",
    b"[2001:db8::1]:443", b"[::ffff:1.2.3.4]", b"lop-hoc.example.vn:65535", b"h:65536", b"//h/", b"host:80",
    b"/a%2fb", b"/a\\b", b"/\xc3\xa9", b"http://", b"http://@h/", b"/a?b#c", b"/%c0%ae",
]

REQUESTS = [
    b"course=1&x=2\nbanmai_session=abc; theme=dark", b"course\na=b;banmai_session=x", b"=&&course==1\n;;=;",
    b"&course=\nbanmai_session", b"course=%20\nbanmai_session=a=b\nbanmai_session=c", b"\n", b"",
]

RANGES = [
    b"bytes=0-0", b"bytes=0-", b"bytes=-1", b"bytes=5-2", b"bytes=-0", b"bytes=0-9,5-14,1000-", b"items=0-1",
    b"bytes=" + b",".join(b"%d-%d" % (i * 200, i * 200) for i in range(17)), b"bytes=" + b"0-0," * 200 + b"0-0",
    b"bytes=999999999999999999999999999999-", b"bytes=0-999999999999999999999999999999", b"bytes=0-0, 9-9",
    b"bytes=9223372036854775806-9223372036854775807", b"bytes=-18446744073709551616", b"BYTES = 0-0", b"bytes=",
    b"bytes=5000-5009,0-9,1000-1009,5-1005",
]

CONDITIONS = [
    b"*", b'"abc"', b'W/"abc"', b'"x", "abc"', b'"abc-gz"', b', ,"abc",', b'"abc" "abc"', b'"abc', b'W/abc', b'""',
    b"gzip", b"br;q=1.0, gzip;q=0.5, *;q=0", b"identity;q=1, gzip;q=0.001", b"gzip;q=1.001", b"*", b"gzip;q=",
    b"gzip ; Q = 0.5", b"gzip;x=1",
]

TUS = [
    b"filename YmFpLTEubXA0,title QsOgaSAx,course " + b"A" * 40, b"filename Li4vLi4vZXRjL3Bhc3N3ZA==",
    b"filename QzpceFx5Lm1wNA==", b"is_public,filename YQ==", b"filename YQ==,filename Yg==", b"title IA==", b",",
    b"filename AAEC", b"filename YQ=", b"sha256 47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=",
    b"sha1 2jmj7l5rSw0yVb/vlWAYkK/YBwk=", b"md5 1B2M2Y8AsgTpgAmY7PhCfg==", b"sha256 x", b"filename LmE=", b"a b c",
]

BEATS = [
    b'{"session":"%s","beats":[{"lecture":"%s","seq":1,"watched":[[0,14.8],[20,30]],"position_s":14.8}]}'
    % (ID, ID),
    b'{"session":"%s","beats":[{},1,{"lecture":"%s","seq":-1,"watched":[[1]],"position_s":1e300}]}' % (ID, ID),
    b'{"session":"%s","beats":[]}' % ID, b'{"session":1}', b"[]", b"[[[[[[[[[[[]]]]]]]]]]]", b'{"a":1,"a":2}',
    b'{"login":"a","password":"\\u0000"}', b'"\\ud83d\\ude00"', b"[1.5,-0,1e308,9223372036854775807]", b"null",
    b'{"x":"\xc3\xa9\\n\\t"}',
]

TASK_EVENTS = [
    b'{"event":"progress","stage":"chunk","permille":500,"speed_permille":3200}', b'{"event":"started"}',
    b'{"event":"planned","n_chunks":3,"n_sounds":1,"duration_us":145520000}', b'{"event":"done"}',
    b'{"event":"part","kind":"sound","number":7}', b'{"event":"warning","code":"E_NO_AUDIO"}',
    b'{"event":"failed","code":"E_DRM","detail":"\\u0000","signal":11,"crash":true}',
    b'{"event":"released","code":"E_DISK_FULL"}', b'{"event":"part","kind":"x","number":-1}', b'{"event":1}',
]

PACKAGES = [
    b'{"version":1,"complete":true,"duration_us":145520000,"target_duration_s":6,"renditions":[\n'
    b'{"name":"v240","kind":"video","codecs":"avc1.64000d","timescale":12800,"width":426,"height":240,'
    b'"frame_rate":[25,1],"group":"aac","peak_bps":210000,"average_bps":95000,"files":["v240.mp4"],'
    b'"init":[0,0,720],"fragments":[[0,720,41234,76800],[0,41954,9,25600]]},\n'
    b'{"name":"a48","kind":"audio","codecs":"mp4a.40.2","timescale":48000,"sample_rate":48000,"channels":1,'
    b'"language":"vi","group":"aac","peak_bps":49000,"average_bps":48000,"files":["a48.mp4"],"init":[0,0,640],'
    b'"fragments":[[0,640,36000,288000]]}]}\n',
    b'{"version":1,"complete":false,"duration_us":0,"target_duration_s":1,"renditions":[]}',
    b'{"version":1,"complete":false,"duration_us":9,"target_duration_s":10,"renditions":[{"name":"a24",'
    b'"kind":"audio","codecs":"opus","timescale":48000,"sample_rate":48000,"channels":2,"language":"und",'
    b'"group":"opus","peak_bps":0,"average_bps":0,"files":["1.a","2.a"],"init":[0,0,1],'
    b'"fragments":[[0,1,1,1],[1,0,4294967295,5760000]]}]}',
]

PLANS = [
    b'{"version":1,"source":{"size_bytes":233295,"fingerprint":"' + ID * 2 + b'"},"duration_us":8008000,'
    b'"target_duration_s":6,"warnings":[],"picture":{"stream":0,"orientation":[0,0,0],"interlaced":false,'
    b'"width":426,"height":240,"colour":[6,1,6],"frame_rate":[30000,1001],"slots":240,"shifts":[[0,0]],'
    b'"rungs":[{"name":"v110","width":426,"height":240,"slot_step":1,"max_kbps":110,"crf_tenths":270,'
    b'"preset":"slow","sound_group":"aac"}],"chunks":[[0,240]]},"sound":{"stream":1,"language":"und",'
    b'"shifts":[[0,0]],"rungs":[{"name":"a48","group":"aac","sample_rate":48000,"channels":1,'
    b'"packet_samples":1024,"kbps":48}]}}',
]

TOKENS = [
    b"AQAAAAAAUOuM5J2qmy0L0wXFJ3V4c4zq", b"~", b"~\x00B\x01C", b"~\x1fA", b"A" * 32, b"A" * 43, b"B" * 43, b"", ID,
]


def chunked_bodies():
    """What follows the heads of the cases that are chunked, each with the byte that says how to cut."""
    bodies = [b"5\r\nhello\r\n0\r\n\r\n", b"5;a=b\r\nhello\r\n0\r\nX: y\r\n\r\nGET", b"F\r\n0123456789abcde\r\n0\r\n\r\n"]
    for case in CASES:
        head, _, body = case.wire.partition(b"\r\n\r\n")
        if b"chunked" in head.lower() and body:
            bodies.append(body)
    return [bytes([i % 32]) + body for i, body in enumerate(bodies)]


def requests(prefix, paths):
    """The cases of the conformance tests, with other paths where the target knows them by others."""
    found = []
    for i, case in enumerate(CASES):
        wire = case.wire
        for old, new in paths:
            wire = wire.replace(old, new)
        found.append(bytes([prefix(i)]) + wire[:8192])
    return found


def h2_fields():
    """Good requests over HTTP/2, and each of them with one field more that makes it a bad one."""
    get = [(b":method", b"GET"), (b":scheme", b"https"), (b":authority", b"h"), (b":path", b"/a?b")]
    more = [(), (b"cookie", b"a=1"), (b"Upper", b"x"), (b"connection", b"close"), (b"te", b"trailers"), (b"te", b"gzip"),
            (b":path", b"/again"), (b":status", b"200"), (b"content-length", b"5"), (b"content-length", b"x"),
            (b"host", b"other"), (b"x", b"a\nb"), (b"x", b" a"), (b"", b"x"), (b"priority", b"u=1, i"), (b"expect", b"x"),
            (b"transfer-encoding", b"chunked"), (b"x\x00", b"y"), (b"cookie", b"b=2; c=3")]
    requests_ = [get + ([field] if field else []) for field in more]
    requests_ += [get[:i] + get[i + 1:] for i in range(4)] + [get + [(b"cookie", b"a=1"), (b"cookie", b"b=2")]]
    requests_ += [[(b":method", b"OPTIONS"), (b":scheme", b"http"), (b":path", b"*")], [(b"x", b"y" * 9000)] * 2]
    return [bytes([i % 2]) + b"\x1e".join(name + b"\x1f" + value for name, value in fields)
            for i, fields in enumerate(requests_)]


def h2_conversations():
    """The frame cases, with paths that the target knows, and conversations that go well."""
    with_preface = 0x80
    found = []
    for i, case in enumerate(h2_cases.CASES):
        wire = case.wire.replace(b"\x06/count", b"\x05/body").replace(b"\x06/bytes", b"\x05/kept")
        if case.preface == h2.MAGIC + h2.settings():
            found.append(bytes([with_preface | i % 100]) + wire[:8000])
        else:
            found.append(bytes([i % 100]) + (case.preface + wire)[:8000])
    gets = b"".join(h2.request(1 + 2 * i, path, more=more) for i, (path, more) in enumerate((
        ("/a", ()), ("/b", [("priority", "u=1, i")]), ("/b", [("range", "bytes=70000-")]), ("/c", ()),
        ("/b", [("range", "bytes=0-9,500-99999")]), ("/kept", [("accept-encoding", "gzip, br")]), ("/kept/part", ()),
        ("/text", [("accept-encoding", "br;q=0, gzip")]), ("/events", ()), ("/later", ()), ("/none", ()),
        ("/kept", [("if-none-match", '"t-br"')]), ("/kept/part", [("range", "bytes=-1")]))))
    post = h2.request(1, "/body", "POST", flags=0)
    return found + [
        b"\xff" + gets, b"\x87" + gets, b"\x40" + h2.MAGIC + h2.settings((4, 10), (1, 0)) + gets + h2.window_update(3, 999),
        b"\xa0" + h2.request(1, "/b", "HEAD") + h2.request(3, "/b") + h2.reset(3) + h2.request(5, "/a"),
        b"\x90" + post + h2.frame(h2.DATA, 0, 1, b"x" * 900) + h2.frame(h2.DATA, h2.END_STREAM, 1, b"y"),
        b"\xff" + h2.request(1, "/stop", "POST", flags=0) + h2.frame(h2.DATA, 0, 1, b"x" * 99) + h2.request(3, "/a"),
        b"\x83" + post + h2.frame(h2.HEADERS, 5, 1, h2.block([("x", "y")])) + h2.request(3, "/later"),
    ]


SESSION_PATHS = ((b" /count", b" /body"), (b" /bytes?n=1000", b" /ranges"))
CONVERSATIONS = [
    b"\x05POST /stop HTTP/1.1\r\nHost: h\r\nContent-Length: 20\r\n\r\n" + b"x" * 20 + b"GET / HTTP/1.1\r\nHost: h\r\n\r\n",
    b"\x01POST /body HTTP/1.1\r\nHost: h\r\nExpect: 100-continue\r\nContent-Length: 3\r\n\r\nabc",
    b"\x10GET /later HTTP/1.1\r\nHost: h\r\n\r\nGET /events HTTP/1.1\r\nHost: h\r\n\r\nHEAD /ranges HTTP/1.1\r\nHost: h\r\n\r\n",
    b"\x40GET /events HTTP/1.0\r\n\r\n", b"\x03GET /ranges HTTP/1.0\r\nConnection: keep-alive\r\n\r\n",
    b"\x20GET /ranges HTTP/1.1\r\nHost: h\r\nAccept-Encoding: gzip\r\nRange: bytes=0-1,500-501\r\nIf-Range: \"r\"\r\n\r\n",
    b"\x07POST /later HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\nGET / HTTP/1.1\r\nHost: h\r\n\r\n",
]

SEEDS = {
    "h1_head": lambda: requests(lambda i: i % 64, ()),
    "h1_session": lambda: requests(lambda i: i % 100, SESSION_PATHS) + CONVERSATIONS,
    "h2_head": h2_fields,
    "h2_session": h2_conversations,
    "chunked": chunked_bodies,
    "target": lambda: TARGETS,
    "request": lambda: REQUESTS,
    "range": lambda: [size + text for text in RANGES for size in (b"\x03\xe8", b"\x00\x00", b"\xff\xff")],
    "conditional": lambda: CONDITIONS,
    "tus_headers": lambda: TUS,
    "beats": lambda: BEATS,
    "package": lambda: PACKAGES,
    "task_event": lambda: TASK_EVENTS,
    "token": lambda: TOKENS,
    "plan": lambda: PLANS,
}


def write(target, folder):
    """Writes the target's seeds to a new folder; returns how many."""
    os.makedirs(folder, exist_ok=True)
    names = set()
    for seed in SEEDS[target]():
        name = hashlib.sha1(seed).hexdigest()[:16]
        names.add(name)
        with open(os.path.join(folder, name), "wb") as file:
            file.write(seed)
    return len(names)
