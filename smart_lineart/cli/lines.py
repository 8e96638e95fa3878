# SPDX-License-Identifier: GPL-3.0-or-later
"""`smart-lineart lines`: the lines of a finished picture, and the edges of its colours and shades."""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from smart_lineart import __version__
from smart_lineart.cli.arguments import Colour, Thickness
from smart_lineart.cli.decoding.decoder import Decoder
from smart_lineart.cli.errors import CommandError, FileError, Interrupted, UsageError
from smart_lineart.cli.files.output import (
    WRITERS,
    check_writable,
    remove_unfinished,
    whole_file,
    write_set,
)
from smart_lineart.cli.files.page import ASSUMED_DPI
from smart_lineart.cli.files.picture import Picture
from smart_lineart.cli.files.pixels import rgba_strips, upright, upright_size
from smart_lineart.cli.files.png import PngWriter
from smart_lineart.cli.files.writer import Lineart
from smart_lineart.cli.interrupt import Worker
from smart_lineart.cli.styles import choose_style
from smart_lineart.cli.voice import Voice
from smart_lineart.inking import (
    Cancelled,
    InkError,
    PictureClass,
    PictureFeatures,
    PictureReader,
    Rect,
    Style,
)
from smart_lineart.inking.arrays import Bytes
from smart_lineart.inking.features import suiting_thickness
from smart_lineart.inking.picture.classes import DOUGA
from smart_lineart.inking.picture.working import WorkingPicture, over_white
from smart_lineart.inking.rendering import render
from smart_lineart.said import Said
from smart_lineart.units import MM_PER_INCH

FAILED = 2
NAMED = "-lines"
STRIP = 1 << 21  # px drawn at once
DECODING = 768 << 20  # bytes that decoding a file may take
FEW = 1.0  # times the picture's longer side: drawn pictures have more line
EDGES = {
    PictureClass.SHADE_EDGE: "-shade",
    PictureClass.HIGHLIGHT_EDGE: "-highlight",
    PictureClass.COLOUR_EDGE: "-colour",
}
"""What the files of edges are called more than that of the lines."""


@dataclass
class _Read:
    """A picture as it was read: of (height, width) `size`, and `working` as the network sees it."""

    size: tuple[int, int]
    working: Bytes
    dpi: tuple[float, float] | None


@dataclass
class _Task:
    """What was asked for, and what is said of it."""

    picture: Path
    target: Path
    thickness: Thickness | None
    weight: float
    style: str | Style
    colour: Colour | None
    edges: bool
    douga: bool
    memory_limit: int
    notify: Callable[[Said | str], None]
    files: list[Path] = field(default_factory=list)


def lines_command(arguments: argparse.Namespace, voice: Voice) -> int:
    """Take the lines out of a picture and return the exit code. Raises CommandError."""
    notices: list[str] = []

    def notify(said: Said | str) -> None:
        notices.append(str(said))
        if not arguments.json:
            voice.notice(said)

    target = _target(arguments)
    task = _Task(
        arguments.picture,
        target,
        arguments.thickness,
        arguments.weight,
        choose_style(arguments.style),
        arguments.color,
        arguments.edges,
        arguments.douga,
        arguments.memory_limit,
        notify,
    )
    began = time.perf_counter()

    def work(cancelled: Callable[[], bool]) -> PictureFeatures:
        return _take_lines(task, arguments, decoder, cancelled)

    def give_up() -> None:
        remove_unfinished()
        voice.break_off(Interrupted().said)

    with Decoder() as decoder:
        try:
            found = Worker(work).result(give_up)
        except Cancelled:
            raise Interrupted from None
        except InkError as error:
            raise CommandError("{picture}: {problem}.", picture=task.picture, problem=error) from error
    _tell(task, found, time.perf_counter() - began, notices if arguments.json else None, voice)
    return 0


def _target(arguments: argparse.Namespace) -> Path:
    """The file to write. Raises UsageError, FileError."""
    picture: Path = arguments.picture
    target: Path = arguments.output or picture.with_name(f"{picture.stem}{NAMED}.png")
    endings = [".png"] if arguments.douga else list(WRITERS)
    if target.suffix.lower() not in endings:
        raise UsageError(
            "{target} cannot be written: name a file that ends in {endings}.",
            target=target,
            endings=" or ".join(endings),
        )
    if arguments.douga and arguments.edges:
        raise UsageError("A douga has the edges already: leave out --edges or --douga.")
    if target.exists() and picture.exists() and target.samefile(picture):
        raise FileError("{target} would be overwritten: name another output.", target=target)
    check_writable(target)
    return target


def _take_lines(
    task: _Task, arguments: argparse.Namespace, decoder: Decoder, cancelled: Callable[[], bool]
) -> PictureFeatures:
    with PictureReader(
        runtime=arguments.runtime,
        device=arguments.device,
        memory_limit=arguments.memory_limit,
        model=arguments.model,
        notify=task.notify,
    ) as reader:
        room = min(DECODING, arguments.memory_limit)
        read = decoder.read_pixels(
            task.picture, room, lambda picture: _read(picture, reader.scale, task.notify), cancelled
        )
        decoder.close()
        found = reader.find(read.working, read.size, cancelled=cancelled)
    if task.douga:
        _write_douga(task, found, read, cancelled)
        return found
    targets = {PictureClass.LINE: task.target}
    if task.edges:
        for name, ending in EDGES.items():
            targets[name] = task.target.with_name(task.target.stem + ending + task.target.suffix)
            check_writable(targets[name])
    linearts = [(target, _lineart(task, found, name, read, cancelled)) for name, target in targets.items()]
    write_set(linearts, lambda _: None)
    task.files += targets.values()
    return found


def _read(
    picture: Picture, scale: Callable[[tuple[int, int]], float], notify: Callable[[Said | str], None]
) -> _Read:
    size = picture.height, picture.width
    working = WorkingPicture(size, scale(size))
    for strip in rgba_strips(picture):
        working.add(over_white(strip))
    dpi = picture.dpi[::-1] if picture.dpi and picture.orientation >= 5 else picture.dpi
    for said in picture.notices:
        notify(said)
    return _Read(upright_size(picture), upright(working.whole(), picture), dpi)


def _lineart(
    task: _Task, found: PictureFeatures, name: PictureClass, read: _Read, cancelled: Callable[[], bool]
) -> Lineart:
    features = found.lines[name]
    thickness = _thickness(task, found, read)
    ink = task.colour or Colour(*(found.colour or (0, 0, 0)))
    return Lineart(
        size=found.size,
        dpi=read.dpi,
        icc=None,
        thickness=thickness,
        style=task.style,
        colour=ink if name == PictureClass.LINE else Colour(*DOUGA[name].tolist()),
        white=False,
        strokes=features.drawn_at(0.0, task.weight),
        solid=None,
        scale=found.scale,
        strips=_strips(task, found, name, thickness, cancelled),
    )


def _thickness(task: _Task, found: PictureFeatures, read: _Read) -> float:
    if task.thickness is None:
        return found.thickness or suiting_thickness(found.size)
    if task.thickness.unit == "px":
        return task.thickness.value
    return task.thickness.value * (sum(read.dpi) / 2 if read.dpi else ASSUMED_DPI) / MM_PER_INCH


def _strips(
    task: _Task, found: PictureFeatures, name: PictureClass, thickness: float, cancelled: Callable[[], bool]
) -> Iterator[Bytes]:
    height, width = found.size
    rows = max(1, STRIP // width)
    for top in range(0, height, rows):
        if cancelled():
            raise Interrupted
        region = Rect(0, top, width, min(rows, height - top))
        yield render(
            found.lines[name],
            thickness=thickness,
            style=task.style,
            faint=0.0,
            weight=task.weight,
            region=region,
            cancelled=cancelled,
        )


def _write_douga(task: _Task, found: PictureFeatures, read: _Read, cancelled: Callable[[], bool]) -> None:
    height, width = found.size
    with whole_file(task.target) as file:
        writer = PngWriter(file, width=width, height=height, channels=3, dpi=read.dpi)
        for strip in found.douga():
            if cancelled():
                raise Interrupted
            writer.write(strip)
        writer.finish()
    task.files.append(task.target)


def _tell(
    task: _Task, found: PictureFeatures, seconds: float, notices: list[str] | None, voice: Voice
) -> None:
    lengths = {name: found.length(name) for name in found.lines}
    if lengths[PictureClass.LINE] < FEW * max(found.size):
        task.notify(
            Said(
                "Hardly any drawn lines were found in {picture}; what was found are edges of shade "
                "({shade} px), of highlights ({highlight} px) and of colours ({colour} px).",
                picture=task.picture,
                shade=round(lengths[PictureClass.SHADE_EDGE]),
                highlight=round(lengths[PictureClass.HIGHLIGHT_EDGE]),
                colour=round(lengths[PictureClass.COLOUR_EDGE]),
            )
        )
    if notices is None:
        voice.tell(
            Said(
                "{picture} -> {files} ({count} lines, {seconds} s)",
                picture=task.picture,
                files=", ".join(map(str, task.files)),
                count=len(found.lines[PictureClass.LINE].strokes),
                seconds=f"{seconds:.1f}",
            )
        )
        return
    result: dict[str, Any] = {
        "picture": str(task.picture),
        "files": [str(file) for file in task.files],
        "width": found.size[1],
        "height": found.size[0],
        "scale": round(found.scale, 4),
        "seconds": round(seconds, 3),
        "lengths": {name.name.lower(): round(length) for name, length in lengths.items()},
    }
    voice.tell(json.dumps({"version": __version__, "results": [result], "notices": notices}, indent=2))
