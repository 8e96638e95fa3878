# SPDX-License-Identifier: GPL-3.0-or-later
"""Layers of single colours that are few, found again, changed too much, or deleted while ink is made."""

from __future__ import annotations

import importlib
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest

from tests import fake_krita
from tests.fresh_plugin import fresh_plugin
from tests.studio.test_colour_layers import LAYERS, ROWS, STROKES, Drawing
from tests.studio.test_writers import HEIGHT


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


def transform(drawing: Drawing, name: str) -> bytes:
    """Change a layer so that its ink is not to be found in it; returns what it holds then."""
    node = drawing.layer(name)
    assert node is not None
    node.still[:] = 0
    node.still[5:20, 5:30] = np.random.default_rng(1).integers(1, 255, (15, 25, 4))
    return node.still.tobytes()


def held(drawing: Drawing, name: str) -> bytes:
    node = drawing.layer(name)
    assert node is not None
    return node.still.tobytes()


def thick(drawing: Drawing, hue: int) -> int:
    """How thick the line of a hue is in its layer, px."""
    return int((drawing.alpha(LAYERS[hue])[ROWS[hue] - 10 : ROWS[hue] + 10, 60] > 127).sum())


def test_sliders_move_all_layers_but_one_that_was_transformed(drawing: Drawing) -> None:
    drawing.set("by_colour", True)
    before = transform(drawing, LAYERS[2])
    for thickness in (10.0, 6.0):
        drawing.set("thickness", thickness)
        assert [thick(drawing, hue) for hue in (0, 1)] == [thickness] * 2
        assert held(drawing, LAYERS[2]) == before
        assert '"Red lines" stays as it is.' in drawing.session.messages.shown.text
        assert drawing.session.settings.thickness == thickness
    drawing.at_sketch()
    drawing.session.ink()
    drawing.loop.run()
    assert thick(drawing, 2) == 6, "its new layer is as the others are"


def test_a_transformed_layer_of_a_colour_does_not_follow_its_own_sliders(drawing: Drawing) -> None:
    drawing.set("by_colour", True)
    before = transform(drawing, LAYERS[2])
    drawing.document.active = drawing.layer(LAYERS[2])
    drawing.session.look()
    drawing.session.change("thickness", 9.0, final=True)
    drawing.loop.run()
    assert "moved or transformed too much" in drawing.session.messages.shown.text
    assert held(drawing, LAYERS[2]) == before


def while_drawing(drawing: Drawing, hue: str, action: Callable[[], object]) -> None:
    """Do something once while the ink of a hue is drawn."""
    engine, left = drawing.session.context.engine, [action]
    real = engine.draw

    def draw(item: Any, settings: Any, hue_drawn: str = "", **others: Any) -> Any:
        if hue_drawn == hue and left:
            left.pop()()
        return real(item, settings, hue=hue_drawn, **others)

    engine.draw = lambda item, settings, hue="", **others: draw(item, settings, hue, **others)


def remove(drawing: Drawing, *names: str) -> None:
    for name in names:
        node = drawing.layer(name)
        assert node is not None
        node.remove()


@pytest.mark.parametrize("drawn", ["blue", "red"])
def test_a_layer_that_is_deleted_while_ink_is_made_holds_up_no_other(drawing: Drawing, drawn: str) -> None:
    """Its lines come into a new one, as those of a lineart that was deleted do."""
    drawing.set("by_colour", True)
    while_drawing(drawing, drawn, lambda: remove(drawing, LAYERS[2]))
    STROKES.points[:] += 2
    try:
        drawing.again()
    finally:
        STROKES.points[:] -= 2
    for name, row in zip(LAYERS, ROWS, strict=True):
        line = drawing.alpha(name)[row + 2]
        assert line[30:90].all(), f"{name} is not renewed"
        assert (drawing.alpha(name)[row - 2] == 0).all(), f"{name} has old ink, too"
    assert groups(drawing)[0][1] == ["Blue lines", "Red lines"]


def test_a_layer_is_deleted_of_whose_colour_the_sketch_has_no_lines_any_more(drawing: Drawing) -> None:
    drawing.set("by_colour", True)
    drawn_in(drawing, "dark", "blue")
    while_drawing(drawing, "blue", lambda: remove(drawing, LAYERS[2]))
    drawing.again()
    assert groups(drawing) == [("Line colours: Sketch", ["Blue lines"])]


def test_a_layer_is_deleted_between_reading_and_replacing_it(
    drawing: Drawing, monkeypatch: pytest.MonkeyPatch
) -> None:
    drawing.set("by_colour", True)
    renewing = importlib.import_module("smart_lineart.studio.runs.renewing")
    lineart, once = renewing.LineartLayer, [1]
    real = lineart.renew

    def renew(document: Any, layer: Any, selection: Any = None) -> Any:
        if layer.name == LAYERS[2] and once:
            once.pop()
            layer.raw.remove()
        return (yield from real(document, layer, selection))

    monkeypatch.setattr(lineart, "renew", renew)
    STROKES.points[:] += 2
    try:
        drawing.again()
    finally:
        STROKES.points[:] -= 2
    assert not once
    assert [
        bool(drawing.alpha(name)[row + 2, 30:90].all()) for name, row in zip(LAYERS, ROWS, strict=True)
    ] == [True] * 3


def test_a_new_colours_layer_comes_beside_those_that_were_just_renewed(drawing: Drawing) -> None:
    drawn_in(drawing, "dark", "red")
    drawing.set("by_colour", True)
    drawn_in(drawing, "dark", "red", "blue")
    STROKES.points[:] += 2
    try:
        drawing.again()
    finally:
        STROKES.points[:] -= 2
    assert groups(drawing) == [("Line colours: Sketch", ["Red lines", "Blue lines"])]


def visible(drawing: Drawing, name: str) -> bool:
    node = drawing.layer(name)
    assert node is not None
    return bool(node.visible())


def test_a_layer_that_stays_as_the_artists_corrections_is_seen(drawing: Drawing) -> None:
    drawing.set("by_colour", True)
    before = transform(drawing, LAYERS[2])
    drawing.again()
    assert held(drawing, "Lineart corrections") == before
    assert visible(drawing, "Lineart corrections")
    assert visible(drawing, LAYERS[2])
    assert 'stays as "Lineart corrections"' in drawing.session.messages.shown.text


def test_ink_on_a_new_layer_hides_the_older_layers_of_colours(drawing: Drawing) -> None:
    drawing.set("by_colour", True)
    older = [drawing.layer(name) for name in LAYERS]
    drawing.session.keep_copy = True
    drawing.again()
    assert [node.visible() for node in older if node is not None] == [False] * 3


def test_a_transformed_layer_whose_lines_are_in_the_lineart_keeps_its_name(drawing: Drawing) -> None:
    drawing.set("by_colour", True)
    before = transform(drawing, LAYERS[2])
    drawing.set("by_colour", False)
    assert held(drawing, LAYERS[2]) == before
    assert visible(drawing, LAYERS[2])
    assert '"Red lines" stays as it is.' in drawing.session.messages.shown.text
    assert drawing.alpha(LAYERS[0])[ROWS[2], 30:90].all()


def select(drawing: Drawing, right: int | None) -> None:
    """Select the page from its left edge to a column; None: nothing."""
    selection = fake_krita.FakeSelection(0, 0, right or 0, HEIGHT)
    drawing.document.selection = lambda: selection if right else None


def test_colours_kept_while_something_is_selected_stay_kept(drawing: Drawing) -> None:
    select(drawing, 60)
    drawing.set("by_colour", True)
    assert drawing.session.messages.last_error == ""
    select(drawing, None)
    drawing.at_sketch()
    assert drawing.session.settings.by_colour
    drawing.again()
    for name, row in zip(LAYERS, ROWS, strict=True):
        assert drawing.alpha(name)[row, 20:100].all()
        for other in set(LAYERS) - {name}:
            assert not drawing.alpha(other)[row].any()
    select(drawing, 60)
    drawing.set("by_colour", False)
    select(drawing, None)
    drawing.document.active = drawing.layer(LAYERS[1])
    drawing.session.look()
    assert not drawing.session.settings.by_colour, "its layer tells the same"


def test_what_was_erased_goes_along_into_a_layer_inside_the_selection(drawing: Drawing) -> None:
    main = drawing.layer(LAYERS[0])
    assert main is not None
    main.still[ROWS[2] - 6 : ROWS[2] + 7, 20:40] = 0
    main.still[ROWS[2] - 6 : ROWS[2] + 7, 75:90] = 0
    drawing.again()
    select(drawing, 60)
    drawing.set("by_colour", True)
    select(drawing, None)
    for thickness in (3.0, 5.0):
        line = drawing.alpha(LAYERS[2])[ROWS[2]]
        assert not line[27:33].any(), "what was erased is back"
        assert line[46:56].all()
        drawing.set("thickness", thickness)
    drawing.again()
    assert drawing.alpha(LAYERS[2])[ROWS[2], 95:105].all(), "none was inked there before"


def test_what_was_erased_in_the_lineart_stays_so_in_the_layer_there_was_before(drawing: Drawing) -> None:
    drawing.set("by_colour", True)
    drawing.set("by_colour", False)
    main = drawing.layer(LAYERS[0])
    assert main is not None
    main.still[ROWS[2] - 6 : ROWS[2] + 7, 60:90] = 0
    drawing.again()
    drawing.set("by_colour", True)
    for thickness in (5.0, 3.0):
        line = drawing.alpha(LAYERS[2])[ROWS[2]]
        assert not line[68:82].any(), "what was erased is back"
        assert line[20:50].all()
        drawing.set("thickness", thickness)
    drawing.again()
    assert not drawing.alpha(LAYERS[2])[ROWS[2], 68:82].any()


def test_what_was_erased_in_a_colours_layer_stays_so_in_the_lineart(drawing: Drawing) -> None:
    drawing.set("by_colour", True)
    red = drawing.layer(LAYERS[2])
    assert red is not None
    red.still[ROWS[2] - 6 : ROWS[2] + 7, 60:90] = 0
    drawing.set("by_colour", False)
    for thickness in (5.0, 3.0):
        line = drawing.alpha(LAYERS[0])[ROWS[2]]
        assert not line[68:82].any(), "what was erased is back"
        assert line[20:50].all()
        drawing.set("thickness", thickness)
    drawing.again()
    assert not drawing.alpha(LAYERS[0])[ROWS[2], 68:82].any()


def test_cancel_is_heard_while_the_lineart_waits_for_its_document(
    drawing: Drawing, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The layers of colours are in by then."""
    drawing.set("by_colour", True)
    application = importlib.import_module("smart_lineart.krita_host.application")
    run = importlib.import_module("smart_lineart.studio.runs.run").Run
    put, away, real = run._put, [], application.is_active
    monkeypatch.setattr(application, "is_active", lambda document: not away and real(document))

    def put_once_away(self: Any, *how: Any) -> Any:
        away.append(1)
        return (yield from put(self, *how))

    monkeypatch.setattr(run, "_put", put_once_away)
    STROKES.points[:] += 2
    try:
        drawing.at_sketch()
        drawing.session.ink()
        (job,) = drawing.session.queue.active

        def cancel_later(step: int) -> None:
            away.extend([step] if away else [])
            if len(away) == 50:
                drawing.session.cancel(job)

        drawing.loop.run(cancel_later)
        assert job.cancelled
        assert drawing.session.queue.active == []
        assert drawing.alpha(LAYERS[1])[ROWS[1] + 2, 30:90].all()
        assert not drawing.alpha(LAYERS[0])[ROWS[0] + 3].any(), "as it was"
        monkeypatch.undo()
        drawing.again()
        assert drawing.alpha(LAYERS[0])[ROWS[0] + 2, 30:90].all()
    finally:
        STROKES.points[:] -= 2
