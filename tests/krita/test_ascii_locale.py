# SPDX-License-Identifier: GPL-3.0-or-later
"""A profile whose path has other letters than ASCII, in Kritas whose Python knows ASCII alone (LANG=C)."""

from __future__ import annotations

ASCII = {"LANG": "C", "LC_ALL": "C", "PYTHONCOERCECLOCALE": "0", "PYTHONUTF8": "0"}
HOME = "Zeichnerin Jürgen 画"
STORY = """
def job():
    import sys
    from smart_lineart.inking.brushes.stamping import Stamp, strip_of
    from smart_lineart.paths import openable
    arrange()
    ours = session()
    document = sketch_document(400, 300)
    yield 500
    said = [(yield from ink())]
    before = lineart_shape(document)
    for value in (9.0, 12.0):
        ours.change("thickness", value, final=False)
        yield 200
    ours.change("thickness", 14.0, final=True)
    yield from idle(30)
    said += [ours.messages.shown.text, ours.messages.last_error]
    thicker = lineart_shape(document)["sum"] > 1.5 * before["sum"]
    row = docker().findChild(QtWidgets.QComboBox, "style").parent()
    picture = openable(ours.context.brushes.folder.parent / "Füller.png")
    picture.parent.mkdir(parents=True, exist_ok=True)
    picture.write_bytes(strip_of(Stamp(size_power=1.3)).to_bytes())
    row.add_from_file(picture)
    yield from idle(30)
    chosen, told = widget("style").currentText(), ours.messages.shown.text
    row.save(openable(ours.context.brushes.folder.parent / "Größer"))
    saved = ours.messages.shown.text
    row.remove()
    removed = ours.messages.shown.text
    yield from idle(30)
    ours.use_for_new_sketches()
    widget("copyDiagnostics").click()
    QtWidgets.QApplication.clipboard().text().encode("utf-8")
    said.append(ours.messages.last_error)
    return [sys.getfilesystemencoding(), said, thicker, chosen, told, saved, removed, tree(document), modal()]
"""
CLOSE = """
def job():
    close_all()
    QtCore.QTimer.singleShot(0, lambda: [w.qwindow().close() for w in K.windows()])
"""


def test_settings_are_kept_and_lineart_follows_where_paths_are_not_ascii(start_krita) -> None:
    krita = start_krita(environment=ASCII, home=HOME, opengl=True)
    _, said, thicker, chosen, told, saved, removed, layers, modal = krita.run(STORY, timeout=100)
    assert said == ["", "", "", ""]
    assert thicker
    assert (chosen, told) == ("Füller", 'Added brush "Füller".')
    assert saved == "Größer.png is written."
    assert (krita.home / "data/krita/smart_lineart/Größer.png").stat().st_size > 100
    assert (krita.home / "data/krita/smart_lineart/brushes/removed/Füller.png").exists()
    assert HOME in removed
    assert layers == ["Background", "Sketch", "Lineart: Sketch"]
    assert modal is None
    krita.run(CLOSE)
    assert krita.wait() == 0
    kept = (krita.home / "config/kritarc").read_text(encoding="utf-8").replace("\\", "")
    assert '"thickness": 14.0' in kept
