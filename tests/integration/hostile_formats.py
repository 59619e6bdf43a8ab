# SPDX-License-Identifier: GPL-3.0-or-later
"""A hundred files that mean harm for each decoder and container of hostile_formats.KINDS: headers that lie, codes
that reach out of the picture, packets of noise. The files of a kind are always the same."""
import functools
import os
import random
import struct
import tempfile
import zlib

import amr
from hostile_bits import box, full_box
from transcode_lib import ffmpeg

PER_KIND = 100
WIDTH, HEIGHT = 64, 48
U32 = (0, 1, 2, 0x7f, 0xff, 0x8000, 0xffff, 0x10000, 0x7fffffff, 0x80000000, 0xfffffff0, 0xffffffff)
U16 = (0, 1, 2, 7, 9, 0x7f, 0xff, 0x7fff, 0x8000, 0xffff)


def clamped(value, form):
    return value & (1 << 8 * struct.calcsize(form)) - 1


def patched_at(data, at, form, value):
    data = bytearray(data)
    if 0 <= at <= len(data) - struct.calcsize(form):
        struct.pack_into(form, data, at, clamped(value, form))
    return bytes(data)


@functools.lru_cache(None)
def made(name, *options):
    """The bytes of a clip of 0.6 s."""
    with tempfile.TemporaryDirectory(prefix="banmai-clip-") as folder:
        path = os.path.join(folder, name)
        ffmpeg(*options, "-t", "0.6", "-fflags", "+bitexact", "-flags", "+bitexact", path)
        with open(path, "rb") as file:
            return file.read()


def tone(rate):
    return ("-f", "lavfi", "-i", f"sine=330:r={rate}:d=0.6")


PICTURE = ("-f", "lavfi", "-i", f"testsrc2=s={WIDTH}x{HEIGHT}:r=10:d=0.6")
X264 = ("-c:v", "libx264", "-preset", "ultrafast", "-g", "3")


# ---- a QuickTime file round any packets

def movie(fourcc, samples, entry_rest, ticks=10, is_sound=False, samples_per_packet=1, size=(WIDTH, HEIGHT)):
    """One track whose samples are these bytes."""
    media = b"".join(samples)
    ftyp = box(b"ftyp", b"qt  \0\0\2\0qt  ")
    n = len(samples)
    handler = b"soun" if is_sound else b"vide"
    entry = box(fourcc, bytes(6) + struct.pack(">H", 1) + entry_rest)
    first = len(ftyp) + 8
    offsets = [first + sum(map(len, samples[:i])) for i in range(n)]
    stbl = box(b"stbl", full_box(b"stsd", struct.pack(">I", 1) + entry) + full_box(b"stts", struct.pack(
        ">III", 1, n * samples_per_packet, ticks if not is_sound else 1)) + full_box(b"stsc", struct.pack(
            ">IIII", 1, 1, samples_per_packet, 1)) + full_box(b"stsz", (struct.pack(">II", 0, n) + b"".join(
                struct.pack(">I", len(s)) for s in samples)) if not is_sound else struct.pack(
                    ">II", 1, n * samples_per_packet)) + full_box(
                    b"stco", struct.pack(">I", n) + b"".join(struct.pack(">I", o) for o in offsets)))
    head = full_box(b"smhd", bytes(4)) if is_sound else full_box(b"vmhd", bytes(8), flags=1)
    minf = box(b"minf", head + box(b"dinf", full_box(b"dref", struct.pack(">I", 1) + full_box(b"url ", b"", flags=1))) + stbl)
    scale = 8000 if is_sound else 100
    length = n * (samples_per_packet if is_sound else ticks)
    mdia = box(b"mdia", full_box(b"mdhd", struct.pack(">IIIIHH", 0, 0, scale, length, 0, 0)) + full_box(
        b"hdlr", bytes(4) + handler + bytes(13)) + minf)
    matrix = struct.pack(">9I", 0x10000, 0, 0, 0, 0x10000, 0, 0, 0, 0x40000000)
    tkhd = full_box(b"tkhd", struct.pack(">IIIII", 0, 0, 1, 0, length) + bytes(16) + matrix + struct.pack(
        ">II", size[0] << 16, size[1] << 16), flags=7)
    mvhd = full_box(b"mvhd", struct.pack(">IIII", 0, 0, scale, length) + bytes(10) + bytes(2) + bytes(
        8) + matrix + bytes(24) + struct.pack(">I", 2))
    return ftyp + box(b"mdat", media) + box(b"moov", mvhd + box(b"trak", tkhd + mdia))


def picture_entry(depth=24, size=(WIDTH, HEIGHT), palette=b""):
    return bytes(16) + struct.pack(">HHIIIH", *size, 0x480000, 0x480000, 0, 1) + bytes(32) + struct.pack(
        ">Hh", depth, -1) + palette


def sound_entry(channels=1, bits=16, rate=8000):
    return bytes(8) + struct.pack(">HHHHI", channels, bits, 0, 0, rate << 16)


# ---- decoders of pictures

def animation_chunk(dice):
    """One packet of QuickTime Animation, with lines and runs that need not fit."""
    lines = b""
    for _ in range(dice.choice((1, 3, 48, 500))):
        lines += bytes([dice.choice((0, 1, 2, 64, 255))])
        for _ in range(dice.choice((0, 1, 5, 40))):
            code = dice.choice((0, 1, 127, 128, 129, 200, 254, 255))
            lines += bytes([code]) + dice.randbytes(dice.choice((0, 1, 3, 4)))
        lines += b"\xff" * dice.choice((0, 1))
    header = dice.choice((0, 8, 8, 8, 0xffff))
    place = struct.pack(">HHHH", dice.choice((0, 1, 47, 48, 0xffff)), 0, dice.choice((0, 1, 48, 49, 0xffff)), 0)
    size = dice.choice((0, 4, 14, 14 + len(lines), 0xffffff))
    return struct.pack(">IH", size, header) + (place if header & 8 else b"") + lines


def animation(dice, _number):
    depth = dice.choice((1, 2, 4, 8, 16, 24, 32, 33, 34, 36, 40, 0, 5, 0xffff))
    size = dice.choice(((WIDTH, HEIGHT), (1, 1), (3, 8000), (8192, 1), (WIDTH, HEIGHT)))
    return movie(b"rle ", [animation_chunk(dice) for _ in range(4)], picture_entry(depth, size), size=size)


def png_chunk(kind, content, length=None):
    return struct.pack(">I", len(content) if length is None else length) + kind + content + struct.pack(
        ">I", zlib.crc32(kind + content))


def png(dice, _number):
    """Pictures that are larger than they say, smaller, or of a form that is none."""
    side = dice.choice((0, 1, WIDTH, WIDTH, WIDTH, 4096, 8192, 0x7fffffff, 0xffffffff))
    depth, colour = dice.choice(((8, 2), (8, 2), (8, 3), (1, 3), (16, 6), (2, 0), (8, 4), (3, 2), (255, 255), (16, 3)))
    header = struct.pack(">IIBBBBB", side, dice.choice((HEIGHT, HEIGHT, 1, 0, 0x10000)), depth, colour,
                         dice.choice((0, 0, 1)), dice.choice((0, 0, 9)), dice.choice((0, 1, 2, 255)))
    rows = zlib.compress(dice.choice((bytes(1 << 22), dice.randbytes(20000), b"\xff" * 20000,
                                      (b"\x04" + bytes(3 * WIDTH)) * HEIGHT)), 9)
    chunks = [png_chunk(b"IHDR", header)]
    extra = [png_chunk(b"PLTE", dice.randbytes(dice.choice((0, 3, 5, 768, 771)))),
             png_chunk(b"tRNS", dice.randbytes(dice.choice((0, 1, 2, 6, 256, 300)))),
             png_chunk(b"iCCP", b"p\0\0" + zlib.compress(bytes(1 << 22), 9)), png_chunk(b"zTXt", b"k\0\0" + rows),
             png_chunk(b"fcTL", struct.pack(">IIIIIHHBB", 0, side, HEIGHT, 0xffffffff, 1, 0, 0, 2, 1)),
             png_chunk(b"acTL", struct.pack(">II", 0xffffffff, 0)), png_chunk(b"fdAT", bytes(4) + rows),
             png_chunk(b"IHDR", header), png_chunk(b"gAMA", bytes(4)), png_chunk(b"cHRM", b"\xff" * 32)]
    chunks += dice.sample(extra, dice.choice((0, 1, 3)))
    chunks += [png_chunk(b"IDAT", rows, dice.choice((None, None, 0, 0x7fffffff, 0xffffffff)))]
    dice.choice((lambda c: None, lambda c: None, dice.shuffle))(chunks)
    picture = b"\x89PNG\r\n\x1a\n" + b"".join(chunks) + dice.choice((b"", png_chunk(b"IEND", b"")))
    return movie(b"png ", [picture] * 3, picture_entry())


def raw(dice, number):
    """Pictures with more or fewer bytes than their sides ask for."""
    depth = dice.choice((1, 2, 4, 8, 15, 16, 24, 32, 40, 0, 3, 64))
    size = dice.choice(((WIDTH, HEIGHT), (WIDTH, HEIGHT), (1, 1), (63, 47), (8192, 1), (1, 8192), (4096, 2160)))
    n = dice.choice((0, 1, 3, WIDTH * HEIGHT, WIDTH * HEIGHT * 3 - 1, WIDTH * HEIGHT * 3, WIDTH * HEIGHT * 4, 200000))
    if number % 2:
        kind = dice.choice((b"raw ", b"2vuy", b"yuv2", b"yuvs", b"BGRA", b"24BG", b"NO16", b"v308", b"AV1x", b"2Vuy"))
        return movie(kind, [dice.randbytes(n)] * 3, picture_entry(depth, size), size=size)
    data = made("raw.avi", *PICTURE, "-c:v", "rawvideo", "-pix_fmt", dice.choice(("bgr24", "bgra", "rgb555le", "pal8", "gray")))
    at = data.index(b"strf") + 8
    field, form = dice.choice(((0, "<I"), (4, "<I"), (8, "<I"), (14, "<H"), (16, "<I"), (20, "<I"), (32, "<I")))
    value = dice.choice((*U32, *(-v for v in U32[1:6]), 48, 64, 24))
    return patched_at(data, at + field, form, value)


# ---- decoders of sound

def ima4(dice, _number):
    channels = dice.choice((1, 2, 3, 8, 16, 255, 0))
    packets = [dice.randbytes(34 * dice.choice((1, 2, 8)))[:dice.choice((34, 68, 1, 33, 35))] for _ in range(40)]
    return movie(b"ima4", packets, sound_entry(channels, dice.choice((0, 4, 16, 0xffff)), dice.choice((8000, 1, 0, 65535))),
                 is_sound=True, samples_per_packet=dice.choice((64, 1, 0, 0x10000)))


def gsm(dice, _number):
    packets = [dice.randbytes(dice.choice((33, 33, 32, 1, 65))) for _ in range(40)]
    return movie(b"agsm", packets, sound_entry(dice.choice((1, 2, 0)), 16, dice.choice((8000, 1, 0, 65535))), is_sound=True,
                 samples_per_packet=dice.choice((160, 1, 0)))


def at_chunk(data, word, behind, forms, dice, n):
    """Lies in n fields of a chunk: (bytes behind its name, form)."""
    at = data.index(word) + len(word)
    for _ in range(n):
        offset, form = dice.choice(forms)
        data = patched_at(data, at + behind + offset, form, dice.choice(U32))
    return data


def noised(data, start, dice):
    """The same with noise, zeros or ones from a byte on, here and there."""
    data = bytearray(data)
    for _ in range(dice.choice((0, 1, 4))):
        at = dice.randrange(start, len(data))
        n = dice.choice((1, 4, 33, 400))
        data[at:at + n] = dice.choice((bytes(n), b"\xff" * n, dice.randbytes(n)))[:len(data) - at]
    return bytes(data)


def gsm_ms(dice, _number):
    data = made("gsm.wav", *tone(8000), "-c:a", "libgsm_ms")
    data = at_chunk(data, b"fmt ", 4, ((0, "<H"), (2, "<H"), (4, "<I"), (8, "<I"), (12, "<H"), (14, "<H"), (16, "<H"),
                                       (18, "<H"), (-4, "<I")), dice, dice.choice((1, 2)))
    return noised(data, data.index(b"data"), dice)


def pes_payloads(data, ids, substream=None):
    """Places of the bytes that PES packets with these ids carry."""
    at = 0
    while (at := data.find(b"\0\0\1", at)) >= 0 and at + 9 < len(data):
        start = at + 9 + data[at + 8]
        if data[at + 3] in ids and (substream is None or start < len(data) and data[start] & 0xf0 == substream):
            yield start
        at += 3


def with_heads(data, places, make):
    data = bytearray(data)
    for place in places:
        head = make()
        data[place:place + len(head)] = head[:max(0, len(data) - place)]
    return bytes(data)


def blu_ray(dice, _number):
    """Four bytes say how long a packet is, how many channels, how fast, how deep."""
    data = made("bluray.m2ts", *PICTURE, *tone(48000), *X264, "-c:a", "pcm_bluray", "-ac", "2", "-mpegts_m2ts_mode", "1")
    places = list(pes_payloads(data, (0xfd, 0xbd)))
    assert places
    return with_heads(data, places, lambda: struct.pack(
        ">HBB", dice.choice(U16 + (960,)), dice.randrange(256), dice.choice((0, 0x40, 0x80, 0xc0, 0xff))))


def dvd(dice, _number):
    data = made("dvd.vob", *PICTURE, *tone(48000), "-c:v", "mpeg2video", "-r", "25", "-c:a", "pcm_dvd", "-ac", "2")
    places = list(pes_payloads(data, (0xbd,), 0xa0))
    assert places
    return with_heads(data, places, lambda: bytes([dice.choice((0xa0, 0xa0, 0xa7, 0xaf)), *dice.randbytes(6)]))


def latm(dice, _number):
    """Behind eleven bits of sync and thirteen of length: which sound it is, layer by layer."""
    data = made("latm.ts", *PICTURE, *tone(16000), *X264, "-c:a", "aac", "-mpegts_flags", "latm")
    places = [p for p in pes_payloads(data, (0xc0, 0xbd, 0xfd, 0xfa)) if data[p] == 0x56]
    assert places
    changed = [p + dice.choice((3, 4, 5, 6, 8, 12)) for p in places]
    data = with_heads(data, changed, lambda: dice.randbytes(dice.choice((1, 1, 2, 8))))
    if dice.random() < .3:
        data = with_heads(data, [p + 1 for p in places], lambda: struct.pack(">H", 0xe000 | dice.randrange(0x2000)))
    return data


def flash_tags(data):
    """Places of the sound's bytes in an FLV, behind the byte that says their form."""
    at = 13
    while at + 11 < len(data):
        size = int.from_bytes(data[at + 1:at + 4], "big")
        if data[at] == 8:
            yield at + 11
        at += 15 + size


def flash_sound(codec):
    def make(dice, _number):
        data = made(f"{codec}.flv", *PICTURE, *tone(22050), "-c:v", "flv1", "-c:a", codec)
        places = list(flash_tags(data))
        assert places
        if dice.random() < .3:
            data = with_heads(data, places, lambda: bytes([dice.randrange(256)]))
        return with_heads(data, [p + dice.choice((1, 1, 3, 20)) for p in places],
                          lambda: dice.randbytes(dice.choice((1, 2, 60))))
    return make


# ---- containers of sound recorders

def aiff(codec):
    def make(dice, _number):
        data = made("a.aiff", *tone(16000), "-c:a", codec)
        fields = ((-4, ">I"), (0, ">H"), (2, ">I"), (6, ">H"), (8, ">H"), (10, ">I"), (18, ">I"))
        if dice.random() < .5:
            data = at_chunk(data, b"SSND", 4, ((-4, ">I"), (0, ">I"), (4, ">I")), dice, 1)
        data = at_chunk(data, b"COMM", 4, fields, dice, dice.choice((1, 1, 2)))
        if dice.random() < .2:
            extra = dice.choice((b"MARK", b"ID3 ", b"NAME", b"COMM", b"wave", b"CHAN", b"APCM")) + struct.pack(
                ">I", dice.choice(U32)) + dice.randbytes(20)
            data = data[:12] + extra * dice.choice((1, 1000)) + data[12:]
        return data
    return make


def caf(codec, rate=16000):
    def make(dice, _number):
        data = made("a.caf", *tone(rate), "-c:a", codec)
        words = [w for w in (b"desc", b"pakt", b"data", b"kuki", b"chan", b"info") if w in data]
        word = dice.choice(words)
        at = data.index(word) + 4
        forms = {b"desc": ((0, ">Q"), (8, ">Q"), (16, ">I"), (20, ">I"), (24, ">I"), (28, ">I"), (32, ">I"), (36, ">I")),
                 b"pakt": ((0, ">Q"), (8, ">Q"), (16, ">Q"), (24, ">I"), (28, ">I"), (32, ">Q"))}
        for _ in range(dice.choice((1, 1, 3))):
            offset, form = dice.choice(forms.get(word, ((0, ">Q"), (8, ">I"), (12, ">I"))))
            value = dice.choice((*U32, 2**63 - 1, 2**63, 2**64 - 1, 2**62, 0x7ff8000000000000, 0xc0c3880000000000))
            data = patched_at(data, at + offset, form, value)
        if dice.random() < .2:
            extra = dice.choice((b"info", b"pakt", b"kuki", b"chan", b"free", b"uuid")) + struct.pack(
                ">Q", dice.choice((0, 4, 12, 2**31, 2**63 - 1, 2**64 - 1))) + dice.randbytes(24)
            data = data[:8] + data[8:8 + 44] + extra * dice.choice((1, 500)) + data[52:]
        return data
    return make


def telephone(dice, _number):
    data = bytearray(amr.narrow(330, .6) if dice.random() < .5 else amr.wide(330, .6))
    start = 6 if data[5:6] == b"\n" else 9
    for _ in range(dice.choice((1, 5, 40))):
        data[dice.randrange(start, len(data))] = dice.choice((0, 0x7c, 0xf8, 0xff, dice.randrange(256)))
    magic = dice.choice((b"", b"", b"#!AMR_MC1.0\n" + bytes(4), b"#!AMR-WB_MC1.0\n" + b"\xff" * 4, b"#!AMR\n" * 50))
    data = magic + (data[start:] if magic else data)
    return bytes(data) * dice.choice((1, 1, 30))


def wave64(dice, _number):
    data = made("a.w64", *tone(16000))
    word = dice.choice((b"riff", b"fmt ", b"data"))
    at = data.index(word) + 16
    data = patched_at(data, at, "<Q", dice.choice((0, 1, 23, 24, 25, 2**31, 2**63 - 1, 2**63, 2**64 - 1, *U32)))
    at = data.index(b"fmt ") + 24
    for _ in range(dice.choice((0, 1, 2))):
        offset, form = dice.choice(((0, "<H"), (2, "<H"), (4, "<I"), (8, "<I"), (12, "<H"), (14, "<H"), (16, "<H")))
        data = patched_at(data, at + offset, form, dice.choice(U32))
    return data


# What was accepted last: decoders and containers, by the name of a file of theirs.
KINDS = {
    "animation.mov": animation, "png.mov": png, "raw.mov": raw, "ima4.mov": ima4, "gsm.mov": gsm, "gsm.wav": gsm_ms,
    "blu-ray.m2ts": blu_ray, "dvd.vob": dvd, "latm.ts": latm, "adpcm.flv": flash_sound("adpcm_swf"),
    "nellymoser.flv": flash_sound("nellymoser"), "pcm.aiff": aiff("pcm_s16be"), "double.aiff": aiff("pcm_f64be"),
    "ima4.aiff": aiff("adpcm_ima_qt"), "pcm.caf": caf("pcm_s16be"), "alac.caf": caf("alac"), "opus.caf": caf("libopus", 48000),
    "telephone.amr": telephone, "wave.w64": wave64,
}


@functools.lru_cache(None)
def all_of(kind):
    """The different ones of a kind."""
    found = {}
    number = 0
    while len(found) < PER_KIND:
        found.setdefault(KINDS[kind](random.Random(f"{kind} {number}"), number), None)
        number += 1
    return list(found)


def files(per_kind=PER_KIND):
    """Pairs of a name and a function that makes the content; `per_kind` of each kind, spread over all of them."""
    for kind in KINDS:
        for number in range(0, PER_KIND, PER_KIND // per_kind):
            yield f"{number}-{kind}", lambda k=kind, n=number: all_of(k)[n]
