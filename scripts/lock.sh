#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# Renews requirements/*.txt from pyproject.toml: exact versions for every supported Python and platform, and the
# checksums of their files, so that pip installs no other file under the same name.
# UPGRADE= before the command keeps the versions there are.
set -eu
lock() {
    out=$1
    shift
    # openvino-telemetry reports to its maker; the engine loads the C library and never needs it.
    # shellcheck disable=SC2086
    UV_PYTHON_DOWNLOADS=never uv pip compile --quiet $upgrade $for --python-version 3.10 --generate-hashes --no-header \
        --no-emit-index-url --no-emit-find-links --no-annotate --no-emit-package openvino-telemetry \
        --output-file "$out" "$@"
    { echo "# Made by \`make lock\` from pyproject.toml: change the ranges there."; cat "$out"; } >"$out.new"
    mv "$out.new" "$out"
}
upgrade=${UPGRADE---upgrade}
for=--universal
lock requirements/run.txt pyproject.toml
lock requirements/dev.txt --group dev --group build --constraint requirements/run.txt pyproject.toml
lock requirements/build.txt --group build --constraint requirements/dev.txt
lock requirements/site.txt --group site --constraint requirements/dev.txt
lock requirements/train.txt --group train --constraint requirements/dev.txt pyproject.toml
# For Wine's Python alone, which has the numpy of the plugin's zip.
for="--python-platform windows --no-emit-package numpy"
lock requirements/windows.txt --group windows --constraint requirements/dev.txt
