# SPDX-License-Identifier: GPL-3.0-or-later
"""What a network says of a page, and what of it counts as line."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from smart_lineart.inking.arrays import Bytes
from smart_lineart.inking.ranges import tuned


@dataclass(frozen=True)
class MapTuning:
    """How a network's maps are read."""

    line: float = tuned(0.35, 0.02, 0.98)  # probability from which a pixel counts as line

    @property
    def least(self) -> float:
        """What a pixel of a line map must have to count, 0 to 255."""
        return self.line * 255


class Maps(NamedTuple):
    """What a network says of a page, each uint8 (H, W), probability x 255."""

    line: Bytes
    solid: Bytes

    @classmethod
    def from_channels(cls, channels: Bytes) -> Maps:
        """The maps in a network's answer, uint8 (2, H, W); views of it."""
        return cls(*channels)


MAPS = len(Maps._fields)  # channels of a network's output


@dataclass(frozen=True)
class Prediction:
    """What a network said of an earlier page: its darkness uint8 (H, W), the maps uint8 (channels, H, W)."""

    page: Bytes
    maps: Bytes

    @property
    def named(self) -> Maps:
        """The maps by their names."""
        return Maps.from_channels(self.maps)

    @property
    def nbytes(self) -> int:
        """Memory held, in bytes."""
        return self.page.nbytes + self.maps.nbytes
