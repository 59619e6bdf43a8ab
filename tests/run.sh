#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Installs what the tests need (as root, where anything is missing), builds, runs every test.
#
#   tests/run.sh                 all of it; the last line is `N passed, N failed`
#   tests/run.sh STEP...         some steps and what they need
#   tests/run.sh --list          names the steps
#   tests/run.sh --long          the long steps and forms too
set -euo pipefail
cd "$(dirname "$(readlink -f "$0")")/.."

mkdir -p build/test-logs
if [ -n "$(deploy/install-packages --missing build run sample test)" ]; then
  echo "packages: installing what is missing (build/test-logs/packages.log)"
  if ! deploy/install-packages build run sample test >build/test-logs/packages.log 2>&1; then
    tail -n 20 build/test-logs/packages.log
    echo "0 passed, 1 failed"
    exit 1
  fi
fi
exec python3 tests/harness/main.py "$@"
