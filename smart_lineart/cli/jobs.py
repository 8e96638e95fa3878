# SPDX-License-Identifier: GPL-3.0-or-later
"""Which sketches are to be inked, and into which files."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from smart_lineart.cli.errors import FileError, UsageError, why
from smart_lineart.cli.files.formats import OTHER_PICTURES, SUFFIXES, is_stream
from smart_lineart.cli.files.output import NAMED, SUFFIX, WRITERS
from smart_lineart.cli.hues import ALL_IN_ONE, Sorting, all_targets, sketch_of
from smart_lineart.said import Said


@dataclass(frozen=True)
class Job:
    """One sketch and its lineart file; `fault` is why it cannot be inked, if that is known already.

    `also` are files that the same lineart is written to in other formats.
    """

    sketch: Path
    target: Path
    fault: FileError | None = None
    also: tuple[Path, ...] = ()

    @property
    def targets(self) -> tuple[Path, ...]:
        """All files that the lineart is written to."""
        return self.target, *self.also


@dataclass(frozen=True)
class Plan:
    """The jobs of one command.

    `batch`: several were asked for, so one failure does not stop the others. `folder` is to be made if it
    does not exist. `notices` tell of files that are left out.
    """

    jobs: list[Job]
    batch: bool
    folder: Path | None
    notices: list[Said] = field(default_factory=list)


def make_plan(
    named: Sequence[Path],
    output: str | None,
    formats: tuple[str, ...] | None = None,
    sorting: Sorting = ALL_IN_ONE,
) -> Plan:
    """Find the sketches in files and folders, and name their lineart. Raises UsageError, FileError.

    `formats` are endings of files in `output.WRITERS`; None is what `output` is called, or pixels.
    """
    batch = len(named) > 1 or any(_is_folder(path) for path in named)
    if output is not None and (output == "-" or is_stream(Path(output))):
        raise UsageError("Lineart cannot be written to the standard output: name a file or a folder.")
    notices: list[Said] = []
    sketches: list[Path] = []
    faults: dict[Path, FileError] = {}
    for path in named:
        try:
            sketches += _sketches_of(path, notices)
        except FileError as error:
            if len(named) == 1:
                raise
            sketches.append(path)
            faults[path] = error
    sketches = _without_lineart(list(dict.fromkeys(sketches)), notices)
    endings = [NAMED + suffix for suffix in formats or (SUFFIX,)]
    if output is None:
        targets = [[sketch.with_name(sketch.stem + ending) for ending in endings] for sketch in sketches]
        folder = None
    elif _names_folder(output):
        folder = Path(output)
        targets = [[folder / (sketch.stem + ending) for ending in endings] for sketch in sketches]
    else:
        targets, folder = [[_single_target(Path(output), formats, batch=batch)]], None
    return Plan(_jobs(sketches, targets, faults, sorting), batch, folder, notices)


def _sketches_of(path: Path, notices: list[Said]) -> list[Path]:
    """What one name stands for. Raises FileError."""
    if _is_folder(path):
        return _sketches_in(path, notices)
    if is_stream(path) or (str(path) == "-" and not path.exists()):
        raise FileError(
            "A sketch cannot be read from the standard input ({stream}): save it, and name the file.",
            stream=path,
        )
    return [path]


def _without_lineart(sketches: list[Path], notices: list[Said]) -> list[Path]:
    """The sketches but for the lineart of others among them, as `*.png` names it at the second time."""
    stems = {(os.path.realpath(sketch.parent), sketch.stem): sketch for sketch in sketches}
    kept = []
    for sketch in sketches:
        stem = sketch_of(sketch)
        original = None if stem is None else stems.get((os.path.realpath(sketch.parent), stem))
        if original is None:
            kept.append(sketch)
        else:
            notices.append(
                Said(
                    "{lineart} was skipped, since it is the lineart of {sketch}.",
                    lineart=sketch,
                    sketch=original,
                )
            )
    return kept


def _is_folder(path: Path) -> bool:
    try:
        return path.is_dir()
    except OSError:  # what is wrong with it is told when it is opened
        return False


def _skipped(lineart: Path, sketch: Path) -> Said:
    return Said("{lineart} was skipped, since it is the lineart of {sketch}.", lineart=lineart, sketch=sketch)


def _sketches_in(folder: Path, notices: list[Said]) -> list[Path]:
    try:
        files = sorted(path for path in folder.iterdir() if path.is_file())
    except OSError as error:
        raise FileError(
            "The folder {folder} cannot be read: {reason}.", folder=folder, reason=why(error)
        ) from error
    # Lineart made earlier is no sketch, nor are files that a desktop hides.
    shown = [path for path in files if sketch_of(path) is None and not path.name.startswith(".")]
    sketches = [path for path in shown if path.suffix.lower() in SUFFIXES]
    if not sketches:
        raise FileError("The folder {folder} holds no sketch that can be inked.", folder=folder)
    left = sum(path.suffix.lower() in OTHER_PICTURES for path in shown)
    if left:
        notices.append(_left(left, folder))
    return sketches


def _left(count: int, folder: Path) -> Said:
    if count == 1:
        return Said("1 other file was left in {folder}: its kind of picture cannot be inked.", folder=folder)
    return Said(
        "{count} other files were left in {folder}: their kinds of picture cannot be inked.",
        count=count,
        folder=folder,
    )


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


def _single_target(target: Path, formats: tuple[str, ...] | None, *, batch: bool) -> Path:
    if target.suffix.lower() not in WRITERS:
        asked, *written = (suffix[1:].upper() for suffix in (target.suffix, *WRITERS))
        raise UsageError(
            "Lineart is written as {kinds}, not as {kind}: name the file {name}.",
            kinds=" or ".join(written),
            kind=asked,
            name=target.stem + next(iter(WRITERS)),
        )
    if formats is not None and formats != (target.suffix.lower(),):
        raise UsageError(
            "{target} is one file of one format: leave --format out, or name a folder.", target=target
        )
    if batch:
        raise UsageError(
            "Several sketches cannot go into the one file {target}: name a folder.", target=target
        )
    return target


def _jobs(
    sketches: Sequence[Path],
    targets: Sequence[Sequence[Path]],
    faults: dict[Path, FileError],
    sorting: Sorting,
) -> list[Job]:
    sources = {_identity(sketch) for sketch in sketches}
    taken: dict[object, Path] = {}
    jobs = []
    for sketch, files in zip(sketches, targets, strict=True):
        fault = faults.get(sketch)
        for target in all_targets(files, sorting):
            identity = _identity(target)
            if fault is None and identity in sources:
                fault = FileError(
                    "{target} is a sketch itself and would be overwritten: name another output.",
                    target=target,
                )
            elif fault is None and identity in taken:
                fault = both_to_one(sketch, taken[identity], target)
            taken.setdefault(identity, sketch)
        jobs.append(Job(sketch, files[0], fault, tuple(files[1:])))
    return jobs


def _identity(path: Path) -> object:
    """Equal for two paths to one file, by whatever links, also where the file system ignores case."""
    return same_file(path) or os.path.realpath(path)
