#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Captions inside a source come out as WebVTT, said anew and in time."""
import os
import shutil
import subprocess
import tempfile
import unittest

from transcode_lib import MEDIA, PROGRAM, ffmpeg, main, package_of, transcode

SUBRIP = """1
00:00:01,000 --> 00:00:02,500
<i>Xin chào</i> các bạn

2
00:00:03,000 --> 00:00:05,000
a < b & <b>c</b>
dòng hai

"""
WANTED = """WEBVTT

00:00:01.000 --> 00:00:02.500
Xin chào các bạn

00:00:03.000 --> 00:00:05.000
a &lt; b &amp; c
dòng hai
"""


class Captions(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.mkdtemp(prefix="banmai-")
        cls.subrip = os.path.join(cls.folder, "captions.srt")
        with open(cls.subrip, "w", encoding="utf-8") as file:
            file.write(SUBRIP)

    @classmethod
    def tearDownClass(cls):
        shutil.rmtree(cls.folder)

    def run_on(self, name, *arguments):
        path = os.path.join(self.folder, name)
        ffmpeg("-f", "lavfi", "-i", "testsrc2=s=160x120:r=10:d=6", "-f", "lavfi", "-i", "sine=d=6", "-i", self.subrip,
               *arguments, "-c:v", "libx264", "-preset", "ultrafast", path)
        out = path + ".out"
        result = transcode("run", path, out)
        self.assertEqual(result.status, 0, result.events)
        return out

    @staticmethod
    def text_of(out, name):
        with open(os.path.join(out, name), encoding="utf-8") as file:
            return file.read()

    def test_every_kind_of_text_comes_out_the_same(self):
        # MP4's kind has no tags: ffmpeg makes styles of them
        for name, codec in (("a.mkv", "srt"), ("b.mkv", "ass"), ("c.mkv", "webvtt"), ("d.mp4", "mov_text")):
            with self.subTest(codec):
                out = self.run_on(name, "-c:s", codec, "-metadata:s:s:0", "language=vie")
                self.assertEqual(self.text_of(out, "c1.vtt"), WANTED)
                rendition = next(r for r in package_of(out)["renditions"] if r["kind"] == "captions")
                self.assertEqual((rendition["name"], rendition["language"]), ("c1", "vi"))
                top = self.text_of(out, "multivariant.m3u8")
                self.assertIn('TYPE=SUBTITLES,GROUP-ID="captions",NAME="Tiếng Việt",LANGUAGE="vi"', top)
                self.assertEqual(top.count('SUBTITLES="captions"'), top.count("#EXT-X-STREAM-INF"))
                done = subprocess.run([PROGRAM, "check", out], capture_output=True, text=True, check=False)
                self.assertEqual((done.returncode, done.stdout), (0, ""))

    def test_they_move_with_the_picture(self):
        out = self.run_on("late.ts.mkv", "-c:s", "srt", "-output_ts_offset", "50")
        self.assertEqual(self.text_of(out, "c1.vtt"), WANTED)

    def test_a_lecture_without_sound_has_them_too(self):
        out = self.run_on("silent.mkv", "-map", "0:v", "-map", "2", "-c:s", "srt")
        self.assertEqual(self.text_of(out, "c1.vtt"), WANTED)

    def muxed(self, name, text):
        """What comes of a Matroska file that mkvmerge made, whose one caption then is these bytes."""
        picture, captions, path = (os.path.join(self.folder, n) for n in ("picture.mkv", name, name + ".mkv"))
        ffmpeg("-f", "lavfi", "-i", "testsrc=s=160x96:r=5:d=3", "-c:v", "libx264", picture)
        placeholder = b"X" * len(text)
        with open(captions, "wb") as file:
            file.write({".srt": b"1\n00:00:01,000 --> 00:00:02,000\n", ".vtt": b"WEBVTT\n\n00:01.000 --> 00:02.000\n"}
                       [name[-4:]] + placeholder + b"\n\n")
        subprocess.run(["mkvmerge", "-q", "-o", path, picture, "--compression", "0:none", "--language", "0:vie", captions],
                       check=True)
        with open(path, "rb") as file:
            data = file.read()
        self.assertEqual(data.count(placeholder), 1)
        with open(path, "wb") as file:
            file.write(data.replace(placeholder, text))
        result = transcode("run", path, path + ".out")
        self.assertEqual(result.status, 0, result.stderr)
        warnings = [(w["code"], w.get("detail")) for w in result.of("warning") if w["code"] != "E_NO_AUDIO"]
        vtt = os.path.join(path + ".out", "c1.vtt")
        if not os.path.exists(vtt):
            return warnings, None
        return warnings, self.text_of(path + ".out", "c1.vtt").split(" --> 00:00:02.000\n")[-1].strip()

    def test_the_kind_that_mkvmerge_makes_of_webvtt_once_was_not_read(self):
        self.assertEqual(self.muxed("a.vtt", "<v Lan>Chào</v> a &lt; b".encode()), ([], "Chào a &lt; b"))

    def test_less_than_signs_once_ate_the_text(self):
        self.assertEqual(self.muxed("b.srt", "Map<String> x<y và y>z <i>rồi</i>".encode()),
                         ([], "Map&lt;String&gt; x&lt;y và y&gt;z rồi"))

    def test_windows_1258_is_read_and_what_is_not_known_is_left_out_and_named(self):
        vietnamese = b"Ti\xea\xecng Vi\xea\xf2t: \xf0\xfd\xf5\xccng"
        self.assertEqual(self.muxed("c.srt", vietnamese), ([], "Tiếng Việt: đường"))
        self.assertEqual(self.muxed("d.srt", b"\xcf\xf0\xe8\xe2\xe5\xf2, \xec\xe8\xf0"), ([("E_CAPTIONS", "vi")], None))

    def test_two_languages_of_a_real_file(self):
        path = os.path.join(MEDIA, "odd", "two-text-subtitle-tracks.m4v")
        if not os.path.exists(path):
            self.skipTest("no real media here")
        out = os.path.join(self.folder, "real.out")
        self.assertEqual(transcode("run", path, out).status, 0)
        captions = [r for r in package_of(out)["renditions"] if r["kind"] == "captions"]
        self.assertEqual([c["language"] for c in captions], ["en", "es"])
        self.assertIn("00:00:02.000 --> 00:00:05.370\nAWESOME FIXTURE MOVIE\n", self.text_of(out, "c1.vtt"))


if __name__ == "__main__":
    main("__main__")
