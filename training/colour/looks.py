# SPDX-License-Identifier: GPL-3.0-or-later
"""What scaling, cameras and files leave of a painted picture."""

from __future__ import annotations

import cv2
import numpy as np

from training.looks import low_frequency
from training.roughen import Rng


def finished(rng: Rng, picture: np.ndarray) -> np.ndarray:
    """A picture float32 (h, w, 3), 0 to 1, as it may come: uint8 (h, w, 3)."""
    shape = picture.shape[1::-1]
    if rng.random() < 0.25:  # was smaller, or is a video's frame
        share = rng.uniform(0.5, 0.95)
        small = cv2.resize(picture, None, fx=share, fy=share, interpolation=cv2.INTER_AREA)
        way = cv2.INTER_CUBIC if rng.random() < 0.6 else cv2.INTER_LINEAR
        picture = cv2.resize(small, shape, interpolation=way)
    if rng.random() < 0.3:
        picture = cv2.GaussianBlur(picture, (0, 0), rng.uniform(0.3, 1.1))
    if rng.random() < 0.15:
        soft = cv2.GaussianBlur(picture, (0, 0), rng.uniform(0.7, 1.6))
        picture = picture + (picture - soft) * rng.uniform(0.3, 1.5)
    if rng.random() < 0.2:
        picture = np.clip(picture, 0, 1) ** rng.uniform(0.75, 1.35) * rng.uniform(0.85, 1.05, 3)
    if rng.random() < 0.12:
        picture = picture + rng.uniform(0.02, 0.06) * low_frequency(rng, picture.shape[:2], 3)[..., None]
    if rng.random() < 0.35:
        picture = picture + rng.normal(size=picture.shape) * rng.uniform(0.002, 0.03)
    out = np.rint(np.clip(picture, 0, 1) * 255).astype(np.uint8)
    if rng.random() < 0.45:
        quality = int(rng.integers(30, 97))
        _, code = cv2.imencode(".jpg", out, [cv2.IMWRITE_JPEG_QUALITY, quality])
        out = cv2.imdecode(code, cv2.IMREAD_COLOR)
    return np.asarray(out, np.uint8)
