#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Lists are read in parts, of what their reader may see, and hold nobody else up."""
import os
import sqlite3
import threading
import time
import unittest

from server import Server, Tus

N_OPEN = 210
N_COURSES = 205
N_PEOPLE = 230
PACKAGE = "00112233445566778899aabbccddeeff"


def some_id(kind, i):
    return f"{kind:08x}{i:024x}"


def fill(path):
    """What a year of teaching leaves, behind the server's back."""
    with sqlite3.connect(path) as db:
        owner = db.execute("select id from users where login = 'thay'").fetchone()[0]
        db.executemany("insert into courses values (?, ?, ?, 1)",
                       [(some_id(2, i), f"Khoá {i % 100:03}", owner) for i in range(N_COURSES)])
        db.executemany(
            "insert into lectures (id, course_id, position, title, owner_id, state, filename, duration_us,"
            " package_id, created_at_ms, updated_at_ms) values (?, ?, ?, ?, ?, 'ready', '', 1000000, ?, 1, 1)",
            [(some_id(1, i), some_id(2, i % N_COURSES), i + 1, f"Bài {i}", owner, PACKAGE) for i in range(N_OPEN)])
        db.executemany(
            "insert into users (id, login, name, role, password_hash, created_at_ms)"
            " values (?, ?, 'x', 'learner', '!', 1)",
            [(some_id(3, i), f"person{i:03}") for i in range(N_PEOPLE)])
    db.close()


class Catalogue(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.server = Server(local_worker="no", loops="2").start()
        for login, role in (("thay", "instructor"), ("khac", "instructor"), ("lan", "learner"), ("root", "admin")):
            cls.server.add_user(login, role)
        cls.server.stop()
        fill(os.path.join(cls.server.data, "banmai.sqlite3"))
        cls.server.start()
        cls.guest = cls.server.client()

    @classmethod
    def tearDownClass(cls):
        cls.server.clean()

    def parts(self, client, path, name, limit=None):
        """All rows of a list, part by part."""
        rows, query = [], f"?limit={limit}" if limit else "?"
        target = path + query
        while target:
            reply = client.get(target)
            self.assertEqual(reply.status, 200, reply)
            document = reply.json()
            self.assertLessEqual(len(document[name]), limit or 50)
            rows += document[name]
            target = f"{path}{query}&after={document['next']}" if document["next"] else None
        return rows

    def test_announcements_come_to_everybody_until_they_are_withdrawn(self):
        admin, path = self.server.client("root"), "/api/v1/announcements"
        made = []
        for text in ("Một\nhai", "Ba"):
            reply = admin.call("POST", path, {"text": text})
            self.assertEqual(reply.status, 201, reply)
            made.insert(0, reply.json()["id"])
            self.assertEqual(reply.headers["Location"], f"{path}/{made[0]}")
            time.sleep(0.002)  # ids are in the order of milliseconds
        rows = self.parts(self.guest, path, "announcements", 1)
        self.assertEqual([row["id"] for row in rows], made)
        self.assertEqual(rows[1]["text"], "Một\nhai")
        self.assertEqual(admin.call("DELETE", f"{path}/{made[0]}").status, 204)
        self.assertEqual(admin.call("DELETE", f"{path}/{made[0]}").status, 404)
        self.assertEqual([row["id"] for row in self.parts(self.guest, path, "announcements")], made[1:])
        everything = admin.get(f"{path}?all=true").json()["announcements"]
        self.assertEqual(["withdrawn_at" in row for row in everything], [True, False])
        self.assertEqual(admin.call("POST", path, {"text": "\n"}).status, 400)
        self.assertEqual(self.server.client("thay").call("POST", path, {"text": "x"}).status, 403)

    def test_a_junk_of_empty_uploads_and_courses_hides_nothing(self):
        tus = Tus(self.server.client("khac"))
        for i in range(60):
            self.assertEqual(tus.create(1, title=f"x{i}", filename="x.mp4", course=f"!{i}").status, 201)
        for limit in (None, 1, 7, 200):
            lectures = self.parts(self.guest, "/api/v1/lectures", "lectures", limit)
            self.assertEqual([r["id"] for r in lectures], [some_id(1, i) for i in reversed(range(N_OPEN))])
        courses = self.parts(self.guest, "/api/v1/courses", "courses")
        self.assertEqual({c["id"] for c in courses}, {some_id(2, i) for i in range(N_COURSES)})
        self.assertEqual(len(courses), N_COURSES, "none comes twice")
        self.assertEqual(sum(c["n_lectures"] for c in courses), N_OPEN)
        junk = self.parts(self.server.client("khac"), "/api/v1/courses", "courses", 200)
        self.assertEqual(len(junk), N_COURSES + 60, "one's own are there")

    def test_the_rows_of_a_course_and_ones_own_are_all_reached(self):
        course = f"/api/v1/courses/{some_id(2, 0)}"
        rows = self.parts(self.guest, course, "lectures", 1)
        self.assertEqual([r["id"] for r in rows], [some_id(1, 0), some_id(1, N_COURSES)])
        own = self.server.client("thay")
        self.assertEqual(len([r for r in self.parts(own, "/api/v1/lectures", "lectures")
                              if r["title"].startswith("Bài ")]), N_OPEN)
        self.assertEqual(len(self.server.client("lan").get("/api/v1/lectures?mine=1").json()["lectures"]), 0)
        self.assertEqual(self.guest.get("/api/v1/courses/" + "0" * 32).status, 404)

    def test_every_account_is_listed_with_and_without_a_server(self):
        names = {f"person{i:03}" for i in range(N_PEOPLE)} | {"thay", "khac", "lan", "root"}
        def listed():
            return sorted(line.split("\t")[0] for line in self.server.tool("user", "list").stdout.splitlines())
        self.assertEqual(listed(), sorted(names))
        self.server.stop()
        self.assertEqual(listed(), sorted(names))
        self.server.start()
        type(self).guest = self.server.client()

    def test_what_is_no_page_is_refused_in_words_of_the_reader(self):
        for path in ("/api/v1/lectures", "/api/v1/courses", f"/api/v1/courses/{some_id(2, 0)}"):
            for query, name in (("limit=0", "bad-limit"), ("limit=201", "bad-limit"), ("limit=x", "bad-limit"),
                                ("after=x", "bad-cursor"), ("after=" + "A" * 3000, "bad-cursor")):
                reply = self.guest.get(f"{path}?{query}", Accept_Language="vi")
                self.assertEqual(reply.status, 400, (path, query))
                self.assertEqual(reply.json()["type"], f"/problems/{name}")
                self.assertIn("danh sách", reply.json()["title"].lower())
        foreign = self.guest.get("/api/v1/courses?limit=1").json()["next"]
        self.assertEqual(self.guest.get(f"/api/v1/lectures?after={foreign}").status, 400)

    def test_a_crowd_that_asks_for_lists_holds_up_nobody_who_signed_in(self):
        lan = self.server.client("lan")
        ends_at = time.monotonic() + 3
        statuses = []

        def crowd():
            client = self.server.client()
            while time.monotonic() < ends_at:
                reply = client.get(f"/api/v1/lectures?limit=200&x={len(statuses)}")
                statuses.append((reply.status, reply.headers.get("Retry-After")))
        threads = [threading.Thread(target=crowd) for _ in range(24)]
        for thread in threads:
            thread.start()
        worst = 0
        while time.monotonic() < ends_at - 0.3:
            for call in (lambda: lan.beat(some_id(1, 1), "ab" * 16, 1, [], 0), lambda: lan.get("/api/v1/lectures"),
                         lambda: lan.get("/api/v1/me")):
                started = time.monotonic()
                self.assertLess(call().status, 300)
                worst = max(worst, time.monotonic() - started)
        for thread in threads:
            thread.join()
        self.assertLessEqual({status for status, _ in statuses}, {200, 503})
        self.assertTrue(all(after for status, after in statuses if status == 503))
        self.assertLess(worst, 2.0)


if __name__ == "__main__":
    unittest.main()
