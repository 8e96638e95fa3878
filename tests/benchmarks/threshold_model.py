# SPDX-License-Identifier: GPL-3.0-or-later
"""A model that takes darkness for lines: the whole engine runs, and what it inks is known beforehand."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper


def write_threshold_model(folder: Path) -> Path:
    """Write a model folder; its network says: a line wherever it is dark, nothing solid."""
    folder.mkdir(parents=True)
    weights = np.array([1, 0], np.float32).reshape(2, 1, 1, 1)
    graph = helper.make_graph(
        [
            helper.make_node("Cast", ["sketch"], ["darkness"], to=TensorProto.FLOAT),
            helper.make_node("Conv", ["darkness", "weights", "bias"], ["maps"], kernel_shape=[1, 1]),
            helper.make_node("Cast", ["maps"], ["geometry"], to=TensorProto.UINT8),
        ],
        "threshold",
        [helper.make_tensor_value_info("sketch", TensorProto.UINT8, [1, 1, "H", "W"])],
        [helper.make_tensor_value_info("geometry", TensorProto.UINT8, [1, 2, "H", "W"])],
        [
            numpy_helper.from_array(weights, "weights"),
            numpy_helper.from_array(np.zeros(2, np.float32), "bias"),
        ],
    )
    onnx_file = folder / "model.onnx"
    onnx.save(helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8), onnx_file)
    card = {
        "schema": 1,
        "name": "threshold",
        "version": "1",
        "title": "Threshold",
        "sha256": hashlib.sha256(onnx_file.read_bytes()).hexdigest(),
        "input": "sketch",
        "output": "geometry",
        "channels": 2,
        "stride": 16,
        "receptive_field": 1,
        "licence": "CC0-1.0",
        "metrics": {},
        "created": "2026-01-01",
    }
    (folder / "metadata.json").write_text(json.dumps(card), encoding="utf-8")
    return folder
