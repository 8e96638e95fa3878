# SPDX-License-Identifier: GPL-3.0-or-later
"""Krita's own colour management: pixels and single colours in other colour spaces."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from krita import Krita, ManagedColor

from .lists import owned
from .outlived import outlived
from .pixels import SRGB, PixelFormat

try:
    from PyQt6.QtCore import QByteArray
    from PyQt6.QtGui import QColor
except ImportError:
    from PyQt5.QtCore import QByteArray
    from PyQt5.QtGui import QColor

_bench: Any = None


def convert(data: bytes, width: int, height: int, source: PixelFormat, target: PixelFormat) -> bytes:
    """The same pixels in another colour space.

    A layer's conversion waits for its image, which in the artist's document would end the stroke being
    painted. So it happens in a document of our own without a view, made when first needed: making one takes
    a tenth of a second.
    """
    if source == target:
        return data
    with outlived():
        carrier = _workbench().createNode("carrier", "paintlayer")
        carrier.setColorSpace(source.model, source.depth, source.profile)
        carrier.setPixelData(QByteArray(data), 0, 0, width, height)
        carrier.setColorSpace(target.model, target.depth, target.profile)
        return bytes(carrier.pixelData(0, 0, width, height))


def _workbench() -> Any:
    global _bench  # noqa: PLW0603 (one for all documents, as long as Krita runs)
    if not _bench_is_open():
        _bench = Krita.instance().createDocument(
            8, 8, "Smart Lineart", SRGB.model, SRGB.depth, SRGB.profile, 72.0
        )
        _bench.setBatchmode(True)
        _bench.setModified(False)
    return _bench


def _bench_is_open() -> bool:
    """Krita, or another plugin, may have closed it; to touch it then ends Krita."""
    return _bench is not None and any(other == _bench for other in owned(Krita.instance().documents()))


def close_workbench() -> None:
    """Let go of the document without a view."""
    global _bench  # noqa: PLW0603
    if _bench_is_open():
        _bench.setModified(False)
        _bench.close()
    _bench = None


def foreground() -> Any | None:
    """Krita's foreground colour, in whatever colour space it was picked; None where there is no view."""
    window = Krita.instance().activeWindow()
    view = window.activeView() if window else None
    return view.foregroundColor() if view and view.document() else None


def take_foreground() -> dict[str, Any] | None:
    """Krita's foreground colour now: model, depth, profile and components; None where there is no view."""
    colour = foreground()
    if colour is None:
        return None
    return {
        "model": colour.colorModel(),
        "depth": colour.colorDepth(),
        "profile": colour.colorProfile(),
        "components": list(colour.components()),
    }


def made(model: str, depth: str, profile: str, components: Sequence[float]) -> Any:
    """Krita's colour of these components; black where this Krita has no such colour space."""
    colour = ManagedColor(model, depth, profile)
    if len(colour.components()) != len(components):
        return ManagedColor.fromQColor(QColor(0, 0, 0))
    colour.setComponents(list(components))
    return colour


def on_screen(colour: Any | None) -> str:
    """A colour (None: black) in sRGB, as "#rrggbb"."""
    blue, green, red = (int(value) for value in as_pixel(colour, SRGB)[:3])
    return f"#{red:02x}{green:02x}{blue:02x}"


def as_pixel(colour: Any | None, form: PixelFormat) -> np.ndarray:
    """A colour (None: black) as one opaque pixel, (channels,) in the type of `form`."""
    managed = ManagedColor.fromQColor(QColor(0, 0, 0))
    if colour is not None:
        managed = ManagedColor(colour.colorModel(), colour.colorDepth(), colour.colorProfile())
        managed.setComponents(colour.components())
    managed.setColorSpace(form.model, form.depth, form.profile)
    pixel = _from_normalised(np.array(managed.components(), np.float64), form)
    pixel[-1] = _from_normalised(np.ones(form.channels), form)[-1]
    return pixel


def normalised(pixel: np.ndarray, form: PixelFormat) -> np.ndarray:
    """A pixel, (channels,), as the components that Krita tells of it: the inverse of what `as_pixel` does."""
    values = pixel.astype(np.float64)
    if form.dtype.kind == "u":
        return values / np.iinfo(form.dtype).max
    if form.model == "CMYKA":
        values[:-1] /= 100
    if form.model == "LABA":
        chroma = values[1:3]
        values[1:3] = np.where(chroma < 0, chroma / 128, chroma / 127) / 2 + 0.5
        values[0] /= 100
    return values


def _from_normalised(values: np.ndarray, form: PixelFormat) -> np.ndarray:
    """Krita tells components from 0 to 1; floating point CMYK and Lab have other ranges in memory."""
    if form.dtype.kind == "u":
        return np.rint(values * np.iinfo(form.dtype).max).astype(form.dtype)
    if form.model == "CMYKA":
        values = np.append(values[:-1] * 100, values[-1])
    if form.model == "LABA":
        chroma = (values[1:3] - 0.5) * 2
        values = np.array([values[0] * 100, *np.where(chroma < 0, chroma * 128, chroma * 127), values[-1]])
    return values.astype(form.dtype)
