#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""The sample lecture is a recording like any other: pictures that change, words that are heard, and
about two minutes of both."""
import json
import os
import re
import subprocess
import tempfile
import unittest

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))


class SampleLecture(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory(prefix="banmai-sample-")
        cls.path = os.path.join(cls.folder.name, "sample.mp4")
        subprocess.run([os.path.join(ROOT, "deploy", "sample-lecture"), cls.path], check=True,
                       timeout=250)
        done = subprocess.run(["ffprobe", "-v", "error", "-show_streams", "-show_format", "-of",
                               "json", cls.path], capture_output=True, check=True)
        cls.facts = json.loads(done.stdout)

    @classmethod
    def tearDownClass(cls):
        cls.folder.cleanup()

    def stream(self, kind):
        return next(s for s in self.facts["streams"] if s["codec_type"] == kind)

    def output_of(self, *arguments):
        done = subprocess.run(["ffmpeg", "-hide_banner", "-nostats", "-i", self.path, *arguments,
                               "-f", "null", "-"], capture_output=True, text=True, check=True)
        return done.stderr

    def test_it_lasts_about_two_minutes_with_picture_and_sound(self):
        self.assertTrue(100 <= float(self.facts["format"]["duration"]) <= 140)
        video, audio = self.stream("video"), self.stream("audio")
        self.assertEqual((video["width"], video["height"]), (1280, 720))
        self.assertLess(abs(float(video["duration"]) - float(audio["duration"])), 0.2)
        self.assertEqual(self.facts["format"]["tags"]["title"], "Dùng điện thoại an toàn")

    def test_slides_change(self):
        shown = self.output_of("-an", "-vf", "select='gt(scene,0.004)',showinfo")
        self.assertGreaterEqual(len(re.findall(r"pts_time:", shown)), 6)

    def test_words_are_heard_with_pauses_between(self):
        heard = self.output_of("-vn", "-af", "volumedetect,silencedetect=n=-45dB:d=0.5")
        self.assertGreater(float(re.search(r"mean_volume: (\S+) dB", heard).group(1)), -35)
        self.assertGreaterEqual(len(re.findall(r"silence_end", heard)), 15)


if __name__ == "__main__":
    unittest.main()
