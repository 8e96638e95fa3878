# SPDX-License-Identifier: GPL-3.0-or-later
"""Which sketches are to be inked, and into which files."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from smart_lineart.cli.errors import FileError, UsageError, why
from smart_lineart.cli.files.formats import SUFFIXES
from smart_lineart.cli.files.output import ENDING, WRITERS


@dataclass(frozen=True)
class Job:
    """One sketch and its lineart file; `fault` is why it cannot be inked, if that is known already."""

    sketch: Path
    target: Path
    fault: str = ""


@dataclass(frozen=True)
class Plan:
    """The jobs of one command.

    `batch`: several were asked for, so one failure does not stop the others. `folder` is to be made if it
    does not exist.
    """

    jobs: list[Job]
    batch: bool
    folder: Path | None


def make_plan(named: Sequence[Path], output: str | None) -> Plan:
    """Find the sketches in files and folders, and name their lineart. Raises UsageError, FileError."""
    batch = len(named) > 1 or any(_is_folder(path) for path in named)
    sketches: list[Path] = []
    faults: dict[Path, str] = {}
    for path in named:
        try:
            sketches += _sketches_in(path) if _is_folder(path) else [path]
        except FileError as error:
            if len(named) == 1:
                raise
            sketches.append(path)
            faults[path] = str(error)
    sketches = list(dict.fromkeys(sketches))
    if output == "-":
        raise UsageError("Lineart cannot be written to the standard output: name a file or a folder.")
    if output is None:
        targets, folder = [sketch.with_name(sketch.stem + ENDING) for sketch in sketches], None
    elif _names_folder(output):
        folder = Path(output)
        targets = [folder / (sketch.stem + ENDING) for sketch in sketches]
    else:
        targets, folder = [_single_target(Path(output), batch=batch)], None
    return Plan(_jobs(sketches, targets, faults), batch, folder)


def _is_folder(path: Path) -> bool:
    try:
        return path.is_dir()
    except OSError:  # what is wrong with it is told when it is opened
        return False


def _sketches_in(folder: Path) -> list[Path]:
    try:
        images = [path for path in folder.iterdir() if path.suffix.lower() in SUFFIXES]
        files = sorted(path for path in images if path.is_file())
    except OSError as error:
        raise FileError(
            "The folder {folder} cannot be read: {reason}.", folder=folder, reason=why(error)
        ) from error
    # Lineart made earlier is no sketch, nor are files that a desktop hides.
    sketches = [path for path in files if not path.name.endswith(ENDING) and not path.name.startswith(".")]
    if not sketches:
        raise FileError("The folder {folder} holds no sketch that can be inked.", folder=folder)
    return sketches


def both_to_one(sketch: Path, other: Path, target: Path) -> FileError:
    """The error of two sketches whose lineart would be one file."""
    return FileError(
        "{sketch} and {other} would both be written to {target}: ink them one by one.",
        sketch=sketch,
        other=other,
        target=target,
    )


def same_file(target: Path) -> object:
    """What tells a target that is there from every other, as its file system does; None where it is not."""
    try:
        status = target.stat()
    except OSError:
        return None
    return status.st_dev, status.st_ino


def _names_folder(output: str) -> bool:
    place = Path(output)
    is_image = place.suffix.lower() in {*WRITERS, *SUFFIXES}
    return _is_folder(place) or output.endswith(("/", "\\")) or not is_image


def _single_target(target: Path, *, batch: bool) -> Path:
    if target.suffix.lower() not in WRITERS:
        asked, *written = (suffix[1:].upper() for suffix in (target.suffix, *WRITERS))
        raise UsageError(
            "Lineart is written as {kinds}, not as {kind}: name the file {name}.",
            kinds=" or ".join(written),
            kind=asked,
            name=target.stem + next(iter(WRITERS)),
        )
    if batch:
        raise UsageError(
            "Several sketches cannot go into the one file {target}: name a folder.", target=target
        )
    return target


def _jobs(sketches: Sequence[Path], targets: Sequence[Path], faults: dict[Path, str]) -> list[Job]:
    sources = {_identity(sketch) for sketch in sketches}
    taken: dict[object, Path] = {}
    jobs = []
    for sketch, target in zip(sketches, targets, strict=True):
        identity = _identity(target)
        fault = faults.get(sketch, "")
        if identity in sources:
            fault = f"{target} is a sketch itself and would be overwritten: name another output."
        elif identity in taken:
            fault = str(both_to_one(sketch, taken[identity], target))
        taken.setdefault(identity, sketch)
        jobs.append(Job(sketch, target, fault))
    return jobs


def _identity(path: Path) -> object:
    """Equal for two paths to one file, by whatever links, also where the file system ignores case."""
    return same_file(path) or os.path.realpath(path)
