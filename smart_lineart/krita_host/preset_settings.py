# SPDX-License-Identifier: GPL-3.0-or-later
"""A stamping brush from a preset's settings, for Kritas that cannot paint by script.

Read from Krita's own XML: pixel brushes with a round generated tip, its hardness and spacing, the curves of
size and opacity over pressure, scatter and texture. A picture tip or another engine's looks are in no
setting, so those are left to a picture of the mark.
"""

from __future__ import annotations

from xml.etree import ElementTree as ET

import numpy as np
from numpy.typing import NDArray

from smart_lineart.inking.brushes.stamping import Stamp

LARGEST = 1 << 20  # characters: presets with masked tips hold some ten thousand
WIDEST_SPACING = 0.25  # diameters: beyond it a line falls into dots
TEXTURE, TEXTURE_DEPTH = 1.6, 0.6  # px, and share of ink: patterns themselves are not read
GAUSSIAN = 0.6  # how hard a Gaussian tip of the same fade looks beside a plain one
READING = frozenset({"colorsmudge", "duplicate", "filter", "deformbrush"})
"""Krita's engines that work on what is painted already."""

_PRESSURES = np.linspace(0.0, 1.0, 33)

Curve = NDArray[np.float64]


def stamp_of(settings: str) -> Stamp | None:
    """The brush that a preset's XML describes; None where it can't tell what the mark looks like."""
    preset = _parsed(settings)
    if preset is None:
        return None
    values = {item.get("name", ""): item.text or "" for item in preset.iter("param")}
    tip = _tip(values.get("brush_definition", ""))
    composite = values.get("CompositeOp", "normal")
    if preset.get("paintopid") != "paintbrush" or tip is None or composite == "erase":
        return None
    hardness, spacing, density = tip
    size = _curve(values, "Size") if _true(values, "PressureSize") else np.ones(_PRESSURES.size)
    opacity = _curve(values, "Opacity")
    least_size, size_power = _fitted(size)
    least_opacity, opacity_power = _fitted(opacity)
    textured = _true(values, "Texture/Pattern/Enabled")
    return Stamp(
        hardness=hardness,
        spacing=spacing,
        least_size=least_size,
        size_power=size_power,
        least_opacity=least_opacity,
        opacity_power=opacity_power,
        opacity=max(0.1, _number(values.get("OpacityValue", ""), 1.0)),
        grain=TEXTURE if textured else (1.0 if density < 1 else 0.0),
        depth=TEXTURE_DEPTH if textured else 1 - density,
        scatter=_scatter(values),
    )


def reads_canvas(settings: str) -> bool:
    """Whether a preset's XML describes a brush that smears, clones, filters or bends what lies beneath it."""
    preset = _parsed(settings)
    return preset is not None and preset.get("paintopid") in READING


def _parsed(text: str) -> ET.Element | None:
    """XML that declares no entities, which could grow without end; None where it can't be read."""
    if len(text) > LARGEST or "<!ENTITY" in text:
        return None
    try:
        return ET.fromstring(text.strip())  # noqa: S314 (without entities it cannot grow)
    except ET.ParseError:
        return None


def _tip(definition: str) -> tuple[float, float, float] | None:
    """Hardness, spacing in diameters and density of a round generated tip; None for any other."""
    brush = _parsed(definition)
    mask = brush.find("MaskGenerator") if brush is not None else None
    if brush is None or brush.get("type") != "auto_brush" or mask is None or mask.get("type") != "circle":
        return None
    fades = [_number(mask.get(key, ""), 1.0) for key in ("hfade", "vfade")]
    hardness = min(1.0, max(0.0, sum(fades) / 2)) * (GAUSSIAN if mask.get("id") == "gauss" else 1.0)
    automatic = brush.get("useAutoSpacing") == "1"
    spacing = 0.05 if automatic else _number(brush.get("spacing", ""), 0.1)
    density = min(1.0, max(0.1, _number(brush.get("density", ""), 1.0)))
    return hardness, min(WIDEST_SPACING, max(0.03, spacing)), density


def _true(values: dict[str, str], name: str) -> bool:
    return values.get(name, "").strip().lower() in {"true", "1"}


def _number(text: str, default: float) -> float:
    try:
        value = float(text)
    except ValueError:
        return default
    return value if np.isfinite(value) else default


def _curve(values: dict[str, str], option: str) -> Curve:
    """An option's strength by pressure, at _PRESSURES; 1 throughout where pressure does nothing to it."""
    sensor = values.get(f"{option}Sensor", "")
    if not _true(values, f"{option}UseCurve") or 'id="pressure"' not in sensor:
        return np.ones(_PRESSURES.size)
    shared = values.get(f"{option}commonCurve", "") if _true(values, f"{option}UseSameCurve") else ""
    text = _own_curve(sensor) or shared or "0,0;1,1;"
    pairs = [pair.split(",")[:2] for pair in text.split(";") if "," in pair]
    points = sorted((_number(x, 0.0), _number(y, 0.0)) for x, y in pairs)
    if len(points) < 2:
        points = [(0.0, 0.0), (1.0, 1.0)]
    x, y = np.array(points).T
    return np.clip(np.interp(_PRESSURES, x, y), 0.0, 1.0)


def _own_curve(sensor: str) -> str:
    """The curve of the pressure sensor alone; "" where it has none."""
    sensors = _parsed(sensor)
    found = [one for one in sensors.iter() if one.get("id") == "pressure"] if sensors is not None else []
    return (found[0].findtext("curve") or "") if found else ""


def _fitted(curve: Curve) -> tuple[float, float]:
    """The least value and the power that come nearest to a curve, taken relative to its end."""
    curve = curve / max(float(curve[-1]), 0.05)
    best = (np.inf, 1.0, 1.0)
    for least in np.linspace(0.0, 1.0, 21):
        for power in np.geomspace(0.3, 4.0, 27):
            error = float(((least + (1 - least) * _PRESSURES**power - curve) ** 2).sum())
            best = min(best, (error, float(least), float(power)))
    return best[1], best[2]


def _scatter(values: dict[str, str]) -> float:
    if not _true(values, "PressureScatter"):
        return 0.0
    amount = _number(values.get("ScatterValue", ""), 0.0) * float(_curve(values, "Scatter").mean())
    return min(0.3, 0.5 * max(0.0, amount))
