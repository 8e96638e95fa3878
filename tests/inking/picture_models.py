# SPDX-License-Identifier: GPL-3.0-or-later
"""A network that reads dougas: whatever has the colour of an edge or a line is one, pixel by pixel."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

from smart_lineart.inking.picture.classes import PictureClass

# What red, green and blue lack of white, weighted for each class, and what that must reach.
_WEIGHTS = {
    PictureClass.FLAT: ((0, 0, 0), 0),
    PictureClass.LINE: ((20, 20, 20), -45),
    PictureClass.SHADE_EDGE: ((10, 10, -10), -12),
    PictureClass.HIGHLIGHT_EDGE: ((-10, 10, 10), -12),
    PictureClass.COLOUR_EDGE: ((10, -10, 10), -12),
    PictureClass.SHADE: ((0, 0, 0), -30),
    PictureClass.HIGHLIGHT: ((0, 0, 0), -30),
}


def write_picture_model(folder: Path) -> Path:
    """Write a whole model folder that `PictureReader` takes, and return it."""
    folder.mkdir(parents=True)
    weights = np.array([_WEIGHTS[name][0] for name in PictureClass], np.float32)[..., None, None]
    bias = np.array([_WEIGHTS[name][1] for name in PictureClass], np.float32)
    node = helper.make_node
    nodes = [
        node("Cast", ["picture"], ["values"], to=TensorProto.FLOAT),
        node("Mul", ["values", "unit"], ["lack"]),
        node("Conv", ["lack", "w", "b"], ["logits"], kernel_shape=[1, 1]),
        node("Softmax", ["logits"], ["probability"], axis=1),
        node("Mul", ["probability", "full"], ["scaled"]),
        node("Round", ["scaled"], ["rounded"]),
        node("Cast", ["rounded"], ["classes"], to=TensorProto.UINT8),
    ]
    constants = [
        numpy_helper.from_array(np.array(1 / 255, np.float32), "unit"),
        numpy_helper.from_array(np.array(255.0, np.float32), "full"),
        numpy_helper.from_array(weights, "w"),
        numpy_helper.from_array(bias, "b"),
    ]
    graph = helper.make_graph(
        nodes,
        "mirror",
        [helper.make_tensor_value_info("picture", TensorProto.UINT8, [1, 3, "H", "W"])],
        [helper.make_tensor_value_info("classes", TensorProto.UINT8, [1, len(PictureClass), "H", "W"])],
        constants,
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    onnx.checker.check_model(model, full_check=True)
    data = model.SerializeToString()
    (folder / "model.onnx").write_bytes(data)
    card = {
        "schema": 1,
        "name": "mirror",
        "version": "1.0",
        "title": "Mirror",
        "sha256": hashlib.sha256(data).hexdigest(),
        "input": "picture",
        "output": "classes",
        "channels": len(PictureClass),
        "stride": 16,
        "receptive_field": 33,
        "licence": "CC0-1.0",
        "metrics": {},
        "created": "2026-12-01",
    }
    (folder / "metadata.json").write_text(json.dumps(card), encoding="utf-8")
    (folder / "README.md").write_text("# Mirror\n", encoding="utf-8")
    return folder
