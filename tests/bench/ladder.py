# SPDX-License-Identifier: GPL-3.0-or-later
"""Quality per byte. Everything is compared as a learner sees it: decoded, scaled to the source's size
(at most 720 lines), at the source's rate; SSIM of luma. Bytes are those of video, sound, container and
playlists. A peer's bytes at our quality lie on the line through its best points; where its worst is
better than we are, its smallest file counts (marked "<"), where its best is worse there is nothing to
compare with (marked ">")."""
import argparse
import json
import math
import os
import shutil
import tempfile

from peers import FFMPEG, PEERS, PROGRAM, excerpt, facts_of, lectures_of, run, sizes


def decibels(ssim):
    return -10 * math.log10(max(1 - ssim, 1e-6))


class Display:
    """The source as it is shown, and what in it is still or has just changed."""

    def __init__(self, source, facts, folder):
        self.source, self.folder = source, folder
        height = min(facts["height"], 720) & ~1
        width = round(facts["width"] * height / facts["height"] / 2) * 2
        self.shape = f"fps={facts['num']}/{facts['den']},scale={width}:{height}:flags=bicubic,setsar=1,format=yuv420p"
        self.rate = facts["rate"]
        self._find_changes()

    def _find_changes(self):
        stats = os.path.join(self.folder, "changes.txt")
        run([*FFMPEG, "-i", self.source, "-map", "0:v:0", "-vf",
             f"{self.shape},signalstats,metadata=print:key=lavfi.signalstats.YDIF:file={stats}", "-f", "null", "-"])
        with open(stats, encoding="ascii") as file:
            moves = [float(line.split("=")[1]) for line in file if "YDIF" in line]
        second = round(self.rate)
        quiet = [max(moves[max(0, i - second):i + 1], default=0) < .1 for i in range(len(moves))]
        changes = [i for i in range(second, len(moves)) if moves[i] > 1.5 and max(moves[i - second // 2:i]) < .5]
        self.still = {i for i, q in enumerate(quiet) if q}
        self.after = {i + k for i in changes for k in range(second)}
        self.n_changes = len(changes)

    def look(self, path):
        """Mean SSIM of all frames, of still runs, and of the second after each slide change."""
        stats = os.path.join(self.folder, "ssim.txt")
        run([*FFMPEG, "-i", path, "-i", self.source, "-lavfi",
             f"[0:v:0]{self.shape}[a];[1:v:0]{self.shape}[b];[a][b]ssim=stats_file={stats}", "-f", "null", "-"])
        with open(stats, encoding="ascii") as file:
            values = [float(line.split("Y:")[1].split()[0]) for line in file]
        return [sum(v) / len(v) if v else None for v in (
            values, [v for i, v in enumerate(values) if i in self.still],
            [v for i, v in enumerate(values) if i in self.after])]


def bytes_in(folder):
    return sum(os.path.getsize(os.path.join(folder, n)) for n in os.listdir(folder))


def measure_peer(peer, display, facts, source, folder, n_crfs):
    """(bytes, mean SSIM, height, worse) of all its heights at several qualities."""
    make, heights = PEERS[peer]
    points = []
    for height in sizes(facts, heights):
        for worse in range(0, 6 * n_crfs, 6):
            out = os.path.join(folder, "peer")
            shutil.rmtree(out, ignore_errors=True)
            os.mkdir(out)
            run(make(source, facts, out, height, worse))
            points.append((bytes_in(out), display.look(os.path.join(out, "p.m3u8"))[0], height, worse))
    return points


def bytes_at(points, ssim):
    """What that quality costs on the line through the best points, and a mark where it is not on it."""
    best = []
    for size, quality, *_ in sorted(points):
        if not best or quality > best[-1][1]:
            best.append((size, quality))
    if ssim <= best[0][1]:
        return best[0][0], "<"
    for (size_a, a), (size_b, b) in zip(best, best[1:]):
        if ssim <= b:
            share = (decibels(ssim) - decibels(a)) / (decibels(b) - decibels(a))
            return math.exp(math.log(size_a) + (math.log(size_b) - math.log(size_a)) * share), ""
    return None, ">"


def sound_bytes(out, package, rung, codec):
    """The sound that goes with a rung, in that codec; None when there is none of it."""
    all_sound = [r for r in package["renditions"] if r["kind"] == "audio" and r["codecs"].lower().startswith(codec)]
    fitting = [r for r in all_sound if r["group"] == rung["group"]] or all_sound
    if not fitting:
        return None
    return min(sum(os.path.getsize(os.path.join(out, r["name"] + e)) for e in (".mp4", ".m3u8")) for r in fitting)


def say(ssim):
    return "   -  " if ssim is None else f"{ssim:.4f}"


def measure(source, name, folder, n_crfs):
    facts = facts_of(source)
    display = Display(source, facts, folder)
    out = os.path.join(folder, "ours")
    run([PROGRAM, "run", source, out, "-j", "2"])
    with open(os.path.join(out, "package.json"), encoding="utf-8") as file:
        package = json.load(file)
    seconds = package["duration_us"] / 1e6
    print(f"\n{name}: {facts['width']}x{facts['height']} {facts['rate']:.2f}/s, {seconds:.1f} s, "
          f"{display.n_changes} slide changes, {len(display.still) / display.rate:.0f} s still")
    peers = {p: measure_peer(p, display, facts, source, folder, n_crfs) for p in PEERS}
    for peer, points in peers.items():
        for size, ssim, height, worse in points:
            if worse == 0:
                print(f"  {peer:9} {height:4}p {size * 8 / seconds / 1000:8.1f} kbit/s  SSIM {ssim:.4f}")
    shared = sum(os.path.getsize(os.path.join(out, n)) for n in ("multivariant.m3u8",))
    for rung in [r for r in package["renditions"] if r["kind"] == "video"]:
        report(rung, out, package, peers, display, shared, seconds)


def report(rung, out, package, peers, display, shared, seconds):
    mean, still, after = display.look(os.path.join(out, rung["name"] + ".mp4"))
    picture = shared + sum(os.path.getsize(os.path.join(out, rung["name"] + e)) for e in (".mp4", ".m3u8"))
    rate = rung["frame_rate"][0] / rung["frame_rate"][1]
    print(f"  ours {rung['name']:6} {rung['width']}x{rung['height']} {rate:5.2f}/s  picture "
          f"{picture * 8 / seconds / 1000:6.1f} kbit/s  SSIM {mean:.4f} still {say(still)} after changes {say(after)}")
    costs = {p: bytes_at(points, mean) for p, points in peers.items()}
    known = [(size, p, mark) for p, (size, mark) in costs.items() if size]
    for codec in ("mp4a", "opus"):
        sound = sound_bytes(out, package, rung, codec)
        if sound is None and (codec == "opus" or any(r["kind"] == "audio" for r in package["renditions"])):
            continue
        total = picture + (sound or 0)
        text = f"       with {codec if sound else 'no sound'}: {total * 8 / seconds / 1000:6.1f} kbit/s"
        if known:
            size, peer, mark = min(known)
            text += f" = {total / size:.2f} x {mark}{peer} ({size * 8 / seconds / 1000:.1f})"
        else:
            text += ", better than any peer's best"
        print(text, flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=int, default=0, help="of each lecture; 0: all")
    parser.add_argument("--crfs", type=int, default=4, help="qualities of each peer, 6 apart")
    parser.add_argument("lectures", nargs="*")
    arguments = parser.parse_args()
    for source in lectures_of(arguments.lectures):
        folder = tempfile.mkdtemp(prefix="banmai-ladder-")
        try:
            measure(excerpt(source, arguments.seconds, folder), os.path.basename(source), folder, arguments.crfs)
        finally:
            shutil.rmtree(folder)


main()
