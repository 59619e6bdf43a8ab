# SPDX-License-Identifier: GPL-3.0-or-later
"""A virtual machine with a kernel of Debian's, for what the kernel of this machine may lack.

Its root is this machine's or a folder of it, read only, with what it writes kept in its memory: so the programs
that were built here run in it at the same paths. The processor is emulated (no /dev/kvm is needed), which is 20 to 50 times
slower; and its clock goes on while others have the processor. Root is needed here only to fetch packages."""
import glob
import os
import subprocess
import sys
import tempfile

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
KERNEL = os.environ.get("BANMAI_GUEST_KERNEL", "linux-image-amd64")  # a package, or one that depends on it
FOLDER = os.path.join(ROOT, "build", "guest", KERNEL)
MODULES = ("virtio_pci", "9pnet_virtio", "9p", "overlay", "tls", "aesni-intel")
MEMORY_MB = 1024

INIT = """#!/bin/busybox sh
/bin/busybox mkdir -p /proc /sys /dev /lower /upper /host
/bin/busybox mount -t proc proc /proc
/bin/busybox mount -t devtmpfs dev /dev
for module in $(/bin/busybox cat /modules/order); do /bin/busybox insmod /modules/$module; done
/bin/busybox mount -t 9p -o trans=virtio,version=9p2000.L,ro,msize=512000,cache=loose host /lower
/bin/busybox mount -t tmpfs tmpfs /upper
/bin/busybox mkdir /upper/files /upper/work
/bin/busybox mount -t overlay -o lowerdir=/lower,upperdir=/upper/files,workdir=/upper/work overlay /host
/bin/busybox mount -t proc proc /host/proc
/bin/busybox mount -t sysfs sysfs /host/sys
/bin/busybox mount -t devtmpfs dev /host/dev
/bin/busybox mkdir -p /host/dev/shm
for folder in dev/shm tmp run; do /bin/busybox mount -t tmpfs tmpfs /host/$folder; done
/bin/busybox ip link set lo up
"""
BY_SHELL = """
/bin/busybox setsid /bin/busybox chroot /host /bin/bash -c "$(/bin/busybox cat /command)" </dev/null
echo "guest: exit status $?"
/bin/busybox poweroff -f
"""
# The command runs as a unit when the system is up, and powers the machine off behind it.
BY_SYSTEMD = """
/bin/busybox cp /command /host/guest-command
/bin/busybox cat >/host/etc/systemd/system/guest.service <<'UNIT'
[Unit]
Wants=multi-user.target
After=multi-user.target
[Service]
Type=oneshot
StandardOutput=tty
StandardError=tty
TTYPath=/dev/ttyS0
ExecStart=/bin/bash -c '/bin/bash /guest-command </dev/null; echo "guest: exit status $$?"'
ExecStopPost=/bin/systemctl poweroff --force --force
UNIT
exec /bin/busybox switch_root /host /lib/systemd/systemd --unit=guest.service
"""


def _run(arguments, **options):
    return subprocess.run(arguments, check=True, stdout=subprocess.PIPE, text=True, **options).stdout


def _fetch_packages():
    """Unpacks kernel and busybox below FOLDER; neither is installed."""
    os.makedirs(FOLDER, exist_ok=True)
    depends = _run(["apt-cache", "depends", KERNEL]).splitlines()
    kernel = next((line.split()[1] for line in depends if "Depends: linux-image-" in line), KERNEL)
    if not glob.glob(os.path.join(FOLDER, "boot", "vmlinuz-*")):
        for package in (kernel, "busybox-static"):
            _run(["apt-get", "-q", "-o", "APT::Sandbox::User=root", "download", package], cwd=FOLDER)
        for archive in glob.glob(os.path.join(FOLDER, "*.deb")):
            _run(["dpkg", "-x", archive, FOLDER])
            os.remove(archive)


def _modules(version, busybox):
    """The paths of MODULES and what they need, in an order that they can be loaded in."""
    folder = os.path.join(FOLDER, "lib", "modules", version)
    if not os.path.exists(os.path.join(folder, "modules.dep")):
        _run([busybox, "depmod", "-b", FOLDER, version])
    needs = {}
    with open(os.path.join(folder, "modules.dep"), encoding="ascii") as file:
        for line in file:
            path, needed = line.rstrip("\n").split(":")
            needs[os.path.basename(path).split(".")[0]] = [*needed.split()[::-1], path]
    order = [path for name in MODULES for path in needs.get(name, [])]  # others are built in
    return [os.path.join(folder, path) for path in dict.fromkeys(order)]


def _make_initramfs(version, command, ending):
    busybox = os.path.join(FOLDER, "bin", "busybox")
    with tempfile.TemporaryDirectory(prefix="banmai-guest-") as root:
        os.makedirs(os.path.join(root, "bin"))
        os.makedirs(os.path.join(root, "modules"))
        modules = _modules(version, busybox)
        names = [os.path.basename(path).removesuffix(".xz") for path in modules]
        for path in modules:
            _run(["cp", path, os.path.join(root, "modules")])
            if path.endswith(".xz"):
                _run(["xz", "-d", os.path.join(root, "modules", os.path.basename(path))])
        _run(["cp", busybox, os.path.join(root, "bin")])
        for name, text in (("init", INIT + ending), ("command", command),
                           ("modules/order", "\n".join(names))):
            with open(os.path.join(root, name), "w", encoding="utf-8") as file:
                file.write(text)
        os.chmod(os.path.join(root, "init"), 0o755)
        archive = os.path.join(FOLDER, "initramfs")
        with open(archive, "wb") as file:
            content = "\n".join(os.path.relpath(os.path.join(where, name), root)
                                for where, folders, files in os.walk(root) for name in folders + files)
            subprocess.run([busybox, "cpio", "-o", "-H", "newc"], cwd=root, input=content.encode(),
                           stdout=file, stderr=subprocess.DEVNULL, check=True)
    return archive


def run(command, timeout_s, counts_instructions=False, root="/", has_systemd=False):
    """Boots, runs a command line by bash as root, and returns its output and exit status (None when there was
    none in time). Its root is the folder `root`, whose systemd runs before the command with has_systemd. With
    counts_instructions one nanosecond of the guest's clocks is one instruction; the processor
    then has no instruction that copies any number of bytes, whose every byte would count as one."""
    subprocess.run([os.path.join(ROOT, "deploy", "install-packages"), "vm"], check=True)
    _fetch_packages()
    kernel = glob.glob(os.path.join(FOLDER, "boot", "vmlinuz-*"))[0]
    initramfs = _make_initramfs(os.path.basename(kernel).split("-", 1)[1], command,
                                 BY_SYSTEMD if has_systemd else BY_SHELL)
    processor = "max,erms=off,fsrm=off" if counts_instructions else "max"
    arguments = ["qemu-system-x86_64", "-accel", "tcg", "-cpu", processor, "-m", str(MEMORY_MB), "-nodefaults",
                 "-no-reboot", "-nographic", "-serial", "stdio", "-kernel", kernel, "-initrd", initramfs,
                 "-append", "console=ttyS0 quiet panic=-1 mitigations=off", "-virtfs",
                 f"local,path={root},mount_tag=host,security_model=none,readonly=on,multidevs=remap"]
    arguments += ["-icount", "shift=0,sleep=off"] if counts_instructions else ["-smp", "2"]
    machine = subprocess.Popen(arguments, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                               stderr=subprocess.STDOUT, text=True, errors="replace")
    try:
        output, _ = machine.communicate(timeout=timeout_s)
    except subprocess.TimeoutExpired:
        machine.kill()
        output, _ = machine.communicate()
    output = output.replace("\r", "")
    marker = "guest: exit status "
    if marker not in output:
        return output, None
    text, status = output.rsplit(marker, 1)
    return text, int(status.split()[0])


if __name__ == "__main__":
    TEXT, STATUS = run(" ".join(sys.argv[1:]), 1200)
    print(TEXT, STATUS)
