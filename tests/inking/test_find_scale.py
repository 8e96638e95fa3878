# SPDX-License-Identifier: GPL-3.0-or-later
"""The scale that suits a sketch is found without its lines: the same as inking finds, for less."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pytest

from smart_lineart.inking import BadSketch, Cancelled, Inker, load_model
from smart_lineart.inking import inker as inker_module
from smart_lineart.inking.network.runtime import load_network
from tests.inking.counting import Counting
from tests.inking.pictures import Bytes, line_map, ring, straight, wave

SIZE = (700, 900)


def clean() -> Bytes:
    return 255 - line_map(SIZE, ring(250, 300, 150), wave(450, 850, 300, 30, 200), thickness=4, value=220)


def searching() -> Bytes:
    """Lines tried many times over."""
    random = np.random.default_rng(5)
    tries = []
    for y in (150, 350, 550):
        for left in range(60, 760, 30):
            height, tilt = y + random.uniform(-18, 18), random.uniform(-12, 12)
            tries.append(straight((left, height), (left + random.uniform(60, 120), height + tilt)))
    return 255 - line_map(SIZE, *tries, thickness=2, value=150)


PAGES = {"clean": clean(), "searching": searching(), "blank": np.full(SIZE, 255, np.uint8)}


@pytest.fixture(scope="module")
def network() -> Iterator[Counting]:
    real, _, _ = load_network(load_model(None).onnx, runtime="openvino")
    yield Counting(real)
    real.close()


@pytest.fixture(scope="module")
def inker(network: Counting) -> Iterator[Inker]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(inker_module, "load_network", lambda *_, **__: (network, "openvino", "cpu"))
        yield Inker()


@pytest.mark.parametrize("name", PAGES)
def test_it_is_the_scale_that_inking_finds_and_costs_less(name: str, inker: Inker, network: Counting) -> None:
    network.pixels = 0
    told: list[float] = []
    scale = inker.find_scale(PAGES[name], progress=told.append)
    alone, network.pixels = network.pixels, 0
    features = inker.prepare(PAGES[name])
    assert scale == features.scale
    assert told == sorted(told)
    if name != "blank":
        assert 0 < alone < network.pixels


def test_a_page_of_single_lines_is_not_looked_at_from_afar(
    inker: Inker, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[tuple[int, ...]] = []
    run = inker._run_network
    monkeypatch.setattr(inker, "_run_network", lambda *given: (asked.append(given[0].shape), run(*given))[1])
    scale = inker.find_scale(PAGES["searching"])  # in so few tries that they are single lines
    assert len(asked) == 1
    roughness = replace(inker.tuning.roughness, little=0.0)  # what lies beside them counts now
    monkeypatch.setattr(inker, "tuning", replace(inker.tuning, roughness=roughness))
    assert inker.find_scale(PAGES["searching"]) <= scale
    assert len(asked) == 3


def test_it_traces_nothing(inker: Inker, monkeypatch: pytest.MonkeyPatch) -> None:
    def traced(*_: object, **__: object) -> None:
        raise AssertionError("lines were traced")

    monkeypatch.setattr(inker_module, "trace_strokes", traced)
    assert inker.find_scale(PAGES["clean"]) > 0


def test_it_can_be_cancelled_and_refuses_what_is_no_sketch(inker: Inker) -> None:
    with pytest.raises(Cancelled):
        inker.find_scale(PAGES["clean"], cancelled=lambda: True)
    with pytest.raises(BadSketch):
        inker.find_scale(np.zeros((0, 10), np.uint8))
