# SPDX-License-Identifier: GPL-3.0-or-later
"""tests/run.sh [STEP…] [--long] [--list]: runs the steps and adds up what they ran.

Each step's output is in build/test-logs/STEP.log; what failed commands said last is shown. The last
line is `N passed, N failed`, and the exit status 1 when anything failed or a step had nothing to run.
"""
import argparse
import os
import signal
import sys
import threading
import time

import counts
import runner
from steps import BUDGET_S, PROCESSORS, STEPS


def parse(words):
    parser = argparse.ArgumentParser(prog="tests/run.sh", description=__doc__.splitlines()[0])
    parser.add_argument("steps", nargs="*", metavar="STEP", help="run these alone, and what they need")
    parser.add_argument("--long", action="store_true", help="the long steps and forms too")
    parser.add_argument("--list", action="store_true", help="name the steps")
    parser.add_argument("-j", type=int, default=os.cpu_count() or 1, help="jobs at a time")
    arguments = parser.parse_args(words)
    unknown = set(arguments.steps) - {step.name for step in STEPS}
    if unknown:
        parser.error(f"no such step: {', '.join(sorted(unknown))}")
    return arguments


def with_needs(names, steps):
    """The named steps and all that they need."""
    by_name = {step.name: step for step in steps}
    wanted = set()

    def add(name):
        wanted.add(name)
        for needed in by_name[name].needs:
            add(needed)

    for name in names:
        add(name)
    return wanted


def chosen(arguments, steps):
    names = arguments.steps or [s.name for s in steps if arguments.long or not s.is_long]
    wanted = with_needs(names, steps)
    return [step for step in steps if step.name in wanted]


def show(step, outcome, context):
    """What the failed commands of a step said last, in one piece."""
    log = os.path.join(context.logs, step.name + ".log")
    lines = [f"--- {step.name} failed, see {os.path.relpath(log, context.root)}"]
    lines += [f"  {line}" for line in outcome.said + outcome.complaints]
    say("\n".join(lines))


def say(text):
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


class Lanes:
    """Runs the steps of each lane in order, and the lanes beside each other: tests of servers and pages
    mostly wait for a clock or a player, which leaves the processors to the others. A lane that has
    nothing left helps with the shared steps of the others, begun or not, so that all of them end at
    about the same time on whatever machine; not in the long forms, which want to be alone."""

    def __init__(self, steps, context):
        self.steps = steps
        self.context = context
        self.outcomes = {step.name: None for step in steps}
        self._ended = {step.name: threading.Event() for step in steps}
        self._under_way = {}  # by step's name; None for one that is not to be run
        self._lock = threading.Lock()

    def _work_on(self, step):
        """Works until nothing of the step is left to take: others may still be busy with it then."""
        for name in step.needs:
            self._ended[name].wait()
        outcome = under_way = None
        try:
            under_way = self._under_way_of(step)
            outcome = under_way.work() if under_way else None
            if outcome:
                self._note(step, outcome)
        finally:
            if outcome or not under_way:
                self._ended[step.name].set()

    def _under_way_of(self, step):
        """Begins the step, unless somebody has; None when it is not to be run."""
        with self._lock:
            if step.name not in self._under_way:
                self._under_way[step.name] = self._begin(step)
            return self._under_way[step.name]

    def _note(self, step, outcome):
        self.outcomes[step.name] = outcome
        if not outcome.is_good and not runner.is_stopping():
            show(step, outcome, self.context)

    def _begin(self, step):
        broken = [n for n in step.needs if not (self.outcomes[n] and self.outcomes[n].is_good)]
        if runner.is_stopping():
            return None
        if broken:
            say(f"{step.name}: not run, {' and '.join(broken)} failed")
            return None
        say(f"{step.name}: {step.about}")
        return runner.UnderWay(step, self.context)

    def _run_lane(self, lane):
        for step in (s for s in self.steps if s.lane == lane):
            self._work_on(step)
        if self.context.is_long:
            return
        # The processors' lane ran a job on each of them: as many come of it.
        n_helpers = self.context.jobs if lane == PROCESSORS else 1
        helpers = [threading.Thread(target=self._help, args=(lane,)) for _ in range(n_helpers)]
        for helper in helpers:
            helper.start()
        for helper in helpers:
            helper.join()

    def _help(self, lane):
        for step in (s for s in self.steps if s.is_shared and s.lane != lane):
            self._work_on(step)

    def run(self):
        """Outcomes by step; None for one that was not run because what it needs had failed."""
        lanes = sorted({step.lane for step in self.steps})
        threads = [threading.Thread(target=self._run_lane, args=(lane,)) for lane in lanes]
        for thread in threads:
            thread.start()
        try:
            for thread in threads:
                thread.join()
        except BaseException:
            runner.stop()
            raise
        return self.outcomes


def is_over(step, outcome):
    return bool(outcome and step.budget_s and outcome.seconds > step.budget_s)


def print_table(steps, outcomes):
    print(f"\n{'step':<18}{'passed':>8}{'failed':>8}{'skipped':>8}{'seconds':>9}{'budget':>8}")
    for step in steps:
        outcome = outcomes[step.name]
        if outcome is None:
            print(f"{step.name:<18}{'not run':>8}")
            continue
        count = outcome.count
        print(f"{step.name:<18}{count.passed:>8}{count.failed:>8}{count.skipped:>8}"
              f"{outcome.seconds:>9.1f}{step.budget_s or '':>8}{'  OVER BUDGET' if is_over(step, outcome) else ''}")


def print_skipped(outcomes):
    for name, outcome in outcomes.items():
        for line in outcome.skipped if outcome else ():
            print(f"skipped in {name}: {line}")


def print_budget(steps, outcomes, seconds, is_all):
    """Time fails nothing: a busy machine is no fault of the tests. It is said where everybody reads it."""
    over = [f"{step.name} took {outcomes[step.name].seconds:.0f} s of {step.budget_s}" for step in steps
            if is_over(step, outcomes[step.name])]
    if is_all and seconds > BUDGET_S:
        over.append(f"the whole set took {seconds:.0f} s of {BUDGET_S}")
    if over:
        print(f"OVER BUDGET (nothing fails by that): {'; '.join(over)}")


def print_replies(outcomes, context):
    """How many replies of the server all steps held against docs/openapi.yaml, by what their logs say."""
    n = 0
    for name in outcomes:
        log = os.path.join(context.logs, name + ".log")
        if outcomes[name] and os.path.isfile(log):
            with open(log, encoding="utf-8", errors="replace") as file:
                n += counts.replies_held(file.read())
    if n > 0:
        print(f"{n} replies held against docs/openapi.yaml")


def total_of(outcomes):
    total = counts.Count()
    for outcome in outcomes.values():
        total += outcome.count if outcome else counts.Count(failed=1)
    return total


def main(words):
    arguments = parse(words)
    if arguments.list:
        for step in STEPS:
            print(f"{step.name:<18}{step.about}{' (--long)' if step.is_long else ''}")
        return 0
    root = os.path.realpath(os.path.join(os.path.dirname(__file__), "..", ".."))
    context = runner.Context(root, arguments.j, arguments.long)
    os.environ["LC_ALL"] = "C.UTF-8"
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    started = time.monotonic()
    steps = chosen(arguments, STEPS)
    outcomes = Lanes(steps, context).run()
    seconds = time.monotonic() - started
    print_table(steps, outcomes)
    print_replies(outcomes, context)
    print_skipped(outcomes)
    if not arguments.long:
        print_budget(steps, outcomes, seconds, not arguments.steps)
    total = total_of(outcomes)
    print(f"{seconds:.0f} s\n{total.passed} passed, {total.failed} failed")
    return 0 if total.failed == 0 and total.passed > 0 else 1


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except KeyboardInterrupt:
        sys.exit(130)
