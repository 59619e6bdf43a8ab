# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs a step: its commands one after the other, into one log, and counts their tests.

A command fails when it says so, when it ends badly, when it takes too long, when it ran nothing
though it should have, or when a sanitizer found something in whichever of its child processes.
"""
import os
import shutil
import signal
import subprocess
import time
from dataclasses import dataclass, field

import counts
import sanitizer


@dataclass
class Command:
    argv: list
    count: callable = counts.by_status
    name: str = ""
    report: str = ""  # a file that the program leaves for `count`
    env: dict = field(default_factory=dict)
    timeout_s: int = 300
    may_be_empty: bool = False  # whether running no test is fine


@dataclass
class Step:
    name: str
    about: str
    commands: callable  # called with the Context when the step starts; gives Commands
    needs: tuple = ()   # steps that have to succeed before
    is_long: bool = False


@dataclass
class Context:
    root: str
    jobs: int
    is_long: bool = False

    @property
    def logs(self):
        return os.path.join(self.root, "build", "test-logs")

    def build(self, preset):
        return os.path.join(self.root, "build", preset)


@dataclass
class Outcome:
    count: counts.Count
    seconds: float
    complaints: list  # one line each, why the step failed

    @property
    def is_good(self):
        return self.count.failed == 0 and not self.complaints


def run_step(step, context):
    started = time.monotonic()
    os.makedirs(context.logs, exist_ok=True)
    total, complaints, ran = counts.Count(), [], 0
    with open(os.path.join(context.logs, step.name + ".log"), "wb") as log:
        for command in step.commands(context):
            count, why = run_command(command, step, context, log)
            total += count
            complaints += why
            ran += 1
    if ran == 0:
        complaints.append(f"{step.name}: nothing to run")
    failed = total.failed or (1 if complaints else 0)
    total = counts.Count(total.passed, failed, total.skipped)
    return Outcome(total, time.monotonic() - started, complaints)


def run_command(command, step, context, log):
    """Returns its Count and a list of complaints."""
    name = command.name or os.path.basename(command.argv[0])
    reports = os.path.join(context.logs, "sanitizer", step.name, name)
    shutil.rmtree(reports, ignore_errors=True)
    os.makedirs(reports)
    if command.report and os.path.exists(command.report):
        os.remove(command.report)
    log.write(f"\n=== {name}: {' '.join(command.argv)}\n".encode())
    log.flush()
    began = log.tell()
    status, ended = _execute(command, reports, context, log)
    with open(log.name, "rb") as file:
        file.seek(began)
        output = file.read().decode(errors="replace")
    count = command.count(output, status, command.report)
    texts = [output, *sanitizer.reports(reports)]
    log.write("\n".join(texts[1:]).encode())
    return _judge(command, name, count, status, ended, any(map(sanitizer.is_finding, texts)))


def _execute(command, reports, context, log):
    """Returns the exit status and, when the command had to be ended, a word about it."""
    environment = {**os.environ, **sanitizer.environment(reports), **command.env}
    try:
        process = subprocess.Popen(command.argv, cwd=context.root, env=environment, stdout=log,
                                   stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL,
                                   start_new_session=True)
    except OSError as failure:
        return 127, str(failure)
    try:
        return process.wait(command.timeout_s), ""
    except subprocess.TimeoutExpired:
        _end(process)
        return 124, f"no end after {command.timeout_s} s"
    except BaseException:
        _end(process)
        raise
    finally:
        log.seek(0, os.SEEK_END)


def _end(process):
    """Ends the command and what it started: they share a session of their own."""
    os.killpg(process.pid, signal.SIGTERM)
    try:
        process.wait(5)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def _judge(command, name, count, status, ended, has_finding):
    complaints = []
    if ended:
        complaints.append(f"{name}: {ended}")
    elif status != 0 and count.failed == 0:
        complaints.append(f"{name}: exit status {status}, though no test failed")
    if has_finding:
        complaints.append(f"{name}: a sanitizer found something")
    if command.count is not counts.none and count.total == 0 and not command.may_be_empty:
        complaints.append(f"{name}: no test was run")
    if complaints and count.failed == 0:
        count = counts.Count(count.passed, 1, count.skipped)
    elif count.failed:
        complaints.append(f"{name}: {count.failed} failed")
    return count, complaints


def tail_of(log_path, n_lines=60):
    with open(log_path, encoding="utf-8", errors="replace") as file:
        return file.read().splitlines()[-n_lines:]
