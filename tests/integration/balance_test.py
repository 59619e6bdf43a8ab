#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is in a source and cannot be decoded, or is not there between what is, is named with its seconds: a
damaged middle of sound or picture, a pause of the sound. What is whole needs no words."""
import os
import shutil
import tempfile
import unittest

import timeline
from transcode_lib import MEDIA, ffmpeg, ffprobe, main, package_of, transcode

LENGTH = 10
DAMAGED = (4, 7)  # seconds
H264 = ("-c:v", "libx264", "-preset", "ultrafast", "-g", 5, "-bf", 2)
FORMS = {
    "h264-aac.mp4": (*H264, "-c:a", "aac"),
    "h264-aac.mkv": (*H264, "-c:a", "aac"),
    "mjpeg-flac.mkv": ("-c:v", "mjpeg", "-c:a", "flac"),
    "prores-alac.mov": ("-c:v", "prores_ks", "-c:a", "alac"),
}


class Balance(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.mkdtemp(prefix="banmai-")

    def tearDown(self):
        shutil.rmtree(self.folder)

    def clip(self, form, rate=5):
        path = os.path.join(self.folder, form)
        ffmpeg(*timeline.picture_input(rate, 0, LENGTH), *timeline.sound_input(0, LENGTH), *FORMS[form], path)
        return path

    def damage(self, path, kind):
        """Overwrites each packet of a stream that is shown in the damaged seconds; in Matroska what is behind
        the block's head, where it is said to begin."""
        head = 8 if path.endswith("mkv") else 0
        packets = ffprobe("-select_streams", kind, "-show_entries", "packet=pts_time,pos,size", path)["packets"]
        with open(path, "r+b") as file:
            for packet in packets:
                if DAMAGED[0] <= float(packet["pts_time"]) < DAMAGED[1]:
                    file.seek(int(packet["pos"]) + head)
                    file.write(b"\xff" * (int(packet["size"]) - head))

    def run_and_warn(self, path):
        out = path + ".out"
        result = transcode("run", path, out, "-j", 1)
        self.assertEqual(result.status, 0, result.stderr)
        self.assertAlmostEqual(package_of(out)["duration_us"] / 1e6, LENGTH, delta=.3)
        return result.of("warning")

    def expect(self, warnings, code, detail):
        self.assertEqual([(w["code"], w.get("detail")) for w in warnings], [(code, detail)])
        self.assertAlmostEqual(warnings[0]["from_us"] / 1e6, DAMAGED[0], delta=.35)
        self.assertAlmostEqual(warnings[0]["until_us"] / 1e6, DAMAGED[1], delta=.35)

    def test_a_damaged_middle_of_the_sound_is_named(self):
        for form in FORMS:
            with self.subTest(form):
                path = self.clip(form)
                self.damage(path, "a")
                self.expect(self.run_and_warn(path), "E_LEFT_OUT", "sound")

    def test_a_damaged_middle_of_the_picture_is_named(self):
        for form in FORMS:
            with self.subTest(form):
                path = self.clip(form)
                self.damage(path, "v")
                self.expect(self.run_and_warn(path), "E_LEFT_OUT", "picture")

    def test_a_pause_of_the_sound_is_named(self):
        for form in ("mp4", "mkv", "ts"):
            with self.subTest(form):
                path = os.path.join(self.folder, "pause." + form)
                first, last = (int(second * 16000 / 1024) + 1 for second in DAMAGED)
                ffmpeg(*timeline.picture_input(5, 0, LENGTH), *timeline.sound_input(0, LENGTH), *H264, "-c:a", "aac",
                       "-bsf:a", f"noise=drop='between(n\\,{first}\\,{last})'", path)
                self.expect(self.run_and_warn(path), "E_GAP", None)

    def test_what_is_whole_needs_no_words(self):
        for form in FORMS:
            self.assertEqual(self.run_and_warn(self.clip(form)), [], form)

    @unittest.skipUnless(os.path.isdir(os.path.join(MEDIA, "phones")), "the folder of media is not there")
    def test_recordings_of_phones_are_taken_whole(self):
        for name in sorted(os.listdir(os.path.join(MEDIA, "phones"))):
            path = os.path.join(MEDIA, "phones", name)
            if os.path.getsize(path) > 2 << 20 or name.endswith(".md"):
                continue
            result = transcode("run", path, os.path.join(self.folder, name + ".out"), "-j", 1)
            left = [w for w in result.of("warning") if w["code"] == "E_LEFT_OUT"]
            self.assertEqual(left, [], name)


if __name__ == "__main__":
    main("__main__")
