# SPDX-License-Identifier: GPL-3.0-or-later
"""`smart-lineart ink`: the sketches named, one after the other, whatever becomes of each."""

from __future__ import annotations

import argparse
import os
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from smart_lineart.cli import engine
from smart_lineart.cli.decoding.decoder import Decoder
from smart_lineart.cli.errors import CommandError, FileError, Interrupted, why
from smart_lineart.cli.files.formats import image_format
from smart_lineart.cli.files.output import remove_unfinished
from smart_lineart.cli.files.page import Page, Spool
from smart_lineart.cli.hues import Sorting, all_targets
from smart_lineart.cli.ink import Appearance, ink_file
from smart_lineart.cli.interrupt import Worker
from smart_lineart.cli.jobs import Job, Plan, both_to_one, make_plan, same_file
from smart_lineart.cli.report import Report
from smart_lineart.cli.styles import choose_style
from smart_lineart.cli.voice import Voice
from smart_lineart.inking import Cancelled, Inker, InkError
from smart_lineart.said import Said

ALL_FAILED = 2
SOME_FAILED = 1

ROOM_FOR_BOTH = 512 << 20
"""A memory limit from which on a small page is inked beside the process that decodes, which takes 48 MB."""

SMALL_PAGE = 9_000_000
"""A4 at 300 dpi, in pixels: inked in less than 350 MB."""

DEBUG = "SMART_LINEART_DEBUG"
"""Set in the environment, a fault in the program itself shows its traceback."""


def ink_command(arguments: argparse.Namespace, voice: Voice) -> int:
    """Ink what was asked for and return the exit code. Raises CommandError."""
    look = _look(arguments)
    plan = make_plan(arguments.sketches, arguments.output, arguments.format, look.sorting)
    _make_folder(plan)
    report = Report(len(plan.jobs), as_json=arguments.json, voice=voice)
    for said in plan.notices:
        report.notice(said)

    def work(cancelled: Callable[[], bool]) -> None:
        with _open_inker(arguments, report) as inker:
            desk = _Desk(inker, look, arguments.memory_limit, report, decoder, cancelled)
            for number, job in enumerate(plan.jobs):
                desk.ink(job, number, last=job is plan.jobs[-1])

    def give_up() -> None:
        remove_unfinished()
        voice.break_off(Interrupted().said)

    with Decoder() as decoder:
        try:
            Worker(work).result(give_up)
        finally:
            decoder.close()
            report.close(plan.folder, decoder.most_held)
    if not report.failed:
        return 0
    return SOME_FAILED if plan.batch else ALL_FAILED


@dataclass
class _Desk:
    """Everything that stays the same from one sketch to the next."""

    inker: Inker
    look: Appearance
    memory_limit: int
    report: Report
    decoder: Decoder
    cancelled: Callable[[], bool]
    written: dict[object, Path] = field(default_factory=dict)
    """The sketch of every lineart written, by what tells its file from others."""

    def ink(self, job: Job, number: int, *, last: bool) -> None:
        """Ink one sketch of the batch and tell what came of it. Raises Interrupted."""
        progress = self.report.progress(number, job.sketch.name)
        try:
            if job.fault is not None:
                raise job.fault
            image_format(job.sketch)  # a name that is none is told before anything about its lineart is
            self._check_target(job)
            inked = ink_file(
                job.sketch,
                job.targets,
                self.look,
                self.inker,
                read=lambda path, spool: self._read(path, last=last, spool=spool),
                memory_limit=self.memory_limit,
                progress=progress,
                cancelled=self.cancelled,
                wrote=lambda target: self.written.update({same_file(target): job.sketch}),
            )
        except (Interrupted, Cancelled):
            raise Interrupted from None
        except Exception as error:
            if os.environ.get(DEBUG) and not isinstance(error, (CommandError, InkError, MemoryError)):
                raise
            self.report.failure(job, _told(job, error))
        else:
            self.report.inked(job, inked, self.inker)
        progress(1.0)

    def _check_target(self, job: Job) -> None:
        """Only the file system knows which names are one: of capitals, accents, or links made meanwhile."""
        for target in all_targets(job.targets, self.look.sorting):
            earlier = self.written.get(same_file(target))
            if earlier is not None:
                raise both_to_one(job.sketch, earlier, target)

    def _read(self, path: Path, *, last: bool, spool: Spool) -> Page:
        """The page; its decoder stays for the next only where both fit: ink is as of one sketch alone."""
        page = self.decoder.read(path, spool, self.cancelled)
        height, width = page.sketch.size
        if last or self.memory_limit < ROOM_FOR_BOTH or height * width > SMALL_PAGE:
            self.decoder.close()
        return page


def _told(job: Job, error: Exception) -> Said:
    """What is said of a sketch that could not be inked."""
    if isinstance(error, CommandError):
        return error.said
    if isinstance(error, InkError):
        return Said("{sketch}: {problem}.", sketch=job.sketch, problem=error)
    if isinstance(error, MemoryError):
        return Said("{sketch} does not fit into this computer's memory.", sketch=job.sketch)
    return Said(
        "{sketch} could not be inked because of a fault in Smart Lineart itself, please report it"
        " ({kind}: {error}).",
        sketch=job.sketch,
        kind=type(error).__name__,
        error=error,
    )


def _look(arguments: argparse.Namespace) -> Appearance:
    return Appearance(
        thickness=arguments.thickness,
        style=choose_style(arguments.style),
        detail=arguments.detail,
        faint=arguments.faint,
        weight=arguments.weight,
        colour=arguments.color,
        white=arguments.background == "white",
        sorting=Sorting(arguments.by_color, arguments.drop),
    )


def _make_folder(plan: Plan) -> None:
    if plan.folder is None:
        return
    try:
        plan.folder.mkdir(parents=True, exist_ok=True)
    except FileExistsError as error:
        raise FileError(
            "{folder} is no folder, so no lineart can be written into it.", folder=plan.folder
        ) from error
    except OSError as error:
        raise FileError(
            "The folder {folder} cannot be made: {reason}.", folder=plan.folder, reason=why(error)
        ) from error


def _open_inker(arguments: argparse.Namespace, report: Report) -> Inker:
    try:
        return engine.open_inker(
            runtime=arguments.runtime,
            device=arguments.device,
            memory_limit=arguments.memory_limit,
            model=arguments.model,
            notify=report.notice,
        )
    except InkError as error:
        raise CommandError.saying(error.said) from error
