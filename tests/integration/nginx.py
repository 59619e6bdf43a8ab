# SPDX-License-Identifier: GPL-3.0-or-later
"""nginx in front of a server, as people set it up."""
import os
import shutil
import signal
import socket
import subprocess
import tempfile

from server import wait_for

IS_INSTALLED = shutil.which("nginx") is not None

CONFIG = """
{user}
daemon off;
pid {folder}/pid;
error_log {folder}/error.log;
worker_processes 1;
events {{ worker_connections 64; }}
http {{
  access_log off;
  client_body_temp_path {folder}/body;
  proxy_temp_path {folder}/proxy;
  fastcgi_temp_path {folder}/fastcgi;
  uwsgi_temp_path {folder}/uwsgi;
  scgi_temp_path {folder}/scgi;
{servers}
}}
"""


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def make_certificate(folder):
    paths = [os.path.join(folder, name) for name in ("cert.pem", "key.pem")]
    subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days",
                    "2", "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1", "-out", paths[0], "-keyout", paths[1]], check=True,
                   stderr=subprocess.DEVNULL)
    return paths


class Nginx:
    """`servers` is the text of server blocks."""

    def __init__(self, servers, ports):
        self.folder = tempfile.mkdtemp(prefix="banmai-nginx-")
        config = os.path.join(self.folder, "nginx.conf")
        with open(config, "w", encoding="utf-8") as f:
            # Its folder is ours alone: as root its worker would be somebody else.
            f.write(CONFIG.format(folder=self.folder, servers=servers, user="user root;" if os.getuid() == 0 else ""))
        self.process = subprocess.Popen(["nginx", "-c", config, "-e", os.path.join(self.folder, "error.log")],
                                        stderr=subprocess.DEVNULL)
        for port in ports:
            wait_for("nginx to listen", lambda port=port: self.answers(port), 20)

    def answers(self, port):
        if self.process.poll() is not None:
            with open(os.path.join(self.folder, "error.log"), encoding="utf-8") as f:
                raise AssertionError(f"nginx ended: {f.read()}")
        with socket.socket() as s:
            return s.connect_ex(("127.0.0.1", port)) == 0

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(20)
        shutil.rmtree(self.folder, ignore_errors=True)
