# SPDX-License-Identifier: GPL-3.0-or-later
"""Which linearts are to be coloured, and into which files."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from pathlib import Path

from smart_lineart.cli.arguments import HUES
from smart_lineart.cli.errors import FileError, UsageError, why
from smart_lineart.cli.files.formats import SUFFIXES
from smart_lineart.cli.files.output import NAMED as LINEART

NAMED = "-flats"
ENDING = NAMED + ".png"


def flats_jobs(named: Sequence[Path], output: str | None, hints: Path | None) -> list[tuple[Path, Path]]:
    """Each lineart and the file of its flats. Raises UsageError, FileError."""
    linearts = list(dict.fromkeys(one for path in named for one in _linearts_of(path)))
    if hints is not None and len(linearts) > 1:
        raise UsageError("Colour hints belong to one lineart: name only that one with --hints.")
    if output is None:
        return _apart(linearts, [one.with_name(_stem(one) + ENDING) for one in linearts])
    place = Path(output)
    if place.suffix.lower() == ".png" and not place.is_dir():
        if len(linearts) > 1:
            raise UsageError(
                "Flats of several linearts cannot go into the one file {target}: name a folder.", target=place
            )
        return [(linearts[0], place)]
    if place.suffix.lower() in SUFFIXES and not place.is_dir():
        raise UsageError("Flats are written as PNG: name the file {name}.", name=place.stem + ".png")
    try:
        place.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise FileError(
            "The folder {folder} cannot be made: {reason}.", folder=place, reason=why(error)
        ) from error
    return _apart(linearts, [place / (_stem(one) + ENDING) for one in linearts])


def _apart(linearts: Sequence[Path], targets: Sequence[Path]) -> list[tuple[Path, Path]]:
    """Each lineart with its target. Raises UsageError where one would be written over another's."""
    owners: dict[Path, Path] = {}
    for lineart, target in zip(linearts, targets, strict=True):
        other = owners.setdefault(target.absolute(), lineart)
        if other.absolute() != lineart.absolute():
            raise UsageError(
                "The flats of {one} and {other} would both go into {target}: colour them one by one, each "
                "into a file named with -o.",
                one=other,
                other=lineart,
                target=target,
            )
    return list(zip(linearts, targets, strict=True))


def _stem(lineart: Path) -> str:
    return lineart.stem.removesuffix(LINEART) or lineart.stem


def _is_of_hue(stem: str, stems: Collection[str]) -> bool:
    """Whether `ink --by-color` calls a file so beside one of `stems`."""
    return any(stem.endswith(f"{LINEART}-{hue}") and stem.removesuffix(f"-{hue}") in stems for hue in HUES)


def _linearts_of(path: Path) -> list[Path]:
    """What one name stands for: in a folder all pictures but flats, sketches whose lineart is there, and
    lineart of hues where that of the dark lines is there. Raises FileError.
    """
    if not path.is_dir():
        return [path]
    try:
        files = sorted(one for one in path.iterdir() if one.is_file() and not one.name.startswith("."))
    except OSError as error:
        raise FileError(
            "The folder {folder} cannot be read: {reason}.", folder=path, reason=why(error)
        ) from error
    found = [one for one in files if one.suffix.lower() in SUFFIXES and NAMED not in one.stem]
    stems = {one.stem for one in found}
    found = [one for one in found if one.stem + LINEART not in stems and not _is_of_hue(one.stem, stems)]
    if not found:
        raise FileError("The folder {folder} holds no lineart that can be coloured.", folder=path)
    return found
