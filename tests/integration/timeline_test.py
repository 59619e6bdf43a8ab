#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every second of picture and sound at its own time, whatever the recording's time line looks like: late
starts, tracks of unequal length, pictures rarer than one in ten seconds, reordered or not, gaps, ends that
an edit list cuts off, last pictures that stand. BANMAI_SEED repeats a run."""
import json
import os
import random
import shutil
import struct
import tempfile
import time
import unittest

import timeline
from transcode_lib import IS_LONG, ffmpeg, main, package_of, transcode

N_TIME_LINES = 500 if IS_LONG else 50
SLACK = .2          # seconds that need no account
NEAR_CHANGE = .25   # so near to where a second ends either one may be seen or heard


class TimeLine:
    """One recording: what it is made of, and what must be shown and heard of it."""

    FORMS = {"mp4": ("libx264", "aac"), "mov": ("libx264", "aac"), "mkv": ("libx264", "aac"),
             "ts": ("libx264", "aac"), "webm": ("libvpx", "libopus"), "avi": ("mpeg4", "pcm_s16le"),
             "flv": ("libx264", "aac")}

    def __init__(self, seed):
        pick = random.Random(seed)
        self.seed = seed
        self.form = pick.choice(list(self.FORMS))
        self.rate = pick.choice(["1/10", "1/5", "1/2", "1", "2", "5", "10", "25"])
        if self.form == "flv" and self.fps() < 2:
            self.rate = "2"  # its writer refuses longer distances
        self.n_b_frames = pick.choice([0, 0, 2, 3]) if self.form not in ("avi", "flv") else 0  # no time for them
        self.key_distance = pick.choice([1, 3, 10, 250])
        self.has_picture = pick.random() < .95
        self.has_sound = not self.has_picture or pick.random() < .85
        can_start_late = self.form not in ("avi",)
        late = [1.4, 3] if self.fps() >= 5 else [1 / self.fps()]  # its writers count in pictures
        self.picture_start = pick.choice([0, 0, *late]) if can_start_late else 0
        self.sound_start = pick.choice([0, 0, .6, 2.5]) if can_start_late else 0
        n_pictures = max(2, int(self.fps() * pick.uniform(4, 12)))
        self.n_pictures = min(n_pictures, 120) if self.fps() >= 1 else pick.randint(2, 3)
        self.sound_length = pick.choice([3, 5.5, 9, 14])
        self.picture_gap = self.gap(pick, self.picture_start, self.picture_length()) if self.fps() >= 5 else None
        self.sound_gap = self.gap(pick, self.sound_start, self.sound_length) if self.form in ("mp4", "mkv", "ts") else None
        can_trim = self.form in ("mp4", "mov") and self.picture_start == 0 and self.sound_start == 0
        self.trim = None
        if can_trim and not self.picture_gap and not self.sound_gap and pick.random() < .5:
            shortest = min(self.picture_length(), self.sound_length if self.has_sound else 99)
            self.trim = (pick.choice([0, round(shortest * .3, 2)]), round(shortest * .5, 2))  # from, length

    def fps(self):
        numerator, _, denominator = self.rate.partition("/")
        return int(numerator) / int(denominator or 1)

    def picture_length(self):
        return self.n_pictures / self.fps()

    @staticmethod
    def gap(pick, start, length):
        if length < 4 or pick.random() > .3:
            return None
        begin = start + pick.uniform(1, length / 2)
        return round(begin, 1), round(begin + pick.uniform(.5, length / 3), 1)

    def __str__(self):
        return f"BANMAI_SEED={self.seed} " + json.dumps({k: v for k, v in vars(self).items() if k != "seed"})

    # -- making it

    def write(self, folder):
        path = os.path.join(folder, "recording." + self.form)
        video, audio = self.FORMS[self.form]
        inputs, maps, options = [], [], []
        if self.has_picture:
            inputs += timeline.picture_input(self.rate, self.picture_start, self.picture_length() - .001,
                                             self.picture_gap)
            maps += ["-map", "0:v"]
            options += ["-c:v", video, "-g", self.key_distance, "-fps_mode", "passthrough"]
            options += ["-preset", "ultrafast", "-bf", self.n_b_frames] if video == "libx264" else ["-b:v", "200k"]
        if self.has_sound:
            inputs += timeline.sound_input(self.sound_start, self.sound_length)
            maps += ["-map", f"{int(self.has_picture)}:a"]
            options += ["-c:a", audio] + (["-ar", 48000] if audio == "libopus" else [])
            if self.sound_gap:
                first, last = (int((t - self.sound_start) * 16000 / 1024) + 1 for t in self.sound_gap)
                options += ["-bsf:a", f"noise=drop='between(n\\,{first}\\,{last})'"]
        ffmpeg(*inputs, *maps, *options, "-muxdelay", 0, "-muxpreload", 0, path)
        if self.trim:
            self.cut_by_edit_list(path)
        return path

    def cut_by_edit_list(self, path):
        """As QuickTime saves a selection: one edit for each track."""
        with open(path, "rb") as file:
            data = bytearray(file.read())
        scale = struct.unpack_from(">I", data, data.index(b"mvhd") + 16)[0]
        track_scales, at = [], 0
        while (at := data.find(b"mdhd", at + 1)) > 0:
            track_scales.append(struct.unpack_from(">I", data, at + 16)[0])
        at, n = 0, 0
        while (at := data.find(b"elst", at + 1)) > 0:
            media_time = struct.unpack_from(">i", data, at + 16)[0]
            struct.pack_into(">Ii", data, at + 12, int(self.trim[1] * scale),
                             int(self.trim[0] * track_scales[n]) + max(media_time, 0))
            n += 1
        with open(path, "wb") as file:
            file.write(data)

    # -- what must come out

    def pictures(self):
        """(time in the file, second that it says) of each picture that is shown."""
        times = [self.picture_start + i / self.fps() for i in range(self.n_pictures)]
        gap = self.picture_gap
        return [t for t in times if not gap or not gap[0] <= t <= gap[1]] if self.has_picture else []

    def spans(self):
        spans = []
        if self.has_picture:
            spans.append((self.picture_start, self.picture_start + self.picture_length()))
        if self.has_sound:
            spans.append((self.sound_start, self.sound_start + self.sound_length))
        if self.trim:
            spans = [(self.trim[0], min(sum(self.trim), end)) for _, end in spans]
        return spans

    def start(self):
        return min(start for start, _ in self.spans())

    def end(self):
        return max(end for _, end in self.spans())

    def grey_at(self, at):
        """What is seen at a time of the file, or None where two pictures are near."""
        times = self.pictures()
        changes = [t for t, before in zip(times[1:], times) if int(t + .001) != int(before + .001)]
        if any(abs(t - at) < NEAR_CHANGE for t in changes):
            return None
        before = [t for t in times if t <= at]
        return timeline.grey_of(int((before[-1] if before else times[0]) + .001))

    def tone_at(self, at):
        """(whether it is known, second mod 10 or None for silence)."""
        begin, end = self.sound_start, self.sound_start + self.sound_length
        near = 1.5 * NEAR_CHANGE
        if self.sound_gap and self.sound_gap[0] - near < at < self.sound_gap[1] + near:
            return self.sound_gap[0] + near < at < self.sound_gap[1] - near, None
        if begin + near < at < end - near:
            return True, int(at) % timeline.TONES
        return at < begin - near or at > end + near, None


class TimeLines(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.mkdtemp(prefix="banmai-")

    def tearDown(self):
        shutil.rmtree(self.folder)

    def faults_of(self, line):
        """What is wrong with the package of a time line."""
        path = line.write(self.folder)
        out = os.path.join(self.folder, f"{line.seed}.out")
        result = transcode("run", path, out, "-j", 1)
        if result.status != 0:
            return [result.stderr.strip()]
        faults = [w["code"] for w in result.of("warning") if w["code"] not in ("E_NO_AUDIO", "E_GAP")]
        duration = package_of(out)["duration_us"] / 1e6
        wanted = line.end() - line.start()
        if not wanted - SLACK <= duration <= wanted + SLACK + .1:
            faults.append(f"{duration} s instead of {wanted}")
        return faults + self.wrong_pictures(line, out) + self.wrong_tones(line, out)

    @staticmethod
    def wrong_pictures(line, out):
        wrong = []
        for i, grey in enumerate(timeline.seen(out)):
            at = line.start() + (i + .5) / timeline.PICTURES
            wanted = line.grey_at(at)
            if wanted is not None and abs(grey - wanted) > 4 and at < line.end() - .2:
                wrong.append(f"at {at:.2f} grey {grey} instead of {wanted}")
        return wrong[:3] + ([f"… {len(wrong)} pictures"] if len(wrong) > 3 else [])

    @staticmethod
    def wrong_tones(line, out):
        wrong = []
        for i in range(int(line.start()), int(line.end()) if line.has_sound else 0):
            at = i + .5
            is_known, wanted = line.tone_at(at) if line.start() < at - .2 and at < line.end() - .2 else (False, None)
            if is_known and (tone := timeline.heard(out, at - line.start())) != wanted:
                wrong.append(f"at {at:.2f} tone {tone} instead of {wanted}")
        return wrong[:3] + ([f"… {len(wrong)} tones"] if len(wrong) > 3 else [])

    def test_a_cut_before_the_last_key_frame_once_ended_with_the_rest(self):
        line = TimeLine(0)
        vars(line).update(form="mov", rate="2", n_b_frames=3, key_distance=10, n_pictures=23, sound_length=5.5,
                          has_picture=True, has_sound=True, picture_start=0, sound_start=0, picture_gap=None,
                          sound_gap=None, trim=(0, 2.75))
        self.assertEqual(self.faults_of(line), [])

    def test_every_second_is_shown_and_heard_at_its_own_time(self):
        seed = int(os.environ.get("BANMAI_SEED", time.time_ns() // 1000))
        print(f"timeline: BANMAI_SEED={seed}", flush=True)
        for k in range(N_TIME_LINES):
            line = TimeLine(seed + k)
            with self.subTest(str(line)):
                self.assertEqual(self.faults_of(line), [])


if __name__ == "__main__":
    main("__main__")
