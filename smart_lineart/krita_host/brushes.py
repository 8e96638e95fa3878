# SPDX-License-Identifier: GPL-3.0-or-later
"""The brush preset the artist has chosen: its name, its settings, and the mark it leaves."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import krita
import numpy as np
from krita import Krita, Node
from numpy.typing import NDArray

from smart_lineart.inking.brushes.strip_files import WIDTH

from . import application
from .brush_marks import BEFORE, FAINTEST, FITTING, FULLEST, TALL, TRIES, in_the_middle
from .document import Document
from .outlived import outlived
from .pixels import SRGB

try:
    from PyQt6.QtCore import QPoint
except ImportError:
    from PyQt5.QtCore import QPoint

Bytes = NDArray[np.uint8]


@dataclass(frozen=True)
class Preset:
    """A brush preset: its name, its settings as Krita's XML ("" where they can't be had), Krita's object."""

    name: str
    settings: str
    raw: Any = field(default=None, compare=False)


def _view() -> Any | None:
    window = Krita.instance().activeWindow()
    view = window.activeView() if window else None
    return view if view is not None and view.document() is not None else None


def current_preset() -> Preset | None:
    """The chosen preset; None where no document is open, for then Krita tells none."""
    view = _view()
    resource = view.currentBrushPreset() if view is not None else None
    if resource is None:
        return None
    return Preset(str(resource.name()), _settings(resource), resource)


def preset_named(name: str) -> Preset | None:
    """The preset called so; None where this Krita has none."""
    resource = Krita.instance().resources("preset").get(name)
    return None if resource is None else Preset(str(resource.name()), _settings(resource), resource)


def _settings(resource: Any) -> str:
    if hasattr(krita, "Preset"):  # since 5.2
        return str(krita.Preset(resource).toXML())
    # A preset is a PNG whose text holds its settings; Krita 5.1 hands out the picture with its text.
    return str(resource.image().text("preset"))


def can_paint() -> bool:
    """Whether this Krita paints with a preset at a script's command (5.3 and later)."""
    return hasattr(Node, "paintLine")


def paint_mark() -> Bytes | None:
    """One stroke of the chosen preset from left to right while the pressure goes from 0 to 100 %.

    Returns uint8 (H, 256), 0 ink, 255 paper: a column for each pressure. H is 64 where the mark fits. The
    stroke is painted in a document of its own that nobody sees, about as large as strips are; the artist's
    brush size is put back. None where no document is open.
    """
    view = _view()
    if view is None:
        return None
    usual = view.brushSize()
    document = Krita.instance().createDocument(
        BEFORE + WIDTH + BEFORE, TALL, "Smart Lineart", SRGB.model, SRGB.depth, SRGB.profile, 300.0
    )
    try:
        document.setBatchmode(True)
        size, ink = FULLEST, np.zeros((TALL, WIDTH), np.uint8)
        with outlived():  # each stroke is waited for
            for _ in range(TRIES):
                view.setBrushSize(size)
                ink = _painted(document)
                tall = int(np.count_nonzero(ink.max(1) > FAINTEST))
                if not tall or FITTING[0] <= tall <= FITTING[1]:
                    break
                size = min(1000.0, max(1.0, size * FULLEST / tall))
        return in_the_middle(255 - ink)
    finally:
        view.setBrushSize(usual)
        if application.is_open(Document(document)):
            document.setModified(False)
            document.close()


def _painted(document: Any) -> Bytes:
    """The alpha of one stroke on a layer of its own, uint8 (TALL, WIDTH)."""
    node = document.createNode("mark", "paintlayer")
    document.rootNode().addChildNode(node, None)
    middle = TALL // 2
    node.paintLine(QPoint(BEFORE, middle), QPoint(BEFORE + WIDTH - 1, middle), 0.0, 1.0, "ForegroundColor")
    document.waitForDone()
    data = bytes(node.pixelData(BEFORE, 0, WIDTH, TALL))
    node.remove()
    return np.frombuffer(data, np.uint8).reshape(TALL, WIDTH, 4)[..., 3].copy()
