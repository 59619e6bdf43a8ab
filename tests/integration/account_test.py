#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Signing in, who may do what, and requests that browsers are tricked into."""
import ctypes
import os
import re
import sqlite3
import subprocess
import threading
import time
import unicodedata
import unittest

from server import BUILD, PASSWORD, Client, Server



class Accounts(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.server = Server(local_worker="no").start()
        for login, role in (("lan", "learner"), ("minh", "ambassador"), ("teacher", "instructor"),
                            ("root", "admin")):
            cls.server.add_user(login, role)

    @classmethod
    def tearDownClass(cls):
        cls.server.clean()

    def test_signing_in_gives_a_guarded_cookie_and_who_one_is(self):
        client = Client(self.server.port)
        reply = client.sign_in("lan")
        self.assertEqual(reply.status, 200)
        self.assertEqual(reply.json()["user"]["role"], "learner")
        cookie = reply.headers["Set-Cookie"]
        for word in ("HttpOnly", "SameSite=Lax", "Path=/", "Max-Age="):
            self.assertIn(word, cookie)
        self.assertNotIn("Secure", cookie, "not over plain HTTP, or phones could not sign in at all")
        self.assertEqual(client.get("/api/v1/me").json(), reply.json()["user"])

    def test_logins_are_the_same_in_any_case(self):
        self.assertEqual(Client(self.server.port).sign_in("LAN").status, 200)

    def test_a_new_session_at_every_login(self):
        cookies = set()
        for _ in range(3):
            client = Client(self.server.port)
            client.sign_in("lan")
            cookies.add(client.cookie)
        self.assertEqual(len(cookies), 3)

    def test_signing_out_ends_the_session_for_good(self):
        client = Client(self.server.port)
        client.sign_in("lan")
        stolen = client.cookie
        self.assertEqual(client.call("DELETE", "/api/v1/session").status, 204)
        self.assertEqual(Client(self.server.port, stolen).get("/api/v1/me").status, 401)

    def test_wrong_and_unknown_look_the_same(self):
        replies = [Client(self.server.port).sign_in(login, password)
                   for login, password in (("minh", "wrong password"), ("nobody", "wrong password"),
                                           ("no body!", "wrong password"), ("minh", "x" * 500))]
        for reply in replies:
            self.assertEqual(reply.status, 401)
            self.assertEqual(reply.json(), replies[0].json())

    def test_malformed_logins_are_400_or_415(self):
        client = Client(self.server.port)
        for body, headers, status in ((b"{", {"Content-Type": "application/json"}, 400),
                                      (b"[]", {"Content-Type": "application/json"}, 400),
                                      (b'{"login":"lan"}', {"Content-Type": "application/json"}, 400),
                                      (b'{"login":1,"password":2}', {"Content-Type": "application/json"}, 400),
                                      (b'{"login":"lan","login":"root","password":"x"}',
                                       {"Content-Type": "application/json"}, 400),
                                      (b'{"login":"lan","password":"x"}', {"Content-Type": "text/plain"}, 415),
                                      (b"x" * 5000, {"Content-Type": "application/json"}, 413)):
            reply = client.call("POST", "/api/v1/session", body, headers)
            self.assertEqual(reply.status, status, body[:50])
            self.assertEqual(reply.headers["Content-Type"], "application/problem+json")

    def guess(self, login, n=13, **where):
        """Wrong passwords from a device that never signed in; the statuses."""
        return [Client(self.server.port, **where).sign_in(login, "wrong guess").status for _ in range(n)]

    def test_guessing_is_slowed_down_and_nobody_is_locked_out(self):
        self.server.add_user("target", "admin")
        phone = self.server.client("target")
        self.assertEqual(self.guess("target", 11), [401] * 11)
        self.assertEqual(Client(self.server.port).sign_in("target").status, 200, "a right password forgets")
        statuses = self.guess("target", 20)
        self.assertEqual(statuses[:12], [401] * 12)
        self.assertIn(429, statuses[12:14])
        reply = Client(self.server.port).sign_in("target", "wrong guess")
        self.assertEqual(reply.status, 429)
        self.assertLessEqual(int(reply.headers["Retry-After"]), 4)
        self.assertIn(reply.headers["Retry-After"] + " ", reply.json()["detail"])
        self.assertEqual(phone.sign_in("target").status, 200, "a known device, with its session")
        phone.call("DELETE", "/api/v1/session")
        self.assertEqual(Client(self.server.port, device=phone.device).sign_in("target").status, 200)
        self.assertEqual(Client(self.server.port, address="127.7.7.7").sign_in("target").status, 200,
                         "a new phone in another network")
        self.assertEqual(Client(self.server.port).sign_in("lan").status, 200, "others")
        time.sleep(int(reply.headers["Retry-After"]))
        self.assertEqual(Client(self.server.port).sign_in("target").status, 200, "Retry-After is true")

    def test_the_administrator_forgets_attempts_and_a_new_password_does(self):
        self.server.add_user("waiting", "learner")
        self.assertIn(429, self.guess("waiting"))
        self.server.tool("user", "unlock", "WAITING")
        self.assertEqual(Client(self.server.port).sign_in("waiting").status, 200)
        self.assertIn(429, self.guess("waiting"))
        self.server.tool("user", "password", "waiting", "--password-stdin", text=PASSWORD + "\n")
        self.assertEqual(Client(self.server.port).sign_in("waiting").status, 200)
        self.assertEqual(self.server.tool("user", "unlock", "nobody", check=False).returncode, 1)

    def test_a_known_device_has_a_count_of_its_own_and_is_forgotten_with_the_password(self):
        self.server.add_user("stolen", "learner")
        phone = self.server.client("stolen")
        other = self.server.client("stolen")
        statuses = [Client(self.server.port, device=phone.device).sign_in("stolen", "guess").status
                    for _ in range(14)]
        self.assertIn(429, statuses)
        self.assertEqual(Client(self.server.port, device=other.device).sign_in("stolen").status, 200)
        self.server.tool("user", "password", "stolen", "--password-stdin", text="another password\n")
        self.assertEqual(phone.get("/api/v1/me").status, 401)
        self.assertIn(429, self.guess("stolen", device=other.device))
        self.assertEqual(Client(self.server.port, device=other.device).sign_in("stolen", "another password").status,
                         429, "a stranger now")

    def test_unknown_logins_wait_like_known_ones(self):
        self.server.add_user("present", "learner")
        for login in ("present", "absent"):
            self.assertEqual(self.guess(login, 12), [401] * 12, login)
            reply = Client(self.server.port).sign_in(login, "wrong guess")
            self.assertEqual((reply.status, reply.headers["Retry-After"]), (429, "1"), login)

    def test_a_flood_that_nobody_has_time_for_counts_nothing(self):
        """Strangers at made-up logins fill the hashers' line; people on known devices get in."""
        phone = self.server.client("lan")
        over = threading.Event()
        counts = {}

        def flood(number):
            i = 0
            while not over.is_set():
                status = Client(self.server.port).sign_in(f"made-up-{number}-{i}", "wrong guess").status
                counts[status] = counts.get(status, 0) + 1
                i += 1

        threads = [threading.Thread(target=flood, args=(n,)) for n in range(24)]
        for thread in threads:
            thread.start()
        time.sleep(0.5)
        known = [phone.sign_in("lan").status for _ in range(5)]
        elsewhere = Client(self.server.port, address="127.8.8.8").sign_in("minh").status
        busy = [Client(self.server.port).sign_in("teacher").status for _ in range(15)]
        over.set()
        for thread in threads:
            thread.join()
        self.assertEqual(known, [200] * 5)
        self.assertEqual(elsewhere, 200, "another network has places of its own")
        self.assertNotIn(429, busy)
        self.assertIn(503, {**counts, **dict.fromkeys(busy)}, "the line was full")
        self.assertEqual(Client(self.server.port).sign_in("teacher").status, 200)

    def test_without_redis_guessing_is_slow_all_the_same(self):
        self.server.add_user("target2", "learner")
        self.assertIn(429, self.guess("target2"))
        self.server.redis("FLUSHALL")
        self.assertEqual(Client(self.server.port).sign_in("target2", "wrong guess").status, 429)

    def test_a_sign_in_replaces_the_session_that_it_comes_with(self):
        client = self.server.client("lan")
        old = client.cookie
        self.assertEqual(client.sign_in("lan").status, 200)
        self.assertEqual(Client(self.server.port, old).get("/api/v1/me").status, 401)
        self.assertEqual(client.get("/api/v1/me").status, 200)

    def test_a_devices_cookie_is_guarded_kept_and_never_of_a_strangers_choice(self):
        chosen = "banmai_device=" + "A" * 43
        client = Client(self.server.port, device=chosen)
        reply = client.sign_in("lan")
        session, device = reply.headers.get_all("Set-Cookie")
        self.assertTrue(session.startswith("banmai_session="), "first, for programs that look at one")
        for word in ("HttpOnly", "SameSite=Lax", "Path=/api/v1/session", "Max-Age="):
            self.assertIn(word, device)
        self.assertNotEqual(client.device, chosen)
        kept = client.device
        client.sign_in("minh")
        client.sign_in("lan")
        self.assertEqual(client.device, kept, "one phone, two people")

    def test_a_password_is_the_same_in_all_forms_of_unicode(self):
        word = "mật khẩu của Lan"
        nfc, nfd = (unicodedata.normalize(form, word) for form in ("NFC", "NFD"))
        for login, first in (("composed", nfc), ("decomposed", nfd)):
            self.server.tool("user", "add", login, "--role", "learner", "--password-stdin", text=first + "\r\n")
            for typed in (nfc, nfd):
                self.assertEqual(Client(self.server.port).sign_in(login, typed).status, 200, login)

    def test_a_hash_of_another_form_is_accepted_once_and_made_anew(self):
        """As versions before this one made it of what a Mac types."""
        nfc, nfd = (unicodedata.normalize(form, "mật khẩu cũ") for form in ("NFC", "NFD"))
        self.server.add_user("older", "learner")
        encoded = ctypes.create_string_buffer(128)
        typed = nfd.encode()
        self.assertEqual(ctypes.CDLL("libargon2.so.1").argon2id_hash_encoded(
            2, 19456, 1, typed, ctypes.c_size_t(len(typed)), b"sixteen bytes ok", ctypes.c_size_t(16),
            ctypes.c_size_t(32), encoded, ctypes.c_size_t(128)), 0)
        with sqlite3.connect(os.path.join(self.server.data, "banmai.sqlite3"), timeout=10) as database:
            database.execute("UPDATE users SET password_hash = ? WHERE login = 'older'", (encoded.value.decode(),))
        database.close()
        for password, status in ((nfc, 401), (nfd, 200), (nfc, 200), (nfd, 200)):
            self.assertEqual(Client(self.server.port).sign_in("older", password).status, status)

    def test_the_shell_command_cuts_no_password(self):
        cases = (("abcdefgh\0ijk\n", 1), ("abcdefgh\rijk\n", 1), ("x" * 129 + "\n", 1), ("x" * 100000, 1),
                 ("", 1), ("\n", 1), ("mậtkhẩu\n", 1), ("m" * 128, 0), ("ậ" * 128 + "\r\n", 0), ("abcdefgh", 0))
        for number, (text, status) in enumerate(cases):
            login = f"typed{number}"
            done = self.server.tool("user", "add", login, "--role", "learner", "--password-stdin", text=text,
                                    check=False)
            self.assertEqual(done.returncode, status, (text[:20], done.stderr))
            if status == 0:
                self.assertEqual(Client(self.server.port).sign_in(login, text.rstrip("\r\n")).status, 200)
            else:
                self.assertIn("password", done.stderr)

    def test_what_is_typed_as_a_login_is_not_logged(self):
        client = Client(self.server.port)
        for login in ("MyS3cretPassw0rd", "my secret password!", "lan"):
            for _ in range(14):
                client.sign_in(login, "an0ther-s3cret")
        text = str(self.server.log).lower()
        for secret in ("mys3cretpassw0rd", "my secret", "an0ther-s3cret"):
            self.assertNotIn(secret, text)
        self.assertIn("sign-in refused", text)

    def test_requests_from_other_sites_are_refused(self):
        client = self.server.client("lan")
        for headers in ({"Origin": "https://evil.example"}, {"Origin": "null"}, {"Sec-Fetch-Site": "cross-site"},
                        {"Sec-Fetch-Site": "same-site"}):
            reply = client.call("POST", "/api/v1/progress", {"session": "0" * 32, "beats": []}, headers)
            self.assertEqual(reply.status, 403, headers)
            self.assertEqual(client.call("DELETE", "/api/v1/session", headers=headers).status, 403)
        own = f"http://127.0.0.1:{self.server.port}"
        for headers in ({"Origin": own}, {"Sec-Fetch-Site": "same-origin"}, {}):
            reply = client.call("POST", "/api/v1/progress", {"session": "0" * 32, "beats": []}, headers)
            self.assertEqual(reply.status, 204, (headers, reply))

    def test_a_session_token_is_not_in_the_database(self):
        client = self.server.client("lan")
        token = client.cookie.split("=", 1)[1]
        for name in os.listdir(self.server.data):
            path = os.path.join(self.server.data, name)
            if os.path.isfile(path):
                with open(path, "rb") as f:
                    self.assertNotIn(token.encode(), f.read(), name)

    def test_secrets_do_not_reach_the_log(self):
        client = self.server.client("lan")
        text = str(self.server.log)
        self.assertNotIn(PASSWORD, text)
        self.assertNotIn(client.cookie.split("=", 1)[1], text)


def rows():
    """(method, pattern, policy) of each row of the server's route table: no URL can be forgotten here."""
    said = subprocess.run([os.path.join(BUILD, "tests", "tools", "print-routes")], capture_output=True, text=True,
                          check=True).stdout
    return [tuple(line.split(" ")[1:]) for line in said.splitlines() if line.startswith("route ")]


# What each policy answers to each actor for an object that does not exist: None means "gets through".
ACTORS = ("anonymous", "lan", "minh", "teacher", "root")
EXPECTED = {
    "anyone": (None,) * 5,
    "signed-in": (401, None, None, None, None),
    "teaching": (401, 403, 403, None, None),
    "visible": (404,) * 5,
    "owner": (401, 404, 404, 404, 404),
    "admin": (401, 403, 403, 403, None),
    "metrics": (401, 403, 403, 403, None),
    "local": (404,) * 5,
    "playback": (403,) * 5,
}


class Policies(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.server = Server(local_worker="no").start()
        for login, role in (("lan", "learner"), ("minh", "ambassador"), ("teacher", "instructor"),
                            ("root", "admin")):
            cls.server.add_user(login, role)

    @classmethod
    def tearDownClass(cls):
        cls.server.clean()

    def test_every_route_judges_every_actor_by_its_policy(self):
        self.assertGreater(len(rows()), 25)
        for method, pattern, policy in rows():
            path = re.sub(r"\{\w+\}", "0123456789abcdef0123456789abcdef", pattern)
            for actor, expected in zip(ACTORS, EXPECTED[policy]):
                if (method, pattern) == ("DELETE", "/api/v1/session"):
                    actor_client = Client(self.server.port)
                else:
                    actor_client = self.server.client(None if actor == "anonymous" else actor)
                headers = {"Tus-Resumable": "1.0.0"} if "uploads" in path else {}
                reply = actor_client.call(method, path, headers=headers)
                if expected is None:
                    self.assertNotIn(reply.status, (401, 403), (method, path, actor))
                    self.assertLess(reply.status, 500, (method, path, actor))
                else:
                    self.assertEqual(reply.status, expected, (method, path, actor))

    def test_unknown_paths_and_methods(self):
        client = self.server.client("root")
        self.assertEqual(client.get("/api/v1/nothing").status, 404)
        self.assertEqual(client.call("POST", "/api/v2/progress", b"").status, 404)
        reply = client.call("PUT", "/api/v1/me", b"")
        self.assertEqual(reply.status, 405)
        self.assertEqual(reply.headers["Allow"], "GET, HEAD, OPTIONS")
        self.assertEqual(client.call("OPTIONS", "/api/v1/me").headers["Allow"], "GET, HEAD, OPTIONS")
        head = client.call("HEAD", "/api/v1/me")
        self.assertEqual((head.status, head.body), (200, b""))


if __name__ == "__main__":
    unittest.main()
