# SPDX-License-Identifier: GPL-3.0-or-later
"""Lines of colours that the artist leaves out are gone from all that is made of a sketch."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest

from smart_lineart.inking import ArraySketch, Calibration, Cancelled, Features, Rect
from smart_lineart.inking.errors import OutOfMemory
from smart_lineart.studio import line_hues
from smart_lineart.studio.engine import CachedFeatures
from smart_lineart.studio.hues_at_hand import hues_at_hand, ink_hue
from smart_lineart.studio.line_hues import find_palette, lines_of, look_at_colours
from smart_lineart.studio.settings import DocumentState, InkSettings, LineartRecord
from tests.inking.pictures import line_map, strokes_of, wave

SIZE = (160, 300)
ROWS = [wave(20, 280, y, 5, 120) for y in (30, 70, 110, 140)]
COLOURS = [(20, 20, 20), (60, 110, 210), (20, 20, 20), (60, 110, 210)]


class Read(ArraySketch):
    """A sketch as it was read, in colours or not."""

    def __init__(self, image: np.ndarray, *, in_colour: bool):
        super().__init__(image)
        self.in_colour, self.nbytes = in_colour, image.nbytes


@pytest.fixture
def item() -> CachedFeatures:
    page = np.full((*SIZE, 3), 255.0)
    for row, colour in zip(ROWS, COLOURS, strict=True):
        cover = line_map(SIZE, row, thickness=3)[..., None] / 255
        page += cover * (np.array(colour) - page)
    seen = Calibration(None, 1.0, False, 0.4, 0.8, 0.05, 20000.0, 3.0)
    features = Features(SIZE, 1.0, False, strokes_of(*ROWS), None, seen)
    read = Read(page.astype(np.uint8), in_colour=True)
    return CachedFeatures("d", "{s}", features, Rect(0, 0, *SIZE[::-1]), 0.0, read=read)


def test_lines_of_a_colour_are_left_out_and_come_back(item: CachedFeatures) -> None:
    every = item.features
    assert lines_of(item, InkSettings()) is every
    left = lines_of(item, InkSettings(left_out=("blue",)))
    assert len(left.strokes) == 2
    assert np.array_equal(left.strokes.points, strokes_of(ROWS[0], ROWS[2]).points)
    assert item.features is every
    assert lines_of(item, InkSettings()) is every


def test_of_a_sketch_in_one_colour_or_in_grey_nothing_is_left_out(item: CachedFeatures) -> None:
    item.read.in_colour = False
    every = item.features
    assert lines_of(item, InkSettings(left_out=("dark", "blue"))) is every
    assert item.palette is None
    blue = np.full((*SIZE, 3), 255, np.uint8)
    for row in ROWS:
        blue[line_map(SIZE, row, thickness=3) > 127] = COLOURS[1]
    item.read = Read(blue, in_colour=True)
    for settings in (InkSettings(left_out=("blue",)), InkSettings(by_colour=True)):
        assert lines_of(item, settings) is every


def test_a_colour_is_inked_into_a_layer_of_its_own_or_into_the_lineart(item: CachedFeatures) -> None:
    every, apart = item.features, InkSettings(by_colour=True)
    assert np.array_equal(lines_of(item, apart).strokes.points, strokes_of(ROWS[0], ROWS[2]).points)
    assert np.array_equal(lines_of(item, apart, "blue").strokes.points, strokes_of(ROWS[1], ROWS[3]).points)
    together = InkSettings(by_colour=True, together=("blue",))
    assert lines_of(item, together) is every
    assert not len(lines_of(item, together, "blue").strokes)


def test_colours_are_looked_for_once(item: CachedFeatures, monkeypatch) -> None:
    lines_of(item, InkSettings(left_out=("blue",)))
    monkeypatch.setattr(line_hues, "find_hues", None)
    assert len(lines_of(item, InkSettings(left_out=("dark",))).strokes) == 2


def test_where_memory_does_not_suffice_colours_stay_unknown(item: CachedFeatures, monkeypatch) -> None:
    def full(*_: object, **__: object) -> None:
        raise OutOfMemory

    monkeypatch.setattr(line_hues, "find_hues", full)
    look_at_colours(item, lambda: False)
    assert (item.palette, item.looked) == (None, False)
    assert lines_of(item, InkSettings()) is item.features
    monkeypatch.undo()
    look_at_colours(item, lambda: False)
    assert item.palette is not None
    assert item.looked


def test_looking_for_colours_can_be_cancelled(item: CachedFeatures) -> None:
    with pytest.raises(Cancelled):
        look_at_colours(item, lambda: True)
    assert (item.palette, item.looked) == (None, False)


def test_a_sketch_without_lines_has_no_colours(item: CachedFeatures) -> None:
    item.features = replace(item.features, strokes=strokes_of())
    find_palette(item)
    assert item.palette is None, "else dark would be one of a sketch all in blue"


def test_a_file_remembers_the_colours_so_that_none_is_called_otherwise(item: CachedFeatures) -> None:
    assert "hues" not in item.notes()
    find_palette(item)
    again = CachedFeatures.from_notes("d", "{s}", item.notes())
    assert again is not None
    assert again.palette == item.palette
    damaged = CachedFeatures.from_notes("d", "{s}", {**item.notes(), "hues": [{"name": 3}]})
    assert damaged is not None
    assert damaged.palette is None


def test_a_colour_that_came_later_is_told_after_those_that_were_known(item: CachedFeatures) -> None:
    find_palette(item)
    before = item.palette
    page = (item.read.read_colour(0, SIZE[0]) * 255).astype(np.uint8)
    page[line_map(SIZE, ROWS[3], thickness=3) > 20] = (210, 40, 50)
    item.read = Read(page, in_colour=True)
    find_palette(item)
    assert before is not None
    assert item.palette is not None
    assert item.palette.hues[: len(before.hues)] == before.hues
    assert item.palette.names == (*before.names, "red")
    assert len(lines_of(item, InkSettings(left_out=("red",))).strokes) == 3


@pytest.mark.parametrize(
    ("value", "kept"),
    [(["blue", "dark"], ("dark", "blue")), (["mauve"], ()), ([], ()), ("blue", ("red",)), (7, ("red",))],
)
def test_a_setting_knows_the_engines_names_alone(value: object, kept: tuple[str, ...]) -> None:
    assert InkSettings(left_out=("red",)).with_value("left_out", value).left_out == kept


def test_what_is_left_out_is_kept_with_the_document_and_for_parts() -> None:
    whole = InkSettings(left_out=("blue",))
    state = DocumentState(None, (LineartRecord("{a}", ("{b}",), whole),))
    assert DocumentState.from_json(state.to_json()) == state
    part = InkSettings(left_out=("red",))
    assert part.apart_from(whole) == {"left_out": ["red"]}
    assert whole.with_values({"left_out": ["red"]}) == part


class Session:
    """As far as the colours at hand ask."""

    def __init__(self, item: CachedFeatures | None, notes: object = None):
        pair = SimpleNamespace(sketch=SimpleNamespace(identity="{s}"), of_picture=False)
        self.at_hand = ("d", pair)
        self.settings = InkSettings(left_out=("blue",))
        self.context = SimpleNamespace(
            cache=SimpleNamespace(get=lambda document, sketch: item),
            memory=SimpleNamespace(notes_of_ink=lambda document, sketch: notes),
        )

    def change(self, name: str, value: object, *, final: bool) -> None:
        assert final
        self.settings = self.settings.with_value(name, value)


def test_the_colours_at_hand_are_those_of_its_lines_or_of_its_notes(item: CachedFeatures) -> None:
    find_palette(item)
    for session in (Session(item), Session(None, item.notes())):
        assert [(hue.name, hue.inked) for hue in hues_at_hand(session)] == [("dark", True), ("blue", False)]  # type: ignore[arg-type]
    assert hues_at_hand(Session(None)) == []  # type: ignore[arg-type]
    assert hues_at_hand(Session(replace(item, palette=None))) == []  # type: ignore[arg-type]


def test_a_tick_inks_a_colour_and_none_leaves_it_out(item: CachedFeatures) -> None:
    session = Session(item)
    ink_hue(session, "blue", on=True)  # type: ignore[arg-type]
    assert session.settings.left_out == ()
    ink_hue(session, "dark", on=False)  # type: ignore[arg-type]
    ink_hue(session, "blue", on=False)  # type: ignore[arg-type]
    assert session.settings.left_out == ("dark", "blue")
