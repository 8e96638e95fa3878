#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# Makes a chroot with Krita 5.2, 5.3 or 6.0, each from the Debian suite that has it, in FOLDER/krita-NAME.
# Needs root and debootstrap; downloads about 1.4 GB per Krita. Leaves those that are there already.
#   scripts/make_kritas.sh FOLDER [NAME...]      NAME is one of 5.2, 5.3, 6.0; all of them without one
set -eu
folder=$1
shift
[ $# -gt 0 ] || set -- 5.2 5.3 6.0

inside() {
    root=$1
    shift
    chroot "$root" env DEBIAN_FRONTEND=noninteractive "$@"
}

# make_root ROOT SUITE PYQT [experimental]
make_root() {
    [ ! -e "$1/ready" ] || return 0
    debootstrap --variant=minbase "$2" "$1"
    target=""
    if [ "${4:-}" = experimental ]; then
        awk '/^deb /{$3="experimental"; print; exit}' "$1/etc/apt/sources.list" >"$1/etc/apt/sources.list.d/experimental.list"
        target="-t experimental"
    fi
    # A suite without releases may have a Release file whose date has passed.
    inside "$1" apt-get -qq -o Acquire::Check-Valid-Until=false update
    # shellcheck disable=SC2086
    inside "$1" apt-get -qq install -y --no-install-recommends -o DPkg::Options::=--force-unsafe-io \
        $target krita $3 python3-numpy
    inside "$1" apt-get clean
    touch "$1/ready" # only a Krita that was installed to the end counts
}

mkdir -p "$folder"
for name in "$@"; do
    root=$folder/krita-$name
    case $name in
        5.2) make_root "$root" trixie python3-pyqt5 ;;
        5.3) make_root "$root" sid python3-pyqt5 ;;
        6.0) make_root "$root" sid "python3-pyqt6 qt6-svg-plugins" experimental ;;
        *) echo "no such Krita: $name" >&2; exit 2 ;;
    esac
done
