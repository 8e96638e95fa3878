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
from smart_lineart.inking.renewing.record import MOST_REGIONS
from smart_lineart.inking.renewing.regional import values_of
from smart_lineart.krita_host.colour import as_pixel, foreground, made
from smart_lineart.krita_host.document import Document, selected_over
from smart_lineart.krita_host.lineart import Ink
from smart_lineart.krita_host.pixels import PixelFormat
from smart_lineart.krita_host.retouched import note_colour, noted_colour
from smart_lineart.studio.settings import Colour, InkSettings
from smart_lineart.studio.steps import Work, Worker

from .plan import Draft, Plan, draft, record_of_new

COLOURS = MOST_REGIONS + 8  # that parts of one lineart may have been inked in


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


def paints_of(record: InkRecord, form: PixelFormat) -> tuple[tuple[InkRecord, np.ndarray], ...]:
    """Regions with a colour of their own, and that as a pixel of a layer."""
    paints = []
    for region in record.regions:
        values = values_of(region)
        if "colour" in values:
            paints.append((region, as_pixel(chosen_colour(InkSettings().with_values(values)), form)))
    return tuple(paints)


def _differ(pixel: np.ndarray, other: np.ndarray) -> bool:
    return not np.allclose(pixel[:-1], other[:-1], rtol=1e-3, atol=1e-3)


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

    def noting(self, before: InkRecord) -> Callable[[FreshInk], FreshInk]:
        """What gives fresh ink what its record keeps beside it: the page it was made for, the colours of the
        ink. Made on Krita's thread.

        `before`: the record of the ink of which all outside the selection stays.
        """
        colour = note_colour(self.pixel, self.form)
        paints = paints_of(before, self.form)
        staying = [note_colour(pixel, self.form) for _, pixel in paints]
        if self.selection is not None:
            staying = colours_of(before)
        others = [other for other in staying if other != colour]
        colours = [other for at, other in enumerate(others) if other not in others[:at]] + [colour]
        notes = {"page": list(self.page[2:]), "colours": colours[-COLOURS:]}
        seen = before.notes.get("sketch") if self.selection is not None else None

        def noted(fresh: FreshInk) -> FreshInk:
            # How a part with a detail of its own saw the sketch is not how the whole lineart does.
            apart = isinstance(seen, dict) and "detail" in (fresh.values or {})
            kept = {"sketch": seen} if apart else {}
            return replace(fresh, notes={**fresh.notes, **kept, **notes})

        return noted

    def recolours(self, record: InkRecord) -> bool:
        """Whether ink in the layer may have another colour than it is to have: where something is selected,
        any other; else one that neither the whole nor a region has now.
        """
        noted = [noted_colour(note, self.form) for note in colours_of(record)]
        pixels = [pixel for pixel in noted if pixel is not None]
        if self.selection is not None:
            return any(_differ(pixel, self.pixel) for pixel in pixels)
        wanted = [self.pixel, *(pixel for _, pixel in paints_of(record, self.form))]
        other = any(all(_differ(pixel, one) for one in wanted) for pixel in pixels)
        return bool(pixels) and (other or _differ(pixels[-1], self.pixel))

    def merging(self, base: Base, *, whole: bool = True) -> Callable[[FreshInk], Draft]:
        """What merges fresh ink into a lineart: made on Krita's thread, which compares colours; does its work
        on any. `whole` as for `draft`.
        """
        recolour = self.recolours(base.record)
        noting = self.noting(base.record)
        return lambda fresh: draft(base, noting(fresh), recolour=recolour, whole=whole)

    def remember(self, merged: Draft, worker: Worker) -> Work:
        """The `Plan` of a draft."""
        selected = yield from selected_over(self.selection, merged.area)
        return (yield worker.submit(partial(merged.plan, selected, self.page)))

    def plan(self, base: Base, fresh: FreshInk, worker: Worker) -> Work:
        """Merge fresh ink into a lineart, and what to remember then: a `Plan`."""
        merged = yield worker.submit(partial(self.merging(base), fresh))
        return (yield from self.remember(merged, worker))

    def record_of_new(self, parts: Base, fresh: FreshInk, worker: Worker) -> Work:
        """The `InkRecord` of ink in a layer of its own, which takes over parts of an older lineart."""
        fresh = self.noting(parts.record)(fresh)
        selected = yield from selected_over(self.selection, fresh.area)
        return (yield worker.submit(partial(record_of_new, parts, fresh, selected)))

    def ink(self, made: Draft | Plan) -> Ink:
        """What to write into the layer; a draft of the whole of it keeps the colours of its regions."""
        whole = isinstance(made, Draft) and made.fresh.values is None
        paints = paints_of(made.base.record, self.form) if isinstance(made, Draft) and whole else ()
        return Ink(made.merge.coverage, made.area, self.pixel, made.merge, paints)
