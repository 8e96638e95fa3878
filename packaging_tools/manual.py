# SPDX-License-Identifier: GPL-3.0-or-later
"""The manual as one HTML file in each language: Krita's plugin manager is handed the text alone, so pictures
are put inside it.
"""

from __future__ import annotations

import base64
import re
from pathlib import Path

from .errors import PackingError

_PICTURE = re.compile(r'src="([^":]+\.(png|jpg))"')
_TYPES = {"png": "image/png", "jpg": "image/jpeg"}


def names(folder: Path) -> list[str]:
    """The manual's files in a folder: ``manual.html``, in English, and ``manual.LANGUAGE.html``."""
    return sorted(path.name for path in folder.glob("manual*.html"))


def build(folder: Path, name: str = "manual.html") -> str:
    """Return a file of the folder with its pictures inside. Raises PackingError when one is missing."""

    def inlined(match: re.Match[str]) -> str:
        try:
            data = (folder / match[1]).read_bytes()
        except FileNotFoundError:
            raise PackingError(f"The manual's picture {match[1]} is missing in {folder}.") from None
        return f'src="data:{_TYPES[match[2]]};base64,{base64.b64encode(data).decode()}"'

    return _PICTURE.sub(inlined, (folder / name).read_text(encoding="utf-8"))
