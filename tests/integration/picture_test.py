#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Pictures that are not the same from the first to the last: sizes that change."""
import os
import shutil
import tempfile
import unittest

import timeline
from transcode_lib import ffmpeg, main, package_of, transcode

SECONDS = 3  # of each part
BLACK = 16


class Sizes(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.mkdtemp(prefix="banmai-")

    @classmethod
    def tearDownClass(cls):
        shutil.rmtree(cls.folder)

    def joined(self, name, sizes, *encoding):
        """A white picture in one size after another, the encoder begun anew for each."""
        listing = os.path.join(self.folder, name + ".txt")
        with open(listing, "w", encoding="utf-8") as file:
            for i, size in enumerate(sizes):
                part = f"{i}-{name}"
                ffmpeg("-f", "lavfi", "-i", f"color=c=white:s={size}:r=10:d={SECONDS}", *encoding,
                       os.path.join(self.folder, part))
                file.write(f"file {part}\n")
        path = os.path.join(self.folder, name)
        ffmpeg("-f", "concat", "-i", listing, "-c", "copy", path)
        result = transcode("run", path, path + ".out")
        self.assertEqual(result.status, 0, result.stderr)
        return path + ".out"

    def row(self, out, second, width, height):
        """Luma of the line in the middle."""
        name = timeline.renditions(out, "video")[-1]
        raw = ffmpeg("-ss", second, "-i", os.path.join(out, name + ".mp4"), "-frames:v", 1, "-f", "rawvideo",
                     "-pix_fmt", "yuv420p", "-")
        return raw[height // 2 * width:(height // 2 + 1) * width]

    def test_a_size_that_changed_once_left_a_stripe_and_all_that_followed_small(self):
        for name, encoding in (("a.webm", ("-c:v", "libvpx", "-b:v", "300k", "-deadline", "realtime")),
                               ("b.ts", ("-c:v", "libx264", "-preset", "ultrafast", "-bf", 0)),
                               ("c.mkv", ("-c:v", "libx264", "-preset", "ultrafast", "-bf", 0, "-bsf:v", "dump_extra"))):
            with self.subTest(name):
                out = self.joined(name, ["320x180", "180x320", "640x360"], *encoding)
                top = package_of(out)["renditions"][-1]
                self.assertEqual((top["width"], top["height"]), (640, 360))
                upright = self.row(out, SECONDS + 1.5, 640, 360)
                for x in [*range(0, 200), *range(440, 640)]:
                    self.assertAlmostEqual(upright[x], BLACK, delta=3, msg=f"at {x}")
                self.assertGreater(min(upright[240:400]), 200)
                for second in (1.5, 2 * SECONDS + 1.5):
                    self.assertGreater(min(self.row(out, second, 640, 360)), 200)


if __name__ == "__main__":
    main("__main__")
