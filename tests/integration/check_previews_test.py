#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""`banmai-transcode check` looks at what is beside the media too: every fault that is put into the poster, the
storyboard or the slide list of a good package is found."""
import os
import shutil
import struct
import unittest

from check_test import SeededFaults, check
from storyboard_test import slide, write_pages
from transcode_lib import main

CUES, SLIDES, SHEET, POSTER = "storyboard.vtt", "slides.json", "storyboard-0.jpg", "poster.jpg"
SECOND_CUE = r"^00:00:04.000 --> 00:00:08.000"


def frame_of(data):
    """Where the numbers of a JPEG picture's frame are: its height, then its width."""
    return data.index(b"\xff\xc0") + 5


def write(name, content):
    def spoil(fault):
        with open(fault.path(name), "wb") as file:
            file.write(content)
    return spoil


FAULTS = {
    "the poster is no JPEG": ("jpeg", write(POSTER, b"GIF89a" + bytes(100))),
    "the poster was cut off": ("jpeg", lambda f: os.truncate(f.path(POSTER), os.path.getsize(f.path(POSTER)) - 2)),
    "a sheet is gone": ("missing", lambda f: os.remove(f.path(SHEET))),
    "a sheet is empty": ("jpeg", write(SHEET, b"")),
    "a sheet was cut off": ("jpeg", lambda f: os.truncate(f.path(SHEET), 3000)),
    "a sheet is too low": ("tile", lambda f: f.patch(SHEET, frame_of, struct.pack(">H", 80))),
    "a sheet is too narrow": ("tile", lambda f: f.patch(SHEET, lambda d: frame_of(d) + 2, struct.pack(">H", 400))),
    "a tile is outside its sheet": ("tile", lambda f: f.edit(CUES, "xywh=320,0", "xywh=321,0")),
    "a tile has no size": ("storyboard", lambda f: f.edit(CUES, "xywh=160,0,160,90", "xywh=160,0,0,90")),
    "a cue names no part": ("storyboard", lambda f: f.edit(CUES, "#xywh.*", "")),
    "a cue leads to another host": ("outside", lambda f: f.edit(CUES, "^storyboard-0", "//127.0.0.1/storyboard-0")),
    "a cue leads out of the package": ("outside", lambda f: f.edit(CUES, "^storyboard-0", "../storyboard-0")),
    "there is a gap between cues": ("storyboard", lambda f: f.edit(CUES, SECOND_CUE, "00:00:04.001 --> 00:00:08.000")),
    "cues overlap": ("storyboard", lambda f: f.edit(CUES, SECOND_CUE, "00:00:04.000 --> 00:00:08.001")),
    "a cue ends before it starts": ("storyboard", lambda f: f.edit(CUES, SECOND_CUE, "00:00:04.000 --> 00:00:03.000")),
    "the first cue is late": ("storyboard", lambda f: f.edit(CUES, "^00:00:00.000", "00:00:00.200")),
    "cues go on behind the end": ("storyboard", lambda f: f.edit(CUES, "--> 00:00:12.000", "--> 00:00:12.200")),
    "cues end early": ("storyboard", lambda f: f.edit(CUES, "--> 00:00:12.000", "--> 00:00:11.800")),
    "a time is none": ("storyboard", lambda f: f.edit(CUES, SECOND_CUE, "4 s --> 8 s")),
    "the cues are no WebVTT": ("storyboard", lambda f: f.edit(CUES, "^WEBVTT", "SUBRIP")),
    "there is no cue": ("storyboard", write(CUES, b"WEBVTT\n")),
    "the cues are gone": ("missing", lambda f: os.remove(f.path(CUES))),
    "the slide list is gone": ("missing", lambda f: os.remove(f.path(SLIDES))),
    "the slide list is no JSON": ("slides", lambda f: f.edit(SLIDES, r"\]\}", "]")),
    "the slide list is of a later version": ("slides", lambda f: f.edit(SLIDES, '"version":1', '"version":2')),
    "pictures are neither still nor moving": ("slides", lambda f: f.edit(SLIDES, '"still"', '"calm"')),
    "slides go back": ("slides", lambda f: f.edit(SLIDES, '"start_s":8.000', '"start_s":3.000')),
    "two slides start at once": ("slides", lambda f: f.edit(SLIDES, '"start_s":8.000', '"start_s":4.000')),
    "a slide starts behind the end": ("slides", lambda f: f.edit(SLIDES, '"start_s":8.000', '"start_s":12.000')),
    "a slide has no time": ("slides", lambda f: f.edit(SLIDES, '"start_s":8.000', '"start_s":"8"')),
    "a slide has another's number": ("slides", lambda f: f.edit(SLIDES, '"id":2', '"id":3')),
    "a slide has another's tile": ("slides", lambda f: f.edit(SLIDES, "xywh=160,0", "xywh=0,0")),
}


class CheckPreviews(SeededFaults, unittest.TestCase):
    faults = FAULTS

    @staticmethod
    def write_clip(clip):
        write_pages(clip, (slide(number) for number in (1, 2, 3) for _ in range(40)))

    def test_a_package_of_others_needs_no_poster(self):
        others = os.path.join(self.root, "others")
        shutil.copytree(self.good, others)
        os.remove(os.path.join(others, POSTER))
        status, lines = check(others)
        self.assertEqual(status, 0)
        self.assertEqual([line.split(": ")[0] for line in lines], ["warning poster poster.jpg"])

    def test_a_package_of_an_older_version_needs_no_storyboard(self):
        older = os.path.join(self.root, "older")
        shutil.copytree(self.good, older)
        for name in (CUES, SLIDES, SHEET):
            os.remove(os.path.join(older, name))
        self.assertEqual(check(older), (0, []))


if __name__ == "__main__":
    main("__main__")
