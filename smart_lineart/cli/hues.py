# SPDX-License-Identifier: GPL-3.0-or-later
"""`--by-color` and `--drop`: which lines of a sketch go into which files."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from pathlib import Path

from smart_lineart.cli.arguments import HUES, Colour
from smart_lineart.cli.files.output import NAMED, WRITERS
from smart_lineart.inking import Features
from smart_lineart.inking.hues.lines import LineHues
from smart_lineart.inking.hues.palette import DARK, Palette


@dataclass(frozen=True)
class Sorting:
    """What becomes of a sketch's colours: `apart`, each hue in files of its own; `drop`, names of hues that
    are left out.
    """

    apart: bool = False
    drop: tuple[str, ...] = ()

    @property
    def looks(self) -> bool:
        """Whether colours are looked at, at all."""
        return self.apart or bool(self.drop)


ALL_IN_ONE = Sorting()


@dataclass(frozen=True)
class Part:
    """Lines of a sketch that are written together: their hue ("" for those of several), ink and files."""

    hue: str
    features: Features
    colour: Colour
    targets: tuple[Path, ...]


def hue_target(target: Path, hue: str) -> Path:
    """The file of a hue beside that of the dark lines."""
    return target if hue in ("", DARK) else target.with_name(f"{target.stem}-{hue}{target.suffix}")


def sketch_of(path: Path) -> str | None:
    """The name, without ending, of the sketch whose lineart, of one hue or of all, a file is called as; None
    where it is not called so.
    """
    stem = path.stem
    for hue in HUES:
        stem = stem.removesuffix(f"{NAMED}-{hue}") + NAMED if stem.endswith(f"{NAMED}-{hue}") else stem
    return stem.removesuffix(NAMED) if stem.endswith(NAMED) and path.suffix in WRITERS else None


def all_targets(targets: Sequence[Path], sorting: Sorting) -> list[Path]:
    """Every file that may be written, whatever hues there will be."""
    if not sorting.apart:
        return list(targets)
    names = [name for name in HUES if name not in sorting.drop or name == DARK]
    return [hue_target(target, name) for target in targets for name in names]


def dropped(palette: Palette, drop: Collection[str]) -> set[str]:
    """The hues of a page that are left out; of one hue alone none is."""
    return set(palette.names) & set(drop) if len(palette.hues) > 1 else set()


def parts_of(
    features: Features, hues: LineHues | None, sorting: Sorting, colour: Colour, targets: Sequence[Path]
) -> list[Part]:
    """What is to be written of a sketch, one part a hue; all in one where there is one hue alone.

    `colour` is that of dark lines, and of all where they are not apart.
    """
    if hues is None:
        return [Part("", features, colour, tuple(targets))]
    left = [hue for hue in hues.palette.hues if hue.name not in dropped(hues.palette, sorting.drop)]
    if not sorting.apart or len(hues.palette.hues) == 1 or not left:
        return [Part("", hues.parts(features, [hue.name for hue in left]), colour, tuple(targets))]
    return [
        Part(
            hue.name,
            hues.parts(features, [hue.name]),
            colour if hue.name == DARK else Colour(*hue.colour),
            tuple(hue_target(target, hue.name) for target in targets),
        )
        for hue in left
    ]
