# SPDX-License-Identifier: GPL-3.0-or-later
"""What the sanitizers are asked to do, and whether what they wrote is a finding.

Reports go to files: Criterion's exit status hides what LeakSanitizer finds in the processes that it
runs tests in. Only the reports decide, so leaks leave the exit status alone. Criterion itself loses a
few bytes when a test has a time limit: a leak none of whose frames is ours does not count.
"""
import os
import re

FINDING = re.compile(r"^==\d+==\s*(?:ERROR|WARNING): (\w+Sanitizer)\b.*|: runtime error: ", re.MULTILINE)
LEAK = re.compile(r"^(?:Direct|Indirect) leak of .*\n((?:    #\d+ .*\n?)*)", re.MULTILINE)
NOT_OURS = re.compile(r"interceptor_|\bin (?:m|c|re)alloc \(|\blib(?:criterion|asan|nanomsg|c)\.so|asan_malloc")


def environment(folder):
    common = f"log_path={folder}/report:exitcode=99"
    return {"ASAN_OPTIONS": f"{common}:detect_leaks=1:strict_string_checks=1:"
                            "detect_stack_use_after_return=1:abort_on_error=0",
            "LSAN_OPTIONS": "exitcode=0",
            "UBSAN_OPTIONS": f"{common}:print_stacktrace=1",
            "TSAN_OPTIONS": f"{common}:halt_on_error=0:second_deadlock_stack=1"}


def reports(folder):
    """The text of each report in the folder."""
    for name in sorted(os.listdir(folder)):
        with open(os.path.join(folder, name), encoding="utf-8", errors="replace") as file:
            yield file.read()


def is_finding(report):
    """Whether a text, a report or a program's output, holds something of ours."""
    kinds = {match.group(1) for match in FINDING.finditer(report)}
    if kinds != {"LeakSanitizer"}:
        return bool(kinds)
    leaks = LEAK.findall(report)
    return not leaks or any(_is_ours(frames) for frames in leaks)


def _is_ours(frames):
    return any(not NOT_OURS.search(frame) for frame in frames.splitlines())
