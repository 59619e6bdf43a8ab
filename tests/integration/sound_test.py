#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is made of a source's sound, heard with ffmpeg's ears: groups, languages, loudness, joins."""
import array
import json
import math
import os
import re
import shutil
import struct
import subprocess
import tempfile
import unittest

from transcode_lib import Track, ffmpeg, find, main, package_of, transcode

RATE = 48000


def heard(path, n_channels=1):
    """The samples of a file at 48 kHz, interleaved."""
    return array.array("f", ffmpeg("-i", path, "-f", "f32le", "-ac", n_channels, "-ar", RATE, "-"))


def tone(samples, frequency, rate=RATE):
    """The amplitude of a sine in samples (Goertzel)."""
    n = len(samples)
    w = 2 * math.pi * frequency / rate
    real = sum(s * math.cos(w * i) for i, s in enumerate(samples))
    imaginary = sum(s * math.sin(w * i) for i, s in enumerate(samples))
    return 2 * math.hypot(real, imaginary) / n


def loudness(path):
    """Integrated loudness and true peak as ffmpeg's meter sees them, one channel counted twice."""
    log = subprocess.run(["ffmpeg", "-hide_banner", "-nostats", "-i", path, "-af",
                          "aformat=channel_layouts=stereo|mono,ebur128=peak=true:dualmono=true", "-f", "null", "-"],
                         capture_output=True, text=True, check=True).stderr
    summary = log[log.rindex("Summary:"):]
    return (float(re.search(r"I:\s+(\S+) LUFS", summary).group(1)),
            float(re.search(r"Peak:\s+(\S+) dBFS", summary).group(1)))


class Sound(unittest.TestCase):
    """Sources of sound alone, which are quick."""

    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.mkdtemp(prefix="banmai-")

    @classmethod
    def tearDownClass(cls):
        shutil.rmtree(cls.folder)

    def make(self, name, *arguments):
        """Writes a source with ffmpeg and transcodes it. Returns the package and its folder."""
        path = os.path.join(self.folder, name)
        ffmpeg(*arguments, path)
        out = path + ".out"
        result = transcode("run", path, out)
        self.assertEqual(result.status, 0, result.events)
        return package_of(out), out

    @staticmethod
    def plan_of(out):
        with open(os.path.join(out, "plan.json"), encoding="utf-8") as file:
            return json.load(file)

    @staticmethod
    def text_of(out, name):
        with open(os.path.join(out, name), encoding="utf-8") as file:
            return file.read()

    def test_a_stereo_source_has_three_groups(self):
        package, out = self.make("stereo.mka", "-f", "lavfi", "-i",
                                 "aevalsrc='0.2*sin(880*t*2*PI)|0.2*sin(330*t*2*PI)':s=44100:d=5", "-c:a", "flac")
        facts = [(r["name"], r["group"], r["codecs"], r["sample_rate"], r["channels"])
                 for r in package["renditions"]]
        self.assertEqual(facts, [("a32", "low", "mp4a.40.2", 24000, 1), ("a64", "high", "mp4a.40.2", 48000, 2),
                                 ("o24", "opus", "opus", 48000, 1)])
        both = heard(os.path.join(out, "a64.mp4"), 2)
        left, right = both[RATE * 2:RATE * 4:2], both[RATE * 2 + 1:RATE * 4:2]
        self.assertGreater(tone(left, 880), 20 * tone(left, 330))
        self.assertGreater(tone(right, 330), 20 * tone(right, 880))
        mono = heard(os.path.join(out, "a32.mp4"))[RATE:RATE * 2]
        self.assertAlmostEqual(tone(mono, 880) / tone(mono, 330), 1, delta=.15)

    def test_two_equal_channels_are_one(self):
        package, out = self.make("twice.mka", "-f", "lavfi", "-i", "aevalsrc='0.1*sin(2764*t)|0.1*sin(2764*t)':d=3",
                                 "-c:a", "flac")
        self.assertEqual([r["channels"] for r in package["renditions"]], [1, 1, 1])
        self.assertEqual(self.plan_of(out)["sounds"][0]["mono"], "sum")

    def test_a_line_that_is_wired_wrongly_is_not_silent(self):
        package, out = self.make("inverted.mka", "-f", "lavfi", "-i",
                                 "aevalsrc='0.1*sin(2764*t)|-0.1*sin(2764*t)':d=3", "-c:a", "flac")
        self.assertEqual(self.plan_of(out)["sounds"][0]["mono"], "difference")
        for rendition in package["renditions"]:
            mono = heard(os.path.join(out, rendition["name"] + ".mp4"))[RATE:RATE * 2]
            self.assertGreater(tone(mono, 2764 / 2 / math.pi), .1, rendition["name"])

    def test_six_channels_are_mixed_down_with_the_middle_and_without_the_rumble(self):
        channels = "|".join(f"{a}*sin({f}*2*PI*t)" for a, f in
                            ((.1, 500), (.1, 700), (.1, 1000), (.5, 60), (.05, 1500), (.05, 2100)))
        package, out = self.make("six.mka", "-f", "lavfi", "-i", f"aevalsrc='{channels}':c=5.1:d=4", "-c:a", "flac")
        self.assertEqual([r["channels"] for r in package["renditions"]], [1, 2, 1])
        both = heard(os.path.join(out, "a64.mp4"), 2)
        left, right = both[RATE * 2:RATE * 4:2], both[RATE * 2 + 1:RATE * 4:2]
        front = tone(left, 500)
        self.assertGreater(front, .03)
        for side, own, other in ((left, 500, 700), (right, 700, 500)):
            self.assertAlmostEqual(tone(side, own) / front, 1, delta=.1)
            self.assertAlmostEqual(tone(side, 1000) / front, .707, delta=.1)
            self.assertLess(tone(side, other), front / 20)
            self.assertLess(tone(side, 60), front / 20)
        self.assertAlmostEqual(tone(left, 1500) / front, .354, delta=.06)

    def test_a_telephone_is_not_made_wide(self):
        package, out = self.make("phone.wav", "-f", "lavfi", "-i", "anoisesrc=r=8000:a=0.1:d=6:seed=1")
        self.assertEqual([r["sample_rate"] for r in package["renditions"]], [16000, 16000, 48000])
        for rendition in package["renditions"]:
            self.assertLess(rendition["average_bps"], 40000)
            high = ffmpeg("-i", os.path.join(out, rendition["name"] + ".mp4"), "-af", "highpass=5500,highpass=5500",
                          "-f", "f32le", "-ac", "1", "-ar", RATE, "-")
            high = array.array("f", high)[RATE:RATE * 5]
            all_of_it = heard(os.path.join(out, rendition["name"] + ".mp4"))[RATE:RATE * 5]
            self.assertLess(sum(s * s for s in high), sum(s * s for s in all_of_it) / 100, rendition["name"])

    def test_every_lecture_is_equally_loud_and_no_peak_is_cut(self):
        speech = "anoisesrc=c=pink:r=48000:a={}:d=30:seed=5,volume='0.15+0.85*lt(mod(t,1.3),0.8)':eval=frame"
        for name, source in (("soft.wav", speech.format(.1)), ("loud.wav", speech.format(1) + ",volume=12dB")):
            package, out = self.make(name, "-f", "lavfi", "-i", source)
            sound = self.plan_of(out)["sounds"][0]
            self.assertAlmostEqual(sound["loudness_lufs"] + sound["gain_db"], -16, delta=.02)
            for rendition in package["renditions"]:
                lufs, peak = loudness(os.path.join(out, rendition["name"] + ".mp4"))
                # of noise Opus leaves out more at 16 kbit/s than of a voice (0.2 to 0.8 LU, of five recordings)
                self.assertAlmostEqual(lufs, -16, delta=2.5 if rendition["group"] == "opus" else 1.5,
                                       msg=f"{name} {rendition['name']}")
                self.assertLess(peak, -.5, f"{name} {rendition['name']}")

    def test_samples_that_are_no_numbers_once_failed_as_an_error_of_the_server(self):
        for name, form in (("float.wav", "<f"), ("double.wav", "<d")):
            path = os.path.join(self.folder, "good-" + name)
            ffmpeg("-f", "lavfi", "-i", "sine=440:r=48000:d=3", "-c:a", "pcm_f32le" if form == "<f" else "pcm_f64le", path)
            with open(path, "rb") as file:
                data = bytearray(file.read())
            size = struct.calcsize(form)
            for i, value in enumerate((math.nan, math.inf, -math.inf, 1e30, -1e38) * 40):
                struct.pack_into(form, data, len(data) - (RATE * 2 + i) * size, value)
            with open(path, "wb") as file:
                file.write(data)
            package, out = self.make(name, "-i", path, "-c", "copy")
            self.assertEqual(len(package["renditions"]), 3)
            for rendition in package["renditions"]:
                samples = heard(os.path.join(out, rendition["name"] + ".mp4"))
                self.assertAlmostEqual(len(samples) / RATE, 3, delta=.1)
                self.assertTrue(all(map(math.isfinite, samples)))
                self.assertGreater(tone(samples[RATE * 2:], 440), 20 * tone(samples[RATE * 2:], 700), name)

    def test_silence_stays_silence(self):
        _, out = self.make("silence.wav", "-f", "lavfi", "-i", "anullsrc=d=3")
        self.assertEqual(self.plan_of(out)["sounds"][0]["gain_db"], 0)
        self.assertLess(max(map(abs, heard(os.path.join(out, "a48.mp4")))), .001)

    def test_silence_costs_next_to_nothing_and_the_sound_behind_it_is_in_step(self):
        """Zeros took 10 kbit/s. Bursts of 0.1 s stand at 5 and 65 s, with nothing between them."""
        package, out = self.make("bursts.mka", "-f", "lavfi", "-i",
                                 "aevalsrc='0.3*sin(1000*2*PI*t)*(between(t,5,5.1)+between(t,65,65.1))':s=44100:d=70",
                                 "-c:a", "flac")
        opus = next(r for r in package["renditions"] if r["codecs"] == "opus")
        self.assertLess(opus["average_bps"], 2000)
        samples = heard(os.path.join(out, opus["name"] + ".mp4"))
        for start in (5, 65):
            loud = [i for i in range((start - 2) * RATE, (start + 2) * RATE) if abs(samples[i]) > .05]
            self.assertAlmostEqual(loud[0] / RATE, start, delta=.02)
            self.assertAlmostEqual(loud[-1] / RATE, start + .1, delta=.02)
            self.assertGreater(tone(samples[int((start + .02) * RATE):int((start + .08) * RATE)], 1000), .1)
        self.assertLess(max(map(abs, samples[10 * RATE:60 * RATE])), .001)

    def test_several_sounds_are_renditions_with_their_languages(self):
        package, out = self.make("two.mka", "-f", "lavfi", "-i", "sine=500:d=21", "-f", "lavfi", "-i", "sine=900:d=20.5",
                                 "-f", "lavfi", "-i", "sine=1300:d=20", "-map", "0", "-map", "1", "-map", "2",
                                 "-metadata:s:a:0", "language=vie", "-metadata:s:a:1", "language=eng",
                                 "-disposition:a:1", "default", "-disposition:a:0", "0", "-c:a", "flac")
        self.assertEqual([(r["name"], r["language"]) for r in package["renditions"]][::3],
                         [("a32", "en"), ("a32-2", "vi"), ("a32-3", "und")])
        for name, frequency in (("o24", 900), ("o24-2", 500), ("a48-3", 1300)):
            samples = heard(os.path.join(out, name + ".mp4"))[RATE * 5:RATE * 6]
            self.assertGreater(tone(samples, frequency), .1, name)
        for name in ("multivariant", "audio"):
            groups = {}
            for line in (self.text_of(out, f"{name}.m3u8") + self.text_of(out, f"{name}-opus.m3u8")).splitlines():
                if line.startswith("#EXT-X-MEDIA"):
                    group = re.search(r'GROUP-ID="([^"]+)"', line).group(1)
                    groups.setdefault(group, []).append(re.sub(r'GROUP-ID="[^"]+",|,URI=.*', "", line))
            self.assertEqual(list(groups), ["low", "high", "opus"])
            self.assertEqual(groups["low"], groups["opus"], "the same members in each")
            self.assertIn('NAME="Tiếng Việt",LANGUAGE="vi",DEFAULT=NO', groups["low"][1])
            self.assertIn('NAME="English",LANGUAGE="en",DEFAULT=YES', groups["low"][0])
        ends = {round(Track(os.path.join(out, r["name"] + ".mp4")).end() / r["timescale"], 1)
                for r in package["renditions"]}
        self.assertLessEqual(max(ends) - min(ends), .1001)

    def test_no_join_is_heard(self):
        """A steady tone over the ends of parts (4 and 16 s, a minute): no click, no gap, nothing twice."""
        package, out = self.make("steady.wav", "-f", "lavfi", "-i", "sine=400:r=48000:d=70")
        w = 2 * math.pi * 400 / RATE
        for rendition in package["renditions"]:
            samples = heard(os.path.join(out, rendition["name"] + ".mp4"))
            self.assertLess(abs(len(samples) / RATE - 70), .1)
            # a sine obeys s[n+1] + s[n-1] = 2 cos(w) s[n]; a click or a jump in phase does not
            level = max(map(abs, samples[RATE:RATE * 3]))
            worst = max(abs(samples[i + 1] + samples[i - 1] - 2 * math.cos(w) * samples[i])
                        for i in range(RATE // 2, RATE * 69))
            self.assertLess(worst, level / 50, rendition["name"])

    def test_opus_is_in_its_box_as_the_standard_says(self):
        _, out = self.make("opus.wav", "-f", "lavfi", "-i", "sine=400:r=48000:d=5")
        track = Track(os.path.join(out, "o24.mp4"))
        entry = find(track.init, "moov/trak/mdia/minf/stbl/stsd")[0] + 8
        self.assertEqual(track.init[entry + 4:entry + 8], b"Opus")
        dops = track.init.index(b"dOps")
        self.assertEqual(track.init[dops + 4:dops + 15], bytes.fromhex("00 01 0000 0000bb80 0000 00"))
        self.assertIn(bytes.fromhex("726f6c6c 00000002 00000001 00000001 fffe"), track.init)
        self.assertEqual(track.delay, 0)
        self.assertTrue(all(len(f.samples) <= 107 for f in track.fragments))
        self.assertEqual({len(s) > 0 for f in track.fragments for s in f.samples}, {True})


if __name__ == "__main__":
    main("__main__")
