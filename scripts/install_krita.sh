#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# Installs what the end-to-end tests need: Krita, an X server without a screen, a mouse for it, letters of eastern Asia.
# Does nothing where all of it is there, and says what to do where it may not install.
set -eu

present() {
    for tool in krita Xvfb xdotool; do
        command -v "$tool" >/dev/null 2>&1 || return 1
    done
    [ -n "$(fc-list :lang=ja)" ] || return 1
    # Krita loads its plugins with the system's Python; without PyQt it loads none.
    /usr/bin/python3 -c "import PyQt5, numpy" 2>/dev/null || /usr/bin/python3 -c "import PyQt6, numpy" 2>/dev/null
}

if present; then
    exit 0
fi
if [ "$(id -u)" != 0 ] || ! command -v apt-get >/dev/null 2>&1; then
    echo "Krita isn't installed and can't be installed here: the tests in a real Krita will be skipped." >&2
    echo "On Debian or Ubuntu: sudo apt-get install krita xvfb xdotool python3-pyqt5 python3-numpy fonts-droid-fallback" >&2
    exit 0
fi
echo "Installing Krita and Xvfb for the end-to-end tests"
export DEBIAN_FRONTEND=noninteractive
apt-get update -qq
apt-get install -y -qq --no-install-recommends krita xvfb xdotool python3-pyqt5 python3-numpy \
    fonts-droid-fallback >/dev/null
