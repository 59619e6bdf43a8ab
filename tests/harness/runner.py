# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs a step: its commands one after the other, into one log, and counts their tests.

A command fails when it says so, when it ends badly, when it takes too long, when it ran nothing
though it should have, or when a sanitizer found something in whichever of its child processes.
"""
import contextlib
import os
import shutil
import signal
import subprocess
import threading
import time
from dataclasses import dataclass, field

import counts
import sanitizer

TAIL_LINES = 40  # of a failed command's words that are shown
_stopping = threading.Event()
_under_way = set()


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
    lane: str = "main"  # lanes run beside each other, the steps of one lane in order


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
    """Of a command, or of all commands of a step."""
    count: counts.Count = field(default_factory=counts.Count)
    complaints: list = field(default_factory=list)  # one line each, why it failed
    said: list = field(default_factory=list)  # the last lines of what failed
    seconds: float = 0

    @property
    def is_good(self):
        return self.count.failed == 0 and not self.complaints

    def add(self, other):
        self.count += other.count
        self.complaints += other.complaints
        self.said += other.said


def run_step(step, context):
    started = time.monotonic()
    os.makedirs(context.logs, exist_ok=True)
    outcome, ran = Outcome(), 0
    with open(os.path.join(context.logs, step.name + ".log"), "wb") as log:
        for command in step.commands(context):
            if is_stopping():
                break
            outcome.add(run_command(command, step, context, log))
            ran += 1
    if ran == 0:
        outcome.add(Outcome(counts.Count(failed=1), [f"{step.name}: nothing to run"]))
    outcome.seconds = time.monotonic() - started
    return outcome


def run_command(command, step, context, log):
    name = command.name or os.path.basename(command.argv[0])
    reports = os.path.join(context.logs, "sanitizer", step.name, name)
    shutil.rmtree(reports, ignore_errors=True)
    os.makedirs(reports)
    if command.report and os.path.exists(command.report):
        os.remove(command.report)
    log.write(f"\n=== {name}: {' '.join(command.argv)}\n".encode())
    log.flush()
    began, started = log.tell(), time.monotonic()
    status, ended = _execute(command, reports, context, log)
    with open(log.name, "rb") as file:
        file.seek(began)
        output = file.read().decode(errors="replace")
    found = list(sanitizer.reports(reports))
    log.write("\n".join([*found, f"=== {name}: {time.monotonic() - started:.1f} s\n"]).encode())
    outcome = _judge(command, name, command.count(output, status, command.report), status, ended,
                     any(map(sanitizer.is_finding, [output, *found])))
    if not outcome.is_good:
        outcome.said = [f"{name} said:"]
        outcome.said += ["  " + line for line in "\n".join([output, *found]).splitlines()[-TAIL_LINES:]]
    return outcome


def is_stopping():
    return _stopping.is_set()


def stop():
    """Ends what runs, and lets nothing begin any more."""
    _stopping.set()
    for process in list(_under_way):
        _end(process)


def _execute(command, reports, context, log):
    """Returns the exit status and, when the command had to be ended, a word about it."""
    environment = {**os.environ, **sanitizer.environment(reports), **command.env}
    try:
        process = subprocess.Popen(command.argv, cwd=context.root, env=environment, stdout=log,
                                   stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL,
                                   start_new_session=True)
    except OSError as failure:
        return 127, str(failure)
    _under_way.add(process)
    try:
        return process.wait(command.timeout_s), ""
    except subprocess.TimeoutExpired:
        _end(process)
        return 124, f"no end after {command.timeout_s} s"
    finally:
        _under_way.discard(process)
        log.seek(0, os.SEEK_END)


def _end(process):
    """Ends the command and what it started: they share a session of their own."""
    with contextlib.suppress(ProcessLookupError):
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
    return Outcome(count, complaints)
