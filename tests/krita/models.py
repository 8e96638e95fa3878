# SPDX-License-Identifier: GPL-3.0-or-later
"""The models the end-to-end tests ink with: the repository's own, or a stand-in where there is none."""

from __future__ import annotations

import hashlib
import json
import shutil
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[2]


def put_models(target: Path) -> None:
    """Put the models beside the plugin, as the plugin's zip has them."""
    own = REPOSITORY / "models"
    if any(own.glob("*/metadata.json")):
        shutil.copytree(own, target, dirs_exist_ok=True)
    else:
        stand_in(target / "lineart")


def stand_in(folder: Path) -> None:
    """A network without weights: whatever is dark in the sketch is a line of medium width."""
    import onnx
    from onnx import TensorProto, helper

    folder.mkdir(parents=True, exist_ok=True)
    nodes = [
        helper.make_node("Cast", ["sketch"], ["values"], to=TensorProto.FLOAT),
        helper.make_node("Conv", ["values", "weights", "bias"], ["mixed"]),
        helper.make_node("Clip", ["mixed", "low", "high"], ["bounded"]),
        helper.make_node("Cast", ["bounded"], ["geometry"], to=TensorProto.UINT8),
    ]
    constants = [
        helper.make_tensor("weights", TensorProto.FLOAT, [3, 1, 1, 1], [1.6, 0.0, 0.0]),
        helper.make_tensor("bias", TensorProto.FLOAT, [3], [0.0, 64.0, 0.0]),
        helper.make_tensor("low", TensorProto.FLOAT, [], [0.0]),
        helper.make_tensor("high", TensorProto.FLOAT, [], [255.0]),
    ]
    graph = helper.make_graph(
        nodes,
        "stand-in",
        [helper.make_tensor_value_info("sketch", TensorProto.UINT8, [1, 1, "H", "W"])],
        [helper.make_tensor_value_info("geometry", TensorProto.UINT8, [1, 3, "H", "W"])],
        constants,
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    data = model.SerializeToString()
    onnx.checker.check_model(model)
    (folder / "model.onnx").write_bytes(data)
    (folder / "metadata.json").write_text(
        json.dumps(
            {
                "schema": 1,
                "name": "lineart",
                "version": "0.0",
                "title": "Stand-in",
                "input": "sketch",
                "output": "geometry",
                "sha256": hashlib.sha256(data).hexdigest(),
                "licence": "CC0-1.0",
                "channels": 3,
                "stride": 16,
                "receptive_field": 1,
                "metrics": {},
                "created": "2026-11-21",
            }
        ),
        encoding="utf-8",
    )
    (folder / "README.md").write_text("A stand-in without weights, for tests.\n", encoding="utf-8")
