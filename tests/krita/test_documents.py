# SPDX-License-Identifier: GPL-3.0-or-later
"""What outlives a click: files, copies of documents, animations, and Krita itself being closed."""

from __future__ import annotations

import json
import shutil
from pathlib import Path


def test_a_saved_file_inks_the_same_way_when_reopened(krita) -> None:
    result = krita.run(
        """
def job():
    document = sketch_document(500, 350)
    yield 400
    session().look()
    for name, value in (("thickness", 9.0), ("style", "brush"), ("faint", 0.3), ("unit", "mm")):
        session().change(name, value, final=True)
    yield from ink()
    first = lineart_shape(document)
    path = PATH
    document.saveAs(path)
    document.setModified(False)
    document.close()
    yield 300
    from smart_lineart.studio.settings import InkSettings
    session().settings = InkSettings()
    other = new_document(200, 200)
    yield 500
    again = K.openDocument(path)
    again.setBatchmode(True)
    K.activeWindow().addView(again)
    yield 800
    again.setActiveNode(node_named(again, "Sketch"))
    yield 500
    settings = session().settings
    label = widget("ink").text()
    yield from ink()
    note = bytes(again.annotation("smart_lineart/state")).decode()
    return [first, lineart_shape(again), str(settings), label, tree(again), note]
""",
        timeout=120,
        PATH=str(krita.home / "saved.kra"),
    )
    first, second, settings, label, layers, note = result
    assert second == first
    assert "thickness=9.0, unit='mm', style='brush', detail=0.0, faint=0.3" in settings
    assert label == "Ink again"
    assert layers == ["Background", "Sketch", "Lineart: Sketch"]
    assert json.loads(note)["version"] == 1


def test_a_copy_of_a_document_has_a_lineart_of_its_own(krita) -> None:
    result = krita.run(
        """
def job():
    first = sketch_document(500, 350)
    yield 400
    yield from ink()
    first.saveAs(PATH)
    copy = K.openDocument(PATH)
    copy.setBatchmode(True)
    copy.setFileName("")
    K.activeWindow().addView(copy)
    yield 800
    copy.setActiveNode(node_named(copy, "Sketch"))
    paint(copy, node_named(copy, "Sketch"), strokes(500, 350, thick=8))
    before = lineart_shape(first)
    session().settings = session().settings.with_value("thickness", 14.0)
    yield from ink()
    larger = lineart_shape(copy)["sum"] > before["sum"]
    return [before == lineart_shape(first), larger, tree(copy), tree(first)]
""",
        timeout=120,
        PATH=str(krita.home / "original.kra"),
    )
    assert result == [
        True,
        True,
        ["Background", "Sketch", "Lineart: Sketch"],
        ["Background", "Sketch", "Lineart: Sketch"],
    ]


def test_the_artists_settings_are_there_in_the_next_krita(start_krita) -> None:
    krita = start_krita()
    krita.run("""
def job():
    arrange()
    sketch_document(300, 200)
    yield 800
    ours = session()
    ours.look()
    for name, value in (("thickness", 9.0), ("style", "brush"), ("faint", 0.3), ("unit", "mm")):
        ours.change(name, value, final=True)
    ours.set_engine_options(memory=512)
    close_all()
    QtCore.QTimer.singleShot(0, lambda: [w.qwindow().close() for w in K.windows()])
""")
    assert krita.wait() == 0
    kept = (krita.home / "config/kritarc").read_text(encoding="utf-8")
    settings, memory = start_krita(settings=kept[kept.index("[smart_lineart]") :].split("\n[")[0]).run("""
def job():
    sketch_document(300, 200)
    yield 800
    session().look()
    return [str(session().settings), widget("memory").value()]
""")
    assert "thickness=9.0, unit='mm', style='brush', detail=0.0, faint=0.3" in settings
    assert memory == 512


ANIMATION = """
def animated():
    document = sketch_document(400, 300, opaque=False)
    yield 500
    sketch = node_named(document, "Sketch")
    document.setActiveNode(sketch)
    sketch.enableAnimation()
    yield 200
    for time, thick in ((0, 2), (4, 6), (8, 10)):
        document.setCurrentTime(time)
        document.waitForDone()
        yield 100
        if not sketch.hasKeyframeAtTime(time):
            K.action("add_blank_frame").trigger()
            document.waitForDone()
            yield 200
        clear = bytes(400 * 300 * 4)
        sketch.setPixelData(clear, 0, 0, 400, 300)
        picture = strokes(400, 300, opaque=False)
        picture[:, 130 + time * 20:] = 0
        paint(document, sketch, picture)
    document.setFullClipRangeEndTime(12)
    document.setCurrentTime(0)
    document.waitForDone()
    yield 400
    session().look()
    return document

def frames_of(document):
    node = node_named(document, "Lineart: Sketch")
    keys = [t for t in range(13) if node.hasKeyframeAtTime(t)]
    counts = []
    for time in keys:
        data = np.frombuffer(bytes(node.pixelDataAtTime(0, 0, 400, 300, time)), np.uint8).reshape(300, 400, 4)
        counts.append(int((data[..., 3] > 8).sum()))
    return [keys, counts]
"""


def test_all_frames_or_a_range_of_an_animation(krita) -> None:
    result = krita.run(
        ANIMATION
        + """
def job():
    document = yield from animated()
    sketch_keys = [t for t in range(13) if node_named(document, "Sketch").hasKeyframeAtTime(t)]
    shown = widget("frames").isVisible()
    combo = widget("frames")
    combo.setCurrentIndex(combo.findData("all"))
    combo.activated.emit(combo.currentIndex())
    before = undo_text()
    said = yield from ink()
    every = frames_of(document)
    time = document.currentTime()
    undo(document)
    yield 300
    undone = tree(document)
    combo.setCurrentIndex(combo.findData("range"))
    widget("firstFrame").setValue(3)
    widget("lastFrame").setValue(5)
    combo.activated.emit(combo.currentIndex())
    document.setActiveNode(node_named(document, "Sketch"))
    yield 300
    said = said + (yield from ink())
    part = frames_of(document)
    combo.setCurrentIndex(combo.findData("one"))
    combo.activated.emit(combo.currentIndex())
    return [said, session().messages.last_error, sketch_keys, shown, every, time, undone, part, before]
""",
        timeout=150,
    )
    said, error, keys, shown, every, time, undone, part, _ = result
    assert said == "", error
    assert keys == [0, 4, 8]
    assert shown
    assert every[0] == keys
    assert 0 < every[1][0] < every[1][1] < every[1][2]
    assert time == 0
    assert undone == ["Background", "Sketch"]
    assert part[0] == keys
    assert part[1][0] == 0
    assert part[1][1] == every[1][1]
    assert part[1][2] == 0


def test_a_click_at_the_moment_a_renewed_animation_comes_in(krita) -> None:
    """Krita selects the new layer: by then it is known what it is the lineart of."""
    layers, jobs, said = krita.run(
        ANIMATION
        + """
def job():
    from smart_lineart.krita_host.lineart import LineartLayer
    document = yield from animated()
    combo = widget("frames")
    combo.setCurrentIndex(combo.findData("all"))
    combo.activated.emit(combo.currentIndex())
    yield from ink()
    document.setActiveNode(node_named(document, "Sketch"))
    yield 300
    insert = LineartLayer.insert
    def insert_and_click(self, above):
        insert(self, above)
        document.setActiveNode(self.layer.raw)
        document.waitForDone()
        session().ink()
    LineartLayer.insert = insert_and_click
    try:
        widget("ink").click()
        yield from until(lambda: len(session().queue.jobs) > 1, 60)
    finally:
        LineartLayer.insert = insert
    jobs = [job.title for job in session().queue.jobs]
    yield from idle()
    said = session().messages.last_error
    combo.setCurrentIndex(combo.findData("one"))
    combo.activated.emit(combo.currentIndex())
    return [tree(document), jobs, said]
""",
        timeout=150,
    )
    assert layers == ["Background", "Sketch", "Lineart: Sketch"]
    assert jobs == ["Sketch", "Sketch"]
    assert said == ""


def test_closing_krita_in_the_middle_of_a_run_ends_cleanly(start_krita) -> None:
    process = start_krita()
    process.run("""
def job():
    arrange()
    document = sketch_document(2480, 3508, thick=7)
    yield 800
    widget("ink").click()
    yield from until(lambda: any(job.state.value == "inking" for job in session().queue.active))
    document.setModified(False)
    QtCore.QTimer.singleShot(0, lambda: [w.qwindow().close() for w in K.windows()])
""")
    assert process.wait(40) == 0


def test_closing_krita_after_every_document_was_closed_ends_cleanly(start_krita) -> None:
    krita = start_krita()
    # Not in the engine's colour space, so that its pixels are converted.
    krita.run("def job():\n    arrange()\n    sketch_document(500, 350, model='GRAYA')\n    yield 800")
    krita.ink()
    krita.wait_idle()
    assert krita.close() == 0  # closes the document that pixels are converted in, too


def test_a_damaged_model_and_a_missing_runtime_are_said_with_what_to_do(start_krita) -> None:
    process = start_krita(environment={"SMART_LINEART_OPENVINO": "/nowhere"})
    report = """
def job():
    arrange()
    document = sketch_document(300, 200)
    yield 500
    sentence = yield from ink(20)
    return [sentence, widget("message").text(), modal(), tree(document)]
"""
    sentence, shown, modal, layers = process.run(report, timeout=60)
    assert sentence == shown
    assert "OpenVINO" in sentence
    assert modal is None
    assert layers == ["Background", "Sketch"]
    model = process.home / "data/krita/pykrita/smart_lineart/models/lineart/model.onnx"
    whole = model.read_bytes()
    model.write_bytes(whole[:-7])
    sentence, _, modal, _ = process.run(report.replace("arrange()", "yield from fresh()"), timeout=60)
    assert "reinstall" in sentence.lower()
    assert modal is None
    choices = process.run(
        """
def job():
    widget("more").click()
    yield from until(lambda: widget("device").count() > 1, 20)
    combo = widget("device")
    model = combo.model()
    items = [model.item(i) for i in range(combo.count())]
    entries = [[item.text(), item.isEnabled(), item.toolTip()] for item in items]
    widget("copyDiagnostics").click()
    return [entries, QtWidgets.QApplication.clipboard().text(), session().messages.shown.text]
""",
        timeout=40,
    )
    entries, clipboard, said = choices
    greyed = [entry for entry in entries if not entry[1]]
    assert greyed
    assert all(reason for _, _, reason in greyed)
    for expected in ("Krita: ", "Python: ", "numpy: ", "Last error: ", "ModelError"):
        assert expected in clipboard
    assert str(Path.home()) not in clipboard
    assert "Report copied" in said


def test_the_docker_speaks_german_where_krita_does(start_krita, pictures: Path) -> None:
    process = start_krita(environment={"LANGUAGE": "de:en"})
    texts = process.run("""
def job():
    arrange()
    yield 300
    said = yield from ink(10)
    from smart_lineart.ui.manual import Manual
    Manual(docker()).open("live")
    manual = K.activeWindow().qwindow().findChild(QtWidgets.QTextBrowser, "smart_lineart_manual")
    yield 200
    told = manual.cursorForPosition(QtCore.QPoint(30, 12)).block().text()
    manual.hide()
    return [widget("ink").text(), widget("thickness").prefix(), said, widget("style").itemText(2), told]
""")
    assert texts[0] == "Skizze tuschen"
    assert texts[1] == "Stärke: "
    assert texts[2].startswith("Öffne ein Dokument")
    assert texts[3] == "G-Feder"
    assert texts[4] == "Während du zeichnest: Live"
    process.picture(pictures / "german.png", docker_only=True)


def test_numpy_missing_is_said_in_the_docker(start_krita) -> None:
    process = start_krita(plugin_changes=hide_numpy)
    found = process.run(
        "def job():\n    w = widget('message')\n    return [w.text(), w.isVisible(), modal()]"
    )
    assert "needs numpy for Python 3." in found[0]
    assert found[2] is None


def hide_numpy(folder: Path) -> None:
    """Make the plugin's own copy of Python's search path fail where numpy is imported."""
    page = folder / "krita_host/__init__.py"
    page.write_text(
        page.read_text() + '\nraise ModuleNotFoundError("No module named \'numpy\'", name="numpy")\n'
    )
    shutil.rmtree(folder / "krita_host/__pycache__", ignore_errors=True)
