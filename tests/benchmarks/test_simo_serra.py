# SPDX-License-Identifier: GPL-3.0-or-later
"""The rebuilt network against what its paper and the graph itself say."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import onnx
import pytest
from onnx import numpy_helper

from benchmarks.simo_serra import LAYERS, macs_per_pixel, parameter_count, write_onnx
from smart_lineart.inking.network.runtime import load_network


@pytest.fixture(scope="module")
def network_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("simo_serra") / "model.onnx"
    write_onnx(path)
    return path


def test_size_and_cost_are_the_papers() -> None:
    assert len(LAYERS) == 23
    assert 44e6 < parameter_count() < 45e6
    assert 0.91e6 < macs_per_pixel() < 0.94e6


def test_the_graph_has_these_parameters_and_this_cost(network_file: Path) -> None:
    onnx.checker.check_model(str(network_file))
    graph = onnx.shape_inference.infer_shapes(_fixed(onnx.load(network_file), 64)).graph
    stored = {tensor.name: numpy_helper.to_array(tensor).shape for tensor in graph.initializer}
    assert sum(int(np.prod(shape)) for shape in stored.values()) == parameter_count() + 1  # and the 255
    shapes = {
        value.name: [dim.dim_value for dim in value.type.tensor_type.shape.dim]
        for value in [*graph.value_info, *graph.input, *graph.output]
    }
    macs = 0
    for node in graph.node:
        if node.op_type in ("Conv", "ConvTranspose"):
            grid = shapes[node.output[0] if node.op_type == "Conv" else node.input[0]]
            macs += int(np.prod(stored[node.input[1]])) * grid[2] * grid[3]
    assert macs / 64**2 == macs_per_pixel()
    assert shapes["ink"] == [1, 1, 64, 64]


def test_it_runs_on_the_engines_runtime_and_its_signal_neither_dies_nor_saturates(network_file: Path) -> None:
    tile = np.random.default_rng(1).integers(0, 256, (1, 1, 64, 96), np.uint8)
    network, _, _ = load_network(network_file, threads=1)
    try:
        ink = network.run(tile)
    finally:
        network.close()
    assert ink.shape == tile.shape
    assert ink.dtype == np.uint8
    assert np.unique(ink).size > 20


def _fixed(model: onnx.ModelProto, side: int) -> onnx.ModelProto:
    for value in (*model.graph.input, *model.graph.output):
        for dim in value.type.tensor_type.shape.dim[2:]:
            dim.dim_value = side
    return model
