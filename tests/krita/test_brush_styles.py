# SPDX-License-Identifier: GPL-3.0-or-later
"""Brush styles in a real Krita: the bundled ones, and those an artist makes, shares and removes."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from smart_lineart.inking import STYLES, Strip
from smart_lineart.inking.brushes.stamping import Stamp, strip_of

SKETCH = """
def job():
    document = sketch_document(600, 400)
    yield 500
    session().look()
"""
TONES = """
def job():
    alpha = bgra(node_named(K.activeDocument(), "Lineart: Sketch"), 0, 0, 600, 400)[..., 3]
    inked = alpha[alpha > 8].astype(float)
    facts = {"count": inked.size, "sum": float(inked.sum()), "full": float((inked > 250).mean())}
    facts["usual"] = float(np.percentile(inked, 75))
    return {"style": session().settings.style, "check": int((alpha.astype(int) * COIN).sum()), **facts}
COIN = 1 + np.arange(600 * 400).reshape(400, 600) % 9973
"""
ENTRY = """
def job():
    entry = docker().findChild(QtWidgets.QMenu, "brushMenuEntries")
    entry.aboutToShow.emit()
    action = next(action for action in entry.actions() if action.objectName() == NAME)
    action.trigger()
    yield 100
"""
FILE = """
def job():
    dialogs = [w for w in QtWidgets.QApplication.topLevelWidgets() if isinstance(w, QtWidgets.QFileDialog)]
    dialog = next(w for w in dialogs if w.objectName() == "brushFile" and w.isVisible())
    blocks = dialog.isModal() or modal() is not None
    dialog.selectFile(PATH)
    dialog.findChild(QtWidgets.QLineEdit, "fileNameEdit").setText(PATH)
    box = dialog.findChild(QtWidgets.QDialogButtonBox)
    sort = QtWidgets.QDialogButtonBox.StandardButton
    button = box.button(sort.Save) or box.button(sort.Open)
    button.click()
    yield 200
    yield from idle()
    return blocks
"""
STATE = """
def job():
    combo = widget("style")
    ours = session()
    return {
        "names": [combo.itemData(i) for i in range(combo.count())],
        "titles": [combo.itemText(i) for i in range(combo.count())],
        "shown": combo.currentData(),
        "style": ours.settings.style,
        "message": ours.messages.shown.text,
        "folder": str(ours.context.brushes.folder),
        "error": ours.messages.last_error,
        "kinds": ours.messages.shown.kind,
        "blank": [combo.itemIcon(i).isNull() for i in range(combo.count())],
    }
"""
EMPTY = """
def job():
    import shutil
    ours = session()
    shutil.rmtree(ours.context.brushes.folder, ignore_errors=True)
    ours.context.brushes.refresh()
"""


@pytest.fixture
def brushes(krita):
    """A Krita without brushes of one's own, on a sketch."""
    krita.run(EMPTY)
    krita.run(SKETCH)
    yield krita
    krita.run(EMPTY)


def test_each_style_picked_in_the_list_redraws_the_lineart_accordingly(brushes) -> None:
    brushes.drag("thickness", 0.3, 0.45)
    brushes.wait_idle()
    brushes.ink()
    found = {}
    for index, name in enumerate(STYLES):
        if name != "pen":
            brushes.choose("style", index)
        found[name] = brushes.run(TONES)
        assert found[name]["style"] == name
    assert len({facts["check"] for facts in found.values()}) == len(STYLES)
    for name, facts in found.items():
        mean = facts["sum"] / facts["count"]
        if STYLES[name].medium.solid:
            assert facts["full"] > 0.5, name
        else:
            assert mean == pytest.approx(255 * STYLES[name].medium.core, rel=0.35), name
    # A line that swells and ends in points has less ink than one that doesn't.
    sums = [found[name]["sum"] for name in ("technical", "pen", "g-pen", "brush")]
    assert sums == sorted(sums, reverse=True)
    assert found["marker"]["full"] < 0.2
    brushes.run("def job():\n    undo(K.activeDocument())\n    yield 300")
    assert brushes.run(TONES)["check"] == found["dry-brush"]["check"]


def test_a_picture_becomes_a_style_that_inks_and_is_remembered(brushes, pictures: Path) -> None:
    share = Path(brushes.home)
    across = np.abs(np.arange(120) - 60)[:, None]
    mark = np.where(across < 4 + 40 * np.linspace(0, 1, 500)[None, :], 90, 255).astype(np.uint8)
    Image.fromarray(mark).save(share / "my grey.png")
    brushes.ink()
    before = brushes.run(TONES)
    brushes.run(ENTRY, NAME="addFromPicture")
    blocks = brushes.run(FILE, PATH=str(share / "my grey.png"))
    assert blocks is False, "the dialog keeps the artist from painting"
    state = brushes.run(STATE)
    assert state["style"] == state["shown"] == "own:my grey", state["message"]
    assert "my grey" in state["message"]
    assert state["titles"][-1] == "my grey"
    assert not any(state["blank"])
    assert Path(state["folder"]).is_relative_to(share / "data/krita")
    assert "pykrita" not in state["folder"]
    after = brushes.run(TONES)
    assert after["check"] != before["check"]
    assert after["full"] < 0.05
    assert after["usual"] == pytest.approx(165, abs=12)  # the picture's grey, away from the edges
    brushes.picture(pictures / "own-brush.png", docker_only=True)
    note = brushes.run(
        "def job():\n    return bytes(K.activeDocument().annotation('smart_lineart/state')).decode()"
    )
    assert '"own:my grey"' in note


def test_a_style_is_shared_as_a_file_and_removed(brushes) -> None:
    share = Path(brushes.home)
    strip = strip_of(Stamp(least_size=0.5, opacity=0.7))
    (share / "theirs.png").write_bytes(strip.to_bytes())
    brushes.ink()
    brushes.run(ENTRY, NAME="addFromPicture")
    brushes.run(FILE, PATH=str(share / "theirs.png"))
    assert brushes.run(STATE)["style"] == "own:theirs"
    brushes.run(ENTRY, NAME="saveBrush")
    brushes.run(FILE, PATH=str(share / "out.png"))
    assert Strip.from_bytes((share / "out.png").read_bytes()) == strip
    brushes.run(ENTRY, NAME="removeBrush")
    brushes.wait_idle()
    state = brushes.run(STATE)
    assert state["style"] == state["shown"] == "pen"
    assert state["names"] == list(STYLES)
    kept = Path(state["folder"]) / "removed/theirs.png"
    assert str(kept.parent) in state["message"]
    assert Strip.from_bytes(kept.read_bytes()) == strip


def test_a_file_without_a_mark_is_told_in_a_sentence(brushes) -> None:
    path = Path(brushes.home) / "blank.png"
    Image.new("L", (300, 200), 255).save(path)
    brushes.run(ENTRY, NAME="addFromPicture")
    brushes.run(FILE, PATH=str(path))
    state = brushes.run(STATE)
    assert state["style"] == "pen"
    assert "no brush mark" in state["message"]
    assert state["kinds"] == "error"


def test_a_document_with_a_brush_from_elsewhere_says_so_and_uses_the_pen(brushes) -> None:
    brushes.run(
        """
def job():
    document = K.activeDocument()
    from smart_lineart.studio.settings import NOTE_KEY, NOTE_TITLE, DocumentState, InkSettings
    state = DocumentState(InkSettings(style="own:Grandma's nib", thickness=7.0))
    document.setAnnotation(NOTE_KEY, NOTE_TITLE, QtCore.QByteArray(state.to_json().encode()))
    other = new_document(50, 50)
    yield 400
    session().look()
    other.setModified(False)
    other.close()
    yield 400
    session().look()
"""
    )
    state = brushes.run(STATE)
    assert state["style"] == state["shown"] == "pen"
    assert "Grandma's nib" in state["message"]
    assert brushes.run("def job():\n    return session().settings.thickness") == 7.0
    brushes.ink()
    assert brushes.run(TONES)["full"] > 0.5


PRESET = """
def job():
    view = K.activeWindow().activeView()
    view.setCurrentBrushPreset(K.resources("preset")[NAME])
    yield 300
    view.setBrushSize(33)
    yield 100
    documents = len(K.documents())
    undo_before = undo_text()
    widget_menu = docker().findChild(QtWidgets.QMenu, "brushMenuEntries")
    next(a for a in widget_menu.actions() if a.objectName() == "addFromPreset").trigger()
    yield 200
    yield from until(lambda: not session().painting.busy, 120)
    yield from idle()
    return {
        "windows": len(K.windows()),
        "size": view.brushSize(),
        "documents": len(K.documents()) - documents,
        "undo": [undo_before, undo_text()],
    }
"""


def added(krita, name: str) -> tuple[dict, Strip | None]:
    """What adding a preset did, and the strip it made."""
    did = krita.run(PRESET, timeout=200, NAME=name)
    state = krita.run(STATE)
    if not state["style"].startswith("own:"):
        return {**did, **state}, None
    path = Path(state["folder"]) / f"{state['style'][4:]}.png"
    return {**did, **state}, Strip.from_bytes(path.read_bytes())


def test_a_preset_becomes_a_style(brushes) -> None:
    """Painted where Krita can (5.3 and later), else made of the preset's settings."""
    did, strip = added(brushes, "b) Basic-5 Size")
    assert strip is not None, did["message"]
    assert did["style"] == "own:b) Basic-5 Size"
    assert did["size"] == pytest.approx(33), "the artist's brush has another size now"
    assert did["documents"] == 0
    assert did["undo"][0] == did["undo"][1]
    medium = strip.medium
    assert medium.solid
    assert medium.width[10] < 0.3
    assert medium.width[-1] > 1.5
    brushes.ink()
    assert brushes.run(TONES)["full"] > 0.5


def test_a_real_preset_is_painted(brushes) -> None:
    """Chalk whose texture no setting tells: only painting shows it."""
    did, strip = added(brushes, "h) Chalk Grainy")
    assert strip is not None, did["message"]
    assert did["size"] == pytest.approx(33)
    assert (did["windows"], did["documents"]) == (1, 0)
    assert did["undo"][0] == did["undo"][1]
    medium = strip.medium
    assert medium.grain.across > 0
    ink = 255 - strip.pixels.astype(float)
    assert ink[:, 200:].mean() > 2 * ink[:, 20:76].mean()
    rows = np.flatnonzero(ink.max(1) > 8)
    assert 40 <= np.ptp(rows) + 1 <= 64
    brushes.ink()
    facts = brushes.run(TONES)
    assert facts["full"] < 0.3


def test_a_preset_that_paints_nothing_is_told(brushes) -> None:
    did, strip = added(brushes, "a) Eraser Small")
    assert strip is None
    assert did["style"] == "pen"
    assert "leaves no usable line" in did["message"]
    assert (did["windows"], did["documents"]) == (1, 0)
    assert did["kinds"] == "error"


def test_without_a_document_adding_a_preset_says_what_to_do(krita) -> None:
    krita.run(ENTRY, NAME="addFromPreset")
    assert "Open a document" in krita.run(STATE)["message"]


def test_the_row_stays_within_a_narrow_docker(brushes) -> None:
    spots = brushes.run(
        """
def job():
    docker().setMinimumWidth(0)
    body = docker().findChild(QtWidgets.QScrollArea).widget()
    return [body.minimumSizeHint().width(), widget("brushMenu").width()]
"""
    )
    assert spots[0] <= 220, spots
    assert spots[1] <= 40
