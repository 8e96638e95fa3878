# SPDX-License-Identifier: GPL-3.0-or-later
"""Lines from finished pictures: which layers come, what they are drawn with, and what stays."""

from __future__ import annotations

import importlib
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

from smart_lineart.studio.picture_kinds import KINDS, PictureWish, kinds_of
from smart_lineart.studio.settings import DocumentState, InkSettings, LineartRecord
from smart_lineart.studio.veil import PALE, SHOWN
from tests import fake_krita
from tests.fake_krita import FakeNode, FakeSelection
from tests.fresh_plugin import fresh_plugin
from tests.studio.test_writers import HEIGHT, WIDTH, Studio, draw

BROWN = 20, 30, 60  # B, G, R: what the engine of these tests says of lines
ROW = 31  # of the picture's line


class Painting(Studio):
    """A Krita with a picture, and an engine that counts how often it looks."""

    def __init__(self, app: fake_krita.App):
        super().__init__(app)
        importlib.import_module("smart_lineart.krita_host.application").has_room_for_settings = lambda: True
        self.looked = 0
        engine = self.session.context.engine
        read = engine.read_picture

        def counted(*arguments: Any) -> Any:
            self.looked += 1
            return read(*arguments)

        engine.read_picture = counted
        self.session.change("thickness", 5.0, final=True)

    def at(self, node: FakeNode) -> None:
        self.document.active = node
        self.session.look()
        self.loop.run()

    def take(self) -> str:
        self.at(self.sketch)
        self.session.take_lines()
        self.loop.run()
        return self.session.messages.shown.text

    def tick(self, *kinds: str) -> None:
        for kind in sorted(KINDS, key=lambda one: one not in kinds):  # the last tick cannot be taken
            self.session.picturing.choose(kind, on=kind in kinds)

    def change(self, name: str, value: Any) -> None:
        self.session.change(name, value, final=True)
        self.loop.run()

    @property
    def tree(self) -> list[Any]:
        return [
            [node.title, [one.title for one in node.nodes]] if node.nodes else node.title
            for node in self.document.root.nodes
        ]

    def layer(self, name: str) -> FakeNode:
        nodes = [*self.document.root.nodes, *(one for node in self.document.root.nodes for one in node.nodes)]
        return next(node for node in nodes if node.title == name)

    def alpha(self, name: str = "Lines") -> int:
        return int(self.layer(name).still[ROW, 60, 3])


@pytest.fixture
def app() -> Iterator[fake_krita.App]:
    one = fake_krita.App()
    with fresh_plugin(fake_krita.modules(one)):
        yield one


@pytest.fixture
def painting(app: fake_krita.App) -> Painting:
    return Painting(app)


def test_lines_alone_come_and_ticks_bring_the_rest_in_its_place(painting: Painting) -> None:
    before = painting.sketch.still.copy()
    assert painting.take() == ""
    assert painting.tree == ["Sketch", ["Sketch lines", ["Lines"]]]
    assert painting.document.active is painting.sketch
    painting.tick("line", "shade_edge", "colour_edge", "shade", "highlight")
    painting.take()
    lines = ["Lines", "Colour edges", "Shade edges"]
    assert painting.tree[:3] == ["Sketch", "Highlight fills", "Shade fills"]
    assert painting.tree[3][0] == "Sketch lines"
    assert sorted(painting.tree[3][1]) == sorted(lines)
    np.testing.assert_array_equal(painting.sketch.still, before)
    assert painting.session.messages.last_error == ""


def test_all_at_once_lie_from_fills_to_lines(painting: Painting) -> None:
    painting.tick(*KINDS)
    painting.take()
    (_, (name, layers)) = painting.tree
    assert name == "Sketch lines"
    assert layers == [
        *("Highlight fills", "Shade fills", "Colour edges", "Highlight edges", "Shade edges"),
        "Lines",
    ]


def test_a_picture_that_has_not_changed_is_not_looked_for_again(painting: Painting) -> None:
    painting.take()
    painting.tick("line", "shade_edge")
    painting.take()
    assert painting.looked == 1
    painting.edit()
    painting.take()
    assert painting.looked == 2
    assert painting.layer("Lines").still[61, 60, 3]


def test_settings_of_each_layer_are_its_own_and_stay(painting: Painting) -> None:
    painting.tick("line", "shade_edge")
    painting.take()
    assert (painting.alpha(), painting.alpha("Shade edges")) == (155, 155)
    painting.at(painting.sketch)
    painting.change("thickness", 40.0)  # the picture's: of its lines
    painting.at(painting.layer("Shade edges"))
    painting.change("thickness", 20.0)
    assert (painting.alpha(), painting.alpha("Shade edges")) == (190, 170)
    painting.session.shown.remember(InkSettings(thickness=9.0), None)
    painting.take()
    assert (painting.alpha(), painting.alpha("Shade edges")) == (190, 170)
    painting.at(painting.layer("Lines"))
    assert painting.session.settings.thickness == 40.0
    assert painting.session.target.of_picture


def test_what_is_drawn_and_erased_on_lines_stays(painting: Painting) -> None:
    painting.take()
    lines = painting.layer("Lines").still
    lines[28:35, 40:60] = 0
    lines[70:74, 20:40] = (9, 9, 200, 255)
    painting.edit()
    painting.take()
    lines = painting.layer("Lines").still
    assert not lines[ROW, 42:58, 3].any()
    assert (lines[71, 21:39] == (9, 9, 200, 255)).all()
    assert lines[61, 60, 3]


def test_ink_again_on_lines_renews_them_and_inks_no_sketch(painting: Painting) -> None:
    painting.tick("line", "shade_edge")
    painting.take()
    painting.tick("line", "shade")
    painting.edit()
    painting.at(painting.layer("Lines"))
    painting.ink()
    painting.loop.run()
    assert painting.tree == ["Sketch", ["Sketch lines", ["Shade edges", "Lines"]]]
    assert all(painting.layer(name).still[61, 60, 3] for name in ("Lines", "Shade edges"))
    painting.session.keep_copy = True  # asked for a layer of its own: of a sketch
    painting.at(painting.sketch)
    painting.ink()
    painting.loop.run()
    assert "Lineart: Sketch" in painting.layers
    assert painting.lineart.still[ROW, 60, 3]


def test_a_layer_may_be_both_a_sketch_and_a_picture(painting: Painting) -> None:
    painting.inked()
    painting.take()
    painting.at(painting.sketch)
    assert painting.session.pair.hue == ""
    painting.change("thickness", 30.0)
    assert painting.lineart.still[ROW, 60, 3] == 180
    assert painting.alpha() == 155
    painting.at(painting.layer("Lines"))
    painting.change("thickness", 60.0)
    assert painting.lineart.still[ROW, 60, 3] == 180
    assert painting.alpha() == 210


def test_another_detail_is_none_of_a_picture_s(painting: Painting) -> None:
    painting.take()
    painting.at(painting.layer("Lines"))
    before = painting.layer("Lines").still.copy()
    painting.change("detail", 0.7)
    assert painting.session.settings.detail == 0.0
    np.testing.assert_array_equal(painting.layer("Lines").still, before)
    assert painting.looked == 1


def test_sliders_move_lines_that_are_known_no_more(painting: Painting) -> None:
    painting.take()
    painting.session.context.cache.keep_only(lambda _: False)
    painting.at(painting.layer("Lines"))
    painting.change("thickness", 40.0)
    assert painting.looked == 2
    assert painting.alpha() == 190
    assert painting.session.settings.thickness == 40.0


def test_lines_take_the_picture_s_own_colour_and_give_it_back(painting: Painting) -> None:
    pens = importlib.import_module("smart_lineart.studio.runs.picture_layers")
    asked: list[Any] = []
    painting.tick("line", "shade_edge")

    def chosen(settings: InkSettings) -> None:
        asked.append(settings.colour)

    pens.chosen_colour = chosen
    painting.session.picturing.choose_own_colour(on=True)
    painting.take()
    edge, own = asked
    assert [round(255 * value) for value in own.components] == [*BROWN, 255]
    assert [round(255 * value) for value in edge.components] == [255, 0, 0, 255]
    painting.take()
    assert asked[-1] == own
    painting.session.picturing.choose_own_colour(on=False)
    painting.take()
    assert asked[-1] == "black"


def test_a_layer_of_its_own_hides_the_older_one(painting: Painting) -> None:
    painting.take()
    old = painting.layer("Lines")
    painting.session.keep_copies(True)
    painting.take()
    assert [one[0] for one in painting.tree[1:]] == ["Sketch lines 2", "Sketch lines"]
    assert old.look["visible"] is False


def test_only_what_is_selected_gets_lines(painting: Painting) -> None:
    painting.document.chosen = FakeSelection(0, 0, WIDTH // 2, HEIGHT)
    painting.take()
    lines = painting.layer("Lines").still
    assert lines[ROW, 20, 3]
    assert not lines[ROW, WIDTH // 2 + 20 :, 3].any()


def test_flats_are_filled_from_the_lines(painting: Painting) -> None:
    painting.take()
    painting.at(painting.layer("Lines"))
    document, of, lineart = painting.session.flatting.lineart_at_hand()
    assert lineart.raw is painting.layer("Lines")
    drawing = painting.session.context.memory.drawing_of(document, of)
    assert (drawing.hue, drawing.lineart.raw) == ("line", painting.layer("Lines"))


SAID = {
    "animated": (
        '"Sketch" has keyframes: lines are taken from still pictures. '
        "Copy the frame to a layer of its own first."
    ),
    "empty": 'There is no picture on "Sketch". Select the layer or group with your picture.',
    "nothing": 'No drawn lines were found in "Sketch".',
    "ticked": 'Nothing of what you ticked was found in "Sketch".',
}


@pytest.mark.parametrize("told", ["animated", "empty", "nothing", "ticked"])
def test_what_has_no_lines_is_said(painting: Painting, told: str) -> None:
    if told == "animated":
        painting.animate(painting.sketch)
    elif told == "empty":
        painting.sketch.still[:] = 0
    else:
        painting.sketch.still[:] = (255, 255, 255, 255)
    if told == "ticked":
        painting.tick("shade", "shade_edge")
    assert painting.take() == SAID[told]
    assert painting.layers == ["Sketch"]


def test_live_follows_no_picture(painting: Painting) -> None:
    painting.take()
    painting.at(painting.layer("Lines"))
    painting.session.switch_live(True)
    assert not painting.session.live.on
    assert "Live follows a sketch" in painting.session.messages.shown.text


def test_without_a_document_it_is_said_what_is_missing(painting: Painting) -> None:
    painting.app.active = None
    painting.session.take_lines()
    assert painting.session.messages.shown.text.startswith("Open a document and select the layer or group")


def test_a_picture_is_hidden_behind_its_lines_and_shown_as_it_was(painting: Painting) -> None:
    painting.take()
    painting.at(painting.sketch)
    document, pair = painting.session.at_hand
    reveal = painting.session.context.reveal
    own = painting.sketch.look.get("opacity", 255)
    reveal.choose(document, pair.sketch, PALE)
    assert reveal.look_of(document, pair.sketch) == PALE
    reveal.choose(document, pair.sketch, SHOWN)
    painting.loop.run()
    assert painting.sketch.look.get("opacity", 255) == own


class TestWishes:
    def test_two_that_wait_are_granted_together(self) -> None:
        first = PictureWish(("shade",), own_colour=False, recolour=True, settings={"shade": 1})
        both = PictureWish(("line",), own_colour=True, settings={"line": 2}).after(first)
        assert both == PictureWish(("line", "shade"), True, True, {"line": 2, "shade": 1})

    def test_kinds_have_one_order(self) -> None:
        assert kinds_of(["highlight", "red", "line"]) == ("line", "highlight")

    def test_ticks_are_kept_and_nonsense_is_the_usual(self, painting: Painting) -> None:
        preferences = importlib.import_module("smart_lineart.studio.preferences")
        painting.tick("shade")
        painting.session.picturing.choose_own_colour(on=True)
        assert preferences.load_picture() == (("shade",), True)
        painting.tick()
        assert painting.session.picturing.kinds == ("line",), "nothing at all cannot be taken"
        for nonsense in ('{"kinds": 3}', '{"kinds": [["line"], "x"]}', "[", '{"kinds": []}'):
            painting.app.settings["picture"] = nonsense
            assert preferences.load_picture()[0] == ("line",)


def test_a_file_tells_of_a_picture_s_layers_again() -> None:
    records = tuple(LineartRecord("{a}", (f"{{{kind}}}",), hue=kind) for kind in KINDS)
    state = DocumentState(None, records)
    assert DocumentState.from_json(state.to_json()) == state
    odd = state.to_json().replace('"hue": "shade"', '"hue": ["shade"]')
    assert [one.hue for one in DocumentState.from_json(odd).records] == [
        kind for kind in KINDS if kind != "shade"
    ]


def test_what_is_taken_does_not_change_while_the_artist_draws(painting: Painting) -> None:
    """A slider that is moved during a run is not overwritten by it."""
    painting.take()
    painting.edit()
    painting.at(painting.sketch)
    painting.session.take_lines()
    moved = []

    def move(_: int) -> None:
        if not moved and painting.session.queue.jobs[-1].state.value == "writing":
            moved.append(1)
            painting.session.change("thickness", 50.0, final=True)

    painting.loop.run(move)
    assert moved
    assert painting.alpha() == 200
    assert painting.layer("Lines").still[61, 60, 3] == 200
    draw(painting.sketch.still, 80)
    painting.take()
    assert painting.layer("Lines").still[81, 60, 3] == 200
