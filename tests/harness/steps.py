# SPDX-License-Identifier: GPL-3.0-or-later
"""The steps of the tests: in each lane from the quickest to the broadest, so that the first red is the
cause."""
import glob
import os
import sys

import counts
from runner import Command, Step

RULES = ("includes", "circles", "lengths", "banned", "spdx", "format", "mirror", "links",
         "machine_paths", "commits", "scripts", "headers_alone", "openapi")
ANALYSES = ("dead_code", "tidy", "analyzer", "cppcheck")

# Whoever compiles lets those go first who look at a clock.
PATIENT = ("nice", "-n", "10")

PROCESSORS = "main"  # the lane that gives each processor something to do

# Those that take a minute or more are begun first: no lane shall end with one of them alone.
LONGEST = ("real_server_test.py", "learner_test.mjs", "pages_test.mjs", "crash_test.py",
           "transcode_media_test.py", "transcode_test.py")

# Debian's own python3: its packages (python3-h2) are not visible to another one.
PYTHON = "/usr/bin/python3" if os.path.exists("/usr/bin/python3") else sys.executable


def _configure_and_build(preset, targets=()):
    def commands(context):
        yield Command(["cmake", "--preset", preset], counts.none, "configure")
        build = [*PATIENT, "cmake", "--build", context.build(preset), "-j", str(context.jobs)]
        if targets:
            build += ["--target", *targets]
        yield Command(build, counts.none, "build", timeout_s=900)
    return commands


# Without the unit tests, which run under sanitizers by default.
PROGRAMS = ("programs",)


def _rules(context):
    for rule in RULES:
        yield Command([os.path.join("tests", "rules", rule)], counts.by_status, rule)


def _analyses(context):
    for rule in ANALYSES:
        yield Command([*PATIENT, os.path.join("tests", "rules", rule), "-j", str(context.jobs)],
                      counts.by_status, rule, timeout_s=900)


def _self_tests(context):
    for path in ("tests/harness/harness_test.py", "tests/rules/rules_test.py"):
        yield Command([PYTHON, path], counts.printed, os.path.basename(path))


def _unit(preset):
    def commands(context):
        for path in sorted(glob.glob(os.path.join(context.build(preset), "tests", "unit", "unit-*"))):
            if os.path.isdir(path):
                continue
            name = os.path.basename(path)
            report = os.path.join(context.logs, f"{preset}-{name}.json")
            yield Command([path, f"--json={report}", "--color=never", "--short-filename",
                           "--jobs", str(context.jobs)],
                          counts.criterion, name, report)
    return commands


def _begun(path):
    """By what programs are sorted."""
    name = os.path.basename(path)
    return LONGEST.index(name) if name in LONGEST else len(LONGEST), path


def _programs(folder, preset):
    """Every *_test.py and *_test.sh of a folder of tests, against the programs of one build."""
    def commands(context):
        environment = {"BANMAI_BUILD": context.build(preset), "PYTHONDONTWRITEBYTECODE": "1"}
        if context.is_long:
            environment["BANMAI_LONG"] = "1"
        timeout_s = 7200 if context.is_long else 600  # the longest took 342 between three lanes
        base = os.path.join(context.root, "tests", folder)
        for path in sorted(glob.glob(os.path.join(base, "**", "*_test.*"), recursive=True), key=_begun):
            runner = {".py": [PYTHON], ".sh": ["bash"], ".mjs": ["node"]}.get(os.path.splitext(path)[1])
            if runner:
                yield Command([*runner, path], counts.printed, os.path.basename(path),
                              env=environment, timeout_s=timeout_s)
    return commands


def _install(context):
    """Where nobody may mount, or there is no mirror of Debian, the tests are skipped in words."""
    yield Command([PYTHON, "tests/install/install_test.py"], counts.printed, "install_test.py",
                  env={"PYTHONDONTWRITEBYTECODE": "1"}, timeout_s=3600, may_skip_all=True)


def _load_tsan(context):
    yield Command([PYTHON, "tests/faults/soak_test.py"], counts.printed, "soak_test.py",
                  env={"BANMAI_BUILD": context.build("tsan"), "BANMAI_SOAK_S": "60"}, timeout_s=600)


def _kernel_tls(context):
    yield Command([PYTHON, "tests/kernel_tls/kernel_tls_test.py"], counts.printed, "kernel_tls_test.py",
                  env={"BANMAI_BUILD": context.build("dev")}, timeout_s=2400)


def _coverage(context):
    yield Command([PYTHON, "tests/fuzz/coverage.py"], counts.printed, "coverage",
                  env={"BANMAI_BUILD": context.build("coverage")}, timeout_s=600)


def _web(context):
    if not os.path.exists(os.path.join(context.root, "player-web", "package.json")):
        return
    npm = ["npm", "--prefix", "player-web"]
    report = os.path.join(context.logs, "vitest.json")
    yield Command(["deploy/build-web", "--packages"], counts.none, "npm-ci", timeout_s=600)
    yield Command(["deploy/build-web"], counts.by_status, "pages")
    yield Command([*npm, "run", "check"], counts.by_status, "types")
    yield Command([*npm, "test", "--", "--reporter=default", "--reporter=json",
                   f"--outputFile.json={report}"], counts.vitest, "vitest", report)


BUDGET_S = 720  # of the whole default set, packages apart, on two quiet cores

STEPS = (
    # The processor's lane: builds, what needs no server, and what reads the sources.
    Step("build", "the dev build's programs", _configure_and_build("dev", PROGRAMS), budget_s=60),
    Step("rules", "house rules: layers, lengths, banned calls, format, …", _rules, ("build",), budget_s=20),
    Step("self", "whether rules and runner can fail", _self_tests, budget_s=40),
    Step("build-asan", "the build with sanitizers", _configure_and_build("asan"), budget_s=60),
    Step("unit-asan", "unit tests under ASan, LSan and UBSan", _unit("asan"), ("build-asan",), budget_s=60),
    Step("build-fuzz", "the fuzz targets", _configure_and_build("fuzz", ("fuzzers",)), budget_s=60),
    Step("fuzz", "the parsers by libFuzzer: seeds, and some seconds each", _programs("fuzz", "fuzz"),
         ("build-fuzz",), budget_s=120),
    Step("analysis", "clang-tidy, gcc's analyzer, cppcheck", _analyses, ("build",), budget_s=300),
    # Servers and clients, who wait for each other half of the time.
    Step("conformance", "the HTTP engine against the RFCs", _programs("conformance", "dev"),
         ("build",), lane="servers", budget_s=120),
    Step("build-release", "the build that a province runs", _configure_and_build("release"),
         lane="servers", budget_s=90),
    Step("deploy", "the quickstart and its sample lecture, the Debian package", _programs("deploy", "release"),
         ("build-release", "web"), lane="servers", budget_s=180),
    Step("integration", "the whole path over real sockets", _programs("integration", "dev"),
         ("build",), lane="servers", is_shared=True, budget_s=500),
    # Players, who mostly play, and what fits beside them. Long forms of faults want the machine alone.
    Step("web", "the pages: types, tests, build", _web, lane="pages", budget_s=90),
    Step("browser", "the pages in headless Chromium", _programs("browser", "dev"),
         ("build", "web"), lane="pages", is_shared=True, budget_s=400),
    Step("faults", "slow clients, floods, mixed load", _programs("faults", "dev"), ("build",),
         lane="pages", is_shared=True, budget_s=300),
    Step("conformance-asan", "the HTTP engine under ASan, LSan and UBSan",
         _programs("conformance", "asan"), ("build-asan",), lane="pages", is_shared=True, budget_s=200),
    # What takes long, or what the default set has in another form.
    Step("build-unit", "the dev build's unit tests", _configure_and_build("dev"), ("build",), is_long=True),
    Step("unit", "unit tests without sanitizers", _unit("dev"), ("build-unit",), is_long=True),
    # Behind `deploy`, in its lane: both build the package.
    Step("install", "the Debian package in a system of its own, its units in a virtual machine",
         _install, ("build-release", "web"), lane="servers", is_long=True),
    Step("kernel-tls", "TLS by a kernel that has it, in a virtual machine", _kernel_tls, ("build-unit",),
         is_long=True),
    # Criterion's own memory is where ThreadSanitizer wants its shadow: the programs are tested.
    Step("build-tsan", "the build with ThreadSanitizer", _configure_and_build("tsan", PROGRAMS),
         is_long=True),
    Step("conformance-tsan", "the HTTP engine under ThreadSanitizer",
         _programs("conformance", "tsan"), ("build-tsan",), is_long=True),
    Step("integration-tsan", "the programs under ThreadSanitizer",
         _programs("integration", "tsan"), ("build-tsan",), is_long=True),
    Step("load-tsan", "mixed load on the server under ThreadSanitizer", _load_tsan,
         ("build-tsan",), is_long=True),
    Step("build-coverage", "the build that counts lines", _configure_and_build("coverage", (
        "fuzzers", "unit-common", "unit-common-package", "unit-server-http", "unit-server-web",
        "unit-server-features", "unit-server-auth", "unit-transcoder-plan")), is_long=True),
    Step("coverage", "lines of the parsers that tests run: at least 95 %", _coverage,
         ("build-coverage",), is_long=True),
)
