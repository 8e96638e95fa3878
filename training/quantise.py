# SPDX-License-Identifier: GPL-3.0-or-later
"""Quantise a network to 8 bits, after training, with static ranges.

Weights have 7 bits, one scale for each output channel: with 8 the sums of products saturate on processors
without VNNI, and ink would depend on the processor. Activations have 8 bits, their ranges are the moving
average of those seen on training patches; the sketches that figures are measured on are not among them.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path

import numpy as np
import onnx

os.environ["ORT_DISABLE_TELEMETRY"] = "1"  # read when onnxruntime is imported
from onnxruntime import quantization
from onnxruntime.quantization.shape_inference import quant_pre_process

from training.scenes import Scenes, Sources

PATCHES = 64  # enough for ranges that another draw changes by less than a step
SIDE = 256  # px: well over the receptive field's half, so that most of a patch is not its border
FOLLOW = 0.05  # share of each patch in the ranges: a few reach far beyond the others, at the cost of all
QUANTISED = ("Conv", "Add", "Relu", "Resize")


def calibration_tiles(
    data: Path, count: int = PATCHES, side: int = SIDE, seed: int = 4711
) -> Iterator[np.ndarray]:
    """`count` sketches from the training corpus as the network takes them, uint8 [1, 1, side, side]."""
    for patch in islice(Scenes(Sources.load(data), side, seed), count):
        yield np.rint(patch.sketch * 255).astype(np.uint8)[None, None]


class _Tiles(quantization.CalibrationDataReader):
    """What the quantiser asks for tiles."""

    def __init__(self, name: str, tiles: Iterable[np.ndarray]):
        self._name, self._tiles = name, iter(tiles)

    def get_next(self) -> dict[str, np.ndarray] | None:
        tile = next(self._tiles, None)
        return None if tile is None else {self._name: tile}


def quantise(source: Path, target: Path, tiles: Iterable[np.ndarray]) -> None:
    """Write `source`, a float network of the contract, to `target` with its convolutions in 8 bits.

    The last convolution stays in float: where a line is in doubt its answers lie close together, and 8 bits
    would double the pixels that change sides. Additions and enlargements are in 8 bits too, or the runtimes
    would go back and forth between the convolutions.
    """
    graph = onnx.load(source).graph
    last = [node.name for node in graph.node if node.op_type == "Conv"][-1]
    with tempfile.TemporaryDirectory() as folder:
        shaped = Path(folder) / "shaped.onnx"
        quant_pre_process(source, shaped, skip_symbolic_shape=True)
        quantization.quantize_static(
            shaped,
            target,
            _Tiles(graph.input[0].name, tiles),
            quant_format=quantization.QuantFormat.QDQ,
            op_types_to_quantize=list(QUANTISED),
            nodes_to_exclude=[last],
            per_channel=True,
            reduce_range=True,
            activation_type=quantization.QuantType.QUInt8,
            weight_type=quantization.QuantType.QInt8,
            extra_options={"CalibMovingAverage": True, "CalibMovingAverageConstant": FOLLOW},
        )
