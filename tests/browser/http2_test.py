#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs http2.mjs against the real server over TLS: the pages play and upload over HTTP/2."""
import base64
import hashlib
import os
import subprocess
import sys

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
sys.path.insert(0, os.path.join(ROOT, "tests", "integration"))

from h2_browser import TlsServer  # noqa: E402  pylint: disable=wrong-import-position
from server import PASSWORD, Tus, make_clip  # noqa: E402  pylint: disable=wrong-import-position

SECONDS = 30


def key_digest(certificate):
    """The digest of its public key, by which Chromium can be told to trust it."""
    key = subprocess.run(["openssl", "x509", "-in", certificate, "-noout", "-pubkey"], check=True, capture_output=True)
    der = subprocess.run(["openssl", "pkey", "-pubin", "-outform", "der"], input=key.stdout, check=True,
                         capture_output=True)
    return base64.b64encode(hashlib.sha256(der.stdout).digest()).decode()


def main():
    server = TlsServer(web=os.path.join(ROOT, "player-web", "dist")).start()
    try:
        for login, role in (("learner", "learner"), ("instructor", "instructor")):
            server.add_user(login, role)
        teacher = server.client("instructor")
        clip = make_clip(os.path.join(server.data, "clip.mp4"), SECONDS, size="640x360", rate=16)
        with open(clip, "rb") as f:
            lecture_id = Tus(teacher).send(f.read(), filename="bài.mp4", title="Bài thử", course="Khoá thử")
        server.wait_for_state(teacher, lecture_id, "ready", patience_s=300)
        teacher.close()
        environment = {**os.environ, "BASE_URL": f"https://localhost:{server.port}", "LECTURE": lecture_id,
                       "KEY_DIGEST": key_digest(server.certificate),
                       **{login.upper(): f"{login}:{PASSWORD}" for login in ("learner", "instructor")}}
        done = subprocess.run(["node", os.path.join(ROOT, "tests", "browser", "http2.mjs")], env=environment,
                              timeout=900, check=False)
        return done.returncode
    finally:
        server.clean()


if __name__ == "__main__":
    sys.exit(main())
