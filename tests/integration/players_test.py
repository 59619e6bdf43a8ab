# SPDX-License-Identifier: GPL-3.0-or-later
"""ffmpeg, mpv, GStreamer and VLC play lectures from a real server to the end; Chromium does so in tests/browser.
With BANMAI_LONG every recording that can be made into a lecture."""
import concurrent.futures
import os
import subprocess
import tempfile
import unittest

from players import PLAYERS
from server import MEDIA, Server, Tus, make_clip
from transcode_media_test import MADE_QUICKLY, MADE_SLOWLY

IS_LONG = bool(os.environ.get("BANMAI_LONG"))
RECORDINGS = [*MADE_QUICKLY, *MADE_SLOWLY] if IS_LONG else ["lectures/speaker-and-terminal-8s.mp4",
                                                            "odd/two-text-subtitle-tracks.m4v"]
# The last thing that a player says of itself is that old at the end; VLC leaves out what it had not played yet.
TOLERANCE_S = 1.5


def read(path):
    with open(path, "rb") as file:
        return file.read()


def make_sound(path, seconds):
    """As a radio lesson: nothing to be seen."""
    subprocess.run(["ffmpeg", "-v", "error", "-y", "-f", "lavfi", "-i", f"anoisesrc=c=pink:d={seconds}:a=0.2", "-c:a", "aac",
                    path], check=True)
    return path


class Players(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.server = Server().start()
        cls.server.add_user("teacher", "instructor")
        cls.teacher = cls.server.client("teacher")

    @classmethod
    def tearDownClass(cls):
        cls.server.clean()

    def publish(self, path):
        lecture_id = Tus(self.teacher).send(read(path), step=1 << 22, filename=os.path.basename(path), title="Bài")
        lecture = self.server.wait_for_state(self.teacher, lecture_id, "ready", "failed", patience_s=600)
        self.assertEqual(lecture["state"], "ready", path)
        return lecture

    def assert_all_play(self, lecture):
        addresses = {kind: f"http://127.0.0.1:{self.server.port}{lecture['playback'][kind]}"
                     for kind in ("hls", "audio") if lecture["playback"].get(kind)}
        with concurrent.futures.ThreadPoolExecutor(len(PLAYERS)) as pool:
            runs = {(kind, name): pool.submit(player, address) for kind, address in addresses.items()
                    for name, player in PLAYERS.items()}
        for (kind, name), run in runs.items():
            with self.subTest(kind, player=name):
                seconds, complaints = run.result()
                self.assertEqual(complaints, [])
                self.assertGreaterEqual(seconds, lecture["duration_s"] - TOLERANCE_S)

    def test_a_film_with_captions(self):
        with tempfile.TemporaryDirectory(prefix="banmai-") as folder:
            self.assert_all_play(self.publish(make_clip(os.path.join(folder, "clip.mp4"), 15, captions="Xin chào")))

    def test_sound_alone(self):
        with tempfile.TemporaryDirectory(prefix="banmai-") as folder:
            self.assert_all_play(self.publish(make_sound(os.path.join(folder, "bài.m4a"), 10)))

    @unittest.skipUnless(os.path.isdir(MEDIA), "the recordings are not there")
    def test_recordings(self):
        for name in RECORDINGS:
            with self.subTest(name):
                self.assert_all_play(self.publish(os.path.join(MEDIA, name)))


if __name__ == "__main__":
    unittest.main()
