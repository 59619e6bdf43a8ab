# SPDX-License-Identifier: GPL-3.0-or-later
"""Good files with damage: bits turned, ends cut off, blocks moved, lengths changed, two files in one. Each ends
in time, with a code or a package, and none of the alarms of hostile_lib.py goes off.

The damage of a number is always the same: `mutation_test.py NUMBER...` makes those files again, and tries
them one by one.
"""
import glob
import os
import random
import struct
import sys
import unittest

import amr
from clips import FORMS, LATE_FORMS, clip
from hostile_lib import Playground, complaints, histogram
from transcode_lib import IS_LONG, MEDIA, main

N_FILES = 2000 if IS_LONG else 40
MAX_BYTES = 1 << 20  # of a file from the media folder: the damage counts, not the length


def turn_bits(dice, data):
    data = bytearray(data)
    for _ in range(dice.choice((1, 3, 10, 100, 1000))):
        data[dice.randrange(len(data))] ^= 1 << dice.randrange(8)
    return bytes(data)


def turn_bits_in_front(dice, data):
    """Where headers are."""
    front = min(len(data), dice.choice((64, 512, 4096)))
    return turn_bits(dice, data[:front]) + data[front:]


def cut(dice, data):
    return data[:dice.randrange(1, len(data))]


def cut_front(dice, data):
    return data[dice.randrange(1, len(data)):]


def block(dice, data):
    start = dice.randrange(len(data))
    return start, min(len(data), start + dice.choice((1, 4, 16, 188, 1024, 16384)))


def remove(dice, data):
    start, end = block(dice, data)
    return data[:start] + data[end:]


def repeat(dice, data):
    start, end = block(dice, data)
    return data[:end] + data[start:end] * dice.choice((1, 2, 50)) + data[end:]


def swap(dice, data):
    size = dice.choice((4, 16, 188, 1024))
    a, b = sorted((dice.randrange(len(data)), dice.randrange(len(data))))
    if b - a < size:
        return data[:a] + data[b:] + data[a:b]
    return data[:a] + data[b:b + size] + data[a + size:b] + data[a:a + size] + data[b + size:]


def blank(dice, data):
    start, end = block(dice, data)
    return data[:start] + bytes([dice.choice((0, 0xff, 0x7f, 0x80))]) * (end - start) + data[end:]


def names_in(data):
    """Places of what looks like the name of a box or a chunk."""
    return [i for i in range(4, min(len(data), 200000) - 12)
            if all(97 <= c <= 122 or 48 <= c <= 57 or c == 32 for c in data[i:i + 4]) and data[i:i + 4].isalnum()]


def change_length(dice, data):
    """A number beside a name: before it in an MP4, behind it in a RIFF file."""
    places = names_in(data)
    if not places:
        return turn_bits_in_front(dice, data)
    at = dice.choice(places) + dice.choice((-4, 4, 8, 12))
    value = dice.choice((0, 1, 7, 8, 9, 0xffff, 0x7fffffff, 0x80000000, 0xffffffff, len(data), dice.getrandbits(32)))
    return data[:at] + struct.pack(dice.choice((">I", "<I")), value) + data[at + 4:]


def splice(dice, data):
    other = dice.choice(sources())()
    return data[:dice.randrange(len(data))] + other[dice.randrange(len(other)):]


KINDS = (turn_bits, turn_bits_in_front, turn_bits_in_front, cut, cut_front, remove, repeat, swap, blank, change_length,
         change_length, change_length, splice)
_SOURCES = []


def read(path):
    with open(path, "rb") as file:
        return file.read()


def sources():
    """Functions that give the bytes of a good file."""
    if not _SOURCES:
        _SOURCES.extend((lambda n=name: clip(n)) for name in FORMS)
        found = [p for folder in ("odd", "phones", "broken", "speech")
                 for p in sorted(glob.glob(os.path.join(glob.escape(MEDIA), folder, "*.*")))
                 if p.rsplit(".", 1)[1] not in ("txt", "json", "md") and 0 < os.path.getsize(p) <= MAX_BYTES]
        _SOURCES.extend((lambda p=path: read(p)) for path in found if "217s" not in path)
    return _SOURCES


def mutation(number):
    """The bytes of the damaged file of that number, and how it was damaged."""
    dice = random.Random(number)
    # Clips and media in turn: every clip is damaged whether the media folder is there or not.
    data = clip(list(FORMS)[number // 2 % len(FORMS)]) if number % 2 == 0 else dice.choice(sources())()
    kinds = [dice.choice(KINDS) for _ in range(dice.choice((1, 1, 2, 3)))]
    for kind in kinds:
        data = kind(dice, data) if len(data) > 32 else data
    return data, "-".join(kind.__name__.replace("_", "-") for kind in kinds)


LATE_NAMES = (*LATE_FORMS, "narrow.amr", "wide.amr")
LATE_PER_NAME = 200


def late_clip(name):
    if name.endswith(".amr"):
        return (amr.narrow if name == "narrow.amr" else amr.wide)(330, .6)
    return clip(name)


def late_mutation(name, number):
    """The bytes of that damaged file of a kind that was accepted later."""
    dice = random.Random(f"{name} {number}")
    data = late_clip(name)
    for kind in [dice.choice(KINDS) for _ in range(dice.choice((1, 1, 2, 3)))]:
        data = kind(dice, data) if len(data) > 32 else data
    return data


class Mutations(unittest.TestCase):
    def test_damaged_files_end_well(self):
        place = Playground()
        self.addCleanup(place.close)
        step = 2000 // N_FILES
        outcomes, alarms = place.try_all((str(i), lambda i=i: mutation(i)[0]) for i in range(0, 2000, step))
        print(histogram(outcomes))
        self.assertEqual(alarms, [])
        self.assertEqual(complaints(outcomes), [])

    def test_damaged_files_of_every_kind_that_was_accepted_later_end_well(self):
        place = Playground()
        self.addCleanup(place.close)
        step = 1 if IS_LONG else 50  # some that are left out then become lectures of hours
        outcomes, alarms = place.try_all((f"{i}-{name}", lambda n=name, i=i: late_mutation(n, i))
                                         for name in LATE_NAMES for i in range(step > 1, LATE_PER_NAME, step))
        print(histogram(outcomes))
        self.assertEqual(alarms, [])
        self.assertEqual(complaints(outcomes), [])

    def test_files_without_damage_are_made(self):
        place = Playground()
        self.addCleanup(place.close)
        names = [*(list(FORMS) if IS_LONG else list(FORMS)[::4]), *LATE_NAMES]
        outcomes, alarms = place.try_all((name, lambda n=name: late_clip(n)) for name in names)
        self.assertEqual(alarms, [])
        self.assertEqual({o.name: o.code for o in outcomes}, dict.fromkeys(names, "made"))

    def test_the_damage_of_a_number_is_always_the_same(self):
        for number in (0, 2, 44):
            self.assertEqual(mutation(number), mutation(number))
        self.assertNotEqual(mutation(0)[0], mutation(2)[0])


def try_numbers(numbers):
    place = Playground()
    before = place.snapshot()
    outcomes = []
    for number in numbers:
        content, damage = mutation(number)
        outcomes.append(place.try_file(str(number), content))
        last = outcomes[-1]
        print(f"{number} {damage}: {last.code} after {last.seconds:.1f} s {last.complaint}", flush=True)
    alarms = place.alarms_since(before)
    print("\n".join([histogram(outcomes), *alarms]))
    place.close()
    return bool(alarms or complaints(outcomes))


if __name__ == "__main__":
    if len(sys.argv) > 1 and sys.argv[1].isdigit():
        sys.exit(try_numbers(int(n) for n in sys.argv[1:]))
    else:
        main("__main__")
