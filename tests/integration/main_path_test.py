#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""The main job from end to end: an instructor uploads, the recording becomes a lecture, a learner
watches it on one device and goes on with another."""
import json
import os
import re
import sqlite3
import subprocess
import time
import unittest
import urllib.parse

from server import BANMAI, MEDIA, Server, Tus, make_clip, sample, wait_for


def parse_multivariant(text):
    """(variants, media): each a list of attribute dictionaries with the URI under "URI"."""
    variants, media = [], []
    lines = text.strip().split("\n")
    for i, line in enumerate(lines):
        if line.startswith("#EXT-X-STREAM-INF:"):
            variants.append({**attributes(line), "URI": lines[i + 1]})
        elif line.startswith("#EXT-X-MEDIA:"):
            media.append(attributes(line))
    return variants, media


def attributes(line):
    found, text = {}, line.split(":", 1)[1]
    while text:
        name, text = text.split("=", 1)
        if text.startswith('"'):
            value, text = text[1:].split('"', 1)
            text = text.lstrip(",")
        else:
            value, _, text = text.partition(",")
        found[name] = value
    return found


class MainPath(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.server = Server(progress_credit_s="30").start()
        for login, role in (("teacher", "instructor"), ("lan", "learner"), ("hoa", "learner")):
            cls.server.add_user(login, role)
        cls.teacher = cls.server.client("teacher")
        name = "lectures/khan-counting-55s.mp4"
        cls.data = sample(30, name)
        cls.lecture_id = Tus(cls.teacher).send(cls.data, step=200000, filename="bài.mp4", title="Đếm số",
                                               course="Toán")
        cls.early = cls.watch_grow()
        cls.lecture = cls.server.wait_for_state(cls.teacher, cls.lecture_id, "ready", "failed",
                                                patience_s=300)

    @classmethod
    def tearDownClass(cls):
        cls.server.clean()

    @classmethod
    def watch_grow(cls):
        """Media playlists seen while the lecture was still in the making."""
        seen = []

        def look():
            lecture = cls.teacher.lecture(cls.lecture_id)
            if lecture["state"] == "processing" and lecture["playback"]:
                base = lecture["playback"]["hls"]
                variants, _ = parse_multivariant(cls.teacher.get(base).body.decode())
                url = urllib.parse.urljoin(base, variants[0]["URI"])
                seen.append((url, cls.teacher.get(url)))
            return lecture["state"] in ("ready", "failed")
        wait_for("the job to end", look, 300)
        return seen

    def get(self, url):
        reply = self.server.client().get(url)
        self.assertEqual(reply.status, 200, url)
        return reply

    def playlists(self, url):
        """Every media playlist below a multivariant one: {uri: (attributes, text)}."""
        variants, media = parse_multivariant(self.get(url).body.decode())
        found = {}
        for entry in variants + media:
            full = urllib.parse.urljoin(url, entry["URI"])
            found[full] = (entry, self.get(full).body.decode())
        return found

    # ---- the lecture

    def test_the_lecture_becomes_ready_with_its_facts(self):
        self.assertEqual(self.lecture["state"], "ready", self.lecture)
        self.assertEqual(self.lecture["title"], "Đếm số")
        self.assertEqual(self.lecture["course"]["title"], "Toán")
        self.assertGreater(self.lecture["duration_s"], 25)
        self.assertEqual(self.lecture["job"]["state"], "done")
        self.assertEqual(self.lecture["job"]["progress"], 1)
        self.assertIsNone(self.lecture["job"]["error"])

    def test_the_catalogue_shows_it_to_everybody(self):
        client = self.server.client()
        courses = client.get("/api/v1/courses").json()["courses"]
        course = next(c for c in courses if c["title"] == "Toán")
        self.assertEqual(course["n_lectures"], 1)
        inside = client.get(f"/api/v1/courses/{course['id']}").json()
        self.assertEqual([l["id"] for l in inside["lectures"]], [self.lecture_id])
        listed = client.get("/api/v1/lectures").json()["lectures"]
        self.assertIn(self.lecture_id, [l["id"] for l in listed])

    def test_it_could_be_watched_before_it_was_ready(self):
        self.assertTrue(self.early, "no playback URL before the end")
        url, first = self.early[0]
        text = first.body.decode()
        self.assertIn("#EXT-X-PLAYLIST-TYPE:EVENT", text)
        self.assertNotIn("#EXT-X-ENDLIST", text)
        self.assertEqual(first.headers["Cache-Control"], "no-cache")
        final = self.get(url).body.decode()
        self.assertIn("#EXT-X-PLAYLIST-TYPE:VOD", final)

        def segments(playlist):
            return [line for line in playlist.split("\n") if line.startswith("#EXTINF") or line.endswith(".m4s")]
        grown = segments(final)
        self.assertEqual(segments(text), grown[:len(segments(text))], "what was listed stays as it was")

    # ---- playlists and segments

    def test_playlists_are_complete_and_say_what_is_there(self):
        for kind, codec, group in (("hls", "mp4a.40.2", "low"), ("hls_opus", "opus", "opus")):
            reply = self.get(self.lecture["playback"][kind])
            self.assertEqual(reply.headers["Content-Type"], "application/vnd.apple.mpegurl")
            variants, media = parse_multivariant(reply.body.decode())
            self.assertGreaterEqual(len(variants), 1)
            self.assertEqual(media[0]["GROUP-ID"], group)
            for variant in variants:
                self.assertIn("avc1.", variant["CODECS"])
                self.assertIn(codec, variant["CODECS"])
                self.assertIn("RESOLUTION", variant)
                self.assertGreaterEqual(int(variant["BANDWIDTH"]), int(variant["AVERAGE-BANDWIDTH"]))
            bandwidths = [int(v["BANDWIDTH"]) for v in variants]
            self.assertEqual(bandwidths, sorted(bandwidths))

    def test_segments_add_up_and_are_aligned(self):
        durations, totals = set(), []
        for url, (entry, text) in self.playlists(self.lecture["playback"]["hls"]).items():
            self.assertIn("#EXT-X-ENDLIST", text)
            lengths = [float(line[8:].split(",")[0]) for line in text.split("\n") if line.startswith("#EXTINF:")]
            target = int(next(line for line in text.split("\n") if "TARGETDURATION" in line).split(":")[1])
            self.assertLessEqual(max(lengths), target + 0.5)
            totals.append(sum(lengths))
            if "RESOLUTION" in entry:
                durations.add(tuple(lengths))
        self.assertEqual(len(durations), 1, "video renditions have the same boundaries")
        self.assertLess(max(totals) - min(totals), 0.1)
        self.assertLess(abs(totals[0] - self.lecture["duration_s"]), 0.2)

    def test_declared_bandwidths_hold(self):
        for url, (entry, text) in self.playlists(self.lecture["playback"]["hls"]).items():
            if "RESOLUTION" not in entry:
                continue
            lines = text.split("\n")
            sizes, seconds = 0, 0.0
            for i, line in enumerate(lines):
                if line.startswith("#EXTINF:"):
                    seconds += float(line[8:].split(",")[0])
                    sizes += len(self.get(urllib.parse.urljoin(url, lines[i + 1])).body)
            self.assertLessEqual(sizes * 8 / seconds, int(entry["AVERAGE-BANDWIDTH"]) * 1.01)

    def test_everything_plays_to_the_end_with_ffmpeg(self):
        for kind in ("hls", "audio", "hls_opus", "audio_opus"):
            url = f"http://127.0.0.1:{self.server.port}{self.lecture['playback'][kind]}"
            # Times as they are: ffmpeg would else put them on the grid of a rate that it guesses, and reckon at the
            # end of a playlist how long its last pictures are.
            done = subprocess.run(["ffmpeg", "-v", "error", "-copyts", "-i", url, "-map", "0", "-fps_mode", "passthrough",
                                   "-enc_time_base", "-1", "-f", "null", "-"],
                                  capture_output=True, text=True, timeout=300, check=False)
            self.assertEqual((done.returncode, done.stderr), (0, ""), kind)

    def test_a_player_would_find_nothing_wrong(self):
        url = f"http://127.0.0.1:{self.server.port}{self.lecture['playback']['hls']}"
        done = subprocess.run([BANMAI, "check", url], capture_output=True, text=True, timeout=300, check=False)
        self.assertEqual((done.returncode, done.stdout, done.stderr), (0, "", ""))

    def test_a_lecture_of_few_bytes_took_as_long_to_fetch_as_to_watch(self):
        started = time.monotonic()
        variants, _ = parse_multivariant(self.get(self.lecture["playback"]["hls"]).body.decode())
        client = self.server.client()
        base = urllib.parse.urljoin(self.lecture["playback"]["hls"], variants[-1]["URI"])
        n_bytes = 0
        for uri in re.findall(r"^[^#].*$", self.get(base).body.decode(), re.M):
            n_bytes += len(client.get(urllib.parse.urljoin(base, uri)).body)
        self.assertGreater(n_bytes, 50000)
        self.assertLess(time.monotonic() - started, self.lecture["duration_s"] / 4)

    def test_caching_ranges_and_conditions(self):
        client = self.server.client()
        hls = self.lecture["playback"]["hls"]
        variants, _ = parse_multivariant(self.get(hls).body.decode())
        playlist = urllib.parse.urljoin(hls, variants[0]["URI"])
        segment = urllib.parse.urljoin(playlist, "0.m4s")
        whole = self.get(segment)
        for url in (playlist, segment):
            reply = self.get(url)
            self.assertIn("immutable", reply.headers["Cache-Control"])
            etag = reply.headers["ETag"]
            self.assertEqual(client.get(url, If_None_Match=etag).status, 304)
            head = client.call("HEAD", url)
            self.assertEqual((head.status, head.headers["ETag"], head.body), (200, etag, b""))
        self.assertEqual(whole.headers["Content-Type"], "video/mp4")
        self.assertEqual(whole.headers["Access-Control-Allow-Origin"], "*")
        part = client.get(segment, Range="bytes=10-19")
        self.assertEqual((part.status, part.body), (206, whole.body[10:20]))
        self.assertEqual(part.headers["Content-Range"], f"bytes 10-19/{len(whole.body)}")
        self.assertEqual(client.get(segment, Range=f"bytes={len(whole.body)}-").status, 416)
        stale = client.get(segment, Range="bytes=0-1", If_Range='"another"')
        self.assertEqual((stale.status, stale.body), (200, whole.body))
        zipped = client.get(playlist, Accept_Encoding="gzip")
        self.assertEqual(zipped.headers["Content-Encoding"], "gzip")

    def test_a_rendition_can_be_taken_home_in_one_file(self):
        hls = self.lecture["playback"]["hls"]
        variants, _ = parse_multivariant(self.get(hls).body.decode())
        name = variants[0]["URI"].split("/")[0]
        client = self.server.client()
        reply = client.get(urllib.parse.urljoin(hls, f"{name}.mp4"), Range="bytes=4-7")
        self.assertEqual((reply.status, reply.body), (206, b"ftyp"))

    def test_the_poster_is_a_small_picture(self):
        reply = self.get(self.lecture["playback"]["poster"])
        self.assertEqual(reply.headers["Content-Type"], "image/jpeg")
        self.assertEqual(reply.body[:2], b"\xff\xd8")
        self.assertLess(len(reply.body), 60000)

    def test_the_storyboard_is_served_with_what_it_names(self):
        playback = self.lecture["playback"]
        cues = self.get(playback["storyboard"])
        self.assertEqual(cues.headers["Content-Type"], "text/vtt; charset=utf-8")
        self.assertIn("immutable", cues.headers["Cache-Control"])
        self.assertTrue(cues.body.startswith(b"WEBVTT\n\n00:00:00.000 --> "))
        sheet = re.search(r"^(storyboard-0\.jpg)#xywh=0,0,\d+,\d+$", cues.body.decode(), re.MULTILINE).group(1)
        picture = self.get(urllib.parse.urljoin(playback["storyboard"], sheet))
        self.assertEqual((picture.headers["Content-Type"], picture.body[:2]), ("image/jpeg", b"\xff\xd8"))
        self.assertIn("immutable", picture.headers["Cache-Control"])
        slides = self.get(urllib.parse.urljoin(playback["storyboard"], "slides.json"))
        self.assertEqual(slides.headers["Content-Type"], "application/json")
        n_slides = len(slides.json()["slides"])
        self.assertEqual(playback["slides"] is not None, n_slides >= 2)
        etag = cues.headers["ETag"]
        self.assertEqual(self.server.client().get(playback["storyboard"], If_None_Match=etag).status, 304)
        gone = urllib.parse.urljoin(playback["storyboard"], "storyboard-99.jpg")
        self.assertEqual(self.server.client().get(gone).status, 404)

    def test_addresses_that_were_not_given_out_open_nothing(self):
        client = self.server.client()
        _, v, token, package, _ = self.lecture["playback"]["hls"].split("/")
        self.assertEqual(v, "v")
        forged = token[:-1] + ("B" if token.endswith("A") else "A")
        for path, status in ((f"/v/{forged}/{package}/multivariant.m3u8", (403,)),
                             (f"/v/{token}/{'0' * 32}/multivariant.m3u8", (403,)),
                             (f"/v/{token}/{package}/../../../banmai.sqlite3", (400, 403, 404)),
                             (f"/v/{token}/{package}/%2e%2e/plan.json", (400, 404)),
                             (f"/v/{token}/{package}/plan.json", (404,)),
                             (f"/v/{token}/{package}/package.json", (404,)),
                             (f"/v/{token}/{package}/v999/media.m3u8", (404,)),
                             (f"/v/{token}/{package}/v240/99999.m4s", (404,)),
                             (f"/v/{token}/{package}/v240/00.m4s", (404,)),
                             (f"/v/{token}/{package}/v240/-1.m4s", (404,))):
            self.assertIn(client.get(path).status, status, path)

    # ---- watching

    def test_progress_is_kept_and_resumed_on_another_device(self):
        phone, tablet = self.server.client("lan"), self.server.client("lan")
        session = "a1" * 16
        self.assertEqual(phone.progress(self.lecture_id)["watched_s"], 0)
        self.assertEqual(phone.beat(self.lecture_id, session, 0, [], 0).status, 204)
        self.assertEqual(phone.beat(self.lecture_id, session, 1, [[0, 14.8]], 14.8).status, 204)
        progress = tablet.progress(self.lecture_id)
        self.assertEqual(progress["position_s"], 14.8)
        self.assertEqual(progress["watched"], [[0, 15]])
        self.assertEqual(progress["watched_s"], 15)
        self.assertFalse(progress["completed"])

        def drained():
            with sqlite3.connect(f"file:{self.server.data}/banmai.sqlite3?mode=ro", uri=True) as db:
                return db.execute("select watched_s from progress where lecture_id = ? and user_id = "
                                  "(select id from users where login = 'lan')", (self.lecture_id,)).fetchone()
        self.assertEqual(wait_for("the drain", drained)[0], 15)
        listed = next(l for l in tablet.get("/api/v1/lectures").json()["lectures"] if l["id"] == self.lecture_id)
        self.assertEqual((listed["progress"]["position_s"], listed["progress"]["watched_s"]), (14.8, 15))
        self.assertIsNone(self.server.client("hoa").lecture(self.lecture_id)["progress"])
        self.server.redis("FLUSHALL")
        self.assertEqual(tablet.progress(self.lecture_id)["watched"], [[0, 15]])
        self.assertEqual(self.server.client("hoa").progress(self.lecture_id)["watched_s"], 0)

    def test_the_package_is_tidy_enough_to_be_moved(self):
        """banmai-transcode's own output plays from the folder, too."""
        package = self.lecture["playback"]["hls"].split("/")[3]
        folder = os.path.join(self.server.data, "media", "packages", package)
        with open(os.path.join(folder, "package.json"), encoding="utf-8") as f:
            index = json.load(f)
        self.assertTrue(index["complete"])
        for rendition in index["renditions"]:
            self.assertEqual(rendition["files"], [f"{rendition['name']}.mp4"])


class Publish(unittest.TestCase):
    def setUp(self):
        self.server = Server()
        self.clip = make_clip(os.path.join(self.server.data, "bài giảng.mp4"), 6)

    def tearDown(self):
        self.server.clean()

    def publish(self, *arguments):
        return subprocess.run([BANMAI, "publish", self.clip, "--data", self.server.data, "--title", "Thử",
                               "--disk-floor-bytes", "0", *arguments], capture_output=True, text=True,
                              timeout=300, check=False)

    def test_publish_waits_shows_progress_and_prints_the_id(self):
        self.server.start()
        done = self.publish("--course", "Khoá", "--wait")
        self.assertEqual(done.returncode, 0, done.stderr)
        lecture_id = done.stdout.strip()
        self.assertRegex(lecture_id, "^[0-9a-f]{32}$")
        self.assertIn("ready", done.stderr)
        lecture = self.server.client().lecture(lecture_id)
        self.assertEqual((lecture["state"], lecture["title"]), ("ready", "Thử"))

    def test_publish_works_without_a_running_server(self):
        done = self.publish("--wait")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.server.start()
        self.assertEqual(self.server.client().lecture(done.stdout.strip())["state"], "ready")

    def test_publish_tells_why_a_file_cannot_become_a_lecture(self):
        self.server.start()
        with open(self.clip, "w", encoding="utf-8") as f:
            f.write("this is a text, not a video\n" * 100)
        done = self.publish("--wait")
        self.assertEqual(done.returncode, 1)
        self.assertIn("E_NOT_MEDIA", done.stderr)

    def test_publish_refuses_what_is_no_file(self):
        for path in ("/nowhere.mp4", "/tmp"):
            done = subprocess.run([BANMAI, "publish", path, "--data", self.server.data], capture_output=True,
                                  text=True, timeout=60, check=False)
            self.assertEqual(done.returncode, 1)
            self.assertIn(path, done.stderr)


class BadRecordings(unittest.TestCase):
    """Each fails with a code and a sentence, in both languages, and nothing else is harmed."""

    @classmethod
    def setUpClass(cls):
        cls.server = Server().start()
        cls.server.add_user("teacher", "instructor")
        cls.client = cls.server.client("teacher")

    @classmethod
    def tearDownClass(cls):
        cls.server.clean()

    def fail(self, data, code):
        lecture_id = Tus(self.client).send(data, filename="x.mp4", title=code)
        lecture = self.server.wait_for_state(self.client, lecture_id, "failed", "ready")
        self.assertEqual(lecture["state"], "failed", lecture)
        error = lecture["job"]["error"]
        self.assertEqual(error["code"], code)
        self.assertGreater(len(error["message"]), 20)
        self.assertGreater(len(error["message_en"]), 20)
        self.assertIsNone(lecture["playback"])
        return lecture_id

    def test_a_text_named_mp4(self):
        lecture_id = self.fail(b"not a video at all\n" * 500, "E_NOT_MEDIA")
        self.assertEqual(self.server.client().get(f"/api/v1/lectures/{lecture_id}").status, 404,
                         "learners do not see it")

    def test_an_empty_file(self):
        self.fail(b"", "E_EMPTY")

    def test_a_lecture_can_be_renamed_by_its_owner_alone(self):
        lecture_id = self.fail(b"a name is all that matters here\n" * 500, "E_NOT_MEDIA")
        path = f"/api/v1/lectures/{lecture_id}"
        self.assertEqual(self.client.call("PATCH", path, {"title": "Bài 2: Đạo hàm"}).status, 204)
        self.assertEqual(self.client.lecture(lecture_id)["title"], "Bài 2: Đạo hàm")
        for title in ("", "x" * 301, "a\nb", 7, None):
            reply = self.client.call("PATCH", path, {"title": title})
            self.assertEqual(reply.status, 400, (title, reply))
        self.assertEqual(self.client.call("PATCH", path, b"[", {"Content-Type": "application/json"}).status, 400)
        self.server.add_user("colleague", "instructor")
        self.assertEqual(self.server.client("colleague").call("PATCH", path, {"title": "mine"}).status, 404)
        self.assertEqual(self.client.lecture(lecture_id)["title"], "Bài 2: Đạo hàm")

    def test_a_failed_job_can_be_started_again_by_hand(self):
        lecture_id = self.fail(b"still not a video\n" * 500, "E_NOT_MEDIA")
        reply = self.client.call("POST", f"/api/v1/lectures/{lecture_id}/retry")
        self.assertEqual(reply.status, 202)
        lecture = self.server.wait_for_state(self.client, lecture_id, "failed")
        self.assertEqual(lecture["job"]["error"]["code"], "E_NOT_MEDIA")

    def test_a_cut_file_is_published_as_far_as_it_goes(self):
        data = sample(20)
        lecture_id = Tus(self.client).send(data[:int(len(data) * 0.6)], title="cut")
        lecture = self.server.wait_for_state(self.client, lecture_id, "ready", "failed")
        self.assertEqual(lecture["state"], "ready", lecture)
        self.assertIn("E_TRUNCATED", [w["code"] for w in lecture["job"]["warnings"]])
        self.assertLess(lecture["duration_s"], 16)

    def test_a_silent_recording_is_published_with_a_warning(self):
        clip = make_clip(os.path.join(self.server.data, "silent.mp4"), 4, audio=False)
        with open(clip, "rb") as f:
            lecture_id = Tus(self.client).send(f.read(), title="silent")
        lecture = self.server.wait_for_state(self.client, lecture_id, "ready", "failed")
        self.assertEqual(lecture["state"], "ready", lecture)
        self.assertIn("E_NO_AUDIO", [w["code"] for w in lecture["job"]["warnings"]])
        self.assertIsNone(lecture["playback"]["audio"])

    def test_a_job_can_be_cancelled_and_goes_on_later(self):
        lecture_id = Tus(self.client).send(sample(60), title="cancelled")
        self.server.wait_for_state(self.client, lecture_id, "processing")
        self.assertEqual(self.client.call("POST", f"/api/v1/lectures/{lecture_id}/cancel").status, 202)
        lecture = self.client.lecture(lecture_id)
        self.assertEqual((lecture["state"], lecture["job"]["error"]["code"]), ("failed", "E_CANCELLED"))
        wait_for("the programs to stop", lambda: self.server.pid_of("banmai-transcod") is None, 10)
        self.assertEqual(self.client.call("POST", f"/api/v1/lectures/{lecture_id}/cancel").status, 409)
        self.assertEqual(self.client.call("POST", f"/api/v1/lectures/{lecture_id}/retry").status, 202)
        self.server.wait_for_state(self.client, lecture_id, "ready", patience_s=300)

    def test_a_lecture_can_be_deleted_while_it_is_made(self):
        lecture_id = Tus(self.client).send(sample(60), title="deleted")
        self.server.wait_for_state(self.client, lecture_id, "processing")
        self.assertEqual(self.client.call("DELETE", f"/api/v1/lectures/{lecture_id}").status, 204)
        self.assertEqual(self.client.get(f"/api/v1/lectures/{lecture_id}").status, 404)
        wait_for("the programs to stop", lambda: self.server.pid_of("banmai-transcod") is None, 10)

    @unittest.skipUnless(os.path.isdir(os.path.join(MEDIA, "hostile")), "no media beside the checkout")
    def test_hostile_files_are_refused(self):
        for name in sorted(os.listdir(os.path.join(MEDIA, "hostile"))):
            if not name.startswith(("hls-", "ffconcat", "dash", "sdp", "quicktime")):
                continue
            with open(os.path.join(MEDIA, "hostile", name), "rb") as f:
                lecture_id = Tus(self.client).send(f.read(), filename=name, title=name)
            lecture = self.server.wait_for_state(self.client, lecture_id, "failed", "ready")
            self.assertEqual(lecture["state"], "failed", name)


if __name__ == "__main__":
    unittest.main()
