#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Measures `banmai serve` against Debian's nginx and prints ratios: see serve.py, or
#
#   tests/bench/serve.sh --help
set -euo pipefail
cd "$(dirname "$(readlink -f "$0")")/../.."

tests/bench/prepare banmai
[ -f build/dev/build.ninja ] || cmake --preset dev >/dev/null
cmake --build build/dev --target bench-floor bench-handshakes >/dev/null
exec python3 tests/bench/serve.py "$@"
