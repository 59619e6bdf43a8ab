# SPDX-License-Identifier: GPL-3.0-or-later
"""Pictures are spaced so that players' buffers have no holes, whatever the recording's own spacing: each rule of
docs/transcoding.md ("How frames are spaced") for each fragment that is made of clips of many kinds."""
import os
import shutil
import subprocess
import tempfile
import unittest

from server import MEDIA
from transcode_lib import Track, main, package_of, transcode

SECONDS = 9
CLOSED_S = .0834  # WebKit closes holes up to 2002/24000 s
MOVING = "testsrc2=size=320x180:rate={rate}"
SLIDES = "color=white:size=320x180:rate={rate},drawbox=x=20:y='20+20*floor(t/3)':w='1+mod(t*60\\,250)':h=9:color=blue:t=fill"
BURSTS = MOVING + ",select='lt(mod(t\\,5)\\,1.7)+lt(mod(t\\,3.1)\\,0.13)',mpdecimate"
BLINKS = "color=gray:size=320x180:rate={rate},drawbox=x=20:y=20:w=90:h=90:color=red:t=fill:enable='lt(random(0)\\,0.1)'"
CLIPS = {
    "a camera": (MOVING, "25"), "a camera of the television": (MOVING, "30000/1001"), "a film": (MOVING, "24"),
    "a slow camera": (MOVING, "10"), "a fast screen": (MOVING, "60"), "slides with ink": (SLIDES, "25"),
    "slides at a rate of television": (SLIDES, "30000/1001"), "one picture a second": (SLIDES, "1"),
    "a phone that drops equal pictures": (BURSTS, "25"), "bursts at an odd rate": (BURSTS, "27"),
    "blinks": (BLINKS, "30"), "rare blinks": (BLINKS, "12"),
}


def faults_of(track):
    """What a player would stumble over, as texts."""
    faults = ["there is an edit list"] if track.delay else []
    second = track.timescale
    step = track.default_duration
    for n, fragment in enumerate(track.fragments):
        durations = track.durations_of(fragment)
        end = fragment.tfdt + sum(durations)
        is_last = n + 1 == len(track.fragments)
        shown = track.times_of(fragment)
        order = sorted(shown)
        gaps = [b - a for a, b in zip(order, order[1:] + [end])]
        where = f"fragment {n} at {fragment.tfdt / second:.3f} s"
        if shown[0] != fragment.tfdt or shown[0] != order[0]:
            faults.append(f"{where}: decoding and showing do not start together")
        if min(fragment.offsets) < 0:
            faults.append(f"{where}: shown before it is decoded")
        if max(gaps[:-1] if is_last else gaps) > max(step + CLOSED_S * second, step):
            faults.append(f"{where}: a gap of {max(gaps) / second:.3f} s, frames are said to last {step / second:.3f}")
        if max(gaps[:-1] if is_last else gaps) > max(.2 * second, step):
            faults.append(f"{where}: a gap of {max(gaps) / second:.3f} s, browsers stall")
        if not is_last and gaps[-1] < step:
            faults.append(f"{where}: the last frame of {gaps[-1] / second:.3f} s reaches into the next segment")
        greatest = step
        for i, duration in enumerate(durations[:-1]):
            if duration > 2 * greatest:
                faults.append(f"{where}: {duration / second:.3f} s to decoding frame {i + 1}, at most {greatest / second:.3f} before")
            greatest = max(greatest, duration)
        lasts = {time: time + duration for time, duration in zip(shown, durations)}
        for time, following in zip(order, order[1:]):
            if following - lasts[time] > CLOSED_S * second:
                faults.append(f"{where}: a hole of {(following - lasts[time]) / second:.3f} s for who takes durations as they are")
        if not is_last and max(lasts.values()) > end:
            faults.append(f"{where}: a duration reaches into the next segment")
    return faults


class Spacing(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.mkdtemp(prefix="banmai-")
        self.addCleanup(shutil.rmtree, self.folder)

    def check(self, source):
        out = os.path.join(self.folder, "out")
        shutil.rmtree(out, ignore_errors=True)
        result = transcode("run", source, out)
        self.assertEqual(result.status, 0, result.stderr)
        rungs = [r for r in package_of(out)["renditions"] if r["kind"] == "video"]
        self.assertTrue(rungs)
        for rung in rungs:
            track = Track(os.path.join(out, rung["name"] + ".mp4"))
            self.assertEqual(faults_of(track)[:5], [], rung["name"])

    def test_clips_of_every_kind(self):
        for what, (picture, rate) in CLIPS.items():
            with self.subTest(what):
                clip = os.path.join(self.folder, "clip.mkv")
                subprocess.run(["ffmpeg", "-v", "error", "-y", "-f", "lavfi", "-i", picture.format(rate=rate), "-fps_mode",
                                "vfr", "-t", str(SECONDS), "-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p",
                                clip], check=True)
                self.check(clip)

    @unittest.skipUnless(os.path.isdir(MEDIA), "the recordings are not there")
    def test_recordings(self):
        for name in ("khan-counting-55s.mp4", "eth-slidechanges-vfr-28s.mov", "speaker-and-terminal-8s.mp4"):
            with self.subTest(name):
                self.check(os.path.join(MEDIA, "lectures", name))


if __name__ == "__main__":
    main(__name__)
