# SPDX-License-Identifier: GPL-3.0-or-later
"""What the docker would work on now."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Target:
    """What a click on "Ink sketch" would work on now. `lineart`: what the controls change, "": new ones;
    `inside`: within a selection alone. `of_picture`: the lineart was taken from a finished picture.
    """

    title: str = ""
    has_lineart: bool = False
    animated: bool = False
    lineart: str = ""
    inside: bool = False
    of_picture: bool = False
