# SPDX-License-Identifier: GPL-3.0-or-later
"""Painting with the artist's brush preset where nobody sees it: windows that are gone afterwards, work that
gives way, and the mark that a preset leaves.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from smart_lineart.inking import Cancelled, Rect
from smart_lineart.krita_host import application, brush_marks, view
from smart_lineart.krita_host.painting_window import LEAST, PaintingWindow, settle_tools
from smart_lineart.krita_host.pixels import SRGB, PixelFormat
from smart_lineart.studio.context import Context
from smart_lineart.studio.steps import Pending, Work

from .settling import wait_for_pen

PPI = 300.0
AGAIN_MS = 5000  # until it is tried again to write Krita's settings, for which there was no room


class Painting:
    """The windows that are painted in; none is left when Krita closes."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self._windows: list[PaintingWindow] = []
        self._closing = self._waiting = False

    @contextmanager
    def window(self, page: Rect, form: PixelFormat, ppi: float) -> Iterator[PaintingWindow]:
        """One that isn't open yet, and is closed in the end whatever comes."""
        window = PaintingWindow(page, form, ppi)
        self._windows.append(window)
        try:
            yield window
        finally:
            self._windows.remove(window)
            try:
                window.close()
            finally:
                if not self._waiting:
                    self._settle()

    def close(self) -> None:
        """Krita is closing."""
        self._closing = True
        for window in self._windows:
            window.close()
        settle_tools()

    def _settle(self) -> None:
        self._waiting = False
        if not self._closing and not self._windows and not settle_tools():
            self._waiting = True
            self._context.loop.later(AGAIN_MS, self._settle)

    @property
    def busy(self) -> bool:
        """Whether anything is being painted: Krita has one pen."""
        return bool(self._windows)

    def mark(self, preset: Any) -> Pending | None:
        """A preset's mark, uint8 (H, 256), 0 ink, 255 paper, soon; None where no document is open, or while
        something is being painted.
        """
        document = application.active_document()
        if document is None or self.busy:
            return None
        return self._context.work_on(document, self._marked(preset))

    def _marked(self, preset: Any) -> Work:
        with self.window(Rect(0, 0, LEAST, LEAST), SRGB, PPI) as window:
            yield from wait_for_pen()
            yield from safely(window, window.open(preset, None))
            return (yield from safely(window, brush_marks.ramp(window)))


def safely(window: PaintingWindow, work: Work) -> Work:
    """Go on with work on a window while that is there, and the artist neither paints nor holds a key that
    makes a pen do something else. Raises Cancelled.
    """
    while True:
        yield from wait_for_pen(and_for=view.modifier_down)
        if window.lost:
            raise Cancelled
        try:
            with window.undisturbed():
                pause = next(work)
        except StopIteration as end:
            return end.value
        yield pause
