# SPDX-License-Identifier: GPL-3.0-or-later
"""The inking engine: numpy in, numpy out. Knows neither Qt nor Krita nor image files."""

from __future__ import annotations

from smart_lineart.inking.errors import (
    BadOption,
    BadSketch,
    Cancelled,
    InkError,
    ModelError,
    OutOfMemory,
    RuntimeMissing,
)
from smart_lineart.inking.features import Features
from smart_lineart.inking.geometry import Rect
from smart_lineart.inking.inker import Inker
from smart_lineart.inking.models import Model, available_models, load_model
from smart_lineart.inking.runtime import Device, list_devices
from smart_lineart.inking.sketch import ArraySketch, Sketch
from smart_lineart.inking.styles import STYLES, Style, style_names

__all__ = [
    "STYLES",
    "ArraySketch",
    "BadOption",
    "BadSketch",
    "Cancelled",
    "Device",
    "Features",
    "InkError",
    "Inker",
    "Model",
    "ModelError",
    "OutOfMemory",
    "Rect",
    "RuntimeMissing",
    "Sketch",
    "Style",
    "available_models",
    "list_devices",
    "load_model",
    "style_names",
]
