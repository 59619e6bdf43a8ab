# SPDX-License-Identifier: GPL-3.0-or-later
"""Caddy in front of a server, as people set it up."""
import os
import shutil
import signal
import socket
import subprocess
import tempfile

from server import wait_for

IS_INSTALLED = shutil.which("caddy") is not None
# For a machine on which others listen, too: no control port, nothing on port 80.
OPTIONS = "{\n\tadmin off\n\tauto_https disable_redirects\n}\n"


class Caddy:
    """`sites` is the text of a Caddyfile without options for all sites."""

    def __init__(self, sites, port):
        self.folder = tempfile.mkdtemp(prefix="banmai-caddy-")
        config = os.path.join(self.folder, "Caddyfile")
        with open(config, "w", encoding="utf-8") as f:
            f.write(OPTIONS + sites)
        self.log = os.path.join(self.folder, "log")
        with open(self.log, "wb") as log:
            self.process = subprocess.Popen(
                ["caddy", "run", "--config", config, "--adapter", "caddyfile"], stdin=subprocess.DEVNULL, stdout=log,
                stderr=log, env={**os.environ, "HOME": self.folder, "XDG_DATA_HOME": self.folder,
                                 "XDG_CONFIG_HOME": self.folder})
        wait_for("caddy to listen", lambda: self.answers(port), 20)

    def answers(self, port):
        if self.process.poll() is not None:
            with open(self.log, encoding="utf-8") as f:
                raise AssertionError(f"caddy ended: {f.read()}")
        with socket.socket() as s:
            return s.connect_ex(("127.0.0.1", port)) == 0

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(20)
        shutil.rmtree(self.folder, ignore_errors=True)
