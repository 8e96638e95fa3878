# SPDX-License-Identifier: GPL-3.0-or-later
"""The numbers tuned to a network come with its card, are checked, and reach every step that has some."""

from __future__ import annotations

import json
from dataclasses import fields, is_dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from smart_lineart.inking import Inker, ModelError, load_model
from smart_lineart.inking.drawing.fills import solid_shapes
from smart_lineart.inking.lines.fairing import Fairer
from smart_lineart.inking.lines.gaps import GapTuning
from smart_lineart.inking.lines.tracing import TracingTuning, trace_strokes
from smart_lineart.inking.lines.uncertainty import UncertaintyTuning
from smart_lineart.inking.network.models import search_folders
from smart_lineart.inking.page.roughness import Observation, RoughnessTuning, roughness
from smart_lineart.inking.ranges import unsound
from smart_lineart.inking.tuning import KEY, BadNumber, Tuning, tuning_of
from tests.inking.pictures import Bytes, line_map, ring, straight, wave
from tests.inking.test_unchanged import sketch
from tests.inking.tiny_models import write_model_folder


def names_of(numbers: Any, path: str = "") -> list[str]:
    """Every number's name, those of a step joined by dots."""
    found = []
    for one in fields(numbers):
        value = getattr(numbers, one.name)
        found += names_of(value, f"{path}{one.name}.") if is_dataclass(value) else [f"{path}{one.name}"]
    return found


def nested(name: str, value: object) -> dict[str, Any]:
    """What a card says that names one number."""
    for part in reversed(name.split(".")):
        value = {part: value}
    return value  # type: ignore[return-value]


NAMES = names_of(Tuning())


class TestCards:
    def test_what_is_written_is_read(self) -> None:
        tuning = replace(Tuning(), uncertainty=UncertaintyTuning(keeps=0.5, tidier=7))
        assert Tuning.from_dict(json.loads(json.dumps(tuning.to_dict()))) == tuning

    def test_a_card_without_numbers_has_the_defaults(self, tmp_path: Path) -> None:
        assert tuning_of(load_model(write_model_folder(tmp_path / "old"))) == Tuning()

    def test_a_number_left_out_is_the_default(self) -> None:
        tuning = Tuning.from_dict(nested("tracing.gaps.gap", 6))
        assert tuning == replace(Tuning(), tracing=TracingTuning(gaps=GapTuning(gap=6)))

    @pytest.mark.parametrize("folder", sorted(search_folders()[1].iterdir()), ids=lambda folder: folder.name)
    def test_the_shipped_cards_have_every_number(self, folder: Path) -> None:
        model = load_model(folder)
        assert Tuning.from_dict(model.metadata[KEY]).to_dict() == model.metadata[KEY]

    @pytest.mark.parametrize("name", NAMES)
    def test_what_is_no_sound_number_is_named(self, name: str) -> None:
        for value in (True, None, "1", [1], {}, 1e300, 10**400, -(10**400), float("nan")):
            with pytest.raises(BadNumber) as caught:
                Tuning.from_dict(nested(name, value))
            assert str(caught.value) == name

    @pytest.mark.parametrize("name", NAMES)
    def test_its_range_ends_where_it_says(self, name: str) -> None:
        *way, last = name.split(".")
        numbers: Any = Tuning()
        for part in way:
            numbers = getattr(numbers, part)
        (field,) = (one for one in fields(numbers) if one.name == last)
        low, high = field.metadata["range"]
        assert low <= field.default <= high
        for end, beyond in ((low, low - 1), (high, high + 1)):
            kind = type(field.default)
            Tuning.from_dict(nested(name, kind(end)))
            with pytest.raises(BadNumber):
                Tuning.from_dict(nested(name, kind(beyond)))

    def test_a_whole_number_stays_whole(self) -> None:
        assert unsound(Tuning.from_dict(nested("fills.solid", 1))) is None
        with pytest.raises(BadNumber, match=r"^fills\.black$"):
            Tuning.from_dict(nested("fills.black", 1.5))

    @pytest.mark.parametrize(
        ("values", "name"),
        [
            ([], "tuning"),
            ({"colours": {}}, "tuning.colours"),
            ({"tracing": {"holes": 3}}, "tuning.tracing.holes"),
            ({"tracing": {"gaps": {"ga\np": 3}}}, r"tuning.tracing.gaps.ga\np"),
            (nested("tracing.maps.line", 2.0), "tuning.tracing.maps.line"),
        ],
    )
    def test_the_engine_says_which_number_of_which_card(
        self, tmp_path: Path, values: object, name: str
    ) -> None:
        folder = write_model_folder(tmp_path / "mine", stride=16, tuning=values)
        with pytest.raises(ModelError) as caught:
            Inker(model=folder)
        card = folder / "metadata.json"
        assert str(caught.value).startswith(f'The model\'s card {card} has no valid "{name}"; reinstall')


def searching() -> Bytes:
    """A sketch of a line tried many times over, and of a firm one."""
    random = np.random.default_rng(5)
    tries = []
    for left in range(60, 660, 30):
        y, tilt = 250 + random.uniform(-24, 24), random.uniform(-24, 24)
        tries.append(straight((left, y), (left + random.uniform(60, 120), y + tilt)))
    pale = line_map((400, 800), *tries, thickness=3, value=150)
    return 255 - np.maximum(pale, line_map((400, 800), wave(60, 740, 80, 8, 170), thickness=4, value=220))


def side_by_side() -> Bytes:
    """A sketch of lines so near each other that the look from afar makes one of two."""
    lines = (wave(60, 740, y + beside, 8, 170) for y in range(40, 360, 50) for beside in (0, 6))
    return 255 - line_map((400, 800), *lines, thickness=3, value=220)


def broken() -> Bytes:
    """A line map of a line with a gap that is half seen, of a hole as narrow and as little paper, and of a
    speck.
    """
    lines = line_map((60, 120), straight((5, 45), (52, 45)), straight((63, 45), (115, 45)), thickness=3)
    half_seen = line_map((60, 120), straight((40, 45), (75, 45)), straight((20, 18), (100, 18)), thickness=9)
    sides = line_map((60, 120), straight((20, 13), (100, 13)), straight((20, 23), (100, 23)), thickness=3)
    ends = line_map((60, 120), straight((20, 13), (20, 23)), straight((100, 13), (100, 23)), thickness=3)
    speck = line_map((60, 120), straight((10, 52), (12, 52)), thickness=2)
    return np.maximum.reduce([lines, sides // 2, ends // 2, half_seen // 4, speck])


def watched(numbers: Any, read: set[str], path: str = "") -> Any:
    """Numbers that note which of them were read."""
    names = {one.name for one in fields(numbers)}

    def noted(self: object, name: str) -> object:
        if name in names:
            read.add(f"{path}{name}")
        return object.__getattribute__(self, name)

    kind = type(
        type(numbers).__name__, (type(numbers),), {"__getattribute__": noted, "digest": lambda _: "x"}
    )
    copy = object.__new__(kind)
    for name in names:
        value = getattr(numbers, name)
        inner = watched(value, read, f"{path}{name}.") if is_dataclass(value) else value
        object.__setattr__(copy, name, inner)
    return copy


def test_every_number_reaches_the_step_that_has_it() -> None:
    read: set[str] = set()
    # With nothing allowed beside single lines these pages are looked at from afar, too.
    tuning = watched(replace(Tuning(), roughness=RoughnessTuning(little=0.0)), read)
    with Inker() as inker:
        inker.tuning = tuning
        inker.prepare(searching())
        inker.prepare(searching(), detail=0.7)
        inker.prepare(side_by_side())
    assert {"scale.close", "roughness.more", "roughness.drawn", "tracing.maps.line", "fills.solid"} <= read
    assert {"uncertainty.searching", "uncertainty.farther", "uncertainty.shows"} <= read
    for line in (*map(sketch, range(3)), broken()):
        trace_strokes(line, line, (1.0, 1.0), None, Fairer(), None, tuning.tracing)
        solid_shapes(line, line, line, 3.0, tuning.fills)
    for value in (255, 190):
        looks = [line_map((side, side), ring(100, 90, 40), thickness=3, value=value) for side in (200, 400)]
        none = np.zeros_like
        near, far = (
            Observation(look, look, none(look), tuning.roughness, tuning.tracing.maps) for look in looks
        )
        roughness(near, far, tuning.roughness)
        roughness(far, near, tuning.roughness)
    assert set(NAMES) <= read


def test_what_other_numbers_found_is_not_taken_over(monkeypatch: pytest.MonkeyPatch) -> None:
    page = searching()
    with Inker() as inker:
        first = inker.prepare(page, detail=0.7)
        inker.tuning = replace(Tuning(), uncertainty=UncertaintyTuning(keeps=1.0, tidier=1000))
        again = inker.prepare(page, detail=0.7, previous=first)
        alone = inker.prepare(page, detail=0.7, calibration=first.calibration)
    assert first.seen is not None
    assert again.seen is not None
    assert alone.seen is not None
    assert first.seen.network != again.seen.network
    assert True in first.seen.verdicts.values()
    assert True not in again.seen.verdicts.values()
    assert np.array_equal(again.strokes.points, alone.strokes.points)
