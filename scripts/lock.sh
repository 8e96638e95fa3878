#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# Renews requirements/*.txt: exact versions for every supported Python and platform, from pyproject.toml.
set -eu
lock() {
    out=$1
    shift
    # openvino-telemetry reports to its maker; the engine loads the C library and never needs it.
    UV_PYTHON_DOWNLOADS=never uv pip compile --quiet --upgrade --universal --python-version 3.10 --no-header \
        --no-emit-index-url --no-emit-find-links --no-annotate --no-emit-package openvino-telemetry \
        --output-file "$out" "$@"
    { echo "# Made by \`make lock\` from pyproject.toml: change the ranges there."; cat "$out"; } >"$out.new"
    mv "$out.new" "$out"
}
lock requirements/run.txt pyproject.toml
lock requirements/dev.txt --group dev --constraint requirements/run.txt pyproject.toml
lock requirements/train.txt --group train --constraint requirements/dev.txt pyproject.toml
