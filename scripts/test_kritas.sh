#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# Runs the end-to-end tests in Krita 5.2, 5.3 and 6.0, in chroots that make_kritas.sh makes the first time.
# Needs root, debootstrap, Xvfb and xdotool.
#   scripts/test_kritas.sh [FOLDER [NAME...]]      NAME is one of 5.2, 5.3, 6.0; all of them without one
# PYTEST_ARGS, such as "-k selection", goes to pytest.
set -eu
# What is mounted for the chroots is seen by this run alone, and gone with it.
[ -n "${SMART_LINEART_MOUNTS:-}" ] || exec env SMART_LINEART_MOUNTS=own unshare --mount sh "$0" "$@"
folder=${1:-/var/tmp/smart-lineart-kritas}
[ $# -gt 0 ] && shift
[ $# -gt 0 ] || set -- 5.2 5.3 6.0
python=${PYTHON:-.venv/bin/python}
share=/tmp/share

bind() {
    mkdir -p "$2"
    mountpoint -q "$2" || mount --bind "$1" "$2"
}

mount_root() {
    mkdir -p "$share" /tmp/.X11-unix
    mountpoint -q "$1/proc" || mount -t proc proc "$1/proc"
    bind /dev "$1/dev"
    bind /tmp/.X11-unix "$1/tmp/.X11-unix"
    bind "$share" "$1/tmp/share"
}

sh "$(dirname "$0")/make_kritas.sh" "$folder" "$@"
libraries=$("$python" -c "import importlib.util, pathlib
print(pathlib.Path(importlib.util.find_spec('openvino').origin).parent / 'libs')")
mkdir -p "$share"
[ -e "$share/openvino" ] || cp -r "$libraries" "$share/openvino"

failed=""
for name in "$@"; do
    root=$folder/krita-$name
    mount_root "$root"
    echo "== Krita $name"
    # shellcheck disable=SC2086
    CI=true SMART_LINEART_KRITA_ROOT=$root "$python" -m pytest tests/krita -q ${PYTEST_ARGS:-} || failed="$failed $name"
done
[ -z "$failed" ] || { echo "failed in Krita$failed" >&2; exit 1; }
