#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Behind nginx as Debian ships it, and behind nginx and Caddy with the recipes of deploy/."""
import http.client
import json
import os
import ssl
import time
import unittest

import caddy
from contract import CONTRACT
from nginx import IS_INSTALLED, Nginx, free_port, make_certificate
from server import PASSWORD, ROOT, Client, LoadEvents, Server, Tus, wait_for

DIST = os.path.join(ROOT, "player-web", "dist")
FORWARDED = """
    proxy_set_header Host $http_host;
    proxy_set_header X-Forwarded-Host $http_host;
    proxy_set_header X-Forwarded-Proto $scheme;
    proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;"""


def block(port, upstream, location="/", more="", tls=""):
    return f"""  server {{ listen 127.0.0.1:{port}{' ssl' if tls else ''}; {tls}
    location {location} {{ proxy_pass http://127.0.0.1:{upstream}{location if location != '/' else ''};{more} }} }}
"""


def sign_in(port, tls=False, **fields):
    """Of a browser without Sec-Fetch-Site: the status, the problem and the cookie."""
    context = ssl._create_unverified_context() if tls else None
    connection = (http.client.HTTPSConnection("127.0.0.1", port, timeout=20, context=context) if tls
                  else http.client.HTTPConnection("127.0.0.1", port, timeout=20))
    connection.request("POST", "/api/v1/session", json.dumps({"login": "root", "password": PASSWORD}),
                       {"Content-Type": "application/json", **{k.replace("_", "-"): v for k, v in fields.items()}})
    reply = connection.getresponse()
    body = reply.read()
    CONTRACT.check("POST", "/api/v1/session", reply.status, reply.headers, body)
    connection.close()
    return reply.status, json.loads(body), reply.headers.get("Set-Cookie", "")


@unittest.skipUnless(IS_INSTALLED, "nginx is not installed")
class Proxy(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.plain, cls.tls, cls.below, cls.told, cls.told_tls = (free_port() for _ in range(5))
        cls.untold = Server(local_worker="no", web=DIST).start()
        cls.set_up = Server(local_worker="no", public_url=f"http://127.0.0.1:{cls.told}/", access_log="json",
                            trusted_proxies="127.0.0.1").start()
        cls.untold.add_user("root", "admin")
        cls.set_up.add_user("root", "admin")
        certificate, key = make_certificate(cls.untold.data)
        tls = f"ssl_certificate {certificate}; ssl_certificate_key {key};"
        cls.nginx = Nginx(block(cls.plain, cls.untold.port)
                          + block(cls.tls, cls.untold.port, more=FORWARDED, tls=tls)
                          + block(cls.below, cls.untold.port).replace(
                              "location / {", "location /banmai/ {").replace(
                              f":{cls.untold.port};", f":{cls.untold.port}/;")
                          + block(cls.told, cls.set_up.port)
                          + block(cls.told_tls, cls.set_up.port, more=FORWARDED, tls=tls),
                          (cls.plain, cls.tls, cls.below, cls.told, cls.told_tls))

    @classmethod
    def tearDownClass(cls):
        cls.nginx.stop()
        cls.untold.clean()
        cls.set_up.clean()

    def test_signing_in_was_from_another_site_and_nothing_said_why(self):
        ours = f"http://127.0.0.1:{self.plain}"
        status, problem, _ = sign_in(self.plain, Origin=ours)
        self.assertEqual((status, problem["type"]), (403, "/problems/origin-unknown"))
        self.assertIn(f"{ours} → 127.0.0.1:{self.untold.port}", problem["detail"])
        self.assertIn("public_url", problem["detail"])
        self.assertEqual(sign_in(self.plain, Origin=ours, Sec_Fetch_Site="same-origin")[0], 200)

    def test_the_public_url_is_the_same_site_and_others_stay_others(self):
        self.assertEqual(sign_in(self.told, Origin=f"http://127.0.0.1:{self.told}")[0], 200)
        for origin in ("https://evil.example", f"https://127.0.0.1:{self.told}", "null",
                       f"http://127.0.0.1:{self.told}.evil.example"):
            self.assertEqual(sign_in(self.told, Origin=origin)[0], 403, origin)
        self.assertEqual(sign_in(self.told, Origin=f"http://127.0.0.1:{self.told}", Sec_Fetch_Site="cross-site")[0], 403)

    def test_the_cookie_is_secure_when_a_trusted_proxy_ends_tls(self):
        status, _, cookie = sign_in(self.told_tls, tls=True, Origin=f"https://127.0.0.1:{self.told_tls}")
        self.assertEqual(status, 200)
        self.assertIn("; Secure", cookie)
        status, _, cookie = sign_in(self.told, Origin=f"http://127.0.0.1:{self.told}")
        self.assertNotIn("Secure", cookie)
        status, _, cookie = sign_in(self.tls, tls=True, Origin=f"https://127.0.0.1:{self.tls}")
        self.assertEqual(status, 200)
        self.assertNotIn("Secure", cookie, "nobody told the server to believe this one")

    def test_the_access_log_names_the_sender(self):
        sign_in(self.told_tls, tls=True, X_Forwarded_For="203.0.113.7")
        wait_for("the line", lambda: "203.0.113.7" in [line.get("peer") for line in self.set_up.log])

    def test_the_admins_events_came_after_24_s(self):
        client = Client(self.plain)
        self.assertEqual(client.sign_in("root").status, 200)
        start = time.monotonic()
        events = LoadEvents(self.plain, client.cookie)
        events.next()
        self.assertLess(time.monotonic() - start, 2)
        events.close()

    def test_a_proxys_limit_is_no_answer_of_ours(self):
        client = Client(self.plain)
        client.sign_in("root")
        tus = Tus(client)
        path = tus.new(3 << 20, title="a")
        client.contract = None  # of nginx
        reply = tus.patch(path, 0, b"x" * (2 << 20))
        client.contract = CONTRACT
        self.assertEqual(reply.status, 413)
        self.assertNotIn("problem+json", reply.headers["Content-Type"])
        self.assertIsNone(reply.headers["Tus-Resumable"])
        self.assertEqual(tus.patch(path, 0, b"x" * (512 << 10)).status, 204, "what the studio sends then")

    @unittest.skipUnless(os.path.exists(os.path.join(DIST, "index.html")), "the pages are not built")
    def test_a_page_below_a_path_was_blank(self):
        client = Client(self.below)
        page = client.get("/banmai/")
        self.assertEqual(page.status, 200)
        self.assertIn("đường dẫn con", page.body.decode())
        self.assertIn("sub-path", page.body.decode())
        sheet = page.body.decode().split('rel="stylesheet" crossorigin href="')[1].split('"')[0]
        client.contract = None  # of nginx
        self.assertEqual(client.get(sheet).status, 404)
        self.assertIn(".lost{display:none}", self.untold.client().get(sheet).body.decode())


def recipe(name, replaced):
    """A file of deploy/ with other ports and paths; each has to be in it."""
    with open(os.path.join(ROOT, "deploy", name), encoding="utf-8") as f:
        text = f.read()
    for old, new in replaced.items():
        assert old in text, f"deploy/{name} has no {old}"
        text = text.replace(old, new)
    return text


class TlsClient(Client):
    """Through a proxy that ends TLS, by HTTP/1.1."""

    def __init__(self, port, certificate):
        super().__init__(port)
        self.context = ssl.create_default_context(cafile=certificate)

    def connect(self, timeout):
        return http.client.HTTPSConnection("127.0.0.1", self.port, timeout=timeout, context=self.context)


class Recipe:
    """What holds behind each of the proxies that deploy/ has a recipe for."""

    @classmethod
    def setUpClass(cls):
        cls.server = Server(local_worker="no", web=DIST, trusted_proxies="127.0.0.1").start()
        cls.addClassCleanup(cls.server.clean)
        cls.stranger = Server(local_worker="no").start()
        cls.addClassCleanup(cls.stranger.clean)
        for server in (cls.server, cls.stranger):
            server.add_user("root", "admin")
        cls.certificate, cls.key = make_certificate(cls.server.data)
        cls.port, cls.untrusted = (cls.start_proxy(server.port) for server in (cls.server, cls.stranger))

    def client(self, port=None):
        client = TlsClient(port or self.port, self.certificate)
        self.signed_in = client.sign_in("root")
        self.assertEqual(self.signed_in.status, 200)
        return client

    def test_a_part_above_the_limits_that_proxies_have_is_taken(self):
        tus = Tus(self.client())
        path = tus.new(12 << 20, title="a")
        self.assertEqual(tus.patch(path, 0, b"x" * (12 << 20)).status, 204)

    def test_what_came_of_a_part_is_kept_when_the_link_breaks(self):
        client = self.client()
        tus = Tus(client)
        path = tus.new(1 << 20, title="a")
        connection = client.connect(20)
        connection.putrequest("PATCH", path)
        for name, value in {"Tus-Resumable": "1.0.0", "Upload-Offset": "0", "Content-Length": str(1 << 20),
                            "Content-Type": "application/offset+octet-stream", "Cookie": client.cookie}.items():
            connection.putheader(name, value)
        connection.endheaders(b"x" * (1 << 19))
        time.sleep(0.5)
        connection.close()
        wait_for("the half that came", lambda: tus.offset(path) == 1 << 19, 20)

    def test_events_come_when_they_happen(self):
        connection = self.client().connect(20)
        connection.request("GET", "/api/v1/admin/load/events", headers={"Cookie": self.signed_in.headers[
            "Set-Cookie"].split(";")[0]})
        start = time.monotonic()
        reply = connection.getresponse()
        self.assertEqual(reply.headers["Content-Type"], "text/event-stream")
        for _ in range(2):
            self.assertTrue(reply.readline().startswith(b"data: {"))
            self.assertEqual(reply.readline(), b"\n")
        self.assertLess(time.monotonic() - start, 5)
        connection.close()

    def test_ranges_are_passed_on(self):
        client = self.client()
        path = client.get("/").body.decode().split('src="')[1].split('"')[0]
        whole = client.get(path)
        part = client.get(path, Range="bytes=100-299")
        self.assertEqual((part.status, part.body), (206, whole.body[100:300]))
        self.assertEqual(part.headers["Content-Range"], f"bytes 100-299/{len(whole.body)}")

    def test_cookies_are_secure_where_the_proxy_is_trusted_and_only_there(self):
        self.client()
        self.assertIn("; Secure", self.signed_in.headers["Set-Cookie"])
        self.client(self.untrusted)
        self.assertNotIn("Secure", self.signed_in.headers["Set-Cookie"])
        direct = self.stranger.client().call("POST", "/api/v1/session", {"login": "root", "password": PASSWORD},
                                             {"X-Forwarded-Proto": "https"})
        self.assertNotIn("Secure", direct.headers["Set-Cookie"])

    def test_a_sender_cannot_say_that_it_is_somebody_else(self):
        answer = self.client().call("POST", "/api/v1/session", {"login": "root", "password": "wrong"},
                                    {"X-Forwarded-For": "203.0.113.7", "X-Forwarded-Proto": "http"})
        self.assertEqual(answer.status, 401)
        networks = wait_for("the refusal in the log", lambda: [line["network"] for line in self.server.log
                                                               if "network" in line])
        self.assertNotIn("203.0.113.0/24", networks)


@unittest.skipUnless(IS_INSTALLED, "nginx is not installed")
class NginxRecipe(Recipe, unittest.TestCase):
    @classmethod
    def start_proxy(cls, upstream):
        plain, tls = free_port(), free_port()
        proxy = Nginx(recipe("nginx.conf", replaced={
            "listen 80;": f"listen 127.0.0.1:{plain};", "listen 443 ": f"listen 127.0.0.1:{tls} ",
            "127.0.0.1:8080": f"127.0.0.1:{upstream}", "/etc/banmai/tls/fullchain.pem": cls.certificate,
            "/etc/banmai/tls/privkey.pem": cls.key}), (plain, tls))
        cls.addClassCleanup(proxy.stop)
        return tls


@unittest.skipUnless(caddy.IS_INSTALLED, "caddy is not installed")
class CaddyRecipe(Recipe, unittest.TestCase):
    @classmethod
    def start_proxy(cls, upstream):
        port = free_port()
        proxy = caddy.Caddy(recipe("Caddyfile", replaced={
            "hoc.example.vn {": f"https://127.0.0.1:{port} {{\n\tbind 127.0.0.1\n\ttls {cls.certificate} {cls.key}",
            "127.0.0.1:8080": f"127.0.0.1:{upstream}"}), port)
        cls.addClassCleanup(proxy.stop)
        return port


class Guards(unittest.TestCase):
    """Fields that every answer has."""

    PATHS = ("/", "/assets/none.js", "/healthz", "/metrics", "/api/v1/courses", "/api/v1/me", "/v/x/y/media.m3u8",
             "/api/v1/lectures/0", "/%zz", "/api/v1/uploads")

    def check(self, hsts, **settings):
        server = Server(local_worker="no", **settings).start()
        self.addCleanup(server.clean)
        for path in self.PATHS:
            reply = server.client().get(path)
            self.assertEqual(reply.headers.get_all("X-Content-Type-Options"), ["nosniff"], path)
            self.assertEqual(reply.headers.get("Strict-Transport-Security"), hsts, path)

    def test_types_are_not_guessed_and_plain_http_says_nothing_of_https(self):
        self.check(None)

    def test_behind_a_proxy_with_tls_browsers_are_told_to_stay(self):
        self.check("max-age=31536000", public_url="https://hoc.caobang.vn")


if __name__ == "__main__":
    unittest.main()
