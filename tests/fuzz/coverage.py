#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""How many lines of each parser the unit tests and the fuzz targets' seeds run: at least 95 %.

    BANMAI_BUILD=build/coverage tests/fuzz/coverage.py     needs a build with preset `coverage`

Prints one line per parser and those lines that nothing ran. Ends with "N passed, N failed".
"""
import glob
import json
import os
import subprocess
import sys
import tempfile

import seeds

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.realpath(__file__))))
BUILD = os.path.realpath(os.environ.get("BANMAI_BUILD", os.path.join(ROOT, "build", "coverage")))
LEAST_PERCENT = 95

# What reads bytes that a stranger has sent.
PARSERS = (
    "server/http/h1/h1_head.c", "server/http/h2/h2_head.c", "server/http/message/chunked.c",
    "server/http/message/target.c", "server/http/message/fields.c", "server/http/message/range.c",
    "server/http/message/conditional.c", "server/http/message/accept_encoding.c",
    "server/http/message/request.c", "server/http/message/chars.c",
    "server/features/uploads/tus_headers.c", "server/features/progress/beats.c",
    "server/auth/playback_token.c", "server/auth/session_token.c", "common/json.c", "common/slice.c",
    "common/encode.c", "common/package/package_json.c", "common/package/playlist.c",
    "common/package/task_event.c",
    "transcoder/plan/plan_json.c",
)
SUITES = ("common", "common-package", "server-http", "server-web", "server-features", "server-auth",
          "transcoder-plan")


def forget():
    for path in glob.glob(os.path.join(BUILD, "**", "*.gcda"), recursive=True):
        os.remove(path)


def run_all():
    """Returns which programs failed: what they covered would be a poor measure."""
    failed = []
    with tempfile.TemporaryDirectory(prefix="banmai-seeds-") as folder:
        commands = [[os.path.join(BUILD, "tests", "unit", f"unit-{suite}"), "--quiet"] for suite in SUITES]
        for target in seeds.SEEDS:
            corpus = os.path.join(folder, target)
            seeds.write(target, corpus)
            commands.append([os.path.join(BUILD, "tests", "fuzz", f"fuzz-{target}"), corpus])
        for command in commands:
            done = subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False)
            if done.returncode != 0:
                failed.append(os.path.basename(command[0]))
                print(done.stdout.decode(errors="replace")[-2000:])
    return failed


def lines_of(source):
    """Runs of each line of code, of all programs that the source is part of."""
    counts = {}
    for notes in glob.glob(os.path.join(BUILD, "**", os.path.basename(source) + ".gcda"), recursive=True):
        counts_of(notes, source, counts)
    return counts


def counts_of(notes, source, counts):
    said = subprocess.run(["gcov", "--json-format", "--stdout", notes], cwd=BUILD, capture_output=True, check=True)
    for text in said.stdout.splitlines():
        for file in json.loads(text)["files"]:
            if os.path.realpath(os.path.join(BUILD, file["file"])) != os.path.join(ROOT, source):
                continue
            for line in file["lines"]:
                number = line["line_number"]
                counts[number] = counts.get(number, 0) + line["count"]


def main():
    forget()
    failed = run_all()
    n_bad = len(failed)
    for source in PARSERS:
        counts = lines_of(source)
        missed = sorted(number for number, count in counts.items() if count == 0)
        percent = 100 * (len(counts) - len(missed)) / len(counts) if counts else 0
        print(f"{percent:6.1f} %  {source}  {len(counts)} lines"
              + (f", never run: {', '.join(map(str, missed))}" if missed else ""))
        n_bad += percent < LEAST_PERCENT
    for name in failed:
        print(f"{name} failed")
    print(f"{len(PARSERS) + len(failed) - n_bad} passed, {n_bad} failed")
    return 1 if n_bad else 0


if __name__ == "__main__":
    sys.exit(main())
