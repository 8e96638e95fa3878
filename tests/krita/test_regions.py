# SPDX-License-Identifier: GPL-3.0-or-later
"""What is set inside a selection stays there when sliders move afterwards, in a real Krita."""

from __future__ import annotations

import harness
import pytest


@pytest.fixture
def krita(own_krita: harness.KritaProcess) -> harness.KritaProcess:
    """The module's own Krita, without documents, with a new user's settings."""
    own_krita.run("def job():\n    yield from fresh()")
    return own_krita


SCENE = """
def lineart():
    return node_named(K.activeDocument(), "Lineart: Sketch")

def amount(x):
    # How much ink there is on the zigzag at the page's foot, left or right of the middle.
    return int(bgra(lineart(), x, 320, 300, 80)[..., 3].astype(int).sum()) // 255

def inked():
    return [amount(0), amount(300)]

def select(x, width):
    K.action("deselect").trigger()
    yield 200
    if width:
        chosen = Selection()
        chosen.select(x, 0, width, 400, 255)
        K.activeDocument().setSelection(chosen)
    yield 300
    docker()._look()

def drag(name, *values):
    for value in values:
        session().change(name, value, final=value == values[-1])
        yield 200
    yield from idle()
    docker()._look()

def begin():
    document = sketch_document(600, 400)
    yield 400
    session().look()
    session().change("thickness", 3.0, final=True)
    yield from ink()
    return document
"""


def run(krita: harness.KritaProcess, source: str, **values: object):
    return krita.run(SCENE + source, timeout=180, **values)


def test_a_slider_moved_afterwards_leaves_the_part_as_it_was_set(krita) -> None:
    found = run(
        krita,
        """
def job():
    document = yield from begin()
    first = inked()
    yield from select(300, 300)
    yield from drag("thickness", 5.0, 8.0)
    parted = [inked(), session().settings.thickness]
    yield from select(0, 0)
    outside = session().settings.thickness
    yield from drag("thickness", 4.0, 6.0)
    moved = [inked(), session().settings.thickness]
    yield from select(320, 200)
    inside = session().settings.thickness
    yield from select(0, 0)
    paint(document, node_named(document, "Sketch"), strokes(600, 400, thick=4))
    document.setActiveNode(node_named(document, "Sketch"))
    yield 300
    yield from ink()
    again = inked()
    for _ in range(5):  # selecting is a step, too
        if inked() == parted[0]:
            break
        undo(document)
        yield 600
    yield from select(0, 0)
    back = inked()
    yield from drag("thickness", 4.0, 6.0)
    kept = inked()
    said = [session().messages.last_error, session().messages.shown.text]
    return [first, parted, outside, moved, inside, again, back, kept, said]
""",
    )
    first, parted, outside, moved, inside, again, back, kept, said = found
    assert said == ["", ""]
    (left, right), thickness = parted
    assert (left, thickness) == (first[0], 8.0)
    assert right > 1.8 * first[1]
    assert outside == 3.0
    assert moved[1] == 6.0
    assert moved[0][0] > 1.6 * first[0]
    assert abs(moved[0][1] - right) < 0.06 * right, "but for what hangs over the border"
    assert inside == 8.0
    assert again[1] > 1.2 * again[0]
    assert back == [left, right], "undo knows the part, too"
    assert kept == pytest.approx(again, rel=0.02)


def test_a_part_takes_what_is_set_for_the_whole_but_for_its_own_and_is_in_the_file(
    krita, folder_krita_sees
) -> None:
    found = run(
        krita,
        """
def colours():
    pixels = bgra(lineart(), 0, 320, 600, 80)
    return [[int(v) for v in np.median(pixels[:, x:x + 250][pixels[:, x:x + 250, 3] > 200], axis=0)[:3]]
            for x in (0, 340)]

def job():
    from krita import ManagedColor

    document = yield from begin()
    yield from select(300, 300)
    yield from drag("detail", 0.6)
    yield from drag("thickness", 8.0)
    parted = [inked(), session().settings.detail]
    yield from select(0, 0)
    whole = session().settings.detail
    view = K.activeWindow().activeView()
    view.setForeGroundColor(ManagedColor.fromQColor(QtGui.QColor(200, 0, 0), view.canvas()))
    yield from drag("colour", "foreground")
    red = [inked(), colours(), session().context.corrections.count]
    yield from select(300, 300)
    view.setForeGroundColor(ManagedColor.fromQColor(QtGui.QColor(0, 0, 200), view.canvas()))
    yield from drag("colour", "foreground")
    yield from select(0, 0)
    yield from drag("thickness", 4.0)
    document.setBatchmode(True)
    document.saveAs(PATH)
    yield 500
    close_all()
    yield 400
    document = K.openDocument(PATH)
    K.activeWindow().addView(document)
    yield 800
    document.setActiveNode(node_named(document, "Sketch"))
    yield 500
    session().look()
    before = inked()
    yield from drag("thickness", 3.0)
    opened = [before, inked(), colours(), session().context.corrections.count]
    yield from select(0, 600)
    yield from drag("thickness", 3.5)
    yield from select(0, 0)
    yield from drag("thickness", 3.0)
    return [parted, whole, red, opened, inked(), session().messages.last_error]
""",
        PATH=str(folder_krita_sees() / "parts.kra"),
    )
    (parted, detail), whole, (red, colours, count), opened, plain, error = found
    assert error == ""
    assert (detail, whole) == (0.6, 0.0)
    assert red == pytest.approx(parted, abs=3)
    assert (colours, count) == ([[0, 0, 200]] * 2, 0)
    before, after, painted, counted = opened
    assert after[0] < before[0]
    assert abs(after[1] - before[1]) < 0.03 * before[1]
    assert (painted, counted) == ([[0, 0, 200], [200, 0, 0]], 0)
    assert plain[1] < 0.6 * after[1], "all was selected, and a part is a part no more"


def test_a_drag_in_one_part_hears_nothing_of_another_in_the_same_box(krita) -> None:
    found = run(
        krita,
        """
def corners(first):
    # Two triangles in one box: it is cut from its lower left to its upper right.
    chosen = Selection()
    chosen.select(0, 0, 600, 400, 0)
    below = np.fromfunction(lambda y, x: x * 400 + y * 600 > 240000, (400, 600))
    chosen.setPixelData(np.where(below == first, 255, 0).astype(np.uint8).tobytes(), 0, 0, 600, 400)
    K.activeDocument().setSelection(chosen)
    # Krita selects it once what it has begun before is done.
    corner = bytes([255 if first else 0])
    there = lambda: bytes(K.activeDocument().selection().pixelData(590, 390, 1, 1)) == corner
    yield from until(lambda: K.activeDocument().selection() is not None and there(), 30)

def job():
    document = yield from begin()
    thin = inked()
    yield from corners(True)
    yield 300
    docker()._look()
    session().change("thickness", 8.0, final=False)
    yield 100
    going_on = len(session().turns.drags)
    yield from corners(False)
    session().change("thickness", 3.5, final=True)
    yield from idle()
    docker()._look()
    values = [session().settings.thickness]
    yield from corners(True)
    yield 300
    docker()._look()
    values.append(session().settings.thickness)
    return [thin, going_on, values, inked(), session().messages.last_error]
""",
    )
    thin, going_on, values, both, error = found
    assert (going_on, error) == (1, "")
    assert values == [3.5, 8.0]
    assert both[1] > 1.8 * thin[1], "below the cut, on the right"


def test_a_part_stays_as_it_was_set_in_a_lineart_on_a_new_layer(krita) -> None:
    found = run(
        krita,
        """
def job():
    document = yield from begin()
    yield from select(300, 300)
    yield from drag("detail", 0.6)
    yield from drag("thickness", 8.0)
    yield from select(0, 0)
    before = inked()
    document.setActiveNode(node_named(document, "Sketch"))
    yield 300
    widget("keepCopy").click()
    said = yield from ink()
    widget("keepCopy").click()
    lineart = lambda: node_named(document, "Lineart: Sketch 2")
    globals()["lineart"] = lineart
    copied = inked()
    yield from drag("thickness", 4.0)
    moved = inked()
    yield from select(320, 200)
    values = [session().settings.thickness, session().settings.detail]
    return [said, before, copied, moved, values, session().context.corrections.count]
""",
    )
    said, before, copied, moved, values, count = found
    assert (said, count) == ("", 0)
    assert copied == pytest.approx(before, abs=3)
    assert moved[0] > 1.2 * copied[0]
    assert moved[1] == pytest.approx(copied[1], rel=0.05)
    assert values == [8.0, 0.6]


def test_a_part_of_an_animation_stays_as_it_was_set(krita) -> None:
    found = run(
        krita,
        """
def counts():
    node, found = lineart(), []
    for time in (0, 8):
        data = np.frombuffer(bytes(node.pixelDataAtTime(0, 240, 420, 60, time)), np.uint8)
        alpha = data.reshape(60, 420, 4)[..., 3].astype(int)
        found.append([int(alpha[:, :200].sum()) // 255, int(alpha[:, 220:].sum()) // 255])
    return found

def job():
    from smart_lineart_driver import closing
    document = yield from closing.animated()
    session().look()
    session().change("thickness", 3.0, final=True)
    yield from ink()
    found = [counts()]
    yield from select(210, 210)
    session().change("thickness", 8.0, final=True)
    yield from ink()
    docker()._look()
    found += [counts(), session().settings.thickness]
    yield from select(0, 0)
    found.append(session().settings.thickness)
    session().change("thickness", 4.0, final=True)
    yield from ink()
    found += [counts(), session().settings.thickness]
    yield from select(250, 100)
    found += [session().settings.thickness, session().messages.last_error]
    session().frames = None
    return found
""",
    )
    thin, parted, inside, outside, again, whole, part, error = found
    assert error == ""
    assert (inside, outside, whole, part) == (8.0, 3.0, 4.0, 8.0)
    for before, then, now in zip(thin, parted, again, strict=True):
        assert then[0] == before[0]
        assert then[1] > 1.6 * before[1]
        assert now[0] > 1.15 * before[0]
        assert now[1] == pytest.approx(then[1], rel=0.03)
