# SPDX-License-Identifier: GPL-3.0-or-later
"""Smart Lineart: inks an artist's sketch.

Krita imports this package before it is known whether numpy is there, so nothing heavy is imported here.
"""

from __future__ import annotations

import sys

__version__ = "0.1.0.dev0"

# Krita loads its own module before it imports plugins; anywhere else this is just a package.
if "pykrita" in sys.modules:
    from smart_lineart.plugin import register

    register()
