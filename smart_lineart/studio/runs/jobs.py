# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs: queued, executing, and how they ended."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from enum import Enum
from typing import Any

from smart_lineart.studio.picture_kinds import PictureWish
from smart_lineart.studio.settings import InkSettings
from smart_lineart.studio.signal import Signal


class JobState(Enum):
    """Where a run stands."""

    queued = "queued"
    reading = "reading"
    inking = "inking"
    flatting = "flatting"
    writing = "writing"
    finished = "finished"
    cancelled = "cancelled"
    failed = "failed"

    @property
    def ended(self) -> bool:
        """Whether nothing more will come of it."""
        return self in {JobState.finished, JobState.cancelled, JobState.failed}


@dataclass(frozen=True)
class FlatsWish:
    """Flats as the artist wants them.

    Attributes:
        openness: how open an outline may be, 0 to 1; None: as before.
        spread: how far hints go on over lines, 0 to 1; None: as before.
        layered: whether there is one layer a colour; None: as before.
        hints: whether a layer for colour hints is wanted, too.
        recolour: areas, by their ids, that are to have other colours; None: as they are.
        propose: what proposals of other colours are asked for, if any are.
    """

    openness: float | None = None
    spread: float | None = None
    layered: bool | None = None
    hints: bool = False
    recolour: dict[int, tuple[int, int, int]] | None = None
    propose: Any = None

    @property
    def only_proposes(self) -> bool:
        """Whether nothing is to be written."""
        return self.propose is not None and self == FlatsWish(propose=self.propose)

    def after(self, earlier: FlatsWish) -> FlatsWish:
        """Both in one, where the earlier has not been granted yet."""
        return FlatsWish(
            earlier.openness if self.openness is None else self.openness,
            earlier.spread if self.spread is None else self.spread,
            earlier.layered if self.layered is None else self.layered,
            self.hints or earlier.hints,
            earlier.recolour if self.recolour is None else self.recolour,
            self.propose or earlier.propose,
        )

    def noted(self, note: Any) -> Any:
        """A copy of what is noted of flats, with what is wished for."""
        wished = {name: getattr(self, name) for name in ("openness", "spread", "layered")}
        return replace(note, **{name: value for name, value in wished.items() if value is not None})


@dataclass(eq=False)
class Job:
    """One run: a sketch of a document, inked with the settings of the moment it was asked for.

    `frames`: first and last of those to ink; `frame`: at which one it is, and of how many. `unsuited`: asked
    for before there was ink, so that an automatic thickness is still to be chosen from the drawing. `where`:
    what is selected for it; it tells runs for different parts of a lineart apart. `flats`: what to make of
    the lineart; None: it is the ink itself that is made. `proposed`: the colours that it came up with.
    `picture`: what to take from the layer as a finished picture; None: it is none.
    `whole`: what all its steps are undone by, at once. `done_by`: the run that took this one's
    place while it waited.
    """

    document: Any
    sketch: str
    title: str
    settings: InkSettings
    keep_copy: bool = False
    frames: tuple[int, int] | None = None
    selection: Any = None
    where: Any = None
    live: bool = False
    unsuited: bool = False
    flats: FlatsWish | None = None
    proposed: Any = None
    picture: PictureWish | None = None
    state: JobState = JobState.queued
    progress: float = 0.0
    frame: tuple[int, int] | None = None
    changed: Signal = field(default_factory=Signal)
    seconds: dict[str, float] = field(default_factory=dict)
    done_by: Job | None = None
    whole: object = field(default_factory=object, repr=False)
    _cancel: bool = False
    _committed: bool = False

    def enter(self, state: JobState) -> None:
        """Go to another state; one that has ended stays ended."""
        if not self.state.ended:
            self.state = state
            self.changed.emit()

    def report(self, progress: float) -> None:
        """Take note of how far it is, 0 to 1."""
        if not self.state.ended:
            self.progress = min(1.0, max(self.progress, progress))
            self.changed.emit()

    def at_frame(self, number: int, count: int) -> None:
        """Take note of which frame of how many it is at, the first being 1."""
        self.frame = number, count
        self.changed.emit()

    def commit(self) -> None:
        """From here on the document changes: what is begun is finished, within a moment."""
        self._committed = True

    def reopen(self) -> None:
        """What was begun is finished, and there is more to do: until that is committed it may be left."""
        self._committed = False

    def cancel(self) -> None:
        """Stop at the next chance; to the artist it has stopped at once. Too late while it is committed."""
        if self._committed:
            return
        self._cancel = True
        self.enter(JobState.cancelled)

    @property
    def cancelled(self) -> bool:
        """Whether it shall stop; may be read from any thread."""
        return self._cancel


class JobQueue:
    """Runs in the order they were asked for; one executes at a time."""

    def __init__(self) -> None:
        self.jobs: list[Job] = []
        self.changed = Signal()

    def add(self, job: Job) -> None:
        """Put a run at the end. A part of a sketch waiting twice is inked for nothing: the newer stays; of
        flats it does what both were asked for.
        """
        for other in self.jobs:
            twin = other.sketch == job.sketch and other.document == job.document and not job.keep_copy
            twin = twin and other.where == job.where and not other.keep_copy
            twin = twin and (other.flats is None) == (job.flats is None)
            twin = twin and (other.picture is None) == (job.picture is None)
            if twin and other.state is JobState.queued:
                if job.flats is not None and other.flats is not None:
                    job.flats = job.flats.after(other.flats)
                    job.live = job.live and other.live
                    other.done_by = job
                if job.picture is not None and other.picture is not None:
                    job.picture = job.picture.after(other.picture)
                other.cancel()
        self.jobs = [other for other in self.jobs if not other.state.ended]
        self.jobs.append(job)
        job.changed.connect(self.changed.emit)
        self.changed.emit()

    @property
    def active(self) -> list[Job]:
        """Runs that haven't ended."""
        return [job for job in self.jobs if not job.state.ended]

    def making(self, document: Any, sketch: str, *, live: bool) -> list[Job]:
        """Those of a sketch that make or renew its lineart; `live`: those that nobody asked for, too."""
        inking = [job for job in self.active if not job.keep_copy and job.flats is None]
        active = [job for job in inking if job.picture is None and (live or not job.live)]
        return [job for job in active if job.sketch == sketch and job.document == document]

    def reading(self, document: Any, picture: str) -> list[Job]:
        """Those that take lines from a layer as a finished picture."""
        reading = [job for job in self.active if job.picture is not None]
        return [job for job in reading if job.sketch == picture and job.document == document]

    def tell(self, document: Any, sketch: str, settings: InkSettings, where: Any) -> bool:
        """Runs of a sketch that have not put their ink in yet do so with the newest settings; whether there
        are any. `where`: what is selected for those, or None.
        """
        jobs = [job for job in self.making(document, sketch, live=True) if job.where == where]
        for job in jobs:
            if job.frames is None:
                job.settings = settings.with_value("detail", job.settings.detail)
        return bool(jobs)

    def asked(self, document: Any, sketch: str, applied: InkSettings, where: Any) -> InkSettings:
        """What a sketch's lineart is going to be inked with inside what is selected; what is `applied` where
        no run is to come.
        """
        jobs = [job for job in self.making(document, sketch, live=False) if job.where == where]
        return jobs[-1].settings if jobs else applied

    @property
    def next(self) -> Job | None:
        """The first run that waits. Those of one sketch go in order: older ink must not come last."""
        for job in self.active:
            before = (other for other in self.active if other.sketch == job.sketch)
            first = next(other for other in before if other.document == job.document)
            if job.state is JobState.queued and first is job:
                return job
        return None

    def cancel_all(self) -> None:
        """Stop every run."""
        for job in self.active:
            job.cancel()
