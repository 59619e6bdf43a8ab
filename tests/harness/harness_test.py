#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""The runner turns red when it should: for each way in which a step can fail, one is made."""
import contextlib
import io
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
import unittest

sys.path.insert(0, os.path.dirname(os.path.realpath(__file__)))
import counts  # noqa: E402
import main  # noqa: E402
import runner  # noqa: E402
import sanitizer  # noqa: E402
from counts import Count  # noqa: E402
from runner import Command, Step  # noqa: E402

ROOT = os.path.join(os.path.dirname(os.path.realpath(__file__)), "..", "..")

SUITE = """
#include <criterion/criterion.h>
#include <limits.h>
#include <stdlib.h>
int zero;
void *kept;
Test(seeded, passes) { cr_assert_eq(zero, 0); }
#ifdef LEAK
Test(seeded, leaks) { kept = malloc(13 + (size_t)zero); cr_assert_not_null(kept); kept = NULL; }
#endif
#ifdef OVERFLOW
Test(seeded, overflows) { int n = INT_MAX - zero; n++; cr_assert_neq(n, zero); }
#endif
#ifdef FAILS
Test(seeded, fails) { cr_assert_eq(zero, 1); }
#endif
#ifdef CRASHES
Test(seeded, crashes) { abort(); }
#endif
"""


class StepCase(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="harness-")
        self.addCleanup(folder.cleanup)
        self.context = runner.Context(folder.name, 2)

    def path(self, name):
        return os.path.join(self.context.root, name)

    def run_commands(self, *commands):
        return runner.run_step(Step("seeded", "", lambda _: commands), self.context)

    def run_shell(self, script, count=counts.printed, **more):
        return self.run_commands(Command(["sh", "-c", script], count, "shell", **more))


class Sanitizers(StepCase):
    def outcome(self, *defines, limit=""):
        source, program = self.path("suite.c"), self.path("suite")
        with open(source, "w", encoding="utf-8") as file:
            file.write(SUITE.replace("passes)", f"passes{limit})"))
        subprocess.run(["gcc", "-g", "-fsanitize=address,undefined", "-static-libasan",
                        "-static-libubsan", *(f"-D{d}" for d in defines), source, "-o", program,
                        "-lcriterion"], check=True)
        report = self.path("report.json")
        return self.run_commands(
            Command([program, f"--json={report}", "--color=never"], counts.criterion, "suite", report))

    def test_a_clean_suite_passes(self):
        outcome = self.outcome()
        self.assertEqual((outcome.count, outcome.complaints), (Count(1, 0, 0), []))

    def test_a_leak_that_the_exit_status_hides_is_found(self):
        outcome = self.outcome("LEAK")
        self.assertEqual(outcome.count.passed, 2)
        self.assertEqual(outcome.count.failed, 1)
        self.assertEqual(outcome.complaints, ["suite: a sanitizer found something"])

    def test_what_criterion_loses_itself_does_not_count(self):
        self.assertEqual(self.outcome(limit=", .timeout = 20").complaints, [])
        told = "==1==ERROR: LeakSanitizer: detected memory leaks\n\n{}\nSUMMARY: AddressSanitizer\n"
        block = ("Direct leak of 96 byte(s) in 2 object(s) allocated from:\n"
                 "    #0 0x7fdd in __interceptor_calloc ../asan_malloc_linux.cpp:77\n"
                 "    #1 0x7fde  (/lib/x86_64-linux-gnu/libcriterion.so.3+0x1a332)\n")
        linked_in = re.sub("in .*:77", "in calloc (/build/asan/tests/unit/unit-storage+0x260407)", block)
        ours = block + "    #2 0x55c8 in slice_leaks_impl tests/unit/common/slice_test.c:3\n"
        self.assertFalse(sanitizer.is_finding(told.format(block)))
        self.assertFalse(sanitizer.is_finding(told.format(linked_in)))
        self.assertTrue(sanitizer.is_finding(told.format(ours)))
        self.assertTrue(sanitizer.is_finding(told.format(block + "\n" + ours)))
        self.assertTrue(sanitizer.is_finding(told.format("")))

    def test_undefined_behaviour_is_found(self):
        outcome = self.outcome("OVERFLOW")
        self.assertFalse(outcome.is_good)
        self.assertIn("suite: a sanitizer found something", outcome.complaints)

    def test_failing_and_crashing_tests_are_counted(self):
        outcome = self.outcome("FAILS", "CRASHES")
        self.assertEqual((outcome.count.passed, outcome.count.failed), (1, 2))


class Verdicts(StepCase):
    def test_what_passes_passes(self):
        outcome = self.run_shell("echo '3 passed, 0 failed'")
        self.assertEqual((outcome.count, outcome.is_good), (Count(3, 0, 0), True))

    def test_a_program_that_ran_nothing_fails(self):
        for said in ("", "0 passed, 0 failed", "Ran 0 tests in 0.0s\n\nOK"):
            outcome = self.run_shell(f"echo '{said}'")
            self.assertEqual(outcome.complaints, ["shell: no test was run"])
            self.assertEqual(outcome.count.failed, 1)

    def test_a_program_that_skipped_everything_fails_unless_it_may(self):
        said = ("printf \"test_x (__main__.Big.test_x)\nOf it. ... skipped 'no mirror'\n"
                "Ran 1 test in 0s\n\nOK (skipped=1)\n\"")
        self.assertEqual(self.run_shell(said).complaints, ["shell: no test was run"])
        outcome = self.run_shell(said, may_skip_all=True)
        self.assertEqual((outcome.count, outcome.complaints), (Count(0, 0, 1), []))
        self.assertEqual(outcome.skipped, ["Big.test_x: no mirror"])
        self.assertEqual(self.run_shell("true", may_skip_all=True).complaints, ["shell: no test was run"])

    def test_a_step_without_commands_fails(self):
        outcome = self.run_commands()
        self.assertEqual((outcome.count.failed, outcome.complaints),
                         (1, ["seeded: nothing to run"]))

    def test_a_bad_end_after_good_tests_fails(self):
        outcome = self.run_shell("echo '3 passed, 0 failed'; exit 3")
        self.assertEqual((outcome.count.passed, outcome.count.failed), (3, 1))

    def test_a_program_that_is_not_there_fails(self):
        outcome = self.run_commands(Command(["/nonexistent/test"], counts.printed))
        self.assertEqual(outcome.count.failed, 1)

    def test_a_program_without_an_end_is_ended_with_its_children(self):
        mark = self.path("child")
        began = time.monotonic()
        outcome = self.run_shell(f"sleep 60 & echo $! >{mark}; wait", timeout_s=1)
        self.assertLess(time.monotonic() - began, 10)
        self.assertIn("shell: no end after 1 s", outcome.complaints)
        with open(mark, encoding="utf-8") as file:
            child = int(file.read())
        time.sleep(0.2)
        self.assertFalse(os.path.exists(f"/proc/{child}/exe"))

    def test_a_preparation_counts_only_when_it_fails(self):
        self.assertEqual(self.run_shell("true", counts.none).count, Count())
        self.assertTrue(self.run_shell("true", counts.none).is_good)
        self.assertEqual(self.run_shell("false", counts.none).count.failed, 1)

    def test_a_sanitizer_report_of_any_child_fails_the_step(self):
        outcome = self.run_shell("echo '1 passed, 0 failed'; "
                                 "echo '==7==ERROR: LeakSanitizer: detected' "
                                 ">\"$(echo $ASAN_OPTIONS | sed 's/:.*//;s/log_path=//').7\"")
        self.assertEqual(outcome.complaints, ["shell: a sanitizer found something"])


class Counts(unittest.TestCase):
    def test_own_line(self):
        self.assertEqual(counts.printed("x\n1 passed, 9 failed\n12 passed, 3 failed\n", 1, ""),
                         Count(12, 3, 0))
        self.assertEqual(counts.printed("12 passed, 3 failed, 4 skipped\n", 1, ""), Count(12, 3, 4))

    def test_replies_that_programs_held_are_added_up(self):
        output = "contract: 7 replies held against docs/openapi.yaml, 0 broke it\nok\ncontract: 30 replies held against\n"
        self.assertEqual(counts.replies_held(output + " contract: 9 replies held\n"), 37)

    def test_unittest(self):
        self.assertEqual(counts.printed("Ran 5 tests in 0.1s\n\nOK (skipped=2)\n", 0, ""),
                         Count(3, 0, 2))
        self.assertEqual(counts.printed("Ran 5 tests in 0.1s\n\nFAILED (failures=1, errors=2)\n",
                                        1, ""), Count(2, 3, 0))
        self.assertEqual(counts.printed("Ran 5 tests in 0.1s\n", 1, ""), Count(0, 5, 0))

    def test_node(self):
        self.assertEqual(counts.printed("# tests 4\n# pass 2\n# fail 1\n# cancelled 1\n", 1, ""),
                         Count(2, 2, 0))

    def test_a_lost_report_is_a_failure(self):
        for parser in (counts.criterion, counts.vitest):
            self.assertEqual(parser("all fine", 0, "/nonexistent"), Count(0, 1, 0))


class Selection(unittest.TestCase):
    STEPS = (Step("build", "", None), Step("unit", "", None, ("build",)),
             Step("soak", "", None, ("build",), True))

    def names(self, *words):
        arguments = main.argparse.Namespace(steps=[w for w in words if w[0] != "-"],
                                            long="--long" in words)
        return [step.name for step in main.chosen(arguments, self.STEPS)]

    def test_long_steps_are_asked_for(self):
        self.assertEqual(self.names(), ["build", "unit"])
        self.assertEqual(self.names("--long"), ["build", "unit", "soak"])
        self.assertEqual(self.names("soak"), ["build", "soak"])

    def test_a_step_is_not_run_when_what_it_needs_failed(self):
        with tempfile.TemporaryDirectory() as folder, contextlib.redirect_stdout(io.StringIO()):
            context = runner.Context(folder, 1)
            steps = (Step("build", "", lambda _: [Command(["false"], counts.none)]),
                     Step("unit", "", lambda _: [Command(["true"])], ("build",)))
            outcomes = main.Lanes(steps, context).run()
        self.assertIsNone(outcomes["unit"])
        self.assertEqual(main.total_of(outcomes), Count(0, 2, 0))

    def test_lanes_run_beside_each_other_and_wait_for_what_they_need(self):
        with tempfile.TemporaryDirectory() as folder, contextlib.redirect_stdout(io.StringIO()):
            mark = os.path.join(folder, "mark")

            def shell(script):
                return lambda _: [Command(["sh", "-c", script], timeout_s=20)]

            steps = (Step("a", "", shell(f"while [ ! -e {mark} ]; do sleep 0.05; done; echo a >>{mark}")),
                     Step("b", "", shell(f"touch {mark}; sleep 0.2"), lane="other"),
                     Step("c", "", shell(f"grep a {mark}"), ("a",), lane="other"))
            outcomes = main.Lanes(steps, runner.Context(folder, 1)).run()
        self.assertEqual(main.total_of(outcomes), Count(3, 0, 0))

    def test_a_lane_that_has_nothing_left_helps_with_what_is_shared(self):
        for ending, wanted in (("true", Count(3, 0, 0)), ("false", Count(2, 1, 0))):
            with tempfile.TemporaryDirectory() as folder, contextlib.redirect_stdout(io.StringIO()):
                mark = os.path.join(folder, "mark")
                # Each waits for the other: one lane alone would wait in vain.
                shared = [Command(["sh", "-c", f"touch {mark}-{one}; while [ ! -e {mark}-{other} ]; do "
                                               f"sleep 0.05; done; {end}"], name=one, timeout_s=20)
                          for one, other, end in (("a", "b", "true"), ("b", "a", f"echo said; {ending}"))]
                steps = (Step("idle", "", lambda _: [Command(["true"])]),
                         Step("shared", "", lambda _: shared, lane="other", is_shared=True))
                context = runner.Context(folder, 1)
                outcomes = main.Lanes(steps, context).run()
                with open(os.path.join(context.logs, "shared.log"), encoding="utf-8") as log:
                    self.assertEqual(log.read().count("\nsaid\n"), 1)
            self.assertEqual(main.total_of(outcomes), wanted)


    def test_lanes_waited_for_a_program_that_another_had_taken(self):
        """The lane `slow` has one last program to wait for; the others begin what it has not come to, and it
        goes on itself, too."""
        with tempfile.TemporaryDirectory() as folder, contextlib.redirect_stdout(io.StringIO()):
            def meets(*others):
                """Ends when all of them run."""
                waits = "".join(f"while [ ! -e {folder}/{other} ]; do sleep 0.05; done; " for other in others)
                return lambda name: Command(["sh", "-c", f"touch {folder}/{name}; {waits}"], name=name,
                                            timeout_s=20)

            long, early, late = meets("late")("long"), meets("long")("early"), meets("long")("late")
            steps = (Step("idle", "", lambda _: [Command(["true"])]),
                     Step("first", "", lambda _: [long, early], lane="slow", is_shared=True),
                     Step("next", "", lambda _: [late], lane="slow", is_shared=True))
            outcomes = main.Lanes(steps, runner.Context(folder, 1)).run()
        self.assertEqual(main.total_of(outcomes), Count(4, 0, 0))

    def test_the_lane_of_processors_helps_with_as_many_as_it_had(self):
        with tempfile.TemporaryDirectory() as folder, contextlib.redirect_stdout(io.StringIO()):
            wait = f"touch {folder}/$$.here; while [ $(ls {folder} | grep -c here) -lt 3 ]; do sleep 0.05; done"
            shared = [Command(["sh", "-c", wait], name=name, timeout_s=20) for name in "abc"]
            steps = (Step("idle", "", lambda _: [Command(["true"])]),
                     Step("shared", "", lambda _: shared, lane="other", is_shared=True))
            outcomes = main.Lanes(steps, runner.Context(folder, 2)).run()
        self.assertEqual(main.total_of(outcomes), Count(4, 0, 0))


class Budgets(unittest.TestCase):
    """A step that takes longer than it should is told where everybody looks, and fails nothing."""

    @staticmethod
    def told(seconds, whole_s, is_all=True):
        steps = (Step("quick", "", None, budget_s=10), Step("free", "", None))
        outcomes = {"quick": runner.Outcome(Count(1), seconds=seconds), "free": runner.Outcome(Count(1), seconds=999)}
        with contextlib.redirect_stdout(io.StringIO()) as said:
            main.print_table(steps, outcomes)
            main.print_budget(steps, outcomes, whole_s, is_all)
        return said.getvalue()

    def test_within_its_budget_a_step_is_a_row(self):
        said = self.told(9.9, main.BUDGET_S)
        self.assertRegex(said, r"quick +1 +0 +0 +9\.9 +10\n")
        self.assertNotIn("OVER", said)

    def test_above_it_is_said_in_its_row_and_below_the_table(self):
        said = self.told(12, main.BUDGET_S)
        self.assertRegex(said, r"quick +1 +0 +0 +12\.0 +10  OVER BUDGET\n")
        self.assertIn("OVER BUDGET (nothing fails by that): quick took 12 s of 10\n", said)

    def test_the_whole_set_has_a_budget_and_a_part_of_it_has_not(self):
        self.assertIn(f"the whole set took 900 s of {main.BUDGET_S}", self.told(1, 900))
        self.assertNotIn("OVER", self.told(1, 900, is_all=False))

    def test_every_step_of_the_default_set_has_one(self):
        self.assertEqual([step.name for step in main.STEPS if not step.is_long and not step.budget_s], [])


class Packages(unittest.TestCase):
    def missing(self, *groups):
        with tempfile.TemporaryDirectory() as folder:
            shutil.copy(os.path.join(ROOT, "deploy", "install-packages"), folder)
            with open(os.path.join(folder, "packages.list"), "w", encoding="utf-8") as file:
                file.write("# a comment\n\nrun bash\nrun no-such-package\n"
                           "test no-such-shell sh\ntest no-such-tool no-such-command\n")
            done = subprocess.run([os.path.join(folder, "install-packages"), "--missing", *groups],
                                  capture_output=True, text=True, check=True)
        return done.stdout.split()

    def test_only_what_is_missing_in_the_groups_is_named(self):
        self.assertEqual(self.missing("run"), ["no-such-package"])

    def test_a_command_that_is_there_needs_no_package(self):
        self.assertEqual(self.missing("test"), ["no-such-tool"])


if __name__ == "__main__":
    unittest.main()
