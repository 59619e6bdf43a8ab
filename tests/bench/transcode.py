# SPDX-License-Identifier: GPL-3.0-or-later
"""Speed, in processor and wall seconds: medians of interleaved runs of `banmai-transcode run -j 2`, of
one ffmpeg that splits its picture into the same rungs (sizes, rates, presets, qualities, groups, sound),
and of PeerTube's way, one ffmpeg for each of 240, 360, 480 and 720 lines."""
import argparse
import json
import os
import shutil
import statistics
import tempfile

from peers import FFMPEG, PEERS, PROGRAM, excerpt, facts_of, lectures_of, run, sizes

OPUS_COMPLEXITY = 7  # as in transcoder/audio/audio_encoder.c


def split_command(source, out, plan):
    """One ffmpeg that makes what the plan says."""
    picture = plan["picture"]
    num, den = picture["frame_rate"]
    rungs = picture["rungs"]
    marks = "".join(f"[s{i}]" for i in range(len(rungs)))
    graph = [f"[0:v:0]split={len(rungs)}{marks}"]
    outputs = []
    for i, rung in enumerate(rungs):
        rate = f"{num}/{den * rung['slot_step']}"
        graph.append(f"[s{i}]fps={rate},scale={rung['width']}:{rung['height']}[o{i}]")
        group = round(6 * num / den / rung["slot_step"])
        outputs += ["-map", f"[o{i}]", "-pix_fmt", "yuv420p", "-c:v", "libx264", "-preset", rung["preset"],
                    "-crf", rung["crf_tenths"] / 10, "-maxrate", f"{rung['max_kbps']}k",
                    "-bufsize", f"{6 * rung['max_kbps']}k", "-g", group, "-keyint_min", group, "-sc_threshold", 0,
                    os.path.join(out, f"{rung['name']}.mp4")]
    for sound in plan.get("sounds", []):
        for rung in sound["rungs"]:
            codec = ["libopus", "-application", "voip", "-frame_duration", 60, "-compression_level", OPUS_COMPLEXITY] \
                if rung["codec"] == "opus" else ["aac"]
            outputs += ["-map", f"0:{sound['stream']}", "-c:a", *codec, "-b:a", f"{rung['kbps']}k",
                        "-ar", rung["sample_rate"], "-ac", rung["channels"], os.path.join(out, f"{rung['name']}.mp4")]
    return [*FFMPEG, "-i", source, "-filter_complex", ";".join(graph), *outputs]


def clean(folder):
    shutil.rmtree(folder, ignore_errors=True)
    os.mkdir(folder)


def run_peertube(source, facts, out):
    make, heights = PEERS["PeerTube"]
    spent = [run(make(source, facts, out, height, 0)) for height in sizes(facts, heights)]
    return sum(s[0] for s in spent), sum(s[1] for s in spent)


def measure(source, name, folder, n_rounds):
    facts = facts_of(source)
    out = os.path.join(folder, "out")
    clean(out)
    run([PROGRAM, "plan", source, out])
    with open(os.path.join(out, "plan.json"), encoding="utf-8") as file:
        plan = json.load(file)
    spent = {"ours": [], "split": [], "PeerTube": []}
    for _ in range(n_rounds):
        clean(out)
        spent["ours"].append(run([PROGRAM, "run", source, out, "-j", "2"]))
        clean(out)
        spent["split"].append(run(split_command(source, out, plan)))
        clean(out)
        spent["PeerTube"].append(run_peertube(source, facts, out))
    cpu = {k: statistics.median(s[0] for s in v) for k, v in spent.items()}
    wall = {k: statistics.median(s[1] for s in v) for k, v in spent.items()}
    rungs = ", ".join(f"{r['name']} {r['height']}p/{r['slot_step']} {r['preset']}" for r in plan["picture"]["rungs"])
    print(f"{name}: {plan['duration_us'] / 1e6:.0f} s, {plan['picture']['content']}, {rungs}")
    for key in spent:
        print(f"  {key:9} {cpu[key]:7.2f} s CPU {wall[key]:7.2f} s wall")
    print(f"  CPU {cpu['ours'] / cpu['split']:.2f} x split, {cpu['ours'] / cpu['PeerTube']:.2f} x PeerTube; wall "
          f"{wall['ours'] / wall['split']:.2f} x split; CPU/(2 x wall) {cpu['ours'] / 2 / wall['ours']:.2f}",
          flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=5, help="medians of so many runs")
    parser.add_argument("--seconds", type=int, default=0, help="of each lecture; 0: all")
    parser.add_argument("lectures", nargs="*")
    arguments = parser.parse_args()
    for source in lectures_of(arguments.lectures):
        folder = tempfile.mkdtemp(prefix="banmai-transcode-")
        try:
            measure(excerpt(source, arguments.seconds, folder), os.path.basename(source), folder, arguments.rounds)
        finally:
            shutil.rmtree(folder)


main()
