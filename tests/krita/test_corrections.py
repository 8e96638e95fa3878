# SPDX-License-Identifier: GPL-3.0-or-later
"""Sketch, ink, correct, change the sketch, ink again: what the artist did to the lineart is still there.

Strokes are painted by a real mouse with Krita's own brush and eraser, and layers compared byte for byte.
"""

from __future__ import annotations

from pathlib import Path

import pytest

COMPARE = """
import numpy as np

def lineart(name="Lineart: Sketch"):
    return node_named(K.activeDocument(), name)

def layer_bytes(node=None):
    # The layer's own pixels, (height, width, bytes of a pixel), with 200 px around the canvas.
    node = node or lineart()
    document = K.activeDocument()
    width, height = document.width() + 400, document.height() + 400
    data = bytes(node.pixelData(-200, -200, width, height))
    return np.frombuffer(data, np.uint8).reshape(height, width, -1)

def alpha(node=None):
    document = K.activeDocument()
    return bgra(node or lineart(), -200, -200, document.width() + 400, document.height() + 400)[..., 3]

def box(x, y, width, height, like):
    # A mask that is true in a rectangle of the image.
    mask = np.zeros(like.shape[:2], bool)
    mask[y + 200 : y + 200 + height, x + 200 : x + 200 + width] = True
    return mask

def count(mask):
    return int(mask.sum())
"""

# (width, height, ppi, model, depth): the sketch is drawn in shares of the page.
PAGES = {
    "8 bit": (600, 400, 300.0, "RGBA", "U8"),
    "16 bit": (600, 400, 300.0, "RGBA", "U16"),
    "float": (600, 400, 300.0, "RGBA", "F32"),
    "CMYK": (600, 400, 300.0, "CMYKA", "U8"),
    "600 dpi": (3496, 2480, 600.0, "RGBA", "U8"),
}


def begin(krita, page: tuple = PAGES["8 bit"]) -> float:
    """A sketch and its ink; px per px of the small page."""
    width, height, ppi, model, depth = page
    scale = width / 600
    krita.run(
        """
def job():
    see_at_most(2.5)
    document = sketch_document(W, H, model=MODEL, depth=DEPTH, ppi=PPI, thick=3 * SCALE)
    yield 500
    yield from fit_view(document)
    session().look()
    session().change("thickness", 4.0 * SCALE, final=True)
    yield 400
""",
        W=width,
        H=height,
        PPI=ppi,
        MODEL=model,
        DEPTH=depth,
        SCALE=scale,
    )
    krita.ink()
    krita.run(COMPARE + "\ndef job():\n    K.fresh = layer_bytes(), alpha()")
    return scale


def correct(krita, scale: float = 1.0) -> None:
    """Erase a piece of the loop's left side, and draw a stroke into the empty corner."""
    krita.paint(
        "Lineart: Sketch", (40 * scale, 190 * scale), (95 * scale, 190 * scale), size=30 * scale, erase=True
    )
    krita.paint("Lineart: Sketch", (440 * scale, 60 * scale), (520 * scale, 40 * scale), size=6 * scale)
    found = krita.run(
        COMPARE
        + """
def job():
    K.corrected = layer_bytes(), alpha()
    before, now = K.fresh[1].astype(int), K.corrected[1].astype(int)
    return [count((before > 0) & (now == 0)), count(now > before)]
"""
    )
    assert found[0] > 50 * scale, "nothing was erased"
    assert found[1] > 200 * scale, "nothing was painted"


CHECK = (
    COMPARE
    + """
def job():
    changed = CHANGED
    before, corrected = K.fresh[1].astype(int), K.corrected[1].astype(int)
    now, pixels = alpha().astype(int), layer_bytes()
    theirs = np.abs(corrected - before) > 6
    there = box(*changed, now)
    other = ~box(*REACH, now) & (pixels != K.corrected[0]).any(axis=-1)
    rows, columns = np.nonzero(other)
    return {
        "lost": count(theirs & ~there & (np.abs(now - corrected) > 2)),
        "renewed": count(there & (now > 128)),
        "other": len(rows),
        "where": [int(v) - 200 for v in (columns.min(), rows.min(), columns.max(), rows.max())]
        if len(rows) else None,
        "label": widget("corrections").text(),
        "message": session().messages.shown.text,
        "error": session().messages.last_error,
        "tree": tree(K.activeDocument()),
    }
"""
)
CHANGED = (375, 200, 50, 125)
REACH = (245, 70, 310, 385)  # the network sees this far around what was drawn


def scaled(rect: tuple, scale: float) -> tuple[int, ...]:
    return tuple(round(value * scale) for value in rect)


def change_sketch(krita, scale: float = 1.0) -> None:
    """A new line in the sketch, far from the corrections and from other lines."""
    krita.paint("Sketch", (400 * scale, 220 * scale), (400 * scale, 310 * scale), size=4 * scale)


def check(krita, scale: float = 1.0, label: str = "2 of your changes kept") -> None:
    found = krita.run(CHECK, CHANGED=scaled(CHANGED, scale), REACH=scaled(REACH, scale))
    assert found["error"] == ""
    assert found["lost"] == 0, found
    assert found["renewed"] > 300 * scale, found
    assert found["other"] == 0, found
    assert found["label"] == label
    assert found["tree"] == ["Background", "Sketch", "Lineart: Sketch"]


def test_corrections_stay_and_only_changes_are_renewed(krita, pictures: Path) -> None:
    begin(krita)
    krita.picture(pictures / "corrections-0.png")
    correct(krita)
    change_sketch(krita)
    krita.picture(pictures / "corrections-1.png")
    krita.ink()
    krita.picture(pictures / "corrections-2.png")
    check(krita)
    undone = krita.run(
        COMPARE
        + """
def job():
    K.merged = layer_bytes()
    undo(K.activeDocument())
    yield 400
    undone = bool((layer_bytes() == K.corrected[0]).all())
    redo(K.activeDocument())
    yield 400
    return [undone, bool((layer_bytes() == K.merged).all())]
"""
    )
    assert undone == [True, True], "renewing is not one undoable step"
    # Inking once more changes nothing and leaves no step: the layer was not replaced.
    layer = COMPARE + "\ndef job():\n    return lineart().uniqueId().toString()"
    before = krita.run(layer)
    krita.ink()
    assert krita.run(layer) == before
    check(krita)


def test_corrections_after_undoing_a_renewal(krita) -> None:
    """Undo brings the old layer back; the ink it was made with is known still."""
    begin(krita)
    correct(krita)
    change_sketch(krita)
    krita.ink()
    krita.run("def job():\n    undo(K.activeDocument())\n    yield 500")
    krita.ink()
    check(krita)


def test_corrections_after_saving_and_reopening(krita) -> None:
    begin(krita)
    correct(krita)
    size = krita.run(
        """
def job():
    import zipfile
    document = K.activeDocument()
    document.saveAs(PATH)
    document.setModified(False)
    document.close()
    yield 400
    new_document(200, 200)
    yield 400
    again = K.openDocument(PATH)
    again.setBatchmode(True)
    K.activeWindow().addView(again)
    yield 800
    yield from fit_view(again)
    files = zipfile.ZipFile(PATH).infolist()
    return [file.file_size for file in files if "smart_lineart/ink" in file.filename]
""",
        PATH=str(krita.home / "corrections.kra"),
    )
    assert len(size) == 1
    assert size[0] < 20_000
    change_sketch(krita)
    krita.ink()
    check(krita)


@pytest.mark.parametrize("page", ["16 bit", "float", "CMYK", "600 dpi"])
def test_corrections_in_every_kind_of_page(krita, page: str) -> None:
    scale = begin(krita, PAGES[page])
    correct(krita, scale)
    change_sketch(krita, scale)
    krita.ink()
    check(krita, scale)


def test_only_inside_the_selection(krita) -> None:
    begin(krita)
    correct(krita)
    change_sketch(krita)
    krita.run("""
def job():
    chosen = Selection()
    chosen.select(370, 190, 60, 75, 255)
    K.activeDocument().setSelection(chosen)
    yield 300
""")
    krita.ink()
    half = krita.run(
        COMPARE
        + """
def job():
    changed = (layer_bytes() != K.corrected[0]).any(axis=-1)
    return [count(changed & box(370, 190, 60, 75, changed)), count(changed & ~box(370, 190, 60, 75, changed))]
"""
    )
    assert half[0] > 100
    assert half[1] == 0
    krita.run("def job():\n    K.action('deselect').trigger()\n    yield 300")
    krita.ink()
    check(krita)


def test_the_new_ink_is_taken_where_it_is_selected(krita, pictures: Path) -> None:
    begin(krita)
    correct(krita)
    change_sketch(krita)
    krita.ink()
    krita.click("showCorrections")
    krita.picture(pictures / "corrections-shown.png")
    marks = krita.run("""
def job():
    yield 300
    window = K.activeWindow().qwindow()
    found = [w for w in window.findChildren(QtWidgets.QWidget, "smart_lineart_marks") if w.isVisible()]
    mark = found[0]
    inside = []
    for x, y in ((60, 190), (480, 50)):
        spot = mark.mapFromGlobal(QtCore.QPoint(*on_screen(K.activeDocument(), x, y)))
        hits = [a <= spot.x() <= a + w and b <= spot.y() <= b + h for a, b, w, h in mark.rectangles]
        inside.append(sum(hits))
    return [len(found), len(mark.rectangles), inside]
""")
    assert marks == [1, 2, [1, 1]]
    krita.click("takeNew")
    assert "Select the area" in krita.run(
        "def job():\n    yield 200\n    return session().messages.shown.text"
    )
    krita.run("""
def job():
    chosen = Selection()
    chosen.select(30, 150, 80, 80, 255)
    K.activeDocument().setSelection(chosen)
    yield 300
""")
    krita.click("takeNew")
    krita.wait_idle()
    found = krita.run(
        COMPARE
        + """
def job():
    now, where = layer_bytes(), box(30, 150, 80, 80, alpha())
    fresh = (now == K.fresh[0]).all(axis=-1)
    stroke = box(430, 20, 110, 60, where)
    label = widget("corrections").text()
    undo(K.activeDocument())
    yield 400
    back = alpha() == K.corrected[1]
    return [count(where & ~fresh), count(stroke & (now != K.corrected[0]).any(axis=-1)), label,
            count(where & ~back)]
"""
    )
    assert found == [0, 0, "1 of your changes kept", 0]
    krita.click("showCorrections")


def test_thickness_style_and_colour_keep_corrections(krita) -> None:
    begin(krita)
    correct(krita)
    krita.drag("thickness", 0.3, 0.6)
    krita.wait_idle()
    found = krita.run(
        COMPARE
        + """
def job():
    from krita import ManagedColor
    before, now = K.fresh[1].astype(int), alpha().astype(int)
    corrected = K.corrected[1].astype(int)
    stroke = (corrected > before + 3)
    gone = box(50, 182, 25, 16, now)
    thicker = count(now > 128) > 1.4 * count(corrected > 128)
    same = count(stroke & (layer_bytes() != K.corrected[0]).any(axis=-1))
    label = widget("corrections").text()
    view = K.activeWindow().activeView()
    view.setForeGroundColor(ManagedColor.fromQColor(QtGui.QColor(200, 30, 60), view.canvas()))
    session().change("colour", "foreground", final=True)
    yield from idle()
    colours = bgra(lineart(), 0, 0, 600, 400)
    ink = box(180, 20, 40, 40, now)[200:600, 200:800] & (colours[..., 3] > 200)
    mine = stroke[200:600, 200:800] & (colours[..., 3] > 200)
    return [count(gone & (now > 0)), thicker, same, label, colours[ink].max(axis=0).tolist(),
            colours[mine].max(axis=0).tolist(), count(gone & (alpha() > 0))]
"""
    )
    gone, thicker, same, label, ink, mine, still_gone = found
    assert (gone, thicker, still_gone) == (0, True, 0)
    assert same == 0, "the artist's stroke was changed"
    assert label == "2 of your changes kept"
    assert ink[:3] == pytest.approx([60, 30, 200], abs=3)
    assert mine[:3] == pytest.approx([0, 0, 0], abs=3)


def test_corrections_stay_while_light_lines_go_and_come(krita) -> None:
    krita.run("""
def job():
    see_at_most(2.5)
    document = sketch_document(600, 400)
    page = strokes(600, 400)
    page[:, :345] = strokes(600, 400, colour=(185, 185, 185))[:, :345]
    paint(document, node_named(document, "Sketch"), page)
    yield 500
    yield from fit_view(document)
    session().look()
    session().change("thickness", 4.0, final=True)
    session().change("faint", 0.02, final=True)
    yield 400
""")
    krita.ink()
    krita.run(COMPARE + "\ndef job():\n    K.fresh = layer_bytes(), alpha()")
    correct(krita)
    look = (
        COMPARE
        + """
def job():
    fresh, corrected, now = (one.astype(int) for one in (K.fresh[1], K.corrected[1], alpha()))
    gone, own = (fresh > 200) & (corrected == 0), (corrected > 200) & (fresh == 0)
    line = box(40, 40, 300, 280, now) & (corrected > 200) & ~own
    share = lambda at: float((now[at] > 128).mean())
    return share(gone), share(own), share(line)
"""
    )
    for start, end, light in ((0.97, 0.5, False), (0.5, 0.03, False), (0.03, 0.97, True)):
        krita.drag("faint", start, end)
        krita.wait_idle()
        gone, own, line = krita.run(look)
        assert gone < 0.2, "but for the round ends of the line at its gap"
        assert own == 1.0
        assert line > 0.9 if light else line < 0.2


def test_another_colour_stays(krita) -> None:
    begin(krita)
    krita.paint("Lineart: Sketch", (40, 190), (95, 190), size=14, colour=(40, 160, 40))
    krita.run(COMPARE + "\ndef job():\n    K.corrected = layer_bytes(), alpha()")
    change_sketch(krita)
    krita.ink()
    same = krita.run(
        COMPARE
        + """
def job():
    return [count((layer_bytes() != K.corrected[0]).any(axis=-1) & box(30, 170, 80, 40, alpha())),
            widget("corrections").text()]
"""
    )
    assert same == [0, "1 of your changes kept"]


# -- layers and canvases that were changed meanwhile


# What is done; where the gap, the artist's stroke and the middle of the loop lie then; whether all ink that
# did not change is the same pixel for pixel.
MOVES = {
    "layer moved": ("lineart().move(24, -18)", (69, 164, 40, 16), (454, 2, 110, 60), (180, 200), True),
    "layer renamed, grouped, seen through": (
        """
    group = document.createGroupLayer("Group")
    document.rootNode().addChildNode(group, None)
    node = lineart()
    node.setOpacity(120)
    node.setBlendingMode("multiply")
    node.setName("Inked")
    node.remove()
    group.addChildNode(node, None)""",
        (45, 182, 40, 16),
        (430, 20, 110, 60),
        (180, 200),
        True,
    ),
    "cropped": ("document.crop(20, 10, 560, 360)", (25, 172, 40, 16), (410, 10, 110, 60), (160, 190), False),
    "larger canvas": (
        "document.resizeImage(-40, -30, 700, 500)",
        (85, 212, 40, 16),
        (470, 50, 110, 60),
        (220, 230),
        False,
    ),
    "turned": (
        "document.rotateImage(__import__('math').pi / 2)",
        (202, 45, 16, 40),
        (320, 430, 60, 110),
        (199, 180),
        False,
    ),
    "scaled": (
        "document.scaleImage(900, 600, 450, 450, 'Bicubic')",
        (68, 273, 60, 24),
        (645, 30, 165, 90),
        (270, 300),
        False,
    ),
}


@pytest.mark.parametrize("move", MOVES)
def test_corrections_are_carried_along(krita, move: str) -> None:
    begin(krita)
    correct(krita)
    name = "Inked" if "renamed" in move else "Lineart: Sketch"
    command, gap, stroke, middle, exact = MOVES[move]
    krita.run(
        COMPARE
        + "\ndef job():\n    document = K.activeDocument()\n    "
        + command
        + """
    document.waitForDone()
    yield 500
    sketch = node_named(document, "Sketch")
    document.setActiveNode(sketch)
    yield 300
    K.before = alpha(lineart(NAME))
    paint(document, sketch, np.full((6, 40, 4), (20, 20, 20, 255), np.uint8), *MIDDLE)
    document.refreshProjection()
    yield 300
""",
        NAME=name,
        MIDDLE=middle,
    )
    krita.ink()
    found = krita.run(
        COMPARE
        + """
def job():
    document = K.activeDocument()
    node = lineart(NAME)
    now = alpha(node).astype(int)
    apart = np.abs(now - K.before)
    there = box(MIDDLE[0] - 40, MIDDLE[1] - 40, 140, 80, now)
    return {
        "tree": tree(document),
        "message": session().messages.shown.text, "error": session().messages.last_error,
        "gap": count((now > 0) & box(*GAP, now)), "stroke": count((apart > 3) & box(*STROKE, now)),
        "drawn": count((now > 128) & box(*STROKE, now)), "new": count((apart > 60) & (now > 128) & there),
        "other": count((apart > 3) & ~there), "label": widget("corrections").text(),
        "opacity": node.opacity()}
""",
        NAME=name,
        MIDDLE=middle,
        GAP=gap,
        STROKE=stroke,
    )
    assert (found["message"], found["error"]) == ("", ""), found
    assert (found["gap"], found["stroke"]) == (0, 0), found
    assert found["drawn"] > 200, found
    assert found["new"] > 60, found
    assert found["other"] == 0 or not exact, found
    assert found["label"] == "2 of your changes kept", found
    assert "Lineart corrections" not in str(found["tree"])
    if "renamed" in move:
        assert found["opacity"] == 120
        assert found["tree"] == ["Background", "Sketch", ["Group", ["Inked"]]]


def test_what_cannot_be_carried_along_is_kept_and_said(krita) -> None:
    begin(krita)
    correct(krita)
    found = krita.run(
        COMPARE
        + """
def job():
    document = K.activeDocument()
    lineart().rotateNode(0.3)
    document.waitForDone()
    yield 500
    K.kept = layer_bytes()
    document.setActiveNode(node_named(document, "Sketch"))
    yield 300
    said = yield from ink()
    kept = lineart("Lineart corrections")
    same = bool((layer_bytes(kept) == K.kept).all())
    return [tree(document), said, same, count(alpha() > 0) > 2000]
"""
    )
    assert found[0] == ["Background", "Sketch", "Lineart: Sketch", "Lineart corrections"]
    assert "Lineart corrections" in found[1]
    assert found[2:] == [True, True]


def test_a_deleted_lineart_is_made_anew_and_a_duplicate_is_the_artists(krita) -> None:
    begin(krita)
    found = krita.run(
        COMPARE
        + """
def job():
    document = K.activeDocument()
    copy = lineart().duplicate()
    copy.setName("Mine")
    document.rootNode().addChildNode(copy, None)
    document.waitForDone()
    mine = layer_bytes(copy)
    lineart().remove()
    document.waitForDone()
    yield 300
    document.setActiveNode(node_named(document, "Sketch"))
    yield 400
    yield from ink()
    same = bool((layer_bytes(lineart("Mine")) == mine).all())
    damaged = lineart().uniqueId().toString().strip("{}")
    document.setAnnotation("smart_lineart/ink/" + damaged, "x", QtCore.QByteArray(b"SLIR nonsense"))
    session().context.memory.records._kept.clear()
    yield from ink()
    return [same, tree(document), session().messages.shown.text, modal()]
"""
    )
    assert found[0]
    assert found[1] == ["Background", "Sketch", "Lineart: Sketch", "Lineart corrections", "Mine"]
    assert "damaged" in found[2]
    assert found[3] is None


# -- live


def test_live_follows_the_strokes_without_littering_the_undo_history(krita) -> None:
    begin(krita)
    correct(krita)
    krita.click("live")
    krita.paint("Sketch", (400, 220), (400, 310), size=4)
    krita.run(
        COMPARE
        + """
def job():
    yield from until(lambda: count((alpha() > 128) & box(385, 230, 30, 70, alpha())) > 150, 20)
    yield from idle()
"""
    )
    krita.paint("Sketch", (220, 180), (270, 180), size=4)
    found = krita.run(
        COMPARE
        + """
def job():
    document = K.activeDocument()
    drawn = lambda: count((alpha() > 128) & box(225, 170, 40, 20, alpha()))
    yield from until(lambda: drawn() > 80, 20)
    yield from idle()
    label, live_layer = widget("corrections").text(), lineart().uniqueId().toString()
    undo(document)  # the stroke itself: the second live run was no step of its own
    yield from until(lambda: drawn() < 20, 20)
    yield from idle()
    redo_there = len(K.action("edit_redo").text()) > len("&Redo ")
    redo(document)
    yield from until(lambda: drawn() > 80, 20)
    yield from idle()
    same_layer = live_layer == lineart().uniqueId().toString()
    theirs = np.abs(K.corrected[1].astype(int) - K.fresh[1]) > 6
    lost = count(theirs & (np.abs(alpha().astype(int) - K.corrected[1]) > 2))
    messages = session().messages
    return [label, redo_there, same_layer, lost, tree(document), messages.shown.text, messages.last_error]
"""
    )
    krita.click("live")
    assert found == [
        "2 of your changes kept",
        True,
        True,
        0,
        ["Background", "Sketch", "Lineart: Sketch"],
        "",
        "",
    ]
    # A correction is the artist's again, and the live layer no longer written into without a step.
    assert krita.run("def job():\n    yield 300\n    return session().live.on") is False


def test_a_stroke_lands_on_the_sketch_also_while_a_layer_is_made_ready_for_its_ink(krita) -> None:
    """Krita selects the copy that takes the lineart's place; before that was seen, the stroke came down."""
    begin(krita)
    correct(krita)
    krita.run("""
def job():
    from smart_lineart.krita_host import lineart
    K.convert_ms, lineart.CONVERT_MS = lineart.CONVERT_MS, 1500
""")
    try:
        krita.click("live")
        krita.paint("Sketch", (400, 220), (400, 310), size=4)
    finally:
        krita.run("""
def job():
    from smart_lineart.krita_host import lineart
    lineart.CONVERT_MS = K.convert_ms
    yield from idle()
    yield 1500
    yield from idle()
""")
    found = krita.run(
        COMPARE
        + """
def job():
    stroke = bgra(node_named(K.activeDocument(), "Sketch"), 396, 230, 8, 60)[..., 1] < 100
    return [widget("corrections").text(), count(stroke) > 100, K.activeDocument().activeNode().name()]
"""
    )
    krita.click("live")
    assert found == ["2 of your changes kept", True, "Sketch"]


def test_live_never_computes_while_the_pen_is_down(krita) -> None:
    begin(krita)
    krita.click("live")
    krita.run("""
def job():
    yield from take_brush("Sketch", 4)
    yield from idle()
    ours = session()
    K.computed = []
    original = ours.context.engine.prepare
    from smart_lineart.krita_host import view
    def watched(*values, **options):
        K.computed.append(view.painting())
        return original(*values, **options)
    ours.context.engine.prepare = watched
""")
    spots = krita.run(
        "def job():\n    return [on_screen(K.activeDocument(), 395 + 2 * (i % 9), 200 + 4 * i)"
        " for i in range(24)]"
    )
    krita.screen.stroke([tuple(spot) for spot in spots], steps=12, pause=0.01)
    during = krita.run("def job():\n    return list(K.computed)")
    after = krita.run("""
def job():
    yield from until(lambda: K.computed, 20)
    yield from idle()
    del session().context.engine.prepare
    return list(K.computed)
""")
    krita.click("live")
    assert during == []
    assert after == [False]
