# SPDX-License-Identifier: GPL-3.0-or-later
"""The network of Simo-Serra, Iizuka, Sasaki and Ishikawa, rebuilt with random weights to time it.

"Learning to Simplify: Fully Convolutional Networks for Rough Sketch Cleanup", ACM Transactions on Graphics
35(4), SIGGRAPH 2016, Table 1. Its trained weights are not free. Batch normalisation is folded into the
convolutions, as anyone would for inference, and bytes go in and out, as in the engine's own networks.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

OPSET = 17


@dataclass(frozen=True)
class Layer:
    """A convolution: "down" halves the resolution with stride 2, "up" doubles it with stride 1/2."""

    kind: Literal["down", "flat", "up"]
    kernel: int
    inputs: int
    outputs: int

    @property
    def weights(self) -> int:
        return self.kernel**2 * self.inputs * self.outputs

    @property
    def parameters(self) -> int:
        return self.weights + self.outputs


def _table() -> list[Layer]:
    rows: list[tuple[Literal["down", "flat", "up"], int, tuple[int, ...]]] = [
        ("down", 5, (48,)),
        ("flat", 3, (128, 128)),
        ("down", 3, (256,)),
        ("flat", 3, (256, 256)),
        ("down", 3, (256,)),
        ("flat", 3, (512, 1024, 1024, 1024, 1024, 512, 256)),
        ("up", 4, (256,)),
        ("flat", 3, (256, 128)),
        ("up", 4, (128,)),
        ("flat", 3, (128, 48)),
        ("up", 4, (48,)),
        ("flat", 3, (24, 1)),
    ]
    layers, inputs = [], 1
    for kind, kernel, widths in rows:
        for outputs in widths:
            layers.append(Layer(kind, kernel, inputs, outputs))
            inputs = outputs
    return layers


LAYERS = _table()


def parameter_count() -> int:
    """Weights and biases."""
    return sum(layer.parameters for layer in LAYERS)


def macs_per_pixel() -> float:
    """Multiplications per pixel of the page."""
    macs, resolution = 0.0, 1.0  # pixels of the layer's grid per pixel of the page
    for layer in LAYERS:
        if layer.kind == "down":
            resolution /= 4
        macs += layer.weights * resolution  # a transposed convolution spreads each input pixel once
        if layer.kind == "up":
            resolution *= 4
    return macs


def write_onnx(path: Path) -> None:
    """Write the network, about 180 MB: uint8 [1, 1, H, W] to the same, H and W multiples of 8."""
    shape: list[str | int | None] = [1, 1, "height", "width"]
    weights = np.random.default_rng(0)
    nodes, stored = [], [_constant("full", np.float32(255))]
    nodes.append(helper.make_node("Cast", ["sketch"], ["grey"], to=TensorProto.FLOAT))
    nodes.append(helper.make_node("Div", ["grey", "full"], ["x0"]))
    for number, layer in enumerate(LAYERS, 1):
        stored += _random_weights(number, layer, weights)
        nodes.append(_convolution(number, layer))
        activation = "Relu" if number < len(LAYERS) else "Sigmoid"
        nodes.append(helper.make_node(activation, [f"y{number}"], [f"x{number}"]))
    nodes.append(helper.make_node("Mul", [f"x{len(LAYERS)}", "full"], ["scaled"]))
    nodes.append(helper.make_node("Cast", ["scaled"], ["ink"], to=TensorProto.UINT8))
    graph = helper.make_graph(
        nodes,
        "simo_serra_2016",
        [helper.make_tensor_value_info("sketch", TensorProto.UINT8, shape)],
        [helper.make_tensor_value_info("ink", TensorProto.UINT8, shape)],
        stored,
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", OPSET)], ir_version=8)
    onnx.save(model, path)


def _convolution(number: int, layer: Layer) -> onnx.NodeProto:
    operator = "ConvTranspose" if layer.kind == "up" else "Conv"
    return helper.make_node(
        operator,
        [f"x{number - 1}", f"w{number}", f"b{number}"],
        [f"y{number}"],
        kernel_shape=[layer.kernel] * 2,
        strides=[1 if layer.kind == "flat" else 2] * 2,
        pads=[(layer.kernel - 1) // 2] * 4,
    )


def _random_weights(number: int, layer: Layer, rng: np.random.Generator) -> list[onnx.TensorProto]:
    """Weights of He's variance: signals keep their size, and no denormal numbers slow the arithmetic down."""
    taps = layer.kernel**2 / (4 if layer.kind == "up" else 1)
    channels = (layer.inputs, layer.outputs) if layer.kind == "up" else (layer.outputs, layer.inputs)
    weights = rng.standard_normal((*channels, layer.kernel, layer.kernel), np.float32)
    weights *= np.sqrt(2 / (taps * layer.inputs))
    return [
        _constant(f"w{number}", weights),
        _constant(f"b{number}", np.full(layer.outputs, 0.01, np.float32)),
    ]


def _constant(name: str, value: np.ndarray | np.floating) -> onnx.TensorProto:
    return numpy_helper.from_array(np.asarray(value), name)
