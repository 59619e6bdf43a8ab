# SPDX-License-Identifier: GPL-3.0-or-later
"""Files that mean harm: each ends in time, with a code or a package; nothing crashes, nobody knocks at the
port, no file of a neighbour is opened, and nothing is written outside."""
import os
import subprocess
import time
import unittest

import hostile_formats
import hostile_references
import hostile_structures
from hostile_lib import Playground, complaints, histogram
from transcode_lib import IS_LONG, MEDIA, main

SAMPLE_EVERY = 8


class Hostile(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.place = Playground()

    @classmethod
    def tearDownClass(cls):
        cls.place.close()

    def check(self, files):
        files = list(files)
        outcomes, alarms = self.place.try_all(files)
        print(histogram(outcomes))
        self.assertEqual(alarms, [])
        self.assertEqual(complaints(outcomes), [])
        return outcomes

    def all_files(self):
        files = [*hostile_references.files(self.place), *hostile_structures.files(self.place)]
        self.assertEqual(len({name for name, _ in files}), len(files))
        self.assertGreaterEqual(len(files), 300)
        return files

    @unittest.skipIf(IS_LONG, "all of them are tried")
    def test_a_sample_ends_well(self):
        self.check(f for f in self.all_files()[::SAMPLE_EVERY] if f[0] not in hostile_structures.HOURS)

    @unittest.skipUnless(IS_LONG, "takes minutes: BANMAI_LONG=1")
    def test_all_end_well(self):
        self.check(self.all_files())

    def test_files_of_every_kind_that_was_accepted_last_end_well(self):
        outcomes = self.check(hostile_formats.files(hostile_formats.PER_KIND if IS_LONG else 4))
        self.assertGreater(sum(o.code == "made" for o in outcomes), len(outcomes) / 8, "they are refused at the door")

    def test_a_picture_of_one_line_once_was_an_error_of_the_server(self):
        lines = [("one-line.mov", lambda: hostile_formats.all_of("png.mov")[46])]
        self.assertEqual([o.code for o in self.check(lines)], ["E_NO_STREAM"])

    def test_scripts_are_no_media_whatever_they_are_called(self):
        scripts = [s for s in hostile_references.scripts(self.place) if IS_LONG or "file-" in s[0] or "beside" in s[0]]
        for outcome in self.check(scripts):
            self.assertIn(outcome.code, ("E_NOT_MEDIA", "E_NO_STREAM"), outcome.name)

    def test_times_that_no_recording_has_once_overflowed_what_was_computed_from_them(self):
        names = {"tfdt-time-80000000.mp4", "tfdt-time-7fffffff.mp4", "second-cluster-at-63-bits.mkv",
                 "second-cluster-at-64-bits.mkv", "stco-offset-ffffffff.mp4"}
        self.check(f for f in hostile_structures.files(self.place) if f[0] in names)

    def test_more_streams_than_libav_takes_were_once_called_no_media(self):
        names = {"ten-thousand-whole-tracks.mp4", "three-hundred-tracks.mkv", "avi-many-streams.avi", "ts-8000-pids.ts"}
        outcomes = self.check(f for f in hostile_structures.files(self.place) if f[0] in names)
        self.assertEqual({o.name: o.code for o in outcomes}, dict.fromkeys(names, "E_TOO_MANY_STREAMS"))

    def test_thousands_of_programs_once_took_minutes(self):
        names = {"ts-2000-programs.ts", "ts-8000-programs.ts", "ts-8000-programs-behind-6-mb.ts"}
        outcomes = self.check(f for f in hostile_structures.files(self.place) if f[0] in names)
        self.assertEqual({o.name: o.code for o in outcomes}, dict.fromkeys(names, "E_TOO_MANY_STREAMS"))
        self.assertLess(max(o.seconds for o in outcomes), 20)

    @unittest.skipUnless(os.path.isdir(MEDIA), "no folder of real media beside this repository")
    def test_hostile_files_of_the_media_folder(self):
        folder = os.path.join(MEDIA, "hostile")

        def content(name):
            with open(os.path.join(folder, name), "rb") as file:
                return file.read()
        self.check((name, lambda n=name: content(n)) for name in sorted(os.listdir(folder)) if not name.endswith("'movie.mov"))


class Alarms(unittest.TestCase):
    """The alarms go off when somebody does what the tests above say nobody does."""

    def setUp(self):
        self.place = Playground()
        self.addCleanup(self.place.close)

    def test_stock_ffmpeg_reads_the_neighbours_file(self):
        path = os.path.join(self.place.uploads, "playlist.mp4")
        with open(path, "w", encoding="ascii") as file:
            file.write("#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXTINF:1,\nneighbour.ts\n#EXT-X-ENDLIST\n")
        self.place.files.touched()
        subprocess.run(["ffprobe", "-v", "quiet", path], stdin=subprocess.DEVNULL, check=False, timeout=60)
        self.assertEqual(self.place.files.touched(), {self.place.secret})

    def test_stock_ffmpeg_goes_to_the_network_when_it_may(self):
        self.assertFalse(self.place.port.knocked())
        process = subprocess.Popen(["ffprobe", "-v", "quiet", f"tcp://127.0.0.1:{self.place.port.port}"],
                                   stdin=subprocess.DEVNULL)
        try:  # it waits for an answer that does not come
            deadline = time.monotonic() + 20
            while not self.place.port.knocked():
                self.assertLess(time.monotonic(), deadline)
                time.sleep(.05)
        finally:
            process.kill()
            process.wait()

    def test_a_file_that_changes_or_appears_is_seen(self):
        before = self.place.snapshot()
        self.assertEqual(self.place.snapshot(), before)
        with open(os.path.join(self.place.folder, "new"), "w", encoding="ascii"):
            pass
        self.assertNotEqual(self.place.snapshot(), before)

    def test_only_opening_is_enough(self):
        self.place.files.touched()
        os.close(os.open(self.place.key, os.O_RDONLY))
        self.assertEqual(self.place.files.touched(), {self.place.key})


if __name__ == "__main__":
    main("__main__")
