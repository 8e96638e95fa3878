# SPDX-License-Identifier: GPL-3.0-or-later
"""The protections that `without_protection.py` takes out, one at a time."""

from __future__ import annotations

from .docker import DOCKER
from .files import FILES
from .flats import FLATS
from .krita_life import KRITA_LIFE
from .other import OTHER
from .parts import PARTS
from .protection import GROUPS, Protection
from .systems import SYSTEMS

PROTECTIONS = (*KRITA_LIFE, *FILES, *SYSTEMS, *PARTS, *DOCKER, *FLATS, *OTHER)

__all__ = ["GROUPS", "PROTECTIONS", "Protection"]
