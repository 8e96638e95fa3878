# SPDX-License-Identifier: GPL-3.0-or-later
"""One sketch file in, one lineart file out."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from smart_lineart.cli.arguments import Colour, Thickness
from smart_lineart.cli.errors import Interrupted
from smart_lineart.cli.files.output import check_writable, is_vector, write_set
from smart_lineart.cli.files.page import ASSUMED_DPI, COLOURS_IN_MEMORY, Page, Spool
from smart_lineart.cli.files.writer import Lineart
from smart_lineart.cli.hues import ALL_IN_ONE, Part, Sorting, all_targets, dropped, parts_of
from smart_lineart.cli.memory import give_back, memory_now
from smart_lineart.inking import Features, Inker, Rect, Style
from smart_lineart.inking.brushes.styles import find_style
from smart_lineart.inking.features import USUAL_FAINT, suiting_thickness
from smart_lineart.inking.hues.lines import LineHues, find_hues
from smart_lineart.said import Said
from smart_lineart.units import MM_PER_INCH

STRIP_PIXELS = 2 << 20
"""Ink is drawn and written in strips of about so many pixels."""

LUMA_SHARE = 8
"""A page whose luma takes more than one part in so many of the memory limit is kept on disk."""

TAKING_IN_BYTES = 24 << 20
"""What this process takes beyond a page's luma while the page is decoded in its own process."""

LEAST_ROOM = 96 << 20
"""Address space that the process which decodes may take at least; common pages hold half of it."""

MOST_KEPT = 0.7  # of the memory limit, that may be held when a page begins
CONTOUR = 128  # of solid black, see `Lineart`
_PREPARING = 0.8  # how far the progress bar is when the strokes are known


@dataclass(frozen=True)
class Appearance:
    """How the lineart is to look."""

    thickness: Thickness | None
    style: str | Style
    detail: float | None
    faint: float
    weight: float
    colour: Colour
    white: bool
    sorting: Sorting = ALL_IN_ONE


@dataclass
class Inked:
    """What came of one sketch; times in seconds. `blank`: its lineart has no ink at all.

    `parts` are what was written; `hues`, where they were looked for, those of the page.
    """

    size: tuple[int, int]
    dpi: tuple[float, float] | None
    thickness: float
    scale: float
    seconds: dict[str, float]
    notices: list[str] = field(default_factory=list)
    blank: bool = False
    parts: list[Part] = field(default_factory=list)
    hues: LineHues | None = None
    drop: tuple[str, ...] = ()

    @property
    def dropped(self) -> set[str]:
        """The hues of the page that were left out."""
        return set() if self.hues is None else dropped(self.hues.palette, self.drop)

    @property
    def targets(self) -> list[Path]:
        """The files that were written."""
        return [target for part in self.parts for target in part.targets]


def ink_file(
    sketch: Path,
    targets: Sequence[Path],
    look: Appearance,
    inker: Inker,
    *,
    read: Callable[[Path, Spool], Page],
    memory_limit: int,
    progress: Callable[[float], None],
    cancelled: Callable[[], bool],
    wrote: Callable[[Path], None],
) -> Inked:
    """Ink one sketch file. Each of `targets` is whole or as it was; `wrote` hears of each that is whole.
    Those of one format in several colours are all whole, or all as they were.

    Raises FileError, InkError, Interrupted.
    """
    for target in all_targets(targets, look.sorting):
        check_writable(target)
    started = time.perf_counter()
    _make_room(inker, memory_limit)
    page = read(sketch, _spool(memory_limit, targets[0].parent, colours=look.sorting.looks))
    was_read = time.perf_counter()
    if cancelled():
        raise Interrupted
    features = inker.prepare(
        page.sketch,
        detail=look.detail,
        keep=False,
        light=look.faint < USUAL_FAINT,
        progress=lambda done: progress(_PREPARING * done),
        cancelled=cancelled,
    )
    _make_room(inker, memory_limit)
    hues = find_hues(page.sketch, features) if look.sorting.looks else None
    prepared = time.perf_counter()
    thickness = _thickness(look.thickness, page, sketch, features)
    parts = parts_of(features, hues, look.sorting, look.colour, targets)
    blank = _write_all(page, parts, look, thickness, inker, progress, cancelled, wrote)
    done = time.perf_counter()
    seconds = {
        "read": was_read - started,
        "prepare": prepared - was_read,
        "render": done - prepared,
        "total": done - started,
    }
    if said := _of_hues(sketch, hues, look.sorting.drop, blank=blank):
        page.notices.append(str(said))
    elif blank:
        page.notices.append(str(_nothing_found(sketch)))
    return Inked(
        page.sketch.size,
        page.dpi,
        thickness,
        features.scale,
        seconds,
        page.notices,
        blank,
        parts,
        hues,
        look.sorting.drop,
    )


def _write_all(
    page: Page,
    parts: Sequence[Part],
    look: Appearance,
    thickness: float,
    inker: Inker,
    progress: Callable[[float], None],
    cancelled: Callable[[], bool],
    wrote: Callable[[Path], None],
) -> bool:
    """Write the files of all parts, those of one format together; whether none has any ink."""
    many = len(parts[0].targets)

    def written(number: int) -> Callable[[float], None]:
        return lambda done: progress(_PREPARING + (1 - _PREPARING) * (number + done) / many)

    for number in range(many):
        linearts = []
        for part in parts:
            strips = _strips(inker, part.features, look, thickness, cancelled)
            linearts.append((part.targets[number], _lineart(page, part, look, thickness, strips)))
        write_set(linearts, written(number))
        for target, _ in linearts:
            wrote(target)
            if is_vector(target) and not find_style(look.style).medium.solid:
                page.notices.append(str(_only_outlines(target, look.style)))
        if cancelled():
            raise Interrupted
    return all(_is_blank(lineart) for _, lineart in linearts)


def _is_blank(lineart: Lineart) -> bool:
    return not len(lineart.strokes) and (lineart.solid is None or not (lineart.solid >= CONTOUR).any())


def _of_hues(sketch: Path, hues: LineHues | None, drop: Sequence[str], *, blank: bool) -> Said | None:
    """Says where all hues of a page were to be left out."""
    if hues is None or not set(hues.palette.names) <= set(drop):
        return None
    names = hues.palette.names
    if not dropped(hues.palette, drop):
        if blank:
            return None
        return Said(
            "All lines of {sketch} are {hue}, so nothing was left out of them.", sketch=sketch, hue=names[0]
        )
    return Said(
        "The lineart is blank, since all lines of {sketch} are of hues that --drop leaves out: {hues}.",
        sketch=sketch,
        hues=", ".join(names),
    )


def _nothing_found(sketch: Path) -> Said:
    return Said(
        "The lineart is blank, since no lines were found in {sketch}; a lower --faint or a higher --detail "
        "may find some.",
        sketch=sketch,
    )


def _only_outlines(target: Path, style: str | Style) -> Said:
    return Said(
        "{target} has the outlines of the strokes alone: the texture of {style} is in pixels only.",
        target=target,
        style=style if isinstance(style, str) else style.name,
    )


def _make_room(inker: Inker, memory_limit: int) -> None:
    """Give back what earlier pages, or finding lines, have left: each step then has as much room as alone."""
    give_back()
    if memory_now() > MOST_KEPT * memory_limit:
        inker.release_memory()
        give_back()


def _spool(memory_limit: int, folder: Path, *, colours: bool = False) -> Spool:
    """Room for a page: what the limit leaves beside this process is for the one that decodes."""
    luma = memory_limit // LUMA_SHARE
    left = memory_limit - memory_now() - luma - TAKING_IN_BYTES
    if colours:  # kept beside it
        left -= COLOURS_IN_MEMORY
    return Spool(luma, folder, max(LEAST_ROOM, left), colours)


def _thickness(asked: Thickness | None, page: Page, sketch: Path, features: Features) -> float:
    """The thickness in px of the page; by itself it suits what is drawn, and a strip's panels."""
    if asked is None:
        return suiting_thickness(features.size, features.strokes.extent)
    if asked.unit == "px":
        return asked.value
    if page.dpi is not None:
        # Scans are sometimes finer one way than the other; a round brush takes the mean.
        return asked.value * sum(page.dpi) / 2 / MM_PER_INCH
    pixels = asked.value * ASSUMED_DPI / MM_PER_INCH
    said = Said(
        "{sketch} names no resolution; {dpi} dpi is assumed, so {asked} mm is {pixels} px.",
        sketch=sketch,
        dpi=ASSUMED_DPI,
        asked=asked.value,
        pixels=f"{pixels:.1f}",
    )
    page.notices.append(str(said))
    return pixels


def _lineart(
    page: Page, part: Part, look: Appearance, thickness: float, strips: Iterator[NDArray[np.uint8]]
) -> Lineart:
    return Lineart(
        size=page.sketch.size,
        dpi=page.dpi,
        icc=page.icc,
        thickness=thickness,
        style=look.style,
        colour=part.colour,
        white=look.white,
        strokes=part.features.drawn_at(look.faint, look.weight),
        solid=part.features.solid,
        scale=part.features.scale,
        strips=strips,
    )


def _strips(
    inker: Inker, features: Features, look: Appearance, thickness: float, cancelled: Callable[[], bool]
) -> Iterator[NDArray[np.uint8]]:
    """The page's coverage from top to bottom, uint8 (rows, width)."""
    height, width = features.size
    rows = max(1, STRIP_PIXELS // width)
    for top in range(0, height, rows):
        if cancelled():
            raise Interrupted
        region = Rect(0, top, width, min(rows, height - top))
        yield inker.render(
            features,
            thickness=thickness,
            style=look.style,
            faint=look.faint,
            weight=look.weight,
            region=region,
            cancelled=cancelled,
        )
