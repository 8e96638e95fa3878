# SPDX-License-Identifier: GPL-3.0-or-later
"""Lines from a finished picture, in a real Krita."""

from __future__ import annotations

import pytest

PAINTED = """
WIDTH, HEIGHT = 700, 600
OUTLINE = 60, 30, 20

def figure():
    \"\"\"A ball on a coloured ground, with a brown outline, a shade and a highlight, B, G, R, A.\"\"\"
    image = QtGui.QImage(WIDTH, HEIGHT, QtGui.QImage.Format.Format_ARGB32)
    image.fill(QtGui.QColor(150, 190, 220))
    painter = QtGui.QPainter(image)
    painter.setRenderHint(QtGui.QPainter.RenderHint.Antialiasing)
    ball = QtGui.QPainterPath()
    ball.addEllipse(QtCore.QRectF(150, 100, 400, 400))
    lit = QtGui.QPainterPath()
    lit.addEllipse(QtCore.QRectF(60, 20, 400, 400))
    painter.fillPath(ball, QtGui.QColor(240, 140, 110))
    painter.fillPath(ball.subtracted(lit), QtGui.QColor(180, 80, 80))
    gleam = QtGui.QPainterPath()
    gleam.addEllipse(QtCore.QRectF(230, 180, 90, 60))
    painter.fillPath(gleam, QtGui.QColor(255, 235, 225))
    pen = QtGui.QPen(QtGui.QColor(*OUTLINE), 5)
    painter.setPen(pen)
    painter.setBrush(QtCore.Qt.BrushStyle.NoBrush)
    painter.drawPath(ball)
    painter.drawLine(QtCore.QPointF(60, 560), QtCore.QPointF(640, 560))
    painter.end()
    return image_array(image)

def painted(name="Picture", **options):
    document = new_document(WIDTH, HEIGHT, **options)
    node = document.createNode(name, "paintlayer")
    paint(document, node, figure())
    document.rootNode().addChildNode(node, None)
    document.waitForDone()
    document.setActiveNode(node)
    return document

def entries():
    menu = widget("pictureMenu").menu()
    menu.aboutToShow.emit()
    return {one.objectName(): one for one in menu.actions()}

def take(seconds=90.0):
    entries()["linesFromPicture"].trigger()
    yield from idle(seconds)
    return session().messages.shown.text

def alpha(document, name):
    node = node_named(document, name)
    return None if node is None else bgra(node, 0, 0, WIDTH, HEIGHT)[..., 3]

def on_outline(document, name="Lines"):
    \"\"\"The share of the ball's outline, and of the line under it, that is inked; px of ink elsewhere.\"\"\"
    ink = alpha(document, name)
    turn = np.linspace(0, 2 * np.pi, 400)
    x, y = 350 + 200 * np.cos(turn), 300 + 200 * np.sin(turn)
    x, y = np.append(x, np.linspace(70, 630, 200)), np.append(y, np.full(200, 560))
    near = np.zeros((HEIGHT, WIDTH), bool)
    for dx in range(-6, 7):
        for dy in range(-6, 7):
            near[np.clip(np.rint(y + dy).astype(int), 0, HEIGHT - 1),
                 np.clip(np.rint(x + dx).astype(int), 0, WIDTH - 1)] = True
    hit = ink[np.rint(y).astype(int), np.rint(x).astype(int)] > 100
    return float(hit.mean()), int((ink > 100)[~near].sum())

def colour_of(document, name):
    pixels = bgra(node_named(document, name), 0, 0, WIDTH, HEIGHT)
    return pixels[pixels[..., 3] == 255][:, 2::-1].mean(axis=0).round().astype(int).tolist()

def inked(document, name):
    ink = alpha(document, name)
    return None if ink is None else int((ink > 127).sum())

def wipe(document, name, left, right):
    \"\"\"Erase part of a layer, from column to column.\"\"\"
    node = node_named(document, name)
    node.setPixelData(bytes(4 * (right - left) * HEIGHT), left, 0, right - left, HEIGHT)
    document.refreshProjection()
    document.waitForDone()

def settle():
    yield 900
    yield from idle()
"""

EDGES = ["Shade edges", "Highlight edges"]


def test_lines_come_above_the_picture_as_one_step(krita) -> None:
    found = krita.run(
        PAINTED
        + """
def job():
    yield from fresh(thickness=4.0)
    document = painted()
    yield 400
    before, picture = tree(document), bgra(node_named(document, "Picture"), 0, 0, WIDTH, HEIGHT).tobytes()
    said = yield from take()
    now, active, error = tree(document), document.activeNode().name(), session().messages.last_error
    found = on_outline(document)
    same = bgra(node_named(document, "Picture"), 0, 0, WIDTH, HEIGHT).tobytes() == picture
    shown = node_named(document, "Picture").opacity(), node_named(document, "Picture").visible()
    colour = colour_of(document, "Lines")
    undo(document)
    yield from settle()
    undone = tree(document)
    redo(document)
    yield from settle()
    return before, said, now, active, error, found, same, shown, colour, undone, on_outline(document)
""",
        timeout=180,
    )
    before, said, now, active, error, (share, elsewhere), same, shown, colour, undone, redone = found
    assert said == ""
    assert error == ""
    assert active == "Picture"
    assert now == [*before, ["Picture lines", ["Lines"]]]
    assert share > 0.95
    assert elsewhere < 120, "no edge of a shade, no second edge"
    assert same
    assert shown == [255, True]
    assert colour == [0, 0, 0]
    assert undone == before
    assert redone == [share, elsewhere]


def test_edges_and_fills_are_ticked_and_lie_in_order(krita) -> None:
    found = krita.run(
        PAINTED
        + """
def job():
    yield from fresh(thickness=3.0)
    document = painted()
    yield 400
    yield from take()
    first = tree(document)
    for kind in ("shade_edge", "highlight_edge", "shade"):
        entries()["take-" + kind].trigger()
    entries()["ownLineColour"].trigger()
    ticks = {name: one.isChecked() for name, one in entries().items() if one.isCheckable()}
    said = yield from take()
    now = tree(document)
    names = ["Lines", "Shade edges", "Highlight edges", "Shade fills"]
    colours = {name: colour_of(document, name) for name in names}
    amounts = {name: inked(document, name) for name in names}
    yield 300
    seen = projection(document, 0, 0, WIDTH, HEIGHT)[..., 2::-1]
    others = [alpha(document, name) for name in names if name not in ("Lines", "Shade fills")]
    line, fill = alpha(document, "Lines"), alpha(document, "Shade fills")
    alone = (fill == 255) & (line == 0) & (np.max(others, axis=0) == 0)
    seen = seen[alone][0].tolist(), int(np.abs(seen[line == 255].astype(int) - colours["Lines"]).max())
    undo(document)
    yield from settle()
    undone, back = tree(document), colour_of(document, "Lines")
    redo(document)
    yield from settle()
    return first, ticks, said, now, colours, amounts, seen, undone, back, tree(document)
""",
        timeout=240,
    )
    first, ticks, said, now, colours, amounts, seen, undone, back, redone = found
    wanted = {"take-line", "take-shade_edge", "take-highlight_edge", "take-shade", "ownLineColour"}
    assert {name for name, on in ticks.items() if on} == wanted
    assert said == ""
    assert now[-2] == "Shade fills", "right above the picture"
    group, layers = now[-1]
    assert group == "Picture lines"
    assert sorted(layers) == sorted(["Lines", *EDGES])
    assert colours["Shade edges"] == [0, 0, 255]
    assert colours["Highlight edges"] == [255, 0, 0]
    assert colours["Shade fills"] == [128, 64, 255]
    assert colours["Lines"] == pytest.approx([60, 30, 20], abs=12), "the picture's own"
    assert all(count > 100 for count in amounts.values())
    assert seen[0] == [128, 64, 255], "the fill lies over the picture"
    assert seen[1] <= 2, "and under its lines"
    assert undone == first, "one step"
    assert back == [0, 0, 0]
    assert redone == now


def test_corrections_and_settings_stay_over_runs_and_in_the_file(krita, folder_krita_sees) -> None:
    found = krita.run(
        PAINTED
        + f"""
path = {str(folder_krita_sees() / "picture.kra")!r}
"""
        + """
def gap(document):
    return int(alpha(document, "Lines")[:, 312:328].max())

def job():
    yield from fresh(thickness=4.0)
    document = painted()
    yield 400
    yield from take()
    amount = inked(document, "Lines")
    wipe(document, "Lines", 300, 340)
    yield 300
    again = yield from take()
    kept = gap(document)
    session().change("thickness", 9.0, final=True)  # at the picture, as at a sketch
    yield 300
    yield from idle()
    thick, wiped = inked(document, "Lines"), gap(document)
    document.setActiveNode(node_named(document, "Lines"))
    yield 500
    count = session().context.corrections.count
    pair = session().pair.hue, session().pair.sketch.name, session().settings.thickness
    detail = widget("detail").isEnabled()
    said = yield from ink()  # Ink again
    text = widget("ink").text()
    still = gap(document), inked(document, "Lines"), tree(document)
    document.saveAs(path)
    close_all()
    yield 500
    document = K.openDocument(path)
    K.activeWindow().addView(document)
    yield 800
    document.setActiveNode(node_named(document, "Lines"))
    yield 500
    shown = session().settings.thickness, session().pair is not None and session().pair.hue
    session().change("thickness", 4.0, final=True)  # its lines are not known any more
    yield 300
    yield from idle()
    thin = gap(document), inked(document, "Lines")
    document.setActiveNode(node_named(document, "Picture"))
    yield 400
    yield from take()
    last = gap(document), inked(document, "Lines"), tree(document)
    error = session().messages.last_error
    facts = [amount, again, kept, thick, wiped, count, pair, detail, said, text, still, shown, thin]
    return [*facts, last, error]
""",
        timeout=300,
    )
    amount, again, kept, thick, wiped, count, pair, detail, said, text, still, shown, thin, last, error = (
        found
    )
    assert (again, said, error) == ("", "", "")
    assert kept == wiped == 0
    assert thick > 1.7 * amount
    assert count >= 1
    assert pair == ["line", "Picture", 9.0]
    assert not detail
    assert text == "Ink again"
    assert still[:2] == [0, thick]
    assert shown == [9.0, "line"]
    assert thin[0] == 0
    assert thin[1] < 0.6 * thick
    assert last[0] == 0
    assert last[1] == thin[1]
    assert last[2] == still[2]


def test_a_changed_picture_gets_other_lines_and_what_was_drawn_stays(krita) -> None:
    found = krita.run(
        PAINTED
        + """
def job():
    yield from fresh(thickness=4.0)
    document = painted()
    yield 400
    yield from take()
    node = node_named(document, "Lines")
    mark = np.zeros((20, 60, 4), np.uint8)
    mark[..., 2], mark[..., 3] = 200, 255
    paint(document, node, mark, 30, 30)
    picture = figure()
    picture[545:575] = picture[520:521]  # the line under the ball is gone
    paint(document, node_named(document, "Picture"), picture)
    document.refreshProjection()
    document.waitForDone()
    yield 300
    said = yield from take()
    ink = alpha(document, "Lines")
    return said, int(ink[550:570].max()), int(ink[35:45, 40:80].min()), on_outline(document)[0]
""",
        timeout=180,
    )
    said, below, mark, share = found
    assert said == ""
    assert below == 0
    assert mark == 255
    assert 0.6 < share < 0.72, "the ball has its outline still"


@pytest.mark.parametrize(("model", "depth"), [("RGBA", "U16"), ("CMYKA", "U8"), ("RGBA", "F32")])
def test_groups_in_other_colour_spaces_are_read_as_they_look(krita, model: str, depth: str) -> None:
    share, elsewhere, names, error = krita.run(
        PAINTED
        + f"""
model, depth = {model!r}, {depth!r}
"""
        + """
def job():
    yield from fresh(thickness=4.0)
    document = painted(model=model, depth=depth)
    node = node_named(document, "Picture")
    group = document.createGroupLayer("Cel")
    document.rootNode().addChildNode(group, node)
    copy = node.duplicate()
    node.remove()
    group.addChildNode(copy, None)
    document.waitForDone()
    document.refreshProjection()
    document.waitForDone()
    yield 500
    document.setActiveNode(group)
    yield 300
    K.action("smart_lineart_lines_from_picture").trigger()  # as its shortcut does
    yield from idle()
    return (*on_outline(document), tree(document)[-2:], session().messages.last_error)
""",
        timeout=240,
    )
    assert error == ""
    assert names == [["Cel", ["Picture"]], ["Cel lines", ["Lines"]]]
    assert share > 0.95
    assert elsewhere < 150


def test_what_has_no_lines_is_said_and_a_run_is_cancelled_or_left(krita) -> None:
    found = krita.run(
        PAINTED
        + """
def job():
    yield from fresh(thickness=4.0)
    document = painted()
    yield 400
    node = node_named(document, "Picture")
    plain = figure()
    plain[:] = plain[:1, :1]
    paint(document, node, plain)
    document.refreshProjection()
    document.waitForDone()
    yield 300
    before = tree(document)
    none = yield from take()
    bare = tree(document)
    empty = document.createNode("Empty", "paintlayer")
    document.rootNode().addChildNode(empty, None)
    document.waitForDone()
    document.setActiveNode(empty)
    yield 400
    nothing = yield from take()
    document.setActiveNode(node_named(document, "Picture"))
    paint(document, node_named(document, "Picture"), figure())
    document.refreshProjection()
    document.waitForDone()
    yield 300
    entries()["linesFromPicture"].trigger()
    yield from until(lambda: any(job.state.value == "inking" for job in session().queue.jobs))
    widget("cancel").click()
    yield from idle()
    cancelled = tree(document), [job.state.value for job in session().queue.jobs], modal()
    entries()["linesFromPicture"].trigger()
    yield from until(lambda: any(job.state.value == "inking" for job in session().queue.jobs))
    document.setModified(False)
    document.close()
    yield from idle()
    left = [job.state.value for job in session().queue.jobs], modal(), session().messages.last_error
    again = painted()
    yield 400
    yield from take()
    return before, none, bare, nothing, cancelled, left, on_outline(again)
""",
        timeout=240,
    )
    before, none, bare, nothing, cancelled, left, after = found
    assert none == 'No drawn lines were found in "Picture".'
    assert bare == before
    assert nothing.startswith('There is no picture on "Empty".')
    assert "Picture lines" not in str(cancelled[0])
    assert cancelled[1][-1:] in ([], ["cancelled"])
    assert cancelled[2] is None
    assert left[0][-1:] in ([], ["failed"])
    assert left[1] is None
    assert "was closed before" in left[2]
    assert after[0] > 0.95
