# SPDX-License-Identifier: GPL-3.0-or-later
"""The sketch a run is of: there and read, or a sentence that says why not."""

from __future__ import annotations

from smart_lineart.inking import InkError, Rect
from smart_lineart.krita_host import application
from smart_lineart.krita_host.document import Document
from smart_lineart.krita_host.layer import Layer
from smart_lineart.krita_host.reading import read_sketch
from smart_lineart.studio.steps import Work

from .jobs import Job


class Problem(InkError):
    """Something only the artist can mend."""


def selected() -> tuple[Document, Layer]:
    """The document in front and the layer that is selected in it. Raises Problem."""
    document = application.active_document()
    if document is None:
        raise Problem("Open a document and select the layer with your sketch first.")
    layer = document.active_layer()
    if layer is None:
        raise Problem("Select the layer with your sketch first.")
    return document, layer


def nothing_selected() -> bool:
    """Whether there is no layer to ink."""
    document = application.active_document()
    return document is None or document.active_layer() is None


def living_sketch(job: Job) -> Layer:
    """The layer, which the artist may have deleted meanwhile. Raises Problem."""
    layer: Layer | None = job.document.layer(job.sketch)
    if layer is None:
        raise Problem('The layer "{name}" was deleted before it was inked.', name=job.title)
    return layer


def read(layer: Layer, area: Rect, moment: int | None = None) -> Work:
    """A `LayerSketch` of what a layer shows over an area, px of the image, or of its frame at a moment.

    Raises Problem.
    """
    sketch = yield from read_whatever(layer, area, moment)
    if sketch is None or sketch.empty:
        raise Problem('"{name}" is empty. Select the layer with your sketch.', name=layer.name)
    if sketch.blank:
        raise Problem('"{name}" is blank. Select the layer with your sketch.', name=layer.name)
    return sketch


def read_whatever(layer: Layer, area: Rect, moment: int | None = None) -> Work:
    """The same, blank or not; None where the layer has no pixels."""
    sketch = None
    if not area.width:
        return None
    for step in read_sketch(layer, area, moment):
        sketch = step
        yield
    assert sketch is not None
    return sketch
