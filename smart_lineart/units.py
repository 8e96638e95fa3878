# SPDX-License-Identifier: GPL-3.0-or-later
"""Units, for every room. Imports nothing."""

from __future__ import annotations

MM_PER_INCH = 25.4
