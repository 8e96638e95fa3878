# SPDX-License-Identifier: GPL-3.0-or-later
"""Lines of single colours, inked into layers of their own: one a colour, in a group right above the lineart.

Each is a lineart like any other, renewed as that is, with the artist's corrections in it. What the artist
had changed of such lines while they were still in the lineart goes with them.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from functools import partial

from smart_lineart.inking import Base
from smart_lineart.inking.hues.palette import Palette
from smart_lineart.krita_host.layer import Layer
from smart_lineart.studio.engine import CachedFeatures
from smart_lineart.studio.language.i18n import tr
from smart_lineart.studio.settings import Colour, InkSettings
from smart_lineart.studio.steps import Work

from .finding import NotFound, find_base
from .layers_apart import LayersApart, inserts
from .pen import chosen_colour
from .plan import Draft, found_corrections


class ColourLayers(LayersApart):
    """Those of one run."""

    def _known(self) -> dict[str, Layer]:
        return self._context.memory.layers_of_colours(self._job.document, self._job.sketch)

    def _group_name(self, sketch: Layer) -> str:
        return tr("Line colours: {name}", name=sketch.name)

    def _below(self, sketch: Layer) -> Layer:
        job = self._job
        lineart = self._context.memory.lineart_in_use(job.document, job.sketch)
        return lineart if lineart is not None and not job.keep_copy else sketch

    def put(self, item: CachedFeatures, settings: InkSettings, others: dict[float, CachedFeatures]) -> Work:
        """Ink the lines of each colour that has, or shall have, a layer of its own; `settings` are the whole
        lineart's. Layers whose colour is inked into the lineart now, or left out, keep what is the artist's.
        """
        job, palette = self._job, item.palette
        apart = settings.apart(palette.names) if palette is not None else ()
        new = []
        for hue in (*apart, *(one for one in self._there() if one not in apart)):
            if hue not in apart and hue not in self._there():
                continue
            own = self._settings(hue, settings, palette)
            colour = chosen_colour(own)
            fresh = yield from self._draw(item, own, hue, others)
            if (yield from self._renewed(fresh, own, hue)):
                continue
            if fresh.coverage.any():
                new.append((yield from self._filled(fresh, colour, own, hue)))
        if new and inserts(job):
            yield from self._insert(new)

    def moving_back(self, item: CachedFeatures, settings: InkSettings) -> Work:
        """Layers whose lines go into the lineart now, each as a `Base` with the ink that is known of it: what
        was erased in them is erased there.
        """
        job, context, moving = self._job, self._context, []
        inked = settings.inked(item.palette.names) if item.palette is not None else ()
        for hue, layer in self._there().items():
            if hue in inked:
                with suppress(NotFound):
                    base = yield from find_base(context.memory, context.ink_worker, job.document, layer)
                    known: Draft = yield context.ink_worker.submit(partial(found_corrections, base))
                    moving.append((base, known.fresh))
        return moving

    def _settings(self, hue: str, settings: InkSettings, palette: Palette | None) -> InkSettings:
        """How lines of a colour are inked: as the whole lineart is, in their own colour, unless the artist
        has chosen otherwise.
        """
        job, memory = self._job, self._context.memory
        own = memory.settings_of(job.document, job.sketch, hue=hue)
        if own is None:
            found = [one.colour for one in palette.hues if one.name == hue] if palette is not None else []
            return replace(settings, colour=Colour.of_srgb(found[0]))
        return settings.for_layer_of_colour(memory.settings_of(job.document, job.sketch), own)

    def _base(self, hue: str) -> Work:
        """The lineart that has had lines of this colour until now, with what the artist changed of them."""
        job, memory = self._job, self._context.memory
        lineart = memory.lineart_in_use(job.document, job.sketch)
        whole = memory.settings_of(job.document, job.sketch)
        if lineart is None or whole is None or job.keep_copy:
            return Base.blank()
        if not whole.by_colour or hue in whole.together:
            with suppress(NotFound):
                return (yield from find_base(memory, self._context.ink_worker, job.document, lineart))
        return Base.blank()
