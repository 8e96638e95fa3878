# SPDX-License-Identifier: GPL-3.0-or-later
"""Fixtures that several rooms' tests share."""

from __future__ import annotations

import os
import signal
from pathlib import Path

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

# A job started in the background inherits an ignored Ctrl-C, and hands it on to the commands it starts.
if signal.getsignal(signal.SIGINT) == signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave what is marked `long` to SMART_LINEART_LONG=1, as the weekly campaigns set it."""
    if os.environ.get("SMART_LINEART_LONG") == "1":
        return
    long = [item for item in items if item.get_closest_marker("long")]
    if long:
        config.hook.pytest_deselected(items=long)
        items[:] = [item for item in items if not item.get_closest_marker("long")]


@pytest.fixture
def drawing() -> NDArray[np.uint8]:
    """A small sketch, uint8 (240, 320): a ring and a wavy line in dark grey on off-white paper."""
    page = np.full((240, 320), 244, np.uint8)
    cv2.circle(page, (100, 110), 60, 50, 3, cv2.LINE_AA)
    across = np.arange(20, 300)
    wave = np.stack([across, 200 + 15 * np.sin(across / 25)], axis=1)
    cv2.polylines(page, [np.round(wave).astype(np.int32)], isClosed=False, color=60, thickness=3)
    return page


@pytest.fixture
def sketch(tmp_path: Path, drawing: NDArray[np.uint8]) -> Path:
    """A sketch file at 300 dpi."""
    path = tmp_path / "sketch.png"
    Image.fromarray(drawing).save(path, dpi=(300, 300))
    return path
