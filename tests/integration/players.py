# SPDX-License-Identifier: GPL-3.0-or-later
"""Four players that are not browsers. Each function plays an address as fast as it can, and returns
(seconds that came out, complaints): 0 seconds when it did not come to the end."""
import os
import re
import shutil
import subprocess
import tempfile
import time

from transcode_lib import seconds_of

NOBODY = 65534
PLAY_S = 300
# FFmpeg 5.1 says the first of every WebVTT playlist; the others, that the machine was busy.
NOT_OURS = re.compile("Can't support the subtitle|Audio device underrun detected|Audio/Video desynchronisation|"
                      "hardware, temporary CPU spikes|position will not match")
SPEED = 4  # of those that play by the clock


def play(*command, environment=None):
    """What it printed on both outputs, and its status."""
    done = subprocess.run([str(word) for word in command], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, timeout=PLAY_S, check=False, env={**os.environ, **(environment or {})})
    return done.stdout.decode(errors="replace").replace("\r", "\n"), done.returncode


def last_packet(path):
    """When the last packet of a file begins."""
    shown, _ = play("ffprobe", "-v", "error", "-of", "csv=p=0", "-show_entries", "packet=pts_time", path)
    return max((float(time) for time in re.findall(r"^[0-9.]+", shown, re.M)), default=0)


def by_ffmpeg(url):
    """The best picture and the best sound, as ffplay would choose."""
    text, status = play("ffmpeg", "-v", "warning", "-stats", "-nostdin", "-xerror", "-i", url, "-enc_time_base", "-1",
                        "-fps_mode", "passthrough", "-f", "null", "-")
    lines = [line for line in text.split("\n") if line.strip() and not NOT_OURS.search(line)]
    times = [m.group(1) for m in (re.search(r"time=(\d+:\d+:[0-9.]+)", line) for line in lines) if m]
    return (seconds_of(times[-1]) if times and status == 0 else 0), [line for line in lines if "time=" not in line]


def by_mpv(url):
    """What it decodes is encoded again, which is no faster and no slower than the machine."""
    with tempfile.TemporaryDirectory(prefix="banmai-mpv-") as folder:
        out = os.path.join(folder, "out.mkv")
        text, status = play("mpv", "--no-config", f"--o={out}", "--ovc=mpeg2video", "--oac=pcm_s16le",
                            "--msg-level=all=warn,statusline=no", url)
        complaints = [line for line in text.split("\n") if line.strip() and not NOT_OURS.search(line)]
        return (last_packet(out) if status == 0 else 0), complaints


def by_gstreamer(url):
    """playbin3 with the demuxer that GStreamer 1.22 prefers for HLS."""
    text, status = play("/usr/bin/python3", os.path.join(os.path.dirname(__file__), "play_in_gstreamer.py"), url)
    played = re.search(r"^played ([0-9.]+) s$", text, re.M)
    complaints = re.findall(r"^(?:ERROR|WARNING).*$|^.*-(?:CRITICAL|WARNING) \*\*.*$", text, re.M)
    return (float(played.group(1)) if status == 0 and played else 0), complaints


def by_vlc(url):
    """VLC plays no faster than it is told, and says when it has come to the end: so long it has played. It does not
    run for root."""
    home = tempfile.mkdtemp(prefix="banmai-vlc-")
    become = ["setpriv", f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups"] if os.geteuid() == 0 else []
    if become:
        os.chown(home, NOBODY, NOBODY)
    try:
        started = time.monotonic()
        text, status = play(*become, "cvlc", "-vv", "-I", "dummy", "--vout", "vdummy", "--aout", "adummy", f"--rate={SPEED}",
                            "--play-and-exit", url, environment={"HOME": home})
        seconds = (time.monotonic() - started) * SPEED
    finally:
        shutil.rmtree(home, ignore_errors=True)
    complaints = re.findall(r"^.*\b(?:decoder|demux|access|stream) error.*$", text, re.M)
    return (seconds if status == 0 and "end of playlist, exiting" in text and "EOF reached" in text else 0), complaints


PLAYERS = {"ffmpeg": by_ffmpeg, "mpv": by_mpv, "GStreamer": by_gstreamer, "VLC": by_vlc}
