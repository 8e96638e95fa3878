#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# Fuzzes everything that reads foreign bytes: sh scripts/fuzz.sh [SECONDS] [FOLDER] [TARGET ...]
# An hour of processor time each by default, in turns, at the lowest priority, 10 s and 1 GB at most for an input.
# Cut short, it goes on where it was when it is started again with the same FOLDER. FUZZ_AT_ONCE=N: N side by side.
# What is found lies in FOLDER as TARGET-crash-..., TARGET-timeout-... or TARGET-oom-...
set -eu
cd "$(dirname "$0")/.."
SECONDS_EACH=${1:-3600}
FOLDER=${2:-build/fuzz}
[ $# -gt 2 ] && shift 2 || set --
make --no-print-directory .venv/.ready-dev
# Atheris has wheels for some Pythons only, so it is no dependency of the suite.
.venv/bin/python -m pip install --quiet "atheris>=2.3"
exec .venv/bin/python -m tests.fuzz.run "$SECONDS_EACH" "$FOLDER" "$@"
