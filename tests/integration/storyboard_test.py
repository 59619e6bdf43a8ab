# SPDX-License-Identifier: GPL-3.0-or-later
"""The storyboard and the slide list: of clips whose every slide is known, and of real recordings."""
import json
import os
import random
import re
import shutil
import signal
import subprocess
import tempfile
import time
import unittest

from transcode_lib import IS_LONG, MEDIA, PROGRAM, ffmpeg, main, package_of, seconds_of, transcode, tree_of, write_numbered

WIDTH, HEIGHT, RATE = 320, 180, 10
SECONDS = 70  # chunks of 10, 24 and 36 s

# When slides start, and which: at the edge of a chunk, in the edge's first and last second, by a fade over one.
# Between 25 and 25.8 s somebody leafs through two others; at 44 s the slide before is shown for a moment only.
SLIDES = [(0, 1), (6, 2), (10, 3), (18, 4), (25.8, 7), (33.5, 8), (50, 9), (60, 1)]
SHOWN = SLIDES + [(25, 5), (25.4, 6), (44, 7), (44.6, 8)]
STARTS = [0, 6, 10, 18, 25, 33.5, 50, 60]
FADE = (33.5, 34.5)


def slide(number):
    """A luma picture: a page of 16 x 9 squares, like no other."""
    dice = random.Random(number)
    rows = []
    for _ in range(9):
        row = b"".join(bytes([dice.choice((30, 90, 160, 230))]) * 20 for _ in range(16))
        rows.append(row * 20)
    return b"".join(rows)


PAGES = {number: slide(number) for number in range(1, 10)}


def page_at(seconds):
    if FADE[0] <= seconds < FADE[1]:
        share = (seconds - FADE[0]) / (FADE[1] - FADE[0])
        return bytes(int(a + (b - a) * share) for a, b in zip(PAGES[7], PAGES[8]))
    return PAGES[max((start, number) for start, number in SHOWN if start <= seconds)[1]]


def write_pages(path, pages, *more):
    """A video of such luma pictures."""
    ffmpeg("-f", "rawvideo", "-pix_fmt", "gray", "-s", f"{WIDTH}x{HEIGHT}", "-r", RATE, "-i", "-", "-c:v", "libx264",
           "-preset", "ultrafast", "-qp", "8", "-g", "40", "-pix_fmt", "yuv420p", *more, path, stdin=b"".join(pages))


class Board:
    """The storyboard of a folder, read as a player reads it."""

    def __init__(self, folder):
        self.folder = folder
        with open(os.path.join(folder, "storyboard.vtt"), encoding="utf-8") as file:
            head, *blocks = file.read().split("\n\n")
        assert head == "WEBVTT", head
        self.cues = []
        for block in blocks:
            times, tile = block.strip().split("\n")
            start, end = times.split(" --> ")
            self.cues.append((seconds_of(start), seconds_of(end), self.place(tile)))
        with open(os.path.join(folder, "slides.json"), encoding="utf-8") as file:
            self.list = json.load(file)
        self.sheets = sorted({place[0] for _, _, place in self.cues})

    @staticmethod
    def place(tile):
        name, *numbers = re.fullmatch(r"(storyboard-\d+\.jpg)#xywh=(\d+),(\d+),(\d+),(\d+)", tile).groups()
        return (name, *map(int, numbers))

    def path(self, name):
        return os.path.join(self.folder, name)

    def size_of(self, name):
        shown = subprocess.run(["ffprobe", "-v", "error", "-of", "csv=p=0", "-show_entries", "stream=width,height",
                                self.path(name)], capture_output=True, text=True, check=True).stdout
        return tuple(map(int, shown.strip().split(",")))

    def luma(self, place):
        """What a tile shows."""
        name, x, y, width, height = place
        return ffmpeg("-i", self.path(name), "-vf", f"crop={width}:{height}:{x}:{y}", "-f", "rawvideo", "-pix_fmt",
                      "gray", "-")

    def n_bytes(self):
        return sum(os.path.getsize(self.path(name)) for name in
                   os.listdir(self.folder) if name.startswith("storyboard") or name == "slides.json")


class StoryboardCase(unittest.TestCase):
    def assert_sound(self, board, duration_s):
        """What every storyboard must be, of whatever it is."""
        package = package_of(board.folder)
        self.assertEqual(package["storyboard"], {"sheets": len(board.sheets), "slides": len(board.list["slides"])})
        self.assertEqual(board.sheets, sorted(f"storyboard-{i}.jpg" for i in range(len(board.sheets))))
        at = 0
        for start, end, _ in board.cues:
            self.assertEqual(start, at, "cues follow each other without a gap")
            self.assertGreater(end, start)
            at = end
        self.assertAlmostEqual(at, duration_s, delta=.002)
        sizes = {name: board.size_of(name) for name in board.sheets}
        places = [place for _, _, place in board.cues]
        self.assertEqual(len(set(places)), len(places))
        for name, x, y, width, height in places:
            self.assertLessEqual(x + width, sizes[name][0])
            self.assertLessEqual(y + height, sizes[name][1])
            self.assertEqual(max(width, height), 160)
        for name in board.sheets:
            with open(board.path(name), "rb") as file:
                data = file.read()
            self.assertLessEqual(len(data), 36000, name)
            self.assertEqual(data[:3], b"\xff\xd8\xff")
            self.assertEqual(self.markers(data) & ({0xfe} | set(range(0xe1, 0xf0))), set(), "no word of the source")
        self.assertLessEqual(board.n_bytes(), 300000 * max(1, duration_s / 3600))
        starts = [entry["start_s"] for entry in board.list["slides"]]
        self.assertEqual(starts, sorted(set(starts)))
        self.assertEqual([entry["id"] for entry in board.list["slides"]], list(range(1, len(starts) + 1)))
        cues = {start: place for start, _, place in board.cues}
        for entry in board.list["slides"]:
            if entry["tile"] is not None:
                self.assertEqual(cues[entry["start_s"]], board.place(entry["tile"]), "a slide has its own tile")

    @staticmethod
    def markers(data):
        at, found = 2, set()
        while data[at + 1] != 0xda:
            found.add(data[at + 1])
            at += 2 + int.from_bytes(data[at + 2:at + 4], "big")
        return found


class KnownSlides(StoryboardCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.mkdtemp(prefix="banmai-")
        cls.clip = os.path.join(cls.folder, "slides.mp4")
        write_pages(cls.clip, (page_at(i / RATE) for i in range(SECONDS * RATE)), "-metadata", "comment=secret-word")
        cls.out = os.path.join(cls.folder, "out")
        result = transcode("run", cls.clip, cls.out, "-j", "2")
        assert result.status == 0, result.stderr
        cls.board = Board(cls.out)

    @classmethod
    def tearDownClass(cls):
        shutil.rmtree(cls.folder)

    def test_every_slide_is_listed_once_when_it_came(self):
        self.assertEqual(self.board.list["pictures"], "still")
        starts = [entry["start_s"] for entry in self.board.list["slides"]]
        self.assertEqual(len(starts), len(STARTS), starts)
        for start, expected in zip(starts, STARTS):
            self.assertAlmostEqual(start, expected, delta=.25, msg=f"{starts}")

    def test_every_slide_has_its_own_picture(self):
        for entry, (_, number) in zip(self.board.list["slides"], SLIDES):
            place = self.board.place(entry["tile"])
            shown = self.board.luma(place)
            self.assertEqual(place[3:], (160, 90))
            distance = {other: sum(abs(a - b) for a, b in zip(shown, self.small(page))) for other, page in PAGES.items()}
            self.assertEqual(min(distance, key=distance.get), number, entry)
            self.assertLess(distance[number] / len(shown), 12, "the slide itself, not the way to it")

    @staticmethod
    def small(page):
        return b"".join(page[y * 2 * WIDTH:(y * 2 + 1) * WIDTH:2] for y in range(HEIGHT // 2))

    def test_it_is_whole_and_small(self):
        self.assert_sound(self.board, SECONDS)

    def test_nothing_is_left_of_the_chunks_share(self):
        self.assertEqual([name for name in os.listdir(self.out) if name.startswith("part-")], [])

    def test_kill_9_at_any_moment_leaves_the_same_bytes(self):
        whole = tree_of(self.out)
        for moment in ("tmp-", "part-stills-", "part-chunk-0001"):
            out = os.path.join(self.folder, f"killed-{moment}")
            with subprocess.Popen([PROGRAM, "run", self.clip, out, "-j", "2"], stdout=subprocess.DEVNULL) as process:
                while not self.has(out, moment):
                    self.assertIsNone(process.poll(), f"ended before {moment}")
                    time.sleep(.002)
                process.send_signal(signal.SIGKILL)
            self.assertFalse(os.path.exists(os.path.join(out, "package.json")), "too late to tell anything")
            self.assertEqual(transcode("run", self.clip, out).status, 0)
            self.assertEqual(tree_of(out), whole, f"killed when there was {moment}")

    @staticmethod
    def has(folder, start):
        return os.path.isdir(folder) and any(name.startswith(start) for name in os.listdir(folder))

    def parts(self, name):
        """The folder before the join, made task by task."""
        made, copy = os.path.join(self.folder, "parts"), os.path.join(self.folder, name)
        if not os.path.exists(made):
            self.assertEqual(transcode("plan", self.clip, made).status, 0)
            for number in (2, 1, 0):
                self.assertEqual(transcode("chunk", self.clip, made, number).status, 0)
        shutil.copytree(made, copy)
        return copy

    def test_a_join_that_was_cut_short_is_done_again(self):
        out = self.parts("cut-short")
        with open(os.path.join(out, "storyboard-0.jpg"), "wb") as file:
            file.write(b"half of it")
        self.assertEqual(transcode("join", out).status, 0)
        made, whole = tree_of(out), tree_of(self.out)
        for name in ("storyboard.vtt", "slides.json", "storyboard-0.jpg", "package.json"):
            self.assertEqual(made[name], whole[name], name)

    def test_chunks_of_an_older_version_make_a_package_without(self):
        out = self.parts("older")
        os.remove(os.path.join(out, "part-stills-0001.bin"))
        self.assertEqual(transcode("join", out).status, 0)
        self.assertNotIn("storyboard", package_of(out))
        self.assertFalse(os.path.exists(os.path.join(out, "storyboard.vtt")))

    def test_damaged_stills_are_not_believed(self):
        out = self.parts("damaged")
        with open(os.path.join(out, "part-stills-0001.bin"), "r+b") as file:
            file.truncate(1000)
        self.assertEqual(transcode("join", out).failure, "E_INTERNAL")


class Shapes(StoryboardCase):
    def made(self, clip):
        folder = tempfile.mkdtemp(prefix="banmai-")
        self.addCleanup(shutil.rmtree, folder)
        path, out = os.path.join(folder, "clip.mkv"), os.path.join(folder, "out")
        clip(path)
        self.assertEqual(transcode("run", path, out).status, 0)
        return out

    def test_portrait_stays_portrait(self):
        out = self.made(lambda path: ffmpeg("-f", "lavfi", "-i", "testsrc2=s=180x320:r=10:d=5", path))
        board = Board(out)
        self.assert_sound(board, 5)
        self.assertEqual(board.cues[0][2][3:], (90, 160))

    def test_moving_pictures_have_a_storyboard_and_say_that_there_are_no_slides(self):
        # Moving is all that matters of it: small and slow, it costs an eighth of the time.
        out = self.made(lambda path: ffmpeg("-f", "lavfi", "-i", "mandelbrot=s=192x108:r=10,trim=duration=65", path))
        board = Board(out)
        self.assert_sound(board, 65)
        self.assertEqual(board.list, {"version": 1, "pictures": "moving", "slides": []})
        self.assertEqual([cue[:2] for cue in board.cues], [(0, 30), (30, 60), (60, 65)])

    def test_sound_alone_has_neither(self):
        out = self.made(lambda path: ffmpeg("-f", "lavfi", "-i", "sine=300:d=4", path))
        self.assertNotIn("storyboard", package_of(out))
        self.assertEqual([n for n in os.listdir(out) if "storyboard" in n or "slides" in n], [])

    def test_a_tenth_of_a_second_has_one_tile(self):
        out = self.made(lambda path: write_numbered(path, 320, 180, "25", range(3)))
        self.assertEqual(len(Board(out).cues), 1)


# File: when its slides start, or None where it moves all the time.
RECORDINGS = {
    "lectures/eth-slidechanges-vfr-28s.mov": [0, 7.4, 14.2, 21.2],
    "odd/dv-pal-interlaced.mov": None,
    "lectures/speaker-and-terminal-8s.mp4": [1.4],
}
SLOW_RECORDINGS = {
    "lectures/boneh-stream-ciphers-145s.mp4": [0, 114.4],
    "lectures/khan-counting-55s.mp4": [0, 19.6, 33.8, 52.4],
    "odd/msmpeg4-768x576-10fps-80s.avi": None,
}


@unittest.skipUnless(os.path.isdir(MEDIA), "the recordings are not there")
class Recordings(StoryboardCase):
    def test_slides_of_real_lectures(self):
        for name, expected in {**RECORDINGS, **(SLOW_RECORDINGS if IS_LONG else {})}.items():
            with self.subTest(name), tempfile.TemporaryDirectory(prefix="banmai-") as out:
                self.assertEqual(transcode("run", os.path.join(MEDIA, name), out).status, 0)
                board = Board(out)
                self.assert_sound(board, package_of(out)["duration_us"] / 1e6)
                self.assertEqual(board.list["pictures"], "moving" if expected is None else "still")
                starts = [entry["start_s"] for entry in board.list["slides"]]
                self.assertEqual(len(starts), len(expected or []), starts)
                for start, wanted in zip(starts, expected or []):
                    self.assertAlmostEqual(start, wanted, delta=.5)


if __name__ == "__main__":
    main("__main__")
