# SPDX-License-Identifier: GPL-3.0-or-later
"""Files whose numbers lie: sizes, counts, times and dimensions that no honest file has, boxes in boxes without
end, indexes that point to themselves, and little that unpacks into much."""
import struct
import zlib

from clips import SOLID, clip, solid
from hostile_bits import asf_object, box, chunk, ebml, full_box, large_box, patched, replaced
from hostile_references import grown

FTYP = box(b"ftyp", b"isom\0\0\x02\0isomiso2mp41")
U32 = (0, 1, 0x7fffffff, 0x80000000, 0xffffffff)
U16 = (0, 1, 0x7fff, 0xffff)

# Made, for that is what their times say: lectures of an hour and more of one picture.
HOURS = {*(f"mdhd-timescale-{value:x}.mp4" for value in (0, 1, 0x80000000, 0xffffffff)), "second-cluster-at-10-hours.mkv"}

# Field of an MP4 box: (bytes behind its name, form).
MP4_FIELDS = {
    "mvhd-timescale": (b"mvhd", 12, ">I"), "mvhd-duration": (b"mvhd", 16, ">I"),
    "mdhd-timescale": (b"mdhd", 12, ">I"), "mdhd-duration": (b"mdhd", 16, ">I"),
    "tkhd-duration": (b"tkhd", 20, ">I"), "tkhd-matrix": (b"tkhd", 40, ">I"),
    "tkhd-width": (b"tkhd", 76, ">I"), "elst-count": (b"elst", 4, ">I"),
    "elst-duration": (b"elst", 8, ">I"), "elst-time": (b"elst", 12, ">I"), "elst-rate": (b"elst", 16, ">I"),
    "stsd-count": (b"stsd", 4, ">I"), "stsd-size": (b"stsd", 8, ">I"),
    "stts-count": (b"stts", 4, ">I"), "stts-samples": (b"stts", 8, ">I"), "stts-delta": (b"stts", 12, ">I"),
    "ctts-count": (b"ctts", 4, ">I"), "ctts-samples": (b"ctts", 8, ">I"), "ctts-offset": (b"ctts", 12, ">I"),
    "stss-count": (b"stss", 4, ">I"), "stss-sample": (b"stss", 8, ">I"),
    "stsc-count": (b"stsc", 4, ">I"), "stsc-first": (b"stsc", 8, ">I"), "stsc-samples": (b"stsc", 12, ">I"),
    "stsc-description": (b"stsc", 16, ">I"), "stsz-default": (b"stsz", 4, ">I"), "stsz-count": (b"stsz", 8, ">I"),
    "stsz-size": (b"stsz", 12, ">I"), "stco-count": (b"stco", 4, ">I"), "stco-offset": (b"stco", 8, ">I"),
    "mdat-size": (b"mdat", -8, ">I"), "moov-size": (b"moov", -8, ">I"), "trak-size": (b"trak", -8, ">I"),
    "stbl-size": (b"stbl", -8, ">I"), "avcc-size": (b"avcC", -8, ">I"),
}
FRAGMENT_FIELDS = {
    "trun-count": (b"trun", 4, ">I"), "trun-offset": (b"trun", 8, ">I"), "trun-size": (b"trun", 16, ">I"),
    "tfhd-flags": (b"tfhd", 0, ">I"), "tfdt-time": (b"tfdt", 4, ">I"), "trex-duration": (b"trex", 12, ">I"),
    "moof-size": (b"moof", -8, ">I"),
}


def mp4_fields():
    for field, (word, offset, form) in MP4_FIELDS.items():
        for value in U32:
            yield f"{field}-{value:x}.mp4", lambda w=word, o=offset, f=form, v=value: patched(
                clip("h264-aac.mp4"), w, o, f, v)
    for field, (word, offset, form) in FRAGMENT_FIELDS.items():
        for value in U32:
            yield f"{field}-{value:x}.mp4", lambda w=word, o=offset, f=form, v=value: patched(
                clip("fragments.mp4"), w, o, f, v)
    for side in (0, 1, 8193, 16384, 65535):
        yield f"avc1-side-{side}.mp4", lambda s=side: patched(clip("h264-aac.mp4"), b"stsd", 40, ">H", s)
        yield f"avc1-height-{side}.mp4", lambda s=side: patched(clip("h264-aac.mp4"), b"stsd", 42, ">H", s)
    for rate in (0, 1, 0xffff):
        yield f"mp4a-rate-{rate}.mp4", lambda r=rate: patched(clip("h264-aac.mp4"), b"mp4a", 24, ">H", r)
        yield f"mp4a-channels-{rate}.mp4", lambda r=rate: patched(clip("h264-aac.mp4"), b"mp4a", 16, ">H", r)
    yield "39-hours.mp4", lambda: patched(patched(clip("h264-aac.mp4"), b"mvhd", 16, ">I", 143165640), b"tkhd", 20, ">I",
                                          143165640)


def nested(kind, depth, content=b""):
    sizes = [8 * (i + 1) + len(content) for i in range(depth)]
    return b"".join(struct.pack(">I", size) + kind for size in reversed(sizes)) + content


def mp4_shapes():
    data = clip("h264-aac.mp4")
    moov = data[data.find(b"moov") - 4:]
    trak = moov[moov.find(b"trak") - 4:]
    trak = trak[:struct.unpack_from(">I", trak)[0]]
    yield "deep-moov.mp4", lambda: FTYP + nested(b"moov", 200000)
    yield "deep-trak.mp4", lambda: FTYP + box(b"moov", nested(b"trak", 100000))
    yield "deep-udta.mp4", lambda: FTYP + box(b"moov", nested(b"udta", 100000))
    yield "deep-meta.mp4", lambda: FTYP + box(b"moov", nested(b"ilst", 100000))
    yield "a-million-tracks.mp4", lambda: FTYP + box(b"moov", box(b"trak") * 1000000)
    yield "ten-thousand-whole-tracks.mp4", lambda: FTYP + box(b"moov", trak * 10000)
    yield "a-hundred-tracks.mp4", lambda: data[:data.find(b"moov") - 4] + box(b"moov", moov[8:8 + 108] + trak * 100)
    yield "a-million-free.mp4", lambda: FTYP + box(b"free") * 1000000 + data
    yield "a-million-moof.mp4", lambda: clip("fragments.mp4") + box(b"moof") * 1000000
    yield "a-hundred-thousand-moov.mp4", lambda: FTYP + box(b"moov") * 100000 + data
    yield "size-0-everywhere.mp4", lambda: FTYP + struct.pack(">I", 0) + b"free" + data
    yield "size-1-small.mp4", lambda: FTYP + large_box(b"moov", 1) + data
    yield "size-64-bits.mp4", lambda: FTYP + large_box(b"mdat", 2**64 - 1) + data
    yield "size-63-bits.mp4", lambda: FTYP + large_box(b"moov", 2**63 - 1, moov[8:])
    yield "size-sign.mp4", lambda: FTYP + large_box(b"free", 2**63) + data
    yield "size-loop.mp4", lambda: FTYP + large_box(b"free", 2**64 - 16) * 1000 + data
    yield "cmov-bomb.mov", lambda: FTYP + box(b"moov", box(b"cmov", box(b"dcom", b"zlib") + box(
        b"cmvd", struct.pack(">I", 2**31 - 1) + zlib.compress(bytes(1 << 28), 9))))
    yield "cmov-of-cmov.mov", lambda: FTYP + compressed_moov(3)
    yield "empty-moov.mp4", lambda: FTYP + box(b"moov")
    yield "only-ftyp.mp4", lambda: FTYP
    yield "many-brands.mp4", lambda: box(b"ftyp", b"isom" * 500000) + data
    yield "mfra-of-itself.mp4", lambda: clip("fragments.mp4") + box(b"mfra", full_box(
        b"tfra", struct.pack(">III", 1, 0, 0xffffffff) + struct.pack(">II", 0, 0) * 1000) + full_box(
            b"mfro", struct.pack(">I", 0xffffffff)))
    yield "sidx-of-itself.mp4", lambda: FTYP + full_box(b"sidx", struct.pack(
        ">IIIIHH", 1, 0, 0, 0, 0, 0xffff) + struct.pack(">III", 0x80000000, 0xffffffff, 0) * 65535) + data
    yield "pssh-count.mp4", lambda: FTYP + box(b"moov", moov[8:116] + full_box(
        b"pssh", bytes(16) + struct.pack(">I", 0xffffffff), version=1) + trak)
    yield "heif-items.mp4", lambda: box(b"ftyp", b"heic\0\0\0\0") + full_box(b"meta", full_box(
        b"iinf", struct.pack(">H", 0xffff)) + full_box(b"iloc", struct.pack(">HH", 0x4444, 0xffff)))
    yield "text-of-16-mib.mp4", lambda: grown(data, data.find(b"moov") - 4, 8, box(b"moov")[:8]) + box(
        b"udta", box(b"\xa9nam", struct.pack(">HH", 0xffff, 0) + b"A" * (16 << 20)))
    yield "samples-of-nothing.mp4", lambda: with_empty_samples(data)
    yield "uuid-storm.mp4", lambda: FTYP + box(b"uuid", b"\xa5\xd4\x0b\x30\xe8\x14\x11\xdd\xba\x2f\x08\x00\x20\x0c"
                                               b"\x9a\x66" + bytes(99)) * 20000 + data


def compressed_moov(depth):
    inner = box(b"moov")
    for _ in range(depth):
        inner = box(b"moov", box(b"cmov", box(b"dcom", b"zlib") + box(
            b"cmvd", struct.pack(">I", len(inner)) + zlib.compress(inner))))
    return inner


def with_empty_samples(data):
    """All samples of all tracks have no bytes."""
    at = data.find(b"stsz")
    data = bytearray(data)
    while at >= 0:
        count = struct.unpack_from(">I", data, at + 12)[0]
        for i in range(0 if struct.unpack_from(">I", data, at + 8)[0] else count):
            struct.pack_into(">I", data, at + 16 + 4 * i, 0)
        at = data.find(b"stsz", at + 4)
    return bytes(data)


EBML_HEAD = ebml(0x1A45DFA3, ebml(0x4282, b"matroska"))


def matroska_track(number, codec=b"V_VP8", extra=b""):
    return ebml(0xAE, ebml(0xD7, bytes([number & 127 or 1])) + ebml(0x73C5, struct.pack(">I", number + 1)) + ebml(
        0x83, b"\1") + ebml(0x86, codec) + extra + ebml(0xE0, ebml(0xB0, b"\0\x10") + ebml(0xBA, b"\0\x10")))


def matroska(tracks, clusters=b"", info=b""):
    return EBML_HEAD + ebml(0x18538067, ebml(0x1549A966, info) + ebml(0x1654AE6B, tracks) + clusters)


def cluster(time, *blocks):
    return ebml(0x1F43B675, ebml(0xE7, struct.pack(">Q", time)) + b"".join(
        ebml(0xA3, b"\x81" + struct.pack(">h", at) + bytes([flags]) + data) for at, flags, data in blocks))


def vp8_frame(width, height):
    """A key frame of one colour; of small sizes the data is enough for all of it."""
    data = bytes(300)
    return struct.pack("<I", 0x10 | len(data) // 2 << 5)[:3] + b"\x9d\x01\x2a" + struct.pack("<HH", width, height) + data


def matroska_shapes():
    frame = vp8_frame(16, 16)
    nanoseconds = {"0": bytes(4), "1": b"\1", "large": b"\x7f" + b"\xff" * 7, "larger": b"\xff" * 8}
    for word, value in nanoseconds.items():
        yield f"timestamp-scale-{word}.mkv", lambda v=value: matroska(
            matroska_track(1), cluster(2**40, (0, 0x80, frame)), ebml(0x2AD7B1, v))
    for word, value in (("nan", b"\x7f\xf8" + bytes(6)), ("infinite", b"\x7f\xf0" + bytes(6)),
                        ("huge", b"\x7e" + bytes(7)), ("negative", b"\xff" + bytes(7)),
                        ("39-hours", struct.pack(">d", 1.4e8))):
        yield f"duration-{word}.mkv", lambda v=value: matroska(matroska_track(1), cluster(0, (0, 0x80, frame)),
                                                               ebml(0x4489, v))
    for word, time in (("63-bits", 2**63 - 1), ("64-bits", 2**64 - 1), ("10-hours", 36000000), ("100-days", 2**33)):
        yield f"second-cluster-at-{word}.mkv", lambda t=time: matroska(
            matroska_track(1), cluster(0, (0, 0x80, frame)) + cluster(t, (0, 0x80, frame)))
    yield "time-goes-back.mkv", lambda: matroska(matroska_track(1), b"".join(
        cluster(max(0, 30000 - 300 * i), (0, 0x80, frame)) for i in range(200)))
    yield "a-hundred-thousand-frames-at-once.mkv", lambda: matroska(matroska_track(1), b"".join(
        cluster(0, *[(0, 0x80, frame[:20])] * 1000) for _ in range(100)))
    yield "a-hundred-thousand-tracks.mkv", lambda: matroska(b"".join(matroska_track(i) for i in range(100000)))
    yield "thirty-three-tracks.mkv", lambda: matroska(b"".join(matroska_track(i + 1) for i in range(33)),
                                                      cluster(0, (0, 0x80, frame)))
    yield "three-hundred-tracks.mkv", lambda: matroska(b"".join(matroska_track(i) for i in range(300)),
                                                       cluster(0, (0, 0x80, frame)))
    yield "deep-tags.mkv", lambda: matroska(matroska_track(1)) + ebml(0x1254C367, ebml(0x7373, deep_ebml(0x67C8, 20000)))
    yield "deep-chapters.mkv", lambda: matroska(matroska_track(1)) + ebml(0x1043A770, ebml(0x45B9, deep_ebml(
        0xB6, 20000)))
    yield "segment-in-segment.mkv", lambda: EBML_HEAD + deep_ebml(0x18538067, 50000)
    yield "seek-head-to-itself.mkv", lambda: EBML_HEAD + ebml(0x18538067, ebml(0x114D9B74, ebml(0x4DBB, ebml(
        0x53AB, b"\x11\x4d\x9b\x74") + ebml(0x53AC, b"\0")) * 2000) + ebml(0x1654AE6B, matroska_track(1)))
    yield "unknown-sizes.mkv", lambda: EBML_HEAD + b"\x18\x53\x80\x67\x01" + b"\xff" * 7 + (
        b"\x1f\x43\xb6\x75\x01" + b"\xff" * 7) * 5000
    yield "size-56-bits.mkv", lambda: EBML_HEAD + ebml(0x18538067, ebml(0x1654AE6B, b"", size=2**56 - 2), size=2**56 - 2)
    yield "element-of-2-gib.mkv", lambda: matroska(matroska_track(1, extra=ebml(0x63A2, b"\0" * 9, size=2**31 - 1)))
    for lacing, word in ((0x82, "xiph"), (0x86, "ebml"), (0x84, "fixed")):
        yield f"lace-{word}.mkv", lambda l=lacing: matroska(matroska_track(1), cluster(
            0, (0, l, b"\xff" + b"\xff" * 300), (1, l, b"\xff" + b"\x01" * 30), (2, l, b"\0")))
    compressed = ebml(0x6D80, ebml(0x6240, ebml(0x5034, ebml(0x4254, b"\0"))))
    yield "zlib-bomb.mkv", lambda: matroska(matroska_track(1, extra=compressed), b"".join(
        cluster(40 * i, (0, 0x80, zlib.compress(frame + bytes(64 << 20), 9))) for i in range(8)))
    stripped = ebml(0x6D80, ebml(0x6240, ebml(0x5034, ebml(0x4254, b"\3") + ebml(0x4255, b"A" * (1 << 20)))))
    yield "stripped-header-bomb.mkv", lambda: matroska(matroska_track(1, extra=stripped), b"".join(
        cluster(i, (0, 0x80, b"")) for i in range(3000)))
    yield "frames-of-nothing.mkv", lambda: matroska(matroska_track(1), b"".join(
        cluster(40 * i, (0, 0x80, b"")) for i in range(1000)))
    for side in (1, 8193, 16383):
        yield f"vp8-of-{side}.webm", lambda s=side: matroska(matroska_track(1), b"".join(
            cluster(40 * i, (0, 0x80, vp8_frame(s, s))) for i in range(10)))
    subtitles = ebml(0xAE, ebml(0xD7, b"\2") + ebml(0x73C5, b"\2") + ebml(0x83, b"\x11") + ebml(0x86, b"S_TEXT/UTF8"))
    yield "two-hundred-thousand-captions.mkv", lambda: matroska(matroska_track(1) + subtitles, cluster(
        0, (0, 0x80, frame)) + b"".join(with_captions(i, 1000, b"x") for i in range(200)))
    yield "captions-of-16-mib.mkv", lambda: matroska(matroska_track(1) + subtitles, cluster(
        0, (0, 0x80, frame)) + b"".join(with_captions(i, 1, b"<b>" * (1 << 20)) for i in range(5)))
    yield "vp8-of-every-size.webm", lambda: matroska(matroska_track(1), b"".join(
        cluster(40 * i, (0, 0x80, vp8_frame(16 + 37 * i % 1000, 16 + 91 * i % 1000))) for i in range(200)))
    yield "vp8-as-slivers.webm", lambda: matroska(matroska_track(1), b"".join(
        cluster(40 * i, (0, 0x80, vp8_frame(8192, 1) if i & 1 else vp8_frame(1, 8192))) for i in range(30)))


def with_captions(second, count, text):
    blocks = b"".join(ebml(0xA0, ebml(0xA1, b"\x82" + struct.pack(">h", i % 1000) + b"\0" + text) + ebml(0x9B, b"\x64"))
                      for i in range(count))
    return ebml(0x1F43B675, ebml(0xE7, struct.pack(">Q", second * 1000)) + blocks)


def solid_shapes():
    """Little that unpacks into much: pictures of one colour, as large as is accepted and larger."""
    for size, names in (("4096x2160", SOLID), ("4112x2176", SOLID), ("8208x1024", ("h264.ts", "vp8.webm", "mjpeg.avi")),
                        ("64x8208", ("h264.ts", "vp8.webm", "mjpeg.avi")), ("16384x512", ("h264.ts", "mjpeg.avi"))):
        for name in names:
            yield f"solid-{size}-{name}", lambda s=size, n=name: solid(s, n)
    yield "sizes-change-all-the-time.ts", lambda: (clip("h264-aac.ts") + solid("320x240", "h264.ts")) * 40


def deep_ebml(identifier, depth):
    """An element in itself, with sizes that are true for the outer ones."""
    head = len(ebml(identifier))
    return b"".join(ebml(identifier, size=head * (depth - i - 1)) for i in range(depth))


AVI_FIELDS = {"rate": (b"strh", 28, "<I"), "scale": (b"strh", 24, "<I"), "length": (b"strh", 36, "<I"),
              "start": (b"strh", 32, "<I"), "sample-size": (b"strh", 48, "<I"), "width": (b"strf", 8, "<I"),
              "height": (b"strf", 12, "<I"), "header-size": (b"strf", 4, "<I"), "streams": (b"avih", 28, "<I"),
              "idx1-size": (b"idx1", 0, "<I"), "movi-size": (b"movi", -8, "<I"), "offset": (b"idx1", 12, "<I")}


def riff_shapes():
    for field, (word, offset, form) in AVI_FIELDS.items():
        for value in U32:
            yield f"avi-{field}-{value:x}.avi", lambda w=word, o=offset, f=form, v=value: patched(
                clip("mjpeg-pcm.avi"), w, o, f, v)
    for side in (8192, 16384, 65535):
        yield f"mjpeg-of-{side}.avi", lambda s=side: replaced(
            clip("mjpeg-pcm.avi"), b"\xff\xc0\0\x11\x08\0\x30\0\x40", b"\xff\xc0\0\x11\x08" + struct.pack(">HH", s, s))
    wav = clip("pcm.wav")
    for field, offset, form, values in (("format", 4, "<H", (0, 2, 0xfffe, 0xffff)), ("channels", 6, "<H", U16),
                                        ("rate", 8, "<I", U32), ("block", 16, "<H", U16), ("bits", 18, "<H", U16)):
        for value in values:
            yield f"wav-{field}-{value:x}.wav", lambda o=offset, f=form, v=value: patched(wav, b"fmt ", o, f, v)
    for value in U32:
        yield f"wav-data-{value:x}.wav", lambda v=value: patched(wav, b"data", 0, "<I", v)
    yield "rf64.wav", lambda: b"RF64\xff\xff\xff\xffWAVE" + chunk(b"ds64", struct.pack(
        "<QQQI", 2**63, 2**63, 2**64 - 1, 0xffffffff)) + wav[12:]
    yield "wav-chunks-without-end.wav", lambda: wav[:12] + chunk(b"LIST", b"", size=0) * 200000 + wav[12:]
    head = clip("mjpeg-pcm.avi")
    yield "avi-deep-lists.avi", lambda: b"RIFF\xff\xff\xff\x7fAVI " + b"LIST\xff\xff\xff\x7fhdrl" * 50000
    yield "avi-many-streams.avi", lambda: b"RIFF\xff\xff\xff\x7fAVI LIST\xff\xff\xff\x7fhdrl" + head[24:24 + 64] + (
        chunk(b"LIST", b"strl" + head[head.find(b"strh"):head.find(b"strh") + 64])) * 100000
    yield "avi-index-of-itself.avi", lambda: head + chunk(b"LIST", b"odml") + chunk(b"indx", struct.pack(
        "<HBBI4sIII", 4, 0, 0, 1000, b"00dc", 0, 0, 0) + struct.pack("<QII", 0, 0xffffffff, 1) * 1000)


def id3_size(size):
    return bytes([size >> 21 & 127, size >> 14 & 127, size >> 7 & 127, size & 127])


def sound_shapes():
    mp3, flac, aac = clip("mp3.mp3"), clip("flac.flac"), clip("aac.aac")
    yield "id3-of-256-mib.mp3", lambda: b"ID3\x04\0\0" + id3_size(2**28 - 1) + mp3
    yield "ten-thousand-id3.mp3", lambda: (b"ID3\x03\0\0" + id3_size(10) + b"TXXX" + bytes(6)) * 10000 + mp3
    yield "id3-in-id3.mp3", lambda: b"ID3\x04\0\x80" + id3_size(1000) + b"\xff\0" * 500 + mp3
    yield "xing-of-2-to-the-32.mp3", lambda: patched(mp3, b"Info", 4, ">I", 0xffffffff)
    yield "mp3-header-storm.mp3", lambda: b"\xff\xfb\x14\xc4" * 100000
    yield "aac-frames-of-7.aac", lambda: aac[:4] + b"\0\xff\xfc" + b"\xff\xf1\x60\x40\0\xff\xfc" * 50000
    for word, value in (("samples", b"\x0f\xff\xff\xff\xff"), ("rate-0", None)):
        yield f"flac-{word}.flac", lambda v=value: flac[:21] + v + flac[26:] if v else flac[:18] + bytes(3) + flac[21:]
    yield "flac-picture.flac", lambda: flac[:4] + b"\0" + flac[5:42] + b"\x06\xff\xff\xff" + struct.pack(
        ">II", 3, 0xffffffff) + flac[42:]
    yield "flac-blocks.flac", lambda: flac[:4] + b"\0" + flac[5:42] + b"\x01\0\0\0" * 300000 + flac[42:]
    ogg = clip("opus.ogg")
    for word, granule in (("minus-1", -1), ("large", 2**63 - 1), ("negative", -2**63)):
        yield f"ogg-granule-{word}.ogg", lambda g=granule: with_ogg_granules(ogg, g)
    yield "ogg-hundred-thousand-streams.ogg", lambda: b"".join(
        b"OggS\0\x02" + bytes(8) + struct.pack("<III", i, 0, 0) + b"\x01\x13OpusHead" + bytes(11) for i in range(100000))
    yield "ogg-empty-pages.ogg", lambda: ogg[:2000] + (b"OggS" + bytes(22) + b"\0") * 100000 + ogg[2000:]
    yield "ogg-page-in-page.ogg", lambda: ogg[:300] + b"OggS" * 100000
    yield "opus-channels.ogg", lambda: patched(ogg, b"OpusHead", 1, "<B", 255)
    yield "opus-preskip.ogg", lambda: patched(ogg, b"OpusHead", 2, "<H", 0xffff)


def with_ogg_granules(data, granule):
    data = bytearray(data)
    at = data.find(b"OggS", 1)
    while at >= 0:
        struct.pack_into("<q", data, at + 6, granule)
        at = data.find(b"OggS", at + 4)
    return bytes(data)


def ts_packet(pid, payload, start=True, flags=0x10):
    return (b"\x47" + struct.pack(">H", (0x4000 if start else 0) | pid) + bytes([flags]) + payload).ljust(188, b"\xff")[:188]


def ts_programs(count):
    """Association tables of so many programs, 40 in each."""
    return b"".join(ts_packet(0, b"\0\0\xb0\xa9" + struct.pack(">HBBB", 1, 0xc1, 0, 0) + b"".join(
        struct.pack(">HH", p & 0xffff, 0xe000 | p & 0x1fff) for p in range(i, i + 40))) for i in range(0, count, 40))


def stream_shapes():
    ts = clip("h264-aac.ts")
    yield "ts-of-nothing.ts", lambda: ts_packet(0x1fff, b"") * 50000
    yield "ts-scrambled.ts", lambda: bytes(b | 0xc0 if i % 188 == 3 else b for i, b in enumerate(ts))
    yield "ts-2000-programs.ts", lambda: ts_programs(2000) + ts
    yield "ts-8000-programs.ts", lambda: ts_programs(8000) + ts
    yield "ts-8000-programs-behind-6-mb.ts", lambda: ts * 500 + ts_programs(8000) * 20 + ts
    yield "ts-8000-pids.ts", lambda: b"".join(ts_packet(pid, b"\0\0\1\xe0\0\0\x80\0\0") for pid in range(32, 8190)) + ts
    yield "ts-pes-without-end.ts", lambda: ts[:188 * 3] + ts_packet(0x100, b"\0\0\1\xe0\0\0\x80\0\0") + ts_packet(
        0x100, b"\0" * 184, start=False) * 60000
    yield "ts-times-at-random.ts", lambda: with_ts_times(ts)
    yield "ts-hundred-times.ts", lambda: ts * 100
    mpg = clip("mpeg1-mp2.mpg")
    yield "ps-sizes-0.mpg", lambda: mpg.replace(b"\0\0\1\xe0", b"\0\0\1\xe0\0\0", 5)
    yield "ps-packs.mpg", lambda: mpg[:14] * 100000 + mpg
    yield "ps-map.mpg", lambda: mpg[:14] + b"\0\0\1\xbc\xff\xff" + b"\xff" * 70000 + mpg
    yield "mpeg1-of-4095.mpg", lambda: patched(mpg, b"\0\0\1\xb3", 0, ">I", 0xffffff13)
    flv = clip("flv1-mp3.flv")
    yield "flv-deep-objects.flv", lambda: flv[:13] + flv_tag(18, b"\x02\0\x0aonMetaData" + b"\x03\0\1a" * 100000)
    yield "flv-array-of-2-to-the-32.flv", lambda: flv[:13] + flv_tag(
        18, b"\x02\0\x0aonMetaData\x08\xff\xff\xff\xff\0\x09keyframes\x0a\xff\xff\xff\xff") + flv[13:]
    yield "flv-times.flv", lambda: flv[:13] + b"".join(flv_tag(9, b"\x22" + bytes(20), time=t) for t in (
        0, 2**31, 2**32 - 1, 5, 2**24) * 20)
    yield "flv-tags-of-nothing.flv", lambda: flv[:13] + flv_tag(9, b"") * 100000
    yield "flv-offset.flv", lambda: flv[:5] + b"\xff\xff\xff\xff" + flv[9:]
    asf = clip("wmv2-wma.asf")
    for value in (0, 1, 2**63 - 1, 2**64 - 1):
        yield f"asf-header-{value:x}.asf", lambda v=value: asf[:16] + struct.pack("<Q", v) + asf[24:]
        yield f"asf-object-{value:x}.asf", lambda v=value: asf[:30] + asf[30:46] + struct.pack("<Q", v) + asf[54:]
    yield "asf-count.asf", lambda: asf[:24] + b"\xff\xff\xff\xff" + asf[28:]
    yield "asf-objects.asf", lambda: asf[:30] + asf_object("1806d474-cadf-4509-a4ba-9aabcb96aae8", b"") * 100000 + asf[30:]
    yield "asf-empty.asf", lambda: asf[:30]


def flv_tag(kind, data, time=0):
    size = len(data)
    return bytes([kind]) + struct.pack(">I", size)[1:] + struct.pack(">I", time)[1:] + bytes([time >> 24]) + bytes(
        3) + data + struct.pack(">I", size + 11)


def with_ts_times(data):
    """Every time stamp is another."""
    data = bytearray(data)
    for at in range(0, len(data) - 187, 188):
        pes = data.find(b"\0\0\1", at + 4, at + 188)
        if pes > 0 and data[pes + 7] & 0x80 and pes + 14 < at + 188:
            data[pes + 9] = 0x21 | at >> 4 & 14
            data[pes + 10:pes + 14] = struct.pack(">I", at * 2654435761 & 0xffffffff | 0x10001)
    return bytes(data)


def files(_place):
    for part in (mp4_fields, mp4_shapes, matroska_shapes, solid_shapes, riff_shapes, sound_shapes, stream_shapes):
        yield from part()
