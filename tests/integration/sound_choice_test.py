#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""A recording whose sound is in a codec that is not accepted, from the upload to the lecture: it fails in words,
until its owner says that it goes without sound."""
import os
import subprocess
import tempfile
import unittest

from server import Server, Tus


def recording(codec="dca"):
    """Two seconds of picture, with sound in DTS."""
    with tempfile.TemporaryDirectory(prefix="banmai-choice-") as folder:
        path = os.path.join(folder, "recording.mkv")
        subprocess.run(["ffmpeg", "-v", "error", "-f", "lavfi", "-i", "testsrc2=s=160x90:r=10:d=2", "-f", "lavfi", "-i",
                        "sine=440:r=48000:d=2", "-c:v", "libx264", "-preset", "ultrafast", "-c:a", codec, "-strict", "-2",
                        path], check=True)
        with open(path, "rb") as file:
            return file.read()


class SoundChoice(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.server = Server(workers="1").start()
        cls.server.add_user("teacher", "instructor")
        cls.teacher = cls.server.client("teacher")
        cls.data = recording()

    @classmethod
    def tearDownClass(cls):
        cls.server.clean()

    def end_of(self, lecture_id, state):
        lecture = self.server.wait_for_state(self.teacher, lecture_id, "failed", "ready")
        self.assertEqual(lecture["state"], state, lecture)
        return lecture

    def check_published_without(self, lecture_id):
        lecture = self.end_of(lecture_id, "ready")
        self.assertEqual([(w["code"], w["detail"]) for w in lecture["job"]["warnings"]], [("E_SOUND_LEFT_OUT", "DTS")])
        playlist = self.teacher.get(lecture["playback"]["hls"])
        self.assertEqual(playlist.status, 200)
        self.assertNotIn(b"TYPE=AUDIO", playlist.body)

    def test_it_fails_in_words_and_is_published_without_sound_on_a_second_try(self):
        lecture_id = Tus(self.teacher).send(self.data, title="Bài có tiếng DTS", filename="a.mkv")
        error = self.end_of(lecture_id, "failed")["job"]["error"]
        self.assertEqual((error["code"], error["detail"]), ("E_SOUND_CODEC", "DTS"))
        self.assertIn("Âm thanh của tệp ở dạng DTS", error["message"])
        self.assertIn("AAC", error["message"])
        self.assertIn("The sound is in DTS, which is not accepted", error["message_en"])
        self.assertNotIn("icrô", error["message"])
        path = f"/api/v1/lectures/{lecture_id}/retry"
        self.assertEqual(self.teacher.call("POST", path + "?without_sound=perhaps").status, 400)
        self.assertEqual(self.teacher.call("POST", path).status, 202)
        self.assertEqual(self.end_of(lecture_id, "failed")["job"]["error"]["code"], "E_SOUND_CODEC")
        self.assertEqual(self.teacher.call("POST", path + "?without_sound=true").status, 202)
        self.check_published_without(lecture_id)

    def test_the_upload_may_say_so_at_once(self):
        self.check_published_without(Tus(self.teacher).send(self.data, title="Không tiếng", without_sound="true"))
        reply = Tus(self.teacher).create(10, title="x", without_sound="perhaps")
        self.assertEqual(reply.status, 400, reply)

    def test_a_recording_in_another_container_is_called_by_its_name(self):
        lecture_id = Tus(self.teacher).send(bytes.fromhex("060e2b34020501010d010201010204008300007c") + bytes(9000),
                                            title="MXF", filename="a.mxf")
        error = self.end_of(lecture_id, "failed")["job"]["error"]
        self.assertEqual((error["code"], error["detail"]), ("E_CONTAINER_UNSUPPORTED", "MXF"))
        self.assertIn("bản ghi dạng MXF", error["message"])


if __name__ == "__main__":
    unittest.main(verbosity=2)
