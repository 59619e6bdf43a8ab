#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""`banmai check` on a folder and on web servers that serve the same package well and badly."""
import functools
import gzip
import http.server
import os
import shutil
import subprocess
import tempfile
import threading
import unittest

from transcode_lib import BUILD, ffmpeg, main, transcode

BANMAI = os.path.join(BUILD, "server", "banmai")
TYPES = {".m3u8": "application/vnd.apple.mpegurl", ".mp4": "video/mp4", ".jpg": "image/jpeg", ".vtt": "text/vtt",
         ".json": "application/json"}
WRONG_TYPES = {"type": "a32.m3u8", "poster-type": "poster.jpg", "sheet-type": "storyboard-0.jpg",
               "cues-type": "storyboard.vtt", "slides-type": "slides.json"}


class Handler(http.server.SimpleHTTPRequestHandler):
    """Serves a folder as a good server does, with the faults that its class is given."""
    fault = None
    seen = []

    def do_GET(self):
        name = self.path.split("?")[0].lstrip("/")
        self.seen.append(name)
        path = os.path.join(self.directory, name)
        if not os.path.exists(path) or name == {"missing": "a32.mp4", "no-poster": "poster.jpg",
                                                  "no-cues": "storyboard.vtt"}.get(self.fault):
            self.send_error(404)
            return
        if self.fault == "redirect" and name == "a32.m3u8":
            self.send_response(302)
            self.send_header("Location", "http://127.0.0.1:9/elsewhere")
            self.send_header("Content-Length", "0")
            self.end_headers()
            return
        with open(path, "rb") as file:
            body = file.read()
        kind = "audio/mp4" if name[0] in "ao" and name.endswith(".mp4") else TYPES[os.path.splitext(name)[1]]
        if WRONG_TYPES.get(self.fault) == name:
            kind = "text/plain"
        self.send_response(200)
        self.send_header("Content-Type", kind)
        if name.endswith(".m3u8") and not (self.fault == "plain" and name == "a32.m3u8"):
            body = gzip.compress(body)
            self.send_header("Content-Encoding", "gzip")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


def check(target, **environment):
    done = subprocess.run([BANMAI, "check", target], capture_output=True, text=True, timeout=60, check=False,
                          env={**os.environ, **environment})
    return done.returncode, done.stdout, done.stderr


class CheckServer(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.root = tempfile.mkdtemp(prefix="banmai-")
        cls.package = os.path.join(cls.root, "package")
        clip = os.path.join(cls.root, "clip.mp4")
        ffmpeg("-f", "lavfi", "-i", "testsrc2=s=320x180:r=25:d=6", "-f", "lavfi", "-i", "sine=440:d=6", "-c:v", "libx264",
               "-preset", "ultrafast", "-c:a", "aac", clip)
        result = transcode("run", clip, cls.package)
        assert result.status == 0, result.events

    @classmethod
    def tearDownClass(cls):
        shutil.rmtree(cls.root)

    def check_served(self, fault=None, top="multivariant.m3u8", **environment):
        kind = type("Faulty", (Handler,), {"fault": fault, "seen": []})
        httpd = http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(kind, directory=self.package))
        thread = threading.Thread(target=httpd.serve_forever)
        thread.start()
        try:
            result = check(f"http://127.0.0.1:{httpd.server_port}/{top}", **environment)
        finally:
            httpd.shutdown()
            thread.join()
            httpd.server_close()
        self.assertEqual(len(kind.seen), len(set(kind.seen)), "nothing is fetched twice")
        return result

    def test_a_good_folder_and_a_good_server(self):
        self.assertEqual(check(self.package), (0, "", ""))
        self.assertEqual(self.check_served(), (0, "", ""))

    def test_what_servers_do_wrong_is_found(self):
        for fault, rule, name in (*((fault, "mime-type", name) for fault, name in WRONG_TYPES.items()),
                                  ("no-cues", "status", "storyboard.vtt"),
                                  ("plain", "gzip", "a32.m3u8"),
                                  ("redirect", "redirect", "a32.m3u8"), ("missing", "status", "a32.mp4")):
            with self.subTest(fault):
                status, lines, _ = self.check_served(fault)
                self.assertEqual(status, 1, lines)
                self.assertIn(f"error {rule} {name}: ", lines)

    def test_a_poster_that_is_not_served_is_told(self):
        status, lines, _ = self.check_served("no-poster")
        self.assertEqual((status, lines.split(": ")[0]), (0, "warning poster poster.jpg"))

    def test_no_package_is_there(self):
        status, lines, _ = self.check_served(top="nothing.m3u8")
        self.assertEqual(status, 1)
        self.assertIn("error status multivariant.m3u8: the server answers 404", lines)
        self.assertEqual(check("http://127.0.0.1:9/x.m3u8")[0], 1, "nobody answers")

    def test_nothing_is_left_behind(self):
        with tempfile.TemporaryDirectory() as folder:
            self.assertEqual(self.check_served(TMPDIR=folder), (0, "", ""))
            self.assertEqual(os.listdir(folder), [])
        self.assertEqual(self.check_served(TMPDIR=folder)[0], 1, "that is where it keeps what it fetches")

    def test_bad_usage(self):
        self.assertEqual(subprocess.run([BANMAI, "check"], capture_output=True, check=False).returncode, 2)
        self.assertEqual(check("http://127.0.0.1:9")[0], 2)


if __name__ == "__main__":
    main("__main__")
