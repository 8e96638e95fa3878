# SPDX-License-Identifier: GPL-3.0-or-later
"""The inking engine: numpy in, numpy out. Knows neither Qt nor Krita nor image files."""

from __future__ import annotations

from smart_lineart.inking.brushes.strip_files import is_strip
from smart_lineart.inking.brushes.strips import Strip, strip_from_picture
from smart_lineart.inking.brushes.styles import STYLES, Style, style_names
from smart_lineart.inking.errors import (
    BadOption,
    BadSketch,
    BadStrip,
    Cancelled,
    InkError,
    ModelError,
    OutOfMemory,
    ProcessFailed,
    RuntimeMissing,
)
from smart_lineart.inking.features import Features
from smart_lineart.inking.geometry import Rect
from smart_lineart.inking.inker import Inker
from smart_lineart.inking.network.models import Model, available_models, load_model
from smart_lineart.inking.network.runtime import Device, list_devices, list_devices_isolated, why_not_isolated
from smart_lineart.inking.page.calibration import Calibration
from smart_lineart.inking.page.light_strokes import LightStrokes
from smart_lineart.inking.page.sketch import ArraySketch, Sketch
from smart_lineart.inking.picture.classes import PictureClass
from smart_lineart.inking.picture.pictures import PictureFeatures, PictureReader
from smart_lineart.inking.renewing.merging import Merge, merge
from smart_lineart.inking.renewing.new_lines import Lines
from smart_lineart.inking.renewing.record import DamagedRecord, InkRecord
from smart_lineart.inking.renewing.renewal import Base, FreshInk, LayerInk
from smart_lineart.inking.strokes import Stroke, Strokes
from smart_lineart.inking.vectors.paths import AreaPaths, Path, StrokePaths, Vectors
from smart_lineart.said import Said

__all__ = [
    "STYLES",
    "AreaPaths",
    "ArraySketch",
    "BadOption",
    "BadSketch",
    "BadStrip",
    "Base",
    "Calibration",
    "Cancelled",
    "DamagedRecord",
    "Device",
    "Features",
    "FreshInk",
    "InkError",
    "InkRecord",
    "Inker",
    "LayerInk",
    "LightStrokes",
    "Lines",
    "Merge",
    "Model",
    "ModelError",
    "OutOfMemory",
    "Path",
    "PictureClass",
    "PictureFeatures",
    "PictureReader",
    "ProcessFailed",
    "Rect",
    "RuntimeMissing",
    "Said",
    "Sketch",
    "Strip",
    "Stroke",
    "StrokePaths",
    "Strokes",
    "Style",
    "Vectors",
    "available_models",
    "is_strip",
    "list_devices",
    "list_devices_isolated",
    "load_model",
    "merge",
    "strip_from_picture",
    "style_names",
    "why_not_isolated",
]
