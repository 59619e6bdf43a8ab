# SPDX-License-Identifier: GPL-3.0-or-later
"""Files that refer to others: playlists and scripts that pose as media, and containers with a place for a
reference. Whoever follows one is heard by the alarms of hostile_lib.py."""
import gzip
import struct

from clips import clip
from hostile_bits import asf_object, box, chunk, ebml, full_box, patched


def references(place):
    """Ways to name a neighbour's file or a port, by a word for each."""
    port, secret = place.port.port, place.secret
    return {
        "absolute": secret,
        "relative": "../neighbour.ts",
        "beside": "neighbour.ts",
        "file": f"file://{secret}",
        "file-short": f"file:{secret}",
        "concat": f"concat:{secret}|{secret}",
        "subfile": f"subfile,,start,0,end,0,,:{secret}",
        "crypto": f"crypto:{secret}",
        "crypto-file": f"crypto+file://{secret}",
        "async": f"async:{secret}",
        "cache": f"cache:{secret}",
        "http": f"http://127.0.0.1:{port}/a.ts",
        "https": f"https://127.0.0.1:{port}/a.ts",
        "tcp": f"tcp://127.0.0.1:{port}",
        "udp": f"udp://127.0.0.1:{port}",
        "rtmp": f"rtmp://127.0.0.1:{port}/a/b",
        "rtsp": f"rtsp://127.0.0.1:{port}/a",
        "ftp": f"ftp://127.0.0.1:{port}/a.ts",
        "gopher": f"gopher://127.0.0.1:{port}/a",
        "unix": f"unix:{place.folder}/socket",
        "data": "data:video/mp2t;base64,R0AAEAAAsA0AAcEAAAABwQAy",
        "pipe": "pipe:0",
    }


SCRIPTS = {
    "hls.mp4": "#EXTM3U\n#EXT-X-VERSION:3\n#EXT-X-TARGETDURATION:1\n#EXTINF:1,\n{0}\n#EXT-X-ENDLIST\n",
    "hls-multivariant.mkv": "#EXTM3U\n#EXT-X-STREAM-INF:BANDWIDTH=1,CODECS=\"avc1.42c00d\"\n{0}\n",
    "hls-key.ts": "#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXT-X-KEY:METHOD=AES-128,URI=\"{0}\"\n#EXTINF:1,\n"
                  "neighbour.ts\n#EXT-X-ENDLIST\n",
    "hls-map.mp4": "#EXTM3U\n#EXT-X-VERSION:7\n#EXT-X-TARGETDURATION:1\n#EXT-X-MAP:URI=\"{0}\"\n#EXTINF:1,\n"
                   "neighbour.ts\n#EXT-X-ENDLIST\n",
    "ffconcat.mp4": "ffconcat version 1.0\nfile '{0}'\n",
    "ffconcat-options.avi": "ffconcat version 1.0\nfile '{0}'\noption safe 0\noption protocol_whitelist ALL\n",
    "dash.mp4": "<?xml version=\"1.0\"?><MPD xmlns=\"urn:mpeg:dash:schema:mpd:2011\" type=\"static\" "
                "mediaPresentationDuration=\"PT1S\"><Period><AdaptationSet mimeType=\"video/mp2t\"><Representation "
                "id=\"1\" bandwidth=\"1\"><BaseURL>{0}</BaseURL><SegmentList duration=\"1\"><SegmentURL media=\"{0}\"/>"
                "</SegmentList></Representation></AdaptationSet></Period></MPD>\n",
    "sdp.mp4": "v=0\no=- 0 0 IN IP4 127.0.0.1\ns={0}\nc=IN IP4 127.0.0.1\nt=0 0\nm=video 0 RTP/AVP 96\n"
               "a=rtpmap:96 H264/90000\na=control:{0}\n",
    "imf.mov": "<?xml version=\"1.0\"?><CompositionPlaylist xmlns=\"http://www.smpte-ra.org/schemas/2067-3/2016\"><Id>"
               "urn:uuid:0eb3d1b9-b77b-4d3f-bbe5-7c69b15dc84d</Id><ContentTitle>{0}</ContentTitle><EditRate>25 1"
               "</EditRate><SegmentList><Segment/></SegmentList></CompositionPlaylist>\n",
    "asx.wmv": "<ASX version=\"3.0\"><Entry><Ref href=\"{0}\"/></Entry></ASX>\n",
    "reference.wmv": "[Reference]\nRef1={0}\nRef2={0}\n",
    "rtsptext.mov": "RTSPtext\nRTSP://{0}\n",
    "smil.mp4": "<smil><body><video src=\"{0}\"/></body></smil>\n",
    "svg.mp4": "<svg xmlns=\"http://www.w3.org/2000/svg\"><image href=\"{0}\" width=\"9\" height=\"9\"/></svg>\n",
    "vapoursynth.mp4": "import vapoursynth as vs\ncore = vs.core\nclip = core.ffms2.Source('{0}')\nclip.set_output()\n",
    "avisynth.avi": "AviSource(\"{0}\")\n",
    "lavfi.mp4": "movie='{0}' [out]\n",
}


def scripts(place):
    for script, text in SCRIPTS.items():
        for word, reference in references(place).items():
            if word in ("beside", "absolute", "http") or script in ("hls.mp4", "ffconcat.mp4", "dash.mp4"):
                yield f"{word}-{script}", lambda t=text, r=reference: t.format(r).encode()


def disguised(place):
    """The same behind the first bytes of something else, and inside it."""
    secret, port = place.secret, place.port.port
    hls = SCRIPTS["hls.mp4"].format(secret).encode()
    id3 = b"ID3\x04\0\0\0\0\x02\x01" + bytes(257)
    yield "hls-behind-id3.mp3", lambda: id3 + hls
    yield "concat-behind-id3.mp3", lambda: id3 + SCRIPTS["ffconcat.mp4"].format(secret).encode()
    yield "hls-behind-a-byte-order-mark.mp4", lambda: b"\xef\xbb\xbf" + hls
    yield "hls-in-utf16.mp4", lambda: hls.decode().encode("utf-16")
    yield "hls-behind-ts.ts", lambda: clip("h264-aac.ts") + hls
    yield "hls-behind-mp4.mp4", lambda: clip("h264-aac.mp4") + hls
    yield "hls-in-free.mp4", lambda: box(b"ftyp", b"isom\0\0\0\0") + box(b"free", hls) + clip("h264-aac.mp4")
    yield "hls-in-mdat.mp4", lambda: box(b"ftyp", b"isom\0\0\0\0") + box(b"mdat", hls)
    yield "hls-in-ts-packets.ts", lambda: b"".join(b"\x47" + hls[:187].ljust(187, b"\n") for _ in range(50))
    yield "hls-in-wav.wav", lambda: b"RIFF" + struct.pack("<I", 4096) + b"WAVE" + chunk(b"LIST", hls)
    yield "hls-gzipped.mp4", lambda: gzip.compress(hls, mtime=0)
    yield "hls-long.mp4", lambda: b"#EXTM3U\n" + f"#EXTINF:1,\n{secret}\n".encode() * 20000
    yield "hls-of-itself.mp4", lambda: SCRIPTS["hls.mp4"].format("hls-of-itself.mp4").encode()
    yield "dash-entities.mp4", lambda: (
        "<!DOCTYPE MPD [<!ENTITY a SYSTEM \"file://%s\"><!ENTITY b \"&a;&a;\">]><MPD>&b;</MPD>" % secret).encode()
    yield "html.mp4", lambda: f"<html><video src='http://127.0.0.1:{port}/'></html>".encode()
    yield "shell.mp4", lambda: f"#!/bin/sh\ncat {secret}\n".encode()


def with_data_reference(kind, content):
    """An MP4 whose tracks say that their samples are elsewhere."""
    data = clip("h264-aac.mp4")
    new = box(b"dinf", full_box(b"dref", struct.pack(">I", 1) + full_box(kind, content)))
    at = data.rfind(b"dinf")
    while at >= 0:  # from the end, so that what is before stays where it is
        data = grown(data, at - 4, struct.unpack_from(">I", data, at - 4)[0], new)
        at = data.rfind(b"dinf", 0, at)
    return data


def grown(data, at, size, new):
    """Replaces a box by a longer one, and mends the sizes of all boxes round it."""
    delta = len(new) - size
    data = bytearray(data)
    for kind in (b"moov", b"trak", b"mdia", b"minf"):
        start = data.rfind(kind, 0, at)
        if start >= 4:
            struct.pack_into(">I", data, start - 4, struct.unpack_from(">I", data, start - 4)[0] + delta)
    return bytes(data[:at]) + new + bytes(data[at + size:])


def alias_record(path):
    """A Macintosh alias, which QuickTime files name others with."""
    name = path.rsplit("/", 1)[-1].encode()[:27]
    body = bytes(10) + bytes([len(b"volume")]) + b"volume".ljust(27, b"\0") + bytes(12)
    body += bytes([len(name)]) + name.ljust(63, b"\0") + bytes(16)
    body += struct.pack(">hh", 0, 2) + bytes(12)
    for kind, text in ((2, path.encode()), (18, path.encode()), (19, b"/")):
        body += struct.pack(">hH", kind, len(text)) + text + b"\0" * (len(text) & 1)
    body += struct.pack(">hH", -1, 0)
    return struct.pack(">IH", 0, len(body) + 6) + body


def in_mov(place):
    for word, reference in references(place).items():
        text = reference.encode() + b"\0"
        yield f"dref-url-{word}.mp4", lambda t=text: with_data_reference(b"url ", t)
        if word in ("absolute", "file", "http", "relative", "beside"):
            yield f"rmra-{word}.mov", lambda t=text: box(b"ftyp", b"qt  \0\0\0\0") + box(
                b"moov", box(b"rmra", box(b"rmda", box(b"rdrf", bytes(4) + b"url " + struct.pack(">I", len(t)) + t))))
            alias = alias_record(reference)
            yield f"dref-alias-{word}.mov", lambda a=alias: with_data_reference(b"alis", a[4:])
            yield f"rmra-alias-{word}.mov", lambda a=alias: box(
                b"moov", box(b"rmra", box(b"rmda", box(b"rdrf", bytes(4) + b"alis" + struct.pack(">I", len(a)) + a))))
    secret = place.secret.encode()
    yield "urn.mp4", lambda: with_data_reference(b"urn ", secret + b"\0" + secret + b"\0")
    yield "url-in-udta.mp4", lambda: clip("h264-aac.mp4") + box(b"udta", box(b"\xa9url", b"\0\x10\0\0" + secret))


def in_others(place):
    secret, port = place.secret.encode(), place.port.port
    url = f"http://127.0.0.1:{port}/x".encode()
    hls = SCRIPTS["hls.mp4"].format(place.secret).encode()
    name = "subtitle".encode("utf-16-le") + b"\0\0"
    gab2 = b"GAB2\0\x02\0" + struct.pack("<I", len(name)) + name + b"\x04\0" + struct.pack("<I", len(hls)) + hls

    def with_subtitle():
        data = clip("mjpeg-pcm.avi")
        strh = struct.pack("<4s4sIHHIIIIIIII", b"txts", b"\0\0\0\0", 0, 0, 0, 0, 1, 1, 0, 1, 0, 0, 0) + bytes(8)
        strl = chunk(b"LIST", b"strl" + chunk(b"strh", strh) + chunk(b"strf", b""))
        at = data.find(b"LIST", data.find(b"strl") + 100)
        at = data.find(b"LIST", at)
        data = data[:at] + strl + data[at:]
        movi = data.find(b"movi") + 4
        return patched(data[:movi] + chunk(b"02sb", gab2) + data[movi:], b"avih", 32, "<I", 3)

    yield "gab2-hls.avi", with_subtitle
    yield "gab2-in-junk.avi", lambda: clip("mjpeg-pcm.avi") + chunk(b"JUNK", gab2)

    def matroska(extra):
        data = clip("h264-opus.mkv")
        at = data.find(b"\x1f\x43\xb6\x75")  # before the first cluster
        return data[:at] + extra + data[at:]

    attachment = ebml(0x1941A469, ebml(0x61A7, ebml(0x466E, b"../../../tmp/escaped.ttf") + ebml(
        0x4660, b"application/x-truetype-font") + ebml(0x465C, hls) + ebml(0x46AE, b"\x07")))
    linked = ebml(0x1549A966, ebml(0x3CB923, b"\1" * 16) + ebml(0x3C83AB, secret) + ebml(0x3EB923, b"\2" * 16) + ebml(
        0x3E83BB, secret))
    tags = ebml(0x1254C367, ebml(0x7373, ebml(0x63C0, b"") + ebml(0x67C8, ebml(0x45A3, b"URL") + ebml(0x4487, url))))
    yield "attachment-outside.mkv", lambda: matroska(attachment)
    yield "linked-segment.mkv", lambda: matroska(linked)
    yield "url-in-tags.mkv", lambda: matroska(tags)
    for word, text in (("url", url), ("name", secret)):
        yield f"script-command-{word}.asf", lambda t=text: asf_with_command(t.decode())
        yield f"id3-{word}.mp3", lambda t=text: id3_frames(
            (b"WXXX", b"\0\0" + t), (b"WOAF", t), (b"LINK", b"APIC" + t + b"\0"),
            (b"APIC", b"\0-->\0\x03\0" + t)) + clip("mp3.mp3")
        yield f"flac-picture-{word}.flac", lambda t=text: flac_with_picture(t)


def asf_with_command(url):
    """A Windows Media file that tells its player to open an address."""
    data = clip("wmv2-wma.asf")
    size, count = struct.unpack_from("<QI", data, 16)
    text = url.encode("utf-16-le")
    command = asf_object("1efb1a30-0b62-11d0-a39b-00a0c90348f6", bytes(16) + struct.pack("<HHH", 1, 1, 3) +
                         "URL".encode("utf-16-le") + struct.pack("<IHH", 0, 0, len(url)) + text)
    return data[:16] + struct.pack("<QI", size + len(command), count + 1) + data[28:30] + command + data[30:]


def id3_frames(*frames):
    body = b"".join(kind + struct.pack(">I", len(text)) + b"\0\0" + text for kind, text in frames)
    size = len(body)
    return b"ID3\x03\0\0" + bytes([size >> 21 & 127, size >> 14 & 127, size >> 7 & 127, size & 127]) + body


def flac_with_picture(url):
    data = clip("flac.flac")
    picture = struct.pack(">II", 3, 3) + b"-->" + struct.pack(">IIIIII", 0, 9, 9, 24, 0, len(url)) + url
    header = data[:42]
    return b"fLaC\0" + header[5:] + b"\x06" + struct.pack(">I", len(picture))[1:] + picture + data[42:]


def files(place):
    for part in (scripts, disguised, in_mov, in_others):
        yield from part(place)
