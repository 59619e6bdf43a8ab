# SPDX-License-Identifier: GPL-3.0-or-later
"""What banmai-transcode makes of unusual files: refused with a code, or made as well as it goes."""
import os
import shutil
import struct
import subprocess
import tempfile
import unittest

from transcode_lib import (PROGRAM, Track, ffmpeg, ffprobe, main, package_of, transcode, tree_of)


class Refused(unittest.TestCase):
    """Files that are no lectures end with a code, at once."""

    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.mkdtemp(prefix="banmai-")

    @classmethod
    def tearDownClass(cls):
        shutil.rmtree(cls.folder)

    def outcome(self, content, name="source.mp4"):
        path = os.path.join(self.folder, name)
        with open(path, "wb") as file:
            file.write(content)
        out = os.path.join(self.folder, "out")
        shutil.rmtree(out, ignore_errors=True)
        result = transcode("run", path, out)
        self.assertEqual(result.status, 1)
        self.assertTrue(result.stderr.startswith(result.failure + ": "), result.stderr)
        self.assertEqual(len(result.stderr.strip().splitlines()), 1)
        self.assertFalse([n for n in os.listdir(out) if n != "plan.json"])
        return result.failure

    def test_an_empty_file(self):
        self.assertEqual(self.outcome(b""), "E_EMPTY")

    def test_text(self):
        self.assertEqual(self.outcome(b"The quick brown fox jumps over the lazy dog.\n" * 200), "E_NOT_MEDIA")

    def test_noise(self):
        noise = bytes((i * i * 7 + (i >> 3) * 31) & 255 for i in range(65536))
        self.assertIn(self.outcome(noise), ("E_NOT_MEDIA", "E_NO_STREAM"))

    def test_zeros(self):
        self.assertEqual(self.outcome(bytes(100000)), "E_NOT_MEDIA")

    def test_playlists_and_scripts_are_not_followed(self):
        secret = os.path.join(self.folder, "secret.ts")
        ffmpeg("-f", "lavfi", "-i", "testsrc2=d=1", "-c:v", "mpeg2video", secret)
        for content in (f"#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXTINF:1,\n{secret}\n#EXT-X-ENDLIST\n",
                        "#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXTINF:1,\nsecret.ts\n#EXT-X-ENDLIST\n",
                        f"ffconcat version 1.0\nfile {secret}\n", "ffconcat version 1.0\nfile secret.ts\n",
                        "v=0\no=- 0 0 IN IP4 127.0.0.1\ns=x\nc=IN IP4 127.0.0.1\nt=0 0\n"
                        "m=video 18998 RTP/AVP 96\na=rtpmap:96 H264/90000\n"):
            self.assertEqual(self.outcome(content.encode()), "E_NOT_MEDIA", content)

    def test_a_picture_is_no_lecture(self):
        path = os.path.join(self.folder, "picture.jpg")
        ffmpeg("-f", "lavfi", "-i", "testsrc2=d=1:r=1", "-frames:v", "1", path)
        with open(path, "rb") as file:
            self.assertEqual(self.outcome(file.read()), "E_NOT_MEDIA")

    def test_a_codec_that_is_not_on_the_list(self):
        path = os.path.join(self.folder, "magic.avi")
        ffmpeg("-f", "lavfi", "-i", "testsrc2=d=1:s=64x64", "-c:v", "magicyuv", path)
        with open(path, "rb") as file:
            self.assertEqual(self.outcome(file.read()), "E_CODEC_UNSUPPORTED")

    def test_a_picture_that_is_not_on_the_list_once_became_sound_alone(self):
        path = os.path.join(self.folder, "magic-with-sound.avi")
        ffmpeg("-f", "lavfi", "-i", "testsrc2=d=1:s=64x64", "-f", "lavfi", "-i", "sine=d=1", "-c:v", "magicyuv", path)
        with open(path, "rb") as file:
            self.assertEqual(self.outcome(file.read()), "E_CODEC_UNSUPPORTED")

    def test_bad_usage_is_told_from_failure(self):
        self.assertEqual(subprocess.run([PROGRAM, "run"], capture_output=True, check=False).returncode, 2)
        self.assertEqual(subprocess.run([PROGRAM, "--help"], capture_output=True, check=False).returncode, 0)

    def test_a_source_that_is_not_there_or_no_plain_file(self):
        self.assertEqual(transcode("run", os.path.join(self.folder, "nowhere"), self.folder).status, 1)
        self.assertEqual(transcode("run", self.folder, self.folder).status, 1)
        pipe = os.path.join(self.folder, "pipe")
        os.mkfifo(pipe)
        self.assertEqual(transcode("probe", pipe, timeout=5).status, 1)


class Odd(unittest.TestCase):
    """Sources that are not plain landscape pictures with sound from 0 on."""

    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.mkdtemp(prefix="banmai-")

    @classmethod
    def tearDownClass(cls):
        shutil.rmtree(cls.folder)

    def run_on(self, name, *arguments, status=0):
        path = os.path.join(self.folder, name)
        ffmpeg(*arguments, path)
        result = transcode("run", path, path + ".out")
        self.assertEqual(result.status, status, result.stderr)
        return result, path + ".out"

    def test_no_sound_is_a_warning(self):
        result, out = self.run_on("silent.mp4", "-f", "lavfi", "-i", "testsrc2=s=320x180:d=2")
        self.assertEqual(result.of("warning"), [{"event": "warning", "code": "E_NO_AUDIO"}])
        self.assertEqual(result.of("planned")[0]["n_sounds"], 0)
        self.assertFalse(os.path.exists(os.path.join(out, "audio.m3u8")))
        self.assertEqual(len(ffprobe("-show_streams", os.path.join(out, "multivariant.m3u8"))["streams"]), 1)

    def test_a_picture_that_is_damaged_once_went_without_a_word(self):
        path = os.path.join(self.folder, "damaged.avi")
        ffmpeg("-f", "lavfi", "-i", "testsrc2=s=320x180:d=2", "-f", "lavfi", "-i", "sine=d=2", "-c:v", "mjpeg", "-c:a",
               "pcm_s16le", path)
        with open(path, "rb") as file:
            data = file.read()
        with open(path, "wb") as file:
            file.write(data.replace(b"\xff\xd8", b"\0\0").replace(b"\xff\xc0", b"\0\0"))
        result = transcode("run", path, path + ".out")
        self.assertEqual(result.status, 0, result.stderr)
        self.assertEqual(result.of("warning"), [{"event": "warning", "code": "E_NO_PICTURE"}])
        self.assertEqual(result.of("planned")[0]["n_chunks"], 0)

    def test_sound_alone_is_a_lecture(self):
        result, out = self.run_on("sound.ogg", "-f", "lavfi", "-i", "sine=d=7.3", "-c:a", "libvorbis")
        self.assertEqual(result.of("planned")[0]["n_chunks"], 0)
        for name, codecs in (("multivariant.m3u8", ["aac", "aac"]), ("multivariant-opus.m3u8", ["opus"])):
            shown = ffprobe("-show_streams", os.path.join(out, name))["streams"]
            self.assertEqual([s["codec_name"] for s in shown], codecs)
        self.assertAlmostEqual(package_of(out)["duration_us"] / 1e6, 7.3, delta=.05)

    def tone_at(self, out, second):
        """Hertz of the default sound in the middle of that second."""
        pcm = ffmpeg("-i", os.path.join(out, "audio.m3u8"), "-ss", second + .25, "-t", .5,
                     "-ac", 1, "-ar", 8000, "-f", "s16le", "-")
        samples = [int.from_bytes(pcm[i:i + 2], "little", signed=True) for i in range(0, len(pcm), 2)]
        return 2 * sum(a < 0 <= b for a, b in zip(samples, samples[1:]))

    def test_sound_before_the_picture_once_was_lost(self):
        tone = "aevalsrc=sin(2*PI*(300+100*floor(t))*t)/4:s=48000:d=7"
        for name, encoding in (("late.mp4", ("-c:v", "libx264", "-c:a", "aac")),
                               ("late.mov", ("-c:v", "libx264", "-c:a", "aac")),
                               ("late.mkv", ("-c:v", "libx264", "-c:a", "aac")),
                               ("late.webm", ("-c:v", "libvpx", "-c:a", "libopus")),
                               ("late.ts", ("-c:v", "libx264", "-c:a", "aac"))):
            with self.subTest(name):
                path = os.path.join(self.folder, name)
                both = os.path.join(self.folder, "both.mkv")
                ffmpeg("-f", "lavfi", "-i", tone, "-f", "lavfi", "-i", "testsrc=s=160x96:r=10:d=3",
                       "-map", "1:v", "-map", "0:a", *encoding, "-bf", 0, both)
                ffmpeg("-itsoffset", 4, "-i", both, "-i", both, "-map", "0:v", "-map", "1:a",
                       "-c", "copy", path)
                out = path + ".out"
                self.assertEqual(transcode("run", path, out).status, 0)
                self.assertAlmostEqual(package_of(out)["duration_us"] / 1e6, 7, delta=.15)
                for second in range(7):
                    self.assertAlmostEqual(self.tone_at(out, second), 300 + 100 * second, delta=12)

    def test_the_sound_once_was_another_programmes(self):
        path = os.path.join(self.folder, "programmes.ts")
        ffmpeg("-f", "lavfi", "-i", "testsrc=s=320x192:r=10:d=3", "-f", "lavfi", "-i", "sine=500:d=3",
               "-f", "lavfi", "-i", "testsrc=s=160x96:r=10:d=3", "-f", "lavfi", "-i", "sine=2000:d=3",
               "-map", 2, "-map", 3, "-map", 0, "-map", 1, "-c:v", "libx264", "-c:a", "ac3",
               "-ac:a:0", 6, "-ac:a:1", 2, "-program", "title=B:st=0:st=1",
               "-program", "title=A:st=2:st=3", path)
        out = path + ".out"
        self.assertEqual(transcode("run", path, out).status, 0)
        self.assertAlmostEqual(self.tone_at(out, 1), 500, delta=12)

    def test_a_turned_phone_gives_an_upright_picture(self):
        plain = os.path.join(self.folder, "plain.mp4")
        ffmpeg("-f", "lavfi", "-i", "color=black:s=320x180:d=1,drawbox=0:0:160:90:white:fill", "-c:v",
               "libx264", plain)
        _, out = self.run_on("turned.mp4", "-i", plain, "-c", "copy", "-metadata:s:v:0", "rotate=90")
        rendition = package_of(out)["renditions"][0]
        self.assertEqual((rendition["width"], rendition["height"]), (180, 320))
        gray = ffmpeg("-i", os.path.join(out, rendition["name"] + ".mp4"), "-frames:v", "1", "-vf", "scale=2:2:flags=area",
                      "-f", "rawvideo", "-pix_fmt", "gray", "-")
        brightest = max(range(4), key=lambda i: gray[i])
        reference = ffmpeg("-i", os.path.join(self.folder, "turned.mp4"), "-frames:v", "1", "-vf",
                           "scale=2:2:flags=area", "-f", "rawvideo", "-pix_fmt", "gray", "-")
        self.assertEqual(brightest, max(range(4), key=lambda i: reference[i]))

    def test_pixels_that_are_not_square_become_square(self):
        _, out = self.run_on("sar.mp4", "-f", "lavfi", "-i", "testsrc2=s=352x288:d=1,setsar=16/11", "-c:v",
                             "libx264")
        rendition = package_of(out)["renditions"][-1]
        self.assertAlmostEqual(rendition["width"] / rendition["height"], 352 * 16 / 11 / 288, delta=.02)

    def test_formats_of_studios_become_plain(self):
        for name, codec in (("ten.mkv", ("-c:v", "libx265", "-pix_fmt", "yuv420p10le")),
                            ("full.mp4", ("-c:v", "libx264", "-pix_fmt", "yuv444p")),
                            ("prores.mov", ("-c:v", "prores_ks", "-pix_fmt", "yuv422p10le"))):
            _, out = self.run_on(name, "-f", "lavfi", "-i", "testsrc2=s=320x180:d=1:r=25", *codec)
            rendition = package_of(out)["renditions"][0]
            shown = ffprobe("-show_streams", os.path.join(out, rendition["name"] + ".mp4"))["streams"][0]
            self.assertEqual(shown["pix_fmt"], "yuv420p", name)

    def test_a_file_that_was_cut_off_gives_what_is_there_and_a_warning(self):
        path = os.path.join(self.folder, "whole.mp4")
        ffmpeg("-f", "lavfi", "-i", "testsrc2=s=320x180:d=20:r=25", "-f", "lavfi", "-i", "sine=d=20", "-c:v",
               "libx264", "-g", "25", "-movflags", "faststart", path)
        with open(path, "rb") as file:
            data = file.read()
        cut = os.path.join(self.folder, "cut.mp4")
        with open(cut, "wb") as file:
            file.write(data[:len(data) * 6 // 10])
        result = transcode("run", cut, cut + ".out")
        self.assertEqual(result.status, 0)
        warning, = result.of("warning")
        duration = package_of(cut + ".out")["duration_us"]
        self.assertEqual((warning["code"], warning["from_us"]), ("E_TRUNCATED", duration))
        self.assertAlmostEqual(warning["until_us"] / 1e6, 20, delta=.5)
        self.assertTrue(10 < duration / 1e6 < 14)

    def test_a_file_that_ends_behind_its_tables_once_was_said_to_hold_no_picture(self):
        path = os.path.join(self.folder, "tables.mp4")
        ffmpeg("-f", "lavfi", "-i", "testsrc2=s=160x96:d=2:r=5", "-f", "lavfi", "-i", "sine=d=2", "-c:v", "libx264",
               "-movflags", "faststart", path)
        with open(path, "rb") as file:
            data = file.read()
        for kept in (0, 8):  # of the media's box
            with open(path, "wb") as file:
                file.write(data[:data.index(b"mdat") - 4 + kept])
            self.assertEqual(transcode("run", path, path + ".out").failure, "E_TRUNCATED")

    def lasts(self, name, *arguments):
        result, out = self.run_on(name, *arguments)
        self.assertEqual([w["code"] for w in result.of("warning")], ["E_NO_AUDIO"], name)
        return package_of(out)["duration_us"] / 1e6

    def test_last_pictures_once_were_lost_where_they_are_rare_and_reordered(self):
        for form, rate, n in (("mp4", "1/10", 4), ("mov", "1/5", 4), ("mkv", "1/2", 5), ("ts", "1", 6), ("flv", "2", 8),
                              ("avi", "1/5", 4)):
            with self.subTest(form):
                seconds = n / eval(rate)  # pylint: disable=eval-used
                self.assertAlmostEqual(self.lasts("rare." + form, "-f", "lavfi", "-i",
                                                  f"testsrc=s=160x96:r={rate}:d={seconds - .001}", "-c:v", "libx264",
                                                  "-bf", 3), seconds, delta=.21)

    def test_a_wav_is_as_long_as_what_is_in_it_whatever_its_header_says(self):
        pcm = ffmpeg("-f", "lavfi", "-i", "sine=d=6:r=8000", "-f", "s16le", "-")
        form = b"WAVEfmt " + struct.pack("<IHHIIHH", 16, 1, 1, 8000, 16000, 2, 16)
        chunk = b"LIST" + struct.pack("<I", 4000) + b"\x7fA" * 2000
        ds64 = b"ds64" + struct.pack("<IQQQI", 28, 0, 0, 0, 0)
        path = os.path.join(self.folder, "lies.wav")
        for name, header, tail, warnings in (
                ("honest", b"RIFF" + struct.pack("<I", 36 + len(pcm)) + form + b"data" + struct.pack("<I", len(pcm)), b"", []),
                ("with more behind it", b"RIFF\0\0\0\0" + form + b"data" + struct.pack("<I", len(pcm)), chunk, []),
                ("unknown", b"RIFF\xff\xff\xff\xff" + form + b"data\xff\xff\xff\xff", b"", []),
                ("empty", b"RIFF\0\0\0\0" + form + b"data\0\0\0\0", b"", []),
                ("wrapped", b"RIFF\0\0\0\0" + form + b"data" + struct.pack("<I", len(pcm) % 10000), b"", []),
                ("too short", b"RIFF\0\0\0\0" + form + b"data" + struct.pack("<I", len(pcm) // 2), b"", []),
                ("too long", b"RIFF\0\0\0\0" + form + b"data" + struct.pack("<I", 2 * len(pcm)), b"", ["E_TRUNCATED"]),
                ("RF64 without a length", b"RF64\xff\xff\xff\xffWAVE" + ds64 + form[4:] + b"data\xff\xff\xff\xff", b"", [])):
            with self.subTest(name):
                with open(path, "wb") as file:
                    file.write(header + pcm + tail)
                out = os.path.join(self.folder, name)
                result = transcode("run", path, out)
                self.assertEqual(result.status, 0, result.stderr)
                self.assertEqual([w["code"] for w in result.of("warning")], warnings)
                self.assertAlmostEqual(package_of(out)["duration_us"] / 1e6, 6, delta=.05)

    def slides(self, form, last):
        """Three slides of a second, and one that stands for `last` seconds."""
        ffmpeg("-f", "lavfi", "-i", "testsrc=s=160x96:r=1:d=3.999", "-c:v", "libx264", "-bf", 0,
               os.path.join(self.folder, "short.mkv"))
        ticks = last * (1000 if form == "mkv" else 16000)
        return self.lasts(f"{last}.{form}", "-i", os.path.join(self.folder, "short.mkv"), "-c", "copy", "-bsf:v",
                          f"setts=duration='if(gte(N\\,3)\\,{ticks}\\,DURATION)'")

    def test_a_last_slide_once_stood_as_long_as_the_others(self):
        for form in ("mp4", "mov", "mkv"):
            with self.subTest(form):
                self.assertAlmostEqual(self.slides(form, 20), 23, delta=.21)

    def test_a_header_that_claims_hours_for_the_last_picture_is_not_believed(self):
        self.assertLess(self.slides("mp4", 4000), 10)

    def test_one_picture_a_second_becomes_five(self):
        _, out = self.run_on("slow.mp4", "-f", "lavfi", "-i", "testsrc2=s=320x180:d=8:r=1", "-c:v", "libx264")
        rendition = package_of(out)["renditions"][0]
        track = Track(os.path.join(out, rendition["name"] + ".mp4"))
        times = sorted(t for f in track.fragments for t in track.times_of(f))
        gaps = {(b - a) / track.timescale for a, b in zip(times, times[1:])}
        self.assertLessEqual(max(gaps), .2)

    def test_where_it_was_recorded_stays_private(self):
        _, out = self.run_on("where.mp4", "-f", "lavfi", "-i", "testsrc2=s=320x180:d=1", "-metadata",
                             "location=+21.0285+105.8542/", "-metadata", "title=CANARY", "-c:v", "libx264")
        for name, data in tree_of(out).items():
            self.assertNotIn(b"105.8542", data, name)
            self.assertNotIn(b"CANARY", data, name)


if __name__ == "__main__":
    main("__main__")
