# SPDX-License-Identifier: GPL-3.0-or-later
"""Texts in the artist's language.

English is written in the code, as a template: ``tr("English text {value}", value=...)``, or in what is said
or raised elsewhere, which `translated` shows. A template is looked up in ``translations/LANGUAGE.mo``, which
``make translations`` compiles from the ``.po`` that translators edit; what isn't there stays English. Krita's
own catalogues hold only Krita's texts, so the plugin brings its own.
"""

from __future__ import annotations

import gettext
import os
import struct
from collections.abc import Iterable
from pathlib import Path

from smart_lineart.said import Said, SaidError, one_line, placeholders

FOLDER = Path(__file__).parent / "translations"
# What is read by those whose own language or country there is no translation for.
NEAREST = {"zh": "zh_CN", "zh_SG": "zh_CN", "zh_HK": "zh_TW", "zh_MO": "zh_TW", "pt": "pt_BR"}

_NONE = gettext.NullTranslations()
_used = [_NONE]
_named = ["en"]


def available_languages() -> list[str]:
    """The languages there is a translation for, besides English."""
    return sorted(path.stem for path in FOLDER.glob("*.mo"))


def choose_language(wanted: Iterable[str]) -> str:
    """Use the first of the wanted languages that is there; returns its name.

    "de_AT" takes "de", and "zh_HK" takes "zh_TW", which is the nearest.
    """
    there = available_languages()
    for name in wanted:
        code = name.replace("-", "_").split(".")[0].split("@")[0]
        if code in {"C", "POSIX"} or code.split("_")[0] == "en":
            break
        base = code.split("_")[0]
        for candidate in (code, NEAREST.get(code), base, NEAREST.get(base)):
            if candidate in there and _load(str(candidate)):
                _named[0] = str(candidate)
                return _named[0]
    _used[0], _named[0] = _NONE, "en"
    return "en"


def language() -> str:
    """The name of the language that is used, such as "de" or "pt_BR"."""
    return _named[0]


def _load(language: str) -> bool:
    """Use this translation; whether its file can be read."""
    try:
        with (FOLDER / f"{language}.mo").open("rb") as file:
            _used[0] = gettext.GNUTranslations(file)
    except (OSError, ValueError, struct.error):  # cut short, say: English is better than no plugin
        return False
    return True


def languages() -> list[str]:
    """The languages Krita was set to show, most wanted first, such as ["de", "en_US"]."""
    # Krita puts the language chosen in its own dialog in front of LANGUAGE when it starts.
    named = [os.environ.get(key, "") for key in ("LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG")]
    return [part for value in named for part in value.split(":") if part]


def tr(text: str, /, **values: object) -> str:
    """The text in the artist's language, with its {placeholders} filled in."""
    return Said(text, **values).filled(_wording)


def tr_count(one: str, many: str, /, count: int) -> str:
    """The text for one or that for many with {count}; a language may tell more kinds of numbers apart."""
    wording = _used[0].ngettext(one, many, count)
    if placeholders(wording) != {"count"} and "{" in wording:
        wording = one if count == 1 else many
    return Said(wording, count=count).filled()


def translated(said: Said | SaidError | str) -> str:
    """What was said or raised, in the artist's language on one line. A plain text stays as it is."""
    if isinstance(said, SaidError):
        said = said.said
    return one_line(said.filled(_wording)) if isinstance(said, Said) else said


def _wording(template: str) -> str:
    """A template in the artist's language; English where that is missing or has lost or misspelt a place."""
    wording = _used[0].gettext(template) if template else template
    return wording if placeholders(wording) == placeholders(template) else template
