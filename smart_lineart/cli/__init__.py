# SPDX-License-Identifier: GPL-3.0-or-later
"""The `smart-lineart` command."""

from __future__ import annotations

from smart_lineart.cli.main import main

__all__ = ["main"]
