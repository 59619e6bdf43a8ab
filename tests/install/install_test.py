#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""The Debian package, installed into a system of its own (chroot.py), upgraded, removed and purged there; and its
units, started and stopped by the systemd of a virtual machine whose root that system is.

Needs root, a mirror of Debian and three minutes: `tests/run.sh install`, and with --long."""
import os
import re
import shutil
import subprocess
import sys
import unittest

sys.path[:0] = [os.path.join(os.path.dirname(os.path.dirname(os.path.realpath(__file__))), folder)
                for folder in ("deploy", "kernel_tls")]
import guest  # noqa: E402  pylint: disable=wrong-import-position
from chroot import ROOT, Chroot  # noqa: E402  pylint: disable=wrong-import-position
from package_test import build_package  # noqa: E402  pylint: disable=wrong-import-position

GUEST_S = 1500  # an emulated processor beside other work
INI = "/etc/banmai/banmai.ini"
DATA = "/var/lib/banmai"
# Where users are noted, which stay.
OF_USERS = {f"etc/{name}{copy}" for name in ("passwd", "group", "shadow", "gshadow") for copy in ("", "-")}
# Runs as the user of the package, as its unit does.
SERVE = f"""set -e
setpriv --reuid banmai --regid banmai --init-groups --no-new-privs \\
  banmai serve --config {INI} --listen 127.0.0.1:8092 --redis-max-bytes 64M 2>/tmp/log & server=$!
for try in $(seq 300); do curl -fs --max-time 5 http://127.0.0.1:8092/readyz >/dev/null && break; sleep 0.2; done
curl -fsS http://127.0.0.1:8092/readyz || {{ cat /tmp/log; exit 1; }}
curl -fsS http://127.0.0.1:8092/ | grep -o '<html lang="vi"'
echo 'correct horse battery' | banmai user add lan --role admin --password-stdin --data {DATA} ||
  banmai user list --data {DATA} | grep -qw lan
kill $server; wait $server
find {DATA} ! -user banmai -printf 'not of banmai: %p\\n'
"""
IN_GUEST = r"""set -u
check() { if eval "$2"; then echo "good: $1"; else echo "bad: $1"; systemctl status --no-pager banmai; journalctl -b --no-pager -u banmai | tail -n 40; fi; }
is_ready() { for try in $(seq 120); do curl -fs --max-time 20 http://127.0.0.1:8080/readyz >/dev/null && return 0; sleep 1; done; return 1; }
check 'the boot started the server' 'is_ready'
pid=$(systemctl show -P MainPID banmai)
check 'it runs as banmai' '[ "$(stat -c %U /proc/$pid)" = banmai ]'
check 'so do its children' '[ -z "$(ps -o user= --ppid $pid | grep -v "^banmai$")" ] && [ -n "$(ps -o pid= --ppid $pid)" ]'
check 'no new privileges' 'grep -q "^NoNewPrivs:.1" /proc/$pid/status'
check 'the folder is its own' '[ "$(stat -c "%U %a" /var/lib/banmai)" = "banmai 750" ]'
check 'other folders are closed to it' '! nsenter -t $pid -m -- setpriv --reuid banmai --regid banmai --clear-groups touch /usr/x /etc/x 2>/dev/null'
(while [ ! -e /run/made ]; do for task in $(pgrep banmai-transcod); do
  [ "$(readlink /proc/$task/ns/net)" = "$(readlink /proc/$pid/ns/net)" ] || grep -h "^Cap[EB]\|^Seccomp_filters" /proc/$task/status | tr -d "\n\t"; echo
done; sleep 0.05; done >/run/boxes 2>/dev/null) &
check 'a lecture is made' 'banmai publish /lecture.mp4 --title T --wait --data /var/lib/banmai'
touch /run/made
sort -u /run/boxes
check 'in a box without network and capabilities' 'grep -q "CapEff:0000000000000000CapBnd:0000000000000000Seccomp_filters" /run/boxes'
check 'a reload keeps the process' 'systemctl reload banmai && sleep 3 && [ "$(systemctl show -P MainPID banmai)" = $pid ] && is_ready'
check 'it was told of the reload' 'journalctl -b --no-pager -u banmai | grep -q "settings reloaded"'
check 'stopping is clean' 'systemctl stop banmai && [ "$(systemctl show -P Result banmai)" = success ]'
check 'nothing is left running' '[ -z "$(ps -o pid= -u banmai)" ]'
check 'a worker without settings is skipped' 'systemctl start banmai-worker && [ "$(systemctl show -P ConditionResult banmai-worker)" = no ]'
printf '[worker]\nredis = unix:/run/redis/redis-server.sock\nmedia = /var/lib/banmai/media\n' >/etc/banmai/worker.ini
check 'a worker with settings starts' 'systemctl start banmai-worker && sleep 3 && systemctl is-active banmai-worker'
check 'and stops' 'systemctl stop banmai-worker && [ "$(systemctl show -P Result banmai-worker)" = success ]'
printf '[server]\ndata = /var/lib/banmai\nlisten = 127.0.0.1:443\n' >/etc/banmai/banmai.ini
check 'a port below 1024 is its own to take' 'systemctl start banmai && for try in $(seq 60); do curl -fs --max-time 20 http://127.0.0.1:443/readyz >/dev/null && break; sleep 1; done && curl -fsS http://127.0.0.1:443/healthz'
systemctl stop banmai
"""
N_CHECKS = IN_GUEST.count("\ncheck '")


@unittest.skipUnless(os.getuid() == 0, "not root: debootstrap and its mounts need it")
class Installation(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.package = build_package()
        try:
            cls.chroot = Chroot()
            cls.addClassCleanup(cls.chroot.close)
            cls.run_in = cls.chroot.run
            cls.run_in("apt-get", "update", "-q")
        except (subprocess.CalledProcessError, AssertionError) as fault:
            raise unittest.SkipTest(f"no system by debootstrap: no right to mount, or no mirror ({fault})") from fault
        shutil.copy(cls.package, os.path.join(cls.chroot.path, "banmai.deb"))
        needs = subprocess.run(["dpkg-deb", "-f", cls.package, "Depends"], check=True, capture_output=True, text=True)
        cls.run_in("apt-get", "satisfy", "-qy", "--no-install-recommends",
                   f"{needs.stdout.strip()}, systemd-sysv, curl, procps")
        cls.before = cls.chroot.files()

    def exists(self, path):
        return os.path.exists(self.chroot.path + path)

    def rights(self, path):
        return self.run_in("stat", "-c", "%U %G %a", path).strip()

    def test_1_installing_makes_a_user_a_folder_and_a_unit(self):
        self.run_in("dpkg", "-i", "/banmai.deb")
        self.assertIn(":/var/lib/banmai:/usr/sbin/nologin", self.run_in("getent", "passwd", "banmai"))
        self.assertEqual(self.rights(DATA), "banmai banmai 750")
        self.assertEqual(self.rights(INI), "root banmai 640")
        self.assertEqual(self.run_in("systemctl", "is-enabled", "banmai.service").strip(), "enabled")
        self.assertNotIn("banmai", "".join(os.listdir(self.chroot.path + "/etc/systemd/system")))
        told = self.run_in("systemd-analyze", "verify", "--man=no", "banmai.service", "banmai-worker.service")
        self.assertEqual(told, "")

    def test_2_the_server_runs_as_its_user(self):
        said = self.run_in("bash", "-c", SERVE)
        self.assertIn('<html lang="vi"', said)
        self.assertNotIn("not of banmai", said)
        self.assertTrue(self.exists(f"{DATA}/banmai.sqlite3"))

    def test_3_units_start_and_stop_in_a_machine_of_their_own(self):
        clip = os.path.join(self.chroot.path, "lecture.mp4")
        subprocess.run(["ffmpeg", "-v", "error", "-y", "-f", "lavfi", "-i", "testsrc2=s=160x120:r=10:d=3", "-f", "lavfi",
                        "-i", "sine=d=3", "-c:v", "libx264", "-preset", "ultrafast", "-c:a", "aac", clip], check=True)
        self.addCleanup(os.remove, clip)
        with self.chroot.open(INI[1:], "a") as file:
            file.write("disk_floor_bytes = 0\n")  # the guest's disk is its memory
        self.chroot.unmount()
        self.addCleanup(self.chroot.mount)
        try:
            said, status = guest.run(IN_GUEST, GUEST_S, root=self.chroot.path, has_systemd=True)
        except subprocess.CalledProcessError as fault:
            self.skipTest(f"no virtual machine: qemu or a kernel of Debian's could not be fetched ({fault})")
        print(said)
        self.assertEqual(status, 0)
        self.assertEqual(re.findall(r"^bad: .*", said, re.MULTILINE), [])
        self.assertEqual(len(re.findall(r"^good: ", said, re.MULTILINE)), N_CHECKS)

    def test_4_upgrades_and_another_install_keep_data_and_settings(self):
        with self.chroot.open(INI[1:], "a") as file:
            file.write("session_days = 3\n")
        with self.chroot.open(f"{DATA[1:]}/media/kept", "w") as file:
            file.write("a recording")

        def check():
            with self.chroot.open(INI[1:]) as file:
                self.assertTrue(file.read().endswith("session_days = 3\n"))
            self.assertTrue(self.exists(f"{DATA}/media/kept"))
            self.assertTrue(self.exists(f"{DATA}/banmai.sqlite3"))
            self.assertEqual(self.rights(INI), "root banmai 640")

        self.run_in("dpkg", "-i", "/banmai.deb")
        check()
        self.run_in("systemctl", "disable", "banmai.service")
        self.run_in("dpkg", "-i", "/banmai.deb")
        self.assertNotEqual(subprocess.run(self.chroot.arguments("systemctl", "is-enabled", "-q", "banmai.service"),
                                           check=False).returncode, 0, "who disabled it was not asked")
        self.run_in("systemctl", "enable", "banmai.service")
        self.run_in("apt-get", "remove", "-qy", "banmai")
        self.assertFalse(self.exists("/usr/bin/banmai"))
        self.assertFalse(self.exists("/usr/share/banmai"))
        check()
        self.run_in("dpkg", "-i", "/banmai.deb")
        check()
        self.run_in("bash", "-c", SERVE)

    def test_5_purging_leaves_nothing_but_the_user(self):
        self.run_in("mkdir", "-p", "/etc/banmai/tls")
        self.run_in("apt-get", "purge", "-qy", "banmai")
        left = self.chroot.files() - self.before
        self.assertEqual(left - OF_USERS, set())
        self.assertEqual(self.before - self.chroot.files(), set())
        self.assertIn("banmai", self.run_in("getent", "passwd", "banmai"))

    def test_6_a_media_store_that_is_mounted_survives_a_purge(self):
        self.run_in("dpkg", "-i", "/banmai.deb")
        self.run_in("install", "-d", "-o", "banmai", f"{DATA}/media")
        self.run_in("mount", "-t", "tmpfs", "tmpfs", f"{DATA}/media")
        try:
            self.run_in("touch", f"{DATA}/media/of-all-hosts")
            self.run_in("apt-get", "purge", "-qy", "banmai")
            self.assertTrue(self.exists(f"{DATA}/media/of-all-hosts"))
        finally:
            self.run_in("umount", f"{DATA}/media")


if __name__ == "__main__":
    print(f"the package of {ROOT}")
    unittest.main(verbosity=2)
