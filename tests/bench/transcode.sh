#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Speed: `banmai-transcode run -j 2` beside one ffmpeg that makes the same rungs, and PeerTube's way.
#   tests/bench/transcode.sh [--rounds N] [--seconds N] [LECTURE …]
set -euo pipefail
here=$(dirname "$(readlink -f "$0")")

"$here/prepare" banmai-transcode
exec python3 "$here/transcode.py" "$@"
