# SPDX-License-Identifier: GPL-3.0-or-later
"""What the engine says, in the artist's language.

The engine knows no languages: it raises English sentences that are filled in already. The catalogue has each
of them with ``{a}``, ``{b}``, ... where the engine fills something in; a sentence is recognised by the words
between, and what is filled in is looked up in turn, since it may be a text itself ("install it with: ...").
"""

from __future__ import annotations

import re
import string
from functools import cache

from . import i18n

SENTENCE_WORDS = 9
"""Characters that a text has to have besides what is filled in, to be taken for a whole sentence."""


def translated(sentence: str) -> str:
    """A sentence of the engine in the artist's language; English where the catalogue doesn't have it."""
    catalogue = i18n.catalogue()
    if not catalogue:
        return sentence
    return _joined(sentence, catalogue) or _whole(sentence, catalogue) or sentence


def _whole(sentence: str, catalogue: dict[str, str], least: int = SENTENCE_WORDS) -> str | None:
    if catalogue.get(sentence):
        return catalogue[sentence]
    fitting = []
    for text in catalogue:
        pattern, words = _pattern(text)
        match = pattern.fullmatch(sentence) if words >= least else None
        if match:
            fitting.append((words, text, match.groupdict()))
    if fitting:
        _, text, values = max(fitting, key=lambda item: item[0])
        return catalogue[text].format(**{name: _part(value, catalogue) for name, value in values.items()})
    return None


def _quoted(text: str, catalogue: dict[str, str]) -> str | None:
    """One of several joined sentences: the engine quotes them without their full stop."""
    text = text.rstrip(".")
    found = _whole(text, catalogue) or _whole(text + ".", catalogue)
    return found.rstrip(".") if found else None


def _part(value: str, catalogue: dict[str, str]) -> str:
    """What is filled in: a name, a number, or a text of the catalogue however short."""
    return _whole(value, catalogue, 1) or _quoted(value, catalogue) or value


def _joined(sentence: str, catalogue: dict[str, str]) -> str | None:
    """Several sentences joined by semicolons."""
    for place in re.finditer("; ", sentence):
        left, rest = _quoted(sentence[: place.start()], catalogue), sentence[place.end() :]
        right = _joined(rest.rstrip("."), catalogue) or _quoted(rest, catalogue)
        if left and right:
            return f"{left}; {right}" + "." * rest.endswith(".")
    return None


@cache
def _pattern(text: str) -> tuple[re.Pattern[str], int]:
    """What recognises a text of the catalogue, and how many characters of it are fixed; 0 where all are."""
    parts = list(string.Formatter().parse(text))
    if not any(name for _, name, _, _ in parts):
        return re.compile(re.escape(text)), 0
    pattern = "".join(re.escape(fixed) + (f"(?P<{name}>.+)" if name else "") for fixed, name, _, _ in parts)
    return re.compile(pattern), sum(len(fixed) for fixed, _, _, _ in parts)
