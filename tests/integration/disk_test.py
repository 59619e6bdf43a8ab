#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Disks that are lost, older than they should be, or full: nothing is deleted that the database does not
say was deleted, and jobs wait for room without losing an attempt."""
import os
import shutil
import subprocess
import sys
import tempfile
import unittest

from server import Server, Tus, descendants, make_clip, wait_for

MARGIN_BYTES = 200 << 20  # more than the room that a task wants above the floor


def files_below(folder):
    return sorted(os.path.join(path, name) for path, _, names in os.walk(folder) for name in names)


def end(server):
    if server.process is not None:
        server.kill()


def warnings(server, word):
    return [line for line in server.log if line["level"] == "warn" and word in line["msg"]]


class Disk(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.mkdtemp(prefix="banmai-disk-")
        path = os.path.join(cls.folder, "clip.mp4")
        make_clip(path, 6)
        with open(path, "rb") as file:
            cls.clip = file.read()

    @classmethod
    def tearDownClass(cls):
        shutil.rmtree(cls.folder, ignore_errors=True)

    def start(self, **settings):
        self.server = Server(**settings).start()
        self.addCleanup(end, self.server)
        return self.server

    def restart(self, **settings):
        self.server.stop()
        return self.start(data=self.server.data, **settings)

    def put_database(self, backup):
        for end in ("-wal", "-shm"):
            path = f"{self.server.data}/banmai.sqlite3{end}"
            if os.path.exists(path):
                os.unlink(path)
        shutil.copy(backup, f"{self.server.data}/banmai.sqlite3")

    def test_an_older_backup_and_a_lost_database_delete_nothing(self):
        server = self.start()
        self.addCleanup(shutil.rmtree, server.data, True)
        server.add_user("root", "admin")
        server.add_user("thay", "instructor")
        backup = os.path.join(self.folder, "older")
        server.tool("backup", backup)
        thay = server.client("thay")
        lecture = Tus(thay).send(self.clip, title="made after the backup", filename="a.mp4")
        server.wait_for_state(thay, lecture, "ready")
        server.stop()
        before = files_below(f"{server.data}/media")
        self.put_database(backup)
        server = self.start(data=server.data, local_worker="no", deleted_keep_hours=0)
        wait_for("what is unknown to be told", lambda: warnings(server, "does not know are left alone"))
        self.assertEqual(files_below(f"{server.data}/media"), before)
        load = server.client("root").get("/api/v1/admin/load").json()["unknown_media"]
        self.assertEqual(load["unknown_sources_files"], 1)
        self.assertEqual(load["unknown_packages_files"], 1)
        self.assertGreaterEqual(load["unknown_sources_bytes"], len(self.clip))

        server.stop()
        os.unlink(f"{server.data}/banmai.sqlite3")
        for command in (server.arguments(), server.arguments()[:1] + ["user", "list", "--data", server.data]):
            run = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
            self.assertEqual(run.returncode, 1, run.stderr)
            self.assertIn("holds recordings, but the database", run.stderr)
        self.assertFalse(os.path.exists(f"{server.data}/banmai.sqlite3"))
        self.assertEqual(files_below(f"{server.data}/media"), before)

    def test_what_was_deleted_goes_and_only_that(self):
        server = self.start(local_worker="no")
        self.addCleanup(shutil.rmtree, server.data, True)
        server.add_user("thay", "instructor")
        thay = server.client("thay")
        gone = Tus(thay).send(self.clip + b"1", title="to go", filename="a.mp4")
        kept = Tus(thay).send(self.clip + b"22", title="to stay", filename="b.mp4")
        for lecture in (gone, kept):
            server.wait_for_state(thay, lecture, "queued")
        self.assertEqual(thay.call("DELETE", f"/api/v1/lectures/{gone}").status, 204)
        self.restart(local_worker="no")
        wait_for("the first round", lambda: os.listdir(f"{server.data}/media/sources"))
        self.assertEqual(len(files_below(f"{server.data}/media/sources")), 2, "a day has to pass")
        self.restart(local_worker="no", deleted_keep_hours=0)
        wait_for("the source to go", lambda: len(files_below(f"{server.data}/media/sources")) == 1)
        size = os.path.getsize(files_below(f"{server.data}/media/sources")[0])
        self.assertEqual(size, len(self.clip) + 2)

    def test_jobs_wait_for_room_and_go_on(self):
        server = self.start(local_worker="no")
        self.addCleanup(shutil.rmtree, server.data, True)
        server.add_user("root", "admin")
        server.add_user("thay", "instructor")
        thay = server.client("thay")
        lecture = Tus(thay).send(self.clip, title="t", filename="a.mp4")
        server.wait_for_state(thay, lecture, "queued")
        floor = shutil.disk_usage(server.data).free + MARGIN_BYTES
        server = self.restart(disk_floor_bytes=str(floor))
        wait_for("the log to tell", lambda: warnings(server, "jobs wait"))
        told = server.client("thay").lecture(lecture)
        self.assertEqual((told["state"], told["job"]["waits_for"]), ("queued", "disk_space"))
        load = server.client("root").get("/api/v1/admin/load").json()
        self.assertTrue(load["jobs_wait_for_disk"])
        ready = server.client("thay").get("/readyz")
        self.assertIn(b"disk: little free space", ready.body)
        self.assertEqual(len(warnings(server, "jobs wait")), 1)
        server = self.restart()
        server.wait_for_state(server.client("thay"), lecture, "ready")
        self.assertIsNone(server.client("thay").lecture(lecture)["job"]["waits_for"])


@unittest.skipUnless(os.geteuid() == 0, "mounts a small disk")
class SmallDisk(unittest.TestCase):
    """On a disk of its own, which can be filled, and made read-only."""

    def setUp(self):
        self.disk = tempfile.mkdtemp(prefix="banmai-small-")
        mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=48m", "tmpfs", self.disk],
                                 capture_output=True, check=False)
        if mounted.returncode != 0:
            os.rmdir(self.disk)
            self.skipTest("nothing may be mounted here")
        self.addCleanup(os.rmdir, self.disk)
        self.addCleanup(subprocess.run, ["umount", "-l", self.disk], check=True)

    def fill_to(self, free_bytes):
        path = f"{self.disk}/filler"
        with open(path, "ab") as file:
            excess = shutil.disk_usage(self.disk).free - free_bytes
            file.write(b"\0" * max(excess, 0))

    @staticmethod
    def transcoders(server):
        return [pid for pid, name in descendants(server.process.pid) if name.startswith("banmai-transcod")]

    def test_a_running_job_is_put_back_and_readiness_tells_what_can_be_written(self):
        server = Server(data=f"{self.disk}/data", disk_floor_bytes="8M", workers="1").start()
        self.addCleanup(end, server)
        server.add_user("thay", "instructor")
        thay = server.client("thay")
        path = f"{self.disk}/clip.mp4"
        make_clip(path, 12, size="640x360")
        with open(path, "rb") as file:
            clip = file.read()
        os.unlink(path)
        lecture = Tus(thay).send(clip, title="t", filename="a.mp4")
        server.wait_for_state(thay, lecture, "processing")
        self.fill_to(9 << 20)
        wait_for("the job to wait", lambda: thay.lecture(lecture)["job"]["waits_for"])
        wait_for("the worker to stop", lambda: not self.transcoders(server))
        self.assertGreaterEqual(shutil.disk_usage(self.disk).free, 8 << 20)
        self.assertEqual(thay.get("/readyz").status, 200)

        self.fill_to(0)
        reply = wait_for("readiness to end", lambda: (lambda r: r.status == 503 and r)(thay.get("/readyz")))
        self.assertIn(b"database: cannot write", reply.body)
        os.unlink(f"{self.disk}/filler")
        wait_for("readiness", lambda: thay.get("/readyz").status == 200)
        server.wait_for_state(thay, lecture, "ready", "failed")
        told = thay.lecture(lecture)
        self.assertEqual((told["state"], told["job"]["error"]), ("ready", None))
        self.assertEqual([line for line in server.log if line["msg"] == "task failed"], [])
        server.stop()


if __name__ == "__main__":
    sys.exit(unittest.main())
