#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Quality per byte: banmai-transcode beside three peers' ladders, at the quality that it reaches.
#   tests/bench/ladder.sh [--seconds N] [--crfs N] [LECTURE …]     (default: ../shared/media/lectures)
set -euo pipefail
here=$(dirname "$(readlink -f "$0")")

"$here/prepare" banmai-transcode
exec python3 "$here/ladder.py" "$@"
