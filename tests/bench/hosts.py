# SPDX-License-Identifier: GPL-3.0-or-later
"""What a second transcoding host is worth. A server without a worker of its own is given lectures (a
recording several times over, each with another title); one `banmai worker` with one slot, pinned to core
0, or two, pinned to core 0 and 1, make them. Seconds from the last byte of the uploads until all lectures
are ready, in turn (one, two, two, one, …), and the ratio of the medians."""
import argparse
import contextlib
import os
import statistics
import subprocess
import sys
import tempfile
import time

from peers import BUILD, FFMPEG, lectures_of, run

os.environ["BANMAI_BUILD"] = BUILD
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "integration"))
from server import BANMAI, Server, Tus  # pylint: disable=wrong-import-position

STEP = 4 << 20
PATIENCE_S = 3600


def several_times(source, n_copies, folder, title):
    """Each with another title: a source that is known already would not be made again."""
    path = os.path.join(folder, "lecture.mkv")
    run([*FFMPEG, "-stream_loop", n_copies - 1, "-i", source, "-map", "0:v:0", "-map", "0:a:0?", "-c", "copy",
         "-metadata", f"title={title}", path])
    with open(path, "rb") as file:
        return file.read()


@contextlib.contextmanager
def hosts(server, n_hosts):
    """So many workers, each with a core and one slot of its own."""
    arguments = [f"--redis=unix:{server.data}/redis/redis.sock", f"--media={server.data}/media", "--workers=1"]
    running = [subprocess.Popen(["taskset", "-c", str(core), BANMAI, "worker", *arguments, f"--worker-name=host-{core}"],
                                stderr=subprocess.DEVNULL) for core in range(n_hosts)]
    try:
        yield
    finally:
        for worker in running:
            worker.terminate()
        for worker in running:
            worker.wait()


def seconds_to_ready(server, client, recordings, n_hosts):
    with hosts(server, n_hosts):
        lectures = [Tus(client).send(data, step=STEP, filename="lecture.mkv") for data in recordings]
        started = time.monotonic()
        for lecture in lectures:
            found = server.wait_for_state(client, lecture, "ready", "failed", patience_s=PATIENCE_S)
            if found["state"] == "failed":
                sys.exit(f"the lecture failed: {found}")
        return time.monotonic() - started


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=2, help="pairs of one host and two")
    parser.add_argument("--copies", type=int, default=10, help="how many times over the recording is taken")
    parser.add_argument("--lectures", type=int, default=1, help="how many lectures of them are in the queue")
    parser.add_argument("lecture")
    arguments = parser.parse_args()
    source, = lectures_of([arguments.lecture])
    with tempfile.TemporaryDirectory(prefix="banmai-hosts-") as folder:
        server = Server(data=os.path.join(folder, "data"), local_worker="no").start()
        try:
            server.add_user("giang", "instructor")
            client = server.client("giang")
            spent = {1: [], 2: []}
            for i in range(arguments.rounds):
                for n_hosts in ((1, 2), (2, 1))[i % 2]:
                    recordings = [several_times(source, arguments.copies, folder, f"{n_hosts}, {i}, {k}")
                                  for k in range(arguments.lectures)]
                    spent[n_hosts].append(seconds_to_ready(server, client, recordings, n_hosts))
                    print(f"  {n_hosts} host{'s' * (n_hosts > 1)}: {spent[n_hosts][-1]:.1f} s", flush=True)
        finally:
            server.stop()
    one, two = (statistics.median(spent[n]) for n in (1, 2))
    print(f"{arguments.lectures} x {os.path.basename(source)} x {arguments.copies}: {one:.1f} s with one host, {two:.1f} s with two: {one / two:.2f} x")


main()
