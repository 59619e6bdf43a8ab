# SPDX-License-Identifier: GPL-3.0-or-later
"""What the rules share: the files of the tree, C text without comments, and how violations are told.

A rule is a program: `RULE [--root DIR]`. It prints one line per violation, `path:line: what is wrong`,
and exits 1 when there is any, 2 when it could not look. A rule may be broken where a comment says
why, in the line or in the one above it:

    /* allow(length): one state per case, and the reader wants them side by side */
"""
import argparse
import os
import re
import subprocess
import sys

C_FOLDERS = ("common/", "transcoder/", "storage/", "server/", "tests/")
NOT_OURS = {".git", "build", "node_modules", "dist", "__pycache__"}


class Cannot(Exception):
    """The rule could not look at all."""


class Report:
    """Collects violations; a rule ends with finish()."""

    def __init__(self, rule):
        self.rule = rule
        self.lines = []

    def add(self, path, line, text):
        self.lines.append(f"{path}:{line}: {text}" if line else f"{path}: {text}")

    def finish(self, summary=""):
        for line in self.lines:
            print(line)
        if self.lines:
            print(f"{self.rule}: {len(self.lines)} violation(s)")
            return 1
        print(f"{self.rule}: clean{', ' + summary if summary else ''}")
        return 0


def main(rule, check, add_arguments=None):
    """Parses the command line, runs check(arguments, report) and exits."""
    parser = argparse.ArgumentParser(prog=rule)
    parser.add_argument("--root", default=os.path.join(os.path.dirname(__file__), "..", ".."))
    if add_arguments:
        add_arguments(parser)
    os.environ["LC_ALL"] = "C.UTF-8"
    arguments = parser.parse_args()
    arguments.root = os.path.realpath(arguments.root)
    report = Report(rule)
    try:
        summary = check(arguments, report)
    except Cannot as reason:
        print(f"{rule}: {reason}", file=sys.stderr)
        sys.exit(2)
    sys.exit(report.finish(summary or ""))


def files(root, *suffixes):
    """Paths under root, relative and sorted: what git tracks or would track, else all that is ours."""
    names = _git_files(root)
    if names is None:
        names = _walked_files(root)
    found = [n for n in names if not suffixes or n.endswith(suffixes)]
    return sorted(n for n in found if os.path.isfile(os.path.join(root, n)))


def _git_files(root):
    if not os.path.exists(os.path.join(root, ".git")):
        return None
    command = ["git", "-C", root, "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    try:
        done = subprocess.run(command, capture_output=True, check=True)
    except (OSError, subprocess.CalledProcessError):
        return None
    return [n for n in done.stdout.decode().split("\0") if n]


def _walked_files(root):
    for folder, folders, names in os.walk(root):
        folders[:] = [f for f in folders if f not in NOT_OURS]
        for name in names:
            yield os.path.relpath(os.path.join(folder, name), root)


def c_files(root, *suffixes):
    return [p for p in files(root, *(suffixes or (".c", ".h"))) if p.startswith(C_FOLDERS)]


def read(root, path):
    with open(os.path.join(root, path), encoding="utf-8", errors="replace") as file:
        return file.read()


_C_TOKEN = re.compile(
    r"""//[^\n]*|/\*.*?\*/|"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'""", re.DOTALL)


def _blank(match):
    token = match.group(0)
    if token[0] == "/":
        return re.sub(r"[^\n]", " ", token)
    return token[0] + re.sub(r"[^\n]", " ", token[1:-1]) + token[-1]


def code_of(text):
    """C text of the same shape without comments and without what strings hold."""
    return _C_TOKEN.sub(_blank, text)


_ALLOWED = r"allow\({rule}\): *\S.{{9}}"


def is_allowed(lines, index, rule):
    """Whether line `index` or the comment that ends just above it says why it may break `rule`."""
    pattern = re.compile(_ALLOWED.format(rule=re.escape(rule)))
    if pattern.search(lines[index]):
        return True
    above = index - 1
    while above >= 0 and lines[above].strip().startswith(("/*", "*", "//", "#")):
        if pattern.search(lines[above]):
            return True
        above -= 1
    return False
