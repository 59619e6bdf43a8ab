#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Megabytes of an hour in each of the four weights, beside the best peer's lowest rung.
#   tests/bench/weights.sh [--hour] [LECTURE …]     (default: ../shared/media/lectures; --hour: one that it draws, too)
set -euo pipefail
here=$(dirname "$(readlink -f "$0")")

"$here/prepare" banmai-transcode
exec python3 "$here/weights.py" "$@"
