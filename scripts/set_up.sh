#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# Makes the virtual environment VENV with the exact versions of REQUIREMENTS and this project in it.
# Usage: set_up.sh VENV REQUIREMENTS      PYTHON=... chooses the interpreter.
set -eu
venv=$1
requirements=$2

say() { printf '%s\n' "$*" >&2; }
fail() { say "$*"; exit 1; }

# Installs Debian packages where that may be done without asking; fails otherwise.
apt_install() {
    command -v apt-get >/dev/null 2>&1 || return 1
    if [ "$(id -u)" = 0 ]; then root=
    elif sudo -n true 2>/dev/null; then root="sudo -n"
    else return 1
    fi
    say "Installing $* ..."
    $root apt-get update -qq >/dev/null || say "The package lists could not be renewed; trying with the old ones."
    DEBIAN_FRONTEND=noninteractive $root apt-get install -y -qq --no-install-recommends "$@" >/dev/null
}

is_new_enough() { "$1" -c 'import sys; sys.exit(sys.version_info < (3, 10))' 2>/dev/null; }

find_python() {
    for candidate in ${PYTHON:-} python3 python3.13 python3.12 python3.11 python3.10 python3.14; do
        if is_new_enough "$candidate"; then echo "$candidate"; return; fi
    done
    return 1
}

# Debian keeps ensurepip in a package of its own, so `python3 -m venv` can be there and fail.
make_venv() {
    rm -rf "$venv"
    "$python" -m venv "$venv" >/dev/null 2>&1 && return
    version=$("$python" -c 'import sys; print("%d.%d" % sys.version_info[:2])')
    if apt_install "python$version-venv" || apt_install python3-venv; then
        rm -rf "$venv"
        "$python" -m venv "$venv" >/dev/null 2>&1 && return
    fi
    rm -rf "$venv"
    "$python" -m virtualenv -q "$venv" >/dev/null 2>&1 && return
    # A pip outside the environment can fill one that has none.
    "$python" -m venv --without-pip "$venv" >/dev/null 2>&1 &&
        "$python" -m pip --python "$venv/bin/python" install -q pip >/dev/null 2>&1 && return
    rm -rf "$venv"
    fail "Python's venv module is missing: run \"sudo apt install python$version-venv\" and try again."
}

if ! [ -x "$venv/bin/pip" ] || ! is_new_enough "$venv/bin/python"; then
    python=$(find_python) || { apt_install python3 python3-venv && python=$(find_python); } ||
        fail "Smart Lineart needs Python 3.10 or newer: install it, or name one with PYTHON=... ."
    make_venv
fi

# --no-deps: the lists are complete, and leave out what only phones home (see lock.sh). Nothing runs whose checksum
# is not in them: what makes a package of this project comes from build.txt, not from wherever pip would look.
install() { "$venv/bin/python" -m pip install -q --no-deps --disable-pip-version-check "$@"; }
say "Installing what $requirements lists ..."
install --require-hashes -r requirements/build.txt -r "$requirements" ||
    fail "What $requirements lists could not be installed: pip's message above tells why."
install --no-build-isolation -e . ||
    fail "Smart Lineart itself could not be installed: pip's message above tells why."
