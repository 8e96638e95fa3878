# SPDX-License-Identifier: GPL-3.0-or-later
"""A random moment of what we do: so many of our steps, or milliseconds, after a stage of a run."""

from __future__ import annotations

import inspect
import random
from collections.abc import Callable

from .helpers import QtCore, session

STAGES = ("start", "reading", "inking", "writing", "committed", "ended")
LOOK_MS = 3
# Of each stage: how often it is taken, and the most steps and milliseconds after it.
OF_A_RUN = {
    "start": (2, 40, 1200),
    "reading": (1, 8, 80),
    "inking": (3, 4, 1200),
    "writing": (4, 30, 400),
    "committed": (5, 30, 160),
    "ended": (1, 3, 160),
}
EARLY = {"start": (4, 6, 500), "reading": (1, 8, 80), "inking": (4, 3, 700)}
OF_A_DRAG = {"start": (1, 40, 900)}


class Moment:
    """Calls `act` once, when the moment has come; `told` says when that was."""

    def __init__(
        self, chance: random.Random, stages: dict[str, tuple[int, int, int]], act: Callable[[], None]
    ):
        self.stage = chance.choices(list(stages), [weight for weight, _, _ in stages.values()])[0]
        _, steps, milliseconds = stages[self.stage]
        self.in_steps = chance.random() < 0.5
        self.amount = chance.randint(0, steps if self.in_steps else milliseconds)
        self.within = chance.random() < 0.5  # right before one of our steps, or as an event of its own
        self.name = f"{self.amount} {'steps' if self.in_steps else 'ms'} after {self.stage}"
        self.come = False
        self.told = ""
        self._act = act
        self._reached = False
        self._jobs_before: list[object] = []
        self._followed = False
        self._loop = session().context.loop
        self._timer = QtCore.QTimer()
        self._timer.timeout.connect(self._look)

    def watch(self) -> None:
        """Begin to wait for it: the action starts now."""
        self._jobs_before = list(session().queue.jobs)
        self._loop.later = self._later  # ours, for every step that anything of ours takes
        self._timer.start(LOOK_MS)
        self._look()

    def leave(self) -> None:
        """Watch no longer."""
        self._timer.stop()
        if "later" in vars(self._loop):
            del self._loop.later

    def now(self, place: str = "") -> None:
        """It has come."""
        if self.come:
            return
        self.come = True
        self.told = f"{self.name}: {self._stage()}; {place}"
        if self.within and place:
            self._act()
        else:
            QtCore.QTimer.singleShot(0, self._act)

    def _stage(self) -> str:
        """How far the run is that was started since; of a drag, whether it is over."""
        job = next((job for job in session().queue.jobs if job not in self._jobs_before), None)
        if session().turns.drags:
            self._followed = True
        elif self._followed and job is None:
            return "ended"
        return stage_of(job)

    def _look(self) -> None:
        if self.come:
            return
        stage = self._stage()
        if not self._reached and STAGES.index(stage) >= STAGES.index(self.stage):
            self._reached = True
            if not self.in_steps:
                QtCore.QTimer.singleShot(self.amount, self.now)
        if self._reached and self.in_steps and stage == "ended":  # no step may come any more
            self.now()

    def _later(self, milliseconds: int, action: Callable[[], None]) -> None:
        def counted() -> None:
            self._step(action)
            action()

        type(self._loop).later(self._loop, milliseconds, counted)

    def _step(self, action: Callable[[], None]) -> None:
        self._look()
        if self._reached and self.in_steps and not self.come:
            if self.amount:
                self.amount -= 1
            else:
                self.now(place_of(action))


def stage_of(job: object | None) -> str:
    """How far a run is; "start" where there is none."""
    if job is None or job.state.value == "queued":
        return "start"
    if job.state.ended:
        return "ended"
    return "committed" if job._committed else job.state.value


def place_of(action: Callable[[], None]) -> str:
    """Where the piece of work waits that an action of `steps.start` goes on with: from outside in."""
    waiting, seen = [action], set()
    while waiting:
        function = waiting.pop()
        seen.add(function)
        for cell in getattr(function, "__closure__", None) or ():
            content = cell.cell_contents
            if inspect.isgenerator(content):
                return " > ".join(_frames(content))
            if inspect.isfunction(content) and content not in seen:
                waiting.append(content)
    return "elsewhere"


def _frames(work):
    while inspect.isgenerator(work):
        if work.gi_frame is not None:
            yield f"{work.gi_code.co_name}:{work.gi_frame.f_lineno}"
        work = work.gi_yieldfrom
