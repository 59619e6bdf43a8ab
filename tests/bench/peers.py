# SPDX-License-Identifier: GPL-3.0-or-later
"""What the benchmarks share: lectures, programs, and the ladders of three peers as ffmpeg commands
(from their sources: PeerTube's bitrate.ts and its default profile, Open edX' chunkey, MediaCMS'
helpers.py), each at its default quality and at lower ones."""
import json
import os
import resource
import subprocess
import sys
import time

HERE = os.path.dirname(os.path.abspath(__file__))
BUILD = os.environ.get("BANMAI_BUILD") or os.path.join(HERE, "..", "..", "build", "release")
PROGRAM = os.path.join(BUILD, "transcoder", "banmai-transcode")
LECTURES = os.path.join(HERE, "..", "..", "..", "shared", "media", "lectures")
FFMPEG = ["ffmpeg", "-hide_banner", "-v", "error", "-nostdin", "-y"]


def run(command):
    """Runs a command and returns its (processor, wall) seconds."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    started = time.monotonic()
    done = subprocess.run([str(c) for c in command], capture_output=True, text=True,
                          stdin=subprocess.DEVNULL, check=False)
    wall = time.monotonic() - started
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    if done.returncode != 0:
        sys.exit(f"{' '.join(map(str, command))}: {done.stderr[-2000:]}")
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime, wall


def lectures_of(names):
    """The files to measure with. Checks what every measurement needs, so that none fails half-way."""
    if not os.path.exists(PROGRAM):
        sys.exit("not built: cmake --preset release && cmake --build --preset release (or name a folder in BANMAI_BUILD)")
    missing = [name for name in names if not os.path.isfile(name)]
    if missing:
        sys.exit(f"no such file: {', '.join(missing)}")
    if names:
        return names
    if not os.path.isdir(LECTURES):
        sys.exit("no folder of lectures beside this repository: name some files")
    return sorted(os.path.join(LECTURES, n) for n in os.listdir(LECTURES))


def excerpt(source, seconds, folder):
    """Its first seconds, as they are coded."""
    if not seconds:
        return source
    path = os.path.join(folder, "excerpt.mkv")
    run([*FFMPEG, "-i", source, "-t", seconds, "-map", "0:v:0", "-map", "0:a:0?", "-c", "copy", path])
    return path


def facts_of(source):
    """Size, frame rate and whether there is sound, as ffprobe tells."""
    done = subprocess.run(["ffprobe", "-v", "error", "-of", "json", "-show_streams", source],
                          capture_output=True, check=True)
    streams = json.loads(done.stdout)["streams"]
    video = next(s for s in streams if s["codec_type"] == "video")
    rates = [v.split("/") for v in (video["avg_frame_rate"], video["r_frame_rate"]) if not v.startswith("0")]
    num, den = map(int, rates[0])
    if not 5 <= num / den <= 60:
        num, den = 25, 1
    return {"width": video["width"], "height": video["height"], "num": num, "den": den,
            "rate": num / den, "has_sound": any(s["codec_type"] == "audio" for s in streams)}


def audio(facts, kbps, channels):
    return ["-map", "0:a:0", "-c:a", "aac", "-b:a", f"{kbps}k", "-ac", channels] if facts["has_sound"] else []


def sizes(facts, heights):
    """Heights that a peer would make; the smallest one in any case."""
    return [h for h in heights if h <= facts["height"] * 1.05] or [min(heights)]


def x264(height, preset, crf, rate_kbps, buffer_kbps, gop):
    return ["-vf", f"scale=-2:{height}", "-pix_fmt", "yuv420p", "-c:v", "libx264", "-preset", preset, "-crf", crf,
            "-maxrate", f"{int(rate_kbps)}k", "-bufsize", f"{int(buffer_kbps)}k", "-g", round(gop),
            "-keyint_min", round(gop), "-sc_threshold", 0]


def hls(folder, name, seconds, is_ts):
    form = ["-hls_segment_type", "mpegts"] if is_ts else \
        ["-hls_segment_type", "fmp4", "-hls_flags", "single_file", "-hls_fmp4_init_filename", f"{name}-i.mp4"]
    return ["-f", "hls", "-hls_time", seconds, "-hls_playlist_type", "vod", *form,
            os.path.join(folder, f"{name}.m3u8")]


PEERTUBE_BPP = {144: .19, 240: .17, 360: .15, 480: .12, 720: .11, 1080: .10}
EDX = {720: 23, 540: 24, 360: 27, 288: 30, 216: 30}
MEDIACMS = {144: 150, 240: 300, 360: 500, 480: 1000, 720: 2500}


def peertube(source, facts, folder, height, worse):
    cap = height * height * facts["width"] / facts["height"] * facts["rate"] * PEERTUBE_BPP[height] / 1000
    return [*FFMPEG, "-i", source, "-map", "0:v:0",
            *x264(height, "veryfast", 23 + worse, cap, 2 * cap, 2 * facts["rate"]), *audio(facts, 128, 2),
            *hls(folder, "p", 4, False)]


def edx(source, facts, folder, height, worse):
    return [*FFMPEG, "-i", source, "-map", "0:v:0", "-r", "30000/1001",
            *x264(height, "medium", EDX[height] + worse, 2000, 6000, 72),
            *audio(facts, 32 if height <= 288 else 64, 2), *hls(folder, "p", 9, True)]


def mediacms(source, facts, folder, height, worse):
    cap = MEDIACMS[height] * 1.5
    return [*FFMPEG, "-i", source, "-map", "0:v:0",
            *x264(height, "medium", 23 + worse, cap, 2 * cap, 4 * facts["rate"]), *audio(facts, 128, 2),
            *hls(folder, "p", 4, True)]


PEERS = {"PeerTube": (peertube, (240, 360, 480, 720)), "Open edX": (edx, tuple(EDX)),
         "MediaCMS": (mediacms, tuple(MEDIACMS))}
