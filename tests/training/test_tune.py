# SPDX-License-Identifier: GPL-3.0-or-later
"""What tuned numbers are worth is told by drawings that did not choose them, and costs the network once."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from drawings.strokes import load_drawing
from smart_lineart.inking import Inker
from smart_lineart.inking.tuning import BadNumber, Tuning
from tests.training.test_hands import write_drawing
from training import tune
from training.tune import RULES, Bench, ablate, changed, cross_validated, load_pages, sweep

LINE = "tracing.maps.line"


@pytest.fixture(scope="module")
def bench(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bench]:
    folder = tmp_path_factory.mktemp("drawings")
    write_drawing(folder, "one", gap=10.0, pen_width=8)
    write_drawing(folder, "two", gap=30.0, pen_width=8)
    with pytest.MonkeyPatch.context() as patch, Inker() as inker:
        patch.setattr(tune, "load_drawing", lambda path: load_drawing(path, long_edge=400))
        yield Bench(inker, load_pages([folder], ["plain"]))


def test_a_sweep_says_what_values_are_worth_and_runs_the_network_no_more(bench: Bench) -> None:
    said: list[str] = []
    runs = bench.network.runs
    assert runs
    # With all but certain pixels left out there are no lines; nobody would choose that.
    worth = sweep(bench, LINE, [0.3, 0.98], said.append)
    assert len(said) == 3
    assert said[0].startswith(f"{LINE} = 0.3: F ")
    assert worth > -0.5
    assert bench.scores({LINE: 0.98}).mean() < bench.usual.mean()
    assert bench.network.runs == runs
    assert np.array_equal(bench.scores({}), bench.usual)


def test_each_rule_is_taken_out_once_and_its_numbers_do_that(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    usual = Tuning()
    assert all(changed(usual, values) != usual for values in RULES.values())
    few = ("fill holes", "drop dashes")
    monkeypatch.setattr(tune, "RULES", {name: RULES[name] for name in few})
    said: list[str] = []
    assert list(ablate(bench, said.append)) == list(few)
    assert [line.split("  ")[0] for line in said] == [f"without: {name}" for name in few]


def test_the_drawing_that_is_left_out_does_not_choose() -> None:
    # Two looks of a and one of b: what is best for a is bad for b, and the other way round.
    scores = np.array([[0.5, 0.5, 0.5], [0.9, 0.9, 0.1], [0.2, 0.2, 0.8]])
    assert cross_validated(scores, ["a", "a", "b"]).tolist() == [0.2, 0.2, 0.1]
    assert cross_validated(scores[:1], ["a", "a", "b"]).tolist() == [0.5, 0.5, 0.5]


@pytest.mark.parametrize("values", [{"tracing.gaps.gpa": 3}, {"tracing": 3}, {LINE: 2}, {"fills.black": 1.5}])
def test_numbers_that_there_are_not_are_refused(values: dict[str, float]) -> None:
    with pytest.raises(BadNumber):
        changed(Tuning(), values)


def test_a_folder_without_drawings_is_said(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        load_pages([tmp_path], ["plain"])
