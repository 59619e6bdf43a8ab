#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Replays each fuzz target's seeds and then lets libFuzzer look for more: 5 s each, with BANMAI_LONG
60 s. An input that finds something is left in build/fuzz/findings and shown. Ends with
"N passed, N failed"."""
import concurrent.futures
import os
import re
import shutil
import subprocess
import sys

import seeds

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.realpath(__file__))))
BUILD = os.environ.get("BANMAI_BUILD", os.path.join(ROOT, "build", "fuzz"))
SECONDS = 60 if os.environ.get("BANMAI_LONG") else 5
FINDINGS = os.path.join(BUILD, "findings")
LONGEST_INPUT = {"h1_head": 20000, "h2_head": 20000, "h1_session": 8192, "h2_session": 8192}


def run(target):
    """Returns what is wrong (or None) and a line about the run."""
    corpus = os.path.join(BUILD, "corpus", target)
    shutil.rmtree(corpus, ignore_errors=True)
    n_seeds = seeds.write(target, corpus)
    environment = {**os.environ, "ASAN_OPTIONS": "detect_leaks=1", "UBSAN_OPTIONS": "print_stacktrace=1"}
    done = subprocess.run(
        [os.path.join(BUILD, "tests", "fuzz", f"fuzz-{target}"), f"-max_total_time={SECONDS}", "-timeout=10",
         "-rss_limit_mb=1024", f"-max_len={LONGEST_INPUT.get(target, 4096)}",
         f"-artifact_prefix={FINDINGS}/{target}-", "-print_final_stats=1", corpus],
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, env=environment, timeout=SECONDS * 4 + 60, check=False)
    said = done.stdout.decode(errors="replace")
    ran = re.search(r"stat::number_of_executed_units: (\d+)", said)
    n_ran = int(ran.group(1)) if ran else 0
    covered = re.findall(r"cov: (\d+)", said)
    line = f"{target}: {n_seeds} seeds, {n_ran} runs, {covered[-1] if covered else 0} edges"
    if done.returncode != 0:
        return said[-4000:], line
    return (None if n_ran > n_seeds else "hardly an input was tried"), line


def main():
    os.makedirs(FINDINGS, exist_ok=True)
    n_failed = 0
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count() or 1) as pool:
        for problem, line in pool.map(run, seeds.SEEDS):
            print(line, flush=True)
            if problem:
                n_failed += 1
                print(problem, flush=True)
    print(f"{len(seeds.SEEDS) - n_failed} passed, {n_failed} failed")
    return 1 if n_failed else 0


if __name__ == "__main__":
    sys.exit(main())
