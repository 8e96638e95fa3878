#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# Installs what runs the Windows zip: Wine, 64 bits, without a screen (100 MB fetched, 670 MB installed). Does nothing
# where it is there, and says what to do where it may not install.
set -eu

if [ -x /usr/lib/wine/wine64 ]; then
    exit 0
fi
if [ "$(id -u)" != 0 ] || ! command -v apt-get >/dev/null 2>&1; then
    echo "Wine isn't installed and can't be installed here: the Windows zip will NOT be run." >&2
    echo "On Debian or Ubuntu: sudo apt-get install --no-install-recommends wine64" >&2
    exit 0
fi
echo "Installing Wine to run the Windows zip"
export DEBIAN_FRONTEND=noninteractive
apt-get update -qq
apt-get install -y -qq --no-install-recommends wine64 >/dev/null
