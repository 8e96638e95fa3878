# SPDX-License-Identifier: GPL-3.0-or-later
"""With which brush preset a sketch's lineart was redrawn last: kept in the document, saved with it."""

from __future__ import annotations

import json

from smart_lineart.krita_host.document import Document

KEY = "smart_lineart/redrawn"
TITLE = "Smart Lineart brushes"
MOST = 200  # sketches of one document that are remembered
LONGEST = 200  # characters of a preset's name


def brush_of(document: Document, sketch: str) -> str:
    """The preset's name; "" where there is none."""
    return _known(document).get(sketch, "")


def remember(document: Document, sketch: str, brush: str) -> None:
    """Keep a preset's name for a sketch."""
    known = {other: name for other, name in _known(document).items() if other != sketch}
    kept = [*known.items(), (sketch, brush[:LONGEST])][-MOST:]
    document.set_note(KEY, TITLE, json.dumps(dict(kept)))


def _known(document: Document) -> dict[str, str]:
    """Whatever made the file may have put in anything."""
    try:
        read = json.loads(document.note(KEY) or "{}")
    except (ValueError, RecursionError):
        return {}
    if not isinstance(read, dict):
        return {}
    return {str(key): name for key, name in read.items() if isinstance(name, str) and len(name) <= LONGEST}
