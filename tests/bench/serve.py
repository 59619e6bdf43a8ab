#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""`banmai serve` beside Debian's nginx, as ratios in one run.

Both serve the same bytes from one core (core 0) to the same client on the other (core 1), in turn:
ours, theirs, theirs, ours, … Each pair gives a ratio; the median is printed, with the server's own
CPU time from /proc/PID/stat. nginx runs twice, the second time with `sendfile_max_chunk 128k`; from
200 KB on the better of the two counts. Start it by tests/bench/serve.sh, which builds.
"""
import argparse
import re
import statistics
import subprocess
import sys
import time

import crowd
from servers import BUILD_DEV, Floor, SIZES, Workspace, run

CLIENT_CORE = 1


class Sample:
    """What one run of a load program showed."""

    def __init__(self, rate, n_requests, size, cpu_s, extra=None):
        self.rate = rate
        self.cpu_per_request_us = cpu_s * 1e6 / n_requests if n_requests else 0
        self.cpu_per_gb_s = cpu_s * 1e9 / (n_requests * size) if n_requests and size else 0
        self.extra = extra or {}


# ---- load programs: (server, port, target, size, options) -> Sample

def with_cpu(server, call):
    before = server.cpu_s()
    result = call()
    return result, server.cpu_s() - before


def pinned(options, command):
    return command if options.both_cores else ["taskset", "-c", str(CLIENT_CORE), *command]


def wrk(server, url, size, options, connections, seconds):
    n_threads = 2 if options.both_cores else 1
    command = pinned(options, ["wrk", f"-t{n_threads}", f"-c{connections}", f"-d{seconds}s", url])
    out, cpu_s = with_cpu(server, lambda: run(command))
    if "Non-2xx" in out or "Socket errors" in out and "timeout 0" not in out:
        raise RuntimeError(f"wrk {url}: {out}")
    rate = float(re.search(r"Requests/sec:\s+([\d.]+)", out).group(1))
    n = int(re.search(r"(\d+) requests in", out).group(1))
    return Sample(rate, n, size, cpu_s)


def h2load(server, url, size, options, connections, seconds):
    command = pinned(options, ["h2load", "-t1", f"-c{connections}", "-m8", "-D", str(seconds), url])
    out, cpu_s = with_cpu(server, lambda: run(command))
    if "Application protocol: h2\n" not in out:
        return None
    n, failed = (int(re.search(rf"(\d+) {word}", out).group(1)) for word in ("succeeded", "failed"))
    if failed:
        raise RuntimeError(f"h2load {url}: {out}")
    rate = float(re.search(r"([\d.]+) req/s", out).group(1))
    return Sample(rate, n, size, cpu_s)


def handshakes(server, path, kind, version, options, seconds):
    command = pinned(options, [f"{BUILD_DEV}/tests/bench/bench-handshakes", str(server.tls_port), path,
                               str(seconds), "4", kind, version])
    out, cpu_s = with_cpu(server, lambda: run(command))
    n, resumed, took = re.match(r"(\d+) connections, (\d+) resumed, in ([\d.]+) s", out).groups()
    n, resumed = int(n), int(resumed)
    if kind == "resumed" and resumed < 0.9 * n or kind == "full" and resumed:
        raise RuntimeError(f"{server.name}: {resumed} of {n} connections were resumed")
    return Sample(n / float(took), n, 0, cpu_s)


# ---- rows

class Row:
    def __init__(self, key, title, size_name, goals, measure):
        self.key = key
        self.title = title
        self.size_name = size_name
        self.goals = goals  # of "rate", "cpu_per_request_us", "cpu_per_gb_s"
        self.measure = measure


def plain(connections):
    def measure(server, size_name, options):
        url = f"http://127.0.0.1:{server.port}{server.target(size_name).plain}"
        return wrk(server, url, SIZES[size_name], options, connections, options.seconds)
    return measure


def tls(connections):
    def measure(server, size_name, options):
        url = f"https://127.0.0.1:{server.tls_port}{server.target(size_name).tls}"
        return wrk(server, url, SIZES[size_name], options, connections, options.seconds)
    return measure


def h2(server, size_name, options):
    url = f"https://127.0.0.1:{server.tls_port}{server.target(size_name).tls}"
    return h2load(server, url, SIZES[size_name], options, 16, options.seconds)


def handshake(kind, version):
    def measure(server, size_name, options):
        return handshakes(server, server.target(size_name).tls, kind, version, options, options.seconds)
    return measure


MORE, LESS = "≥", "≤"
ROWS = (
    Row("small", "playlist of 2 KB, keep-alive", "playlist", {"rate": (MORE, 1.3)}, plain(32)),
    Row("32k", "32 KB segment", "32k",
        {"rate": (MORE, 1.1), "cpu_per_request_us": (LESS, 0.8)}, plain(32)),
    Row("200k", "200 KB segment", "200k", {"rate": (MORE, 1.3), "cpu_per_gb_s": (LESS, 0.7)}, plain(16)),
    Row("1m", "1 MB segment", "1m", {"rate": (MORE, 1.3), "cpu_per_gb_s": (LESS, 0.7)}, plain(16)),
    Row("tls-small", "TLS 1.3, playlist of 2 KB", "playlist", {"rate": (MORE, 1.2)}, tls(32)),
    Row("tls-32k", "TLS 1.3, 32 KB", "32k", {"rate": (MORE, 1.2)}, tls(32)),
    Row("tls-200k", "TLS 1.3, 200 KB", "200k", {"rate": (MORE, 1.6), "cpu_per_gb_s": (LESS, 0.85)}, tls(16)),
    Row("tls-1m", "TLS 1.3, 1 MB", "1m", {"rate": (MORE, 1.6), "cpu_per_gb_s": (LESS, 0.85)}, tls(16)),
    Row("h2-4k", "HTTP/2, 16 × 8 streams, 4 KB", "4k", {"rate": (MORE, 1.2)}, h2),
    Row("h2-200k", "HTTP/2, 16 × 8 streams, 200 KB", "200k", {"rate": (MORE, 1.2)}, h2),
    Row("full", "new TLS 1.3 connections, full", "4k", {"rate": (MORE, 1.0)}, handshake("full", "1.3")),
    Row("resumed", "new TLS 1.3 connections, resumed", "4k", {"rate": (MORE, 1.0)},
        handshake("resumed", "1.3")),
    Row("full-1.2", "new TLS 1.2 connections, full", "4k", {"rate": (MORE, 1.0)}, handshake("full", "1.2")),
    Row("resumed-1.2", "new TLS 1.2 connections, resumed", "4k", {"rate": (MORE, 1.0)},
        handshake("resumed", "1.2")),
)
FLOOR_ROWS = ("small", "32k", "200k", "1m")
UNITS = {"rate": "requests/s", "cpu_per_request_us": "CPU µs/request", "cpu_per_gb_s": "CPU s/GB"}


def print_line(title, what, ours, theirs, ratio, goal):
    verdict = ""
    if goal:
        is_met = ratio >= goal[1] if goal[0] == MORE else ratio <= goal[1]
        verdict = f"{goal[0]} {goal[1]:<4}  {'met' if is_met else 'NOT MET'}"
    print(f"{title:<36} {what:<16} {ours:>12.2f} {theirs:>12.2f} {ratio:>8.2f}  {verdict}", flush=True)


def in_turn(row, contestants, options):
    """ABBA: a list of samples for each contestant, or None when one does not speak the protocol."""
    samples = [[] for _ in contestants]
    for server in contestants:  # caches warm, connections tried
        if not warm_up(row, server, options):
            return None
    for pair in range(options.pairs):
        order = list(enumerate(contestants))
        for i, server in order if pair % 2 == 0 else reversed(order):
            samples[i].append(row.measure(server, row.size_name, options))
    return samples


def warm_up(row, server, options):
    seconds, options.seconds = options.seconds, 1
    sample = row.measure(server, row.size_name, options)
    options.seconds = seconds
    return sample is not None


def report(row, ours, theirs, is_floor=False):
    names = ["rate", "cpu_per_request_us"] + (["cpu_per_gb_s"] if "cpu_per_gb_s" in row.goals else [])
    for name in names:
        values = [(getattr(a, name), getattr(b, name)) for a, b in zip(ours, theirs)]
        ratio = statistics.median(a / b if b else 0 for a, b in values)
        goal = {"rate": (MORE, 0.9)}.get(name) if is_floor else row.goals.get(name)
        print_line(row.title + (" / floor" if is_floor else ""), UNITS[name],
                   statistics.median(a for a, _ in values), statistics.median(b for _, b in values),
                   ratio, goal)


def measure_row(row, workspace, options):
    with_chunks = row.size_name in ("200k", "1m")
    contestants = [workspace.ours, workspace.nginx] + ([workspace.nginx.chunked()] if with_chunks else [])
    samples = in_turn(row, contestants, options)
    if samples is None:
        print(f"{row.title:<36} not spoken", flush=True)
        return
    better = max(samples[1:], key=lambda runs: statistics.median(s.rate for s in runs))
    report(row, samples[0], better)


def measure_floor(row, workspace, options):
    with Floor(workspace.file(row.size_name)) as floor:
        samples = in_turn(row, [workspace.ours, floor], options)
    report(row, *samples, is_floor=True)


def parse_arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    keys = [row.key for row in ROWS] + [f"floor-{key}" for key in FLOOR_ROWS] + list(crowd.ROWS)
    parser.add_argument("rows", nargs="*", metavar="ROW", help="some of: " + " ".join(keys))
    parser.add_argument("--seconds", type=int, default=3, help="of each run (3)")
    parser.add_argument("--pairs", type=int, default=5, help="of runs (5)")
    parser.add_argument("--both-cores", action="store_true",
                        help="two loops against two workers, on both cores, beside the client")
    parser.add_argument("--crowd", type=int, default=10000, help="connections of the crowd rows (10000)")
    parser.add_argument("--program", help="another banmai than build/release/server/banmai")
    options = parser.parse_args()
    for key in options.rows:
        if key not in keys:
            parser.error(f"{key}: no such row")
    return options


def main():
    options = parse_arguments()
    wanted = options.rows or ([row.key for row in ROWS] if options.both_cores else
                              [row.key for row in ROWS] + [f"floor-{key}" for key in FLOOR_ROWS] +
                              list(crowd.ROWS))
    with Workspace(options) as workspace:
        print(f"{'':<36} {'':<16} {'ours':>12} {'theirs':>12} {'ratio':>8}  goal")
        for row in ROWS:
            if row.key in wanted:
                measure_row(row, workspace, options)
        for row in ROWS:
            if f"floor-{row.key}" in wanted:
                measure_floor(row, workspace, options)
    for key, measure in crowd.ROWS.items():
        if key in wanted:  # memory that a row before has freed would be taken again unseen
            with Workspace(options) as workspace:
                measure(workspace, options, print_line)
    return 0


if __name__ == "__main__":
    started = time.monotonic()
    status = 1
    try:
        status = main()
    except subprocess.CalledProcessError as error:
        print(error, error.output, file=sys.stderr)
    print(f"{time.monotonic() - started:.0f} s", file=sys.stderr)
    sys.exit(status)
