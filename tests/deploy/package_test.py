#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""What `cmake --install` and the Debian package bring, looked at without installing them."""
import functools
import glob
import os
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import unittest
import urllib.request

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
BUILD = os.path.join(ROOT, "build", "release")
UNITS = ("banmai.service", "banmai-worker.service")
MOST_EXPOSED = 2.5  # of 10, as `systemd-analyze security` counts; a unit without settings has 9.6


def run(*arguments, **options):
    """Returns what it printed; raises that when it fails."""
    done = subprocess.run(arguments, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                          text=True, check=False, **options)
    if done.returncode != 0:
        raise AssertionError(f"{' '.join(arguments)}: status {done.returncode}\n{done.stdout}")
    return done.stdout


@functools.cache
def build_package():
    return subprocess.run([os.path.join(ROOT, "deploy", "build-deb")], check=True, stdout=subprocess.PIPE,
                          stderr=sys.stderr, text=True).stdout.strip()


def wait_until_ready(port, patience_s=60):
    end = time.monotonic() + patience_s
    while True:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/readyz", timeout=10):
                return
        except OSError:
            if time.monotonic() > end:
                raise
            time.sleep(0.1)


class Installed(unittest.TestCase):
    """By `cmake --install`, into a folder."""

    @classmethod
    def setUpClass(cls):
        build_package()
        cls.root = tempfile.mkdtemp(prefix="banmai-installed-")
        cls.install()
        cls.banmai = os.path.join(cls.root, "usr/bin/banmai")
        cls.help = run(cls.banmai, "--help")
        cls.settings = [name.replace("-", "_") for name in re.findall(r"^  --([a-z-]+)", cls.help, re.MULTILINE)]

    @classmethod
    def install(cls):
        run("cmake", "--install", BUILD, "--prefix", "/usr", env={**os.environ, "DESTDIR": cls.root})

    @classmethod
    def tearDownClass(cls):
        shutil.rmtree(cls.root)

    def read(self, name):
        with open(os.path.join(self.root, name), encoding="utf-8") as file:
            return file.read()

    @staticmethod
    def write(path, text):
        with open(path, "w", encoding="utf-8") as file:
            file.write(text)

    def manual(self, name):
        return run("zcat", os.path.join(self.root, "usr/share/man", name)).replace("\\-", "-")

    def test_the_server_runs_from_there_and_finds_its_pages(self):
        data = tempfile.mkdtemp(prefix="banmai-installed-")
        self.addCleanup(shutil.rmtree, data)
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        server = subprocess.Popen([self.banmai, "serve", "--data", data, "--listen", f"127.0.0.1:{port}"],
                                  stderr=subprocess.PIPE, text=True)
        try:
            wait_until_ready(port)
            for path in ("/", "/studio", "/admin"):
                with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=30) as reply:
                    self.assertIn(b'<html lang="vi"', reply.read(), path)
        finally:
            server.terminate()
            said = server.communicate(timeout=60)[1]
        self.assertEqual(server.returncode, 0, said)

    def test_the_example_has_every_setting_with_a_default_that_the_server_takes(self):
        text = self.read("etc/banmai/banmai.ini")
        self.assertEqual(text, self.read("usr/share/doc/banmai/examples/banmai.ini"))
        self.assertEqual(re.findall(r"^#?([a-z_]+) =", text, re.MULTILINE), self.settings)
        self.assertGreater(len(self.settings), 40)
        self.assertIn("\ndata = /var/lib/banmai\n", text)
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, "all.ini")
            self.write(path, re.sub(r"^#([a-z_]+ =)", r"\1", text, flags=re.MULTILINE))
            self.assertEqual(run(self.banmai, "user", "list", "--config", path, "--data", folder), "")

    def test_settings_that_were_changed_stay(self):
        path = os.path.join(self.root, "etc/banmai/banmai.ini")
        with open(path, encoding="utf-8") as file:
            before = file.read()
        self.addCleanup(self.write, path, before)
        self.write(path, "[server]\nlisten = 127.0.0.1:9\n")
        self.install()
        self.assertEqual(self.read("etc/banmai/banmai.ini"), "[server]\nlisten = 127.0.0.1:9\n")

    def test_manuals_name_every_command_and_setting(self):
        manual = self.manual("man5/banmai.ini.5.gz")
        self.assertEqual(re.findall(r"^\.TP\n\.B ([a-z_]+)$", manual, re.MULTILINE), self.settings)
        self.assertNotIn("@SETTINGS@", manual)
        manual = self.manual("man1/banmai.1.gz")
        commands = re.findall(r"^  banmai (\w+(?: (?:add|password|role|unlock|list)\b)?)", self.help, re.MULTILINE)
        self.assertGreaterEqual(len(commands), 10)
        for command in commands:
            self.assertIn(f"banmai {command}", manual)
        manual = self.manual("man1/banmai-transcode.1.gz")
        usage = run(os.path.join(self.root, "usr/bin/banmai-transcode"), "--help")
        for word in re.findall(r"banmai-transcode (\w+)|^  (--[a-z0-9-]+)", usage, re.MULTILINE):
            self.assertIn("".join(word), manual)

    def test_units_are_sound_and_locked(self):
        """As they stand in the tree, but for the program's place, which is this folder."""
        folder = tempfile.mkdtemp(prefix="banmai-units-")
        self.addCleanup(shutil.rmtree, folder)
        for unit in UNITS:
            source = os.path.join(self.root, "usr/lib/systemd/system", unit)
            shutil.copytree(f"{source}.d", os.path.join(folder, f"{unit}.d"))
            with open(source, encoding="utf-8") as file:
                text = file.read()
            self.assertIn("\nExecStart=banmai ", text)
            path = os.path.join(folder, unit)
            self.write(path, text.replace("ExecStart=banmai ", f"ExecStart={self.banmai} "))
            self.assertEqual(run("systemd-analyze", "verify", "--man=no", path), "")
            told = run("systemd-analyze", "security", "--offline=true", "--no-pager", path)
            exposure = float(re.search(r"exposure level for \S+: ([0-9.]+)", told).group(1))
            self.assertLessEqual(exposure, MOST_EXPOSED, told)


class Package(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.path = build_package()

    def test_it_has_no_errors(self):
        told = run("lintian", "--fail-on=error", "--allow-root", self.path)
        self.assertEqual([line for line in told.splitlines() if line.startswith(("E:", "W:"))], [])

    def test_what_is_in_it(self):
        listed = run("dpkg-deb", "-c", self.path)
        rights = {line.split()[5]: line.split()[:2] for line in listed.splitlines()}
        for name in ("./usr/bin/banmai", "./usr/bin/banmai-transcode", "./usr/share/banmai/web/index.html",
                     "./etc/banmai/banmai.ini", "./usr/lib/systemd/system/banmai.service.d/hardening.conf",
                     "./usr/lib/sysusers.d/banmai.conf", "./usr/lib/tmpfiles.d/banmai.conf",
                     "./usr/share/man/man5/banmai.ini.5.gz", "./usr/share/doc/banmai/copyright",
                     "./usr/share/doc/banmai/changelog.gz", "./usr/share/doc/banmai/examples/Caddyfile"):
            self.assertIn(name, rights)
        self.assertEqual({owner for _, owner in rights.values()}, {"root/root"})
        self.assertEqual([name for name, (mode, _) in rights.items() if "w" in mode[4:] or "s" in mode], [])
        self.assertEqual([name for name in rights if name.endswith((".map", ".ts", "manifest.json"))], [])

    def test_its_version_is_the_programs(self):
        version = run(os.path.join(BUILD, "server", "banmai"), "--version").split()[1]
        self.assertEqual(run("dpkg-deb", "-f", self.path, "Version").strip(), version)
        self.assertEqual(glob.glob(os.path.join(BUILD, "*.deb")), [self.path])
        with open(os.path.join(ROOT, "deploy/debian/changelog"), encoding="utf-8") as file:
            self.assertTrue(file.readline().startswith(f"banmai ({version}) "))


if __name__ == "__main__":
    unittest.main(verbosity=2)
