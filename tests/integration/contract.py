# SPDX-License-Identifier: GPL-3.0-or-later
"""Holds replies of the server against docs/openapi.yaml.

    CONTRACT.check("GET", "/api/v1/me", 200, headers, body)

raises Broken, which names the request and where in the reply it is wrong: a path, method, status,
header field, media type, name of a problem or member that is not in the document, or one of the
document that is missing. Each program that checked a reply says at its end how many; one that heard
of a broken reply and swallowed it ends with status 1.

As a program it reads replies as lines of JSON and writes what is wrong with each as a line: that is
how the browser tests ask (tests/browser/support/contract.mjs).
"""
import atexit
import gzip
import json
import os
import re
import sys
import threading
from urllib.parse import urlsplit

import jsonschema
import yaml

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
DOCUMENT = os.path.join(ROOT, "docs", "openapi.yaml")
METHODS = ("get", "head", "post", "put", "patch", "delete", "options")
SUCCESS_WITHOUT_BODY = (204, 304)


class Broken(AssertionError):
    """A reply that the document does not know."""


def load(path=DOCUMENT):
    """The document without references: each stands replaced by what it refers to."""
    with open(path, encoding="utf-8") as file:
        document = yaml.load(file, getattr(yaml, "CSafeLoader", yaml.SafeLoader))
    return _resolved(document, document)


def _resolved(node, document):
    if isinstance(node, list):
        return [_resolved(item, document) for item in node]
    if not isinstance(node, dict):
        return node
    own = {key: _resolved(value, document) for key, value in node.items() if key != "$ref"}
    if "$ref" not in node:
        return own
    target = document
    for part in node["$ref"].removeprefix("#/").split("/"):
        target = target[part]
    return {**_resolved(target, document), **own}


def operations(document):
    """Yields (path, method in lower case, operation)."""
    for path, item in document["paths"].items():
        for method in METHODS:
            if method in item:
                yield path, method, item[method]


def _literal_parts_first(path):
    return [(part.startswith("{"), part) for part in path.split("/")]


class Contract:
    def __init__(self, document):
        self.paths = []  # (pattern, path, item): what is literal goes before what is not
        self.any_other = None
        self._validators = {}
        self.unusual = document["components"]["responses"]["Unusual"]
        for path in sorted(document["paths"], key=_literal_parts_first):
            item = document["paths"][path]
            if any(op.get("x-all-other-paths") for op in item.values() if isinstance(op, dict)):
                self.any_other = (path, item)
            else:
                parts = re.split(r"(\{[^}]+\})", path)
                pattern = "".join("[^/]+" if p.startswith("{") else re.escape(p) for p in parts)
                self.paths.append((re.compile(pattern), path, item))
        self.n_checked = self.n_broken = 0
        self.seen = set()  # (path, method, status)
        self._lock = threading.Lock()

    def find(self, target, method):
        """The document's path and its entry, or None for an address that is not there."""
        address = urlsplit(target).path
        for pattern, path, item in self.paths:
            if pattern.fullmatch(address):
                return path, item
        is_page = method in ("GET", "HEAD") and not address.startswith(("/api/", "/v/", "/control/"))
        return self.any_other if is_page else None

    # ---- a reply

    def check(self, method, target, status, headers, body, sent=None):
        """headers: anything with get(); body: bytes, or None when it was not looked at; sent: the JSON of the
        request, which has to be in the document when it was accepted."""
        try:
            path = self._check(method, target, status, headers, body)
            if sent and path and 200 <= status < 300:
                self._check_request(path, method, sent)
        except Broken as wrong:
            with self._lock:
                self.n_broken += 1
            raise Broken(f"{method} {target} → {status} breaks docs/openapi.yaml: {wrong}") from None
        with self._lock:
            self.n_checked += 1
            self.seen.add((path, method, status))

    def _check(self, method, target, status, headers, body):
        found = self.find(target, method)
        if not found:
            self._expect_problem(method, status, headers, body, {404: ["not-found"], 405: ["method-not-allowed"]})
            return None
        path, item = found
        operation = item.get(method.lower()) or (method == "HEAD" and item.get("get")) or None
        if not operation:
            self._check_other_method(method, item, status, headers, body)
            return path
        response = operation["responses"].get(str(status))
        if response is None:
            self._expect_problem(method, status, headers, body, {})
            return path
        self._check_header(response, headers)
        names = operation.get("x-problems", {}).get(status)
        self._check_body(response, method, status, headers, body, names)
        return path

    def _check_request(self, path, method, sent):
        operation = next(item for _, name, item in self.paths if name == path)[method.lower()]
        kinds = operation.get("requestBody", {}).get("content", {})
        if "application/json" not in kinds:
            raise Broken("it took a body of JSON where none is listed")
        self._validate(kinds["application/json"]["schema"], json.loads(sent), "the request")

    def _check_other_method(self, method, item, status, headers, body):
        """OPTIONS has an answer everywhere, and any other method the same refusal."""
        wanted = {m.upper() for m in item if m in METHODS} | {"OPTIONS"}
        wanted |= {"HEAD"} if "get" in item else set()
        if status in (204, 405):
            allowed = set((headers.get("Allow") or "").split(", "))
            if allowed != wanted:
                raise Broken(f"Allow names {sorted(allowed)} instead of {sorted(wanted)}")
        if method == "OPTIONS" and status == 204:
            return
        self._expect_problem(method, status, headers, body, {405: ["method-not-allowed"]})

    def _expect_problem(self, method, status, headers, body, names):
        """What may come for any address, and a problem of those names."""
        allowed = self.unusual["x-problems"].get(status, []) + names.get(status, [])
        if not allowed:
            raise Broken(f"status {status} is not listed")
        self._check_body(self.unusual, method, status, headers, body, allowed)

    def _check_header(self, response, headers):
        for name, field in response.get("headers", {}).items():
            value = headers.get(name)
            if value is None:
                if field.get("required"):
                    raise Broken(f"header field {name} is missing")
                continue
            if field["schema"].get("type") == "integer" and re.fullmatch("[0-9]+", value):
                value = int(value)
            self._validate(field["schema"], value, f"header field {name}")

    def _check_body(self, response, method, status, headers, body, names):
        kinds = response.get("content", {})
        if not kinds or method == "HEAD":
            if body:
                raise Broken(f"a body of {len(body)} bytes where none is listed")
            return
        kind = (headers.get("Content-Type") or "").split(";")[0].strip().lower()
        if kind not in kinds and "*/*" not in kinds:
            raise Broken(f"media type {kind or '(none)'} instead of {' or '.join(kinds)}")
        if body is None or not kind.endswith("json") or "*/*" in kinds:
            return
        document = parse(body, headers)
        self._validate(kinds[kind]["schema"], document, "the body")
        if kind == "application/problem+json":
            self._check_problem(document, status, names)

    @staticmethod
    def _check_problem(document, status, names):
        if document["status"] != status:
            raise Broken(f"/status: {document['status']} in a reply of status {status}")
        name = document["type"].rsplit("/", 1)[1]
        if names is None or name not in names:
            raise Broken(f"/type: problem {name} is not among those of status {status}: {names}")

    def check_event(self, target, data):
        """One event of a stream of server-sent events."""
        path, item = self.find(target, "GET")
        kinds = item["get"]["responses"]["200"]["content"]
        try:
            self._validate(kinds["text/event-stream"]["x-events"], json.loads(data), "the event")
        except Broken as wrong:
            self.n_broken += 1
            raise Broken(f"an event of {path} breaks docs/openapi.yaml: {wrong}") from None
        self.n_checked += 1

    def _validate(self, schema, value, what):
        validator = self._validators.get(id(schema))
        if not validator:  # made once; the schema lives as long as the document
            validator = self._validators[id(schema)] = jsonschema.Draft202012Validator(schema)
        error = jsonschema.exceptions.best_match(validator.iter_errors(value))
        if error:
            pointer = "".join(f"/{part}" for part in error.absolute_path)
            raise Broken(f"{pointer or what}: {error.message[:300]}")


def parse(body, headers):
    if headers.get("Content-Encoding") == "gzip":
        body = gzip.decompress(body)
    try:
        return json.loads(body)
    except ValueError:
        raise Broken(f"the body is not JSON: {body[:100]!r}") from None


CONTRACT = Contract(load())


@atexit.register
def _tell():
    if CONTRACT.n_checked + CONTRACT.n_broken > 0 and __name__ != "__main__":
        print(f"contract: {CONTRACT.n_checked} replies held against docs/openapi.yaml, "
              f"{CONTRACT.n_broken} broke it", flush=True)
    if CONTRACT.n_broken > 0:
        sys.stderr.flush()
        os._exit(1)


class _Fields(dict):
    def get(self, name, default=None):
        return super().get(name.lower(), default)


def main():
    for line in sys.stdin:
        reply = json.loads(line)
        wrong = ""
        try:
            body = reply["body"].encode() if reply.get("body") is not None else None
            CONTRACT.check(reply["method"], reply["target"], reply["status"], _Fields(reply["headers"]), body)
        except Broken as found:
            wrong = str(found)
        print(wrong, flush=True)


if __name__ == "__main__":
    main()
