# SPDX-License-Identifier: GPL-3.0-or-later
"""What the programs that look at every source share: the compile database, and a memory of what was
clean, so that only what changed is looked at again.

A clean source leaves a stamp in build/NAME/, named after the digest of the source, the headers of
ours that it sees, its flags and whatever else decides (a program's version, its configuration).
Stamps that nobody asked for in a run are removed.
"""
import concurrent.futures
import hashlib
import json
import os
import re
import shlex

import tree

FOLDERS = ("common/", "transcoder/", "storage/", "server/")
INCLUDE = re.compile(rb'^[ \t]*#[ \t]*include[ \t]*"([^"]+)"', re.MULTILINE)


def add_arguments(parser):
    parser.add_argument("--build", help="folder with compile_commands.json (default: build/dev)")
    parser.add_argument("-j", type=int, default=os.cpu_count() or 1, help="sources at a time")


def build_of(arguments):
    return arguments.build or os.path.join(arguments.root, "build", "dev")


def entries(root, build):
    """The compile database's entries for our sources, without the tests."""
    path = os.path.join(build, "compile_commands.json")
    if not os.path.isfile(path):
        raise tree.Cannot(f"{path} is missing: run cmake --preset dev first")
    with open(path, encoding="utf-8") as file:
        found = json.load(file)
    return [e for e in found if os.path.relpath(e["file"], root).startswith(FOLDERS)]


def flags(entry):
    """The words of a compile command between the compiler and the output."""
    words = shlex.split(entry["command"])
    return words[1:words.index("-o")]


def _bytes(root, path):
    with open(os.path.join(root, path), "rb") as file:
        return file.read()


def _collect(root, path, seen):
    """The file and all headers of ours below it."""
    if path in seen or not os.path.isfile(os.path.join(root, path)):
        return
    seen[path] = _bytes(root, path)
    for match in INCLUDE.finditer(seen[path]):
        _collect(root, match.group(1).decode(), seen)


def _stamp(root, path, command, decides):
    digest = hashlib.sha256(decides + command.encode())
    seen = {}
    _collect(root, path, seen)
    for name in sorted(seen):
        digest.update(name.encode() + b"\0" + seen[name])
    return digest.hexdigest()


def run(arguments, report, name, decides, complaints):
    """Calls complaints(entry), which returns a set of (path, line, text), for each source that is not
    known to be clean. `decides` is the bytes that the outcome depends on beside the sources."""
    root = arguments.root
    stamps = os.path.join(root, "build", name)
    os.makedirs(stamps, exist_ok=True)
    found = entries(root, build_of(arguments))
    wanted = [_stamp(root, os.path.relpath(e["file"], root), e["command"], decides) for e in found]
    stale = [(e, s) for e, s in zip(found, wanted) if not os.path.exists(os.path.join(stamps, s))]
    told = set()
    with concurrent.futures.ThreadPoolExecutor(arguments.j) as pool:
        results = pool.map(complaints, [entry for entry, _ in stale])
        for (_, stamp), problems in zip(stale, results):
            told |= problems
            if not problems:
                open(os.path.join(stamps, stamp), "w", encoding="utf-8").close()
    for path, line, text in sorted(told):
        report.add(path, line, text)
    for old in set(os.listdir(stamps)) - set(wanted):
        os.remove(os.path.join(stamps, old))
    return f"{len(found)} sources, {len(stale)} looked at now"
