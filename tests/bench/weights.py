# SPDX-License-Identifier: GPL-3.0-or-later
"""What a lecture weighs: megabytes (10^6) of an hour of it as film (the lowest rung with its Opus sound, playlists and
all), slides and sound, sound, and page, beside the lightest peer's lowest rung. Opus where there is sound."""
import argparse
import json
import os
import shutil
import tempfile

from lecture_hour import make
from peers import PEERS, PROGRAM, facts_of, lectures_of, run, sizes

GOALS = {"slides and sound": 10, "sound": 7.5, "page": 2}


def bytes_of(folder, *names):
    return sum(os.path.getsize(os.path.join(folder, name)) for name in names)


def weigh(out, package):
    """Bytes of each weight; None for one that the lecture does not have."""
    film = next((r["name"] for r in package["renditions"] if r["kind"] == "video"), None)
    opus = next((r["name"] for r in package["renditions"] if r["codecs"] == "opus"), None)
    sound = bytes_of(out, "audio.m3u8", opus + ".m3u8", opus + ".mp4") if opus else None
    pictures = {p["file"] for p in package.get("slides", {"pictures": []})["pictures"]}
    has_page = os.path.exists(os.path.join(out, "page.html"))
    return {
        "film": bytes_of(out, "multivariant.m3u8", film + ".m3u8", film + ".mp4") + (sound or 0) if film else None,
        "slides and sound": bytes_of(out, "slides.json", *pictures) + (sound or 0) if pictures else None,
        "sound": sound,
        "page": bytes_of(out, "page.html") if has_page else None,
    }, len(pictures), sum(os.path.getsize(os.path.join(out, p)) for p in pictures)


def lightest_peer(source, facts, folder):
    """The fewest bytes of any peer's lowest rung, and whose it is."""
    found = []
    for name, (command, heights) in PEERS.items():
        into = os.path.join(folder, "peer")
        os.mkdir(into)
        run(command(source, facts, into, min(sizes(facts, heights)), 0))
        found.append((sum(os.path.getsize(os.path.join(into, n)) for n in os.listdir(into)), name))
        shutil.rmtree(into)
    return min(found)


def say(size, seconds):
    return "    –" if size is None else f"{size * 3600 / seconds / 1e6:5.1f}"


def measure(source, name, folder):
    out = os.path.join(folder, "out")
    run([PROGRAM, "run", source, out, "-j", "2"])
    with open(os.path.join(out, "package.json"), encoding="utf-8") as file:
        package = json.load(file)
    seconds = package["duration_us"] / 1e6
    weights, n_pictures, picture_bytes = weigh(out, package)
    peer_bytes, peer = lightest_peer(source, facts_of(source), folder)
    text = "  ".join(f"{weight} {say(size, seconds)}{' over' if is_over(weight, size, seconds) else ''}"
                     for weight, size in weights.items())
    mean = f"{picture_bytes / n_pictures / 1000:.1f} kB" if n_pictures else "none"
    print(f"{name}: {seconds:.0f} s, MB an hour: {text}  {peer} {say(peer_bytes, seconds)}  "
          f"({n_pictures} pictures, {mean} each)", flush=True)


def is_over(weight, size, seconds):
    """Goals are for an hour: of a short clip, the first pictures and headers weigh too much."""
    return size is not None and weight in GOALS and size * 3600 / seconds > GOALS[weight] * 1e6 and seconds >= 600


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--hour", action="store_true", help="draw a lecture of an hour and weigh it, too")
    parser.add_argument("--seconds", type=int, default=3600, help="how long that one is")
    parser.add_argument("lectures", nargs="*")
    arguments = parser.parse_args()
    lectures = lectures_of(arguments.lectures)
    folder = tempfile.mkdtemp(prefix="banmai-weights-")
    try:
        if arguments.hour:
            drawn = os.path.join(folder, "drawn.mp4")
            make(drawn, arguments.seconds)
            lectures = [drawn, *lectures]
        for source in lectures:
            measure(source, os.path.basename(source), folder)
            shutil.rmtree(os.path.join(folder, "out"))
    finally:
        shutil.rmtree(folder)


main()
