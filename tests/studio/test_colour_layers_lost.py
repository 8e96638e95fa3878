# SPDX-License-Identifier: GPL-3.0-or-later
"""Layers of single colours that are few, found again, changed too much, or deleted while ink is made."""

from __future__ import annotations

import importlib
from collections.abc import Iterator

import pytest

from tests import fake_krita
from tests.fresh_plugin import fresh_plugin
from tests.studio.test_colour_layers import LAYERS, ROWS, Drawing


@pytest.fixture(scope="module")
def app() -> Iterator[fake_krita.App]:
    one = fake_krita.App()
    with fresh_plugin(fake_krita.modules(one)):
        yield one


@pytest.fixture
def drawing(app: fake_krita.App) -> Drawing:
    app.open.clear()
    return Drawing(app)


def drawn_in(drawing: Drawing, *names: str) -> None:
    """The sketch is drawn in these colours, the first of which were there first."""
    palettes = importlib.import_module("smart_lineart.inking.hues.palette")
    hues = tuple(palettes.Hue(name, ((0.0, 0.0),), (9, 9, 200)) for name in names)
    for item in drawing.session.context.cache._items:
        item.palette = palettes.Palette(hues)


def groups(drawing: Drawing) -> list[tuple[str, list[str]]]:
    """The groups of colours' layers, and what is in them."""
    nodes = drawing.document.root.nodes
    return [(one.title, [child.title for child in one.nodes]) for one in nodes if one.nodes]


def test_dark_lines_that_came_later_have_one_layer_whatever_is_inked(drawing: Drawing) -> None:
    drawn_in(drawing, "blue", "dark")
    drawing.set("by_colour", True)
    dark = drawing.layer("Dark lines")
    assert dark is not None
    dark.still[ROWS[0] - 6 : ROWS[0] + 7, 20:50] = 0
    for _ in range(2):
        drawing.again()
        assert groups(drawing) == [("Line colours: Sketch", ["Dark lines"])]
        line = drawing.alpha("Dark lines")[ROWS[0]]
        assert not line[27:43].any(), "what was erased is back"
        assert line[60:90].all()
    assert drawing.session.settings.thickness == 3.0
    assert LAYERS[0] in drawing.layers
