#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Lectures whose pictures come at uneven distances, made by the real server: our page in Chromium, WebKitGTK and
Firefox, and hls.js 1.1 to 1.7, resume in the midst and go to five places (players_in_browsers.mjs)."""
import json
import os
import subprocess
import sys

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
sys.path.insert(0, os.path.join(ROOT, "tests", "integration"))

from server import PASSWORD, Server, Tus  # noqa: E402  pylint: disable=wrong-import-position

SECONDS = 60
RESUMED_S = 50
FONT = "fontfile=/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf"
# Slides at a rate of television, on which a line is drawn now and then: a rung of few pictures.
SLIDES = (f"color=white:size=480x270:rate=30000/1001,drawtext={FONT}:text='Bài %{{eif\\:floor(t/9)\\:d}}':fontsize=40:x=40:y=40,"
          "drawbox=x=40:y=150:w='1+mod(t*40\\,360)':h=5:color=blue:t=fill:enable='gt(mod(t\\,9)\\,4)'")
# A phone that drops pictures which look like the one before: 25 a second, then none for seconds.
PHONE = "testsrc2=size=320x180:rate=25,select='lt(mod(t\\,7)\\,2.3)+lt(mod(t\\,3.1)\\,0.13)',mpdecimate"


def make(path, picture):
    subprocess.run(["ffmpeg", "-v", "error", "-y", "-f", "lavfi", "-i", picture, "-f", "lavfi", "-i",
                    "sine=frequency=330:sample_rate=48000", "-fps_mode", "vfr", "-t", str(SECONDS), "-c:v", "libx264",
                    "-preset", "ultrafast", "-pix_fmt", "yuv420p", "-c:a", "aac", path], check=True)
    return path


def publish(server, teacher, name, picture):
    with open(make(os.path.join(server.data, name + ".mp4"), picture), "rb") as f:
        lecture_id = Tus(teacher).send(f.read(), filename=name + ".mp4", title=name, course="Khoá thử")
    lecture = server.wait_for_state(teacher, lecture_id, "ready", "failed", patience_s=300)
    assert lecture["state"] == "ready", lecture
    return {"id": lecture_id, **lecture["playback"]}


def main():
    server = Server(web=os.path.join(ROOT, "player-web", "dist")).start()
    try:
        server.add_user("teacher", "instructor")
        teacher = server.client("teacher")
        lectures = {name: publish(server, teacher, name, picture) for name, picture in (("slides", SLIDES), ("phone", PHONE))}
        for login in ("chromium", "webkit", "firefox"):
            server.add_user(login, "learner")
            client = server.client(login)
            for lecture in lectures.values():
                reply = client.beat(lecture["id"], os.urandom(16).hex(), 1, [], RESUMED_S)
                assert reply.status == 204, reply
        environment = {**os.environ, "BASE_URL": f"http://127.0.0.1:{server.port}", "PASSWORD": PASSWORD,
                       "LECTURES": json.dumps(lectures), "RESUMED_S": str(RESUMED_S)}
        program = os.path.join(ROOT, "tests", "browser", "players_in_browsers.mjs")
        return subprocess.run(["node", "--test-reporter=spec", program], env=environment, timeout=1800, check=False).returncode
    finally:
        server.clean()


if __name__ == "__main__":
    sys.exit(main())
