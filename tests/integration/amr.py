# SPDX-License-Identifier: GPL-3.0-or-later
"""Files as old telephones record them. Debian's ffmpeg reads AMR but does not write it: the encoders are called
as libraries."""
import ctypes
import math


def _samples(rate, frequency, seconds):
    n = int(rate * seconds)
    return [int(8000 * math.sin(2 * math.pi * frequency * i / rate)) for i in range(n)]


def _encode(frame, samples, encode):
    out = b""
    for at in range(0, len(samples) - frame + 1, frame):
        block = (ctypes.c_short * frame)(*samples[at:at + frame])
        packet = (ctypes.c_ubyte * 512)()
        out += bytes(packet[:encode(block, packet)])
    return out


def narrow(frequency, seconds):
    """A tone as AMR-NB of 12.2 kbit/s in its own container."""
    library = ctypes.CDLL("libopencore-amrnb.so.0")
    library.Encoder_Interface_init.restype = ctypes.c_void_p
    library.Encoder_Interface_Encode.argtypes = (ctypes.c_void_p, ctypes.c_int, ctypes.c_void_p, ctypes.c_void_p,
                                                 ctypes.c_int)
    library.Encoder_Interface_exit.argtypes = (ctypes.c_void_p,)
    state = library.Encoder_Interface_init(0)
    data = _encode(160, _samples(8000, frequency, seconds),
                   lambda block, packet: library.Encoder_Interface_Encode(state, 7, block, packet, 0))
    library.Encoder_Interface_exit(state)
    return b"#!AMR\n" + data


def wide(frequency, seconds):
    """A tone as AMR-WB of 23.85 kbit/s."""
    library = ctypes.CDLL("libvo-amrwbenc.so.0")
    library.E_IF_init.restype = ctypes.c_void_p
    library.E_IF_encode.argtypes = (ctypes.c_void_p, ctypes.c_int, ctypes.c_void_p, ctypes.c_void_p, ctypes.c_int)
    library.E_IF_exit.argtypes = (ctypes.c_void_p,)
    state = library.E_IF_init()
    data = _encode(320, _samples(16000, frequency, seconds),
                   lambda block, packet: library.E_IF_encode(state, 8, block, packet, 0))
    library.E_IF_exit(state)
    return b"#!AMR-WB\n" + data
