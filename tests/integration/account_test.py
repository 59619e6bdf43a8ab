#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Signing in, who may do what, and requests that browsers are tricked into."""
import os
import re
import unittest

from server import PASSWORD, ROOT, Client, Server



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

    def test_guessing_is_slowed_down_and_a_right_password_forgets(self):
        self.server.add_user("target", "learner")
        for _ in range(8):
            self.assertEqual(Client(self.server.port).sign_in("target", "wrong guess").status, 401)
        self.assertEqual(Client(self.server.port).sign_in("target").status, 200)
        statuses = [Client(self.server.port).sign_in("target", "wrong guess").status for _ in range(12)]
        self.assertEqual(statuses[:10], [401] * 10)
        self.assertEqual(statuses[10:], [429] * 2)
        self.assertEqual(Client(self.server.port).sign_in("lan").status, 200, "others are not locked out")

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
    """The rows of the route table, from its source: no URL can be forgotten here."""
    with open(os.path.join(ROOT, "server", "routes", "table.c"), encoding="utf-8") as f:
        return re.findall(r'ROUTE\(HTTP_(\w+),\s*"([^"]+)",\s*(POLICY_\w+),', f.read())


# What each policy answers to each actor for an object that does not exist: None means "gets through".
ACTORS = ("anonymous", "lan", "minh", "teacher", "root")
EXPECTED = {
    "POLICY_ANYONE": (None,) * 5,
    "POLICY_SIGNED_IN": (401, None, None, None, None),
    "POLICY_TEACHING": (401, 403, 403, None, None),
    "POLICY_OWNER": (401, 404, 404, 404, 404),
    "POLICY_ADMIN": (401, 403, 403, 403, None),
    "POLICY_LOCAL": (404,) * 5,
    "POLICY_PLAYBACK": (403,) * 5,
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
