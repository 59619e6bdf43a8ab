#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Edit lists of MP4 and MOV (ISO/IEC 14496-12 §8.6.6): what is cut out is gone, an empty edit shows nothing
that moves, one of rate 0 stands, and each second says which one it is."""
import os
import shutil
import struct
import tempfile
import unittest

import timeline
from transcode_lib import boxes, ffmpeg, main, package_of, transcode

SECONDS = 8
EMPTY = -1


def box(kind, content):
    return struct.pack(">I4s", len(content) + 8, kind.encode()) + content


def children(data):
    return [(kind, data[start:end]) for kind, start, end in boxes(data)]


def with_edits(trak, movie_scale, edits):
    """The track with that list: (seconds, media time in seconds or EMPTY, rate)."""
    parts = children(trak)
    mdhd = dict(children(dict(parts)["mdia"]))["mdhd"]
    scale = struct.unpack_from(">I", mdhd, 12)[0]
    old = dict(parts).get("edts")
    priming = max(0, struct.unpack_from(">i", children(old)[0][1], 12)[0]) if old else 0
    rows = b"".join(struct.pack(">IiI", int(length * movie_scale),
                                EMPTY if at == EMPTY else int(at * scale) + priming, rate << 16)
                    for length, at, rate in edits)
    length = sum(e[0] for e in edits) * movie_scale
    made = b""
    for kind, content in parts:
        if kind == "tkhd":
            content = content[:20] + struct.pack(">I", int(length)) + content[24:]
        if kind != "edts":
            made += box(kind, content)
        if kind == "tkhd":
            made += box("edts", box("elst", struct.pack(">II", 0, len(edits)) + rows))
    return made


class Edits(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.mkdtemp(prefix="banmai-")
        path = os.path.join(cls.folder, "plain.mp4")
        ffmpeg(*timeline.picture_input(10, 0, SECONDS), *timeline.sound_input(0, SECONDS), "-c:v", "libx264",
               "-preset", "ultrafast", "-bf", 2, "-g", 10, "-c:a", "aac", path)
        with open(path, "rb") as file:
            cls.plain = children(file.read())

    @classmethod
    def tearDownClass(cls):
        shutil.rmtree(cls.folder)

    def shows(self, name, edits, seconds, silent=()):
        path = os.path.join(self.folder, name + ".mp4")
        moov = children(dict(self.plain)["moov"])
        scale = struct.unpack_from(">I", dict(moov)["mvhd"], 12)[0]
        made = b"".join(box(kind, with_edits(content, scale, edits) if kind == "trak" else content)
                        for kind, content in moov)
        with open(path, "wb") as file:  # the movie's box is the last one: nothing moves
            file.write(b"".join(box(kind, made if kind == "moov" else content) for kind, content in self.plain))
        out = os.path.join(self.folder, name)
        result = transcode("run", path, out, "-j", 1)
        self.assertEqual(result.status, 0, result.stderr)
        self.assertAlmostEqual(package_of(out)["duration_us"] / 1e6, len(seconds), delta=.15)
        greys = timeline.seen(out)
        for i, second in enumerate(seconds):
            self.assertAlmostEqual(greys[i * timeline.PICTURES + 6], timeline.grey_of(second), delta=4,
                                   msg=f"{name}, second {i}")
            self.assertEqual(timeline.heard(out, i + .6), None if i in silent else second, f"{name}, second {i}")

    def test_what_is_cut_out_is_gone(self):
        self.shows("cut", [(2, 0, 1), (3, 5, 1)], [0, 1, 5, 6, 7])

    def test_an_empty_edit_in_the_middle_once_played_from_the_start(self):
        self.shows("empty", [(3, 0, 1), (2, EMPTY, 1), (2, 3, 1)], [0, 1, 2, 2, 2, 3, 4], silent=(3, 4))

    def test_an_edit_of_rate_0_once_played_on(self):
        self.shows("still", [(2, 0, 1), (3, 2, 0), (2, 2, 1)], [0, 1, 2, 2, 2, 2, 3], silent=(2, 3, 4))
        self.shows("still-at-the-end", [(2, 0, 1), (4, 2, 0)], [0, 1, 2, 2, 2, 2], silent=(2, 3, 4, 5))


if __name__ == "__main__":
    main("__main__")
