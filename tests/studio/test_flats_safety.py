# SPDX-License-Identifier: GPL-3.0-or-later
"""Nothing of the artist's is lost with flats, and nothing they decided is forgotten."""

from __future__ import annotations

import sys
from collections.abc import Iterator

import numpy as np
import pytest

from tests import fake_krita
from tests.fake_krita import FakeNode
from tests.fresh_plugin import fresh_plugin
from tests.studio.test_writers import Studio, draw_box, flats_again, group_of_flats


@pytest.fixture
def studio() -> Iterator[Studio]:
    one = fake_krita.App()
    with fresh_plugin(fake_krita.modules(one)):
        yield Studio(one)


def everything(node: FakeNode) -> Iterator[FakeNode]:
    for child in node.nodes:
        yield child
        yield from everything(child)


def titles(studio: Studio) -> list[str]:
    return [node.title for node in everything(studio.document.root)]


def part_of(studio: Studio, title: str) -> FakeNode:
    (found,) = [node for node in studio.flats.nodes if node.title == title]
    return found


def grouped(studio: Studio) -> None:
    """Flats in a group with one layer a colour, of two boxes."""
    studio.session.flatting.set_layered(True)
    studio.sketch.still[:] = 0
    draw_box(studio.sketch.still, 5, 5, 58, 95)
    draw_box(studio.sketch.still, 62, 5, 115, 95)
    click(studio)


def click(studio: Studio, **how: bool) -> None:
    studio.document.active = studio.sketch
    studio.session.flatting.begin(**how)
    studio.loop.run()
    studio.document.active = studio.sketch


def said(studio: Studio) -> str:
    return str(studio.session.messages.shown.text)


@pytest.mark.parametrize("layered", [False, True])
def test_what_the_artist_puts_into_flats_while_they_are_converted_stays(
    studio: Studio, layered: bool
) -> None:
    added_at = []
    for moment in range(4, 40):
        studio.app.open.clear()
        studio.__init__(studio.app)  # type: ignore[misc]
        if layered:
            flats_again(studio)
            studio.flats.look["locked"] = False
        else:
            group_of_flats(studio)
            part_of(studio, "Shade").remove()
        studio.document.active = studio.sketch
        old = studio.flats
        studio.session.flatting.set_layered(layered)

        def put(step: int, moment: int = moment, old: FakeNode = old) -> None:
            if step == moment and old.parent is not None:
                mine = studio.document.createNode("Mine", "transparencymask" if layered else "paintlayer")
                old.addChildNode(mine, None)
                added_at.append(moment)

        studio.loop.run(put)
        if moment in added_at:
            assert "Mine" in titles(studio), moment
            assert studio.session.flatting.layered is not layered
            assert "Take that out first" in said(studio)
    assert len(added_at) > 8


def merged(studio: Studio) -> FakeNode:
    """The artist has merged our layers of a group into one; Krita gives it another identity."""
    group_of_flats(studio)
    one = studio.document.createNode("Merged", "paintlayer")
    for node in [node for node in studio.flats.nodes if node.title != "Shade"]:
        painted = node.still[..., 3] > 0
        one.still[painted] = node.still[painted]
        node.remove()
    studio.flats.nodes.insert(0, one)
    one.parent = studio.flats
    studio.document.active = studio.sketch
    return studio.flats


@pytest.mark.parametrize("layered", [False, True])
def test_layers_that_are_not_known_to_be_ours_are_left_alone(studio: Studio, layered: bool) -> None:
    group = merged(studio)
    before = {node.title: node.still.copy() for node in group.nodes}
    if layered:
        click(studio)
    else:
        studio.session.flatting.set_layered(False)
        studio.loop.run()
    assert studio.flats is group
    assert {node.title for node in group.nodes} == {"Merged", "Shade"} == set(before)
    for node in group.nodes:
        np.testing.assert_array_equal(node.still, before[node.title])
    (new,) = [node for node in studio.document.root.nodes if node.title == "Flats 2"]
    assert new.kind == ("grouplayer" if layered else "paintlayer")
    assert "layer of their own" in said(studio)


def test_layers_forgotten_as_ours_are_not_taken_for_flats(studio: Studio) -> None:
    group_of_flats(studio)
    group, memory = studio.flats, studio.session.context.flats
    document = sys.modules["smart_lineart.krita_host.document"].Document(studio.document)
    note = memory.note_of(document, studio.sketch.identity)
    memory.save(document, note.with_parts(tuple(f"{{{number}}}" for number in range(10**6, 10**6 + 600))))
    studio.session.flatting.set_layered(False)
    studio.loop.run()
    assert studio.flats is group
    assert "Shade" in titles(studio)


def test_no_colours_are_proposed_for_layers_that_are_not_ours(studio: Studio) -> None:
    merged(studio)
    studio.session.flatting.proposing.begin()
    studio.loop.run()
    assert studio.session.flatting.proposing.shown is None
    assert "changed too much" in said(studio)


@pytest.mark.parametrize("layered", [False, True])
def test_layers_taken_out_of_a_group_while_its_flats_are_made_are_no_trouble(
    studio: Studio, layered: bool
) -> None:
    taken = 0
    for moment in range(2, 34, 2):
        studio.app.open.clear()
        studio.__init__(studio.app)  # type: ignore[misc]
        again = group_of_flats(studio)
        part_of(studio, "Shade").remove()
        old, skin = studio.flats, part_of(studio, "Skin")
        if layered:
            again()
        else:
            studio.session.flatting.set_layered(False)

        def take(step: int, moment: int = moment, old: FakeNode = old, skin: FakeNode = skin) -> None:
            if step == moment and old.parent is not None:
                skin.remove()

        studio.loop.run(take)
        taken += skin.parent is None
        assert studio.session.messages.last_error == "", moment
        assert studio.flats.kind == ("grouplayer" if layered else "paintlayer")
        shown = studio.flats.nodes if layered else [studio.flats]
        assert any(node.still[30, 35, 3] == 255 for node in shown), moment
    assert taken > 5


def test_soft_strokes_over_another_layers_colour_show_the_same_in_one_layer(studio: Studio) -> None:
    grouped(studio)
    low, top = studio.flats.nodes
    column = 30 if low.still[45, 30].any() else 90
    blue, green, red, alpha = map(int, low.still[45, column])
    assert alpha == 255
    top.still[40:50, column - 5 : column + 5] = (200, 0, 0, 51)
    studio.session.flatting.set_layered(False)
    studio.loop.run()
    assert studio.flats.kind == "paintlayer"
    expected = [round((200 + 4 * blue) / 5), round(4 * green / 5), round(4 * red / 5), 255]
    np.testing.assert_allclose(studio.flats.still[45, column], expected, atol=1)


@pytest.mark.parametrize("kind", ["u1", "<u2", "<f2", "<f4"])
def test_half_of_a_colour_over_half_of_another_is_mixed_as_krita_mixes_them(
    studio: Studio, kind: str
) -> None:
    over = sys.modules["smart_lineart.krita_host.flats_group"]._over
    full = np.iinfo(kind).max if np.dtype(kind).kind == "u" else 1.0
    upper, lower = (
        np.array([[full * red, full * blue, full * 0.5]]).astype(kind) for red, blue in ((1, 0), (0, 1))
    )
    mixed = over(upper, lower).astype(np.float64) / full
    np.testing.assert_allclose(mixed, [[2 / 3, 1 / 3, 0.75]], atol=0.01)
    opaque = np.array([[full, 0, full]]).astype(kind)
    np.testing.assert_array_equal(over(opaque, lower), opaque)
    np.testing.assert_array_equal(over(upper, np.zeros_like(upper)), upper)


def three_boxes(studio: Studio) -> None:
    studio.session.flatting.set_layered(True)
    draw_box(studio.sketch.still, 20, 20, 90, 60)
    draw_box(studio.sketch.still, 20, 65, 90, 95)
    draw_box(studio.sketch.still, 93, 40, 115, 95)
    click(studio, hints=True)


def shown_at(studio: Studio, row: int, column: int) -> tuple[int, ...]:
    """What the layers of a group show together."""
    over = [node.still[row, column] for node in studio.flats.nodes if node.still[row, column].any()]
    return tuple(over[-1].tolist()) if over else (0, 0, 0, 0)


def test_a_layer_filled_with_another_layers_colour_is_renewed_like_any_other(studio: Studio) -> None:
    three_boxes(studio)
    filled = next(node for node in studio.flats.nodes if node.still[70, 105].any()).title
    other = shown_at(studio, 80, 50)
    small = part_of(studio, filled)
    small.still[small.still[..., 3] > 0] = other
    click(studio)
    low = studio.flats.nodes[0]
    dab = tuple(low.still[low.still[..., 3] > 0][0].tolist())
    assert dab != other
    studio.hints.still[68:74, 100:106] = dab
    for turn in range(3):
        before = studio.flats
        click(studio)
        assert shown_at(studio, 80, 108) == dab
        assert turn == 0 or studio.flats is before, "nothing changed: no step"
    studio.sketch.still[40:96, 91:116] = 0  # the third box is erased: paper again
    studio.hints.still[:] = 0
    click(studio)
    assert shown_at(studio, 80, 108)[3] == 0


@pytest.mark.parametrize("follows", [False, True])
def test_a_colour_that_comes_back_gets_its_blank_layer_again(studio: Studio, follows: bool) -> None:
    three_boxes(studio)
    before = [node.title for node in studio.flats.nodes]
    gone = next(node for node in studio.flats.nodes if node.still[70, 105].any()).title
    blue, green, red = (int(gone[at : at + 2], 16) for at in (5, 3, 1))
    low = part_of(studio, next(name for name in before if name != gone))
    studio.hints.still[68:74, 100:106] = low.still[low.still[..., 3] > 0][0]
    click(studio)
    assert not part_of(studio, gone).still.any()
    click(studio)
    studio.hints.still[68:74, 100:106] = (blue, green, red, 255)
    if follows:
        document = sys.modules["smart_lineart.krita_host.document"].Document(studio.document)
        studio.document.active = studio.hints
        studio.session.flatting.follow(document, studio.sketch.identity)
        studio.loop.run()
    else:
        click(studio)
    assert shown_at(studio, 80, 108) == (blue, green, red, 255)
    assert [node.title for node in studio.flats.nodes] == before, "no layer more of that name"
    assert part_of(studio, gone).still.any()


def put_into_flats(studio: Studio, node: FakeNode) -> None:
    node.remove()
    studio.flats.addChildNode(node, studio.flats.nodes[-1])
    studio.document.active = studio.sketch


def test_hints_that_lie_in_the_group_of_flats_keep_their_colours(studio: Studio) -> None:
    studio.session.flatting.set_layered(True)
    draw_box(studio.sketch.still, 20, 20, 90, 60)
    draw_box(studio.sketch.still, 20, 65, 90, 95)
    click(studio, hints=True)
    studio.hints.still[30:36, 30:36] = (0, 0, 255, 255)
    click(studio)
    assert shown_at_flats(studio, 45, 70) == (0, 0, 255, 255)
    put_into_flats(studio, studio.hints)
    old = studio.flats
    for left in (50, 70):
        draw_box(studio.sketch.still, left, 65, 90, 95)
        click(studio)
        assert studio.flats is not old
        assert shown_at_flats(studio, 45, 70) == (0, 0, 255, 255), left
        assert titles(studio).count("Colour hints") == 1
    studio.flats.remove()  # undone
    studio.document.root.addChildNode(old, None)
    click(studio)
    assert shown_at_flats(studio, 45, 70) == (0, 0, 255, 255)


def shown_at_flats(studio: Studio, row: int, column: int) -> tuple[int, ...]:
    """What the layers of flats in a group show together, without the dabs."""
    nodes = [node for node in studio.flats.nodes if node.title != "Colour hints"]
    over = [node.still[row, column] for node in nodes if node.still[row, column].any()]
    return tuple(over[-1].tolist())


@pytest.mark.parametrize("other", [False, True])
def test_a_group_of_flats_that_holds_a_lineart_is_not_copied(studio: Studio, other: bool) -> None:
    studio.session.flatting.set_layered(True)
    draw_box(studio.sketch.still, 20, 20, 90, 60)
    click(studio)
    lineart = studio.sketch
    if other:
        lineart = studio.document.createNode("Other", "paintlayer")
        studio.document.root.addChildNode(lineart, None)
        draw_box(lineart.still, 20, 65, 90, 95)
        studio.document.active = lineart
        studio.session.flatting.begin()
        studio.loop.run()
    old = studio.flats
    put_into_flats(studio, lineart)
    draw_box(studio.sketch.still, 50, 20, 90, 60)
    before = titles(studio)
    for _ in range(2):
        click(studio)
        assert studio.flats is old
        assert lineart in old.nodes
        assert titles(studio) == before
        assert "Take that out first" in said(studio)
    lineart.remove()
    studio.document.root.addChildNode(lineart, None)
    click(studio)
    assert studio.flats is not old


@pytest.mark.parametrize("how", ["click", "dab", "wish"])
def test_a_conversion_that_was_undone_stays_undone(studio: Studio, how: str) -> None:
    draw_box(studio.sketch.still, 20, 20, 50, 60)
    click(studio, hints=True)
    old = studio.flats
    studio.session.flatting.set_layered(True)
    assert studio.session.flatting.layered, "it is going to be"
    studio.loop.run()
    group = studio.flats
    assert group.kind == "grouplayer"
    assert studio.session.flatting.layered
    group.remove()  # undone
    studio.document.root.addChildNode(old, None)
    studio.document.active = studio.sketch
    assert not studio.session.flatting.layered
    if how != "dab":
        draw_box(studio.sketch.still, 35, 20, 50, 60)
    if how == "click":
        click(studio)
    elif how == "wish":
        studio.session.flatting.set_spread(0.5)
        studio.loop.run()
    else:
        studio.app.actions["edit_redo"].isEnabled = lambda: False
        studio.document.active = studio.hints
        studio.hints.still[40:46, 28:32] = (0, 0, 255, 255)
        document = sys.modules["smart_lineart.krita_host.document"].Document(studio.document)
        studio.session.flatting.follow(document, studio.sketch.identity)
        studio.loop.run()
        assert said(studio) == ""
        assert tuple(studio.flats.still[45, 40]) == (0, 0, 255, 255)
    assert studio.flats.kind == "paintlayer"
    studio.session.flatting.set_layered(True)
    studio.loop.run()
    assert studio.flats.kind == "grouplayer"


def test_flats_that_are_converted_keep_how_they_are_locked_and_clipped(studio: Studio) -> None:
    draw_box(studio.sketch.still, 20, 20, 50, 60)
    click(studio)
    look = {"alphaLocked": True, "inheritAlpha": True, "locked": True, "colorLabel": 3}
    studio.flats.look.update(look)
    for layered in (True, False):
        studio.document.active = studio.sketch
        studio.session.flatting.set_layered(layered)
        studio.loop.run()
        assert studio.flats.kind == ("grouplayer" if layered else "paintlayer")
        assert look.items() <= studio.flats.look.items()


def test_a_group_of_flats_with_a_layer_style_is_not_converted(studio: Studio) -> None:
    grouped(studio)
    group = studio.flats
    group.__dict__["layerStyleToAsl"] = lambda: "shadow"
    studio.session.flatting.set_layered(False)
    studio.loop.run()
    assert studio.flats is group
    assert "Take that out first" in said(studio)


def test_a_mask_has_no_colours_for_proposals(studio: Studio) -> None:
    grouped(studio)
    proposing = studio.session.flatting.proposing
    proposing.begin()
    studio.loop.run()
    mask = studio.document.createNode("Mask", "transparencymask")
    mask.still[20:60, 20:60] = 255
    mask.__dict__["projectionPixelData"] = lambda x, y, width, height: bytes(width * height)
    studio.flats.addChildNode(mask, None)
    studio.document.active = mask
    proposing.from_layer()
    studio.loop.run()
    assert said(studio) == '"Mask" has no colours to take.'


def test_proposals_that_wait_are_shown_though_flats_are_asked_for_after_them(studio: Studio) -> None:
    grouped(studio)
    proposing = studio.session.flatting.proposing
    proposing.begin()
    studio.loop.run()
    first = proposing.shown
    studio.session.flatting.begin()
    studio.loop.run_at_most(3)
    proposing.more()
    studio.session.flatting.begin()
    studio.loop.run()
    assert proposing.shown is not first
    assert proposing.shown is not None
    assert proposing.shown.asked.first == 6
