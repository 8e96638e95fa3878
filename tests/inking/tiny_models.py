# SPDX-License-Identifier: GPL-3.0-or-later
"""Tiny networks with the contract's input and output, and model folders around them."""

from __future__ import annotations

import hashlib
import json
import os
from pathlib import Path
from typing import Any

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

CHANNELS = 2


def tiny_network(*, width: int = 8, seed: int = 7) -> onnx.ModelProto:
    """Return a network of three convolutions: uint8 sketch [1, 1, H, W] -> geometry [1, CHANNELS, H, W].

    Half-resolution stem, pixel shuffle at the end, rounding to uint8 in the graph, as in the shipped models.
    """
    rng = np.random.default_rng(seed)

    def weights(name: str, *shape: int) -> onnx.TensorProto:
        scale = np.sqrt(2.0 / np.prod(shape[1:]))
        return numpy_helper.from_array((rng.standard_normal(shape) * scale).astype(np.float32), name)

    def scalar(name: str, value: float) -> onnx.TensorProto:
        return numpy_helper.from_array(np.array(value, np.float32), name)

    node = helper.make_node
    nodes = [
        node("Cast", ["sketch"], ["values"], to=TensorProto.FLOAT),
        node("Mul", ["values", "unit"], ["darkness"]),
        node("Conv", ["darkness", "w1"], ["f1"], kernel_shape=[6, 6], strides=[2, 2], pads=[2, 2, 2, 2]),
        node("Relu", ["f1"], ["f2"]),
        node("Conv", ["f2", "w2"], ["f3"], kernel_shape=[3, 3], pads=[1, 1, 1, 1]),
        node("Relu", ["f3"], ["f4"]),
        node("Conv", ["f4", "w3"], ["f5"], kernel_shape=[3, 3], pads=[1, 1, 1, 1]),
        node("DepthToSpace", ["f5"], ["f6"], blocksize=2, mode="CRD"),
        node("Sigmoid", ["f6"], ["probability"]),
        node("Mul", ["probability", "full"], ["scaled"]),
        node("Round", ["scaled"], ["rounded"]),
        node("Cast", ["rounded"], ["geometry"], to=TensorProto.UINT8),
    ]
    constants = [
        scalar("unit", 1 / 255),
        scalar("full", 255.0),
        weights("w1", width, 1, 6, 6),
        weights("w2", width, width, 3, 3),
        weights("w3", CHANNELS * 4, width, 3, 3),
    ]
    graph = helper.make_graph(
        nodes,
        "tiny",
        [helper.make_tensor_value_info("sketch", TensorProto.UINT8, [1, 1, "H", "W"])],
        [helper.make_tensor_value_info("geometry", TensorProto.UINT8, [1, CHANNELS, "H", "W"])],
        constants,
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    onnx.checker.check_model(model, full_check=True)
    return model


def write_onnx(path: Path, *, width: int = 8) -> Path:
    """Write the tiny network to ``path`` and return it."""
    path.write_bytes(tiny_network(width=width).SerializeToString())
    return path


def quantised_network(folder: Path) -> Path:
    """Write the tiny network, its convolutions in int8 with 7-bit weights, and return the file."""
    os.environ["ORT_DISABLE_TELEMETRY"] = "1"
    from onnxruntime import quantization

    class Noise(quantization.CalibrationDataReader):  # type: ignore[misc]
        def __init__(self) -> None:
            rng = np.random.default_rng(5)
            self._tiles = iter([rng.integers(0, 256, (1, 1, 64, 64), np.uint8) for _ in range(4)])

        def get_next(self) -> dict[str, np.ndarray] | None:
            tile = next(self._tiles, None)
            return None if tile is None else {"sketch": tile}

    quantised = folder / "int8.onnx"
    quantization.quantize_static(
        write_onnx(folder / "float.onnx", width=32),
        quantised,
        Noise(),
        quant_format=quantization.QuantFormat.QDQ,
        per_channel=True,
        reduce_range=True,
        op_types_to_quantize=["Conv"],
    )
    return quantised


def card(onnx_file: Path, **changes: Any) -> dict[str, Any]:
    """Return sound metadata for ``onnx_file``; ``changes`` replace keys."""
    metadata: dict[str, Any] = {
        "schema": 1,
        "name": "tiny",
        "version": "1.0",
        "title": "Tiny",
        "sha256": hashlib.sha256(onnx_file.read_bytes()).hexdigest(),
        "input": "sketch",
        "output": "geometry",
        "channels": CHANNELS,
        "stride": 2,
        "receptive_field": 14,
        "licence": "CC0-1.0",
        "metrics": {"F": 0.5},
        "created": "2026-11-21",
    }
    return metadata | changes


def write_model_folder(folder: Path, **changes: Any) -> Path:
    """Write a whole model folder and return it; ``changes`` replace keys of its metadata."""
    folder.mkdir(parents=True)
    onnx_file = write_onnx(folder / "model.onnx")
    (folder / "metadata.json").write_text(json.dumps(card(onnx_file, **changes)), encoding="utf-8")
    (folder / "README.md").write_text("# Tiny\n", encoding="utf-8")
    return folder
