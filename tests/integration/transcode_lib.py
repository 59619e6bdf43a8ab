# SPDX-License-Identifier: GPL-3.0-or-later
"""Clips to transcode, and eyes for what comes out: a reader of fragmented MP4 that shares no code with
the writer, and decoding by ffmpeg."""
import json
import os
import struct
import subprocess
import sys

BUILD = os.environ.get("BANMAI_BUILD") or os.path.join(
    os.path.dirname(os.path.abspath(__file__)), "..", "..", "build", "dev")
PROGRAM = os.path.join(BUILD, "transcoder", "banmai-transcode")
MEDIA = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "..", "shared", "media")
IS_LONG = bool(os.environ.get("BANMAI_LONG"))


class Result:
    """What one call of banmai-transcode printed."""

    def __init__(self, status, stdout, stderr):
        self.status = status
        self.stderr = stderr
        self.events = [json.loads(line) for line in stdout.splitlines() if line]

    def of(self, event):
        return [e for e in self.events if e["event"] == event]

    @property
    def failure(self):
        return self.events[-1]["code"] if self.events and self.events[-1]["event"] == "failed" else None


def transcode(*arguments, timeout=300, **environment):
    done = subprocess.run([PROGRAM, *map(str, arguments)], capture_output=True, text=True,
                          timeout=timeout, stdin=subprocess.DEVNULL, check=False,
                          env={**os.environ, **environment})
    if arguments[0] == "probe" and done.returncode == 0:
        return json.loads(done.stdout)
    return Result(done.returncode, done.stdout, done.stderr)


def ffmpeg(*arguments, stdin=None):
    """Runs ffmpeg and returns its standard output."""
    done = subprocess.run(["ffmpeg", "-hide_banner", "-v", "error", "-nostdin", "-y", *map(str, arguments)]
                          if stdin is None else
                          ["ffmpeg", "-hide_banner", "-v", "error", "-y", *map(str, arguments)],
                          input=stdin, stdin=subprocess.DEVNULL if stdin is None else None,
                          capture_output=True, check=False)
    if done.returncode != 0:
        raise AssertionError(f"ffmpeg {arguments}: {done.stderr.decode(errors='replace')}")
    return done.stdout


def ffprobe(*arguments):
    done = subprocess.run(["ffprobe", "-v", "error", "-of", "json", *map(str, arguments)],
                          capture_output=True, check=True)
    return json.loads(done.stdout)


def seconds_of(clock):
    """Of "01:02:03.5"."""
    hours, minutes, seconds = clock.split(":")
    return int(hours) * 3600 + int(minutes) * 60 + float(seconds)


# -- clips

BITS = 14
BAR_HEIGHT = 64


def numbered_frames(width, height, numbers):
    """Raw 4:2:0 pictures that carry their number as black and white bars."""
    bar = width // BITS
    chroma = bytes([128]) * (width * height // 2)
    texture = b"".join(bytes(((x * 3 + y * 5) & 63) + 96 for x in range(width))
                       for y in range(height - BAR_HEIGHT))
    for number in numbers:
        row = b"".join((b"\xeb" if number >> i & 1 else b"\x10") * bar for i in range(BITS))
        row += b"\x10" * (width - len(row))
        yield row * BAR_HEIGHT + texture + chroma


def write_numbered(path, width, height, rate, numbers, *encoding, sound=None):
    """A video file whose pictures are numbered; `sound` is a lavfi source."""
    extra = ["-f", "lavfi", "-i", sound] if sound else []
    codec = encoding or ("-c:v", "libx264", "-preset", "ultrafast", "-qp", "10", "-bf", "2", "-g", "40")
    ffmpeg("-f", "rawvideo", "-pix_fmt", "yuv420p", "-s", f"{width}x{height}", "-r", rate, "-i", "-",
           *extra, *codec, path, stdin=b"".join(numbered_frames(width, height, numbers)))


def read_numbers(path, width, height):
    """The numbers of all pictures of a rendition, as ffmpeg decodes it."""
    gray = ffmpeg("-i", path, "-map", "0:v:0", "-vsync", "passthrough", "-f", "rawvideo", "-pix_fmt",
                  "gray", "-")
    size = width * height
    bar = 640 // BITS * width / 640  # clips are 640 pixels wide
    numbers = []
    for at in range(0, len(gray), size):
        row = gray[at + width * 16:at + width * 17]
        numbers.append(sum(1 << i for i in range(BITS)
                           if row[int((i + .5) * bar)] > 120))
    return numbers


# -- fragmented MP4

def boxes(data, start=0, end=None):
    """Yields (type, first byte of content, end) of the boxes in data[start:end]."""
    end = len(data) if end is None else end
    while start < end:
        size, kind = struct.unpack_from(">I4s", data, start)
        assert size >= 8 and start + size <= end, f"box {kind} of {size} bytes at {start}"
        yield kind.decode(), start + 8, start + size
        start += size


def find(data, path, start=0, end=None):
    """Content bounds of the first box at a path such as "moov/trak/mdia"."""
    for part in path.split("/"):
        for kind, first, last in boxes(data, start, end):
            if kind == part:
                start, end = first, last
                break
        else:
            return None
    return start, end


class Fragment:
    def __init__(self, data, moof, moof_end, mdat, mdat_end):
        traf = find(data, "traf", moof, moof_end)
        self.sequence = struct.unpack_from(">I", data, find(data, "mfhd", moof, moof_end)[0] + 4)[0]
        at = find(data, "tfdt", *traf)[0]
        self.tfdt = struct.unpack_from(">Q" if data[at] else ">I", data, at + 4)[0]
        at = find(data, "tfhd", *traf)[0]
        flags = struct.unpack_from(">I", data, at)[0] & 0xffffff
        self.default_duration = struct.unpack_from(">I", data, at + 8)[0] if flags & 8 else None
        self._read_trun(data, find(data, "trun", *traf)[0])
        assert moof - 8 + self.data_offset == mdat, "data offset"
        assert sum(self.sizes) == mdat_end - mdat, "sample sizes"
        self.samples = []
        for size in self.sizes:
            self.samples.append(data[mdat:mdat + size])
            mdat += size

    def _read_trun(self, data, at):
        flags, n = struct.unpack_from(">II", data, at)
        flags &= 0xffffff
        self.data_offset = struct.unpack_from(">i", data, at + 8)[0]
        at += 12
        self.first_flags = None
        if flags & 4:
            self.first_flags = struct.unpack_from(">I", data, at)[0]
            at += 4
        self.durations, self.sizes, self.offsets = [], [], []
        for _ in range(n):
            for flag, values, code in ((0x100, self.durations, ">I"), (0x200, self.sizes, ">I"),
                                       (0x800, self.offsets, ">i")):
                if flags & flag:
                    values.append(struct.unpack_from(code, data, at)[0])
                    at += 4
        self.durations = self.durations or None
        self.offsets = self.offsets or [0] * n


class Track:
    """A rendition's file: init section and fragments, checked as it is read."""

    def __init__(self, path):
        with open(path, "rb") as file:
            data = file.read()
        top = list(boxes(data))
        assert [t[0] for t in top[:2]] == ["ftyp", "moov"], top[:2]
        moov = top[1]
        self.init = data[:moov[2]]
        trak = find(data, "trak", *moov[1:])
        self.timescale = struct.unpack_from(">I", data, find(data, "mdia/mdhd", *trak)[0] + 12)[0]
        trex = find(data, "mvex/trex", *moov[1:])[0]
        self.default_duration = struct.unpack_from(">I", data, trex + 12)[0]
        elst = find(data, "edts/elst", *trak)
        self.delay = struct.unpack_from(">I", data, elst[0] + 12)[0] if elst else 0
        self.fragments = []
        rest = top[2:]
        assert len(rest) % 2 == 0
        for moof, mdat in zip(rest[::2], rest[1::2]):
            assert (moof[0], mdat[0]) == ("moof", "mdat")
            self.fragments.append(Fragment(data, moof[1], moof[2], mdat[1], mdat[2]))

    def durations_of(self, fragment):
        return fragment.durations or [fragment.default_duration or self.default_duration] * len(
            fragment.sizes)

    def times_of(self, fragment):
        """When its samples are shown, in ticks, in decode order."""
        at, times = fragment.tfdt, []
        for duration, offset in zip(self.durations_of(fragment), fragment.offsets):
            times.append(at + offset - self.delay)
            at += duration
        return times

    def starts(self):
        return [f.tfdt for f in self.fragments]

    def end(self):
        last = self.fragments[-1]
        return last.tfdt + sum(self.durations_of(last))


def nal_types(sample):
    """The types of the NAL units of an H.264 sample with 4-byte lengths."""
    types, at = [], 0
    while at < len(sample):
        length = struct.unpack_from(">I", sample, at)[0]
        types.append(sample[at + 4] & 31)
        at += 4 + length
    assert at == len(sample)
    return types


def package_of(folder):
    with open(os.path.join(folder, "package.json"), encoding="utf-8") as file:
        return json.load(file)


def tree_of(folder):
    """Every file of a folder, and of those in it, with its bytes."""
    files = {}
    for top, _, names in os.walk(folder):
        for path in (os.path.join(top, name) for name in names):
            with open(path, "rb") as file:
                files[os.path.relpath(path, folder)] = file.read()
    return files


def main(module):
    import unittest  # pylint: disable=import-outside-toplevel
    if not os.path.exists(PROGRAM):
        sys.exit(f"{PROGRAM} is not there: build first, or set BANMAI_BUILD")
    unittest.main(module=module, verbosity=2)
