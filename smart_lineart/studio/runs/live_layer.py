# SPDX-License-Identifier: GPL-3.0-or-later
"""The lineart that live runs write into, and how their ink goes with the artist's undo.

Krita keeps no undo of what scripts write. So live runs write without undo steps of their own, into a layer
that the artist has not painted on: undo takes back a stroke on the sketch, and the ink follows. Such a layer
is made ready before the next stroke. Where a stroke came first, its ink is a step of its own, and the artist
takes that back first: no undo is ever ours, for it might take back what is the artist's.
"""

from __future__ import annotations

import numpy as np

from smart_lineart.inking import Base, LayerInk
from smart_lineart.inking.renewing.registration import HOME
from smart_lineart.krita_host.layer import Layer

MOST = 8
"""Layers of a sketch: its lineart, and those of single colours."""


class LiveLayer:
    """Of the sketch that is inked live."""

    def __init__(self) -> None:
        self._holds: dict[str, LayerInk] = {}
        self._shows: tuple[str, object] | None = None

    def open(self, lineart: Layer, holds: LayerInk) -> None:
        """Live runs may go on writing into a layer, as long as it stays what it is now."""
        self._holds.pop(lineart.identity, None)
        self._holds[lineart.identity] = holds
        for oldest in list(self._holds)[:-MOST]:
            del self._holds[oldest]

    def may_write(self, lineart: Layer, now: LayerInk) -> bool:
        """Whether ink may be written into a layer without an undo step; `now`: what it holds."""
        held = self._holds.get(lineart.identity)
        return held is not None and now.untouched_since(held)

    def shows(self, lineart: Layer | None, lines: object) -> bool:
        """Whether the last live run left this layer as these lines ask for; None: the sketch is blank."""
        found = self._shows
        return (
            found is not None and lineart is not None and found[0] == lineart.identity and found[1] is lines
        )

    def doubt(self) -> None:
        """The artist comes back to the sketch, and may have changed anything."""
        self._shows = None

    def settle(self, lineart: Layer, lines: object) -> None:
        """A layer shows these lines now; None: none."""
        self._shows = lineart.identity, lines


def untouched(base: Base) -> bool:
    """Whether a lineart layer holds its ink and nothing else."""
    record, layer = base.record, base.layer
    if base.registration != HOME or not record.tiles:
        return False
    area = record.area.united(layer.area)
    alpha, touched = layer.over(area)
    return not touched.any() and bool(np.array_equal(alpha, record.coverage(area)))
