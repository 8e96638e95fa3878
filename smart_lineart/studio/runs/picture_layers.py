# SPDX-License-Identifier: GPL-3.0-or-later
"""The layers of what was found in a finished picture: one a kind, in a group right above it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from smart_lineart.inking import FreshInk
from smart_lineart.krita_host.document import selected_over
from smart_lineart.krita_host.layer import Layer
from smart_lineart.studio.engine import CachedFeatures
from smart_lineart.studio.language.i18n import tr
from smart_lineart.studio.picture_kinds import FILLS, KINDS, LINE, PictureWish, colour_of
from smart_lineart.studio.settings import Colour, InkSettings
from smart_lineart.studio.steps import Work

from .layers_apart import LayersApart, NewLayer, inserts
from .pen import chosen_colour
from .sketch import living_sketch

FROM_BELOW = tuple(reversed(KINDS))
EVERY_LINE = 0.0  # as `faint`: what the network found in a picture is drawn, however unsure it is


@dataclass(frozen=True)
class Drawn:
    """Whether there is any ink of a kind, and whether there is some inside what is selected."""

    some: bool
    inside: bool


class PictureLayers(LayersApart):
    """Those of one run."""

    def put(self, item: CachedFeatures, wish: PictureWish, usual: InkSettings) -> Work:
        """Draw what is wished for; `usual`: how new sketches are inked. Returns `Drawn` by the kinds."""
        new, drawn = [], dict[str, Drawn]()
        for kind in (one for one in FROM_BELOW if one in wish.kinds):
            own = self._settings(kind, item, wish, usual)
            colour = chosen_colour(own)
            fresh = yield from self._draw(item, own, kind, {})
            drawn[kind] = yield from self._told(fresh)
            if (yield from self._renewed(fresh, own, kind)):
                continue
            if fresh.coverage.any():
                new.append((yield from self._filled(fresh, colour, own, kind)))
        if new and inserts(self._job):
            yield from self._insert(new)
        return drawn

    def _settings(
        self, kind: str, item: CachedFeatures, wish: PictureWish, usual: InkSettings
    ) -> InkSettings:
        """How a kind is drawn: as its layer is; a new one as new sketches are, as broad as the picture's own
        lines where the artist has set no thickness, and edges and fills in the colours of a douga.
        """
        job, picture = self._job, item.picture
        known = self._context.memory.settings_of(job.document, job.sketch, hue=kind)
        own = wish.settings.get(kind) or known
        if own is None:
            own = replace(
                usual.with_colours_of(InkSettings()), detail=0.0, faint=EVERY_LINE, cut=InkSettings().cut
            )
            if own.auto:
                page = job.document.page.height, job.document.page.width
                suits = picture.thickness if picture is not None else None
                own = own.suited(suits or item.features.suiting_thickness(page))
            if kind != LINE:
                own = replace(own, colour=Colour.of_srgb(colour_of(kind)))
        if kind == LINE and picture is not None and picture.colour is not None:
            its = Colour.of_srgb(picture.colour)
            if wish.own_colour and (known is None or wish.recolour):
                own = replace(own, colour=its)
            elif wish.recolour and own.colour == its:
                own = replace(own, colour=usual.colour)
        return own

    def _told(self, fresh: FreshInk) -> Work:
        selected = yield from selected_over(self._job.selection, fresh.area)
        some = bool(fresh.coverage.any())
        return Drawn(some, some and (selected is None or bool(fresh.coverage[selected > 0].any())))

    def _known(self) -> dict[str, Layer]:
        return self._context.memory.layers_of_picture(self._job.document, self._job.sketch)

    def _base(self, hue: str) -> Work:
        """No layer but its own ever has lines of a kind."""
        assert hue in KINDS
        yield from ()

    def _group_name(self, sketch: Layer) -> str:
        return tr("{name} lines", name=sketch.name)

    def _word(self) -> str:
        return tr("Lines from picture")

    def _put_beside(self, new: list[NewLayer], there: dict[str, Layer]) -> Iterator[Layer]:
        """Lines and edges among those there are, fills right above the picture: Krita lets scripts put
        nothing at the foot of a group.
        """
        document, known = self._job.document, dict(there)
        for one in new:
            document.insert(one.layer, _below(one.hue, known) or living_sketch(self._job))
            known[one.hue] = one.layer
            yield one.layer


def _below(kind: str, there: dict[str, Layer]) -> Layer | None:
    """The layer of those there that a new one of a kind goes right above; None: it goes under them all."""
    mates = [one for one in FROM_BELOW if one in there and (one in FILLS) == (kind in FILLS)]
    lower = [one for one in mates if FROM_BELOW.index(one) < FROM_BELOW.index(kind)]
    if lower:
        return there[lower[-1]]
    if kind in FILLS:
        return None
    return there[mates[-1]] if mates else next(iter(there.values()))  # edges lie beside lines, not under them
