# SPDX-License-Identifier: GPL-3.0-or-later
"""Waits until a run may replace a layer: its document is in front, nobody paints, and it is its turn."""

from __future__ import annotations

from collections.abc import Callable

from smart_lineart.krita_host import application, view
from smart_lineart.studio.context import Context
from smart_lineart.studio.language.i18n import tr
from smart_lineart.studio.steps import Work
from smart_lineart.studio.turns import Turns

from .jobs import Job
from .settling import WAIT_FOR_DOCUMENT_MS, WAIT_FOR_PEN_MS
from .sketch import living_sketch


def until_in_front(context: Context, turns: Turns, job: Job, look: Callable[[], object]) -> Work:
    """Renewing a layer in one undoable step needs its document in front: Krita's actions work there.

    Runs of other documents go on meanwhile, and nobody else writes into the lineart afterwards, such as one
    that follows a slider. `look` raises where there is nothing to wait for any more.
    """
    messages, told = context.messages, None
    while True:
        look()
        shown = application.is_active(job.document)
        alone = shown and not view.painting() and turns.take(job)
        if alone and turns.take_lineart(job, job.document, job.sketch):
            break
        if not shown:
            turns.give_up(job)
            if told is None:
                messages.say(
                    tr('"{name}" is ready. Go back to its document to see it.', name=job.title),
                    of=job.document,
                )
                told = messages.shown
        yield WAIT_FOR_PEN_MS if shown else WAIT_FOR_DOCUMENT_MS
    if told is not None and messages.shown is told:
        messages.say("")


def until_sketch_in_front(context: Context, turns: Turns, job: Job) -> Work:
    """The same for a job's sketch; it can be cancelled meanwhile. Raises once the sketch is gone."""

    def look() -> None:
        living_sketch(job)
        if not application.is_active(job.document):
            job.reopen()  # it may be long: what is in stays, and the rest can be cancelled

    yield from until_in_front(context, turns, job, look)
