#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is taken back stops playing from its old addresses, and caches are told to keep nothing beyond the
life of an address."""
import base64
import re
import shutil
import sqlite3
import time
import unittest
import urllib.parse

from server import Server, Tus, make_clip, wait_for


def token_life_s(url):
    """How long the token in a playback address is good from now on (playback_token.h)."""
    token = base64.urlsafe_b64decode(url.split("/")[2])
    return (int.from_bytes(token[4:8], "big") + 1) * 86400 - time.time()


class TakenBack(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.server = Server(loops="2").start()
        cls.addClassCleanup(cls.server.clean)
        cls.addClassCleanup(cls.server.stop)
        cls.server.add_user("thay", "instructor")
        cls.teacher = cls.server.client("thay")

    def publish(self, seconds):
        """A recording of its own: lectures of the same one share their package."""
        with open(make_clip(f"{self.server.data}/clip.mp4", seconds), "rb") as file:
            lecture_id = Tus(self.teacher).send(file.read(), title="Bài", filename="b.mp4")
        lecture = self.server.wait_for_state(self.teacher, lecture_id, "ready", "failed")
        self.assertEqual(lecture["state"], "ready", lecture)
        return lecture

    def addresses(self, lecture):
        """One of every kind."""
        hls = lecture["playback"]["hls"]
        names = re.findall(r"^([^#\n].*)/media\.m3u8$", self.get(hls).body.decode(), re.MULTILINE)
        parts = ["audio.m3u8", "audio-opus.m3u8", "multivariant-opus.m3u8", "poster.jpg", "storyboard.vtt"]
        for name in names[:2]:
            parts += [f"{name}/media.m3u8", f"{name}/init.mp4", f"{name}/0.m4s", f"{name}.mp4"]
        return [hls] + [urllib.parse.urljoin(hls, part) for part in parts]

    def get(self, url):
        reply = self.server.client().get(url)
        self.assertEqual(reply.status, 200, (url, reply))
        return reply

    def statuses(self, addresses):
        """From new connections, so that all loops are asked."""
        return {self.server.client().get(url, **fields).status for url in addresses
                for fields in ({}, {"Range": "bytes=0-9"}) for _ in range(4)}

    def test_a_deleted_lecture_plays_on_from_its_old_addresses(self):
        lecture = self.publish(8)
        addresses = self.addresses(lecture)
        self.assertEqual(self.statuses(addresses), {200, 206})
        self.assertEqual(self.teacher.call("DELETE", f"/api/v1/lectures/{lecture['id']}").status, 204)
        self.assertEqual(self.statuses(addresses), {404})
        shutil.rmtree(f"{self.server.data}/media/packages/{lecture['playback']['hls'].split('/')[3]}")
        self.assertEqual(self.statuses(addresses), {404}, "files that were open are no way around")

    def test_what_another_program_takes_back_plays_on_for_less_than_a_minute(self):
        lecture = self.publish(9)
        addresses = self.addresses(lecture)[:3]
        self.assertEqual(self.statuses(addresses), {200, 206})
        with sqlite3.connect(f"{self.server.data}/banmai.sqlite3") as database:
            database.execute("PRAGMA foreign_keys = ON")
            database.execute("DELETE FROM lectures WHERE id = ?", (lecture["id"],))
        database.close()
        wait_for("it to stop", lambda: self.statuses(addresses) == {404}, 40)

    def test_a_recording_that_another_lecture_shows_too_plays_on(self):
        first, second = self.publish(11), self.publish(11)
        self.assertEqual(self.teacher.call("DELETE", f"/api/v1/lectures/{first['id']}").status, 204)
        self.assertEqual(self.statuses(self.addresses(second)), {200, 206})

    def test_caches_keep_nothing_beyond_the_life_of_its_address(self):
        for url in self.addresses(self.publish(10)):
            control = self.get(url).headers["Cache-Control"]
            age_s = int(re.fullmatch(r"public, max-age=(\d+), immutable", control).group(1))
            self.assertLessEqual(age_s, token_life_s(url), url)
            self.assertGreater(age_s, 20 * 3600, "worth caching")
            self.assertEqual(self.get(url).headers["Cache-Control"], control, "also when it is kept")


if __name__ == "__main__":
    unittest.main()
