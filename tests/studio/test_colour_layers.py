# SPDX-License-Identifier: GPL-3.0-or-later
"""Layers of single colours keep what the artist does in them, whatever is inked, moved or left out."""

from __future__ import annotations

import importlib
from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from itertools import pairwise
from typing import Any

import numpy as np
import pytest

from smart_lineart.inking import STYLES, FreshInk, Lines, Rect, Strokes
from smart_lineart.inking.drawing.textured import draw as draw_ink
from tests import fake_krita
from tests.fake_krita import FakeNode
from tests.fresh_plugin import fresh_plugin
from tests.studio.test_writers import HEIGHT, WIDTH, Engine, Studio, draw

HUES = ("dark", "blue", "red")
LAYERS = ("Lineart: Sketch", "Blue lines", "Red lines")
ROWS = (14, 46, 78)  # of the line of each hue
GAP = 45  # px from one place that is erased to the next
GREEN = (0, 200, 0, 255)


STROKES = Strokes.from_lists(
    [np.linspace((10, row), (110, row), 101, dtype=np.float32) for row in ROWS],
    [np.ones(101, np.float32)] * 3,
    [1.0] * 3,
)
PAGE = Rect(0, 0, WIDTH, HEIGHT)


def inked(names: Any, thickness: float, notes: dict[str, Any]) -> FreshInk:
    """The lines of some hues."""
    strokes = STROKES.select(np.array([name in names for name in HUES]))
    coverage = draw_ink(strokes, PAGE, thickness=thickness, style=STYLES["technical"])
    return FreshInk(coverage, PAGE, thickness, Lines(strokes, thickness, STYLES["technical"]), notes)


class Coloured(Engine):
    """A sketch of three lines, each in a colour."""

    def draw(self, item: Any, settings: Any, hue: str = "", **_: Any) -> FreshInk:
        names = item.palette.names if item.palette is not None else HUES
        possible = [name for name in names if hue in ("", name)]
        ink = partial(inked, thickness=settings.thickness, notes={"sketch": item.notes()})
        return replace(ink(settings.inked(names, hue)), every=lambda: ink(possible))


class Drawing(Studio):
    """An inked sketch in three colours."""

    def __init__(self, app: fake_krita.App):
        super().__init__(app)
        self.session.context.engine = Coloured()
        self.session.change("thickness", 3.0, final=True)
        self.inked()
        palettes = importlib.import_module("smart_lineart.inking.hues.palette")
        hues = [palettes.Hue(name, ((0.0, 0.0),), (9, 9, 200)) for name in HUES]
        for item in self.session.context.cache._items:
            item.palette = palettes.Palette(tuple(hues))
        self.at_sketch()

    def at_sketch(self) -> None:
        self.document.active = self.sketch
        self.session.look()
        self.loop.run()

    def set(self, name: str, value: Any) -> None:
        self.at_sketch()
        self.session.change(name, value, final=True)
        self.loop.run()
        self.at_sketch()

    def again(self) -> None:
        self.at_sketch()
        self.session.ink()
        self.loop.run()
        assert self.session.messages.last_error == ""

    def layer(self, name: str) -> FakeNode | None:
        every = [*self.document.root.nodes]
        for node in self.document.root.nodes:
            every += node.nodes
        return next((node for node in every if node.title == name), None)

    def alpha(self, name: str) -> np.ndarray:
        node = self.layer(name)
        return np.zeros((HEIGHT, WIDTH), np.uint8) if node is None else node.still[..., 3]

    def where(self, hue: str) -> str | None:
        """The layer that lines of a hue are inked into now."""
        now = self.session.settings
        if hue in now.left_out:
            return None
        return LAYERS[HUES.index(hue)] if hue in now.apart(HUES) else LAYERS[0]


@pytest.fixture(scope="module")
def app() -> Iterator[fake_krita.App]:
    one = fake_krita.App()
    with fresh_plugin(fake_krita.modules(one)):
        yield one


def some(rng: np.random.Generator, of: tuple[str, ...]) -> list[str]:
    return [one for one in of if rng.random() < 0.4]


def any_action(rng: np.random.Generator) -> tuple[Any, ...]:
    action = rng.choice(["ink", "thickness", "by_colour", "together", "left_out", "erase", "paint"])
    if action == "erase":
        return action, str(rng.choice(HUES)), int(rng.integers(2))
    if action == "paint":
        return action, str(rng.choice(LAYERS)), int(rng.integers(2))
    values = {
        "thickness": float(rng.choice([3.0, 5.0, 8.0])),
        "by_colour": bool(rng.random() < 0.7),
        "together": some(rng, HUES[1:]),
        "left_out": some(rng, HUES),
    }
    return (action, values[action]) if action in values else (action,)


@pytest.mark.parametrize("seed", range(40))
def test_whatever_is_done_corrections_stay_in_their_class(app: fake_krita.App, seed: int) -> None:
    rng = np.random.default_rng([25, seed])
    actions = [any_action(rng) for _ in range(10)]
    app.open.clear()
    drawing = Drawing(app)
    erased: set[tuple[str, str, int]] = set()  # layer, hue, place
    painted: dict[tuple[str, int], bytes] = {}
    for action, *how in actions:
        if action == "ink":
            drawing.again()
        elif action == "erase":
            hue, place = how
            layer = drawing.where(hue)
            node = drawing.layer(layer) if layer else None
            if node is not None:
                row, left = ROWS[HUES.index(hue)], 20 + GAP * place
                node.still[row - 6 : row + 7, left : left + GAP - 18] = 0
                erased.add((str(layer), hue, place))
        elif action == "paint":
            layer, place = how
            node = drawing.layer(layer)
            if node is not None:
                node.still[30:36, GAP * place + 20 : GAP * place + 28] = GREEN
                painted[layer, place] = b""
        else:
            before = {hue: drawing.where(hue) for hue in HUES}
            drawing.set(action, how[0])
            for layer, hue, place in list(erased):  # what was erased goes along
                moved = drawing.where(hue)
                if before[hue] == layer and moved not in (None, layer):
                    erased.add((str(moved), hue, place))
        check(drawing, erased, painted)


def check(drawing: Drawing, erased: set[tuple[str, str, int]], painted: dict[tuple[str, int], bytes]) -> None:
    assert drawing.session.messages.last_error == ""
    for hue, row in zip(HUES, ROWS, strict=True):
        shown = drawing.where(hue)
        for name in LAYERS:
            line = drawing.alpha(name)[row - 1 : row + 1]
            if name != shown:
                assert not line.any(), f"{hue} is in {name}, and belongs into {shown}"
                continue
            for place in range(2):
                left = 20 + GAP * place
                inside = line[:, left + 10 : left + 17]
                if (name, hue, place) in erased:
                    assert not inside.any(), f"{hue} is back in {name}"
                assert line[:, left + GAP - 10 : left + GAP - 6].all(), f"{hue} is missing in {name}"
    for name, place in painted:
        node = drawing.layer(name)
        assert node is not None
        mark = node.still[30:36, GAP * place + 20 : GAP * place + 28]
        assert (mark == GREEN).all(), f"what was painted in {name} is gone"


def test_who_goes_to_the_group_or_a_layer_of_a_colour_is_at_the_same_sketch(app: fake_krita.App) -> None:
    app.open.clear()
    drawing = Drawing(app)
    drawing.set("by_colour", True)
    (group,) = [node for node in drawing.document.root.nodes if node.title.startswith("Line colours")]
    for node, hue in ((group, ""), (group.nodes[0], "blue"), (group.nodes[1], "red"), (drawing.sketch, "")):
        drawing.document.active = node
        drawing.session.look()
        pair = drawing.session.pair
        assert pair is not None
        assert (pair.sketch.name, pair.hue) == ("Sketch", hue)
    drawing.document.active = group
    drawing.session.ink()
    drawing.loop.run()
    assert drawing.layers == ["Sketch", "Lineart: Sketch", "Line colours: Sketch"]


def test_more_than_a_colours_layers_in_a_group_is_a_group_of_the_artists(app: fake_krita.App) -> None:
    app.open.clear()
    drawing = Drawing(app)
    drawing.set("by_colour", True)
    (group,) = [node for node in drawing.document.root.nodes if node.title.startswith("Line colours")]
    own = drawing.document.createNode("Own", "paintlayer")
    group.addChildNode(own, group.nodes[-1])
    draw(own.still, 40)
    memory = drawing.session.context.memory
    application = importlib.import_module("smart_lineart.krita_host.application")
    layer = importlib.import_module("smart_lineart.krita_host.layer").Layer(group)
    assert memory.sketch_for(application.active_document(), layer).name == group.title


def copied(drawing: Drawing, name: str) -> tuple[FakeNode, str]:
    """What an artist who is at a layer puts in with Copy as vector layer, and what lies below."""
    drawing.document.active = drawing.layer(name)
    drawing.session.look()
    drawing.loop.run()
    before = list(drawing.document.root.nodes)
    drawing.session.copy_as_vectors(as_shown=True)
    drawing.loop.run()
    assert drawing.session.messages.last_error == ""
    for parent in (drawing.document.root, drawing.layer("Line colours: Sketch")):
        for below, node in pairwise(parent.nodes):
            if node.title.startswith("Vectors") and node not in before:
                drawing.document.active = drawing.sketch
                return node, below.title
    raise AssertionError("nothing was copied")


@pytest.mark.parametrize("at", ["Sketch", "Lineart: Sketch", "Line colours: Sketch"])
def test_a_copy_at_the_sketch_has_the_lines_of_all_colours_in_a_group(app: fake_krita.App, at: str) -> None:
    drawing = Drawing(app)
    drawing.set("by_colour", True)
    new, below = copied(drawing, at)
    assert [node.title for node in new.nodes] == [
        "Vectors: Sketch",
        "Vectors: Blue lines",
        "Vectors: Red lines",
    ]
    assert below == "Line colours: Sketch"


def test_a_copy_at_a_colours_layer_is_of_that_one(app: fake_krita.App) -> None:
    drawing = Drawing(app)
    drawing.set("by_colour", True)
    new, below = copied(drawing, "Blue lines")
    assert (new.title, new.kind, below) == ("Vectors: Blue lines", "vectorlayer", "Blue lines")


def test_an_animation_says_that_it_keeps_no_colours_apart(app: fake_krita.App) -> None:
    at_hand = importlib.import_module("smart_lineart.studio.hues_at_hand")
    drawing = Drawing(app)
    drawing.animate(drawing.sketch)
    drawing.at_sketch()
    at_hand.keep_colours(drawing.session, on=True)
    assert "have no layers of their own" in drawing.session.messages.shown.text
    assert not drawing.session.settings.by_colour
    assert not at_hand.keeps_colours(drawing.session)
