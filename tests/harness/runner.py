# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs a step: its commands, into one log, and counts their tests.

A command fails when it says so, when it ends badly, when it takes too long, when it ran nothing
though it should have, or when a sanitizer found something in whichever of its child processes.
"""
import collections
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
    may_skip_all: bool = False  # whether a program that skipped all of its tests is fine


@dataclass
class Step:
    name: str
    about: str
    commands: callable  # called with the Context when the step starts; gives Commands
    needs: tuple = ()   # steps that have to succeed before
    is_long: bool = False
    lane: str = "main"  # lanes run beside each other, the steps of one lane in order
    is_shared: bool = False  # whether lanes that have nothing left to do take commands of it, too
    budget_s: int = 0  # from its begin to its end in the whole default set, on two quiet cores; 0: none


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
    skipped: list = field(default_factory=list)  # of programs that say so: which tests, and why
    seconds: float = 0

    @property
    def is_good(self):
        return self.count.failed == 0 and not self.complaints

    def add(self, other):
        self.count += other.count
        self.complaints += other.complaints
        self.said += other.said
        self.skipped += other.skipped


class UnderWay:
    """A step that is being run: whoever calls work() takes one command of it after the other, until
    none is left. Any thread may."""

    def __init__(self, step, context):
        os.makedirs(context.logs, exist_ok=True)
        self.step = step
        self.context = context
        self._started = time.monotonic()
        self._outcome = Outcome()
        self._commands = collections.deque(step.commands(context))
        self._log = open(os.path.join(context.logs, step.name + ".log"), "wb")
        self._lock = threading.Lock()
        self._n_taken = self._n_ended = 0

    def work(self):
        """Returns what came of all commands to whoever ends the last of them, None to the others: they
        have better things to do than to wait."""
        while (command := self._take()) is not None:
            try:
                outcome, told = run_command(command, self.step, self.context)
            except Exception as fault:  # whatever it is: a command without a verdict has failed
                outcome, told = Outcome(counts.Count(failed=1), [f"{self.step.name}: {fault!r}"]), b""
            with self._lock:
                self._outcome.add(outcome)
                self._log.write(told)
                self._log.flush()
                self._n_ended += 1
        return self._end()

    def _take(self):
        with self._lock:
            if is_stopping() or not self._commands:
                return None
            self._n_taken += 1
            return self._commands.popleft()

    def _end(self):
        with self._lock:
            if self._n_ended < self._n_taken or self._log.closed:
                return None
            self._log.close()
            if self._n_taken == 0:
                self._outcome.add(Outcome(counts.Count(failed=1), [f"{self.step.name}: nothing to run"]))
            self._outcome.seconds = time.monotonic() - self._started
            return self._outcome


def run_step(step, context):
    return UnderWay(step, context).work()


def run_command(command, step, context):
    """Returns the outcome, and what goes into the step's log."""
    name = command.name or os.path.basename(command.argv[0])
    reports = os.path.join(context.logs, "sanitizer", step.name, name)
    shutil.rmtree(reports, ignore_errors=True)
    os.makedirs(reports)
    if command.report and os.path.exists(command.report):
        os.remove(command.report)
    started = time.monotonic()
    status, ended, said = _execute(command, reports, context, f"{step.name}.{name}.running")
    output = said.decode(errors="replace")
    found = list(sanitizer.reports(reports))
    told = b"".join([f"\n=== {name}: {' '.join(command.argv)}\n".encode(), said, "\n".join(
        [*found, f"=== {name}: {time.monotonic() - started:.1f} s\n"]).encode()])
    outcome = _judge(command, name, command.count(output, status, command.report), status, ended,
                     any(map(sanitizer.is_finding, [output, *found])))
    outcome.skipped = counts.skipped(output)
    if not outcome.is_good:
        outcome.said = [f"{name} said:"]
        outcome.said += ["  " + line for line in "\n".join([output, *found]).splitlines()[-TAIL_LINES:]]
    return outcome, told


def is_stopping():
    return _stopping.is_set()


def stop():
    """Ends what runs, and lets nothing begin any more."""
    _stopping.set()
    for process in list(_under_way):
        _end(process)


def _execute(command, reports, context, name):
    """Returns the exit status, a word about it when the command had to be ended, and what it said,
    which is in a file of that name for as long as it runs."""
    path = os.path.join(context.logs, name)
    with open(path, "w+b") as output:
        status, ended = _run_into(output, command, reports, context)
        output.seek(0)
        said = output.read()
    os.remove(path)
    return status, ended, said


def _run_into(output, command, reports, context):
    environment = {**os.environ, **sanitizer.environment(reports), **command.env}
    try:
        process = subprocess.Popen(command.argv, cwd=context.root, env=environment, stdout=output,
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
    if command.count is not counts.none and count.total == 0 and not (
            command.may_skip_all and count.skipped):
        complaints.append(f"{name}: no test was run")
    if complaints and count.failed == 0:
        count = counts.Count(count.passed, 1, count.skipped)
    elif count.failed:
        complaints.append(f"{name}: {count.failed} failed")
    return Outcome(count, complaints)
