#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# What a second transcoding host is worth: one `banmai worker` pinned to a core beside two.
#   tests/bench/hosts.sh [--rounds N] [--copies N] [--lectures N] LECTURE
set -euo pipefail
here=$(dirname "$(readlink -f "$0")")

"$here/prepare" banmai banmai-transcode
exec python3 "$here/hosts.py" "$@"
