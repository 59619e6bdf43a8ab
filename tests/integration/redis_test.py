#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""What becomes of the server when Redis refuses, forgets, is damaged, or has a password."""
import glob
import json
import os
import shutil
import subprocess
import tempfile
import time
import unittest

from server import LoadEvents, Server, Tus, descendants, sample, wait_for

SECRET = "s3cr3t-redis-pw"


def readyz(server):
    reply = server.client().get("/readyz")
    return reply.status, dict(line.split(": ", 1) for line in reply.body.decode().strip().split("\n"))


def alarms(server):
    """What the log said of alarms, in order."""
    return [(line["msg"], line["alarm"]) for line in list(server.log) if "alarm" in line]


class Refusing(unittest.TestCase):
    def setUp(self):
        self.server = Server(workers="1").start()
        for login, role in (("root", "admin"), ("thay", "instructor"), ("lan", "learner")):
            self.server.add_user(login, role)
        wait_for("readiness", lambda: readyz(self.server)[0] == 200)

    def tearDown(self):
        self.server.clean()

    def test_ready_said_ok_while_redis_refused_writes_and_jobs_stayed_queued_in_silence(self):
        server, thay, lan = self.server, self.server.client("thay"), self.server.client("lan")
        server.redis("CONFIG", "SET", "maxmemory", "1")
        status, lines = readyz(server)
        self.assertEqual(status, 503)
        self.assertTrue(lines["redis"].startswith("refuses writes: OOM"), lines)
        lecture = Tus(thay).send(sample(8), title="L", filename="l.mp4")
        self.assertEqual(lan.beat(lecture, "ab" * 16, 1, [], 0).status in (200, 503), True)
        wait_for("the alarms", lambda: {("alarm", "redis"), ("alarm", "jobs")} <= set(alarms(server)), 20)
        shown = {a["name"]: a["detail"] for a in server.client("root").get("/api/v1/admin/load").json()["alarms"]}
        self.assertIn("OOM", shown["redis"])
        self.assertIn("OOM", shown["jobs"])
        time.sleep(2.5)
        self.assertEqual(alarms(server).count(("alarm", "redis")), 1, "once, not at every look")
        server.redis("CONFIG", "SET", "maxmemory", "0")
        self.assertEqual(readyz(server)[0], 200)
        self.assertEqual(server.wait_for_state(thay, lecture, "ready", "failed")["state"], "ready")
        wait_for("the end of the alarms",
                 lambda: {("alarm is over", "redis"), ("alarm is over", "jobs")} <= set(alarms(server)), 20)

    def test_a_flush_cost_four_seconds_of_acknowledged_beats(self):
        server, thay, lan = self.server, self.server.client("thay"), self.server.client("lan")
        lecture = Tus(thay).send(sample(8), title="L", filename="l.mp4")
        server.wait_for_state(thay, lecture, "ready")
        self.assertEqual(lan.beat(lecture, "ab" * 16, 1, [[0, 5]], 5).status, 204)
        time.sleep(2.5)
        server.redis("FLUSHALL")
        self.assertEqual(lan.progress(lecture)["watched"], [[0, 5]])

    def test_a_replica_after_a_failover_was_ready(self):
        self.server.redis("REPLICAOF", "127.0.0.1", "1")
        status, lines = readyz(self.server)
        self.assertEqual(status, 503)
        self.assertTrue(lines["redis"].startswith("refuses writes: READONLY"), lines)
        self.server.redis("REPLICAOF", "NO", "ONE")
        self.assertEqual(readyz(self.server)[0], 200)


class Damaged(unittest.TestCase):
    def test_a_damaged_append_only_file_kept_everything_from_starting(self):
        server = Server(local_worker="no").start()
        self.addCleanup(server.clean)
        server.add_user("root", "admin")
        pair = "0" * 31 + "1:" + "0" * 31 + "2"
        server.redis("SETBIT", f"wp:{pair}", 5, 1)
        server.redis("SET", "middle", "A" * 100)
        server.redis("SET", "last", "kept")
        server.stop()
        path = glob.glob(os.path.join(server.data, "redis", "appendonlydir", "*.incr.aof"))[0]
        with open(path, "rb") as f:
            data = f.read()
        with open(path, "wb") as f:
            f.write(data.replace(b"$6\r\nmiddle\r\n$100", b"\0" * 16))
        server.log.clear()
        server.start()
        self.assertEqual(server.redis("GET", "last"), b"$4\r\nkept\r\n")
        kept = glob.glob(os.path.join(server.data, "redis", "damaged-*", "appendonlydir", "*.incr.aof"))
        self.assertEqual(len(kept), 1)
        with open(kept[0], "rb") as f:
            self.assertEqual(len(f.read()), len(data))
        self.assertIn(("alarm", "redis-set-aside"), alarms(server))
        shown = server.client("root").get("/api/v1/admin/load").json()["alarms"]
        self.assertIn("bytes are no commands and are lost", shown[0]["detail"])


    def test_a_redis_that_cannot_run_now_kept_everything_from_starting(self):
        """As on a full disk: the pages and what is there are served, Redis is tried again."""
        folder = tempfile.mkdtemp(prefix="banmai-test-")
        self.addCleanup(shutil.rmtree, folder)
        real, full = shutil.which("redis-server"), os.path.join(folder, "full")
        with open(os.path.join(folder, "redis-server"), "w", encoding="utf-8") as f:
            f.write(f'#!/bin/sh\n[ -e {full} ] && exit 1\nexec {real} "$@"\n')
        os.chmod(f.name, 0o755)
        with open(full, "w", encoding="utf-8"):
            pass
        server = Server(local_worker="no", environment={"PATH": f"{folder}:{os.environ['PATH']}"}).start()
        self.addCleanup(server.clean)
        self.assertEqual(server.client().get("/api/v1/lectures").status, 200)
        self.assertEqual(readyz(server)[0], 503)
        wait_for("the alarm", lambda: ("alarm", "redis") in alarms(server), 20)
        os.unlink(full)
        wait_for("readiness", lambda: readyz(server)[0] == 200, 30)


class Password(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.mkdtemp(prefix="banmai-test-")
        self.socket = os.path.join(self.folder, "r.sock")
        self.redis = subprocess.Popen(
            ["redis-server", "--port", "0", "--unixsocket", self.socket, "--dir", self.folder, "--save", "",
             "--maxmemory-policy", "allkeys-lru", "--logfile", "log"], stdin=subprocess.DEVNULL)
        self.port = self.redis_port()

    def redis_port(self):
        """A port of TCP for it: only URLs of TCP carry a password."""
        wait_for("Redis", lambda: os.path.exists(self.socket))
        import socket  # pylint: disable=import-outside-toplevel
        with socket.socket() as s:
            s.bind(("127.0.0.1", 0))
            port = s.getsockname()[1]
        with socket.socket(socket.AF_UNIX) as s:
            s.connect(self.socket)
            s.sendall(f"CONFIG SET bind 127.0.0.1\r\nCONFIG SET port {port}\r\n"
                      f"CONFIG SET requirepass {SECRET}\r\n".encode())
            s.settimeout(5)
            while s.recv(4096).count(b"+OK") < 1:
                pass
        return port

    def tearDown(self):
        self.redis.terminate()
        self.redis.wait()
        subprocess.run(["rm", "-rf", self.folder], check=False)

    def start(self, password):
        server = Server(workers="1", redis=f"redis://:{password}@127.0.0.1:{self.port}").start()
        self.addCleanup(server.clean)
        server.add_user("root", "admin")
        return server

    def assert_silent(self, server, password):
        for pid, name in [(server.process.pid, "banmai")] + descendants(server.process.pid):
            with open(f"/proc/{pid}/cmdline", "rb") as f:
                self.assertNotIn(password.encode(), f.read(), name)
        root = server.client("root")
        for path in ("/readyz", "/metrics", "/api/v1/admin/load"):
            self.assertNotIn(password.encode(), root.get(path).body, path)
        self.assertNotIn(password, json.dumps(server.log))

    def test_the_password_was_in_the_log_and_in_the_arguments(self):
        server = self.start(SECRET)
        wait_for("readiness", lambda: readyz(server)[0] == 200)
        self.assert_silent(server, SECRET)
        line = next(line for line in server.log if line["msg"] == "serving")
        self.assertEqual(line["redis"], f"redis://127.0.0.1:{self.port}")
        wait_for("the warning", lambda: ("alarm", "redis-evicts") in alarms(server), 20)

    def test_a_wrong_password_is_told_without_it(self):
        server = self.start("wr0ng-pw")
        lines = wait_for("the refusal", lambda: (lambda l: l if "password" in l["redis"] else None)(readyz(server)[1]))
        self.assertIn("refuses the user or the password", lines["redis"])
        wait_for("the alarm", lambda: ("alarm", "redis") in alarms(server), 20)
        self.assert_silent(server, "wr0ng-pw")


class Rights(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.server = Server(local_worker="no", metrics_token="0123456789abcdef").start()
        cls.server.add_user("lan", "learner")

    @classmethod
    def tearDownClass(cls):
        cls.server.clean()

    def test_metrics_were_public(self):
        anybody = self.server.client()
        self.assertEqual(anybody.get("/metrics").status, 401)
        self.assertEqual(anybody.get("/metrics", X_Forwarded_For="127.0.0.1").status, 401)
        self.assertEqual(self.server.client("lan").get("/metrics").status, 403)
        for token in ("0123456789abcdeF", "0123456789abcde", "0123456789abcdef0", ""):
            self.assertEqual(anybody.get("/metrics", Authorization=f"Bearer {token}").status, 401, token)
        self.assertEqual(anybody.get("/metrics", Authorization="Bearer 0123456789abcdef").status, 200)
        self.assertEqual(anybody.get("/api/v1/admin/load", Authorization="Bearer 0123456789abcdef").status, 401)

    def test_an_event_stream_went_on_after_its_viewers_right(self):
        server = self.server
        ends = {"sign-out": lambda c, login: c.call("DELETE", "/api/v1/session"),
                "demotion": lambda c, login: server.tool("user", "role", login, "--role", "learner"),
                "password": lambda c, login: server.tool("user", "password", login)}
        streams = {}
        for end, act in ends.items():
            login = f"admin-{end}"
            server.add_user(login, "admin")
            client = server.client(login)
            streams[end] = LoadEvents(server.port, client.cookie)
            streams[end].next()
            act(client, login)
        for end, events in streams.items():
            started = time.monotonic()
            events.read_to_end()
            self.assertLess(time.monotonic() - started, 25, end)
            events.close()


if __name__ == "__main__":
    unittest.main()
