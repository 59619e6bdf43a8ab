#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""`banmai-transcode check` finds every fault that is put into a good package, one by one, and nothing in
the good one."""
import os
import re
import shutil
import struct
import subprocess
import tempfile
import unittest

from transcode_lib import MEDIA, PROGRAM, boxes, ffmpeg, find, main, transcode


def check(folder):
    """(exit status, lines) of a check."""
    done = subprocess.run([PROGRAM, "check", folder], capture_output=True, text=True, timeout=60, check=False)
    return done.returncode, done.stdout.splitlines()


class Fault:
    """A copy of a good package in which something is wrong."""

    def __init__(self, good, folder):
        self.folder = folder
        shutil.copytree(good, folder)

    def path(self, name):
        return os.path.join(self.folder, name)

    def edit(self, name, pattern, replacement, count=1):
        with open(self.path(name), encoding="utf-8") as file:
            text = file.read()
        changed, n = re.subn(pattern, replacement, text, count=count, flags=re.MULTILINE)
        assert n > 0, f"{pattern} is not in {name}"
        with open(self.path(name), "w", encoding="utf-8") as file:
            file.write(changed)

    def patch(self, name, where, value):
        """Overwrites bytes; `where` gets all of them and says at which offset."""
        with open(self.path(name), "r+b") as file:
            data = file.read()
            file.seek(where(data))
            file.write(value)

    def change_u32(self, name, where, change):
        with open(self.path(name), "rb") as file:
            data = file.read()
        at = where(data)
        self.patch(name, lambda _: at, struct.pack(">I", change(struct.unpack_from(">I", data, at)[0])))


def assert_each_is_found(case, good, faults):
    """`faults`: what is wrong → (the rule that says so, what does it to a Fault)."""
    for what, (rule, spoil) in faults.items():
        with case.subTest(what), tempfile.TemporaryDirectory(prefix="banmai-fault-") as folder:
            fault = Fault(good, os.path.join(folder, "package"))
            spoil(fault)
            status, lines = check(fault.folder)
            case.assertEqual(status, 1, lines)
            case.assertTrue(any(line.startswith(f"error {rule} ") for line in lines), (rule, lines))


def nth_moof(data, n):
    return [(first, last) for kind, first, last in boxes(data) if kind == "moof"][n]


def tfdt_of(n):
    return lambda data: find(data, "traf/tfdt", *nth_moof(data, n))[0] + 4


def first_size_of(n):
    """Behind the first sample's duration, where samples have one each."""
    def where(data):
        trun = find(data, "traf/trun", *nth_moof(data, n))[0]
        return trun + (20 if data[trun + 2] & 1 else 16)
    return where


def first_nal_of(n):
    def where(data):
        moof = nth_moof(data, n)
        trun = find(data, "traf/trun", *moof)[0]
        return moof[0] - 8 + struct.unpack_from(">i", data, trun + 8)[0] + 4
    return where


def first_flags_of(n):
    return lambda data: find(data, "traf/trun", *nth_moof(data, n))[0] + 12


V, A, TOP = "v240.m3u8", "a32.m3u8", "multivariant.m3u8"
IFRAMES = "v48-iframes.m3u8"  # of the lowest rung

# What is done to the package: the rule that has to notice.
FAULTS = {
    "a media playlist is gone": ("missing", lambda f: os.remove(f.path(V))),
    "a media file is gone": ("missing", lambda f: os.remove(f.path("a32.mp4"))),
    "a media file was cut off": ("missing", lambda f: os.truncate(f.path("v240.mp4"),
                                                                  os.path.getsize(f.path("v240.mp4")) - 9)),
    "a URI leads out of the package": ("outside", lambda f: f.edit(V, r"^v240.mp4", "../v240.mp4")),
    "a URI leads to another host": ("outside", lambda f: f.edit(TOP, r"^v240.m3u8", "http://127.0.0.1:9/v240.m3u8")),
    "a playlist is none": ("syntax", lambda f: f.edit(V, r"^#EXTM3U", "WEBVTT")),
    "a duration is no number": ("syntax", lambda f: f.edit(V, r"^#EXTINF:", "#EXTINF:x")),
    "the version is too low": ("version", lambda f: f.edit(V, "VERSION:6", "VERSION:3")),
    "independence is not promised": ("independent-segments", lambda f: f.edit(TOP, "^#EXT-X-INDEP.*\n", "")),
    "CODECS is missing": ("attribute", lambda f: f.edit(TOP, ',CODECS="avc1[^"]*"', "")),
    "AVERAGE-BANDWIDTH is missing": ("attribute", lambda f: f.edit(TOP, r",AVERAGE-BANDWIDTH=\d+", "")),
    "RESOLUTION is missing": ("attribute", lambda f: f.edit(TOP, r",RESOLUTION=\w+", "")),
    "FRAME-RATE is missing": ("attribute", lambda f: f.edit(TOP, r",FRAME-RATE=[\d.]+", "")),
    "LANGUAGE is missing": ("attribute", lambda f: f.edit(TOP, ',LANGUAGE="vi"', "")),
    "an audio group is not there": ("group", lambda f: f.edit(TOP, 'AUDIO="low"', 'AUDIO="none"')),
    "groups have different members": ("group", lambda f: f.edit(TOP, r'^#EXT-X-MEDIA.*GROUP-ID="high".*vi.*\n', "")),
    "a name is twice in a group": ("group", lambda f: f.edit(TOP, 'NAME="English"', 'NAME="Tiếng Việt"')),
    "CODECS names another level": ("codecs", lambda f: f.edit(TOP, "avc1.6400..", "avc1.64000a")),
    "CODECS names the wrong sound": ("codecs", lambda f: f.edit(TOP, "mp4a.40.2", "mp4a.40.5")),
    "CODECS names more than there is": ("codecs", lambda f: f.edit(TOP, "mp4a.40.2", "mp4a.40.2,wvtt")),
    "RESOLUTION is wrong": ("resolution", lambda f: f.edit(TOP, "RESOLUTION=426x240", "RESOLUTION=640x360")),
    "FRAME-RATE is too low": ("frame-rate", lambda f: f.edit(TOP, "FRAME-RATE=25", "FRAME-RATE=12")),
    "BANDWIDTH is too low": ("bandwidth", lambda f: f.edit(TOP, r":BANDWIDTH=\d+", ":BANDWIDTH=40000")),
    "BANDWIDTH is too high": ("bandwidth", lambda f: f.edit(TOP, r":BANDWIDTH=\d+", ":BANDWIDTH=4000000")),
    "AVERAGE-BANDWIDTH is too low": ("average-bandwidth", lambda f: f.edit(TOP, r"AVERAGE-BANDWIDTH=\d+",
                                                                          "AVERAGE-BANDWIDTH=9000")),
    "a smaller picture costs more": ("ladder", lambda f: f.edit(TOP, r":BANDWIDTH=\d+", ":BANDWIDTH=900000")),
    "the type is not VOD": ("playlist-type", lambda f: f.edit(A, "VOD", "EVENT")),
    "the end is missing": ("endlist", lambda f: f.edit(V, "^#EXT-X-ENDLIST\n", "")),
    "there is no init section": ("map", lambda f: f.edit(V, "^#EXT-X-MAP.*\n", "")),
    "segments are longer than the target": ("target-duration", lambda f: f.edit(V, r"TARGETDURATION:\d+",
                                                                                 "TARGETDURATION:3")),
    "targets differ": ("same-target", lambda f: f.edit(A, r"TARGETDURATION:\d+", "TARGETDURATION:12")),
    "the init section is broken": ("init", lambda f: f.patch("v240.mp4", lambda d: d.index(b"trex"), b"free")),
    "a fragment's sizes do not add up": ("fragment", lambda f: f.change_u32(
        "v240.mp4", first_size_of(1), lambda v: v + 1)),
    "a range is too short": ("fragment", lambda f: f.edit(A, r"^#EXT-X-BYTERANGE:(\d+)@", "#EXT-X-BYTERANGE:77@")),
    "a segment starts with no IDR picture": ("idr-start", lambda f: f.patch("v240.mp4", first_nal_of(2), b"\x41")),
    "a segment starts with no sync sample": ("idr-start", lambda f: f.change_u32("v240.mp4", first_flags_of(1),
                                                                                 lambda v: 0x01010000)),
    "decode times jump": ("tfdt", lambda f: f.change_u32("v240.mp4", tfdt_of(2), lambda v: v + 1)),
    "sound has a hole": ("tfdt", lambda f: f.change_u32("a32.mp4", tfdt_of(1), lambda v: v + 1024)),
    "the first picture is late": ("start", lambda f: f.change_u32("v240.mp4", tfdt_of(0), lambda v: v + 600)),
    "EXTINF is wrong": ("extinf", lambda f: f.edit(V, r"^#EXTINF:2.000000", "#EXTINF:2.200000")),
    "a rendition ends early": ("duration", lambda f: f.edit(A, r"^#EXTINF:[^\n]*\n[^\n]*\n[^\n]*\n#EXT-X-END", "#EXT-X-END")),
    "boundaries do not agree": ("aligned", lambda f: f.edit(
        V, r"^#EXTINF:[^\n]*\n[^\n]*\n[^\n]*\n#EXT-X-END", "#EXT-X-END")),
    "there is no I-frame playlist": ("i-frames", lambda f: f.edit(TOP, "^#EXT-X-I-FRAME-STREAM.*\n", "")),
    "an I-frame is cut": ("i-frames", lambda f: f.edit(IFRAMES, r"^#EXT-X-BYTERANGE:(\d+)@",
                                                       lambda m: f"#EXT-X-BYTERANGE:{int(m[1]) - 3}@")),
    "an I-frame playlist does not say so": ("i-frames", lambda f: f.edit(IFRAMES, "^#EXT-X-I-FRAMES.*\n",
                                                                         "")),
    "one rendition has a discontinuity": ("discontinuity", lambda f: f.edit(V, r"^(#EXTINF:4)",
                                                                            r"#EXT-X-DISCONTINUITY\n\1")),
    "the profile is beyond phones": ("profile", lambda f: f.patch("v240.mp4", lambda d: d.index(b"avcC") + 5,
                                                                  b"\x7a")),
    "parameter sets are in the stream": ("profile", lambda f: f.patch("v240.mp4", lambda d: d.index(b"avc1"),
                                                                      b"avc3")),
    "a picture has another shape": ("aspect-ratio", lambda f: f.patch("v240.mp4", lambda d: d.index(b"avc1") + 28,
                                                                      struct.pack(">HH", 480, 360))),
}


class SeededFaults:
    """A package without a finding, of the clip that write_clip(path) makes, and what is done to it."""
    faults = {}

    @classmethod
    def setUpClass(cls):
        cls.root = tempfile.mkdtemp(prefix="banmai-")
        cls.good = os.path.join(cls.root, "good")
        clip = os.path.join(cls.root, "clip.mkv")
        cls.write_clip(clip)
        result = transcode("run", clip, cls.good)
        assert result.status == 0, result.events

    @classmethod
    def tearDownClass(cls):
        shutil.rmtree(cls.root)

    def test_a_good_package_has_no_finding(self):
        self.assertEqual(check(self.good), (0, []))

    def test_every_fault_is_found(self):
        self.assertGreater(len(self.faults), 20)
        assert_each_is_found(self, self.good, self.faults)


class Check(SeededFaults, unittest.TestCase):
    faults = FAULTS

    @staticmethod
    def write_clip(clip):
        ffmpeg("-f", "lavfi", "-i", "testsrc2=s=640x360:r=25:d=20", "-f", "lavfi", "-i", "sine=440:d=20", "-f", "lavfi",
               "-i", "sine=880:d=20", "-map", "0", "-map", "1", "-map", "2", "-metadata:s:a:0", "language=vie",
               "-metadata:s:a:1", "language=eng", "-c:v", "libx264", "-preset", "ultrafast", "-c:a", "flac", clip)

    def test_packages_of_real_recordings_have_none(self):
        for name in ("lectures/speaker-and-terminal-8s.mp4", "odd/opus-5.1-negative-start.mka",
                     "phones/rotate-and-mirror.mp4", "odd/100ms-268x156.mov"):
            path = os.path.join(MEDIA, name)
            if not os.path.exists(path):
                self.skipTest("no real media here")
            out = os.path.join(self.root, os.path.basename(name) + ".out")
            self.assertEqual(transcode("run", path, out).status, 0, name)
            self.assertEqual(check(out), (0, []), name)

    def test_noise_is_survived(self):
        folder = os.path.join(self.root, "noise")
        os.mkdir(folder)
        for content in (b"", b"#EXTM3U", b"\xff" * 5000, b"#EXTM3U\n#EXT-X-STREAM-INF:BANDWIDTH=1\nmultivariant.m3u8\n"):
            with open(os.path.join(folder, TOP), "wb") as file:
                file.write(content)
            self.assertEqual(check(folder)[0], 1, content[:40])

    def test_a_folder_without_a_package(self):
        folder = os.path.join(self.root, "empty")
        os.mkdir(folder)
        status, lines = check(folder)
        self.assertEqual(status, 1)
        self.assertIn("error missing multivariant.m3u8", lines[0])


if __name__ == "__main__":
    main("__main__")
