# SPDX-License-Identifier: GPL-3.0-or-later
"""Networks in 8 bits: on every processor the same, in one piece, and close to their float selves."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
import pytest
from onnx import numpy_helper

from smart_lineart.inking import load_model
from smart_lineart.inking.network.models import load_model as load_folder
from smart_lineart.inking.network.runtime import load_network
from training.figures import put_figures
from training.quantise import QUANTISED, calibration_tiles, quantise

MODELS = Path(__file__).resolve().parents[2] / "models"
EXACT, SHIPPED = MODELS / "lineart-hq", MODELS / "lineart"


def sketch(side: int = 320) -> np.ndarray:
    """Wobbly passes in darkness, uint8 [1, 1, side, side]."""
    rng = np.random.default_rng(8)
    page = np.zeros((side, side), np.float32)
    x = np.arange(24, side - 24)
    for base in range(40, side - 30, 50):
        for _ in range(3):
            y = base + 6 * np.sin(x / rng.uniform(20, 40)) + rng.normal(0, 1.5)
            for up in (-1, 0, 1):
                page[np.rint(y).astype(int) + up, x] = rng.uniform(120, 220)
    return page.astype(np.uint8)[None, None]


def convolutions(file: Path) -> Iterator[tuple[onnx.NodeProto, np.ndarray | None, np.ndarray | None]]:
    """Every convolution with its weights as stored and their scales, or None and None for one in float."""
    graph = onnx.load(file).graph
    values = {value.name: numpy_helper.to_array(value) for value in graph.initializer}
    makers = {node.output[0]: node for node in graph.node}
    for node in graph.node:
        if node.op_type != "Conv":
            continue
        maker = makers.get(node.input[1])
        if maker is None or maker.op_type != "DequantizeLinear":
            yield node, None, None
        else:
            yield node, values[maker.input[0]], values[maker.input[1]]


def run(file: Path, tile: np.ndarray, runtime: str) -> np.ndarray:
    network, _, _ = load_network(file, runtime=runtime)
    try:
        return network.run(tile)
    finally:
        network.close()


class TestShipped:
    def test_all_but_the_last_convolution_are_in_7_bits_by_channel(self) -> None:
        found = list(convolutions(SHIPPED / "model.onnx"))
        assert len(found) == len(list(convolutions(EXACT / "model.onnx"))) > 20
        for node, weights, scales in found[:-1]:
            assert weights is not None, node.name
            assert weights.dtype == np.int8
            assert np.abs(weights.astype(int)).max() <= 64, "more would saturate without VNNI"
            assert scales.shape == (len(weights),)
        assert found[-1][1] is None

    def test_a_runtime_fuses_all_that_is_quantised(self, tmp_path: Path) -> None:
        options = onnxruntime.SessionOptions()
        options.optimized_model_filepath = str(tmp_path / "fused.onnx")
        options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_ENABLE_EXTENDED
        options.log_severity_level = 3
        file = SHIPPED / "model.onnx"
        onnxruntime.InferenceSession(file, options, providers=["CPUExecutionProvider"])
        left = Counter(node.op_type for node in onnx.load(tmp_path / "fused.onnx").graph.node)
        assert left["QLinearConv"] == len(list(convolutions(file))) - 1
        assert (left["Conv"], left["QuantizeLinear"], left["DequantizeLinear"]) == (1, 1, 1)

    @pytest.mark.parametrize("runtime", ["openvino", "onnxruntime"])
    def test_it_says_what_the_exact_one_says(self, runtime: str) -> None:
        tile = sketch()
        exact, quick = (run(m / "model.onnx", tile, runtime).astype(int) for m in (EXACT, SHIPPED))
        drawn = exact[0, 0] > 127
        assert drawn.mean() > 0.02
        assert np.abs(quick - exact)[0, 0].mean() < 1.5
        assert ((quick[0, 0] > 127) != drawn).sum() < 0.05 * drawn.sum()

    def test_cards_differ_in_name_and_file_only(self) -> None:
        exact, quick = load_folder(EXACT).metadata, load_model(None).metadata
        differ = {key for key in exact.keys() | quick.keys() if exact.get(key) != quick.get(key)}
        assert differ <= {"name", "title", "sha256", "metrics"}
        assert (exact["name"], quick["name"]) == ("lineart-hq", "lineart")
        assert quick["metrics"]["F"] >= exact["metrics"]["F"] - 0.005

    def test_it_is_a_third_of_the_exact_one_s_size(self) -> None:
        exact, quick = ((m / "model.onnx").stat().st_size for m in (EXACT, SHIPPED))
        assert quick < exact / 3


class TestQuantise:
    @pytest.mark.parametrize("runtime", ["openvino", "onnxruntime"])
    def test_the_network_comes_out_close_to_itself(self, tmp_path: Path, runtime: str) -> None:
        source, target = EXACT / "model.onnx", tmp_path / "quick.onnx"
        tiles = [sketch(160), np.zeros((1, 1, 160, 160), np.uint8), sketch(192)]
        quantise(source, target, tiles)
        onnx.checker.check_model(onnx.load(target), full_check=True)
        exact, quick = (run(file, sketch(), runtime).astype(int) for file in (source, target))
        assert np.abs(quick - exact)[0, 0].mean() < 2.0

    def test_ranges_come_from_the_tiles(self, tmp_path: Path) -> None:
        # Calibrated on blank paper it cannot tell lines: were it not so, the tiles would not be used.
        source, target = EXACT / "model.onnx", tmp_path / "blind.onnx"
        quantise(source, target, [np.zeros((1, 1, 96, 96), np.uint8)])
        exact, blind = (run(file, sketch(), "onnxruntime").astype(int) for file in (source, target))
        assert np.abs(blind - exact)[0, 0].mean() > 4.0

    def test_what_is_quantised_between_convolutions(self) -> None:
        assert {"Conv", "Add", "Relu", "Resize"} == set(QUANTISED)

    def test_tiles_are_training_patches_as_the_network_takes_them(self, corpus_folder: Path) -> None:
        tiles = list(calibration_tiles(corpus_folder, count=3, side=128))
        assert [tile.shape for tile in tiles] == [(1, 1, 128, 128)] * 3
        assert {tile.dtype for tile in tiles} == {np.dtype(np.uint8)}
        assert any(tile.max() > 100 for tile in tiles)
        again = list(calibration_tiles(corpus_folder, count=3, side=128))
        np.testing.assert_array_equal(tiles, again)


def test_figures_go_into_the_card(tmp_path: Path) -> None:
    median = {"F": 0.96193, "P": 1.0, "L": 0.97762, "ends": -1.3186, "comp": 0.8888}
    median |= {"grey": 0.4025, "dirt": 0.0, "width": 4.0, "fixes": 1.4623}
    measured = tmp_path / "metrics.json"
    measured.write_text(json.dumps({"summary": {"ours": {"median": median}}}))
    (tmp_path / "metadata.json").write_text(json.dumps({"name": "lineart", "metrics": {"F": 0.1}}))
    put_figures(tmp_path, measured)
    card = json.loads((tmp_path / "metadata.json").read_text())
    assert card["name"] == "lineart"
    assert card["metrics"] == {
        "F": 0.962,
        "fixes": 1.46,
        "L": 0.978,
        "ends": -1.32,
        "comp": 0.889,
        "grey": 0.4,
        "dirt": 0.0,
        "width": 4.0,
    }
