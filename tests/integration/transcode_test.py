# SPDX-License-Identifier: GPL-3.0-or-later
"""banmai-transcode as a whole: what it makes of clips whose every picture is known, how it speaks, and
what is left of its work when it is killed."""
import array
import filecmp
import json
import math
import os
import shutil
import signal
import subprocess
import tempfile
import time
import unittest
from fractions import Fraction

from transcode_lib import (PROGRAM, Track, ffmpeg, ffprobe, main, nal_types, package_of, read_numbers,
                           transcode, tree_of, write_numbered)

RATE = "25/2"
N_FRAMES = 750  # a minute: three chunks


class Numbered(unittest.TestCase):
    """One minute of numbered pictures with sound, transcoded once for all tests."""

    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.mkdtemp(prefix="banmai-")
        cls.clip = os.path.join(cls.folder, "clip.mp4")
        write_numbered(cls.clip, 640, 360, RATE, range(N_FRAMES), "-c:v", "libx264", "-preset",
                       "ultrafast", "-qp", "10", "-bf", "2", "-g", "37", "-c:a", "aac", "-t", "60",
                       sound="sine=440:r=44100:d=60")
        cls.out = os.path.join(cls.folder, "out")
        cls.result = transcode("run", cls.clip, cls.out, "-j", "2")
        assert cls.result.status == 0, cls.result.stderr
        cls.package = package_of(cls.out)
        cls.video = [r for r in cls.package["renditions"] if r["kind"] == "video"]
        cls.tracks = {r["name"]: Track(os.path.join(cls.out, r["name"] + ".mp4"))
                      for r in cls.package["renditions"]}

    @classmethod
    def tearDownClass(cls):
        shutil.rmtree(cls.folder)

    def path(self, name):
        return os.path.join(self.out, name)

    def test_the_folder_holds_a_package_and_nothing_else(self):
        names = {r["name"] for r in self.package["renditions"]}
        expected = {"multivariant.m3u8", "multivariant-opus.m3u8", "audio.m3u8", "audio-opus.m3u8", "package.json",
                    "plan.json", "poster.jpg", "poster-small.jpg",
                    "storyboard.vtt", "storyboard-0.jpg", "slides.json"}
        expected |= {n + ".mp4" for n in names} | {n + ".m3u8" for n in names}
        expected |= {r["name"] + "-iframes.m3u8" for r in self.video}
        self.assertEqual(set(os.listdir(self.out)), expected)
        self.assertTrue(self.package["complete"])

    def test_no_picture_is_missing_or_repeated_at_chunk_joins(self):
        for rendition in self.video:
            numbers = read_numbers(self.path(rendition["name"] + ".mp4"), rendition["width"],
                                   rendition["height"])
            step = round(12.5 / (rendition["frame_rate"][0] / rendition["frame_rate"][1]))
            for before, now in zip(numbers, numbers[1:]):
                self.assertTrue(0 < now - before <= step, f"{rendition['name']}: {now} after {before}")
            self.assertEqual(numbers[0], 0)
            self.assertGreaterEqual(numbers[-1], N_FRAMES - step)
            if step == 1:
                self.assertEqual(len(numbers), N_FRAMES, rendition["name"])

    def test_playlists_play_to_the_end(self):
        for rendition in self.package["renditions"]:
            kind = rendition["kind"][0]
            shown = ffprobe("-count_packets", "-show_entries", "stream=start_time,nb_read_packets",
                            "-select_streams", kind, self.path(rendition["name"] + ".m3u8"))["streams"][0]
            expected = sum(len(f.samples) for f in self.tracks[rendition["name"]].fragments)
            if kind == "a":
                packet = 2880 if rendition["codecs"] == "opus" else 1024
                expected = math.ceil(60 * rendition["sample_rate"] / packet)
            self.assertEqual(int(shown["nb_read_packets"]), expected, rendition["name"])
            self.assertEqual(float(shown["start_time"]), 0)
        for name, codec in (("multivariant.m3u8", "aac"), ("multivariant-opus.m3u8", "opus")):
            streams = ffprobe("-show_entries", "stream=codec_type,codec_name", self.path(name))["streams"]
            self.assertEqual([s["codec_name"] for s in streams if s["codec_type"] == "audio"], [codec],
                             "one group: no picture here is worth the high one")
            self.assertEqual(len([s for s in streams if s["codec_type"] == "video"]), len(self.video))

    def test_segments_start_with_an_idr_at_the_same_time_in_all_rungs(self):
        starts = None
        for rendition in self.video:
            track = self.tracks[rendition["name"]]
            starts = starts or track.starts()
            self.assertEqual(track.starts(), starts)
            for fragment in track.fragments:
                types = [nal_types(s) for s in fragment.samples]
                self.assertEqual(types[0], [5])
                self.assertNotIn(5, sum(types[1:], []))
                self.assertEqual(fragment.first_flags, 0x02000000)

    def test_decode_times_are_continuous_and_presentation_is_exact(self):
        for name, track in self.tracks.items():
            at = 0
            for fragment in track.fragments:
                self.assertEqual(fragment.tfdt, at, name)
                times = track.times_of(fragment)
                self.assertEqual(min(times), at, name)
                self.assertEqual(len(set(times)), len(times), name)
                at += sum(track.durations_of(fragment))
                self.assertLess(max(times), at, name)
            sequences = [f.sequence for f in track.fragments]
            self.assertEqual(sequences, sorted(set(sequences)))

    def test_the_first_two_segments_are_short_and_none_exceeds_the_target(self):
        for rendition in self.package["renditions"]:
            seconds = [f[3] / rendition["timescale"] for f in rendition["fragments"]]
            self.assertAlmostEqual(seconds[0], 2, delta=.05)
            self.assertAlmostEqual(seconds[1], 2, delta=.05)
            self.assertLessEqual(max(seconds), self.package["target_duration_s"])

    def test_the_frame_rate_is_that_of_the_fastest_segment(self):
        for rendition in self.video:
            track = self.tracks[rendition["name"]]
            rates = [Fraction(len(f.samples) * track.timescale, sum(track.durations_of(f)))
                     for f in track.fragments]
            self.assertEqual(Fraction(*rendition["frame_rate"]), max(rates))

    def test_the_ladder_goes_up_and_no_frame_waits_longer_than_200_ms(self):
        order = [(r["height"], r["frame_rate"][0] / r["frame_rate"][1], r["average_bps"]) for r in self.video]
        self.assertEqual(order, sorted(set(order)))
        for rendition in self.video:
            track = self.tracks[rendition["name"]]
            times = sorted(t for f in track.fragments for t in track.times_of(f)) + [track.end()]
            gaps = [(b - a) / track.timescale for a, b in zip(times, times[1:])]
            self.assertLessEqual(max(gaps), .2, rendition["name"])

    def test_the_plan_says_what_the_ladder_was_chosen_by(self):
        with open(self.path("plan.json"), encoding="utf-8") as file:
            picture = json.load(file)["picture"]
        self.assertGreater(picture["content"]["moving_permille"], 0)
        tried = {tuple(t[:3]) for t in picture["trials"]}
        self.assertGreaterEqual(len(picture["trials"]), 2, "each candidate at two qualities")
        for *_, bps, quality_mdb, _motion_mdb in picture["trials"]:
            self.assertGreater(bps, 0)
            self.assertTrue(0 < quality_mdb <= 60000)
        for rung in picture["rungs"]:
            self.assertIn((rung["width"], rung["height"], rung["slot_step"]), tried)

    def test_the_index_tells_where_fragments_are(self):
        for rendition in self.package["renditions"]:
            with open(self.path(rendition["name"] + ".mp4"), "rb") as file:
                data = file.read()
            at = rendition["init"][2]
            for _, offset, size, *_ in rendition["fragments"]:
                self.assertEqual(offset, at)
                self.assertEqual(data[offset + 4:offset + 8], b"moof")
                at += size
            self.assertEqual(at, len(data))
            self.assertLess(rendition["init"][2], 1024)

    def test_bandwidths_are_those_of_the_fragments(self):
        for rendition in self.package["renditions"]:
            fragments = rendition["fragments"]
            ticks = sum(f[3] for f in fragments)
            average = sum(f[2] for f in fragments) * 8 * rendition["timescale"] / ticks
            self.assertAlmostEqual(rendition["average_bps"], average, delta=2)
            self.assertGreaterEqual(rendition["peak_bps"], rendition["average_bps"])

    def test_the_codecs_text_is_that_of_the_bitstream(self):
        for rendition in self.video:
            config = self.tracks[rendition["name"]].init
            at = config.index(b"avcC") + 4
            self.assertEqual(rendition["codecs"], "avc1." + config[at + 1:at + 4].hex())

    def test_events_tell_what_happens_and_not_too_often(self):
        events = self.result.events
        self.assertEqual(events[-1], {"event": "done"})
        planned = self.result.of("planned")
        self.assertEqual(planned, [{"event": "planned", "n_chunks": 3, "n_sounds": 1,
                                    "duration_us": 60000000}])
        chunks = [e["number"] for e in self.result.of("part") if e["kind"] == "chunk"]
        self.assertEqual(sorted(chunks), [0, 1, 2])
        sounds = [e["number"] for e in self.result.of("part") if e["kind"] == "sound"]
        self.assertEqual(sounds, list(range(len(sounds))))
        for event in self.result.of("progress"):
            self.assertIn(event["stage"], ("plan", "sound", "chunk", "join"))
            self.assertTrue(0 <= event["permille"] <= 1000)
            self.assertGreaterEqual(event["speed_permille"], 0)

    def test_tasks_run_one_by_one_in_any_order_make_the_same_bytes(self):
        folder = os.path.join(self.folder, "by-hand")
        self.assertEqual(transcode("plan", self.clip, folder).status, 0)
        for number in (2, 0, 1):
            result = transcode("chunk", self.clip, folder, number)
            self.assertEqual(result.of("part"), [{"event": "part", "kind": "chunk", "number": number}])
        self.assertEqual(transcode("sound", self.clip, folder).status, 0)
        self.assertEqual(transcode("join", folder).status, 0)
        self.assertTrue(os.path.exists(os.path.join(folder, "part-chunk-0001.json")))
        ours = tree_of(folder)
        for name, data in tree_of(self.out).items():
            if not name.endswith(".m3u8"):
                self.assertEqual(ours[name], data, name)

    def test_a_finished_package_is_done_at_once(self):
        before = {n: os.stat(self.path(n)).st_mtime_ns for n in os.listdir(self.out) if n.endswith(".mp4")}
        self.assertTrue(before)
        copy = os.path.join(self.folder, "again")
        shutil.copytree(self.out, copy)
        started = time.monotonic()
        self.assertEqual(transcode("join", copy).status, 0)
        self.assertLess(time.monotonic() - started, 2)
        for name in before:
            self.assertTrue(filecmp.cmp(self.path(name), os.path.join(copy, name), shallow=False))

    def test_another_source_is_not_mixed_into_a_package(self):
        other = os.path.join(self.folder, "other.mp4")
        write_numbered(other, 320, 180, "25", range(25))
        self.assertEqual(transcode("run", other, self.out).failure, "E_INTERNAL")

    def test_the_poster_is_small(self):
        shown = ffprobe("-show_entries", "stream=width,height,codec_name", self.path("poster.jpg"))["streams"][0]
        self.assertEqual((shown["codec_name"], shown["width"], shown["height"]), ("mjpeg", 480, 270))


class SameBytes(unittest.TestCase):
    def test_the_bytes_depended_on_what_memory_had_held_before(self):
        with tempfile.TemporaryDirectory(prefix="banmai-") as folder:
            clip = os.path.join(folder, "clip.mp4")
            write_numbered(clip, 480, 270, "25", range(50))  # 30 macroblocks wide
            trees = []
            for perturb in ("1", "77", "200"):
                out = os.path.join(folder, perturb)
                self.assertEqual(transcode("run", clip, out, MALLOC_PERTURB_=perturb).status, 0)
                trees.append(tree_of(out))
            self.assertEqual(trees[0], trees[1])
            self.assertEqual(trees[0], trees[2])


def wait_for(condition, timeout=60):
    deadline = time.monotonic() + timeout
    while time.monotonic() < deadline:
        if condition():
            return
        time.sleep(.02)
    raise AssertionError("it did not happen in time")


def children_of(pid):
    with open(f"/proc/{pid}/task/{pid}/children", encoding="ascii") as file:
        return [int(p) for p in file.read().split()]


def status_of(pid):
    with open(f"/proc/{pid}/status", encoding="ascii", errors="replace") as file:
        return dict(line.rstrip("\n").split(":\t", 1) for line in file if ":\t" in line)


class Faults(unittest.TestCase):
    """A coordinator or a task that ends in the middle."""

    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.mkdtemp(prefix="banmai-")
        cls.clip = os.path.join(cls.folder, "clip.mkv")
        ffmpeg("-f", "lavfi", "-i", "testsrc2=s=480x270:r=10:d=25", "-f", "lavfi", "-i", "sine=300:d=25",
               "-c:v", "libx264", "-preset", "ultrafast", "-qp", "20", "-c:a", "libopus", cls.clip)
        cls.whole = os.path.join(cls.folder, "whole")
        assert transcode("run", cls.clip, cls.whole).status == 0

    @classmethod
    def tearDownClass(cls):
        shutil.rmtree(cls.folder)

    def start(self, name):
        out = os.path.join(self.folder, name)
        process = subprocess.Popen([PROGRAM, "run", self.clip, out, "-j", "2"], stdin=subprocess.DEVNULL,
                                   stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        self.addCleanup(process.communicate)
        self.addCleanup(process.kill)
        return process, out

    def chunk_is_under_way(self, out):
        return os.path.exists(out) and any(n.startswith("tmp-") for n in os.listdir(out)) and \
            os.path.exists(os.path.join(out, "part-sound-0000.json"))

    def assert_same(self, out):
        self.assertEqual(tree_of(out), tree_of(self.whole))

    def test_kill_9_in_mid_chunk_leaves_nothing_running_and_a_new_run_finishes(self):
        process, out = self.start("killed")
        wait_for(lambda: self.chunk_is_under_way(out))
        tasks = children_of(process.pid)
        self.assertTrue(tasks)
        process.kill()
        process.wait()
        wait_for(lambda: not any(os.path.exists(f"/proc/{t}") for t in tasks), 5)
        self.assertEqual(transcode("run", self.clip, out).status, 0)
        self.assert_same(out)

    def test_a_task_that_is_killed_is_started_again(self):
        process, out = self.start("task-killed")
        wait_for(lambda: self.chunk_is_under_way(out))
        os.kill(children_of(process.pid)[-1], signal.SIGKILL)
        process.communicate()
        self.assertEqual(process.returncode, 0)
        self.assert_same(out)

    def test_a_single_task_that_dies_is_reported_with_its_signal(self):
        out = os.path.join(self.folder, "single")
        self.assertEqual(transcode("plan", self.clip, out).status, 0)
        process = subprocess.Popen([PROGRAM, "chunk", self.clip, out, "0"], stdout=subprocess.PIPE,
                                   stderr=subprocess.PIPE, text=True)
        wait_for(lambda: any(n.startswith("tmp-") for n in os.listdir(out)))
        os.kill(children_of(process.pid)[0], signal.SIGSEGV)
        stdout, stderr = process.communicate()
        self.assertEqual(process.returncode, 1)
        self.assertIn('"code":"E_SOURCE_CRASHES"', stdout.splitlines()[-1])
        self.assertIn('"signal":11', stdout.splitlines()[-1])
        self.assertTrue(stderr.startswith("E_SOURCE_CRASHES: "))
        self.assertFalse([n for n in os.listdir(out) if n.startswith("tmp-")])

    def test_a_stop_is_obeyed_within_two_seconds(self):
        process, out = self.start("stopped")
        wait_for(lambda: self.chunk_is_under_way(out))
        tasks = children_of(process.pid)
        started = time.monotonic()
        process.terminate()
        stdout, _ = process.communicate()
        self.assertLess(time.monotonic() - started, 2)
        self.assertEqual(process.returncode, 1)
        self.assertIn('"code":"E_CANCELLED"', stdout.splitlines()[-1])
        self.assertFalse([t for t in tasks if os.path.exists(f"/proc/{t}")])
        self.assertFalse([n for n in os.listdir(out) if n.startswith("tmp-")])

    def test_a_live_task_is_locked_in(self):
        process, out = self.start("boxed")
        wait_for(lambda: self.chunk_is_under_way(out))
        for task in children_of(process.pid):
            status = status_of(task)
            self.assertEqual(status["Seccomp"].strip(), "2")
            self.assertEqual(status["NoNewPrivs"].strip(), "1")
            self.assertEqual(int(status["CapEff"].strip(), 16), 0)
            self.assertEqual(status["Threads"].strip(), "1")
            descriptors = os.listdir(f"/proc/{task}/fd")
            self.assertLessEqual(len(descriptors), 16)
            for descriptor in descriptors:
                target = os.readlink(f"/proc/{task}/fd/{descriptor}")
                self.assertTrue(target in ("/dev/null", os.path.realpath(self.clip)) or
                                target.startswith(("socket:", os.path.realpath(out))), target)
            with open(f"/proc/{task}/environ", "rb") as file:
                self.assertNotIn(b"PATH=", file.read().replace(b"\0", b"\n"))

    def test_a_full_disk_is_reported_and_nothing_is_half_published(self):
        small = os.path.join(self.folder, "small")
        os.mkdir(small)
        if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=192k", "tmpfs", small],
                          capture_output=True, check=False).returncode != 0:
            self.skipTest("cannot mount a small file system here")
        try:
            result = transcode("run", self.clip, os.path.join(small, "out"))
            self.assertEqual(result.failure, "E_DISK_FULL", result.stderr)
            names = os.listdir(os.path.join(small, "out"))
            self.assertNotIn("package.json", names)
            self.assertFalse([n for n in names if n.startswith("tmp-")])
        finally:
            subprocess.run(["umount", small], check=True)


def onsets(samples, rate, threshold, gap_s=.5):
    """Times at which the magnitude rises above the threshold after a while of quiet."""
    times, last = [], -gap_s
    for i, value in enumerate(samples):
        if abs(value) > threshold:
            if i / rate - last >= gap_s:
                times.append(i / rate)
            last = i / rate
    return times


class Sync(unittest.TestCase):
    """Flashes and beeps that happen together stay together, whatever the container does to time."""

    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.mkdtemp(prefix="banmai-")

    @classmethod
    def tearDownClass(cls):
        shutil.rmtree(cls.folder)

    def make(self, name, rate, *options, seconds=26):
        path = os.path.join(self.folder, name)
        flash = f"color=black:s=160x120:r={rate}:d={seconds},drawbox=color=white:t=fill:" \
                "enable='lt(mod(t,2),0.2)*gte(t,1)'"
        beep = f"aevalsrc='0.6*sin(2*PI*1000*t)*lt(mod(t,2),0.2)*gte(t,1)':s=44100:d={seconds}"
        ffmpeg("-f", "lavfi", "-i", flash, "-f", "lavfi", "-i", beep, *options, path)
        return path

    def events_of(self, out):
        package = package_of(out)
        video = next(r for r in package["renditions"] if r["kind"] == "video")
        track = Track(os.path.join(out, video["name"] + ".mp4"))
        shown = sorted(t for f in track.fragments for t in track.times_of(f))
        gray = ffmpeg("-i", os.path.join(out, video["name"] + ".mp4"), "-vsync", "passthrough", "-vf",
                      "scale=1:1:flags=area", "-f", "rawvideo", "-pix_fmt", "gray", "-")
        self.assertEqual(len(gray), len(shown))
        flashes, was_light = [], False
        for time_ticks, level in zip(shown, gray):
            if level > 120 and not was_light:
                flashes.append(time_ticks / video["timescale"])
            was_light = level > 120
        return flashes, [self.beeps_of(out, r["name"]) for r in package["renditions"] if r["kind"] == "audio"]

    @staticmethod
    def beeps_of(out, name):
        sound = array.array("h", ffmpeg("-i", os.path.join(out, name + ".mp4"), "-f", "s16le", "-ac", "1", "-ar",
                                        "48000", "-"))
        return onsets(sound, 48000, 6000)

    def assert_in_sync(self, path, n_events=12):
        out = path + ".out"
        result = transcode("run", path, out)
        self.assertEqual(result.status, 0, result.stderr)
        flashes, sounds = self.events_of(out)
        self.assertEqual(len(flashes), n_events)
        self.assertEqual(len(sounds), 2, "renditions")
        for beeps in sounds:
            self.assertEqual(len(beeps), n_events)
            for flash, beep in zip(flashes, beeps):
                self.assertLess(abs(flash - beep), .020, f"flash at {flash}, beep at {beep}")

    def test_mp4_with_reordered_frames(self):
        self.assert_in_sync(self.make("a.mp4", 25, "-c:v", "libx264", "-bf", "3", "-c:a", "aac"))

    def test_matroska_in_milliseconds(self):
        self.assert_in_sync(self.make("b.mkv", 30, "-c:v", "libx264", "-c:a", "libopus"))

    def test_transport_stream_that_starts_late(self):
        self.assert_in_sync(self.make("c.ts", 25, "-c:v", "libx264", "-c:a", "mp2", "-output_ts_offset",
                                      "100"))

    def test_flv(self):
        self.assert_in_sync(self.make("d.flv", 30, "-c:v", "flv1", "-c:a", "aac"))

    def test_sixty_frames_are_halved(self):
        self.assert_in_sync(self.make("e.mp4", 60, "-c:v", "libx264", "-preset", "ultrafast", "-c:a",
                                      "aac"))

    def test_sound_that_begins_later_than_the_picture(self):
        whole = self.make("f0.mkv", 25, "-c:v", "libx264", "-c:a", "pcm_s16le")
        late = os.path.join(self.folder, "late.wav")
        path = os.path.join(self.folder, "f.mkv")
        ffmpeg("-ss", "3.4", "-i", whole, "-vn", late)
        ffmpeg("-i", whole, "-itsoffset", "3.4", "-i", late, "-map", "0:v", "-map", "1:a", "-c", "copy", path)
        out = path + ".out"
        self.assertEqual(transcode("run", path, out).status, 0)
        flashes, sounds = self.events_of(out)
        for beeps in sounds:
            self.assertEqual(len(beeps), len(flashes) - 1)
            for flash, beep in zip(flashes[1:], beeps):
                self.assertLess(abs(flash - beep), .020)

    def test_sound_with_a_hole(self):
        path = self.make("g.mkv", 25, "-af", "aselect='not(between(t,8.5,13.5))'", "-c:v", "libx264", "-c:a",
                         "pcm_s16le")
        out = path + ".out"
        self.assertEqual(transcode("run", path, out).status, 0)
        flashes, sounds = self.events_of(out)
        for beeps in sounds:
            quiet = [f for f in flashes if not any(abs(f - b) < .020 for b in beeps)]
            self.assertEqual([round(q) for q in quiet], [10, 12])
            self.assertEqual(len(beeps), len(flashes) - 2)


if __name__ == "__main__":
    main("__main__")
