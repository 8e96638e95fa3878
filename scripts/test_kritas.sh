#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# Runs the end-to-end tests in Krita 5.2, 5.3 and 6.0, each in a chroot of the Debian suite that has it.
# Needs root, debootstrap, Xvfb and xdotool; downloads about 1.4 GB per Krita into FOLDER the first time.
#   scripts/test_kritas.sh [FOLDER [NAME...]]      NAME is one of 5.2, 5.3, 6.0; all of them without one
set -eu
folder=${1:-/var/tmp/smart-lineart-kritas}
[ $# -gt 0 ] && shift
[ $# -gt 0 ] || set -- 5.2 5.3 6.0
python=${PYTHON:-.venv/bin/python}
share=/tmp/share

inside() {
    root=$1
    shift
    chroot "$root" env DEBIAN_FRONTEND=noninteractive "$@"
}

# make_root ROOT SUITE PYQT [experimental]
make_root() {
    [ -e "$1/usr/bin/krita" ] && return
    debootstrap --variant=minbase "$2" "$1"
    target=""
    if [ "${4:-}" = experimental ]; then
        awk '/^deb /{$3="experimental"; print; exit}' "$1/etc/apt/sources.list" >"$1/etc/apt/sources.list.d/experimental.list"
        target="-t experimental"
    fi
    # A suite without releases may have a Release file whose date has passed.
    inside "$1" apt-get -qq -o Acquire::Check-Valid-Until=false update
    # shellcheck disable=SC2086
    inside "$1" apt-get -qq install -y --no-install-recommends $target krita $3 python3-numpy
    inside "$1" apt-get clean
}

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

unmount_root() {
    for place in tmp/share tmp/.X11-unix dev proc; do
        ! mountpoint -q "$1/$place" || umount "$1/$place"
    done
}

libraries=$("$python" -c "import importlib.util, pathlib
print(pathlib.Path(importlib.util.find_spec('openvino').origin).parent / 'libs')")
mkdir -p "$share" "$folder"
[ -e "$share/openvino" ] || cp -r "$libraries" "$share/openvino"

failed=""
for name in "$@"; do
    root=$folder/krita-$name
    case $name in
        5.2) make_root "$root" trixie python3-pyqt5 ;;
        5.3) make_root "$root" sid python3-pyqt5 ;;
        6.0) make_root "$root" sid "python3-pyqt6 qt6-svg-plugins" experimental ;;
        *) echo "no such Krita: $name" >&2; exit 2 ;;
    esac
    mount_root "$root"
    echo "== Krita $name"
    CI=true SMART_LINEART_KRITA_ROOT=$root "$python" -m pytest tests/krita -q || failed="$failed $name"
    unmount_root "$root"
done
[ -z "$failed" ] || { echo "failed in Krita$failed" >&2; exit 1; }
