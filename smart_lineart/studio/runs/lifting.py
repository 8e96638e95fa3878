# SPDX-License-Identifier: GPL-3.0-or-later
"""A group is read with the sketches in it as they are without having been faded or hidden."""

from __future__ import annotations

from collections.abc import Callable

from smart_lineart.krita_host import application
from smart_lineart.krita_host.refreshing import refresh_when_idle
from smart_lineart.studio.context import Context
from smart_lineart.studio.steps import Work

from .jobs import Job
from .sketch import living_sketch


def with_sketches_lifted(context: Context, job: Job, work: Work, is_in: Callable[[], bool]) -> Work:
    """Do a run's work with what was faded in its group lifted; it is faded again where no ink came, as
    `is_in` tells.
    """
    reveal = context.reveal
    lifted = reveal.lift_inside(job.document, living_sketch(job))
    try:
        if lifted:
            yield from refresh_when_idle(job.document)
        yield from work
        if not is_in():
            reveal.lay_again(job.document, lifted)
    except Exception:
        if not is_in() and application.is_open(job.document):
            reveal.lay_again(job.document, lifted)
        raise
