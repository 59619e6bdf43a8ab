#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Sources with several sounds, with silent ones, with ones that are not accepted, with several programmes: which
sound plays, what the others are called, and what is said of those that are missing."""
import array
import os
import re
import shutil
import tempfile
import unittest

from transcode_lib import MEDIA, ffmpeg, main, package_of, transcode

PICTURE = ("-f", "lavfi", "-i", "testsrc2=s={size}:r=10:d={seconds}")
X264 = ("-c:v", "libx264", "-preset", "ultrafast", "-g", "10")
SECONDS = 3


def tone(frequency, seconds=SECONDS):
    return ("-f", "lavfi", "-i", f"sine={frequency}:r=48000:d={seconds}")


def silence(seconds=SECONDS):
    return ("-f", "lavfi", "-i", f"anullsrc=r=48000:cl=stereo:d={seconds}")


def picture(size="160x90", seconds=SECONDS):
    return [part.format(size=size, seconds=seconds) for part in PICTURE]


def pitch(path):
    """Hertz in the middle; 0 of silence."""
    pcm = array.array("h", ffmpeg("-i", path, "-ss", 1, "-t", 1, "-ac", 1, "-ar", 16000, "-f", "s16le", "-"))
    return sum(a < 0 <= b for a, b in zip(pcm, pcm[1:])) if max(pcm) > 50 else 0


class Tracks(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.mkdtemp(prefix="banmai-track-")
        self.addCleanup(shutil.rmtree, self.folder)

    def path(self, name):
        return os.path.join(self.folder, name)

    def make(self, name, *arguments):
        ffmpeg(*arguments, self.path(name))
        return self.path(name)

    def run_on(self, path, *options, warnings=()):
        """The package's sounds by what they are called, the default one first, as Hertz."""
        out = path + ".out"
        result = transcode("run", path, out, "-j", 1, *options)
        self.assertEqual(result.status, 0, result.stderr)
        found = [(w["code"], w.get("detail")) for w in result.of("warning")]
        self.assertEqual(found, list(warnings), path)
        self.out, self.package = out, package_of(out)
        sounds = {}
        with open(os.path.join(out, "multivariant.m3u8"), encoding="utf-8") as file:
            for line in file:
                if line.startswith("#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID=\"low\""):
                    name = re.search(r'NAME="([^"]*)"', line).group(1)
                    uri = re.search(r'URI="([^"]*)\.m3u8"', line).group(1)
                    self.assertEqual("DEFAULT=YES" in line, not sounds, line)
                    self.assertNotIn(name, sounds)
                    sounds[name] = pitch(os.path.join(out, uri + ".mp4"))
        return sounds

    def check(self, path, wanted, *options, warnings=()):
        """`wanted`: names and Hertz, in the order in which they are offered."""
        sounds = self.run_on(path, *options, warnings=warnings)
        self.assertEqual(list(sounds), list(wanted))
        for name, hertz in wanted.items():
            self.assertAlmostEqual(sounds[name], hertz, delta=4, msg=(path, name))

    def refuse(self, path, code, detail, *words):
        result = transcode("run", path, path + ".out")
        self.assertEqual((result.status, result.failure, result.events[-1]["detail"]), (1, code, detail))
        for word in words:
            self.assertIn(word, result.stderr)
        self.assertNotIn("icrophone", result.stderr)
        shutil.rmtree(path + ".out")


class Default(Tracks):
    TITLES = ("-metadata:s:a:0", "title=Mọi thứ", "-metadata:s:a:1", "title=Micro \"giảng viên\"",
              "-metadata:s:a:2", "title=Máy tính")
    MAPS = ("-map", "0", "-map", "1", "-map", "2", "-map", "3")

    def test_an_empty_first_track_once_played(self):
        for name, codec in (("obs.mkv", "aac"), ("obs.mp4", "aac"), ("obs.mov", "aac"), ("obs-flac.mkv", "flac"),
                            ("obs-fragments.mp4", "aac")):
            fragments = ("-movflags", "frag_keyframe+empty_moov") if "fragments" in name else ()
            path = self.make(name, *picture(), *silence(), *tone(500), *tone(700), *self.MAPS, *X264, "-c:a", codec,
                             *fragments, *self.TITLES)
            self.check(path, {"Micro 'giảng viên'": 500, "Mọi thứ": 0, "Máy tính": 700},
                       warnings=[("E_SILENT", "Mọi thứ")])
            titles = [r["title"] for r in self.package["renditions"] if r.get("group") == "low" and "title" in r]
            self.assertEqual(titles, ["Micro 'giảng viên'", "Mọi thứ", "Máy tính"])

    def test_the_first_of_them_plays_and_not_the_one_with_most_channels(self):
        path = self.make("wide.mkv", *picture(), *tone(500), *tone(700), *self.MAPS[:6], *X264, "-c:a", "aac",
                         "-ac:a:0", "1", "-ac:a:1", "6", "-disposition:a", "0")
        self.check(path, {"Audio": 500, "Audio 2": 700})
        every = self.make("every.mkv", "-i", path, "-map", "0", "-c", "copy", "-disposition:a", "default")
        self.check(every, {"Audio": 500, "Audio 2": 700})

    def test_one_that_alone_says_it_is_the_default_plays_when_it_is_heard(self):
        made = (*picture(), *tone(500), *tone(700), *self.MAPS[:6], *X264, "-c:a", "aac", "-disposition:a:0", "0",
                "-disposition:a:1", "default", "-metadata:s:a:0", "language=vie", "-metadata:s:a:1", "language=eng")
        self.check(self.make("second.mkv", *made), {"English": 700, "Tiếng Việt": 500})
        mute = self.make("mute.mkv", *picture(), *tone(500), *silence(), *made[14:])
        self.check(mute, {"Tiếng Việt": 500, "English": 0}, warnings=[("E_SILENT", "English")])

    def test_a_track_that_begins_late_is_no_empty_one(self):
        late = "aevalsrc='sin(3141.6*t)/4*gte(t,70)':s=16000:d=75"
        path = self.make("late.mka", "-f", "lavfi", "-i", late, *tone(700, 75), "-map", "0", "-map", "1", "-c:a", "flac")
        self.run_on(path)

    def test_silence_is_not_the_same_as_no_sound(self):
        path = self.make("mute.mp4", *picture(), *silence(), *X264, "-c:a", "aac")
        self.check(path, {"Audio": 0}, warnings=[("E_SILENT", None)])
        self.check(self.make("none.mp4", *picture(), *X264), {}, warnings=[("E_NO_AUDIO", None)])
        self.check(self.make("faint.mkv", *picture(), *tone(500), *X264, "-c:a", "flac", "-af", "volume=-50dB"),
                   {"Audio": 500})

    def test_the_same_title_twice_is_told_apart(self):
        path = self.make("twice.mkv", *picture(), *tone(500), *tone(700), *self.MAPS[:6], *X264, "-c:a", "aac",
                         "-metadata:s:a:0", "title=Audio", "-disposition:a", "0")
        self.check(path, {"Audio": 500, "Audio 2": 700})


class Codecs(Tracks):
    def dts(self, name, *more):
        return self.make(name, *picture(), *tone(500), *more, *X264, "-c:a", "dca", "-strict", "-2")

    def test_a_picture_whose_sound_is_not_accepted_once_was_called_a_fault_of_the_microphone(self):
        for name in ("dts.mkv", "dts.ts", "dts.mp4"):
            self.refuse(self.dts(name), "E_SOUND_CODEC", "DTS", "The sound is in DTS", "AAC", "without sound")
        speex = self.make("speex.flv", *picture(), *tone(500), "-c:v", "flv1", "-c:a", "libspeex", "-ar", 16000)
        self.refuse(speex, "E_SOUND_CODEC", "Speex", "The sound is in Speex")
        truehd = self.make("truehd.mkv", *picture(), *tone(500), *X264, "-c:a", "truehd", "-strict", "-2")
        self.refuse(truehd, "E_SOUND_CODEC", "Dolby TrueHD", "The sound is in Dolby TrueHD")

    def test_a_codec_that_nobody_knows_is_called_by_its_letters(self):
        path = self.make("apac.mov", *picture(), *tone(500), *X264, "-c:a", "aac")
        with open(path, "rb") as file:
            data = file.read()
        with open(path, "wb") as file:
            file.write(data.replace(b"mp4a", b"apac").replace(b"esds", b"dapa"))
        self.refuse(path, "E_SOUND_CODEC", "APAC", "The sound is in APAC")

    def test_it_is_published_without_sound_when_its_owner_says_so(self):
        self.check(self.dts("dts.mkv"), {}, "--without-sound", warnings=[("E_SOUND_LEFT_OUT", "DTS")])
        self.assertFalse([r for r in self.package["renditions"] if r["kind"] == "audio"])
        path = self.make("aac.mp4", *picture(), *tone(500), *X264, "-c:a", "aac", "-metadata:s:a", "title=Micro")
        self.check(path, {}, "--without-sound", warnings=[("E_SOUND_LEFT_OUT", "Micro (AAC)")])

    def test_sound_alone_is_never_left_out(self):
        path = self.make("alone.m4a", *tone(500), "-c:a", "aac")
        self.assertEqual(transcode("run", path, path + ".out", "--without-sound").of("warning"), [])
        alone = self.make("alone.mka", *tone(500), "-c:a", "dca", "-strict", "-2")
        self.refuse(alone, "E_CODEC_UNSUPPORTED", "DTS", "(DTS)")

    def test_beside_one_that_is_accepted_it_is_named(self):
        path = self.make("both.mkv", *picture(), *tone(500), *tone(700), *Default.MAPS[:6], *X264, "-c:a:0", "dca",
                         "-strict", "-2", "-c:a:1", "aac", "-metadata:s:a:0", "title=Phòng lớn")
        self.check(path, {"Audio": 700}, warnings=[("E_SOUND_LEFT_OUT", "Phòng lớn (DTS)")])

    def test_sound_that_is_damaged_is_not_the_microphones_fault(self):
        path = self.make("good.mkv", *picture(), *tone(500), *X264, "-c:a", "libmp3lame", "-b:a", "64k")
        with open(path, "rb") as file:
            data = file.read()
        with open(path, "wb") as file:
            file.write(re.sub(rb"\xff\xfb", b"\0\0", data))
        self.check(path, {}, warnings=[("E_SOUND_DAMAGED", None)])

    def test_more_sounds_than_are_offered_are_named(self):
        maps = [a for i in range(11) for a in ("-map", str(i))]
        path = self.make("ten.mkv", *picture(), *(a for i in range(10) for a in tone(400 + 20 * i)), *maps, *X264, "-c:a",
                         "flac", "-metadata:s:a:8", "title=thứ chín", "-disposition:a", "0")
        sounds = self.run_on(path, warnings=[("E_SOUND_LEFT_OUT", "thứ chín (FLAC)"), ("E_SOUND_LEFT_OUT", "FLAC")])
        self.assertEqual(len(sounds), 8)

    @unittest.skipUnless(os.path.isdir(MEDIA), "no folder of real media beside this repository")
    def test_the_reported_file(self):
        path = self.path("reported.ts")
        shutil.copy(os.path.join(MEDIA, "reported", "h264-with-dts-sound.ts"), path)
        self.refuse(path, "E_SOUND_CODEC", "DTS")


class Programs(Tracks):
    """Transport streams. Programme 1 has the tone 500 or more, programme 2 that of 2,000."""

    def two(self, name, first="320x180", second="160x90", more=(), seconds=SECONDS):
        return self.make(name, *picture(first, seconds), *tone(500, seconds), *picture(second, seconds),
                         *tone(2000, seconds), "-map", "0", "-map", "1", "-map", "2", "-map", "3", *X264, "-c:a", "ac3",
                         "-ac:a:1", "6", *more, "-program", "title=Phòng A:program_num=1:st=0:st=1", "-program",
                         "title=Phòng B:program_num=2:st=2:st=3", "-f", "mpegts")

    def check_package(self):
        result = transcode("check", self.out)
        self.assertEqual((result.status, result.events), (0, []))

    def test_the_sound_is_that_of_the_pictures_programme_and_the_other_is_named(self):
        self.check(self.two("first.ts"), {"Audio": 500}, warnings=[("E_OTHER_PROGRAM", "Phòng B (2)")])
        self.check_package()

    def test_the_picture_may_be_in_the_second(self):
        self.check(self.two("second.ts", "160x90", "320x180"), {"Audio": 2000},
                   warnings=[("E_OTHER_PROGRAM", "Phòng A (1)")])
        self.check_package()

    def test_languages_of_one_programme_are_offered_and_those_of_another_are_not(self):
        path = self.make("languages.ts", *picture("320x180"), *tone(500), *tone(700), *tone(2000), "-map", "0", "-map", "1",
                         "-map", "2", "-map", "3", *X264, "-c:a", "ac3", "-metadata:s:a:0", "language=vie",
                         "-metadata:s:a:1", "language=eng", "-metadata:s:a:2", "language=fra", "-program",
                         "program_num=1:st=0:st=1:st=2", "-program", "program_num=9:st=3", "-f", "mpegts")
        sounds = self.run_on(path, warnings=[("E_OTHER_PROGRAM", "Service02 (9)")])
        self.assertEqual(list(sounds), ["Tiếng Việt", "English"])

    def test_programmes_that_share_the_picture_are_both_the_lectures(self):
        path = self.make("shared.ts", *picture("320x180"), *tone(500), *tone(2000), "-map", "0", "-map", "1", "-map", "2",
                         *X264, "-c:a", "ac3", "-metadata:s:a:0", "language=vie", "-metadata:s:a:1", "language=eng",
                         "-program", "program_num=1:st=0:st=1", "-program", "program_num=2:st=0:st=2", "-f", "mpegts")
        sounds = self.run_on(path)
        self.assertEqual(sorted(sounds), ["English", "Tiếng Việt"])
        self.assertAlmostEqual(next(iter(sounds.values())), 500, delta=4)

    def test_sound_alone_is_of_one_programme_too(self):
        path = self.make("radio.ts", *tone(500), *tone(2000), "-map", "0", "-map", "1", "-c:a", "ac3", "-program",
                         "title=Một:program_num=1:st=0", "-program", "title=Hai:program_num=2:st=1", "-f", "mpegts")
        result = transcode("run", path, path + ".out")
        self.assertEqual([(w["code"], w["detail"]) for w in result.of("warning")], [("E_OTHER_PROGRAM", "Hai (2)")])
        self.assertEqual(result.of("planned")[0]["n_sounds"], 1)

    def test_a_programme_that_goes_on_where_another_ends_is_the_lectures(self):
        parts = []
        for number in (1, 2):
            path = self.make(f"part-{number}.ts", *picture(seconds=2), *tone(number * 500, 2), *X264, "-c:a", "aac",
                             "-mpegts_service_id", number, "-mpegts_start_pid", 300 * number, "-mpegts_pmt_start_pid",
                             0x900 + number)
            with open(path, "rb") as file:
                parts.append(file.read())
        with open(self.path("both.ts"), "wb") as file:
            file.write(b"".join(parts))
        result = transcode("run", self.path("both.ts"), self.path("out"))
        self.assertEqual(result.of("warning"), [])
        self.assertEqual(result.of("planned")[0]["n_sounds"], 1)
        self.assertGreater(result.of("planned")[0]["duration_us"], 3.9e6)

    @staticmethod
    def without(data, pids, until):
        """A transport stream without the packets of those PIDs up to a byte."""
        packets = [data[i:i + 188] for i in range(0, len(data), 188)]
        return b"".join(p for i, p in enumerate(packets)
                        if i * 188 >= until or (p[1] & 31) << 8 | p[2] not in pids)

    def test_a_table_that_comes_late_changes_nothing(self):
        with open(self.two("early.ts", seconds=6), "rb") as file:
            data = file.read()
        for pids, wanted in (({0x1001}, 500), ({0, 0x1000, 0x1001, 0x11}, 500)):
            path = self.path("late-%d.ts" % len(pids))
            with open(path, "wb") as file:
                file.write(self.without(data, pids, len(data) // 3))
            result = transcode("run", path, path + ".out")
            self.assertEqual(result.status, 0, result.stderr)
            self.assertAlmostEqual(pitch(os.path.join(path + ".out", "a32.mp4")), wanted, delta=4, msg=pids)

    @unittest.skipUnless(os.path.isdir(MEDIA), "no folder of real media beside this repository")
    def test_the_reported_file(self):
        path = self.path("reported.ts")
        shutil.copy(os.path.join(MEDIA, "reported", "two-programs.ts"), path)
        result = transcode("run", path, path + ".out")
        self.assertEqual([w["code"] for w in result.of("warning")], ["E_OTHER_PROGRAM"])
        self.assertEqual(result.of("planned")[0]["n_sounds"], 1)
        self.out = path + ".out"
        self.check_package()


if __name__ == "__main__":
    main("__main__")
