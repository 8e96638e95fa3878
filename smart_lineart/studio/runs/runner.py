# SPDX-License-Identifier: GPL-3.0-or-later
"""Has the runs that wait in a queue done, and says how they ended."""

from __future__ import annotations

from smart_lineart.inking import Cancelled
from smart_lineart.krita_host import application
from smart_lineart.krita_host.document import Document
from smart_lineart.krita_host.lineart import NotRenewed
from smart_lineart.krita_host.living import Gone
from smart_lineart.studio.context import Context
from smart_lineart.studio.messages import Cause, always, for_a_while
from smart_lineart.studio.steps import start
from smart_lineart.studio.turns import Turns

from .flats_run import FlatsRun
from .jobs import FlatsWish, Job, JobQueue, JobState
from .picture_run import PictureRun
from .renewing import Renewer
from .run import Run
from .sketch import Problem


class Runner:
    """The next run begins when the turn is nobody's."""

    def __init__(self, context: Context, turns: Turns, renewer: Renewer, queue: JobQueue):
        self._context = context
        self._turns = turns
        self._renewer = renewer
        self._queue = queue
        self._closing = False
        self.last_seconds: dict[str, float] = {}
        turns.given_up.connect(self._next)

    def add(self, job: Job) -> None:
        """Have a run done in its turn."""
        if not job.live:  # the artist wants to see its ink
            self._context.reveal.glance.end()
        self._queue.add(job)
        self._next()

    def wishes(self, document: Document, of: str) -> list[FlatsWish]:
        """What is still to come of a lineart's flats."""
        jobs = [job for job in self._queue.active if job.sketch == of and job.document == document]
        return [job.flats for job in jobs if job.flats is not None]

    def stop(self) -> None:
        """Krita is closing: stop every run, begin none."""
        self._closing = True
        self._queue.cancel_all()

    def _next(self) -> None:
        if self._turns.taken or self._closing:
            return
        job = self._queue.next
        if job is None:
            return
        self._turns.take(job)
        run = self._run(job)
        work = start(self._context.loop, run.steps(), run.stopped, lambda error: self._failed(job, error))
        work.when_done(lambda: self._ended(job))

    def _run(self, job: Job) -> Run | FlatsRun | PictureRun:
        if job.flats is not None:
            return FlatsRun(self._context, self._turns, job)
        kind = Run if job.picture is None else PictureRun
        return kind(self._context, self._turns, self._renewer, job)

    def _ended(self, job: Job) -> None:
        if job.state is JobState.finished:
            self.last_seconds = dict(job.seconds)
        self._turns.end(job)

    def _failed(self, job: Job, error: BaseException) -> None:
        if isinstance(error, Cancelled) or job.cancelled:
            job.enter(JobState.cancelled)
            return
        job.enter(JobState.failed)
        if isinstance(error, Gone):
            if not job.live:
                self._context.messages.report(error, so=for_a_while())
        elif not (job.live and isinstance(error, (Problem, NotRenewed))):  # the next stroke may mend it
            so = _until_the_next_step(job) if isinstance(error, Problem) else always
            self._context.messages.report(error, of=job.document, so=so)


def _until_the_next_step(job: Job) -> Cause:
    """What only the artist can mend may be mended once they go to another layer or do anything."""

    def now() -> tuple[str, ...]:
        layer = job.document.active_layer()
        return (*application.history(), "" if layer is None else layer.identity)

    then = now() if application.is_active(job.document) else None
    return lambda: then is None or now() == then
