#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Recordings in which the clock starts again or leaps: a recorder that appends, files put one behind the
other, blobs of a browser's recorder, a transport stream whose packet ids change. The parts follow one
another, and each second says which one it is."""
import os
import shutil
import struct
import tempfile
import unittest

import timeline
from transcode_lib import boxes, ffmpeg, main, package_of, transcode

FIRST = range(0, 4)    # seconds of the first part
SECOND = range(6, 10)  # and of the second
H264 = ("-c:v", "libx264", "-preset", "ultrafast", "-g", 10, "-c:a", "aac", "-b:a", "24k")
VP8 = ("-c:v", "libvpx", "-b:v", "100k", "-g", 10, "-deadline", "realtime", "-c:a", "libopus", "-b:a", "24k")
FRAGMENTS = ("-movflags", "frag_keyframe+empty_moov+default_base_moof")


def read(path):
    with open(path, "rb") as file:
        return file.read()


def flv_tags(data):
    """(type, time in ms, content) of each tag."""
    at = 13
    while at + 11 <= len(data):
        size = int.from_bytes(data[at + 1:at + 4], "big")
        yield data[at], int.from_bytes(data[at + 4:at + 7], "big") | data[at + 7] << 24, data[at + 11:at + 11 + size]
        at += 11 + size + 4


def flv_tag(kind, time_ms, content):
    tag = (bytes([kind]) + len(content).to_bytes(3, "big") + (time_ms & 0xffffff).to_bytes(3, "big") +
           bytes([time_ms >> 24]) + b"\0\0\0" + content)
    return tag + struct.pack(">I", len(tag))


class Clocks(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.mkdtemp(prefix="banmai-")

    @classmethod
    def tearDownClass(cls):
        shutil.rmtree(cls.folder)

    def part(self, seconds, name, *options, encoding=H264, starts_at_s=0):
        """Some seconds as a file of their own, whose clock starts at 0."""
        path = os.path.join(self.folder, f"{seconds[0]}-{name}")
        ffmpeg(*timeline.picture_input(10, seconds[0], len(seconds)), *timeline.sound_input(seconds[0], len(seconds)),
               *encoding, "-output_ts_offset", starts_at_s - seconds[0], *options, path)
        return read(path)

    def follows(self, name, data, warnings=()):
        """The first part, then the second, each second as it says."""
        path = os.path.join(self.folder, "joined-" + name)
        with open(path, "wb") as file:
            file.write(data)
        result = transcode("run", path, path + ".out", "-j", 1)
        self.assertEqual(result.status, 0, result.stderr)
        self.assertEqual([w["code"] for w in result.of("warning")], list(warnings))
        wanted = [*FIRST, *SECOND]
        self.assertAlmostEqual(package_of(path + ".out")["duration_us"] / 1e6, len(wanted), delta=.35)
        greys = timeline.seen(path + ".out")
        for i, second in enumerate(wanted):
            self.assertAlmostEqual(greys[i * timeline.PICTURES + 6], timeline.grey_of(second), delta=4, msg=f"second {i}")
            self.assertEqual(timeline.heard(path + ".out", i + .6), second % timeline.TONES, f"second {i}")
        return result

    def flv(self, second_starts_at_s):
        first, second = self.part(FIRST, "part.flv"), self.part(SECOND, "part.flv")
        data = first[:13] + b"".join(flv_tag(*tag) for tag in flv_tags(first) if tag[0] != 18)
        return data + b"".join(flv_tag(kind, time_ms + second_starts_at_s * 1000, content)
                               for kind, time_ms, content in flv_tags(second) if kind != 18)

    def test_a_recorder_that_appends_once_lost_all_but_its_first_part(self):
        self.follows("append.flv", self.flv(0))

    def test_a_leap_of_hours_is_closed_and_named(self):
        result = self.follows("hours.flv", self.flv(3 * 3600), ["E_CLOCK"])
        warning = result.of("warning")[0]
        self.assertAlmostEqual(warning["from_us"] / 1e6, 4, delta=.3)
        self.assertRegex(warning["detail"], r"^\+1079\d s$")
        stream = self.part(FIRST, "part.ts") + self.part(SECOND, "late.ts", starts_at_s=20000)
        self.follows("hours.ts", stream, ["E_CLOCK"])

    def test_a_pause_of_seconds_stays(self):
        path = os.path.join(self.folder, "pause.flv")
        with open(path, "wb") as file:
            file.write(self.flv(9))
        warnings = transcode("run", path, path + ".out").of("warning")
        self.assertEqual([w["code"] for w in warnings], ["E_GAP"])
        self.assertAlmostEqual(warnings[0]["from_us"] / 1e6, 4, delta=.3)
        self.assertAlmostEqual(warnings[0]["until_us"] / 1e6, 9, delta=.3)
        self.assertAlmostEqual(package_of(path + ".out")["duration_us"] / 1e6, 13, delta=.35)

    def test_transport_streams_one_behind_the_other(self):
        self.follows("joined.ts", self.part(FIRST, "part.ts") + self.part(SECOND, "part.ts"))

    def test_packet_ids_that_change_once_ended_the_lecture(self):
        others = ("-mpegts_start_pid", 777, "-mpegts_pmt_start_pid", 999, "-mpegts_service_id", 5)
        self.follows("ids.ts", self.part(FIRST, "part.ts") + self.part(SECOND, "ids.ts", *others))

    def fragments(self, seconds):
        self.part(seconds, "plain.mkv")
        path = os.path.join(self.folder, f"{seconds[0]}-fragments.mp4")
        ffmpeg("-i", os.path.join(self.folder, f"{seconds[0]}-plain.mkv"), "-c", "copy", *FRAGMENTS, path)
        return read(path)

    def test_fragments_whose_clock_starts_again(self):
        first, second = map(self.fragments, (FIRST, SECOND))
        self.follows("files.mp4", first + second)
        fragments = next(start - 8 for kind, start, _ in boxes(second) if kind == "moof")
        self.follows("fragments.mp4", first + second[fragments:])

    def test_blobs_of_a_browsers_recorder(self):
        first, second = (self.part(part, "part.webm", "-live", 1, encoding=VP8) for part in (FIRST, SECOND))
        self.follows("blobs.webm", first + second)
        self.follows("clusters.webm", first + second[second.index(b"\x1f\x43\xb6\x75"):])
        self.follows("files.mkv", self.part(FIRST, "part.mkv") + self.part(SECOND, "part.mkv"))

    def test_a_second_file_that_is_not_read_is_named(self):
        for form in ("mp4", "flv"):
            path = os.path.join(self.folder, "two." + form)
            with open(path, "wb") as file:
                file.write(self.part(FIRST, "whole." + form) + self.part(SECOND, "whole." + form))
            result = transcode("run", path, path + ".out", "-j", 1)
            self.assertEqual([w["code"] for w in result.of("warning")], ["E_SECOND_FILE"], form)
            self.assertAlmostEqual(package_of(path + ".out")["duration_us"] / 1e6, 4, delta=.35)


if __name__ == "__main__":
    main("__main__")
