#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""docs/openapi.yaml against the server: that a broken reply is found, and the control socket."""
import copy
import http.client
import json
import os
import socket
import unittest

from contract import CONTRACT, Broken, Contract, load
from server import PASSWORD, Client, Reply, Server

USER = {"id": "0" * 32, "login": "lan", "name": "Lan", "role": "learner"}
PROBLEM = {"type": "/problems/sign-in-required", "status": 401, "title": "Sign in first"}
JSON = {"Content-Type": "application/json"}


class BrokenReplies(unittest.TestCase):
    """Each would have passed unseen: the contract that cannot fail holds nothing."""

    @classmethod
    def setUpClass(cls):
        cls.contract = Contract(load())

    def assert_broken(self, text, method, path, status, headers, document=None):
        body = b"" if document is None else json.dumps(document).encode()
        with self.assertRaises(Broken) as caught:
            self.contract.check(method, path, status, headers, body)
        self.assertIn(f"{method} {path} → {status}", str(caught.exception))
        self.assertIn(text, str(caught.exception))

    def assert_fine(self, method, path, status, headers, document=None):
        self.contract.check(method, path, status, headers, b"" if document is None else json.dumps(document).encode())

    def test_a_reply_as_listed_passes(self):
        self.assert_fine("GET", "/api/v1/me", 200, JSON, USER)
        self.assert_fine("GET", "/api/v1/me?x=1", 401, {"Content-Type": "application/problem+json"}, PROBLEM)
        self.assert_fine("HEAD", "/api/v1/me", 200, JSON)

    def test_a_member_that_is_not_listed(self):
        self.assert_broken("'email' was unexpected", "GET", "/api/v1/me", 200, JSON, {**USER, "email": "a@b"})

    def test_a_member_that_is_missing(self):
        self.assert_broken("'name' is a required property", "GET", "/api/v1/me", 200, JSON,
                           {k: v for k, v in USER.items() if k != "name"})

    def test_a_member_deep_down_is_pointed_at(self):
        course = {"id": "1" * 32, "title": "x", "n_lectures": "2", "duration_s": 1.0}
        self.assert_broken("/courses/1/n_lectures: '2' is not of type 'integer'", "GET", "/api/v1/courses", 200, JSON,
                           {"courses": [{**course, "n_lectures": 2}, course], "next": None})

    def test_a_status_that_is_not_listed(self):
        self.assert_broken("status 201 is not listed", "GET", "/api/v1/me", 201, JSON, USER)

    def test_a_problem_of_another_operation(self):
        self.assert_broken("problem upload-quota", "GET", "/api/v1/me", 401,
                           {"Content-Type": "application/problem+json"}, {**PROBLEM, "type": "/problems/upload-quota"})

    def test_a_problem_that_says_another_status(self):
        self.assert_broken("/status: 403", "GET", "/api/v1/me", 401, {"Content-Type": "application/problem+json"},
                           {**PROBLEM, "status": 403})

    def test_a_path_that_is_not_listed(self):
        self.assert_broken("status 200 is not listed", "GET", "/api/v1/wishes", 200, JSON, {})

    def test_a_method_that_is_not_listed(self):
        self.assert_broken("status 200 is not listed", "PUT", "/api/v1/me", 200, JSON, USER)
        self.assert_broken("Allow names", "OPTIONS", "/api/v1/me", 204, {"Allow": "GET, PUT"})

    def test_another_media_type(self):
        self.assert_broken("media type text/html", "GET", "/api/v1/me", 200, {"Content-Type": "text/html"}, USER)

    def test_a_body_where_none_is_listed(self):
        self.assert_broken("a body of", "POST", "/api/v1/progress", 204, {}, {"refused": []})
        self.assert_broken("a body of", "HEAD", "/api/v1/me", 200, JSON, USER)

    def test_a_header_field_that_is_missing(self):
        self.assert_broken("header field Upload-Expires is missing", "PATCH", f"/api/v1/uploads/{'0' * 32}", 204,
                           {"Tus-Resumable": "1.0.0", "Upload-Offset": "3"})

    def test_a_request_that_was_taken_and_is_not_listed(self):
        with self.assertRaisesRegex(Broken, "'age' was unexpected"):
            self.contract.check("PATCH", f"/api/v1/lectures/{'0' * 32}", 204, {}, b"", b'{"title":"a","age":3}')
        with self.assertRaisesRegex(Broken, "where none is listed"):
            self.contract.check("POST", f"/api/v1/lectures/{'0' * 32}/retry", 202, {}, b"", b"{}")

    def test_what_is_not_json(self):
        with self.assertRaisesRegex(Broken, "not JSON"):
            self.contract.check("GET", "/api/v1/me", 200, JSON, b"{")

    def test_an_event(self):
        with self.assertRaisesRegex(Broken, "is a required property"):
            self.contract.check_event("/api/v1/admin/load/events", b"{}")

    def test_a_route_that_left_the_document(self):
        document = copy.deepcopy(load())
        del document["paths"]["/api/v1/me"]
        with self.assertRaisesRegex(Broken, "status 200 is not listed"):
            Contract(document).check("GET", "/api/v1/me", 200, JSON, json.dumps(USER).encode())


class ControlConnection(http.client.HTTPConnection):
    def __init__(self, path):
        super().__init__("localhost", timeout=30)
        self.path = path

    def connect(self):
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.connect(self.path)


class Control(unittest.TestCase):
    """What `banmai user` asks for, as the socket of DATA answers it."""

    @classmethod
    def setUpClass(cls):
        cls.server = Server(local_worker="no").start()
        cls.server.add_user("lan", "learner")

    @classmethod
    def tearDownClass(cls):
        cls.server.clean()

    def call(self, method, path, body=None, kind="application/json"):
        connection = ControlConnection(os.path.join(self.server.data, "control.sock"))
        data = json.dumps(body).encode() if isinstance(body, dict) else body
        connection.request(method, path, data, {"Content-Type": kind} if data else {})
        response = connection.getresponse()
        reply = Reply(response.status, response.headers, response.read())
        connection.close()
        CONTRACT.check(method, path, reply.status, reply.headers, reply.body)
        return reply

    def test_accounts_are_made_changed_and_listed(self):
        hoa = {"login": "hoa", "role": "instructor", "password": PASSWORD, "name": "Hoa"}
        self.assertEqual(self.call("POST", "/control/v1/users", hoa).status, 201)
        self.assertEqual(self.call("POST", "/control/v1/users", hoa).status, 409)
        self.assertEqual(self.call("POST", "/control/v1/users/hoa/role", {"role": "admin"}).json()["role"], "admin")
        self.assertEqual(self.call("POST", "/control/v1/users/hoa/password", {"password": PASSWORD + "!"}).status, 200)
        self.assertEqual(self.call("POST", "/control/v1/users/hoa/unlock").status, 200)
        first = self.call("GET", "/control/v1/users?limit=1").json()
        rest = self.call("GET", f"/control/v1/users?limit=9&after={first['next']}").json()
        self.assertEqual([user["login"] for user in first["users"] + rest["users"]], ["hoa", "lan"])

    def test_what_is_wrong_is_a_problem(self):
        users = "/control/v1/users"
        for method, path, body, status in (
                ("POST", users, b"[]", 400), ("POST", users, {"login": "a b"}, 400),
                ("POST", users, {"login": "a", "role": "king", "password": PASSWORD}, 400),
                ("POST", users, {"login": "a", "role": "admin", "password": "short"}, 400),
                ("POST", users, b"x" * 70000, 413), ("POST", users + "/nobody/role", {"role": "admin"}, 404),
                ("POST", users + "/lan/role", {"role": 3}, 400), ("POST", users + "/lan/password", {}, 400),
                ("POST", users + "/nobody/unlock", None, 404), ("GET", users + "?limit=0", None, 400),
                ("POST", users + "/lan/role", b"x" * 70000, 413), ("POST", users + "/lan/password", b"x" * 70000, 413),
                ("DELETE", users, None, 405), ("OPTIONS", users, None, 204), ("GET", "/control/v1/else", None, 404)):
            self.assertEqual(self.call(method, path, body).status, status, (method, path, body))
        for path in (users, users + "/lan/role", users + "/lan/password"):
            self.assertEqual(self.call("POST", path, b"{}", "text/plain").status, 415, path)

    def test_the_socket_may_do_what_an_admin_may(self):
        for path in ("/api/v1/admin/load", "/api/v1/admin/quarantine", "/metrics", "/api/v1/me"):
            self.assertEqual(self.call("GET", path).status, 200, path)
        self.assertEqual(self.call("GET", "/api/v1/admin/quarantine?limit=0").status, 400)

    def test_over_tcp_there_is_no_such_address(self):
        self.assertEqual(Client(self.server.port).get("/control/v1/users").status, 404)


if __name__ == "__main__":
    unittest.main()
