# SPDX-License-Identifier: GPL-3.0-or-later
"""A stand-in for the engine, what a command came to, and files that tests of the command share."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from smart_lineart.inking import Cancelled, Strokes


@dataclass
class FakeFeatures:
    """Darkness of the page, uint8 (height, width)."""

    ink: NDArray[np.uint8]
    scale: float = 0.5

    solid: None = None

    @property
    def size(self) -> tuple[int, int]:
        return self.ink.shape

    @property
    def strokes(self) -> Strokes:
        """One stroke across the page, and a faint one as far as its middle."""
        height, width = self.ink.shape
        across = np.array([[0, 0], [width, height]], np.float32)
        return Strokes.from_lists([across, across / 2], [np.ones(2, np.float32)] * 2, [1.0, 0.1])

    def drawn_at(self, faint: float, weight: float) -> Strokes:
        """Those that are drawn."""
        return self.strokes.select(self.strokes.strength >= faint).weighted(weight)


@dataclass
class FakeInker:
    """Inks by taking a sketch's darkness for coverage, and remembers what it was asked for."""

    opened_with: dict[str, Any] = field(default_factory=dict)
    prepared: list[tuple[int, int]] = field(default_factory=list)
    rendered: list[dict[str, Any]] = field(default_factory=list)
    looked_for_light: list[bool] = field(default_factory=list)
    before_prepare: Callable[[], None] = lambda: None
    before_render: Callable[[], None] = lambda: None
    runtime_name: str = "openvino"
    device_name: str = "cpu"
    closed: bool = False

    def __enter__(self) -> FakeInker:
        return self

    def __exit__(self, *_: object) -> None:
        self.closed = True

    def release_memory(self) -> None:
        pass

    def prepare(
        self, sketch, *, detail=None, keep=True, light=False, progress=None, cancelled=None
    ) -> FakeFeatures:
        self.before_prepare()
        self.looked_for_light.append(light)
        height, width = sketch.size
        self.prepared.append((height, width))
        strips = []
        for top in range(0, height, 37):
            if cancelled and cancelled():
                raise Cancelled
            strips.append(sketch.read_luma(top, min(top + 37, height)))
            if progress:
                progress(top / height)
        return FakeFeatures(np.rint(255 * (1 - np.concatenate(strips))).astype(np.uint8), detail or 0.5)

    def render(
        self, features, *, thickness, style, faint, weight, region, cancelled=None
    ) -> NDArray[np.uint8]:
        self.before_render()
        asked = {"thickness": thickness, "style": style, "faint": faint, "weight": weight}
        self.rendered.append({**asked, "region": region})
        return features.ink[region.y : region.y + region.height, region.x : region.x + region.width]


@dataclass
class Ran:
    """What a command came to."""

    code: int
    out: str
    err: str

    @property
    def complaint(self) -> str:
        """The one line on stderr."""
        lines = self.err.splitlines()
        assert len(lines) == 1, self.err
        assert lines[0].startswith("smart-lineart: ")
        assert lines[0].endswith(".")
        return lines[0].removeprefix("smart-lineart: ")


def files_in(folder: Path) -> set[str]:
    """Every name in a folder, hidden ones too."""
    return {path.name for path in folder.iterdir()}
