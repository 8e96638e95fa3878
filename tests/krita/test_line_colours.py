# SPDX-License-Identifier: GPL-3.0-or-later
"""Colours that a sketch is drawn in are left out of its lineart, in a real Krita."""

from __future__ import annotations

DRAWN = """
def drawn():
    \"\"\"A sketch on white: a black line above, a blue one below, and nothing else.\"\"\"
    document = new_document(500, 300)
    page = np.full((300, 500, 4), 255, np.uint8)
    x = np.arange(40, 460)
    for y, colour in ((90, (30, 28, 26)), (200, (215, 120, 60))):
        rows = np.rint(y + 14 * np.sin(x / 45)).astype(int)
        for offset in (-1, 0, 1):
            page[rows + offset, x, :3] = colour
    node = document.createNode("Sketch", "paintlayer")
    document.rootNode().addChildNode(node, None)
    paint(document, node, page)
    document.setActiveNode(node)
    document.waitForDone()
    return document

def inked(document):
    alpha = bgra(node_named(document, "Lineart: Sketch"), 0, 0, 500, 300)[..., 3]
    return [int((alpha[rows] > 127).sum()) for rows in (slice(50, 130), slice(160, 240))]

def entries():
    menu = widget("sketchMenu").menu()
    menu.aboutToShow.emit()
    colours = next(one.menu() for one in menu.actions() if one.menu() is not None)
    hues = [one for one in colours.actions() if one.objectName().startswith("ink-")]
    return colours, {one.objectName(): one for one in hues}
"""


def test_blue_pencil_is_left_out_in_one_step_and_stays_so(krita) -> None:
    found = krita.run(
        DRAWN
        + """
def job():
    document = drawn()
    yield 400
    yield from ink()
    first = inked(document)
    menu, colours = entries()
    names = [(name, one.isChecked(), one.text()) for name, one in colours.items()]
    colours["ink-blue"].trigger()
    yield 300
    yield from idle()
    without, said = inked(document), undo_text()
    undo(document)
    yield 600
    back = inked(document)
    after_undo = [one.isChecked() for one in entries()[1].values()]
    redo(document)
    yield 600
    redone = inked(document)
    yield from ink()
    again = inked(document)
    ticks = [one.isChecked() for one in entries()[1].values()]
    return first, names, without, said, back, after_undo, redone, again, ticks
""",
        timeout=180,
    )
    first, names, without, said, back, after_undo, redone, again, ticks = found
    assert min(first) > 300
    assert names == [["ink-dark", True, "Dark lines"], ["ink-blue", True, "Blue lines"]]
    assert without == [first[0], 0]
    assert "Line colours" in said
    assert back == first
    assert after_undo == [True, True]
    assert redone == without
    assert again == without
    assert ticks == [True, False]


def test_a_sketch_in_one_colour_has_no_colours_to_leave_out(krita) -> None:
    enabled = krita.run(
        DRAWN
        + """
def job():
    document = sketch_document(400, 300)
    yield 400
    yield from ink()
    return entries()[0].isEnabled()
"""
    )
    assert enabled is False
