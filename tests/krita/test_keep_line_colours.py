# SPDX-License-Identifier: GPL-3.0-or-later
"""Lines of each colour inked into a layer of their own, in a real Krita."""

from __future__ import annotations

import pytest

DRAWN = """
def drawn():
    \"\"\"A sketch on white: a black line above, a blue and a red one below.\"\"\"
    document = new_document(500, 400)
    page = np.full((400, 500, 4), 255, np.uint8)
    x = np.arange(40, 460)
    for y, colour in ((90, (30, 28, 26)), (200, (215, 120, 60)), (310, (50, 40, 210))):
        rows = np.rint(y + 14 * np.sin(x / 45)).astype(int)
        for offset in (-1, 0, 1):
            page[rows + offset, x, :3] = colour
    node = document.createNode("Sketch", "paintlayer")
    document.rootNode().addChildNode(node, None)
    paint(document, node, page)
    document.setActiveNode(node)
    document.waitForDone()
    return document

ROWS = slice(50, 130), slice(160, 240), slice(270, 350)

def inked(document, name="Lineart: Sketch"):
    \"\"\"How much ink each of the three lines has in a layer; None where there is no such layer.\"\"\"
    node = node_named(document, name)
    if node is None:
        return None
    alpha = bgra(node, 0, 0, 500, 400)[..., 3]
    return [int((alpha[rows] > 127).sum()) for rows in ROWS]

def every(document):
    return [inked(document, name) for name in ("Lineart: Sketch", "Blue lines", "Red lines")]

def colour_of(document, name):
    pixels = bgra(node_named(document, name), 0, 0, 500, 400)
    return pixels[pixels[..., 3] == 255][:, 2::-1].mean(axis=0).round().astype(int).tolist()

def entries():
    menu = widget("sketchMenu").menu()
    menu.aboutToShow.emit()
    colours = next(one.menu() for one in menu.actions() if one.menu() is not None)
    return {one.objectName(): one for one in colours.actions()}

def choose(name):
    entries()[name].trigger()
    yield 300
    yield from idle()

def settle():
    yield 900
    yield from idle()
"""


def test_each_colour_gets_a_layer_and_all_is_one_step(krita) -> None:
    found = krita.run(
        DRAWN
        + """
def job():
    document = drawn()
    yield 400
    yield from ink()
    first, before, steps = every(document), tree(document), steps_to_undo()
    yield from choose("keepLineColours")
    steps = steps_to_undo() - steps
    kept, now, said = every(document), tree(document), undo_text()
    colours = [colour_of(document, name) for name in ("Lineart: Sketch", "Blue lines", "Red lines")]
    undo(document)
    yield from settle()
    back, undone = every(document), tree(document)
    redo(document)
    yield from settle()
    return first, before, steps, kept, now, said, colours, back, undone, every(document), tree(document)
""",
        timeout=180,
    )
    first, before, steps, kept, now, said, colours, back, undone, redone, again = found
    black, blue, red = first[0]
    assert min(black, blue, red) > 300
    assert kept == [[black, 0, 0], [0, blue, 0], [0, 0, red]]
    assert colours[0] == [0, 0, 0]
    assert colours[1][2] - colours[1][0] > 80, "blue"
    assert colours[2][0] - colours[2][2] > 80, "red"
    assert now[-1] == ["Line colours: Sketch", ["Blue lines", "Red lines"]]
    assert "Ink sketch" in said
    assert steps == 2, "the lineart's, and the group's with all that is in it"
    assert back == first
    assert undone == before
    assert redone == kept
    assert again == now


def test_corrections_thickness_and_colours_stay_with_their_class(krita) -> None:
    found = krita.run(
        DRAWN
        + """
def wipe(document, name, left, right):
    \"\"\"Erase part of a layer, from column to column.\"\"\"
    node = node_named(document, name)
    node.setPixelData(bytes(4 * (right - left) * 400), left, 0, right - left, 400)
    document.refreshProjection()
    document.waitForDone()

def gap(document, name):
    alpha = bgra(node_named(document, name), 0, 0, 500, 400)[..., 3]
    return int(alpha[:, 212:228].max()), int(alpha[:, 292:308].max())

def job():
    document = drawn()
    yield 400
    yield from ink()
    wipe(document, "Lineart: Sketch", 200, 240)
    yield 200
    yield from choose("keepLineColours")
    moved = [gap(document, name) for name in ("Lineart: Sketch", "Blue lines", "Red lines")]
    wipe(document, "Red lines", 280, 320)
    yield 200
    session().change("thickness", 9.0, final=True)
    yield 300
    yield from idle()
    thick = every(document)
    after = [gap(document, name) for name in ("Lineart: Sketch", "Blue lines", "Red lines")]
    yield from ink()
    again = [gap(document, name) for name in ("Lineart: Sketch", "Blue lines", "Red lines")]
    document.setActiveNode(node_named(document, "Red lines"))
    yield 500
    shown = session().settings.thickness, session().pair.hue
    session().change("thickness", 3.0, final=True)
    yield 300
    yield from idle()
    thin = every(document)
    session().change("colour", {"model": "RGBA", "depth": "U8", "profile": "sRGB-elle-V2-srgbtrc.icc",
                     "components": [0.0, 1.0, 0.0, 1.0]}, final=True)
    yield 300
    yield from idle()
    green = colour_of(document, "Red lines")
    document.setActiveNode(node_named(document, "Sketch"))
    yield 500
    session().change("thickness", 6.0, final=True)
    yield 300
    yield from idle()
    last = every(document)
    yield from ink()
    ends = [gap(document, name) for name in ("Lineart: Sketch", "Blue lines", "Red lines")]
    colour = colour_of(document, "Red lines")
    return moved, thick, after, again, shown, thin, green, last, every(document), ends, colour
""",
        timeout=240,
    )
    moved, thick, after, again, shown, thin, green, last, inked, ends, colour = found
    assert [one[0] for one in moved] == [0, 0, 0], "what was erased of the lineart goes with its colour"
    assert min(one[1] for one in moved) > 200
    assert after == again == [[0, moved[0][1]], [0, moved[1][1]], [0, 0]]
    assert shown == [9.0, "red"]
    assert thin[:2] == thick[:2]
    assert thin[2][2] < 0.5 * thick[2][2]
    assert green == colour == [0, 255, 0]
    assert last[2] == thin[2], "what was set for one colour stays"
    assert last[0][0] < 0.8 * thick[0][0]
    assert last[1][1] < 0.8 * thick[1][1]
    assert inked == last
    assert ends == after


def test_classes_are_left_out_or_inked_into_the_lineart_and_survive_saving(krita, folder_krita_sees) -> None:
    found = krita.run(
        DRAWN
        + """
def job():
    document = drawn()
    yield 400
    yield from ink()
    yield from choose("keepLineColours")
    kept = every(document)
    yield from choose("ink-blue")
    without = every(document)
    yield from choose("apart-red")
    together = every(document)
    undo(document)
    yield from settle()
    back = every(document)
    ticks = {name: one.isChecked() for name, one in entries().items() if name}
    document.setBatchmode(True)
    assert document.saveAs(PATH)
    document.close()
    yield 300
    document = K.openDocument(PATH)
    K.activeWindow().addView(document)
    yield 800
    document.setActiveNode(node_named(document, "Line colours: Sketch"))
    yield 400
    text = yield from ink()
    reopened = every(document)
    yield from choose("ink-blue")
    yield from choose("keepLineColours")
    off = every(document)
    yield from choose("keepLineColours")
    return kept, without, together, back, ticks, reopened, off, every(document), tree(document), text
""",
        PATH=str(folder_krita_sees() / "colours.kra"),
        timeout=240,
    )
    kept, without, together, back, ticks, reopened, off, on, layers, text = found
    black, blue, red = kept[0][0], kept[1][1], kept[2][2]
    assert without == [[black, 0, 0], [0, 0, 0], [0, 0, red]]
    assert together == [[black, 0, red], [0, 0, 0], [0, 0, 0]]
    assert back == without
    assert (ticks["keepLineColours"], ticks["apart-red"], ticks["ink-blue"]) == (True, True, False)
    assert reopened == without
    assert off == [[black, blue, red], [0, 0, 0], [0, 0, 0]]
    assert on == kept
    assert layers[-1] == ["Line colours: Sketch", ["Blue lines", "Red lines"]]
    assert text == ""


def test_live_goes_on_in_each_layer(krita) -> None:
    found = krita.run(
        DRAWN
        + """
def stroke(document, y, colour):
    \"\"\"One more line of a colour on the sketch, as one step.\"\"\"
    node = node_named(document, "Sketch")
    x = np.arange(60, 440)
    for row in range(y - 1, y + 2):
        node.setPixelData(bytes([*colour, 255]) * 380, 60, row, 380, 1)
    document.refreshProjection()
    document.waitForDone()

def job():
    document = drawn()
    yield 400
    yield from ink()
    yield from choose("keepLineColours")
    before = every(document)
    document.setActiveNode(node_named(document, "Sketch"))
    session().live.switch(True)
    yield 1500
    yield from idle()
    quiet, undo_before = every(document), undo_text()
    stroke(document, 345, (50, 40, 210))
    yield 5500
    yield from idle()
    first = every(document)
    stroke(document, 65, (30, 28, 26))
    yield 5500
    yield from idle()
    second = every(document)
    session().live.switch(False)
    yield from idle()
    return before, quiet, first, second, tree(document), session().messages.last_error
""",
        timeout=240,
    )
    before, quiet, first, second, layers, error = found
    assert error == ""
    assert quiet == before
    assert first[2][2] > before[2][2] + 300
    assert [first[0][1:], first[1][0], first[1][2]] == [[0, 0], 0, 0]
    same = [(first[0][0], before[0][0]), (first[1][1], before[1][1])]
    for now, then in (*same, (second[1][1], first[1][1]), (second[2][2], first[2][2])):
        assert abs(now - then) <= 0.01 * then, "widths may change by a hundredth"
    assert second[0][0] > before[0][0] + 300
    assert layers[-1] == ["Line colours: Sketch", ["Blue lines", "Red lines"]]


def test_a_first_ink_with_colours_kept_is_undone_at_once_and_the_sketch_shown_again(krita) -> None:
    found = krita.run(
        DRAWN
        + """
def job():
    document = drawn()
    yield 400
    session().change("by_colour", True, final=True)
    yield from ink()
    sketch = node_named(document, "Sketch")
    inked_, layers, faded = every(document), tree(document), sketch.opacity()
    active = document.activeNode().name()
    undo(document)
    yield from settle()
    yield from until(lambda: sketch.opacity() != faded, 20)
    undone, shown = tree(document), sketch.opacity()
    redo(document)
    yield from settle()
    yield from until(lambda: sketch.opacity() != shown, 20)
    again = every(document), tree(document), sketch.opacity()
    widget("keepCopy").setChecked(True)
    yield from ink()
    copies = tree(document)
    return inked_, layers, faded, active, undone, shown, again, copies
""",
        timeout=240,
    )
    inked, layers, faded, active, undone, shown, again, copies = found
    assert min(inked[0][0], inked[1][1], inked[2][2]) > 300
    assert sum(map(sum, inked)) == inked[0][0] + inked[1][1] + inked[2][2]
    group = ["Line colours: Sketch", ["Blue lines", "Red lines"]]
    assert layers == ["Background", "Sketch", "Lineart: Sketch", group]
    assert active == "Sketch"
    assert undone == ["Background", "Sketch"]
    assert again == [inked, layers, faded]
    assert faded < shown == 255
    assert copies[2:] == [
        "Lineart: Sketch 2",
        ["Line colours: Sketch 2", ["Blue lines", "Red lines"]],
        *layers[2:],
    ]


COPIES = """
def group(document, word):
    return next(node for node in children(document.rootNode()) if node.name().startswith(word))

def shown(node):
    data = bytes(node.projectionPixelData(0, 0, 500, 400))
    return np.frombuffer(data, np.uint8).reshape(400, 500, 4)

def looks(around):
    \"\"\"Of each layer in a group the ink of each of the three lines, and its colour, RGB.\"\"\"
    found = []
    for node in children(around):
        pixels = shown(node)
        firm = pixels[pixels[..., 3] > 250][:, 2::-1]
        ink = [int((pixels[rows][..., 3] > 127).sum()) for rows in ROWS]
        found.append([node.name(), ink, firm.mean(axis=0).round().astype(int).tolist()])
    return found

def run(name):
    menu = widget("sketchMenu").menu()
    menu.aboutToShow.emit()
    next(one for one in menu.actions() if one.objectName() == name).trigger()
    yield 300
    yield from idle(400)
    K.activeDocument().waitForDone()
    yield 400

def job():
    document = drawn()
    yield 400
    yield from ink()
    yield from choose("keepLineColours")
    before = tree(document)
    if SELECTED:
        part = Selection()
        part.select(0, 0, 250, 400, 255)
        document.setSelection(part)
        yield 300
    if ENTRY == "redraw":
        K.activeWindow().activeView().setCurrentBrushPreset(K.resources("preset")["b) Basic-1"])
        yield 200
    steps = steps_to_undo()
    yield from run(ENTRY)
    steps = steps_to_undo() - steps
    found, said = looks(group(document, WORD)), session().messages.shown.text
    layers = tree(document)
    if SELECTED:
        document.setSelection(None)
    undo(document)
    yield from settle()
    return every(document), found, said, before, layers, steps, tree(document)
"""


@pytest.mark.parametrize(
    ("entry", "word", "selected"),
    [
        ("copyVectors", "Vectors", False),
        ("copyVectors", "Vectors", True),
        ("copyVectorsAsShown", "Vectors", True),
        ("redraw", "Redrawn", False),
        ("redraw", "Redrawn", True),
    ],
)
def test_copies_at_the_sketch_have_all_colours_in_a_group(
    krita, entry: str, word: str, selected: bool
) -> None:
    code = f"ENTRY, WORD, SELECTED = {entry!r}, {word!r}, {selected}\n"
    kept, found, said, before, layers, steps, undone = krita.run(DRAWN + code + COPIES, timeout=240)
    assert said == ""
    assert [name.split(": ")[1] for name, *_ in found] == ["Sketch", "Blue lines", "Red lines"]
    assert len([name for name in layers if name != "Selection Mask"]) == len(before) + 1
    share = 0.5 if selected else 1.0
    for number, (_, ink, colour) in enumerate(found):
        whole = kept[number][number]
        assert abs(ink[number] / whole - share) < 0.3 * share, "the lines of its colour"
        assert sum(ink) == ink[number], "and no others"
        if number:
            assert colour.index(max(colour)) == (2 if number == 1 else 0)
        else:
            assert max(colour) < 30
    # Krita takes one for the shapes of each vector layer as well.
    assert steps == (1 if entry == "redraw" else 1 + len(found))
    if not selected:
        assert undone == before


def test_ink_inside_a_selection_keeps_colours_there(krita) -> None:
    found = krita.run(
        DRAWN
        + """
def halves(document):
    found = []
    for name in ("Lineart: Sketch", "Blue lines", "Red lines"):
        alpha = bgra(node_named(document, name), 0, 0, 500, 400)[..., 3] > 127
        found.append([[int(alpha[rows][:, part].sum()) for rows in ROWS]
                      for part in (slice(0, 250), slice(250, 500))])
    return found

def job():
    document = drawn()
    yield 400
    yield from ink()
    yield from choose("keepLineColours")
    before = halves(document)
    part = Selection()
    part.select(0, 0, 250, 400, 255)
    document.setSelection(part)
    yield 300
    document.setActiveNode(node_named(document, "Sketch"))
    yield 300
    session().change("thickness", 11.0, final=True)
    yield 300
    yield from idle()
    thick = halves(document)
    yield from choose("ink-blue")
    return before, thick, halves(document)
""",
        timeout=240,
    )
    before, thick, without = found
    for number in range(3):
        (left, right), (now, beside) = before[number], thick[number]
        assert beside == right, "beyond what is selected nothing changes"
        assert now[number] > 1.5 * left[number]
        assert sum(now) == now[number]
    blue = without[1]
    assert sum(blue[0]) < 0.1 * sum(thick[1][0])
    assert blue[1] == before[1][1]
    for now, then in zip(without[2], thick[2], strict=True):
        assert now == pytest.approx(then, rel=0.02)
