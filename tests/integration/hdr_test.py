# SPDX-License-Identifier: GPL-3.0-or-later
"""Recordings of high dynamic range and wide gamut, as phones make them: what comes out says that it is BT.709,
and looks it. What each patch should become is computed here, from the standards, in light."""
import array
import math
import os
import shutil
import struct
import tempfile
import unittest

from hostile_bits import box
from hostile_references import grown
from transcode_lib import ffmpeg, ffprobe, main, package_of, transcode

WIDTH, HEIGHT, N_PATCHES = 640, 360, 8
WHITE, PEAK = 203.0, 1000.0  # cd/m2

# R, G, B in light, as shares of 10000 cd/m2 where it says nits.
GREYS_NITS = (0, 2, 10, 36.5, 100, 203, 400, 1000)
COLOURS_NITS = ((100, 20, 20), (20, 100, 20), (20, 20, 100), (100, 100, 20), (20, 100, 100), (150, 110, 90),
                (60, 40, 30), (200, 200, 190))

RGB_NITS = ((400, 5, 400), (20, 150, 300), (300, 20, 300), (20, 250, 250), (150, 20, 300), (20, 300, 150), (60, 40, 30),
            (200, 200, 190))


# -- the standards, written down again

def pq_signal(nits):
    """SMPTE ST 2084."""
    power = (nits / 10000) ** 0.1593017578125
    return ((0.8359375 + 18.8515625 * power) / (1 + 18.6875 * power)) ** 78.84375


def pq_nits(signal):
    power = signal ** (1 / 78.84375)
    return 10000 * (max(power - 0.8359375, 0) / (18.8515625 - 18.6875 * power)) ** (1 / 0.1593017578125)


def hlg_signals(nits):
    """ITU-R BT.2100: the inverse of the OOTF of a screen of 1000 cd/m2, then the OETF."""
    luminance = 0.2627 * nits[0] + 0.678 * nits[1] + 0.0593 * nits[2]
    factor = (luminance / PEAK) ** (1 / 1.2 - 1) / PEAK if luminance else 0
    return [math.sqrt(3 * e) if e <= 1 / 12 else 0.17883277 * math.log(12 * e - 0.28466892) + 0.55991073
            for e in (n * factor for n in nits)]


def ten_bit(signals, kr, kb):
    """R'G'B' as 10-bit Y'CbCr of limited range."""
    r, g, b = signals
    y = kr * r + (1 - kr - kb) * g + kb * b
    return (round(64 + 876 * y), round(512 + 896 * (b - y) / (2 - 2 * kb)), round(512 + 896 * (r - y) / (2 - 2 * kr)))


def rolled_off(nits):
    """ITU-R BT.2390: from a screen of 1000 cd/m2 to one whose white is 203 cd/m2."""
    peak = pq_signal(PEAK)
    signal, top = pq_signal(min(nits, PEAK)) / peak, pq_signal(WHITE) / peak
    knee = 1.5 * top - .5
    if signal > knee:
        t = (signal - knee) / (1 - knee)
        signal = ((2 * t**3 - 3 * t**2 + 1) * knee + (t**3 - 2 * t**2 + t) * (1 - knee) + (3 * t**2 - 2 * t**3) * top)
    return pq_nits(signal * peak)


BT2020_TO_709 = ((1.6605, -.5876, -.0728), (-.1246, 1.1329, -.0083), (-.0182, -.1006, 1.1187))  # ITU-R BT.2407


def expected(nits):
    """8-bit Y'CbCr that light of BT.2020 is shown with on an ordinary screen."""
    rgb = [max(sum(m * n for m, n in zip(row, nits)), 0) for row in BT2020_TO_709]
    largest = max(rgb)
    shown = [n * rolled_off(largest) / largest / WHITE if largest else 0 for n in rgb]
    r, g, b = (min(s, 1) ** (1 / 2.4) for s in shown)
    y = .2126 * r + .7152 * g + .0722 * b
    return 16 + 219 * y, 128 + 224 * (b - y) / 1.8556, 128 + 224 * (r - y) / 1.5748


# -- clips

def patches(colours):
    """A raw 10-bit picture with a patch of each colour side by side."""
    wide = WIDTH // N_PATCHES
    planes = [array.array("H", [c[i] for c in colours for _ in range(wide >> (i > 0))] * (HEIGHT >> (i > 0)))
              for i in range(3)]
    return b"".join(plane.tobytes() for plane in planes)


def rgb_patches(colours):
    """The same in R'G'B' of 10 bits and full range, as planes of G, B and R."""
    wide = WIDTH // N_PATCHES
    planes = [array.array("H", [round(1023 * c[i]) for c in colours for _ in range(wide)] * HEIGHT) for i in (1, 2, 0)]
    return b"".join(plane.tobytes() for plane in planes)


def with_dolby_vision(data, profile, compatible_with):
    """An MP4 whose first track says that it is Dolby Vision of that kind."""
    at = data.index(b"stsd") - 4
    size, entry_size = (struct.unpack_from(">I", data, place)[0] for place in (at, at + 16))
    table = data.rindex(b"stbl", 0, at) - 4
    table_size = struct.unpack_from(">I", data, table)[0]
    flags = 6 << 3 | 5  # level 6; there are a base layer and data, no enhancement layer
    record = box(b"dvcC", struct.pack(">BBHI", 1, 0, profile << 9 | flags, compatible_with << 28) + bytes(16))
    entry = struct.pack(">I", entry_size + len(record)) + data[at + 20:at + 16 + entry_size] + record
    described = box(b"stsd", data[at + 8:at + 16] + entry + data[at + 16 + entry_size:at + size])
    return grown(data, table, table_size, box(b"stbl", described + data[at + size:table + table_size]))


def means(path):
    """Of Y, Cb and Cr in the middle of each patch of the last picture."""
    shown = ffprobe("-show_entries", "stream=width,height,nb_read_packets", "-count_packets", path)["streams"][0]
    width, height = shown["width"], shown["height"]
    raw = ffmpeg("-i", path, "-f", "rawvideo", "-pix_fmt", "yuv420p", "-fps_mode", "passthrough", "-")
    raw = raw[-width * height * 3 // 2:]
    found = []
    for i in range(N_PATCHES):
        values = []
        for offset, w, h in ((0, width, height), (width * height, width // 2, height // 2),
                             (width * height * 5 // 4, width // 2, height // 2)):
            x = int((i + .5) * w / N_PATCHES)
            picked = [raw[offset + y * w + x + dx] for y in range(h // 4, 3 * h // 4, 3) for dx in (-2, 0, 2)]
            values.append(sum(picked) / len(picked))
        found.append(values)
    return found


class HighRange(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.mkdtemp(prefix="banmai-")

    @classmethod
    def tearDownClass(cls):
        shutil.rmtree(cls.folder)

    def record(self, name, picture, tags, *codec, pixels="yuv420p10le"):
        """A clip of a raw picture."""
        path = os.path.join(self.folder, name)
        ffmpeg("-f", "rawvideo", "-pix_fmt", pixels, "-s", f"{WIDTH}x{HEIGHT}", "-r", "25", "-i", "-",
               *codec, "-color_primaries", tags[0], "-color_trc", tags[1], "-colorspace", tags[2], "-color_range",
               "tv" if pixels.startswith("yuv") else "pc", path, stdin=picture * 25)
        declared = ffprobe("-show_streams", path)["streams"][0]
        self.assertEqual((declared["color_transfer"], declared["pix_fmt"]), (tags[1], pixels))
        return path

    def shown(self, name, codes, tags, *codec):
        """What becomes of patches of these 10-bit codes."""
        return self.made(self.record(name, patches(codes), tags, *codec))

    def made(self, path):
        """What patches of the clip look like."""
        result = transcode("run", path, path + ".out")
        self.assertEqual(result.status, 0, result.stderr)
        rendition = [r for r in package_of(path + ".out")["renditions"] if r["kind"] == "video"][-1]
        made = os.path.join(path + ".out", rendition["name"] + ".mp4")
        stream = ffprobe("-show_streams", made)["streams"][0]
        self.assertEqual([stream[k] for k in ("color_primaries", "color_transfer", "color_space", "color_range",
                                              "pix_fmt")], ["bt709", "bt709", "bt709", "tv", "yuv420p"])
        return means(made)

    HEVC = ("-c:v", "libx265", "-preset", "ultrafast", "-x265-params", "log-level=none:qp=4")
    VP9 = ("-c:v", "libvpx-vp9", "-deadline", "realtime", "-cpu-used", "8", "-crf", "4", "-b:v", "0", "-profile:v", "2")
    PQ = ("bt2020", "smpte2084", "bt2020nc")
    HLG = ("bt2020", "arib-std-b67", "bt2020nc")

    def assert_close(self, found, wanted, delta):
        for i, (have, want) in enumerate(zip(found, wanted)):
            for have_one, want_one in zip(have, want):
                self.assertAlmostEqual(have_one, want_one, delta=delta, msg=f"patch {i}: {have}, not {want}")

    def assert_sane(self, lumas):
        """Whatever the reference says: black, skin and paper look like that."""
        self.assertEqual(lumas, sorted(lumas))
        self.assertLess(lumas[0], 19)
        self.assertTrue(105 < lumas[3] < 140, f"18 % grey: {lumas[3]}")
        self.assertTrue(195 < lumas[5] < 225, f"white paper: {lumas[5]}")
        self.assertGreater(lumas[7], 228, "the peak")

    def test_greys_of_pq(self):
        codes = [ten_bit([pq_signal(n)] * 3, .2627, .0593) for n in GREYS_NITS]
        found = self.shown("pq.mp4", codes, self.PQ, *self.HEVC)
        self.assert_close(found, [expected([n] * 3) for n in GREYS_NITS], 3)
        self.assert_sane([f[0] for f in found])

    def test_greys_of_hlg(self):
        codes = [ten_bit(hlg_signals([n] * 3), .2627, .0593) for n in GREYS_NITS]
        found = self.shown("hlg.mp4", codes, self.HLG, *self.HEVC)
        self.assert_close(found, [expected([n] * 3) for n in GREYS_NITS], 3)
        self.assert_sane([f[0] for f in found])

    def test_colours_of_pq_in_vp9(self):
        codes = [ten_bit([pq_signal(n) for n in c], .2627, .0593) for c in COLOURS_NITS]
        found = self.shown("colours.webm", codes, self.PQ, *self.VP9)
        self.assert_close(found, [expected(c) for c in COLOURS_NITS], 5)

    def test_colours_of_hlg(self):
        codes = [ten_bit(hlg_signals(c), .2627, .0593) for c in COLOURS_NITS]
        found = self.shown("colours.mp4", codes, self.HLG, *self.HEVC)
        self.assert_close(found, [expected(c) for c in COLOURS_NITS], 5)

    def test_colours_of_pq_in_rgb_were_once_read_by_a_matrix_that_rgb_has_not(self):
        path = self.record("rgb.mp4", rgb_patches([[pq_signal(n) for n in c] for c in RGB_NITS]),
                           ("bt2020", "smpte2084", "rgb"), *self.HEVC, pixels="gbrp10le")
        self.assert_close(self.made(path), [expected(c) for c in RGB_NITS], 3.5)

    def test_greys_of_hlg_in_rgb(self):
        path = self.record("rgb-hlg.mp4", rgb_patches([hlg_signals([n] * 3) for n in GREYS_NITS]),
                           ("bt2020", "arib-std-b67", "rgb"), *self.HEVC, pixels="gbrp10le")
        found = self.made(path)
        self.assert_close(found, [expected([n] * 3) for n in GREYS_NITS], 3)
        self.assert_sane([f[0] for f in found])

    def dolby_vision(self, name, profile, compatible_with, *sound):
        codes = [ten_bit([pq_signal(n)] * 3, .2627, .0593) for n in GREYS_NITS]
        path = self.record("base-of-" + name, patches(codes), self.PQ, *self.HEVC, *sound)
        with open(path, "rb") as file:
            data = file.read()
        path = os.path.join(self.folder, name)
        with open(path, "wb") as file:
            file.write(with_dolby_vision(data, profile, compatible_with))
        told = ffprobe("-show_streams", path)["streams"][0]["side_data_list"][0]
        self.assertEqual((told["dv_profile"], told["dv_bl_signal_compatibility_id"]), (profile, compatible_with))
        return path

    def test_dolby_vision_that_nobody_else_can_show_is_refused(self):
        path = self.dolby_vision("profile-5.mp4", 5, 0)
        self.assertEqual(transcode("run", path, path + ".out").failure, "E_CODEC_UNSUPPORTED")

    def test_dolby_vision_that_nobody_else_can_show_does_not_become_sound_alone(self):
        silent, sound = self.dolby_vision("profile-5.mp4", 5, 0), os.path.join(self.folder, "sound.mp4")
        ffmpeg("-i", silent, "-f", "lavfi", "-i", "sine=d=1", "-c:v", "copy", "-strict", "unofficial", sound)
        self.assertEqual(transcode("run", sound, sound + ".out").failure, "E_CODEC_UNSUPPORTED")

    def test_dolby_vision_over_hdr10_is_shown_as_that(self):
        found = self.made(self.dolby_vision("profile-8.mp4", 8, 1))
        self.assert_close(found, [expected([n] * 3) for n in GREYS_NITS], 3)

    def test_matrices_that_are_not_known_are_refused(self):
        for matrix in ("ycgco", "ictcp"):
            path = self.record(matrix + ".mp4", patches([(64, 512, 512)] * N_PATCHES), ("bt2020", "smpte2084", matrix),
                               *self.HEVC)
            self.assertEqual(transcode("run", path, path + ".out").failure, "E_CODEC_UNSUPPORTED", matrix)

    def test_ordinary_pictures_of_ten_bits_are_left_alone(self):
        codes = [(64 + 876 * i // 7, 512, 512) for i in range(N_PATCHES)]
        found = self.shown("plain.mp4", codes, ("bt709", "bt709", "bt709"), *self.HEVC)
        self.assert_close(found, [(c[0] / 4, 128, 128) for c in codes], 2)


if __name__ == "__main__":
    main("__main__")
