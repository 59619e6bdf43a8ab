# SPDX-License-Identifier: GPL-3.0-or-later
"""The pieces of containers, to build ones that nobody would."""
import struct
import uuid


def box(kind, content=b"", size=None):
    """An MP4 box, whose size may be a lie."""
    return struct.pack(">I", 8 + len(content) if size is None else size) + kind + content


def large_box(kind, size, content=b""):
    return struct.pack(">I4sQ", 1, kind, size) + content


def full_box(kind, content=b"", version=0, flags=0):
    return box(kind, struct.pack(">I", version << 24 | flags) + content)


def chunk(kind, content=b"", size=None):
    """A RIFF chunk."""
    return kind + struct.pack("<I", len(content) if size is None else size) + content + b"\0" * (len(content) & 1)


def ebml_size(size):
    return struct.pack(">Q", 1 << 56 | size)


def ebml(identifier, content=b"", size=None):
    """An element of Matroska; its size may be a lie."""
    name = identifier.to_bytes((identifier.bit_length() + 7) // 8, "big")
    return name + ebml_size(len(content) if size is None else size) + content


def asf_object(name, content=b"", size=None):
    return uuid.UUID(name).bytes_le + struct.pack("<Q", 24 + len(content) if size is None else size) + content


def patched(data, word, offset, form, value):
    """Overwrites a field that lies so far behind the first occurrence of a word."""
    at = data.find(word)
    assert at >= 0, word
    data = bytearray(data)
    struct.pack_into(form, data, at + len(word) + offset, value)
    return bytes(data)


def replaced(data, old, new):
    assert old in data, old
    return data.replace(old, new)
