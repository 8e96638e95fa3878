# SPDX-License-Identifier: GPL-3.0-or-later
"""What a network says of a page, and what of it counts as line."""

from __future__ import annotations

from dataclasses import dataclass

from smart_lineart.inking.arrays import Bytes

LINE = 0.35  # probability from which a pixel counts as line


@dataclass(frozen=True)
class Prediction:
    """What a network said of an earlier page: its darkness uint8 (H, W), the maps uint8 (channels, H, W)."""

    page: Bytes
    maps: Bytes

    @property
    def nbytes(self) -> int:
        """Memory held, in bytes."""
        return self.page.nbytes + self.maps.nbytes
