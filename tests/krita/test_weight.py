# SPDX-License-Identifier: GPL-3.0-or-later
"""Line weight in a real Krita: from even lines to lines as drawn, with one step to undo, kept in the file."""

from __future__ import annotations

import harness
import pytest


@pytest.fixture
def krita(own_krita: harness.KritaProcess) -> harness.KritaProcess:
    """The module's own Krita, without documents, with a new user's settings."""
    own_krita.run("def job():\n    yield from fresh()")
    return own_krita


SCENE = """
def thick_and_thin():
    document = sketch_document(600, 400)
    drawn = strokes(600, 400, thick=2)
    drawn[:, :345] = strokes(600, 400, thick=7)[:, :345]
    paint(document, node_named(document, "Sketch"), drawn)
    return document

def amounts():
    # How much ink there is on the loop, drawn firmly, and on the line to its right, drawn lightly.
    lineart = node_named(K.activeDocument(), "Lineart: Sketch")
    return [int(bgra(lineart, x, 0, 230, 300)[..., 3].astype(int).sum()) // 255 for x in (0, 350)]

def reopened(path):
    # The sketch behind new ink is shown faded a moment later. Where Krita has to wait for the page then, it
    # shows a dialog of its own, behind which an artist can close nothing: a script that does ends Krita.
    yield 1500
    yield from until(lambda: QtWidgets.QApplication.activeModalWidget() is None)
    K.activeDocument().saveAs(path)
    K.activeDocument().setModified(False)
    K.activeDocument().close()
    yield 300
    again = K.openDocument(path)
    again.setBatchmode(True)
    K.activeWindow().addView(again)
    yield 800
    again.setActiveNode(node_named(again, "Sketch"))
    yield 500
    session().look()
    return again
"""


def test_lines_follow_the_slider_in_one_step_and_the_sketch_is_not_looked_at_anew(krita) -> None:
    amounts = "def job():\n    yield 200\n    return [amounts(), session().settings.weight]"
    krita.run(
        SCENE
        + """
def job():
    document = thick_and_thin()
    yield 500
    session().look()
    K.prepared = []
    original = session().context.engine.prepare
    def counted(*values, **options):
        K.prepared.append(1)
        return original(*values, **options)
    session().context.engine.prepare = counted
"""
    )
    krita.ink()
    usual, begun = krita.run(SCENE + amounts)
    krita.drag("weight", 0.7, 0.01)
    krita.wait_idle()
    even, least = krita.run(SCENE + amounts)
    krita.drag("weight", 0.02, 0.99)
    krita.wait_idle()
    drawn, most = krita.run(SCENE + amounts)
    calls = krita.run("def job():\n    del session().context.engine.prepare\n    return len(K.prepared)")
    assert (begun, calls) == (0.7, 1)
    assert least < 0.05
    assert most > 0.95
    assert even[0] < usual[0] < drawn[0], "what was drawn firmly gets thicker"
    assert even[1] > usual[1] > drawn[1], "and what was drawn lightly thinner"
    assert krita.facts()["undo"].endswith("Line weight")
    for before in (even, usual):
        krita.run("def job():\n    undo(K.activeDocument())\n    yield 400")
        assert krita.run(SCENE + amounts)[0] == before


def test_it_is_there_in_a_saved_file_and_ink_of_older_versions_stays_as_it_was(krita) -> None:
    found = krita.run(
        SCENE
        + """
def job():
    import json
    document = thick_and_thin()
    yield 500
    session().look()
    session().change("weight", 0.0, final=True)
    yield from ink()
    shapes, weights = [lineart_shape(document)], []
    document = yield from reopened(PATHS[0])
    weights.append(session().settings.weight)
    yield from ink()
    shapes.append(lineart_shape(document))
    session().change("weight", 1.0, final=True)
    yield from idle()
    shapes.append(lineart_shape(document))
    key = "smart_lineart/state"
    note = json.loads(bytes(document.annotation(key)).decode())
    for record in note["records"]:
        del record["settings"]["weight"]  # as an older version wrote it
    document.setAnnotation(key, key, QtCore.QByteArray(json.dumps(note).encode()))
    document = yield from reopened(PATHS[1])
    weights.append(session().settings.weight)
    yield from ink()
    shapes.append(lineart_shape(document))
    other = sketch_document(200, 200)
    yield 500
    session().look()
    weights.append(session().settings.weight)
    return [shapes, weights]
""",
        timeout=180,
        PATHS=[str(krita.home / name) for name in ("even.kra", "old.kra")],
    )
    shapes, weights = found
    assert weights == [0.0, 1.0, 0.0], "new sketches begin with the artist's own"
    assert shapes[0] == shapes[1]
    assert shapes[2] == shapes[3] != shapes[0]


def test_a_part_has_a_weight_of_its_own(krita) -> None:
    found = krita.run(
        SCENE
        + """
def select(x, width):
    K.action("deselect").trigger()
    yield 200
    if width:
        chosen = Selection()
        chosen.select(x, 0, width, 400, 255)
        K.activeDocument().setSelection(chosen)
    yield 300
    docker()._look()

def job():
    document = thick_and_thin()
    yield 500
    session().look()
    session().change("weight", 0.0, final=True)
    yield from ink()
    found = [amounts()]
    yield from select(345, 255)
    session().change("weight", 1.0, final=True)
    yield from idle()
    docker()._look()
    found += [amounts(), session().settings.weight]
    yield from select(0, 0)
    return [*found, session().settings.weight]
""",
        timeout=180,
    )
    even, parted, inside, outside = found
    assert parted[0] == even[0]
    assert parted[1] < even[1]
    assert (inside, outside) == (1.0, 0.0)


def test_its_ends_are_called_by_what_they_do_and_a_number_can_be_typed(krita) -> None:
    texts = krita.run("""
def job():
    from smart_lineart.ui.widgets import SliderSpinBox
    slider = SliderSpinBox("Weight", 0, 100, suffix=" %", ends=("even", "as drawn"))
    texts = []
    for value in (0, 70, 100, 0, 30):
        slider.show_value(value)
        texts.append(slider.text())
    sketch_document(300, 200)
    yield 500
    session().look()
    K.activeWindow().qwindow().activateWindow()
    session().change("weight", 1.0, final=True)
    widget("weight").setFocus()
    yield 200
    return [*texts, widget("weight").text()]
""")
    assert texts[:5] == ["Weight: even", "Weight: 70 %", "Weight: as drawn", "Weight: even", "Weight: 30 %"]
    assert texts[5] == "Line weight: as drawn"
    krita.screen.key("4", "0", "Return")
    found = krita.run(
        "def job():\n    yield 900\n    return [session().settings.weight, widget('weight').text()]"
    )
    assert found == [0.4, "Line weight: 40 %"]
