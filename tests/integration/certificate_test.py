#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""A renewed certificate, as certbot and lego hand it over: deploy/certificate-hook, and SIGHUP."""
import grp
import os
import shutil
import signal
import socket
import ssl
import stat
import subprocess
import tempfile
import unittest

from nginx import make_certificate
from server import ROOT, Server, wait_for

HOOK = os.path.join(ROOT, "deploy", "certificate-hook")
# Stands for the one of systemd: tells the server what its unit would.
SYSTEMCTL = """#!/bin/sh
[ "$*" = "try-reload-or-restart banmai.service" ] && kill -HUP {pid}
"""


class Certificate(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.mkdtemp(prefix="banmai-certificate-")
        cls.addClassCleanup(shutil.rmtree, cls.folder)
        cls.tls = os.path.join(cls.folder, "tls")
        cls.call_hook(RENEWED_LINEAGE=cls.issue("first"), systemctl="exit 0")
        cls.server = Server(local_worker="no", tls_cert=os.path.join(cls.tls, "fullchain.pem"),
                            tls_key=os.path.join(cls.tls, "privkey.pem")).start()
        cls.addClassCleanup(cls.server.clean)

    @classmethod
    def issue(cls, name):
        """A folder as certbot has one for each name; returns it."""
        folder = os.path.join(cls.folder, name)
        os.makedirs(folder)
        for path, to in zip(make_certificate(folder), ("fullchain.pem", "privkey.pem")):
            os.rename(path, os.path.join(folder, to))
        return folder

    @classmethod
    def call_hook(cls, systemctl=None, **variables):
        bin_folder = os.path.join(cls.folder, "bin")
        os.makedirs(bin_folder, exist_ok=True)
        path = os.path.join(bin_folder, "systemctl")
        with open(path, "w", encoding="utf-8") as file:
            file.write(f"#!/bin/sh\n{systemctl}\n" if systemctl else SYSTEMCTL.format(pid=cls.server.process.pid))
        os.chmod(path, 0o755)
        return subprocess.run([HOOK], capture_output=True, text=True, check=False, env={
            "PATH": f"{bin_folder}:{os.environ['PATH']}", "BANMAI_TLS_FOLDER": cls.tls,
            "BANMAI_TLS_GROUP": grp.getgrgid(os.getgid()).gr_name, **variables})

    def connect(self):
        context = ssl._create_unverified_context()
        return context.wrap_socket(socket.create_connection(("127.0.0.1", self.server.port), 20))

    def shown(self):
        """The certificate that a new connection is shown."""
        with self.connect() as connection:
            return ssl.DER_cert_to_PEM_cert(connection.getpeercert(True))

    def issued(self, folder):
        with open(os.path.join(folder, "fullchain.pem"), encoding="ascii") as file:
            return file.read()

    def check_it_is_shown(self, folder):
        wait_for("the new certificate", lambda: self.shown() == self.issued(folder), 20)

    def test_certbots_new_certificate_is_shown_and_open_connections_go_on(self):
        with self.connect() as connection:
            folder = self.issue("certbot")
            self.assertNotEqual(self.shown(), self.issued(folder))
            done = self.call_hook(RENEWED_LINEAGE=folder)
            self.assertEqual((done.returncode, done.stderr), (0, ""))
            self.check_it_is_shown(folder)
            connection.sendall(b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n")
            self.assertTrue(connection.recv(1000).startswith(b"HTTP/1.1 200"))

    def test_legos_new_certificate_is_shown(self):
        folder = self.issue("lego")
        done = self.call_hook(LEGO_CERT_PATH=os.path.join(folder, "fullchain.pem"),
                              LEGO_CERT_KEY_PATH=os.path.join(folder, "privkey.pem"))
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        self.check_it_is_shown(folder)

    def test_the_key_is_closed_to_others_and_no_half_file_stays(self):
        self.assertEqual(sorted(os.listdir(self.tls)), ["fullchain.pem", "privkey.pem"])
        self.assertEqual(stat.S_IMODE(os.stat(os.path.join(self.tls, "privkey.pem")).st_mode), 0o640)
        self.assertEqual(stat.S_IMODE(os.stat(self.tls).st_mode), 0o750)

    def test_a_hook_that_nobody_called_says_so(self):
        done = self.call_hook()
        self.assertEqual(done.returncode, 1)
        self.assertIn("neither certbot", done.stderr)

    def test_a_key_of_another_certificate_is_not_taken(self):
        before = self.shown()
        shutil.copy(os.path.join(self.issue("other"), "privkey.pem"), os.path.join(self.tls, "privkey.pem"))
        self.addCleanup(self.call_hook, RENEWED_LINEAGE=os.path.join(self.folder, "first"))
        n = len(self.server.log)
        self.server.process.send_signal(signal.SIGHUP)
        wait_for("the refusal in the log", lambda: any(line["level"] in ("error", "warn") for line in self.server.log[n:]))
        self.assertEqual(self.shown(), before)


if __name__ == "__main__":
    unittest.main()
