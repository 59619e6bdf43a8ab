# SPDX-License-Identifier: GPL-3.0-or-later
"""One lecture in four weights: the pictures of slides/, the page, the small poster, and what package.json says of all
files. Of clips whose every slide, stroke of ink and word is known."""
import filecmp
import hashlib
import json
import os
import re
import shutil
import subprocess
import tempfile
import unittest

from transcode_lib import PROGRAM, ffmpeg, main, package_of, transcode

WIDTH, HEIGHT, RATE, SECONDS = 640, 360, 10, 76
SLIDES = [0, 31, 55]           # when each starts
INK = (8, 26)                  # a line of ink grows on the first one
BACK = 66                      # from then on the first slide is there again, as it was left

CAPTIONS = """1
00:00:01,000 --> 00:00:03,000
Chào <b>các bạn</b>

2
00:00:33,000 --> 00:00:36,000
nếu a < b & c

3
00:01:00,000 --> 00:01:02,000
<script>alert(1)</script>
"""


def pages(numbers):
    """A filter that draws, for each (start, end, seed), a page of squares like no other; ink on the first."""
    draw = [f"drawbox=x={40 + 90 * (k % 6)}:y={30 + 70 * (k // 6)}:w=60:h=40:t=fill:"
            f"c=0x{(seed * 7919 * (k + 3) * 2654435761 >> 5) % 0xffffff:06x}:enable='between(t,{start},{end - .05})'"
            for start, end, seed in numbers for k in range(12 + seed)]
    return ",".join(draw)


def ink():
    """A stroke that gets longer by 24 pixels a second."""
    return ",".join(f"drawbox=x={60 + 12 * k}:y=300:w=12:h=8:t=fill:c=black:"
                    f"enable='gte(t,{INK[0] + k / 2})*(lt(t,{SLIDES[1]})+gte(t,{BACK}))'"
                    for k in range((INK[1] - INK[0]) * 2))


def write_lecture(path, with_speaker, folder):
    numbers = [(SLIDES[0], SLIDES[1], 1), (SLIDES[1], SLIDES[2], 2), (SLIDES[2], BACK, 3), (BACK, SECONDS + 1, 1)]
    picture = (f"color=white:s={WIDTH}x{HEIGHT}:r={RATE}:d={SECONDS},format=rgb24,{pages(numbers)},{ink()},"
               "format=yuv420p")
    if with_speaker:
        picture += f"[a];testsrc2=s=160x120:r={RATE}:d={SECONDS},rotate=t/3[b];[a][b]overlay={WIDTH - 160}:{HEIGHT - 120}"
    captions = os.path.join(folder, "c.srt")
    with open(captions, "w", encoding="utf-8") as file:
        file.write(CAPTIONS)
    ffmpeg("-f", "lavfi", "-i", picture, "-f", "lavfi", "-i", f"sine=300:d={SECONDS}", "-i", captions,
           "-map", "0", "-map", "1", "-map", "2", "-c:v", "libx264", "-preset", "ultrafast", "-qp", "12", "-g", "50",
           "-c:a", "aac", "-c:s", "srt", "-metadata:s:s:0", "language=vie", path)


def gray(path, size=(WIDTH, HEIGHT)):
    return ffmpeg("-i", path, "-vf", f"scale={size[0]}:{size[1]},format=gray", "-f", "rawvideo", "-")


def read(path):
    with open(path, "rb") as file:
        return file.read()


class Lecture(unittest.TestCase):
    """Slides with ink."""
    with_speaker = False

    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.mkdtemp(prefix="banmai-weights-")
        cls.source = os.path.join(cls.folder, "lecture.mkv")
        cls.out = os.path.join(cls.folder, "out")
        write_lecture(cls.source, cls.with_speaker, cls.folder)
        cls.result = transcode("run", cls.source, cls.out)
        cls.package = package_of(cls.out)
        with open(os.path.join(cls.out, "slides.json"), encoding="utf-8") as file:
            cls.slides = json.load(file)
        cls.pictures = cls.package["slides"]["pictures"]

    @classmethod
    def tearDownClass(cls):
        shutil.rmtree(cls.folder)

    def path(self, name):
        return os.path.join(self.out, name)

    def test_each_slide_is_in_the_list(self):
        self.assertEqual(self.slides["pictures"], "still")
        starts = [s["start_s"] for s in self.slides["slides"]]
        self.assertEqual(len(starts), 4, starts)
        for start, expected in zip(starts, SLIDES + [BACK]):
            self.assertAlmostEqual(start, expected, delta=.3)

    def test_each_slide_has_a_picture_from_its_second_on(self):
        for number, start in enumerate(SLIDES + [BACK], 1):
            first = min(p["start_us"] for p in self.pictures if p["slide"] == number)
            self.assertAlmostEqual(first / 1e6, start, delta=.3)

    def test_pictures_are_apart_and_few_enough(self):
        starts = [p["start_us"] for p in self.pictures]
        self.assertTrue(all(b - a >= 5000000 for a, b in zip(starts, starts[1:])), starts)
        self.assertLessEqual(len(starts), 100)
        self.assertLess(starts[-1], self.package["duration_us"])

    def test_ink_that_grows_has_several_states_and_the_last_one_has_all_of_it(self):
        def ink_in(picture):
            luma = gray(self.path(picture["file"]))
            return sum(luma[304 * WIDTH + x] < 100 for x in range(40, 520))
        amounts = [ink_in(p) for p in self.pictures if p["slide"] == 1]
        self.assertGreaterEqual(len(amounts), 3)
        self.assertEqual(amounts, sorted(amounts))
        self.assertLess(amounts[0], 120, "at most a few seconds of it")
        self.assertGreater(amounts[-1], 400)

    def test_no_picture_is_there_twice(self):
        files = [p["file"] for p in self.pictures]
        lumas = {name: gray(self.path(name), (160, 90)) for name in set(files)}
        names = sorted(lumas)
        corner = {y * 160 + x for y in range(55, 90) for x in range(112, 160)} if self.with_speaker else set()
        for i, a in enumerate(names):
            for b in names[i + 1:]:
                most = max(abs(x - y) for k, (x, y) in enumerate(zip(lumas[a], lumas[b])) if k not in corner)
                self.assertGreater(most, 25, f"{a} {b}")
        self.assertEqual(sorted(os.listdir(self.path("slides"))), [os.path.basename(n) for n in names])

    def test_pictures_look_as_the_lecture_does(self):
        for picture in self.pictures:
            data = read(self.path(picture["file"]))
            self.assertEqual(len(data), picture["bytes"])
            self.assertLessEqual(len(data), 25000)
            self.assertEqual((data[:4], data[8:12]), (b"RIFF", b"WEBP"))
            end = min([p["start_us"] for p in self.pictures if p["start_us"] > picture["start_us"]] +
                      [self.package["duration_us"]])
            at = (picture["start_us"] + end) / 2e6
            shown = ffmpeg("-ss", at, "-i", self.source, "-frames:v", "1", "-vf", "format=gray", "-f", "rawvideo", "-")
            luma = gray(self.path(picture["file"]))
            inside = [y * WIDTH + x for y in range(0, 230, 3) for x in range(0, WIDTH, 3)]
            off = sum(abs(luma[k] - shown[k]) for k in inside) / len(inside)
            self.assertLess(off, 4, picture)

    def test_players_read_the_same_in_the_slide_list(self):
        self.assertEqual([(round(s["start_s"] * 1000), s["slide"], s["file"], s["bytes"]) for s in self.slides["states"]],
                         [(p["start_us"] // 1000, p["slide"], p["file"], p["bytes"]) for p in self.pictures])

    def test_the_package_knows_all_its_files(self):
        files = {f["name"]: f for f in self.package["files"]}
        there = {os.path.relpath(os.path.join(folder, name), self.out)
                 for folder, _, names in os.walk(self.out) for name in names}
        rendered = {n for n in there if n.endswith(".m3u8")} | {"package.json", "page.html"}
        self.assertEqual(set(files), there - rendered)
        for name, entry in files.items():
            data = read(self.path(name))
            self.assertEqual((entry["bytes"], entry["sha256"]), (len(data), hashlib.sha256(data).hexdigest()), name)

    def test_the_small_poster_is_small(self):
        data = read(self.path("poster-small.jpg"))
        self.assertLessEqual(len(data), 4000)
        probe = subprocess.run(["ffprobe", "-v", "error", "-show_entries", "stream=width,height", "-of", "csv=p=0",
                                self.path("poster-small.jpg")], capture_output=True, text=True, check=True)
        self.assertEqual(probe.stdout.strip(), "240,135")

    def test_the_page_has_a_picture_a_slide_and_the_words_under_it(self):
        page = read(self.path("page.html")).decode()
        self.assertEqual(len(re.findall("<img", page)), 4)
        self.assertEqual(len(re.findall("<section", page)), 4)
        self.assertIn('<html lang="vi">', page)
        parts = page.split("<section>")
        self.assertIn("Chào các bạn", parts[1])
        self.assertIn("nếu a &lt; b &amp; c", parts[2])
        self.assertNotIn("<script", page)
        self.assertNotRegex(page, r'src="(?!data:image/webp;base64,)')
        for link in re.findall(r'href="([^"#]+)#t=(\d+)"', page):
            self.assertTrue(os.path.isfile(self.path(link[0])), link)

    def test_check_finds_nothing(self):
        done = subprocess.run([PROGRAM, "check", self.out], capture_output=True, text=True, check=False)
        self.assertEqual((done.returncode, done.stdout), (0, ""))

    def test_check_sees_what_is_wrong_with_pictures(self):
        copy = os.path.join(self.folder, "wrong")
        for name, change in (("cut", lambda data: data[:-5]), ("other", lambda data: b"GIF89a" + data[6:])):
            shutil.rmtree(copy, ignore_errors=True)
            shutil.copytree(self.out, copy)
            path = os.path.join(copy, self.pictures[0]["file"])
            data = read(path)
            with open(path, "wb") as file:
                file.write(change(data))
            done = subprocess.run([PROGRAM, "check", copy], capture_output=True, text=True, check=False)
            self.assertIn("slides/0001.webp", done.stdout, name)
        os.unlink(path)
        done = subprocess.run([PROGRAM, "check", copy], capture_output=True, text=True, check=False)
        self.assertIn("slides/0001.webp", done.stdout, "missing")

    def test_the_same_again_is_the_same_to_the_byte(self):
        again = os.path.join(self.folder, "again")
        transcode("run", self.source, again)
        compared = filecmp.dircmp(self.out, again)
        self.assertEqual((compared.left_only, compared.right_only, compared.diff_files), ([], [], []))
        self.assertEqual(compared.subdirs["slides"].diff_files, [])
        shutil.rmtree(again)


class Speaker(Lecture):
    """The same with a speaker who moves in a corner all the time: the slide list was empty."""
    with_speaker = True


class Camera(unittest.TestCase):
    def test_a_film_has_no_slides_and_no_folder_of_them(self):
        with tempfile.TemporaryDirectory() as folder:
            source, out = os.path.join(folder, "film.mkv"), os.path.join(folder, "out")
            ffmpeg("-f", "lavfi", "-i", "testsrc2=s=320x180:r=25:d=14,rotate=t/2", "-c:v", "libx264", "-preset",
                   "ultrafast", source)
            transcode("run", source, out)
            self.assertNotIn("slides", package_of(out))
            self.assertFalse(os.path.exists(os.path.join(out, "slides")))
            self.assertFalse(os.path.exists(os.path.join(out, "page.html")), "there is nothing to read")


if __name__ == "__main__":
    main("__main__")
