# SPDX-License-Identifier: GPL-3.0-or-later
"""What the docker would work on now."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Target:
    """What a click on "Ink sketch" would work on now. `lineart`: what the controls change, "": new ones;
    `inside`: within a selection alone.
    """

    title: str = ""
    has_lineart: bool = False
    animated: bool = False
    lineart: str = ""
    inside: bool = False
