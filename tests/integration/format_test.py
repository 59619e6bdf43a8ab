#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""What classrooms' cameras, screens and voice recorders write: each comes out with its own sound and colours; and
recordings that are not accepted are called by their names."""
import array
import json
import os
import shutil
import tempfile
import unittest

import amr
from transcode_lib import ffmpeg, main, package_of, transcode

WIDTH, HEIGHT = 160, 96
# Top left, top right, bottom left, bottom right: no two of them may change places.
QUARTERS = ((200, 30, 30), (30, 180, 30), (40, 40, 200), (230, 220, 60))
SECONDS = 1.6

X264 = ("-c:v", "libx264", "-preset", "ultrafast", "-qp", "4")
# name: (how it is encoded, of a picture too, tone, sampling rate of the source, channels)
SOUNDS = {
    "blu-ray.m2ts": (X264 + ("-c:a", "pcm_bluray", "-mpegts_m2ts_mode", "1"), True, 500, 48000, 2),
    "blu-ray-5.1.m2ts": (X264 + ("-c:a", "pcm_bluray", "-mpegts_m2ts_mode", "1"), True, 510, 48000, 6),
    "blu-ray-24-bit.m2ts": (X264 + ("-c:a", "pcm_bluray", "-sample_fmt", "s32", "-mpegts_m2ts_mode", "1"), True, 520, 48000, 2),
    "dvd.vob": (("-c:v", "mpeg2video", "-b:v", "4M", "-r", "25", "-c:a", "pcm_dvd", "-f", "vob"), True, 530, 48000, 2),
    "latm.ts": (X264 + ("-c:a", "aac", "-mpegts_flags", "latm"), True, 540, 48000, 1),
    "ima4.mov": (X264 + ("-c:a", "adpcm_ima_qt"), True, 550, 44100, 2),
    "ima.avi": (X264 + ("-c:a", "adpcm_ima_wav"), True, 560, 22050, 1),
    "gsm.mov": (X264 + ("-c:a", "libgsm"), True, 570, 8000, 1),
    "swf.flv": (("-c:v", "flv1", "-c:a", "adpcm_swf"), True, 580, 22050, 1),
    "nellymoser.flv": (("-c:v", "flv1", "-c:a", "nellymoser"), True, 590, 22050, 1),
    "aiff.aiff": (("-c:a", "pcm_s16be"), False, 600, 44100, 2),
    "aiff-24.aif": (("-c:a", "pcm_s24be"), False, 610, 48000, 1),
    "little.aifc": (("-c:a", "pcm_s16le", "-f", "aiff"), False, 620, 44100, 1),
    "float.aiff": (("-c:a", "pcm_f64be"), False, 630, 44100, 1),
    "ima4.aiff": (("-c:a", "adpcm_ima_qt"), False, 640, 22050, 1),
    "pcm.caf": (("-c:a", "pcm_s16be"), False, 650, 44100, 2),
    "alac.caf": (("-c:a", "alac"), False, 660, 44100, 1),
    "opus.caf": (("-c:a", "libopus"), False, 670, 48000, 1),
    "ima4.caf": (("-c:a", "adpcm_ima_qt"), False, 680, 22050, 1),
    "wave64.w64": (("-c:a", "pcm_s16le"), False, 690, 48000, 2),
    "gsm.wav": (("-c:a", "libgsm_ms"), False, 700, 8000, 1),
    "ms.wav": (("-c:a", "adpcm_ms"), False, 710, 11025, 1),
}
PICTURES = {
    "animation.mov": ("-c:v", "qtrle"),
    "animation-alpha.mov": ("-c:v", "qtrle", "-pix_fmt", "argb"),
    "animation-15-bit.mov": ("-c:v", "qtrle", "-pix_fmt", "rgb555be"),
    "png.mov": ("-c:v", "png"),
    "png-alpha.mov": ("-c:v", "png", "-pix_fmt", "rgba"),
    "png-16-bit.mov": ("-c:v", "png", "-pix_fmt", "rgb48be"),
    "png-palette.avi": ("-vf", "format=rgb8,format=pal8", "-c:v", "png", "-pix_fmt", "pal8"),
    "rgb24.avi": ("-c:v", "rawvideo", "-pix_fmt", "bgr24"),
    "rgb32.avi": ("-c:v", "rawvideo", "-pix_fmt", "bgra"),
    "rgb15.avi": ("-c:v", "rawvideo", "-pix_fmt", "rgb555le"),
    "yuy2.avi": ("-c:v", "rawvideo", "-pix_fmt", "yuyv422"),
    "2vuy.mov": ("-c:v", "rawvideo", "-pix_fmt", "uyvy422"),
}


def quarters(n_frames):
    """Raw RGB pictures of four colours."""
    rows = b""
    for left, right in (QUARTERS[:2], QUARTERS[2:]):
        rows += (bytes(left) * (WIDTH // 2) + bytes(right) * (WIDTH // 2)) * (HEIGHT // 2)
    return rows * n_frames


def pitch(path):
    """Hertz, between half a second and a whole one."""
    pcm = array.array("h", ffmpeg("-i", path, "-ss", .5, "-t", .5, "-ac", 1, "-ar", 16000, "-f", "s16le", "-"))
    assert max(pcm) > 800, "too soft"
    return 2 * sum(a < 0 <= b for a, b in zip(pcm, pcm[1:]))


def colours(path):
    """The middle of each quarter of the fourth picture of a rendition."""
    size = WIDTH * HEIGHT * 3
    rgb = ffmpeg("-i", path, "-vf", f"scale={WIDTH}:{HEIGHT}", "-pix_fmt", "rgb24", "-f", "rawvideo", "-")
    picture = rgb[3 * size:4 * size]
    spots = ((WIDTH // 4, HEIGHT // 4), (WIDTH * 3 // 4, HEIGHT // 4), (WIDTH // 4, HEIGHT * 3 // 4),
             (WIDTH * 3 // 4, HEIGHT * 3 // 4))
    return [tuple(picture[(y * WIDTH + x) * 3:(y * WIDTH + x) * 3 + 3]) for x, y in spots]


class Formats(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.mkdtemp(prefix="banmai-format-")

    @classmethod
    def tearDownClass(cls):
        shutil.rmtree(cls.folder)

    def path(self, name, content=None):
        path = os.path.join(self.folder, name)
        if content is not None:
            with open(path, "wb") as file:
                file.write(content)
        return path

    def run_on(self, path):
        result = transcode("run", path, path + ".out", "-j", 1)
        self.assertEqual(result.status, 0, result.stderr)
        self.assertEqual(result.of("warning"), [])
        return package_of(path + ".out"), path + ".out"

    def check_colours(self, path):
        package, out = self.run_on(path)
        top = [r["name"] for r in package["renditions"] if r["kind"] == "video"][-1]
        for got, wanted in zip(colours(os.path.join(out, top + ".mp4")), QUARTERS):
            self.assertLess(max(abs(a - b) for a, b in zip(got, wanted)), 30, (path, got, wanted))

    def check_tone(self, path, tone):
        package, out = self.run_on(path)
        for rendition in package["renditions"]:
            if rendition["kind"] == "audio":
                self.assertAlmostEqual(pitch(os.path.join(out, rendition["name"] + ".mp4")), tone, delta=5)
        self.assertAlmostEqual(package["duration_us"] / 1e6, SECONDS, delta=.2)

    def test_sounds_of_cameras_and_recorders_are_heard(self):
        for name, (options, has_picture, tone, rate, channels) in SOUNDS.items():
            with self.subTest(name):
                picture = ("-f", "lavfi", "-i", f"testsrc2=s={WIDTH}x{HEIGHT}:r=10:d={SECONDS}") if has_picture else ()
                path = self.path(name)
                ffmpeg(*picture, "-f", "lavfi", "-i", f"sine={tone}:r={rate}:d={SECONDS}", "-ac", channels, *options, path)
                self.check_tone(path, tone)

    def test_a_telephones_sound_is_heard(self):
        narrow = self.path("narrow.amr", amr.narrow(440, SECONDS))
        self.check_tone(narrow, 440)
        self.check_tone(self.path("wide.amr", amr.wide(470, SECONDS)), 470)
        caf = self.path("amr.caf")
        ffmpeg("-i", narrow, "-c", "copy", caf)
        self.check_tone(caf, 440)

    def test_pictures_of_screen_recorders_stand_upright_in_their_colours(self):
        for name, options in PICTURES.items():
            with self.subTest(name):
                path = self.path(name)
                ffmpeg("-f", "rawvideo", "-pix_fmt", "rgb24", "-s", f"{WIDTH}x{HEIGHT}", "-r", 10, "-i", "-", "-f", "lavfi",
                       "-i", f"sine=440:r=48000:d={SECONDS}", *options, "-c:a", "pcm_s16le", "-shortest", path,
                       stdin=quarters(16))
                self.check_colours(path)

    def test_raw_pictures_from_the_bottom_up_stand_upright(self):
        """As Windows stores them: the height in the header is positive, the last row comes first."""
        path = self.path("bottom-up.avi")
        ffmpeg("-f", "rawvideo", "-pix_fmt", "rgb24", "-s", f"{WIDTH}x{HEIGHT}", "-r", 10, "-i", "-", "-f", "lavfi", "-i",
               f"sine=440:d={SECONDS}", "-vf", "vflip", "-c:v", "rawvideo", "-pix_fmt", "bgr24", "-c:a", "pcm_s16le",
               "-shortest", path, stdin=quarters(16))
        with open(path, "rb") as file:
            data = bytearray(file.read())
        at = data.index(b"strf") + 8
        height = int.from_bytes(data[at + 8:at + 12], "little", signed=True)
        self.assertEqual(height, -HEIGHT)
        data[at + 8:at + 12] = (-height).to_bytes(4, "little", signed=True)
        self.check_colours(self.path("bottom-up.avi", data))


class Names(unittest.TestCase):
    """Recordings of kinds that are not accepted."""

    def setUp(self):
        self.folder = tempfile.mkdtemp(prefix="banmai-format-")
        self.addCleanup(shutil.rmtree, self.folder)

    def refusal(self, path):
        result = transcode("run", path, path + ".out")
        self.assertEqual(result.status, 1)
        self.assertIn(result.events[-1]["detail"], result.stderr)
        return result.failure, result.events[-1]["detail"]

    def test_what_ffmpeg_writes_is_called_by_its_name(self):
        picture = ("-f", "lavfi", "-i", "testsrc2=s=720x576:r=25:d=0.4")
        sound = ("-f", "lavfi", "-i", "sine=440:r=48000:d=0.4")
        for name, options, kind in (("a.mxf", (*picture, *sound, "-c:v", "mpeg2video"), "MXF"),
                                    ("a.gxf", (*picture, *sound, "-c:v", "mpeg2video", "-b:v", "5M"), "GXF"),
                                    ("a.dv", (*picture, *sound, "-ac", 2, "-pix_fmt", "yuv420p"), "DV"),
                                    ("a.h264", (*picture, "-c:v", "libx264"), "H.264"),
                                    ("a.ivf", (*picture, "-c:v", "libvpx"), "IVF"),
                                    ("a.nut", (*picture, "-c:v", "mpeg4"), "NUT"),
                                    ("a.wv", sound, "WavPack"), ("a.au", sound, "AU"), ("a.tta", sound, "True Audio"),
                                    ("a.voc", sound, "Creative Voice"), ("a.ac3", sound, "raw AC-3")):
            path = os.path.join(self.folder, name)
            ffmpeg(*options, path)
            self.assertEqual(self.refusal(path), ("E_CONTAINER_UNSUPPORTED", kind), name)

    def test_every_kind_that_is_known_is_called_by_its_name(self):
        vectors = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "vectors", "containers.json")
        with open(vectors, encoding="utf-8") as file:
            refused = json.load(file)["refused"]
        for i, example in enumerate(refused):
            path = os.path.join(self.folder, str(i))
            with open(path, "wb") as file:
                file.write(bytes.fromhex(example["head"]) + bytes(3000))
            self.assertEqual(self.refusal(path), ("E_CONTAINER_UNSUPPORTED", example["name"]))


if __name__ == "__main__":
    main("__main__")
