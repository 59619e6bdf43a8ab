#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Starting, refusing to start, stopping, and the command-line tools beside it."""
import collections
import glob
import json
import os
import re
import shutil
import signal
import socket
import sqlite3
import subprocess
import tempfile
import time
import unittest
from email.utils import parsedate_to_datetime

from server import BANMAI, PASSWORD, ROOT, Client, Server, Tus, read_reply, wait_for


FIRST_VERSION = os.path.join(os.path.dirname(os.path.abspath(__file__)),
                             "../vectors/schema/version_1.sql")


def run(*arguments, text=None, environment=None, timeout=60):
    return subprocess.run([BANMAI, *arguments], input=text, text=True, capture_output=True,
                          timeout=timeout, env={**os.environ, **(environment or {})})


class Usage(unittest.TestCase):
    def test_help_goes_to_standard_output_and_names_every_setting(self):
        done = run("--help")
        self.assertEqual(done.returncode, 0)
        for word in ("--tls-cert", "--disk-floor-bytes", "serve", "publish", "worker", "backup"):
            self.assertIn(word, done.stdout)

    def test_help_was_unknown_behind_a_subcommand(self):
        for arguments in (["worker", "--help"], ["user", "add", "--help"], ["help"]):
            self.assertEqual((run(*arguments).returncode, run(*arguments).stdout), (0, run("--help").stdout), arguments)

    def test_bad_usage_is_status_2_and_one_line(self):
        for arguments in ([], ["dance"], ["serve", "--loops", "many"], ["serve", "what"], ["user"],
                          ["user", "add", "lan"], ["publish"], ["worker"], ["backup"],
                          ["serve", "--tls-cert", "only.pem"]):
            done = run(*arguments)
            self.assertEqual(done.returncode, 2, arguments)
            self.assertEqual(len(done.stderr.strip().split("\n")), 1, done.stderr)
            self.assertEqual(done.stdout, "")


class Refusals(unittest.TestCase):
    def setUp(self):
        self.data = tempfile.mkdtemp(prefix="banmai-test-")

    def tearDown(self):
        shutil.rmtree(self.data, ignore_errors=True)

    def refuse(self, *arguments, environment=None):
        done = run("serve", "--data", self.data, *arguments, environment=environment)
        self.assertEqual(done.returncode, 1, done.stderr)
        last = done.stderr.strip().split("\n")[-1]
        self.assertTrue(last.startswith("banmai: error: "), last)
        return last

    def test_a_port_in_use_is_told(self):
        with socket.socket() as s:
            s.bind(("127.0.0.1", 0))
            s.listen()
            port = s.getsockname()[1]
            line = self.refuse("--listen", f"127.0.0.1:{port}")
        self.assertIn(str(port), line)
        self.assertIn("in use", line)

    def test_a_data_folder_that_another_process_holds_is_told_with_its_holder(self):
        server = Server(self.data).start()
        try:
            line = self.refuse("--listen", "127.0.0.1:0")
            self.assertIn(f"process {server.process.pid}", line)
        finally:
            server.stop()

    def test_no_redis_binary_is_told(self):
        line = self.refuse("--listen", "127.0.0.1:0", environment={"PATH": "/nowhere"})
        self.assertIn("redis-server", line)
        self.assertIn("--redis", line)

    def test_a_damaged_database_is_refused_and_left_alone(self):
        path = os.path.join(self.data, "banmai.sqlite3")
        with open(path, "wb") as f:
            f.write(b"this is no database" * 1000)
        line = self.refuse("--listen", "127.0.0.1:0")
        self.assertIn("damaged", line)
        with open(path, "rb") as f:
            self.assertEqual(f.read(), b"this is no database" * 1000)

    def test_a_database_of_a_newer_program_is_refused_with_both_versions(self):
        path = os.path.join(self.data, "banmai.sqlite3")
        with sqlite3.connect(path) as db:
            db.executescript("PRAGMA application_id = 1112427849; PRAGMA user_version = 999;"
                             "CREATE TABLE later (id TEXT PRIMARY KEY) STRICT, WITHOUT ROWID")
        line = self.refuse("--listen", "127.0.0.1:0")
        self.assertRegex(line, r"its tables have version 999 and this program knows \d+: a newer banmai wrote it")
        self.assertEqual(glob.glob(path + ".version-*"), [])

    def test_a_database_of_the_first_version_is_upgraded_and_kept_beside_it(self):
        path = os.path.join(self.data, "banmai.sqlite3")
        with open(FIRST_VERSION, encoding="utf-8") as dump, sqlite3.connect(path) as db:
            db.executescript(dump.read())
        listed = run("user", "list", "--data", self.data)
        self.assertEqual([line.split("\t")[0] for line in listed.stdout.strip().split("\n")],
                         ["lan", "quan", "sung", "thay"], listed)
        self.assertEqual(glob.glob(path + ".version-*"), [path + ".version-1"])
        with sqlite3.connect(path + ".version-1") as db:
            self.assertEqual(db.execute("PRAGMA user_version").fetchone(), (1,))
            self.assertEqual(db.execute("SELECT count(*) FROM progress").fetchone(), (4,))
        self.assertEqual(os.stat(path + ".version-1").st_mode & 0o777, 0o600)

    def test_a_missing_certificate_is_told(self):
        line = self.refuse("--listen", "127.0.0.1:0", "--tls-cert", "/nowhere/c.pem", "--tls-key",
                           "/nowhere/k.pem")
        self.assertIn("/nowhere/", line)

    def test_an_address_was_refused_without_saying_why(self):
        for address, word in (("banmai.example:8080", "names are not looked up"), ("8080", "port is missing"),
                              (":8080", "address is missing"), ("::1:8080", "brackets")):
            line = self.refuse("--listen", address)
            self.assertIn(f'bad listen "{address}": ', line)
            self.assertIn(word, line)
            self.assertIn("127.0.0.1:8080", line, "what is wanted")

    def test_a_redis_address_was_refused_without_its_name(self):
        for address, word in (("rediss://db:6380", "TLS"), ("redis://db/2", "database number"),
                              ("redis://:secret@db:port", "wanted"), ("db:6379", "redis://HOST:PORT")):
            line = self.refuse("--redis", address)
            self.assertIn("bad redis: ", line)
            self.assertIn(word, line)
            self.assertNotIn("secret", line)
            done = run("worker", "--redis", address, "--media", self.data)
            self.assertEqual(done.returncode, 2)
            self.assertIn("bad redis: ", done.stderr)
            self.assertNotIn("secret", done.stderr)

    def test_a_path_in_the_public_url_is_refused(self):
        done = run("serve", "--data", self.data, "--public-url", "https://hoc.caobang.vn/banmai")
        self.assertEqual(done.returncode, 2)
        self.assertIn("a sub-path is not supported", done.stderr)

    def test_a_failed_start_leaves_no_process_behind(self):
        self.refuse("--listen", "256.0.0.1:1")
        held = subprocess.call(["flock", "-n", os.path.join(self.data, "redis", "lock"), "true"])
        self.assertEqual(held, 0, "redis-server still runs")


class Life(unittest.TestCase):
    def setUp(self):
        self.server = Server().start()

    def tearDown(self):
        self.server.clean()

    def test_the_first_line_names_the_versions_of_the_libraries(self):
        first = self.server.log[0]
        self.assertEqual(first["msg"], "banmai starts")
        for name in ("version", "libevent", "openssl", "sqlite", "hiredis", "nghttp2", "jansson"):
            self.assertIn(name, first)

    def test_a_new_redis_is_not_taken_for_one_that_lost_its_data(self):
        wait_for("readiness", lambda: self.server.client().get("/readyz").status == 200)
        time.sleep(0.5)
        self.assertEqual([line for line in self.server.log if "lost" in line["msg"]], [])

    def test_the_address_it_serves_at_is_told(self):
        line = next(line for line in self.server.log if line["msg"] == "serving")
        self.assertEqual((line["host"], line["port"]), ("127.0.0.1", self.server.port))

    def test_ready_tells_a_line_for_each_dependency(self):
        client = self.server.client()
        self.assertEqual(client.get("/healthz").status, 200)
        reply = wait_for("readiness", lambda: (lambda r: r if r.status == 200 else None)(client.get("/readyz")))
        lines = dict(line.split(": ", 1) for line in reply.body.decode().strip().split("\n"))
        self.assertEqual(set(lines.values()), {"ok"}, lines)
        self.assertLessEqual({"database", "redis", "disk", "worker"}, set(lines))

    def test_every_thread_is_in_the_map(self):
        """docs/architecture.md lists them by name and number; libraries start none beside."""
        with open(os.path.join(ROOT, "docs", "architecture.md"), encoding="utf-8") as f:
            listed = re.findall(r"^\| `([^`]+)`( …)? \| (\d+|one for each)", f.read(), re.MULTILINE)
        wanted = {name: None if many else int(number) for name, many, number in listed}
        found = collections.Counter()
        for task in os.listdir(f"/proc/{self.server.process.pid}/task"):
            with open(f"/proc/{self.server.process.pid}/task/{task}/comm", encoding="utf-8") as f:
                found[re.sub(r"^loop-\d+$", "loop-0", f.read().strip())] += 1
        self.assertEqual(found.pop("loop-0"), os.cpu_count())
        self.assertIsNone(wanted.pop("loop-0"))
        self.assertEqual(dict(found), wanted)

    def test_stops_in_order_and_leaves_no_process(self):
        below = [self.server.pid_of("redis-server"), self.server.pid_of("banmai")]
        self.assertTrue(all(below))
        self.assertEqual(self.server.stop(), 0)
        for pid in below:
            with self.assertRaises(ProcessLookupError):
                os.kill(pid, 0)
        self.assertEqual(self.server.log[-1]["msg"], "stopped")

    def test_a_dead_redis_is_started_again(self):
        client = self.server.client()
        wait_for("readiness", lambda: client.get("/readyz").status == 200)
        old = self.server.pid_of("redis-server")
        os.kill(old, signal.SIGKILL)
        wait_for("a new Redis", lambda: self.server.pid_of("redis-server") not in (None, old))
        wait_for("readiness", lambda: client.get("/readyz").status == 200)

    def test_a_dead_worker_is_started_again(self):
        old = self.server.pid_of("banmai")
        os.kill(old, signal.SIGKILL)
        wait_for("a new worker", lambda: self.server.pid_of("banmai") not in (None, old))

    def test_killed_children_die_with_the_server(self):
        below = [self.server.pid_of("redis-server"), self.server.pid_of("banmai")]
        os.kill(self.server.process.pid, signal.SIGKILL)
        self.server.process.wait()
        self.server.process = None

        def all_gone():
            for pid in below:
                try:
                    with open(f"/proc/{pid}/stat", encoding="ascii") as f:
                        if f.read().rsplit(")", 1)[1].split()[0] != "Z":
                            return False
                except FileNotFoundError:
                    pass
            return True
        wait_for("the children to die", all_gone, 30)

    def test_a_request_in_flight_is_answered_before_the_end(self):
        with socket.create_connection(("127.0.0.1", self.server.port)) as s:
            body = b'{"login":"nobody","password":"whatever"}'
            s.sendall(b"POST /api/v1/session HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
                      b"Content-Length: %d\r\n\r\n" % len(body) + body[:10])
            time.sleep(0.3)
            self.server.process.send_signal(signal.SIGTERM)
            time.sleep(0.5)
            s.sendall(body[10:])
            s.settimeout(20)
            self.assertEqual(read_reply(s, "POST", "/api/v1/session").status, 401)
        self.assertEqual(self.server.stop(), 0)

    def test_settings_are_reloaded_on_sighup(self):
        ini = os.path.join(self.server.data, "banmai.ini")
        self.server.stop()
        with open(ini, "w", encoding="utf-8") as f:
            f.write("max_upload_bytes = 1M\n")
        server = Server(self.server.data, config=ini).start()
        self.server = server
        options = server.client().call("OPTIONS", "/api/v1/uploads")
        self.assertEqual(options.headers["Tus-Max-Size"], str(1 << 20))
        with open(ini, "w", encoding="utf-8") as f:
            f.write("max_upload_bytes = 2M\n")
        server.process.send_signal(signal.SIGHUP)
        wait_for("the new setting", lambda: server.client().call(
            "OPTIONS", "/api/v1/uploads").headers["Tus-Max-Size"] == str(2 << 20))
        done = wait_for("the word of it", lambda: [line for line in server.log if line["msg"] == "settings reloaded"])
        self.assertEqual(done[0]["changed"], 1)
        with open(ini, "w", encoding="utf-8") as f:
            f.write("nonsense = 1\n")
        server.process.send_signal(signal.SIGHUP)
        wait_for("the refusal", lambda: any(line["msg"] == "settings not reloaded" for line in server.log))
        self.assertEqual(server.client().get("/healthz").status, 200)

    def test_what_was_called_reloaded_and_was_not(self):
        """Each setting is in force after SIGHUP, or the log says that it needs a restart."""
        ini = os.path.join(self.server.data, "banmai.ini")
        self.server.stop()

        def write(**settings):
            with open(ini, "w", encoding="utf-8") as f:
                f.writelines(f"{name} = {value}\n" for name, value in settings.items())

        del self.server.settings["listen"]
        write(listen="127.0.0.1:0")
        self.server = server = Server(self.server.data, config=ini)
        del server.settings["listen"]
        server.start()
        server.add_user("thay", "instructor")

        def session():
            reply = server.client().call("POST", "/api/v1/session", {"login": "thay", "password": PASSWORD},
                                         {"X-Forwarded-Proto": "https"})
            return reply.headers["Set-Cookie"]

        def idle_days():
            expires = Tus(server.client("thay")).create(1).headers["Upload-Expires"]
            return (parsedate_to_datetime(expires).timestamp() - time.time()) / 86400

        self.assertIn("Max-Age=2592000", session())
        self.assertNotIn("Secure", session())
        write(listen="127.0.0.1:1", kernel_tls="yes", local_worker="no", unsafe_no_sandbox="yes", pacing="no", loops=3,
              public_url="https://hoc.caobang.vn", session_days=1, upload_idle_days=2, trusted_proxies="127.0.0.1",
              access_log="json", access_log_every=2, log_level="warn")
        server.process.send_signal(signal.SIGHUP)
        kept = wait_for("the settings that need a restart", lambda: [
            line["setting"] for line in server.log if line["msg"] == "a changed setting needs a restart"][6:] and [
            line["setting"] for line in server.log if line["msg"] == "a changed setting needs a restart"])
        self.assertEqual(sorted(kept), ["kernel_tls", "listen", "local_worker", "loops", "pacing", "public_url",
                                        "unsafe_no_sandbox"])
        wait_for("the new ones", lambda: "Max-Age=86400" in session())
        self.assertIn("Secure", session())
        self.assertLess(idle_days(), 2.1)
        self.assertNotIn("signed in", [line["msg"] for line in server.log[-3:]], "log_level")
        write(listen="127.0.0.1:0", log_format="text", access_log="json")
        server.process.send_signal(signal.SIGHUP)
        wait_for("lines of text", lambda: server.client().get("/healthz") and any(
            "answered" in line.get("raw", "") for line in server.log))


class Tools(unittest.TestCase):
    def setUp(self):
        self.server = Server()

    def tearDown(self):
        self.server.clean()

    def test_accounts_are_made_with_and_without_a_running_server(self):
        self.server.add_user("offline", "learner")
        self.server.start()
        self.server.add_user("online", "admin")
        for login in ("offline", "online"):
            reply = Client(self.server.port).sign_in(login)
            self.assertEqual(reply.status, 200, reply)
        listed = self.server.tool("user", "list").stdout.strip().split("\n")
        self.assertEqual([line.split("\t")[:2] for line in listed], [["offline", "learner"], ["online", "admin"]])

    def test_a_long_title_was_dropped_and_a_course_of_somebody_else_was_taken(self):
        self.server.settings["local_worker"] = "no"
        self.server.start()
        self.server.add_user("thay", "instructor")
        teacher = self.server.client("thay")
        theirs = teacher.lecture(Tus(teacher).new(1, title="a", course="Toán 10").rsplit("/", 1)[1])["course"]["id"]
        path = os.path.join(self.server.data, "clip.mp4")
        with open(path, "wb") as f:
            f.write(b"x")

        def publish(*arguments):
            reply = self.server.tool("publish", path, "--disk-floor-bytes", "0", *arguments, check=False)
            return reply.returncode, reply.stderr, reply.stdout.strip()

        status, error, lecture_id = publish("--title", "ế" * 200, "--course", "Toán 10")
        self.assertEqual(status, 0, error)
        with sqlite3.connect(os.path.join(self.server.data, "banmai.sqlite3")) as db:
            title, course = db.execute("SELECT title, course_id FROM lectures WHERE id = ?", (lecture_id,)).fetchone()
            self.assertEqual(title, "ế" * 200)
            self.assertNotEqual(course, theirs)
            by_id = publish("--title", "b", "--course", theirs)[2]
            self.assertEqual(db.execute("SELECT course_id FROM lectures WHERE id = ?", (by_id,)).fetchone()[0], theirs)
        for arguments, word in ((("--title", ""), "--title is empty"), (("--title", "a" * 201), "too long"),
                                (("--title", "a", "--course", "a\nb"), "--course holds")):
            status, error, _ = publish(*arguments)
            self.assertEqual(status, 2)
            self.assertIn(word, error)
        status, error, _ = publish("--title", "a", "--course", "0" * 32)
        self.assertEqual(status, 1)
        self.assertIn("There is no course with this id. It may have been deleted.", error)

    def test_a_password_is_made_and_printed_once_when_none_is_given(self):
        made = self.server.tool("user", "add", "lan", "--role", "learner").stdout.strip()
        self.assertGreaterEqual(len(made), 12)
        self.server.start()
        self.assertEqual(Client(self.server.port).sign_in("lan", made).status, 200)
        again = self.server.tool("user", "password", "lan").stdout.strip()
        self.assertNotEqual(again, made)
        self.assertEqual(Client(self.server.port).sign_in("lan", made).status, 401)
        self.assertEqual(Client(self.server.port).sign_in("lan", again).status, 200)

    def test_a_role_is_changed_with_and_without_a_running_server(self):
        self.server.add_user("lan", "learner")
        self.server.tool("user", "role", "lan", "--role", "ambassador")
        self.server.start()
        client = self.server.client("lan")
        self.assertEqual(client.get("/api/v1/me").json()["role"], "ambassador")
        self.server.tool("user", "role", "lan", "--role", "instructor")
        self.assertEqual(client.get("/api/v1/me").status, 401, "sessions end with the old role")
        self.assertEqual(self.server.client("lan").get("/api/v1/me").json()["role"], "instructor")
        for arguments in (("lan", "--role", "king"), ("ghost", "--role", "admin"), ("system", "--role", "learner")):
            self.assertEqual(self.server.tool("user", "role", *arguments, check=False).returncode, 1, arguments)
        self.assertEqual(self.server.tool("user", "role", "lan", check=False).returncode, 2)

    def test_the_system_account_is_nobodys_to_change_or_see_after_the_server_has_run(self):
        self.server.start()
        self.server.stop()
        done = self.server.tool("user", "password", "system", "--password-stdin", text=PASSWORD + "\n", check=False)
        self.assertEqual(done.returncode, 1)
        self.assertIn("no account", done.stderr)
        self.assertEqual(self.server.tool("user", "list").stdout, "")

    def test_bad_accounts_are_refused_in_words(self):
        for is_running in (False, True):
            if is_running:
                self.server.start()
            else:
                self.server.add_user("taken", "learner")
            for arguments, text, word in (
                    (("user", "add", "taken", "--role", "learner", "--password-stdin"), PASSWORD, "already"),
                    (("user", "add", "new", "--role", "king", "--password-stdin"), PASSWORD, "role"),
                    (("user", "add", "a b", "--role", "learner", "--password-stdin"), PASSWORD, "login"),
                    (("user", "add", "new", "--role", "learner", "--password-stdin"), "short", "8 to 128"),
                    (("user", "password", "ghost", "--password-stdin"), PASSWORD, "no account"),
                    (("user", "password", "system", "--password-stdin"), PASSWORD, "no account")):
                done = self.server.tool(*arguments, text=text + "\n", check=False)
                self.assertEqual(done.returncode, 1, (arguments, done))
                self.assertIn(word, done.stderr)
                self.assertTrue(done.stderr.startswith("banmai: error: "), done.stderr)

    def test_a_backup_is_made_while_the_server_runs(self):
        self.server.start()
        self.server.add_user("lan", "learner")
        copy = os.path.join(self.server.data, "copy.sqlite3")
        self.server.tool("backup", copy)
        count = subprocess.run(["python3", "-c", "import sqlite3,sys;print(sqlite3.connect(sys.argv[1])"
                                ".execute('select count(*) from users where login=?',('lan',)).fetchone()[0])",
                                copy], capture_output=True, text=True, check=True)
        self.assertEqual(count.stdout.strip(), "1")
        done = self.server.tool("backup", copy, check=False)
        self.assertEqual(done.returncode, 1)
        self.assertIn("already", done.stderr)

    def test_the_control_socket_is_for_its_owner_alone(self):
        self.server.start()
        mode = os.stat(os.path.join(self.server.data, "control.sock")).st_mode & 0o777
        self.assertEqual(mode, 0o600)
        reply = self.server.client().get("/control/v1/users")
        self.assertEqual(reply.status, 404, "not over TCP")


if __name__ == "__main__":
    unittest.main()
