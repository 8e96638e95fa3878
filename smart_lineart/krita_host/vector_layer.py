# SPDX-License-Identifier: GPL-3.0-or-later
"""A new vector layer, filled before it becomes part of the document: undo takes it back in one step."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from .document import Document
from .layer import Layer

FLAT = 500
"""Strokes up to which each lies in the layer by itself. Krita's time grows with their square, and ungrouping
hundreds takes it minutes, so more of them lie in groups of so many at most:"""

IN_GROUP = 50
AT_ONCE = 20
"""Shapes that are added in one step while they lie flat."""


class VectorLayer:
    """A vector layer that isn't part of the document yet."""

    def __init__(self, document: Document, name: str):
        self._document = document
        self.layer = Layer(document.raw.createVectorLayer(name))

    def add(self, shapes: list[str], colour: str) -> Iterator[None]:
        """Add filled paths, elements of SVG in px of the page, in short steps; their ids become names."""
        page = self._document.page
        size = f'width="{page.width}px" height="{page.height}px" viewBox="0 0 {page.width} {page.height}"'
        flat = len(shapes) <= FLAT
        step = AT_ONCE if flat else IN_GROUP
        for first in range(0, len(shapes), step):
            some = "".join(shapes[first : first + step])
            look = f'fill="{colour}" stroke="none"'
            body = some.replace("<path ", f"<path {look} ") if flat else f"<g {look}>{some}</g>"
            self._raw.addShapesFromSvg(f'<svg xmlns="http://www.w3.org/2000/svg" {size}>{body}</svg>')
            yield

    @property
    def _raw(self) -> Any:
        return self.layer.raw
