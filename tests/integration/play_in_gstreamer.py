# SPDX-License-Identifier: GPL-3.0-or-later
"""Plays an address to the end by playbin3, as fast as it can: python3 play_in_gstreamer.py URL. Prints how
many seconds came out and a line for each error and warning; status 0 at the end of the stream.

GStreamer 1.22's hlsdemux2 keeps 30 s ahead. When a whole lecture fits into that and arrives before the
demuxer's output has been set up, it gives up: "Can't push EOS on non-exposed pad", told as "Couldn't download
fragments" although every request was answered (up to 4 in 100 runs on a busy machine, for lectures of 8 to 15 s,
with a server on the same machine). With 1 s ahead it has to wait for its output before it can reach the end."""
import sys

import gi

gi.require_version("Gst", "1.0")
from gi.repository import Gst  # noqa: E402  pylint: disable=wrong-import-position

AHEAD_NS = 1_000_000_000


class Player:
    def __init__(self, url):
        self.seconds = 0.0
        self.bin = Gst.ElementFactory.make("playbin3")
        self.bin.set_property("uri", url)
        for kind in ("video", "audio"):
            sink = Gst.ElementFactory.make("fakesink")
            sink.set_property("sync", False)
            sink.set_property("signal-handoffs", True)
            sink.connect("handoff", self.on_buffer)
            self.bin.set_property(f"{kind}-sink", sink)
        self.bin.connect("deep-element-added", self.on_element)

    def on_element(self, _bin, _parent, element):
        if element.get_factory() and element.get_factory().get_name() == "hlsdemux2":
            element.set_property("max-buffering-time", AHEAD_NS)

    def on_buffer(self, _sink, buffer, _pad):
        if Gst.CLOCK_TIME_NONE not in (buffer.pts, buffer.duration):
            self.seconds = max(self.seconds, (buffer.pts + buffer.duration) / Gst.SECOND)

    def play(self):
        """Whether it came to the end."""
        wanted = Gst.MessageType.EOS | Gst.MessageType.ERROR | Gst.MessageType.WARNING
        self.bin.set_state(Gst.State.PLAYING)
        while True:
            message = self.bin.get_bus().timed_pop_filtered(Gst.CLOCK_TIME_NONE, wanted)
            if message.type == Gst.MessageType.EOS:
                return True
            if message.type == Gst.MessageType.ERROR:
                print("ERROR", *message.parse_error())
                return False
            print("WARNING", *message.parse_warning())


def main(url):
    Gst.init(None)
    player = Player(url)
    is_over = player.play()
    player.bin.set_state(Gst.State.NULL)
    print(f"played {player.seconds:.3f} s")
    return 0 if is_over else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
