#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""deploy/quickstart.sh as a person meets it: what it prints is true, Ctrl-C leaves nothing running, and
a second run goes on with what is there."""
import glob
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import tempfile
import threading
import time
import unittest
import urllib.request

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
QUICKSTART = os.path.join(ROOT, "deploy", "quickstart.sh")
PATIENCE_S = 300
IS_ROOT = os.geteuid() == 0


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def make_clip(path):
    subprocess.run(["ffmpeg", "-v", "error", "-f", "lavfi", "-i", "testsrc2=s=320x240:r=25:d=4",
                    "-f", "lavfi", "-i", "sine=d=4", "-c:v", "libx264", "-preset", "ultrafast",
                    "-c:a", "aac", "-shortest", path], check=True)


def processes_of(folder):
    """Command lines that name a folder."""
    found = []
    for path in glob.glob("/proc/[0-9]*/cmdline"):
        try:
            with open(path, "rb") as file:
                line = file.read().replace(b"\0", b" ").decode(errors="replace")
        except OSError:
            continue
        if folder in line:
            found.append(line)
    return found


def below(pid):
    """Process ids of all descendants."""
    found = []
    for path in glob.glob(f"/proc/{pid}/task/*/children"):
        with open(path, encoding="ascii") as file:
            for child in map(int, file.read().split()):
                found += [child, *below(child)]
    return found


def roots_programs(pid):
    """Names of what runs below a process as root, the shell apart."""
    found = []
    for child in below(pid):
        try:
            with open(f"/proc/{child}/status", encoding="ascii", errors="replace") as file:
                fields = dict(line.split(":", 1) for line in file)
        except OSError:
            continue
        if "0" in fields["Uid"].split() and fields["Name"].strip() != "quickstart.sh":
            found.append(fields["Name"].strip())
    return found


def owners(folder):
    """User ids of all that is in a folder, itself included."""
    return {os.lstat(os.path.join(path, name)).st_uid
            for path, folders, files in os.walk(folder) for name in [".", *folders, *files]}


def heed_ctrl_c():
    """As at a terminal, also where the tests were started in the background, deaf to SIGINT."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


class Run:
    """The script in a session of its own, as a terminal would run it."""

    def __init__(self, data, *arguments):
        self.said = ""
        self.process = subprocess.Popen([QUICKSTART, *arguments], stdout=subprocess.PIPE, text=True,
                                        stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL,
                                        env={**os.environ, "BANMAI_DATA": data},
                                        start_new_session=True, preexec_fn=heed_ctrl_c)
        self.reader = threading.Thread(target=self._read, daemon=True)
        self.reader.start()

    def _read(self):
        for line in self.process.stdout:
            self.said += line

    def wait_for(self, pattern):
        end = time.monotonic() + PATIENCE_S
        while time.monotonic() < end:
            match = re.search(pattern, self.said)
            if match:
                return match
            if self.process.poll() is not None:
                self.reader.join(5)
                match = re.search(pattern, self.said)
                if match:
                    return match
                break
            time.sleep(0.1)
        raise AssertionError(f"never said {pattern!r}: {self.said}")

    def press_ctrl_c(self):
        """What a terminal does: SIGINT to all in the foreground. Returns the exit status."""
        os.killpg(self.process.pid, signal.SIGINT)
        return self.wait()

    def wait(self):
        status = self.process.wait(60)
        self.reader.join(5)
        return status

    def end(self):
        if self.process.poll() is None:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()
        self.reader.join(5)
        self.process.stdout.close()


class Quickstart(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.mkdtemp(prefix="banmai-quickstart-")
        cls.clip = os.path.join(cls.folder, "bài_thử.mp4")
        make_clip(cls.clip)

    @classmethod
    def tearDownClass(cls):
        shutil.rmtree(cls.folder, ignore_errors=True)

    def setUp(self):
        self.data = tempfile.mkdtemp(dir=self.folder)
        self.address = f"127.0.0.1:{free_port()}"

    def start(self, *arguments):
        run = Run(self.data, *arguments)
        self.addCleanup(run.end)
        return run

    def call(self, path, body=None, cookie=""):
        request = urllib.request.Request(
            f"http://{self.address}{path}", data=json.dumps(body).encode() if body else None,
            headers={"Content-Type": "application/json", "Cookie": cookie})
        return urllib.request.urlopen(request, timeout=30)

    def sign_in(self, login, password):
        with self.call("/api/v1/session", {"login": login, "password": password}) as reply:
            return json.load(reply), reply.headers["Set-Cookie"].split(";")[0]

    def check_users(self, run):
        """Nothing runs as root but the script, and nothing that it left is root's."""
        if not IS_ROOT:
            return
        self.assertGreaterEqual(len(below(run.process.pid)), 3, "the server, Redis and the worker")
        self.assertEqual(roots_programs(run.process.pid), [])
        self.assertNotIn(0, owners(self.data))

    def test_from_nothing_to_a_lecture_and_again(self):
        run = self.start("--listen", self.address, self.clip)
        lecture = run.wait_for(rf"watch it at http://{self.address}/lecture/(\w+)").group(1)
        accounts = re.findall(r"login (\w+) +password (\w{14}) ", run.said)
        self.assertEqual([login for login, _ in accounts], ["admin", "instructor", "learner"])
        self.assertEqual(len({password for _, password in accounts}), 3)
        for login, password in accounts:
            session, cookie = self.sign_in(login, password)
            self.assertEqual(session["user"]["role"], login)
        with self.call(f"/api/v1/lectures/{lecture}", cookie=cookie) as reply:
            told = json.load(reply)
        self.assertEqual((told["state"], told["title"]), ("ready", "bài thử"))
        with self.call(told["playback"]["hls"]) as reply:
            self.assertTrue(reply.read().startswith(b"#EXTM3U\n"))

        self.check_users(run)
        self.assertEqual(run.press_ctrl_c(), 130, run.said)
        self.assertEqual(processes_of(self.data), [])

        if IS_ROOT:  # as an earlier version left it, which ran as root
            subprocess.run(["chown", "-R", "root:root", self.data], check=True)
        again = self.start("--listen", self.address, self.clip)
        found = again.wait_for(rf"watch it at http://{self.address}/lecture/(\w+)").group(1)
        self.assertEqual(found, lecture)
        self.assertIn('"bài thử" was published earlier', again.said)
        self.assertIn("made earlier: admin instructor learner", again.said)
        self.assertNotIn("password ", again.said.split("user password LOGIN")[0])
        self.sign_in(*accounts[2])
        self.check_users(again)

        other = self.start("--listen", f"127.0.0.1:{free_port()}", self.clip)
        self.assertEqual(other.wait(), 1)
        self.assertIn("already: stop it, or set BANMAI_DATA", other.said)
        self.assertEqual(again.press_ctrl_c(), 130)
        self.assertEqual(processes_of(self.data), [])

    def test_what_is_no_recording_is_told_and_the_server_stays(self):
        path = os.path.join(self.folder, "text.mp4")
        with open(path, "w", encoding="utf-8") as file:
            file.write("not a recording")
        run = self.start("--listen", self.address, path)
        run.wait_for('"text" was not published, see above')
        self.assertIn("E_NOT_MEDIA", run.said)
        with self.call("/healthz") as reply:
            self.assertEqual(reply.status, 200)
        self.assertEqual(run.press_ctrl_c(), 130)

    def test_a_taken_address_is_told(self):
        with socket.socket() as other:
            other.bind(("127.0.0.1", 0))
            other.listen()
            address = f"127.0.0.1:{other.getsockname()[1]}"
            run = self.start("--listen", address, self.clip)
            self.assertEqual(run.wait(), 1)
        self.assertIn(f"{address} is taken by another program", run.said)

    def test_ctrl_c_while_a_lecture_is_made_stops_everything(self):
        run = self.start("--listen", self.address, self.clip)
        run.wait_for("publishing ")
        self.assertEqual(run.press_ctrl_c(), 130)
        self.assertEqual(processes_of(self.data), [])

    def test_a_file_that_is_not_there_is_told_at_once(self):
        run = self.start("/nonexistent/lecture.mp4")
        self.assertEqual(run.wait(), 1)
        self.assertEqual(run.said.strip(),
                         "quickstart: /nonexistent/lecture.mp4 is no file that can be read")

    def test_usage(self):
        run = self.start("--help")
        self.assertEqual(run.wait(), 0)
        self.assertIn("deploy/quickstart.sh [--listen ADDR:PORT] [FILE...]", run.said)
        run = self.start("--nonsense")
        self.assertEqual(run.wait(), 1)
        self.assertIn("no such option: --nonsense", run.said)


if __name__ == "__main__":
    unittest.main()
