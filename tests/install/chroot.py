# SPDX-License-Identifier: GPL-3.0-or-later
"""A Debian system of its own in a folder, made by debootstrap: what is installed there tells what the package
itself brings. Root is needed, and a mirror of Debian."""
import contextlib
import glob
import os
import shutil
import subprocess
import tempfile

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
FOLDER = os.path.join(ROOT, "build", "chroot")
BASE = os.path.join(FOLDER, "base")
# How this machine reaches its packages.
CLIENT_SETTINGS = ("/etc/apt/sources.list", "/etc/apt/sources.list.d", "/etc/apt/apt.conf.d/99*", "/etc/apt/auth.conf",
                   "/etc/apt/auth.conf.d", "/etc/resolv.conf", "/etc/hosts", "/usr/local/share/ca-certificates",
                   "/etc/ssl/certs/ca-certificates.crt")


def _mirror():
    """The address that apt-get has packages of Debian 12 from."""
    targets = subprocess.run(["apt-get", "indextargets", "--format", "$(URI) $(RELEASE)", "Created-By: Packages"],
                             check=True, capture_output=True, text=True).stdout
    uri = next(line.split()[0] for line in targets.splitlines() if line.split()[1] in ("bookworm", "stable"))
    return uri.split("dists/")[0]


def _make_base():
    """Made once: a base system without anything of ours."""
    if os.path.exists(BASE + ".done"):
        return
    shutil.rmtree(BASE, ignore_errors=True)
    os.makedirs(FOLDER, exist_ok=True)
    subprocess.run(["debootstrap", "--variant=minbase", "--include=ca-certificates", "bookworm", BASE, _mirror()],
                   check=True, stdout=subprocess.DEVNULL)
    with open(BASE + ".done", "w", encoding="ascii"):
        pass


class Chroot:
    """A copy of the base system, which close() takes away."""

    def __init__(self):
        _make_base()
        self.folder = tempfile.mkdtemp(prefix="run-", dir=FOLDER)
        self.path = os.path.join(self.folder, "root")
        self._is_mounted = False
        subprocess.run(["cp", "-a", BASE, self.path], check=True)
        self._copy_settings()
        self.mount()
        with self.open("usr/sbin/policy-rc.d", "w") as file:
            file.write("#!/bin/sh\nexit 101\n")  # nothing is started by being installed
        os.chmod(os.path.join(self.path, "usr/sbin/policy-rc.d"), 0o755)

    def _copy_settings(self):
        for pattern in ("etc/apt/sources.list", "etc/apt/sources.list.d"):
            subprocess.run(["rm", "-rf", os.path.join(self.path, pattern)], check=True)
        for pattern in CLIENT_SETTINGS:
            for path in glob.glob(pattern):
                to = self.path + path
                os.makedirs(os.path.dirname(to), exist_ok=True)
                subprocess.run(["cp", "-rLT", path, to], check=True)

    def mount(self):
        """Nothing but /proc is shared with the machine around it: the base has its own /dev."""
        subprocess.run(["mount", "-t", "proc", "proc", os.path.join(self.path, "proc")], check=True)
        self._is_mounted = True

    def open(self, name, mode="r"):
        return open(os.path.join(self.path, name), mode, encoding="utf-8")

    def arguments(self, *command):
        return ["chroot", self.path, "env", "-i", "PATH=/usr/sbin:/usr/bin:/sbin:/bin", "LANG=C.UTF-8",
                "DEBIAN_FRONTEND=noninteractive", *command]

    def run(self, *command, timeout=900):
        """Returns what it printed; raises what it said when it failed."""
        done = subprocess.run(self.arguments(*command), stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT, text=True, errors="replace", timeout=timeout)
        if done.returncode != 0:
            raise AssertionError(f"{' '.join(command)}: status {done.returncode}\n{done.stdout[-3000:]}")
        return done.stdout

    def files(self):
        """All paths, but for what the system itself keeps of packages and logs."""
        skipped = {os.path.join(self.path, name) for name in (
            "proc", "sys", "dev", "tmp", "run", "var/cache", "var/log", "var/lib/apt", "var/lib/dpkg")}
        found = set()
        for folder, folders, names in os.walk(self.path):
            folders[:] = [name for name in folders if os.path.join(folder, name) not in skipped]
            found |= {os.path.relpath(os.path.join(folder, name), self.path) for name in folders + names}
        return found

    def unmount(self):
        """What the folder is left with is the system alone."""
        if self._is_mounted:
            subprocess.run(["umount", os.path.join(self.path, "proc")], check=True)
            self._is_mounted = False

    def close(self):
        with contextlib.suppress(subprocess.CalledProcessError):
            self.unmount()
        subprocess.run(["rm", "-rf", "--one-file-system", self.folder], check=True)

