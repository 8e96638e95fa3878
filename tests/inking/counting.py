# SPDX-License-Identifier: GPL-3.0-or-later
"""A network that tells how much it was asked."""

from __future__ import annotations

from smart_lineart.inking.network.runtime import Network
from tests.inking.pictures import Bytes


class Counting:
    """A network that counts the pixels it is run over."""

    def __init__(self, network: Network):
        self._network = network
        self.pixels = 0
        self.runtime_name, self.device_name = network.runtime_name, network.device_name
        self.release_memory, self.close = network.release_memory, network.close

    def run(self, tile: Bytes) -> Bytes:
        self.pixels += tile.size
        return self._network.run(tile)
