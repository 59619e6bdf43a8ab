# SPDX-License-Identifier: GPL-3.0-or-later
"""How many tests a program ran, read from what it said: one function per kind of program.

Each takes what the program printed, its exit status and the path that it was given for a report.
"""
import json
import os
import re
from dataclasses import dataclass


@dataclass
class Count:
    passed: int = 0
    failed: int = 0
    skipped: int = 0

    def __add__(self, other):
        return Count(self.passed + other.passed, self.failed + other.failed,
                     self.skipped + other.skipped)

    @property
    def total(self):
        return self.passed + self.failed


def by_status(_output, status, _report):
    """The program is one test."""
    return Count(passed=1) if status == 0 else Count(failed=1)


def none(_output, status, _report):
    """The program prepares something: only its failure counts."""
    return Count() if status == 0 else Count(failed=1)


def criterion(_output, _status, report):
    """Criterion's JSON report; without one the program died before its first test."""
    data = _json(report)
    if data is None:
        return Count(failed=1)
    # Those that crashed ("errored") are among the failed.
    return Count(data["passed"], max(data["failed"], data["errored"]), data["skipped"])


def vitest(_output, _status, report):
    """vitest's JSON report."""
    data = _json(report)
    if data is None:
        return Count(failed=1)
    return Count(data["numPassedTests"], data["numFailedTests"],
                 data["numPendingTests"] + data.get("numTodoTests", 0))


OWN_LINE = re.compile(r"^(\d+) passed, (\d+) failed(?:, (\d+) skipped)?\s*$", re.MULTILINE)
UNITTEST_RAN = re.compile(r"^Ran (\d+) tests? in ", re.MULTILINE)
UNITTEST_END = re.compile(r"^(?:OK|FAILED)(?: \((.*)\))?\s*$", re.MULTILINE)
NODE_LINE = re.compile(r"^(?:#|ℹ) (pass|fail|cancelled|skipped) (\d+)\s*$", re.MULTILINE)


def printed(output, _status, _report):
    """`N passed, N failed[, N skipped]` in the last such line, or what unittest or node:test prints."""
    own = OWN_LINE.findall(output)
    if own:
        passed, failed, skipped = own[-1]
        return Count(int(passed), int(failed), int(skipped or 0))
    if UNITTEST_RAN.search(output):
        return _unittest(output)
    node = {name: int(n) for name, n in NODE_LINE.findall(output)}
    return Count(node.get("pass", 0), node.get("fail", 0) + node.get("cancelled", 0),
                 node.get("skipped", 0))


HELD_LINE = re.compile(r"^contract: (\d+) replies held ", re.MULTILINE)


def replies_held(output):
    """How many replies of the server were held against docs/openapi.yaml."""
    return sum(map(int, HELD_LINE.findall(output)))


SKIPPED = re.compile(r"^\w+ \((?:__main__\.)?([\w.]+)\)(?:\n[^\n]*)? \.\.\. skipped ['\"](.*)['\"]$", re.MULTILINE)


def skipped(output):
    """Which tests unittest skipped, and why, where it tells (verbosity=2)."""
    return [f"{name}: {why}" for name, why in SKIPPED.findall(output)]


def _unittest(output):
    ran = int(UNITTEST_RAN.findall(output)[-1])
    end = UNITTEST_END.findall(output)
    if not end:
        return Count(failed=ran or 1)
    parts = {name: int(n) for name, n in re.findall(r"([a-z ]+)=(\d+)", end[-1])}
    parts = {name.strip(): n for name, n in parts.items()}
    failed = sum(parts.get(name, 0) for name in ("failures", "errors", "unexpected successes"))
    skipped = parts.get("skipped", 0)
    return Count(max(ran - failed - skipped, 0), failed, skipped)


def _json(path):
    if not path or not os.path.isfile(path):
        return None
    with open(path, encoding="utf-8") as file:
        try:
            return json.load(file)
        except ValueError:
            return None
