# SPDX-License-Identifier: GPL-3.0-or-later
"""The pen that ink goes into a layer with: its colour, and the selection it stays inside.

A record keeps the colours that its ink was written in, so that the artist's own can be told from them.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

import numpy as np

from smart_lineart.inking import Base, FreshInk, InkRecord, Rect
from smart_lineart.krita_host.colour import as_pixel, foreground, made
from smart_lineart.krita_host.document import Document, selected_over
from smart_lineart.krita_host.lineart import Ink
from smart_lineart.krita_host.pixels import PixelFormat
from smart_lineart.krita_host.retouched import note_colour, noted_colour
from smart_lineart.studio.settings import Colour, InkSettings
from smart_lineart.studio.steps import Work, Worker

from .plan import Draft, Plan, draft, record_of_new

COLOURS = 8  # that parts of one lineart may have been inked in


def chosen_colour(settings: InkSettings) -> Any | None:
    """Krita's colour to ink with; None: black."""
    colour = settings.colour
    if isinstance(colour, Colour):
        return made(colour.model, colour.depth, colour.profile, colour.components)
    return foreground() if colour == "foreground" else None


def colours_of(record: InkRecord) -> list[Any]:
    """The colours ink was written in, as notes."""
    colours = record.notes.get("colours")
    return colours[-COLOURS:] if isinstance(colours, list) else []


def last_pixel(record: InkRecord, form: PixelFormat) -> np.ndarray | None:
    """The colour ink was last written in, as a pixel of a layer; None where that is not known."""
    colours = colours_of(record)
    return noted_colour(colours[-1], form) if colours else None


@dataclass(frozen=True)
class Pen:
    """How ink goes into a layer of this `form`.

    Attributes:
        pixel: the colour, opaque, (channels,) in the type of `form`.
        page: of the document.
        selection: Krita's, that the ink stays inside, or None.
    """

    form: PixelFormat
    pixel: np.ndarray
    page: Rect
    selection: Any | None

    @classmethod
    def of(cls, colour: Any | None, form: PixelFormat, document: Document, selection: Any | None) -> Pen:
        """With Krita's colour; None: black."""
        return cls(form, as_pixel(colour, form), document.page, selection)

    def noted(self, fresh: FreshInk, before: InkRecord) -> FreshInk:
        """Fresh ink with what its record keeps beside it: the page it was made for, the colours of the ink.

        `before`: the record of the ink of which all outside the selection stays.
        """
        colour = note_colour(self.pixel, self.form)
        staying = colours_of(before) if self.selection is not None else []
        colours = [other for other in staying if other != colour] + [colour]
        notes = {"page": list(self.page[2:]), "colours": colours[-COLOURS:]}
        return replace(fresh, notes={**fresh.notes, **notes})

    def recolours(self, record: InkRecord) -> bool:
        """Whether the layer's ink was last written in another colour."""
        before = last_pixel(record, self.form)
        return before is not None and not np.allclose(before[:-1], self.pixel[:-1], rtol=1e-3, atol=1e-3)

    def merging(self, base: Base, *, whole: bool = True) -> Callable[[FreshInk], Draft]:
        """What merges fresh ink into a lineart: made on Krita's thread, which compares colours; does its work
        on any. `whole` as for `draft`.
        """
        recolour = self.recolours(base.record)
        return lambda fresh: draft(base, self.noted(fresh, base.record), recolour=recolour, whole=whole)

    def remember(self, merged: Draft, worker: Worker) -> Work:
        """The `Plan` of a draft."""
        selected = yield from selected_over(self.selection, merged.area)
        return (yield worker.submit(partial(merged.plan, selected)))

    def plan(self, base: Base, fresh: FreshInk, worker: Worker) -> Work:
        """Merge fresh ink into a lineart, and what to remember then: a `Plan`."""
        merged = yield worker.submit(partial(self.merging(base), fresh))
        return (yield from self.remember(merged, worker))

    def record_of_new(self, fresh: FreshInk, worker: Worker) -> Work:
        """The `InkRecord` of ink in a layer of its own."""
        fresh = self.noted(fresh, Base.blank().record)
        selected = yield from selected_over(self.selection, fresh.area)
        return (yield worker.submit(partial(record_of_new, fresh, selected)))

    def ink(self, made: Draft | Plan) -> Ink:
        """What to write into the layer."""
        return Ink(made.merge.coverage, made.area, self.pixel, made.merge)
