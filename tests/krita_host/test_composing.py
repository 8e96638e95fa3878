# SPDX-License-Identifier: GPL-3.0-or-later
"""What is composed of a pass-through group; what Krita makes of it is tested in tests/krita."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from smart_lineart.inking import Rect
from smart_lineart.krita_host.geometry import reach
from tests.krita_host.fake_krita import Document, Node, alpha_of, painted, run

WIDE, TALL = 40, 30


@pytest.fixture
def scene(host: SimpleNamespace) -> SimpleNamespace:
    raw = host.krita.show(Document(WIDE, TALL))
    group = raw.add("group", "grouplayer")
    group.passing = True
    return SimpleNamespace(host=host, raw=raw, group=group, benches=[])


def layer_in(parent: Node, name: str, x: int = 5, y: int = 5, colour: tuple[int, ...] = (0, 0, 0)) -> Node:
    node = Node(parent.document, name, "paintlayer")
    painted(node, x, y, np.full((4, 6), 255, np.uint8), colour)
    parent.addChildNode(node, None)
    return node


def composed(scene: SimpleNamespace, **options: Any) -> Any:
    """The layer that is read, after what Krita was given to compose is noted in `scene.given`."""
    made: list[Document] = []
    create = scene.host.krita.createDocument

    def note(*form: Any) -> Document:
        made.append(create(*form))
        return made[-1]

    scene.host.krita.createDocument = note
    document, layer = scene.host.document.Document(scene.raw), scene.host.layer.Layer(scene.group)
    flat = run(scene.host.composing.as_shown(document, layer), **options)
    (bench,) = made
    assert bench.closed
    assert not bench.modified
    scene.given = bench.root.nodes[-1].nodes
    return flat.raw


def test_any_other_layer_is_read_itself(scene) -> None:
    document, layer = scene.host.document.Document(scene.raw), scene.host.layer.Layer(scene.group)
    scene.group.passing = False
    assert run(scene.host.composing.as_shown(document, layer)) is layer


def test_layers_lie_where_they_are_and_the_document_is_left_alone(scene) -> None:
    layer_in(scene.group, "low", 5, 5)
    layer_in(scene.group, "high", -8, 20)
    before = list(scene.raw.root.nodes)
    flat = composed(scene)
    assert flat.named == "group"
    assert (flat.parent, scene.raw.root.nodes) == (None, before)
    expected = np.zeros((60, 60), np.uint8)
    expected[15:19, 15:21] = expected[30:34, 2:8] = 255
    np.testing.assert_array_equal(alpha_of(flat, -10, -10, 60, 60), expected)


def test_what_is_hidden_is_left_out_and_masks_are_no_layers(scene) -> None:
    layer_in(scene.group, "seen")
    layer_in(scene.group, "hidden").setVisible(False)
    inner = Node(scene.raw, "inner", "grouplayer")
    layer_in(inner, "hidden with its group")
    inner.passing = True
    inner.setVisible(False)
    scene.group.addChildNode(inner, None)
    scene.group.addChildNode(Node(scene.raw, "mask", "transparencymask"), None)
    composed(scene)
    assert [node.named for node in scene.given] == ["seen"]


def test_groups_inside_hand_on_opacity_and_clipping(scene) -> None:
    layer_in(scene.group, "low").setInheritAlpha(True)
    inner = Node(scene.raw, "inner", "grouplayer")
    inner.passing = True
    inner.setOpacity(128)
    inner.setInheritAlpha(True)
    inner.setBlendingMode("multiply")
    scene.group.addChildNode(inner, None)
    high = layer_in(inner, "high")
    high.setOpacity(100)
    high.setBlendingMode("screen")
    high.style = "<asl/>"
    scene.group.setOpacity(20)
    composed(scene)
    told = [(n.named, n.opaque, n.blending, n.look["inheritAlpha"], n.style) for n in scene.given]
    assert told == [("low", 255, "normal", False, ""), ("high", 50, "screen", True, "<asl/>")]


def test_a_filter_changes_what_it_changed(scene) -> None:
    layer_in(scene.group, "low", 10, 10)
    veil = layer_in(scene.group, "veil", 12, 12)
    veil.kind, veil.filter = "filterlayer", lambda: "invert"
    veil.form = scene.host.layer.PixelFormat("A", "U8", "")
    veil.frames = {0: {(x, y): b"\xff" for x in range(12, 15) for y in range(12, 14)}}
    composed(scene)
    copy = scene.given[-1]
    assert (copy.kind, copy.filter()) == ("filterlayer", "invert")
    assert np.argwhere(copy.chosen).tolist() == [[y, x] for y in (2, 3) for x in (2, 3, 4)]


def test_a_group_without_layers_is_empty(scene) -> None:
    document, layer = scene.host.document.Document(scene.raw), scene.host.layer.Layer(scene.group)
    flat = run(scene.host.composing.as_shown(document, layer))
    assert not flat.bounds.width


@pytest.mark.parametrize("step", range(6))
def test_a_bench_that_somebody_closes_is_told_and_not_touched(scene, step: int) -> None:
    layer_in(scene.group, "low")
    steps = scene.host.composing.as_shown(
        scene.host.document.Document(scene.raw), scene.host.layer.Layer(scene.group)
    )
    for _ in range(step + 1):
        next(steps, None)
    bench = scene.host.krita.open[-1]
    if bench.closed:
        return
    scene.host.krita.open.remove(bench)
    bench.close = lambda: pytest.fail("it was closed by somebody else")
    with pytest.raises(scene.host.composing.NotComposed, match="Pass Through"):
        run(steps)


def test_what_is_composed_when_krita_closes_is_let_go_of(scene) -> None:
    layer_in(scene.group, "low")
    steps = scene.host.composing.as_shown(
        scene.host.document.Document(scene.raw), scene.host.layer.Layer(scene.group)
    )
    next(steps)
    scene.host.composing.close_benches()
    assert [document.closed for document in scene.host.krita.open] == [False, True]
    steps.close()


def test_a_document_that_krita_does_not_make_is_told(scene) -> None:
    layer_in(scene.group, "low")
    scene.host.krita.createDocument = lambda *_: None
    document, layer = scene.host.document.Document(scene.raw), scene.host.layer.Layer(scene.group)
    with pytest.raises(scene.host.composing.NotComposed):
        run(scene.host.composing.as_shown(document, layer))


@pytest.mark.parametrize(
    ("page", "around"),
    [((100, 80), 100), ((80, 100), 100), ((100, 400), 400), ((800, 20_000), 3200), ((20_000, 800), 3200)],
)
def test_what_lies_around_a_strip_counts_as_far_as_its_short_side_says(page: tuple, around: int) -> None:
    wide, tall = page
    assert reach(Rect(0, 0, wide, tall)) == Rect(-around, -around, wide + 2 * around, tall + 2 * around)
