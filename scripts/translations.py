# SPDX-License-Identifier: GPL-3.0-or-later
"""Brings the translations up to date: gathers the code's texts, and compiles what translators have written.

Usage: .venv/bin/python scripts/translations.py [LANGUAGE ...], or `make translations LANGUAGE=fr`.

``messages.pot`` has every text, ``LANGUAGE.po`` its translations, ``LANGUAGE.mo`` what the plugin reads. A
language that is named and isn't there yet begins as an empty .po. What a text was before it changed stays
with it, marked "fuzzy" for its translator to look at, and isn't shown until then.
"""

from __future__ import annotations

import io
import sys
from collections.abc import Iterable
from pathlib import Path

from babel import Locale, UnknownLocaleError
from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from scripts.spoken_texts import Finder, Text  # noqa: E402 (the path is set now)
from smart_lineart.studio.language.i18n import FOLDER  # noqa: E402

TEMPLATE = "messages.pot"
BUGS = "see CONTRIBUTING.md"
HEADER = "# Texts of Smart Lineart, a Krita plugin.\n# SPDX-License-Identifier: GPL-3.0-or-later"


def main() -> None:
    """Bring them all up to date, and say how complete each is; exit code 1 where a text can't be found."""
    found = Finder()
    if found.faults:
        sys.exit("\n".join(found.faults))
    try:
        told = refresh(FOLDER, found.texts, sys.argv[1:])
    except (UnknownLocaleError, ValueError) as error:
        sys.exit(f"There is no such language: {error}")
    print("\n".join(told))


def refresh(folder: Path, texts: Iterable[Text], new: Iterable[str] = ()) -> list[str]:
    """Write a folder's files anew, and those of new languages; returns a line about each language.

    Raises UnknownLocaleError and ValueError for what names no language.
    """
    template = gathered(texts)
    for language in new:
        if not (folder / f"{language}.po").exists():
            begun = Catalog(Locale.parse(language), header_comment=HEADER, fuzzy=False)
            (folder / f"{language}.po").write_bytes(_po(begun))
    told = []
    for path in [folder / TEMPLATE, *sorted(folder.glob("*.po"))]:
        catalogue = read(path) if path.exists() else Catalog(header_comment=HEADER, fuzzy=False)
        catalogue.project, catalogue.version = template.project, template.version
        catalogue.msgid_bugs_address = template.msgid_bugs_address
        catalogue.update(template, update_creation_date=False)
        path.write_bytes(_po(catalogue))
        if path.name != TEMPLATE:
            with path.with_suffix(".mo").open("wb") as file:
                write_mo(file, catalogue)
            ready = sum(bool(one.id and all(_forms(one.string or "")) and not one.fuzzy) for one in catalogue)
            told.append(f"{path.stem}: {ready} of {len(catalogue)} texts are translated")
    return told


def gathered(texts: Iterable[Text]) -> Catalog:
    """The code's texts without translations, with the files each is in."""
    catalogue = Catalog(project="Smart Lineart", version="plugin", msgid_bugs_address=BUGS)
    for text in texts:
        message = text.template if text.many is None else (text.template, text.many)
        notes = [text.note] if text.note else []
        catalogue.add(message, locations=[(text.path, text.line)], auto_comments=notes)
    return catalogue


def read(path: Path) -> Catalog:
    """A .po or .pot file."""
    language = None if path.name == TEMPLATE else path.stem
    with path.open("rb") as file:
        return read_po(file, locale=language, abort_invalid=True)


def _po(catalogue: Catalog) -> bytes:
    written = io.BytesIO()
    # Without line numbers, or every change of the code would change these files.
    write_po(written, catalogue, width=100, include_lineno=False, ignore_obsolete=True)
    return written.getvalue()


def _forms(string: str | tuple[str, ...] | list[str]) -> tuple[str, ...]:
    return (string,) if isinstance(string, str) else tuple(string)


if __name__ == "__main__":
    main()
