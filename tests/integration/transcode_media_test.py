# SPDX-License-Identifier: GPL-3.0-or-later
"""Real recordings, odd files and hostile ones: each ends as it should. The files are not part of the
repository; where they are not there, nothing is tested and that is said."""
import os
import shutil
import socket
import subprocess
import tempfile
import unittest

from transcode_lib import IS_LONG, MEDIA, Track, main, nal_types, package_of, transcode

REFUSED = {
    "broken/corrupt-ebml-header.mkv": "E_NOT_MEDIA",
    "broken/invalid-vp9-bitstream.webm": "E_NO_STREAM",
    "broken/jpeg-renamed.mp4": "E_NOT_MEDIA",
    "broken/no-moov.mp4": "E_NOT_MEDIA",
    "broken/no-streams.mp4": "E_NO_STREAM",
    "broken/text-renamed.mp4": "E_NOT_MEDIA",
    "broken/zero-bytes.mp4": "E_EMPTY",
    "hostile/dash-http-loopback.mp4": "E_NOT_MEDIA",
    "hostile/ffconcat-file-passwd.mp4": "E_NOT_MEDIA",
    "hostile/ffconcat-reads-sibling.mp4": "E_NOT_MEDIA",
    "hostile/hls-file-passwd.mp4": "E_NOT_MEDIA",
    "hostile/hls-http-loopback.mp4": "E_NOT_MEDIA",
    "hostile/hls-master-http.m3u8": "E_NOT_MEDIA",
    "hostile/hls-reads-sibling.mp4": "E_NOT_MEDIA",
    "hostile/quicktime-reference-http.mov": "E_NO_STREAM",
    "hostile/sdp-udp-listen.mp4": "E_NOT_MEDIA",
    "hostile/xss-captions.vtt": "E_NOT_MEDIA",
}

# File: (seconds, width and height of the highest rung or None, has sound, warnings)
MADE_QUICKLY = {
    "broken/truncated-60pct-moov-first.mp4": (31.8, (1270, 720), True, ["E_TRUNCATED"]),
    "hostile/avi-gab2-hls-subtitle.avi": (1, (640, 480), False, ["E_NO_AUDIO"]),
    "hostile/awesome'movie.mov": (7.56, (640, 480), True, []),
    "hostile/canary-sibling.ts": (.13, (640, 426), True, ["E_SILENT"]),
    "lectures/speaker-and-terminal-8s.mp4": (8.33, (1280, 720), True, []),
    "odd/100ms-268x156.mov": (.1, (268, 156), False, ["E_NO_AUDIO"]),
    "odd/dv-pal-interlaced.mov": (1, (786, 576), False, ["E_NO_AUDIO"]),
    "odd/first-pts-10s.mp4": (4, (1137, 640), False, ["E_NO_AUDIO"]),
    "odd/lying-duration-39h.mp4": (1.07, (1080, 720), True, []),
    "odd/mkv-chapters-negative-start-444.mkv": (5.03, (320, 240), True, []),
    "odd/mp3-cover-art-1400px.mp3": (2.8, None, True, []),
    "odd/opus-5.1-negative-start.mka": (2.75, None, True, []),
    "odd/pal-sar-16x15-25fps-10s.mp4": (10.2, (768, 576), True, ["E_SILENT"]),
    "odd/prores-422hq-10bit.mov": (1, (320, 240), False, ["E_NO_AUDIO"]),
    "odd/ts-discontinuity-hole-and-rewind.ts": (3.8, (1920, 1080), True, []),
    "odd/vp9-odd-161x121.webm": (1, (160, 120), False, ["E_NO_AUDIO"]),
    "phones/android-rot90-720p.mp4": (1.33, (720, 1280), True, ["E_SILENT"]),
    "phones/rotate-and-mirror.mp4": (1.07, (720, 1080), True, []),
}

MADE_SLOWLY = {
    "broken/bitflips-400.webm": (81.1, (852, 480), True, []),
    "lectures/boneh-stream-ciphers-145s.mp4": (145.5, (480, 270), True, []),
    "lectures/eth-slidechanges-vfr-28s.mov": (27.6, (1024, 768), False, ["E_NO_AUDIO"]),
    "lectures/gnome-workspaces-81s.webm": (81.1, (852, 480), True, []),
    "lectures/khan-counting-55s.mp4": (55.1, (1270, 720), True, []),
    "lectures/mediarecorder-screen-french-10s.webm": (10.6, (1920, 1080), True, []),
    "odd/1fps-slides-40s.mp4": (40, (880, 400), True, []),
    "odd/217s-20kbps-320x180.mp4": (217.7, (320, 180), True, []),
    "odd/av1-aac-720p-1s.mp4": (1.1, (1080, 720), True, []),
    "odd/flv-h264-vfr.flv": (1.1, (1080, 720), True, []),
    "odd/h264-422-42s.mp4": (42.4, (1280, 720), True, []),
    "odd/mpeg4-asp-400x300-1s.avi": (1.08, (400, 300), False, ["E_NO_AUDIO"]),
    "odd/msmpeg4-768x576-10fps-80s.avi": (79.5, (768, 576), False, ["E_NO_AUDIO"]),
    "odd/msmpeg4-wma-8khz-28s.asf": (27.5, (160, 120), True, ["E_SILENT"]),
    "odd/ts-cea608-captions.ts": (2.5, (640, 360), True, []),
    "odd/two-text-subtitle-tracks.m4v": (7.5, (640, 480), True, []),
    "odd/two-video-two-audio.avi": (17.7, (1280, 720), True, []),
    "phones/android-rot180.mp4": (5, (1280, 720), True, []),
    "phones/iphone-gps-vfr-rot90.mov": (4, (320, 568), True, []),
    "phones/iphone-hevc-60fps-rot90.mov": (.6, (1080, 1920), True, []),
    "speech/en-lecture-67s.flac": (67.4, None, True, []),
    "speech/en-telephone-8khz-73s.wav": (73.4, None, True, []),
    "speech/vi-radio-news.wav": (5.7, None, True, []),
    "speech/vi-vivos-read-sentence.wav": (4.1, None, True, []),
}

HEIGHTS = (180, 240, 360, 480, 720)


@unittest.skipUnless(os.path.isdir(MEDIA), "no folder of real media beside this repository")
class Media(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.mkdtemp(prefix="banmai-")
        # Whoever follows a reference in a hostile file knocks here.
        cls.canary = socket.socket()
        try:
            cls.canary.bind(("127.0.0.1", 18999))
            cls.canary.listen()
            cls.canary.settimeout(.2)
        except OSError:
            cls.canary.close()
            cls.canary = None

    @classmethod
    def tearDownClass(cls):
        shutil.rmtree(cls.folder)
        if cls.canary:
            cls.canary.close()

    def run_on(self, name):
        out = os.path.join(self.folder, name.replace("/", "-"))
        return transcode("run", os.path.join(MEDIA, name), out), out

    def check_tracks(self, out, package):
        starts = None
        for rendition in package["renditions"]:
            track = Track(os.path.join(out, rendition["name"] + ".mp4"))
            at = 0
            for fragment in track.fragments:
                self.assertEqual(fragment.tfdt, at)
                at += sum(track.durations_of(fragment))
                if rendition["kind"] == "video":
                    self.assertEqual(nal_types(fragment.samples[0]), [5])
            self.assertAlmostEqual(at / track.timescale, package["duration_us"] / 1e6, delta=.1)
            if rendition["kind"] == "video":
                starts = starts or track.starts()
                self.assertEqual(track.starts(), starts)

    def check_decodes(self, out):
        done = subprocess.run(["ffmpeg", "-v", "error", "-nostdin", "-xerror", "-copyts", "-i",
                               os.path.join(out, "multivariant.m3u8"), "-map", "0",
                               # pictures are not evenly spaced: their own times, not those of a frame rate
                               "-enc_time_base", "-1", "-fps_mode", "passthrough", "-f", "null", "-"],
                              capture_output=True, text=True, check=False)
        self.assertEqual((done.returncode, done.stderr), (0, ""))

    def check_made(self, name, expected):
        seconds, size, has_sound, warnings = expected
        result, out = self.run_on(name)
        self.assertEqual(result.status, 0, result.stderr)
        self.assertEqual([w["code"] for w in result.of("warning")], warnings)
        package = package_of(out)
        self.assertAlmostEqual(package["duration_us"] / 1e6, seconds, delta=.15)
        videos = [r for r in package["renditions"] if r["kind"] == "video"]
        self.assertEqual(bool(videos), size is not None)
        self.assertEqual(any(r["kind"] == "audio" for r in package["renditions"]), has_sound)
        if videos:
            self.assertIn(min(videos[-1]["width"], videos[-1]["height"]),
                          {h for h in HEIGHTS if h < min(size)} | {min(*size, 720) & ~1})
            self.assertAlmostEqual(videos[-1]["width"] / videos[-1]["height"], size[0] / size[1], delta=.03)
        self.check_tracks(out, package)
        self.check_decodes(out)
        shutil.rmtree(out)

    def test_what_is_no_lecture_is_refused_and_leads_nowhere(self):
        for name, code in REFUSED.items():
            with self.subTest(name):
                result, out = self.run_on(name)
                self.assertEqual(result.failure, code)
                self.assertEqual(os.listdir(out), [])
        if self.canary:
            with self.assertRaises(TimeoutError):
                self.canary.accept()

    def test_what_can_be_played_is_made(self):
        for name, expected in MADE_QUICKLY.items():
            with self.subTest(name):
                self.check_made(name, expected)

    @unittest.skipUnless(IS_LONG, "takes minutes: BANMAI_LONG=1")
    def test_what_takes_longer_is_made_too(self):
        for name, expected in MADE_SLOWLY.items():
            with self.subTest(name):
                self.check_made(name, expected)

    def test_every_file_of_the_folder_is_expected_to_do_something(self):
        known = {*REFUSED, *MADE_QUICKLY, *MADE_SLOWLY}
        for folder in ("lectures", "phones", "odd", "broken", "hostile"):
            for name in os.listdir(os.path.join(MEDIA, folder)):
                self.assertIn(f"{folder}/{name}", known)


if __name__ == "__main__":
    main("__main__")
