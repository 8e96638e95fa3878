# SPDX-License-Identifier: GPL-3.0-or-later
"""`smart-lineart ink`: the sketches named, one after the other, whatever becomes of each."""

from __future__ import annotations

import argparse
import os
from collections.abc import Callable
from dataclasses import dataclass

from smart_lineart.cli import engine
from smart_lineart.cli.errors import CommandError, FileError, Interrupted, why
from smart_lineart.cli.ink import Look, ink_file
from smart_lineart.cli.interrupt import Worker
from smart_lineart.cli.jobs import Job, Plan, make_plan
from smart_lineart.cli.output import remove_unfinished
from smart_lineart.cli.report import Report
from smart_lineart.cli.styles import choose_style
from smart_lineart.inking import Cancelled, Inker, InkError

ALL_FAILED = 2
SOME_FAILED = 1

DEBUG = "SMART_LINEART_DEBUG"
"""Set in the environment, a fault in the program itself shows its traceback."""


def ink_command(arguments: argparse.Namespace) -> int:
    """Ink what was asked for and return the exit code. Raises CommandError."""
    look = _look(arguments)
    plan = make_plan(arguments.sketches, arguments.output)
    _make_folder(plan)
    report = Report(len(plan.jobs), as_json=arguments.json)

    def work(cancelled: Callable[[], bool]) -> None:
        with _open_inker(arguments, report) as inker:
            desk = _Desk(inker, look, arguments.memory_limit, report, cancelled)
            for number, job in enumerate(plan.jobs):
                desk.ink(number, job)

    try:
        Worker(work).result(remove_unfinished)
    finally:
        report.close(plan.folder)
    if not report.failed:
        return 0
    return SOME_FAILED if plan.batch else ALL_FAILED


@dataclass
class _Desk:
    """Everything that stays the same from one sketch to the next."""

    inker: Inker
    look: Look
    memory_limit: int
    report: Report
    cancelled: Callable[[], bool]

    def ink(self, number: int, job: Job) -> None:
        """Ink one sketch of the batch and tell what came of it. Raises Interrupted."""
        progress = self.report.progress(number, job.sketch.name)
        try:
            if job.fault:
                raise FileError(job.fault)
            inked = ink_file(
                job.sketch,
                job.target,
                self.look,
                self.inker,
                memory_limit=self.memory_limit,
                progress=progress,
                cancelled=self.cancelled,
            )
        except (Interrupted, Cancelled):
            raise Interrupted from None
        except CommandError as error:
            self.report.failure(job, str(error))
        except InkError as error:
            self.report.failure(job, f"{job.sketch}: {error}")
        except MemoryError:
            self.report.failure(job, f"{job.sketch} does not fit into this computer's memory.")
        except Exception as error:
            if os.environ.get(DEBUG):
                raise
            self.report.failure(job, _fault_of_ours(job, error))
        else:
            self.report.inked(job, inked, self.inker)
        progress(1.0)


def _fault_of_ours(job: Job, error: Exception) -> str:
    return (
        f"{job.sketch} could not be inked because of a fault in Smart Lineart itself, please report it"
        f" ({type(error).__name__}: {error})."
    )


def _look(arguments: argparse.Namespace) -> Look:
    return Look(
        thickness=arguments.thickness,
        style=choose_style(arguments.style),
        detail=arguments.detail,
        faint=arguments.faint,
        colour=arguments.color,
        white=arguments.background == "white",
    )


def _make_folder(plan: Plan) -> None:
    if plan.folder is None:
        return
    try:
        plan.folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise FileError(f"The folder {plan.folder} cannot be made: {why(error)}.") from error


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
        raise CommandError(str(error)) from error
