#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""`banmai-transcode run --codec av1`: a second ladder that is complete, lines up with the first one and
plays; and the checker, which finds what may be wrong with one."""
import filecmp
import os
import shutil
import subprocess
import tempfile
import time
import unittest

from check_test import assert_each_is_found, check, nth_moof
from transcode_lib import (MEDIA, PROGRAM, Track, ffmpeg, ffprobe, main, package_of, read_numbers, transcode,
                           tree_of, write_numbered)

N_FRAMES = 300  # 24 s: two chunks
SEQUENCE_HEADER, DELIMITER, FRAME_HEADER, FRAME = 1, 2, 3, 6


def obus(sample):
    """(type, payload) of the OBUs of a sample."""
    at, found = 0, []
    while at < len(sample):
        header = sample[at]
        assert header & 0x82 == 2, "has a size, forbidden bit is 0"
        at += 2 if header & 4 else 1
        size, shift = 0, 0
        while True:
            byte = sample[at]
            at += 1
            size |= (byte & 127) << shift
            shift += 7
            if byte < 128:
                break
        found.append((header >> 3 & 15, sample[at:at + size]))
        at += size
    assert at == len(sample)
    return found


def is_key_frame(sample):
    frame = next(payload for kind, payload in obus(sample) if kind in (FRAME_HEADER, FRAME))
    return frame[0] >> 5 == 0  # not an existing frame; type 0


def n_shown(sample):
    """Pictures that a sample shows: frames, and those from before, whose show bit is set."""
    headers = [payload[0] for kind, payload in obus(sample) if kind in (FRAME_HEADER, FRAME)]
    return sum(1 for h in headers if h & 0x80 or h & 0x10)


def decode(path):
    """What a decoder complains about."""
    done = subprocess.run(["ffmpeg", "-v", "warning", "-i", path, "-map", "0:v", "-f", "null", "-"],
                          stdin=subprocess.DEVNULL, capture_output=True, text=True, check=True)
    return done.stderr


class Av1(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.mkdtemp(prefix="banmai-")
        cls.clip = os.path.join(cls.folder, "clip.mp4")
        write_numbered(cls.clip, 320, 180, "25/2", range(N_FRAMES), "-c:v", "libx264", "-preset", "ultrafast",
                       "-qp", "10", "-bf", "2", "-g", "37", "-c:a", "aac", "-t", "24", sound="sine=440:d=24")
        cls.out = os.path.join(cls.folder, "out")
        cls.result = transcode("run", cls.clip, cls.out, "--codec", "av1", "-j", "2")
        assert cls.result.status == 0, cls.result.stderr
        video = [r for r in package_of(cls.out)["renditions"] if r["kind"] == "video"]
        cls.avc = [r for r in video if r["codecs"].startswith("avc1")]
        cls.av1 = [r for r in video if r["codecs"].startswith("av01")]
        cls.tracks = {r["name"]: Track(os.path.join(cls.out, r["name"] + ".mp4")) for r in video}

    @classmethod
    def tearDownClass(cls):
        shutil.rmtree(cls.folder)

    def path(self, name):
        return os.path.join(self.out, name)

    def test_each_rung_of_h264_has_one_of_the_same_pictures_and_sound(self):
        self.assertGreater(len(self.avc), 0)
        self.assertEqual([r["name"] + "-av1" for r in self.avc], [r["name"] for r in self.av1])
        for avc, av1 in zip(self.avc, self.av1):
            for field in ("width", "height", "group", "timescale", "frame_rate"):
                self.assertEqual(avc[field], av1[field], field)

    def test_segments_are_those_of_h264_and_start_with_a_key_frame(self):
        starts = self.tracks[self.avc[0]["name"]].starts()
        for rendition in self.av1:
            track = self.tracks[rendition["name"]]
            self.assertEqual(track.starts(), starts)
            self.assertEqual(track.end(), self.tracks[self.avc[0]["name"]].end())
            for fragment in track.fragments:
                keys = [is_key_frame(s) for s in fragment.samples]
                self.assertEqual((keys[0], sum(keys)), (True, 1))
                self.assertEqual(fragment.first_flags, 0x02000000)

    def test_samples_are_units_of_one_picture_without_delimiters(self):
        for rendition in self.av1:
            track = self.tracks[rendition["name"]]
            self.assertEqual(track.delay, 0)
            config = track.init[track.init.index(b"av1C") + 4:]
            sequence = obus(config[4:4 + 2 + config[5]])[0][1]
            for fragment in track.fragments:
                for i, sample in enumerate(fragment.samples):
                    kinds = [kind for kind, _ in obus(sample)]
                    self.assertNotIn(DELIMITER, kinds)
                    self.assertEqual(n_shown(sample), 1)
                    self.assertEqual(kinds.count(SEQUENCE_HEADER), 1 if i == 0 else 0)
                self.assertEqual(dict(obus(fragment.samples[0]))[SEQUENCE_HEADER], sequence)

    def test_the_codecs_text_is_that_of_the_configuration(self):
        for rendition in self.av1:
            init = self.tracks[rendition["name"]].init
            config = init[init.index(b"av1C") + 4:]
            self.assertEqual(config[0], 0x81)
            self.assertEqual(rendition["codecs"], f"av01.{config[1] >> 5}.{config[1] & 31:02}M.08")

    def test_no_picture_is_missing_and_decoders_have_nothing_to_say(self):
        for rendition in self.av1:
            file = self.path(rendition["name"] + ".mp4")
            self.assertEqual(decode(file), "")
            numbers = read_numbers(file, rendition["width"], rendition["height"])
            step = round(12.5 / (rendition["frame_rate"][0] / rendition["frame_rate"][1]))
            for before, now in zip(numbers, numbers[1:]):
                self.assertTrue(0 < now - before <= step, f"{rendition['name']}: {now} after {before}")
            self.assertEqual(numbers[0], 0)
            shown = ffprobe("-show_entries", "stream=codec_name,profile", file)["streams"][0]
            self.assertEqual((shown["codec_name"], shown["profile"]), ("av1", "Main"))

    def test_h264_is_what_it_is_without(self):
        alone = os.path.join(self.folder, "alone")
        self.assertEqual(transcode("run", self.clip, alone).status, 0)
        for rendition in self.avc:
            for name in (rendition["name"] + ".mp4", rendition["name"] + ".m3u8"):
                self.assertTrue(filecmp.cmp(self.path(name), os.path.join(alone, name), shallow=False), name)
        self.assertFalse([n for n in os.listdir(alone) if "av1" in n])

    def test_h264_stands_first_and_is_made_first(self):
        with open(self.path("multivariant.m3u8"), encoding="utf-8") as file:
            names = [line.split(".")[0] for line in file if line[:1] == "v"]
        ladders = [r["name"] for r in self.avc] + [r["name"] for r in self.av1]
        self.assertEqual(names, ladders * (len(names) // len(ladders)))
        chunks = [e["number"] for e in self.result.of("part") if e["kind"] == "chunk"]
        self.assertEqual(sorted(chunks), list(range(2 + 2 * len(self.av1))))
        self.assertEqual(self.result.of("planned")[0]["n_chunks"], len(chunks))
        self.assertLessEqual({0, 1}, set(chunks[:3]), "of two at a time")

    def test_a_run_that_was_killed_goes_on_and_makes_the_same_bytes(self):
        out = os.path.join(self.folder, "killed")
        with subprocess.Popen([PROGRAM, "run", self.clip, out, "--codec", "av1", "-j", "2"], stdin=subprocess.DEVNULL,
                              stdout=subprocess.DEVNULL) as process:
            deadline = time.monotonic() + 60
            while not os.path.exists(os.path.join(out, "part-chunk-0002.json")):
                self.assertLess(time.monotonic(), deadline)
                self.assertIsNone(process.poll())
                time.sleep(.02)
            process.kill()
        self.assertEqual(transcode("run", self.clip, out).status, 0, "the plan says what is wanted")
        self.assertEqual(tree_of(out), tree_of(self.out))

    def test_the_checker_has_nothing_to_say(self):
        self.assertEqual(check(self.out), (0, []))

    def test_the_checker_finds_what_may_be_wrong(self):
        name = self.av1[0]["name"]
        faults = {
            "CODECS names another level": ("codecs", lambda f: f.edit("multivariant.m3u8", r"av01\.0\...M",
                                                                      "av01.0.13M", count=0)),
            "av1C names another level": ("codecs", lambda f: f.patch(
                name + ".mp4", lambda d: d.index(b"av1C") + 5, b"\x0d")),
            "the profile is High": ("profile", lambda f: self.make_high(f, name)),
            "a segment starts with another frame": ("idr-start", lambda f: f.patch(
                name + ".mp4", lambda d: self.frame_of(d, 1), b"\x30")),
            "a segment has another sequence header": ("idr-start", lambda f: f.patch(
                name + ".mp4", lambda d: self.first_sample_of(d, 1) + 8, b"\xff")),
        }
        assert_each_is_found(self, self.out, faults)

    @staticmethod
    def first_sample_of(data, n):
        return data.index(b"mdat", nth_moof(data, n)[1]) + 4

    def frame_of(self, data, n):
        """Where the payload of the frame after a segment's sequence header starts."""
        at = self.first_sample_of(data, n)
        at += 2 + data[at + 1] + 1
        while data[at] & 0x80:
            at += 1
        return at + 1

    @staticmethod
    def make_high(fault, name):
        fault.patch(name + ".mp4", lambda d: d.index(b"av1C") + 5, bytes([0x20]))
        fault.patch(name + ".mp4", lambda d: d.index(b"av1C") + 10, bytes([0x20]))

    def test_a_real_lecture(self):
        source = os.path.join(MEDIA, "lectures", "boneh-stream-ciphers-145s.mp4")
        if not os.path.exists(source):
            self.skipTest("no real media here")
        clip, out = os.path.join(self.folder, "real.mp4"), os.path.join(self.folder, "real")
        ffmpeg("-ss", "40", "-i", source, "-t", "6", "-c", "copy", clip)
        self.assertEqual(transcode("run", clip, out, "--codec", "av1", "-j", "2").status, 0)
        self.assertEqual(check(out), (0, []))
        for rendition in package_of(out)["renditions"]:
            if rendition["codecs"].startswith("av01"):
                self.assertEqual(decode(os.path.join(out, rendition["name"] + ".mp4")), "")


if __name__ == "__main__":
    main("__main__")
