# SPDX-License-Identifier: GPL-3.0-or-later
"""Pictures small enough for git: every clone has them twice, packed and unpacked."""

from __future__ import annotations

import io
from pathlib import Path

from PIL import Image

LIMIT = 150_000  # bytes of a picture that the documents show
QUALITIES = (90, 82, 75, 68, 60, 52, 45)  # of WebP; below, edges of ink show


def save_small(image: Image.Image, path: Path) -> None:
    """Save as WebP, as well as LIMIT allows, and tell its size. Raises ValueError for what is too large."""
    path.parent.mkdir(parents=True, exist_ok=True)
    for quality in QUALITIES:
        packed = io.BytesIO()
        image.save(packed, "WEBP", quality=quality, method=6)
        if packed.tell() <= LIMIT:
            path.write_bytes(packed.getvalue())
            print(f"{path.name}: {image.size}, quality {quality}, {packed.tell() / 1e3:.0f} kB")
            return
    raise ValueError(f"{path.name} takes {packed.tell() / 1e3:.0f} kB at the lowest quality: show less of it")
