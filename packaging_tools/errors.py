# SPDX-License-Identifier: GPL-3.0-or-later
"""What goes wrong while packing."""

from __future__ import annotations


class PackingError(Exception):
    """``str()`` is a sentence for whoever runs build_plugin.py."""
