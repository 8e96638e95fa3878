# SPDX-License-Identifier: GPL-3.0-or-later
"""What an artist does, with a real mouse in a real Krita."""

from __future__ import annotations

import itertools
from pathlib import Path

import pytest

SKETCH = """
def job():
    document = sketch_document(600, 400)
    yield 500
    session().look()
    return facts(document)
"""
BIG_SKETCH = """
def job():
    document = sketch_document(2480, 3508, thick=7)
    yield 800
    session().look()
"""


def test_a_click_inks_above_the_sketch_in_one_undoable_step(krita, pictures: Path) -> None:
    before = krita.run(SKETCH)
    sketch = (
        "def job():\n    return shape(255 - bgra(node_named(K.activeDocument(), 'Sketch'), 0, 0, 600, 400))"
    )
    pixels = krita.run(sketch)
    krita.picture(pictures / "before.png")
    krita.ink()
    after = krita.facts()
    krita.picture(pictures / "inked.png")
    assert after["tree"] == ["Background", "Sketch", "Lineart: Sketch"]
    assert after["message"] == "", after["error"]
    assert after["active"] == "Sketch"
    assert after["lineart"]["count"] > 3000
    assert after["lineart"]["colour"] == [0, 0, 0]
    assert krita.run(sketch) == pixels
    krita.run("def job():\n    undo(K.activeDocument())\n    yield 300")
    undone = krita.facts()
    assert (undone["tree"], undone["undo"]) == (before["tree"], before["undo"])
    krita.run("def job():\n    redo(K.activeDocument())\n    yield 300")
    assert krita.facts()["lineart"] == after["lineart"]


def test_the_shortcut_action_is_listed_and_inks(krita) -> None:
    krita.run(SKETCH)
    result = krita.run(
        """
def job():
    action = K.action("smart_lineart_ink")
    menus = K.activeWindow().qwindow().findChildren(QtWidgets.QMenu)
    listed = [menu.title().replace("&", "") for menu in menus if action in menu.actions()]
    action.trigger()
    yield from idle()
    return [listed, tree(K.activeDocument())]
""",
        timeout=100,
    )
    assert result == [["Scripts"], ["Background", "Sketch", "Lineart: Sketch"]]


def test_the_shortcut_the_artist_chose_inks(start_krita) -> None:
    krita = start_krita(shortcuts="smart_lineart_ink=Ctrl+Alt+K", opengl=True)
    krita.run("""
def job():
    arrange()
    sketch_document(300, 200)
    yield 800
    session().look()
    K.activeWindow().qwindow().activateWindow()
    K.activeWindow().qwindow().setFocus()
    yield 300
""")
    krita.screen.key("ctrl+alt+k")
    krita.run("def job():\n    yield from until(lambda: lineart_shape(K.activeDocument()), 60)")
    krita.wait_idle()
    assert krita.facts()["tree"] == ["Background", "Sketch", "Lineart: Sketch"]


def test_the_lineart_follows_a_drag_and_it_is_one_step(krita) -> None:
    krita.run(SKETCH)
    krita.ink()
    first = krita.facts()
    krita.run("""
def job():
    seen = K.seen = []
    document = K.activeDocument()
    def look():
        found = node_named(document, "Lineart: Sketch")
        if found:
            seen.append(int(bgra(found, 0, 0, 600, 400)[..., 3].sum(dtype=np.int64)))
    K.watcher = QtCore.QTimer()
    K.watcher.timeout.connect(look)
    K.watcher.start(100)
""")
    krita.drag("thickness", 0.3, 0.7, steps=14, pause=0.25)
    released = krita.run("def job():\n    return list(K.seen)")
    krita.wait_idle()
    krita.run("def job():\n    K.watcher.stop()")
    last = krita.facts()
    assert len(set(released)) >= 3, "the layer did not follow while dragging"
    assert last["lineart"]["sum"] > 1.5 * first["lineart"]["sum"]
    assert last["tree"] == first["tree"]
    assert last["active"] == "Sketch"
    krita.run("def job():\n    undo(K.activeDocument())\n    yield 300")
    undone = krita.facts()
    assert (undone["lineart"], undone["undo"]) == (first["lineart"], first["undo"])
    krita.run("def job():\n    redo(K.activeDocument())\n    yield 300")
    assert krita.facts()["lineart"] == last["lineart"]


def test_what_can_be_seen_follows_first_then_the_page(krita) -> None:
    regions = krita.run(
        """
def job():
    document = sketch_document(2400, 1800, thick=7)
    yield 500
    yield from ink()
    K.activeWindow().activeView().canvas().setZoomLevel(4.0)
    yield 500
    ours, regions = session(), []
    original = ours.context.engine.draw
    def watched(item, settings, part=None, **more):
        regions.append(None if part is None else [part.width, part.height])
        return original(item, settings, part=part, **more)
    ours.context.engine.draw = watched
    ours.change("thickness", 12.0, final=True)
    yield from idle()
    del ours.context.engine.draw
    return regions
""",
        timeout=120,
    )
    assert len(regions) == 2
    assert regions[1] is None
    assert regions[0][0] * regions[0][1] < 0.6 * 2400 * 1800


def test_a_second_drag_after_undo_works_on_the_layer_that_came_back(krita) -> None:
    krita.run(SKETCH)
    krita.ink()
    first = krita.facts()
    krita.drag("thickness", 0.3, 0.6)
    krita.wait_idle()
    krita.run("def job():\n    undo(K.activeDocument())\n    yield 300")
    krita.drag("thickness", 0.6, 0.7)
    krita.wait_idle()
    assert krita.facts()["lineart"]["sum"] > 1.5 * first["lineart"]["sum"]
    krita.run("def job():\n    undo(K.activeDocument())\n    yield 300")
    assert krita.facts()["lineart"] == first["lineart"]


def test_style_faint_lines_and_colour_redraw_without_inking_anew(krita) -> None:
    krita.run("""
def job():
    document = sketch_document(600, 400)
    faint = strokes(600, 400, colour=(190, 190, 190))
    firm = strokes(600, 400)
    firm[:, :345] = faint[:, :345]
    paint(document, node_named(document, "Sketch"), firm)
    yield 500
    session().look()
    ours = session()
    K.prepared = []
    original = ours.context.engine.prepare
    def counted(*values, **options):
        K.prepared.append(1)
        return original(*values, **options)
    ours.context.engine.prepare = counted
""")
    krita.ink()
    shapes = [krita.facts()["lineart"]]
    krita.choose("style", 2)
    shapes.append(krita.facts()["lineart"])
    krita.drag("faint", 0.5, 0.97)
    krita.wait_idle()
    shapes.append(krita.facts()["lineart"])
    krita.run("""
def job():
    from krita import ManagedColor
    view = K.activeWindow().activeView()
    view.setForeGroundColor(ManagedColor.fromQColor(QtGui.QColor(200, 30, 60), view.canvas()))
    combo = widget("colour")
    combo.setCurrentIndex(combo.findData("foreground"))
    combo.activated.emit(combo.currentIndex())
    yield from idle()
""")
    shapes.append(krita.facts()["lineart"])
    calls = krita.run("def job():\n    del session().context.engine.prepare\n    return len(K.prepared)")
    assert calls == 1
    assert shapes[1]["check"] != shapes[0]["check"]
    assert shapes[2]["count"] > shapes[1]["count"]
    assert shapes[3]["count"] == shapes[2]["count"]
    assert shapes[3]["colour"] == pytest.approx([200, 30, 60], abs=2)


def test_light_lines_come_at_the_right_end_of_their_slider(krita) -> None:
    krita.run("""
def job():
    document = sketch_document(600, 400)
    light = strokes(600, 400, colour=(185, 185, 185))
    firm = strokes(600, 400)
    firm[:, :345] = light[:, :345]
    paint(document, node_named(document, "Sketch"), firm)
    yield 500
    session().look()
""")
    krita.ink()
    counts = []
    for start, end in ((0.5, 0.97), (0.97, 0.5), (0.5, 0.03)):
        krita.drag("faint", start, end)
        krita.wait_idle()
        counts.append(krita.facts()["lineart"]["count"])
    most, usual, least = counts
    assert most > 2 * usual
    assert 0 < least <= usual


def test_inking_an_edited_sketch_renews_the_same_layer_in_one_step(krita) -> None:
    krita.run(SKETCH)
    krita.ink()
    first = krita.facts()
    krita.run("""
def job():
    document = K.activeDocument()
    node = node_named(document, "Sketch")
    picture = strokes(600, 400)
    picture[:, 340:] = 255
    paint(document, node, picture)
    lineart = node_named(document, "Lineart: Sketch")
    lineart.setOpacity(128)
    lineart.setColorLabel(2)
    document.refreshProjection()
    yield 200
""")
    krita.ink()
    second = krita.facts()
    look = (
        "def job():\n    node = node_named(K.activeDocument(), 'Lineart: Sketch')\n"
        "    return [node.opacity(), node.colorLabel()]"
    )
    assert second["tree"] == first["tree"], second["error"]
    assert second["lineart"]["count"] < first["lineart"]["count"]
    assert second["lineart"]["bounds"][2] < 360
    assert krita.run(look) == [128, 2]
    krita.run("def job():\n    undo(K.activeDocument())\n    yield 300")
    undone = krita.facts()
    assert (undone["lineart"], undone["undo"]) == (first["lineart"], first["undo"])


def test_keep_as_copy_leaves_the_lineart_there_is(krita) -> None:
    krita.run(SKETCH)
    krita.ink()
    krita.click("keepCopy")
    krita.ink()
    after = krita.facts()
    assert after["tree"][2:] == ["Lineart: Sketch 2", "Lineart: Sketch"]
    seen = """
def job():
    document = K.activeDocument()
    lineart = node_named(document, "Lineart: Sketch")
    node_named(document, "Sketch").setVisible(False)
    node_named(document, "Background").setVisible(False)
    document.refreshProjection()
    return [lineart.visible(), shape(projection(document, 0, 0, 600, 400)), tree(document)[2:]]
"""
    copied = krita.run(seen)
    krita.run("def job():\n    undo(K.activeDocument())\n    yield 700")
    undone = krita.run(seen)
    krita.run("def job():\n    redo(K.activeDocument())\n    yield 700")
    assert [copied[0], undone[0], undone[2]] == [False, True, ["Lineart: Sketch"]]
    assert copied[1] == undone[1] != {"count": 0}, "the older one is seen again, and no ink twice"
    assert krita.run(seen) == copied


def test_inking_from_the_lineart_layer_works_on_its_sketch(krita) -> None:
    krita.run(SKETCH)
    krita.ink()
    krita.run(
        "def job():\n    d = K.activeDocument()\n    d.setActiveNode(node_named(d, 'Lineart: Sketch'))\n"
        "    yield 400"
    )
    krita.ink()
    assert krita.facts()["tree"] == ["Background", "Sketch", "Lineart: Sketch"]


def test_a_bar_shows_how_far_a_run_is(krita) -> None:
    krita.run(BIG_SKETCH)
    krita.run("""
def job():
    K.shown = []
    def look():
        bar = docker().findChild(QtWidgets.QProgressBar, "progress")
        if bar is not None and bar.isVisible():
            K.shown.append([bar.value(), bar.format()])
    K.look = look
    session().queue.changed.connect(look)
""")
    krita.ink()
    shown = krita.run("def job():\n    session().queue.changed.disconnect(K.look)\n    return K.shown")
    values, texts = zip(*shown, strict=True)
    assert list(values) == sorted(values)
    assert len(set(values)) > 4
    assert [text for text, _ in itertools.groupby(texts)] == [
        "Waiting Sketch",
        "Reading Sketch",
        "Inking Sketch",
        "Drawing Sketch",
    ]
    assert not krita.run("def job():\n    yield 50\n    return widget('progress').isVisible()")


def test_cancel_works_at_once_and_leaves_nothing_behind(krita, pictures: Path) -> None:
    krita.run(BIG_SKETCH)
    before = krita.facts()
    krita.click("ink")
    krita.run("""
def job():
    ours = session()
    yield from until(lambda: any(job.state.value == "inking" for job in ours.queue.active))
    yield 150
    K.job, K.cancelled = ours.queue.active[0], []
    def cancelled():
        K.cancelled.append([time.monotonic(), K.job.state.value, len(ours.queue.active)])
    widget("cancel").clicked.connect(cancelled)
""")
    krita.picture(pictures / "running.png")
    krita.click("cancel")
    state, active, gone = krita.run("""
def job():
    yield from until(lambda: K.cancelled, 10)
    at, state, active = K.cancelled[0]
    yield from until(lambda: not session().turns.taken, 30)
    return [state, active, time.monotonic() - at]
""")
    assert (state, active) == ("cancelled", 0), "to the artist it has not stopped at once"
    assert gone < 3
    krita.wait_idle()
    after = krita.facts()
    assert (after["tree"], after["undo"], after["message"]) == (before["tree"], before["undo"], "")
    krita.ink()
    assert krita.facts()["tree"] == ["Background", "Sketch", "Lineart: Sketch"]


def test_several_runs_in_several_documents_are_queued(krita) -> None:
    krita.run(
        """
def job():
    K.first = sketch_document(900, 700, name="Sketch")
    yield 400
    widget("ink").click()
    K.second = sketch_document(700, 500, name="Other")
    yield 400
    widget("ink").click()
    other = K.second.createNode("Third", "paintlayer")
    paint(K.second, other, strokes(700, 500))
    K.second.rootNode().addChildNode(other, K.second.rootNode().childNodes()[-1])
    yield 200
    K.second.setActiveNode(other)
    widget("ink").click()
    yield from idle()
""",
        timeout=120,
    )
    trees = krita.run("def job():\n    return [tree(K.first), tree(K.second), session().messages.shown.text]")
    assert trees == [
        ["Background", "Sketch", "Lineart: Sketch"],
        ["Background", "Other", "Lineart: Other", "Third", "Lineart: Third"],
        "",
    ]


def test_renewing_waits_until_its_document_is_shown_again_and_holds_up_no_other(krita) -> None:
    krita.run(SKETCH)
    krita.ink()
    result = krita.run(
        """
def job():
    first = K.activeDocument()
    paint(first, node_named(first, "Sketch"), strokes(600, 400, thick=9))
    widget("ink").click()
    K.other = new_document(300, 300)
    ours = session()
    yield from until(lambda: any(job.state.value == "writing" for job in ours.queue.active))
    yield 1000
    waiting = [[job.state.value for job in ours.queue.active], ours.messages.shown.text[:19]]
    paint(K.other, K.other.rootNode().childNodes()[0], strokes(300, 300))
    K.other.refreshProjection()
    yield 300
    widget("ink").click()
    yield from until(lambda: len(ours.queue.active) == 1 and len(tree(K.other)) == 2)
    before = lineart_shape(first)
    K.other.setModified(False)
    K.other.close()
    yield from idle()
    return [waiting, [before != lineart_shape(first), tree(first)], ours.messages.shown.text]
""",
        timeout=120,
    )
    assert result[0] == [["writing"], '"Sketch" is ready. ']
    assert result[1:] == [[True, ["Background", "Sketch", "Lineart: Sketch"]], ""]


def test_closing_the_document_in_the_middle_of_a_run(krita) -> None:
    krita.run(BIG_SKETCH)
    result = krita.run(
        """
def job():
    ours = session()
    widget("ink").click()
    yield from until(lambda: any(job.state.value == "inking" for job in ours.queue.active))
    doomed = K.activeDocument()
    doomed.setModified(False)
    doomed.close()
    yield from idle()
    text = ours.messages.shown.text
    document = sketch_document(300, 200)
    yield 400
    second = yield from ink()
    return [text, second, tree(document), modal()]
""",
        timeout=120,
    )
    assert "closed" in result[0]
    assert result[1:] == ["", ["Background", "Sketch", "Lineart: Sketch"], None]


def test_the_sketch_is_deleted_or_moved_while_it_is_inked(krita) -> None:
    result = krita.run(
        """
def job():
    ours = session()
    document = sketch_document(1600, 1200)
    yield 500
    widget("ink").click()
    yield from until(lambda: any(job.state.value == "inking" for job in ours.queue.active))
    node_named(document, "Sketch").remove()
    yield from idle()
    deleted = [tree(document), ours.messages.shown.text]
    undo(document)
    yield 300
    sketch = node_named(document, "Sketch")
    document.setActiveNode(sketch)
    yield 300
    widget("ink").click()
    yield from until(lambda: any(job.state.value == "inking" for job in ours.queue.active))
    K.action("create_quick_group").trigger()
    document.waitForDone()
    yield from idle()
    return [deleted, tree(document), ours.messages.shown.text]
""",
        timeout=150,
    )
    assert result[0][0] == ["Background"]
    assert "deleted" in result[0][1]
    assert result[1][1][1] == ["Sketch", "Lineart: Sketch"]
    assert result[2] == ""


def test_the_artist_paints_meanwhile(krita) -> None:
    krita.run("""
def job():
    document = sketch_document(2480, 3508, thick=7)
    layer = document.createNode("Paint", "paintlayer")
    document.rootNode().addChildNode(layer, document.rootNode().childNodes()[-1])
    yield 800
    yield from take_brush("Paint", 12)
    session().look()
""")
    krita.run(
        "def job():\n    d = K.activeDocument()\n    d.setActiveNode(node_named(d, 'Sketch'))\n    yield 400"
    )
    krita.click("ink")
    krita.run("""
def job():
    yield from until(lambda: any(job.state.value == "inking" for job in session().queue.active))
    document = K.activeDocument()
    document.setActiveNode(node_named(document, "Paint"))
    yield 100
""")
    krita.screen.drag(500, 400, 800, 520, steps=20, pause=0.02)
    painting = krita.run("def job():\n    return [j.state.value for j in session().queue.active]")
    krita.wait_idle()
    krita.screen.drag(500, 520, 800, 640, steps=20, pause=0.02)
    result = krita.run("""
def job():
    yield 500
    document = K.activeDocument()
    data = bgra(node_named(document, "Paint"), 0, 0, document.width(), document.height())
    return [shape(data)["count"], tree(document), document.activeNode().name()]
""")
    assert painting, "the run had ended before the stroke was painted"
    assert result[0] > 500
    assert result[1] == ["Background", "Sketch", "Lineart: Sketch", "Paint"]
    assert result[2] == "Paint"


def test_the_artist_paints_in_another_document_meanwhile(krita) -> None:
    krita.run(BIG_SKETCH)
    krita.click("ink")
    krita.run("""
def job():
    import os, signal
    engine = session().context.engine
    yield from until(lambda: engine._inker is not None and engine._inker.worker_pid)
    os.kill(engine._inker.worker_pid, signal.SIGSTOP)  # goes on until the stroke is over
    K.sketch = K.activeDocument()
    K.other = new_document(900, 700)
    layer = K.other.createNode("Paint", "paintlayer")
    K.other.rootNode().addChildNode(layer, None)
    yield 300
    yield from take_brush("Paint", 12)
""")
    places = krita.run("def job():\n    return [on_screen(K.other, x, 300) for x in (100, 700)]")
    krita.screen.stroke([tuple(place) for place in places], steps=30)
    meanwhile = krita.run("""
def job():
    import os, signal
    states = [job.state.value for job in session().queue.active]
    os.kill(session().context.engine._inker.worker_pid, signal.SIGCONT)
    return states
""")
    krita.wait_idle()
    painted, there, other, shown = krita.run("""
def job():
    K.other.waitForDone()
    painted = shape(bgra(node_named(K.other, "Paint"), 0, 0, 900, 700))
    return [painted, tree(K.sketch), tree(K.other), K.activeDocument() == K.other]
""")
    assert meanwhile, "the run had ended before the stroke was painted"
    assert painted["bounds"][0] < 110
    assert painted["bounds"][2] > 690
    assert there == ["Background", "Sketch", "Lineart: Sketch"]
    assert (other, shown) == (["Background", "Paint"], True)


def test_letting_go_of_detail_inks_anew_in_one_step(krita) -> None:
    krita.run(SKETCH)
    krita.ink()
    first = krita.facts()
    krita.run("""
def job():
    K.details = []
    runner = session().runner
    original = runner.add
    def watched(job):
        K.details.append(job.settings.detail)
        return original(job)
    runner.add = watched
""")
    krita.drag("detail", 0.5, 0.25)
    # A slow Krita hears of the button's release only after a while.
    krita.run("def job():\n    yield from until(lambda: K.details, 20)")
    krita.wait_idle()
    details = krita.run("def job():\n    del session().runner.add\n    return K.details")
    assert len(details) == 1
    assert -0.7 < details[0] < -0.3
    after = krita.facts()
    assert after["tree"] == first["tree"], after["error"]
    krita.run("def job():\n    undo(K.activeDocument())\n    yield 300")
    undone = krita.facts()
    assert (undone["lineart"], undone["undo"]) == (first["lineart"], first["undo"])


def test_what_the_engine_had_to_do_otherwise_is_said_in_the_docker(krita) -> None:
    shown = krita.run(
        """
def job():
    from smart_lineart.said import Said
    document = sketch_document(300, 200)
    yield 400
    ours = session()
    original = ours.context.engine._make
    def make(**options):
        options["notify"](Said("The {device} failed, so the CPU went on.", device="GPU"))
        return original(**options)
    ours.context.engine.close()
    ours.context.engine._make = make
    yield from ink()
    ours.context.engine._make = original
    return [widget("message").text(), widget("message").isVisible(), tree(document), modal()]
""",
        timeout=100,
    )
    assert shown == [
        "The GPU failed, so the CPU went on.",
        True,
        ["Background", "Sketch", "Lineart: Sketch"],
        None,
    ]


def test_running_out_of_memory_is_said_and_leaves_nothing(krita) -> None:
    shown = krita.run(
        """
def job():
    document = sketch_document(300, 200)
    yield 400
    ours = session()
    def fails(*_):
        raise MemoryError
    ours.context.engine.prepare = fails
    said = yield from ink()
    del ours.context.engine.prepare
    again = yield from ink()
    return [said, again, tree(document), modal()]
""",
        timeout=100,
    )
    assert "out of memory" in shown[0]
    assert shown[1:] == ["", ["Background", "Sketch", "Lineart: Sketch"], None]
