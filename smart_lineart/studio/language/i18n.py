# SPDX-License-Identifier: GPL-3.0-or-later
"""Texts in the artist's language.

``tr("English text {value}", value=...)`` looks the English text up in ``translations/LANGUAGE.json``; what
isn't there stays English. Krita's own catalogues hold only Krita's texts, so the plugin brings its own.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterable
from pathlib import Path

FOLDER = Path(__file__).parent / "translations"

_texts: dict[str, str] = {}


def available_languages() -> list[str]:
    """The languages there is a translation for, besides English."""
    return sorted(path.stem for path in FOLDER.glob("*.json"))


def choose_language(wanted: Iterable[str]) -> str:
    """Use the first of the wanted languages that is there ("de_AT" takes "de"); returns its name."""
    there = available_languages()
    for name in wanted:
        code = name.replace("-", "_").split(".")[0].split("@")[0]
        if code in {"C", "POSIX"} or code.split("_")[0] == "en":
            break
        for candidate in (code, code.split("_")[0]):
            if candidate in there:
                load(candidate)
                return candidate
    _texts.clear()
    return "en"


def load(language: str) -> None:
    """Use this translation."""
    _texts.clear()
    _texts.update(json.loads((FOLDER / f"{language}.json").read_text(encoding="utf-8")))


def catalogue() -> dict[str, str]:
    """English texts and what they are in the artist's language; empty in English."""
    return _texts


def languages() -> list[str]:
    """The languages Krita was set to show, most wanted first, such as ["de", "en_US"]."""
    # Krita puts the language chosen in its own dialog in front of LANGUAGE when it starts.
    named = [os.environ.get(key, "") for key in ("LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG")]
    return [part for value in named for part in value.split(":") if part]


def tr(text: str, **values: object) -> str:
    """The text in the artist's language, with its {placeholders} filled in."""
    translated = _texts.get(text) or text
    return translated.format(**values) if values else translated
