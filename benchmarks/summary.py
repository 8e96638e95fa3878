# SPDX-License-Identifier: GPL-3.0-or-later
"""Metrics of many images in a few figures, and as text."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from functools import partial

import numpy as np

from drawings.metrics import METRICS

FIGURES = (*METRICS, "fixes")
"""What is measured of an image: the metrics of drawings/metrics.py, and drawings/fixes.py."""

LABEL = 46
"""Characters for the first column."""

Measured = Mapping[str, float]
"""A figure for each name in FIGURES."""


def median(measured: Sequence[Measured]) -> dict[str, float]:
    return {name: float(np.median([one[name] for one in measured])) for name in FIGURES}


def worst_tenth(measured: Sequence[Measured], asked_width: float) -> dict[str, float]:
    """Where the worst tenth begins: nine tenths of the images are as close to the ideal as this, or closer.

    The figure is one of the images' own (nearest rank), so it keeps its sign: L may be bad by being large or
    by being small.
    """
    found = {}
    for name in FIGURES:
        values = sorted((one[name] for one in measured), key=partial(badness, name, asked_width=asked_width))
        found[name] = values[math.ceil(0.9 * len(values)) - 1]
    return found


def badness(metric: str, value: float, asked_width: float) -> float:
    """How far a figure is from its metric's ideal, 0 at the ideal. Of ratios, 2 is as bad as 1/2."""
    if metric in ("F", "P", "R"):
        return 1 - value
    if metric in ("L", "comp"):
        return abs(math.log(value)) if value > 0 else math.inf
    if metric == "width":
        return abs(value - asked_width)
    return abs(value)


def heading(first: str) -> str:
    return f"{first:<{LABEL}}" + "".join(f"{name:>8}" for name in FIGURES)


def row(label: str, measured: Measured) -> str:
    return f"{label:<{LABEL}}" + "".join(f"{measured[name]:>8.{_decimals(name)}f}" for name in FIGURES)


def _decimals(metric: str) -> int:
    return {"F": 3, "P": 3, "R": 3, "ends": 1}.get(metric, 2)
