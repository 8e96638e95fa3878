# SPDX-License-Identifier: GPL-3.0-or-later
"""`smart-lineart flats`: the areas of linearts, coloured flat."""

from __future__ import annotations

import argparse
import json
import os
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from smart_lineart import __version__
from smart_lineart.cli.decoding.decoder import Decoder
from smart_lineart.cli.errors import CommandError, FileError, Interrupted, UsageError
from smart_lineart.cli.files.output import check_writable, remove_unfinished, whole_file
from smart_lineart.cli.files.page import Page, Spool
from smart_lineart.cli.files.picture import Picture
from smart_lineart.cli.files.pixels import rgba, upright_size
from smart_lineart.cli.files.png import PngWriter
from smart_lineart.cli.flats_plan import flats_jobs
from smart_lineart.cli.interrupt import Worker
from smart_lineart.cli.voice import Voice
from smart_lineart.inking import Cancelled, InkError, Rect
from smart_lineart.inking.areas import (
    PALETTES,
    PAPER,
    Areas,
    Colours,
    Palette,
    find_areas,
    first_colours,
    paint,
    palette_of,
    with_hints,
)
from smart_lineart.inking.arrays import Bytes
from smart_lineart.said import Said

ALL_FAILED, SOME_FAILED = 2, 1
STRIP = 1 << 21  # px read or painted at once
IN_MEMORY = 256 << 20  # bytes of a page's luma; beyond that it lies in a file
DECODING = 768 << 20  # bytes that decoding a file may take
PALETTE_PIXELS = 1 << 18  # of a picture, that its colours are taken from
FAINTEST = 0.1  # darkness that the darkest of a lineart must have to be ink
DARKEST = 0.999  # of its pixels' darkness: above that it may be dirt


@dataclass(frozen=True)
class _Wanted:
    """What was asked for, the same for each lineart."""

    openness: float
    spread: float
    seed: int
    palette: Palette | None
    hints: Path | None
    layers: bool


@dataclass
class _Told:
    """What came of all linearts."""

    as_json: bool
    voice: Voice
    results: list[dict[str, Any]] = field(default_factory=list)
    notices: list[str] = field(default_factory=list)
    failed: int = 0

    def notice(self, said: Said | str) -> None:
        self.notices.append(str(said))
        if not self.as_json:
            self.voice.notice(said)

    def failure(self, lineart: Path, said: Said) -> None:
        self.failed += 1
        self.results.append({"lineart": str(lineart), "flats": [], "error": str(said)})
        self.voice.complain(said)

    def close(self) -> None:
        if self.as_json:
            document = {"version": __version__, "results": self.results, "notices": self.notices}
            self.voice.tell(json.dumps(document, indent=2))


def flats_command(arguments: argparse.Namespace, voice: Voice) -> int:
    """Colour what was asked for and return the exit code. Raises CommandError."""
    jobs = flats_jobs(arguments.linearts, arguments.output, arguments.hints)
    told = _Told(arguments.json, voice)

    def work(cancelled: Callable[[], bool]) -> None:
        wanted = _Wanted(
            arguments.openness,
            arguments.spread,
            arguments.seed,
            _palette(arguments.palette, decoder),
            arguments.hints,
            arguments.layers,
        )
        for lineart, target in jobs:
            _colour_one(lineart, target, wanted, decoder, told, cancelled)

    def give_up() -> None:
        remove_unfinished()
        voice.break_off(Interrupted().said)

    with Decoder() as decoder:
        try:
            Worker(work).result(give_up)
        finally:
            told.close()
    if not told.failed:
        return 0
    return SOME_FAILED if told.failed < len(jobs) else ALL_FAILED


def _palette(asked: str | None, decoder: Decoder) -> Palette | None:
    """Raises UsageError, FileError."""
    if asked is None or asked in PALETTES:
        return None if asked is None else PALETTES[asked]
    if Path(asked).suffix or Path(asked).exists():
        pixels = decoder.read_pixels(Path(asked), DECODING, lambda one: rgba(one, PALETTE_PIXELS))
        return palette_of(pixels)
    raise UsageError(
        '"{asked}" is not a palette; there are {names}, or name a picture.',
        asked=asked,
        names=", ".join(PALETTES),
    )


def _colour_one(
    lineart: Path,
    target: Path,
    wanted: _Wanted,
    decoder: Decoder,
    told: _Told,
    cancelled: Callable[[], bool],
) -> None:
    """Colour one lineart and tell what came of it. Raises Interrupted."""
    began = time.perf_counter()
    try:
        _refuse_own_sources(target, lineart, wanted.hints)
        check_writable(target)
        page = decoder.read(lineart, Spool(IN_MEMORY, Path(tempfile.gettempdir()), DECODING), cancelled)
        for said in page.notices:
            told.notice(said)
        areas = find_areas(_ink(page), openness=wanted.openness, cancelled=cancelled)
        if not len(areas):
            told.notice(
                Said(
                    "The flats are blank, since no lines that close an area were found in {lineart}; a "
                    "higher --openness may find some.",
                    lineart=lineart,
                )
            )
        areas, colours = _colours(areas, wanted, decoder, told, cancelled)
        files = _written(areas, colours, target, page.dpi, layers=wanted.layers, cancelled=cancelled)
    except (Interrupted, Cancelled):
        raise Interrupted from None
    except CommandError as error:
        told.failure(lineart, error.said)
    except InkError as error:
        told.failure(lineart, Said("{lineart}: {problem}.", lineart=lineart, problem=error))
    except MemoryError:
        told.failure(lineart, Said("{lineart} does not fit into this computer's memory.", lineart=lineart))
    else:
        _tell(told, lineart, files, areas, colours, time.perf_counter() - began)


def _refuse_own_sources(target: Path, *sources: Path | None) -> None:
    for source in sources:
        if source is not None and os.path.realpath(source) == os.path.realpath(target):
            raise FileError("{target} would be overwritten: name another output.", target=target)


def _ink(page: Page) -> Bytes:
    """Coverage, uint8 (H, W): how dark a lineart is, where its darkest is full ink."""
    height, width = page.sketch.size
    out = np.empty((height, width), np.uint8)
    rows = max(1, STRIP // width)
    for top in range(0, height, rows):
        luma = page.sketch.read_luma(top, min(height, top + rows))
        out[top : top + len(luma)] = np.rint(np.clip(1.0 - luma, 0.0, 1.0) * 255)
    counts = np.bincount(out.reshape(-1), minlength=256)
    inked = np.cumsum(counts[::-1])[::-1]  # how many px are at least so dark
    least = max(1.0, (1.0 - DARKEST) * out.size)
    full = int(np.flatnonzero(inked >= least)[-1]) if out.size else 0
    if FAINTEST * 255 <= full < 255:
        table = np.minimum(255, np.rint(np.arange(256) * (255 / full))).astype(np.uint8)
        out = table[out]
    return out


def _colours(
    areas: Areas, wanted: _Wanted, decoder: Decoder, told: _Told, cancelled: Callable[[], bool]
) -> tuple[Areas, Colours]:
    """The areas as hints say, and their colours."""
    if wanted.hints is None:
        return areas, first_colours(areas, seed=wanted.seed, palette=wanted.palette)
    path = wanted.hints

    def take(picture: Picture) -> Bytes:
        height, width = upright_size(picture)
        if (height, width) != areas.shape:
            raise FileError(
                "{hints} is {width} x {height} px, but the lineart is {wide} x {tall} px: hints must be as "
                "large.",
                hints=path,
                width=width,
                height=height,
                wide=areas.shape[1],
                tall=areas.shape[0],
            )
        if picture.icc is not None and b"sRGB" not in picture.icc:
            told.notice(
                Said(
                    "{hints} has a colour profile of its own; its colours are taken as sRGB, number for "
                    "number.",
                    hints=path,
                )
            )
        return rgba(picture)

    hints = decoder.read_pixels(path, DECODING, take, cancelled)
    areas, colours = with_hints(areas, hints, {}, spread=wanted.spread)
    if wanted.palette is not None:
        colours = first_colours(areas, seed=wanted.seed, palette=wanted.palette, fixed=colours)
    return areas, colours


def _written(
    areas: Areas,
    colours: Colours,
    target: Path,
    dpi: tuple[float, float] | None,
    *,
    layers: bool,
    cancelled: Callable[[], bool],
) -> list[Path]:
    """The files that the flats were written to, each whole. Raises FileError, Interrupted."""
    if not layers:
        _write(areas, colours, target, dpi, cancelled)
        return [target]
    files = []
    for colour in sorted({one for one in colours.values() if one != PAPER}):
        file = target.with_name(f"{target.stem}-{bytes(colour).hex()}.png")
        check_writable(file)
        part = {one: other for one, other in colours.items() if other == colour}
        _write(areas, part, file, dpi, cancelled)
        files.append(file)
    return files


def _write(
    areas: Areas,
    colours: Colours,
    target: Path,
    dpi: tuple[float, float] | None,
    cancelled: Callable[[], bool],
) -> None:
    height, width = areas.shape
    rows = max(1, STRIP // width)
    with whole_file(target) as file:
        writer = PngWriter(file, width=width, height=height, channels=4, dpi=dpi)
        for top in range(0, height, rows):
            if cancelled():
                raise Interrupted
            writer.write(paint(areas, colours, Rect(0, top, width, min(rows, height - top))))
        writer.finish()


def _tell(
    told: _Told, lineart: Path, files: list[Path], areas: Areas, colours: Colours, seconds: float
) -> None:
    height, width = areas.shape
    told.results.append(
        {
            "lineart": str(lineart),
            "flats": [str(file) for file in files],
            "width": width,
            "height": height,
            "seconds": round(seconds, 3),
            "background": _hex(colours.get(0, PAPER)),
            "areas": [
                {
                    "id": one,
                    "colour": _hex(colours.get(one, PAPER)),
                    "box": list(box),
                    "size": size,
                    "drawn": round(share, 3),
                }
                for one, box, size, share in zip(
                    areas.ids.tolist(), areas.boxes, areas.sizes.tolist(), areas.drawn.tolist(), strict=True
                )
            ],
        }
    )
    if not told.as_json:
        told.voice.tell(
            Said(
                "{lineart} -> {flats} ({count} areas, {seconds} s)",
                lineart=lineart,
                flats=", ".join(map(str, files)) or "nothing",
                count=len(areas),
                seconds=f"{seconds:.1f}",
            )
        )


def _hex(colour: tuple[int, int, int]) -> str | None:
    return None if colour == PAPER else "#" + bytes(colour).hex()
