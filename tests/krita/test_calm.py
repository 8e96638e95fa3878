# SPDX-License-Identifier: GPL-3.0-or-later
"""The docker is calm: nothing moves or is replaced unasked, and what it says is true while it is said."""

from __future__ import annotations

import harness
import pytest


@pytest.fixture
def krita(own_krita: harness.KritaProcess) -> harness.KritaProcess:
    """The module's own Krita, without documents, with a new user's settings."""
    own_krita.run("def job():\n    yield from fresh()")
    return own_krita


SAVE = """
def job():
    menu = docker().findChild(QtWidgets.QMenu, MENU)
    menu.aboutToShow.emit()
    next(action for action in menu.actions() if action.objectName() == ENTRY).trigger()
    yield 300
    dialogs = [w for w in QtWidgets.QApplication.topLevelWidgets() if isinstance(w, QtWidgets.QFileDialog)]
    dialog = next(w for w in dialogs if w.isVisible())
    edit = dialog.findChild(QtWidgets.QLineEdit, "fileNameEdit")
    box = dialog.findChild(QtWidgets.QDialogButtonBox)
    button = box.button(QtWidgets.QDialogButtonBox.StandardButton.Save)
    file, found = Path(PATH), []
    for _ in range(2):
        edit.setText(PATH.removesuffix(".slpreset"))
        edit.textEdited.emit(edit.text())
        button.click()
        yield 200
        found.append([dialog.isVisible(), button.text().replace("&", ""), dialog.windowTitle(),
                      file.read_text(errors="replace")[:5], modal()])
    button.click()
    yield 300
    return [found, not sip.isdeleted(dialog), file.read_text(errors="replace")[:5] == "mine"]
"""


@pytest.mark.parametrize(
    ("menu", "entry", "name"),
    [("settingsMenuEntries", "savePreset", "v1.2.slpreset"), ("brushMenuEntries", "saveBrush", "nib.png")],
)
def test_a_file_is_replaced_only_by_a_button_that_says_so(
    krita, folder_krita_sees, menu, entry, name
) -> None:
    krita.run("def job():\n    sketch_document(300, 200)\n    yield 400")
    folder = folder_krita_sees()
    (folder / name).write_text("mine")
    asked, open_still, as_it_was = krita.run(SAVE, MENU=menu, ENTRY=entry, PATH=str(folder / name))
    stem = name.rsplit(".", 1)[0]
    assert asked == [[True, "Replace", f'Replace "{stem}"?', "mine", None]] * 2, "another name asks again"
    assert not open_still
    assert not as_it_was


WATCH = """
NAMES = ("ink", "live", "keepCopy", "thickness", "unit", "weight", "style", "detail", "faint", "colour",
         "more")

def places():
    return {name: [place(name)[key] for key in ("x", "y", "width", "height")] for name in NAMES}

def job():
    K.places, K.shown = [], []
    def look():
        QtWidgets.QApplication.sendPostedEvents()
        K.places.append(places())
        if widget("progress").isVisible():
            K.shown.append(widget("progress").format())
    K.look = look
    session().queue.changed.connect(look)
    session().messages.changed.connect(look)
    session().context.corrections.changed.connect(look)
    look()
"""
WATCHED = """
def job():
    yield 400
    K.look()
    for teller in (session().queue, session().messages, session().context.corrections):
        teller.changed.disconnect(K.look)
    first = K.places[0]
    moved = [{name: [first[name], at[name]] for name in at if at[name] != first[name]} for at in K.places]
    moved = [[number, at] for number, at in enumerate(moved) if at]
    return [len(K.places) > 4, moved, K.shown]
"""


def test_nothing_in_the_docker_moves_when_a_run_starts_or_ends_or_something_is_said(krita) -> None:
    krita.run("def job():\n    sketch_document(600, 400)\n    yield 600\n    session().look()\n    yield 300")
    krita.run(WATCH)
    krita.ink()
    krita.run(
        "def job():\n    session().messages.say('Something that is worth a line or two. ' * 4)\n    yield 400"
    )
    krita.drag("detail", 0.5, 0.3)
    krita.wait_idle()
    krita.run("def job():\n    session().messages.say('')\n    yield 400")
    seen, moved, shown = krita.run(WATCHED)
    assert seen
    assert moved == []
    assert "Inking Sketch" in shown


def test_runs_that_wait_are_counted_behind_the_one_under_way(krita) -> None:
    told = krita.run("""
def job():
    K.first = sketch_document(900, 700)
    yield 500
    widget("ink").click()
    sketch_document(300, 200, name="Second")
    yield 500
    widget("ink").click()
    yield 50
    found = [widget("progress").format(), widget("progress").toolTip()]
    session().queue.cancel_all()
    yield from idle()
    return found
""")
    assert told[0].endswith("Sketch (+1)")
    assert "Waiting Second" in told[1]


ANIMATED = """
def job():
    document = new_document(400, 300)
    yield 400
    node = document.createNode("Sketch", "paintlayer")
    document.rootNode().addChildNode(node, None)
    document.waitForDone()
    yield 400
    document.setActiveNode(node)
    yield 200
    document.setFullClipRangeEndTime(4)
    for moment in (0, 2, 4):
        document.setCurrentTime(moment)
        document.waitForDone()
        K.action("add_blank_frame").trigger()
        yield 300
        paint(document, node, strokes(400, 300, opaque=False, thick=3 + moment))
    yield 300
    widget("frames").setCurrentIndex(1)
    docker()._set_frames()
    session().look()
    K.shown = []
    def look():
        if widget("progress").isVisible():
            K.shown.append(widget("progress").format())
    session().queue.changed.connect(look)
    yield from ink()
    session().queue.changed.disconnect(look)
    widget("frames").setCurrentIndex(0)
    docker()._set_frames()
    return [K.shown, document.activeNode().name()]
"""


def test_frames_are_counted_and_the_artist_stays_on_their_layer(krita) -> None:
    shown, active = krita.run(ANIMATED, timeout=90)
    for text in ("Inking Sketch, frame 2 of 3", "Drawing Sketch, frame 3 of 3"):
        assert text in shown
    assert active == "Sketch"


def test_kritas_log_holds_no_failed_assertion_of_ours(krita) -> None:
    """Krita asserts that a layer which is selected is known to its views; a script that selects one right
    after adding it breaks that, as the tests' own `sketch_document` does.
    """
    krita.run("def job():\n    sketch_document(600, 400)\n    yield 900\n    session().look()")
    before = krita.log.read_text(errors="replace").count("SAFE ASSERT")
    krita.run(
        """
def job():
    document = K.activeDocument()
    yield from ink()
    paint(document, node_named(document, "Sketch"), strokes(600, 400, thick=6))
    yield from ink()
    session().change("thickness", 9.0, final=True)
    yield from idle()
    for step in (undo, undo, undo, redo, redo, redo):
        step(document)
        yield 600
    widget("keepCopy").setChecked(True)
    yield from ink()
    widget("keepCopy").setChecked(False)
    session().live.switch(True)
    paint(document, node_named(document, "Sketch"), strokes(600, 400, thick=4))
    yield 3000
    yield from idle()
    session().live.switch(False)
    yield 500
""",
        timeout=120,
    )
    assert krita.log.read_text(errors="replace").count("SAFE ASSERT") == before


LABEL = """
def job():
    yield 1600
    return [widget("corrections").text(), widget("showCorrections").isEnabled()]
"""
PAGE = """
def job():
    document = sketch_document(600, 400)
    yield 500
    yield from fit_view(document)
"""


def test_corrections_are_counted_before_the_next_run_at_undo_and_after_reopening(krita) -> None:
    krita.run(PAGE)
    krita.ink()
    found = [krita.run(LABEL)]
    krita.paint("Lineart: Sketch", (500, 40), (560, 40), size=8)
    found.append(krita.run(LABEL))
    krita.paint("Lineart: Sketch", (40, 40), (42, 40), size=12)
    found.append(krita.run(LABEL))
    krita.run("def job():\n    undo(K.activeDocument())\n    yield 200")
    found.append(krita.run(LABEL))
    krita.ink()
    found.append(krita.run(LABEL))
    path = str(krita.home / "counted.kra")
    krita.run(
        """
def job():
    K.activeDocument().saveAs(PATH)
    K.activeDocument().close()
    yield 400
    again = K.openDocument(PATH)
    K.activeWindow().addView(again)
    yield 700
    again.setActiveNode(node_named(again, "Sketch"))
""",
        PATH=path,
    )
    found.append(krita.run(LABEL))
    none, one, two = (
        ["Your changes are kept", False],
        ["1 of your changes kept", True],
        ["2 of your changes kept", True],
    )
    assert found == [none, one, two, one, one, one]


def test_undo_and_redo_call_our_steps_by_words_an_artist_knows(krita) -> None:
    menu = "[K.action('edit_undo').text(), K.action('edit_redo').text().strip()]"
    krita.run(PAGE)
    krita.ink()
    krita.paint("Sketch", (500, 40), (560, 40), size=8)
    krita.ink()
    found = [krita.run(f"def job():\n    yield 400\n    return {menu}")]
    krita.drag("thickness", 0.3, 0.5)
    krita.wait_idle()
    found.append(krita.run(f"def job():\n    yield 400\n    return {menu}"))
    step = "def job():\n    WHAT(K.activeDocument())\n    yield 700\n    return " + menu
    found += [krita.run(step.replace("WHAT", what)) for what in ("undo", "undo", "redo")]
    assert found == [
        ["Undo Ink sketch", "Redo"],
        ["Undo Line thickness", "Redo"],
        ["Undo Ink sketch", "Redo Line thickness"],
        ["Undo Freehand Brush Stroke", "Redo Ink sketch"],
        ["Undo Ink sketch", "Redo Line thickness"],
    ]


ASKED = """
def job():
    from smart_lineart.ui.manual import anchor_of
    yield 400
    manual = K.activeWindow().qwindow().findChild(QtWidgets.QTextBrowser, "smart_lineart_manual")
    if manual is None or not manual.isVisible():
        return None
    top = manual.cursorForPosition(QtCore.QPoint(30, 12)).block().text()
    manual.hide()
    return [top, session().settings.thickness, modal(), session().queue.active == []]
"""


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("thickness", "Thickness"),
        ("ink", "Ink a sketch"),
        ("settingsMenu", "The line above"),
        ("live", "While you"),
    ],
)
def test_the_manual_opens_at_the_control_that_is_asked_about(krita, name: str, told: str) -> None:
    krita.run("def job():\n    sketch_document(300, 200)\n    yield 400\n    yield from ink()")
    krita.click("help")
    krita.click(name)
    top, thickness, open_box, at_rest = krita.run(ASKED)
    assert top.startswith(told)
    assert (thickness, open_box, at_rest) == (4.0, None, True), "asking changes nothing"


def test_every_control_has_its_place_in_the_manual(krita) -> None:
    anchors = krita.run("""
def job():
    from smart_lineart.ui import manual
    sketch_document(300, 200)
    yield 400
    yield from ink()
    widget("more").click()
    kinds = QtWidgets.QAbstractButton, QtWidgets.QComboBox, QtWidgets.QAbstractSpinBox
    inside = docker().widget().findChildren(QtWidgets.QWidget)
    named = {w.objectName() for w in inside if isinstance(w, kinds) and w.objectName()} - {"help"}
    lost = [w.objectName() for w in inside if isinstance(w, kinds) and not manual.anchor_of(w)]
    widget("more").click()
    return [sorted(lost), sorted(named - set(manual.ANCHORS)), sorted(set(manual.ANCHORS.values()))]
""")
    text = (harness.REPOSITORY / "docs/manual/manual.html").read_text(encoding="utf-8")
    assert anchors[0] == ["help"]
    assert [name for name in anchors[1] if not name.startswith("qt_")] == []
    assert [name for name in anchors[2] if f'<a name="{name}">' not in text] == []


HELD = """
def job():
    yield from until(lambda: session().preview.shown is not None, 60)
    yield 400
    viewport = K.activeWindow().qwindow().findChild(QtWidgets.QWidget, "smart_lineart_preview")
    image = viewport.picture
    inked = sum(image.pixelColor(x, y).value() < 80 for x in range(0, image.width(), 3)
                for y in range(0, image.height(), 3))
    return [viewport.isVisible(), inked > 50, K.action("edit_undo").text(), lineart_shape(K.activeDocument()),
            session().turns.busy, len(session().queue.active)]
"""


def test_another_detail_is_previewed_while_its_slider_is_dragged(krita) -> None:
    krita.run(PAGE)
    krita.ink()
    before = krita.facts()
    spot = krita.run("def job():\n    return place(widget('detail').lineEdit())")
    left, y = spot["x"] - spot["width"] // 2, spot["y"]
    krita.screen.xdotool("mousemove", left + spot["width"] // 2, y, "sleep", 0.05, "mousedown", 1)
    for share in (0.45, 0.4, 0.3, 0.2):
        krita.screen.xdotool("mousemove", int(left + share * spot["width"]), y, "sleep", 0.05)
    held = krita.run(HELD, timeout=80)
    krita.screen.xdotool("mouseup", 1)
    krita.wait_idle()
    after = krita.run("""
def job():
    yield 400
    lost = K.activeWindow().qwindow().findChild(QtWidgets.QWidget, "smart_lineart_preview")
    return [session().preview.shown is None, lost is None or not lost.isVisible(),
            round(session().settings.detail, 1), K.action("edit_undo").text()]
""")
    assert held == [True, True, before["undo"], before["lineart"], False, 0], "the document is as it was"
    assert after[:3] == [True, True, pytest.approx(-0.6, abs=0.15)]
    assert after[3] == "Undo Ink sketch"
    krita.run("def job():\n    undo(K.activeDocument())\n    yield 300")
    assert krita.facts()["lineart"] == before["lineart"], "one step"


def test_the_docker_says_that_it_acts_inside_the_selection_while_there_is_one(krita) -> None:
    told = """
def job():
    yield 700
    session().look()
    return widget("whose").toolTip() and session().target.inside, widget("whose")._whole
"""
    krita.run(PAGE)
    krita.ink()
    found = [krita.run(told)]
    krita.run(
        "def job():\n    chosen = Selection()\n    chosen.select(50, 50, 200, 200, 255)\n"
        "    K.activeDocument().setSelection(chosen)"
    )
    found.append(krita.run(told))
    krita.run("def job():\n    K.action('deselect').trigger()")
    found.append(krita.run(told))
    usual = [False, 'For "Lineart: Sketch"']
    assert found == [usual, [True, 'Only inside the selection: "Lineart: Sketch"'], usual]


def test_a_message_goes_when_its_cause_goes_and_is_said_of_its_document_alone(krita) -> None:
    found = krita.run(
        """
def job():
    said = lambda: session().messages.shown.text
    look = lambda: docker()._look()
    widget("ink").click()
    yield 300
    found = [said()]
    first = sketch_document(300, 200)
    yield 500
    look()
    found.append(said())
    blank = first.createNode("Blank", "paintlayer")
    first.rootNode().addChildNode(blank, None)
    first.waitForDone()
    first.setActiveNode(blank)
    yield 400
    yield from ink()
    found.append(said())
    second = sketch_document(300, 200)
    yield 500
    look()
    found.append(said())
    show(first)
    yield 400
    found.append(first.activeNode().name())
    first.setActiveNode(node_named(first, "Sketch"))
    yield 400
    look()
    found.append(said())
    return found
""",
        timeout=120,
    )
    nothing_open, opened, blank, elsewhere, back, mended = found
    assert nothing_open.startswith("Open a document")
    assert opened == ""
    assert blank.startswith('"Blank" is')
    assert (elsewhere, back, mended) == ("", "Blank", "")
