# SPDX-License-Identifier: GPL-3.0-or-later
"""Names of files between people and Qt, who write any letter, and Python, which may know ASCII alone.

In the locale "C" a Python that a program embeds encodes the names of files in ASCII, while Qt and all others
write them in UTF-8. Python stands such bytes for lone surrogates, and raises UnicodeEncodeError, which is no
OSError, where it is given the letters themselves.
"""

from __future__ import annotations

import os
from pathlib import Path


def openable(path: str | Path) -> Path:
    """A path that came from Qt or was put together from what people wrote, as this Python opens it."""
    text = str(path)
    try:
        os.fsencode(text)
    except UnicodeEncodeError:
        text = os.fsdecode(text.encode("utf-8", "surrogateescape"))
    return Path(text)


def readable(text: str) -> str:
    """A file's name as people read it, or a text in which there may be some."""
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        return text.encode("utf-8", "surrogateescape").decode("utf-8", "replace")
    return text
