# SPDX-License-Identifier: GPL-3.0-or-later
"""Whose turn it is to change documents, who may write into which lineart, and which drags go on.

Runs and other work take turns, since only one may change documents at a time. A lineart that follows a slider
needs no turn, but nobody else may write into it meanwhile: ink of which only a part is written is known to
nobody yet.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Protocol

from .signal import Signal


class Drag(Protocol):
    """A slider is dragged, and a sketch's lineart follows, or the part of it that was selected when the drag
    began (`where`), or the layer of one colour (`hue`) alone; `over` once no news of the slider reach it.
    """

    document: Any
    sketch: str
    where: Any | None
    hue: str
    over: bool

    def want(self, settings: Any, *, final: bool) -> None:
        """The newest settings; `final` ends the drag."""

    def finish(self) -> None:
        """End the drag with the settings it has."""

    def stop(self) -> None:
        """End at once."""


class Turns:
    """Who has the turn is told apart by identity; anything may have it.

    `given_up`: it may be another's turn now. `ended`: somebody is done with their work on a document.
    """

    def __init__(self) -> None:
        self.given_up, self.ended = Signal(), Signal()
        self.drags: list[Drag] = []
        self._holder: object | None = None
        self._writers: list[tuple[object, object, str]] = []

    @property
    def taken(self) -> bool:
        """Whether anybody has the turn."""
        return self._holder is not None

    @property
    def busy(self) -> bool:
        """Whether a run is under way or a lineart follows a slider."""
        return self.taken or bool(self.drags)

    def take(self, who: object) -> bool:
        """Whether it is their turn, now or again."""
        if self._holder is None:
            self._holder = who
        return self._holder is who

    def give_up(self, who: object) -> None:
        """Let others have the turn, if it is theirs."""
        if self._holder is who:
            self._holder = None
        self.given_up.emit()

    def take_lineart(self, who: object, document: object, sketch: str) -> bool:
        """Whether they may write into a sketch's lineart, now or again, until they leave it."""
        for other, where, which in self._writers:
            if which == sketch and where == document:
                return other is who
        self._writers.append((who, document, sketch))
        return True

    def written(self, document: object, sketch: str) -> bool:
        """Whether anybody writes into a sketch's lineart: it may be between two layers."""
        return any(which == sketch and where == document for _, where, which in self._writers)

    def join(self, drag: Drag) -> None:
        """A lineart follows a slider from now on, until they leave."""
        self.drags.append(drag)

    def leave(self, who: object) -> None:
        """They write into no lineart any more, nor follow a slider."""
        self._writers = [writer for writer in self._writers if writer[0] is not who]
        self.drags = [drag for drag in self.drags if drag is not who]

    def end(self, who: object) -> None:
        """Their work is done: lineart and turn are free for others."""
        self.leave(who)
        self.give_up(who)
        self.ended.emit()

    @contextmanager
    def at_work(self, document: object, sketch: str) -> Iterator[None]:
        """Other work on a sketch's lineart: runs wait meanwhile."""
        who = self._holder = object()
        self.take_lineart(who, document, sketch)
        try:
            yield
        finally:
            self.end(who)

    def finish_drags(self, document: object, sketch: str) -> None:
        """End the drags that a sketch's lineart follows, with the settings they have."""
        for drag in self.drags:
            if drag.sketch == sketch and drag.document == document and not drag.over:
                drag.finish()
