# SPDX-License-Identifier: GPL-3.0-or-later
"""Recordings whose picture and tone say which second they are from, and eyes and ears for what was made of
them.

Second s is grey 20 + 10 * (s mod 20) and a tone of 300 + 100 * (s mod 10) Hz, s being the file's own time."""
import cmath
import json
import os

from transcode_lib import ffmpeg

GREYS, TONES = 20, 10
SAMPLES = 4000  # a second, of what is listened to
PICTURES = 10   # a second, of what is looked at


def grey_of(second):
    return 20 + 10 * (second % GREYS)


def tone_of(second):
    return 300 + 100 * (second % TONES)


def picture_input(rate, start, length, gap=None, size="160x90"):
    """Options of ffmpeg: pictures at `rate` from `start` on, none between the two times of `gap`."""
    source = (f"color=c=black:s={size}:r={rate}:d={length},"
              f"geq=lum='20+10*mod(floor(T+{start}+0.001)\\,{GREYS})':cb=128:cr=128")
    if gap:
        source += f",select='not(between(t+{start}\\,{gap[0]}\\,{gap[1]}))'"
    return ["-itsoffset", start, "-f", "lavfi", "-i", source]


def sound_input(start, length, rate=16000):
    return ["-itsoffset", start, "-f", "lavfi", "-i",
            f"aevalsrc='0.3*sin(2*PI*t*(300+100*mod(floor(t+{start}+0.0001)\\,{TONES})))':s={rate}:d={length}"]


def renditions(folder, kind):
    with open(os.path.join(folder, "package.json"), encoding="utf-8") as file:
        return [r["name"] for r in json.load(file)["renditions"] if r["kind"] == kind]


def seen(folder):
    """The grey that is shown in the middle of each tenth of a second, of the best rung."""
    names = renditions(folder, "video")
    if not names:
        return []
    raw = ffmpeg("-i", os.path.join(folder, names[-1] + ".mp4"), "-vf",
                 f"fps={PICTURES}:round=down:start_time=0,scale=16:16:flags=area", "-f", "rawvideo",
                 "-pix_fmt", "yuv420p", "-")
    return list(raw[16 * 8 + 8::16 * 16 * 3 // 2])


def loudness_of(samples, hertz):
    turn = cmath.exp(-2j * cmath.pi * hertz / SAMPLES)
    at, total = 1, 0
    for sample in samples:
        total += sample * at
        at *= turn
    return abs(total) / max(len(samples), 1)


def heard(folder, at):
    """The second mod 10 that the tone around that time is from, or None for silence."""
    if not hasattr(heard, "folder") or heard.folder != folder:
        pcm = ffmpeg("-i", os.path.join(folder, "audio.m3u8"), "-ac", 1, "-ar", SAMPLES, "-f", "s16le", "-")
        heard.folder = folder
        heard.samples = [int.from_bytes(pcm[i:i + 2], "little", signed=True) for i in range(0, len(pcm), 2)]
    window = heard.samples[int((at - .12) * SAMPLES):int((at + .12) * SAMPLES)]
    if not window or max(map(abs, window)) < 200:
        return None
    return max(range(TONES), key=lambda tone: loudness_of(window, tone_of(tone)))
