#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""The load view, metrics, pages, and TLS as a browser meets them."""
import gzip
import http.client
import json
import os
import re
import signal
import socket
import ssl
import subprocess
import tempfile
import time
import unittest

from contract import CONTRACT
from server import ROOT, LoadEvents, Server, wait_for

PAGES = os.path.join(ROOT, "player-web", "dist")


class Load(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.server = Server(local_worker="no").start()
        cls.server.add_user("root", "admin")
        cls.server.add_user("lan", "learner")
        cls.admin = cls.server.client("root")

    @classmethod
    def tearDownClass(cls):
        cls.server.clean()

    def test_the_load_counts_what_happens(self):
        first = wait_for("a reading", lambda: (lambda l: l if l["redis"] else None)(
            self.admin.get("/api/v1/admin/load").json()))
        for _ in range(50):
            self.admin.get("/healthz")
        lan = self.server.client("lan")
        lan.call("POST", "/api/v1/progress", {"session": "ab" * 16, "beats": []})

        def counted():
            load = self.admin.get("/api/v1/admin/load").json()
            return load if load["requests"] >= first["requests"] + 50 and load["viewers"] == 1 else None
        load = wait_for("the requests to be counted", counted, 20)
        self.assertGreater(load["responses"]["2xx"], 50)
        self.assertGreater(load["disk_free_bytes"], 0)
        self.assertEqual(load["jobs"], {"queued": 0, "running": 0, "failed": 0})

    def test_events_come_by_themselves(self):
        events = LoadEvents(self.server.port, self.admin.cookie)
        self.assertEqual(events.response.headers["Content-Type"], "text/event-stream")
        seen = [events.next()["at"] for _ in range(3)]
        self.assertEqual(len(set(seen)) > 1, True, seen)
        events.close()

    def test_a_reader_of_events_does_not_keep_the_server_from_stopping(self):
        server = Server(local_worker="no").start()
        server.add_user("root", "admin")
        events = LoadEvents(server.port, server.client("root").cookie)
        started = time.monotonic()
        self.assertEqual(server.stop(), 0)
        self.assertLess(time.monotonic() - started, 20)
        events.close()
        server.clean()

    def test_metrics_are_in_the_text_format(self):
        text = self.admin.get("/metrics").body.decode()
        names = set()
        for line in text.strip().split("\n"):
            if line.startswith("#"):
                self.assertRegex(line, r"^# (HELP|TYPE) (banmai|process)_[a-z_]+ .+")
            else:
                self.assertRegex(line, r'^(banmai|process)_[a-z_]+(\{[a-z]+="[^"]+"(,le="[^"]+")?\})? [0-9.e+-]+$')
                names.add(re.split(r"[{ ]", line)[0])
        self.assertLessEqual({"banmai_viewers", "banmai_http_sent_bytes_total", "banmai_redis_up", "banmai_ready", "banmai_jobs_failed_total", "banmai_beats_refused_total",
                              "banmai_http_request_duration_seconds_bucket", "banmai_redis_memory_max_bytes",
                              "process_open_fds", "banmai_disk_free_bytes", "banmai_drain_lag_seconds"}, names)

    def test_the_access_log_has_no_secrets(self):
        for form, marks in (("json", ("answered",)), ("combined", ("(not JSON)",))):
            server = Server(local_worker="no", access_log=form).start()
            try:
                self.ask_with_secrets(server.client())
                lines = wait_for("the lines", lambda: (lambda l: l if len(l) >= 7 else None)(
                    [line for line in server.log if line["msg"] in marks]))
                text = json.dumps(lines)
                self.assertIn("/api/v1/lectures", text)
                self.assertIn("/0123456789abcdef0123456789abcdef/multivariant.m3u8", text)
                self.assertNotIn("secret", text)
            finally:
                server.clean()

    def ask_with_secrets(self, client):
        client.get("/api/v1/lectures?mine=secret-query", Cookie="banmai_session=secret",
                   Referer="https://other.example/secret?secret")
        package = "/v/secrettoken/0123456789abcdef0123456789abcdef"
        client.get(f"{package}/multivariant.m3u8")
        client.call("OPTIONS", f"{package}/multivariant.m3u8")
        client.call("POST", f"{package}/multivariant.m3u8")
        client.get(f"{package}/no/such/thing")
        client.get("/v/secrettoken")
        client.get("/v/secrettoken/")


    def test_a_player_on_another_site_may_ask(self):
        client = self.server.client()
        path = "/v/token/0123456789abcdef0123456789abcdef/v48/1.m4s"
        asked = client.call("OPTIONS", path, headers={
            "Origin": "https://other.example", "Access-Control-Request-Method": "GET",
            "Access-Control-Request-Headers": "range"})
        self.assertEqual((asked.status, asked.headers["Access-Control-Allow-Origin"], asked.headers["Allow"]),
                         (204, "*", "GET, HEAD, OPTIONS"))
        self.assertIn("Range", asked.headers["Access-Control-Allow-Headers"])
        refused = client.get(path, Origin="https://other.example")
        self.assertEqual((refused.status, refused.headers["Access-Control-Allow-Origin"]), (403, "*"))

    def test_the_interface_is_for_our_own_pages(self):
        for method in ("OPTIONS", "GET"):
            reply = self.server.client().call(method, "/api/v1/lectures", headers={"Origin": "https://other.example"})
            self.assertNotIn("Access-Control-Allow-Origin", reply.headers)

    def test_how_long_an_answer_took_is_told_only_when_asked_for(self):
        self.assertNotIn("Server-Timing", self.server.client().get("/healthz").headers)
        server = Server(local_worker="no", server_timing="yes").start()
        try:
            for path in ("/healthz", "/api/v1/lectures", "/v/x/y/z"):
                self.assertRegex(server.client().get(path).headers["Server-Timing"], r"^app;dur=\d+$")
        finally:
            server.clean()


@unittest.skipUnless(os.path.exists(os.path.join(PAGES, "index.html")), "player-web is not built")
class Pages(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.server = Server(local_worker="no").start()

    @classmethod
    def tearDownClass(cls):
        cls.server.clean()

    def test_every_screen_is_the_one_page_and_guarded(self):
        client = self.server.client()
        for path in ("/", "/lecture/0123456789abcdef0123456789abcdef", "/studio", "/studio/upload", "/admin"):
            reply = client.get(path)
            self.assertEqual(reply.status, 200, path)
            self.assertEqual(reply.body, client.get("/").body, path)
            self.assertIn("text/html", reply.headers["Content-Type"])
            self.assertIn("default-src 'none'", reply.headers["Content-Security-Policy"])
            self.assertEqual(reply.headers["X-Content-Type-Options"], "nosniff")
            self.assertEqual(reply.headers["Cache-Control"], "no-cache")

    def test_assets_are_immutable_and_come_compressed(self):
        client = self.server.client()
        asset = re.search(r'src="(/assets/[^"]+\.js)"', client.get("/").body.decode()).group(1)
        plain = client.get(asset)
        self.assertIn("immutable", plain.headers["Cache-Control"])
        zipped = client.get(asset, Accept_Encoding="gzip")
        self.assertEqual(zipped.headers["Content-Encoding"], "gzip")
        self.assertEqual(gzip.decompress(zipped.body), plain.body)
        self.assertEqual(client.get(asset, Accept_Encoding="br, gzip").headers["Content-Encoding"], "br")
        self.assertEqual(client.get(asset, If_None_Match=plain.headers["ETag"]).status, 304)

    def test_nothing_beside_the_pages_is_given_out(self):
        client = self.server.client()
        for path in ("/assets/../../package.json", "/assets/%2e%2e/%2e%2e/package.json", "/.git/config",
                     "/assets/gone.js", "/package.json"):
            self.assertIn(client.get(path).status, (400, 404), path)


class Tls(unittest.TestCase):
    def test_https_serves_guards_its_cookie_and_takes_a_new_certificate(self):
        folder = tempfile.mkdtemp(prefix="banmai-test-")
        cert, key = os.path.join(folder, "c.pem"), os.path.join(folder, "k.pem")

        def make(name):
            subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256",
                            "-nodes", "-days", "2", "-subj", f"/CN={name}", "-keyout", key, "-out", cert],
                           check=True, capture_output=True)
        make("first.example")
        server = Server(local_worker="no", tls_cert=cert, tls_key=key).start()
        context = ssl.create_default_context()
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE

        def subject():
            with socket.create_connection(("127.0.0.1", server.port), timeout=10) as s:
                with context.wrap_socket(s) as tls:
                    der = tls.getpeercert(binary_form=True)
            return b"second.example" if b"second.example" in der else b"first.example"
        try:
            server.add_user("lan", "learner")
            connection = http.client.HTTPSConnection("127.0.0.1", server.port, context=context, timeout=20)
            connection.request("POST", "/api/v1/session", json.dumps(
                {"login": "lan", "password": "correct horse battery"}), {"Content-Type": "application/json"})
            response = connection.getresponse()
            self.assertEqual(response.status, 200)
            CONTRACT.check("POST", "/api/v1/session", 200, response.headers, response.read())
            self.assertIn("Secure", response.headers["Set-Cookie"])
            connection.close()
            self.assertEqual(subject(), b"first.example")
            make("second.example")
            server.process.send_signal(signal.SIGHUP)
            wait_for("the new certificate", lambda: subject() == b"second.example", 20)
        finally:
            server.clean()
            subprocess.run(["rm", "-rf", folder], check=False)


if __name__ == "__main__":
    unittest.main()
