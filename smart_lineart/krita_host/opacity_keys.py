# SPDX-License-Identifier: GPL-3.0-or-later
"""Whether a layer's opacity is animated, which Krita tells no script.

Setting the opacity of such a layer makes a keyframe of it. So a copy is put into a document of our own that
has no view, and given one opacity at one time and another at another: where the first is still there then,
there are keyframes.
"""

from __future__ import annotations

from typing import Any

from krita import Krita

from .layer import Layer
from .outlived import outlived
from .pixels import SRGB

SIDE = 8  # px of that document
FIRST, SECOND = 1, 0  # frames


def opacity_is_animated(layer: Layer) -> bool:
    """Whether setting a layer's opacity would make a keyframe of it; also where that cannot be told.

    Takes a tenth of a second for a layer with keyframes of any kind. Krita handles events meanwhile.
    """
    if not layer.animated:
        return False
    if layer.kind != "paintlayer":
        return True  # no other kind has keyframes of anything but its opacity
    with outlived():
        bench = Krita.instance().createDocument(
            SIDE, SIDE, "Smart Lineart", SRGB.model, SRGB.depth, SRGB.profile, 72.0
        )
        bench.setBatchmode(True)
        try:
            return _keeps_what_it_had(bench, layer)
        finally:
            bench.setModified(False)
            bench.close()


def _keeps_what_it_had(bench: Any, layer: Layer) -> bool:
    copy = layer.copy().raw
    bench.rootNode().addChildNode(copy, None)
    for time, opacity in ((FIRST, 255), (SECOND, 0)):
        if not _is_at(bench, time):
            return True
        copy.setOpacity(opacity)
    return not _is_at(bench, FIRST) or copy.opacity() != 0


def _is_at(bench: Any, time: int) -> bool:
    """Whether Krita shows that frame."""
    bench.setCurrentTime(time)
    bench.waitForDone()
    return bool(bench.currentTime() == time)
