# SPDX-License-Identifier: GPL-3.0-or-later
"""Smart Lineart: inks an artist's sketch.

Krita imports this package before it is known whether numpy is there, so nothing heavy is imported here.
"""
from __future__ import annotations

__version__ = "0.1.0.dev0"
