#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Speed: `banmai-transcode run -j 2` beside one ffmpeg that makes the same rungs, and PeerTube's way.
#   tests/bench/transcode.sh [--rounds N] [--seconds N] [LECTURE …]
set -euo pipefail
exec python3 "$(dirname "$0")/transcode.py" "$@"
