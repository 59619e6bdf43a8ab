#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""The pages' tests against the real server with a real lecture: sign in, play to the end, reload, go
on within a second of where it stopped. (The *_test.mjs run by themselves against a test double.)"""
import os
import re
import subprocess
import sys

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
sys.path.insert(0, os.path.join(ROOT, "tests", "integration"))

from server import PASSWORD, Server, Tus, make_clip  # noqa: E402  pylint: disable=wrong-import-position

SECONDS = 30
TESTS = ("learner_test.mjs", "pages_test.mjs", "studio_test.mjs")  # av1_test.mjs brings its own package


def main():
    server = Server(web=os.path.join(ROOT, "player-web", "dist")).start()
    try:
        for login, role in (("learner", "learner"), ("instructor", "instructor"), ("admin", "admin")):
            server.add_user(login, role)
        teacher = server.client("instructor")
        clip = make_clip(os.path.join(server.data, "clip.mp4"), SECONDS, size="640x360", captions="Xin chào")
        with open(clip, "rb") as f:
            lecture_id = Tus(teacher).send(f.read(), filename="bài.mp4", title="Bài thử", course="Khoá thử")
        server.wait_for_state(teacher, lecture_id, "ready", patience_s=300)
        environment = {**os.environ, "BASE_URL": f"http://127.0.0.1:{server.port}", "LECTURE": lecture_id,
                       **{login.upper(): f"{login}:{PASSWORD}" for login in ("learner", "instructor", "admin")}}
        done = subprocess.run(["node", os.path.join(ROOT, "tests", "browser", "run.mjs"), *TESTS], env=environment,
                              stdout=subprocess.PIPE, text=True, timeout=900, check=False)
        print(done.stdout)
        if not re.search(r"^\d+ passed, \d+ failed$", done.stdout, re.MULTILINE):
            print("0 passed, 1 failed")
        return done.returncode
    finally:
        server.clean()


if __name__ == "__main__":
    sys.exit(main())
