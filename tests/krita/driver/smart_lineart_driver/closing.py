# SPDX-License-Identifier: GPL-3.0-or-later
"""Closes a document at any step of any work that writes into it."""

from __future__ import annotations

import numpy as np

from .helpers import (
    K,
    QtCore,
    QtWidgets,
    Selection,
    idle,
    node_named,
    paint,
    session,
    sketch_document,
    strokes,
)

NO = QtWidgets.QMessageBox.StandardButton.No
PRESS_MS = 20
LONGER_MS = 500
STRIP = 30_000  # px: even a small page has several


def by_script(document):
    document.setModified(False)
    document.close()


def by_hand(document):
    """File > Close, and "No" to whether it shall be saved."""
    timer = QtCore.QTimer()
    QtWidgets.QApplication.instance().closing_timer = timer

    def press_no():
        box = QtWidgets.QApplication.activeModalWidget()
        if isinstance(box, QtWidgets.QMessageBox) and box.button(NO) is not None:
            timer.stop()
            box.button(NO).click()

    timer.timeout.connect(press_no)
    timer.start(PRESS_MS)
    document.setModified(True)
    K.action("file_close").trigger()
    timer.stop()


WAYS = {"script": by_script, "hand": by_hand}


class Closing:
    """Counts the steps of what is under way, and closes the document at one of them, or after some ms."""

    def __init__(self, document, at=None, way="script", after=None):
        self._document, self._at, self._way = document, at, WAYS[way]
        if after is not None:
            QtCore.QTimer.singleShot(after, self._close)
        self._loop = session().context.loop
        self._later = self._loop.later
        self.count = 0

    def __enter__(self):
        self._loop.later = self._count
        return self

    def __exit__(self, *_):
        del self._loop.later

    def _count(self, milliseconds, action):
        if self.count == self._at:
            QtCore.QTimer.singleShot(0, self._close)
        self.count += 1
        self._later(milliseconds, action)

    def _close(self):
        if any(one == self._document for one in K.documents()):
            self._way(self._document)


class QuickEngine:
    """Has the real engine draw what the sketch shows, without its network, in a moment."""

    def __init__(self):
        self._engine = session().context.engine

    def __enter__(self):
        from smart_lineart.inking import Features
        from smart_lineart.inking.strokes import Strokes

        def prepare(sketch, settings, progress, cancelled, earlier=None):
            features = Features(sketch.size, 1.0, False, Strokes.empty(), None, None)
            drawn[id(features)] = sketch, features
            return features

        def render(features, settings, region=None, cancelled=None):
            sketch, _ = drawn[id(features)]
            dark = 1 - sketch.read_luma(0, sketch.size[0])
            ink = (dark * (200 + settings.thickness)).clip(0, 255).astype(np.uint8)
            if region is not None:
                ink = ink[region.y : region.y + region.height, region.x : region.x + region.width]
            return np.ascontiguousarray(ink)

        def read_picture(picture, progress, cancelled):
            from smart_lineart.studio.picture_reading import KINDS, FoundInPicture

            kinds = {kind: prepare(picture, None, progress, cancelled) for kind in KINDS}
            return FoundInPicture(kinds, 3.0, (60, 30, 20))

        drawn = {}
        self._engine.prepare, self._engine.render = prepare, render
        self._engine.read_picture = read_picture

    def __exit__(self, *_):
        del self._engine.prepare, self._engine.render, self._engine.read_picture


def page(width=420, height=300):
    document = sketch_document(width, height, opaque=False)
    yield 300
    return document


def edit(document):
    """The artist draws on the sketch, and corrects the lineart where there is one."""
    sketch, lineart = node_named(document, "Sketch"), node_named(document, "Lineart: Sketch")
    width, height = document.width(), document.height()
    paint(document, sketch, strokes(width, height, thick=6, opaque=False))
    if lineart is not None:
        stroke = np.zeros((30, 90, 4), np.uint8)
        stroke[..., 3] = 255
        paint(document, lineart, stroke, width // 2, height // 2)
    document.setActiveNode(sketch)
    document.waitForDone()
    yield 100


def inked(document):
    session().ink()
    yield from idle()


def animated(width=420, height=300):
    document = yield from page(width, height)
    sketch = node_named(document, "Sketch")
    sketch.enableAnimation()
    yield 100
    for time, thick in ((0, 3), (4, 6), (8, 10)):
        document.setCurrentTime(time)
        document.waitForDone()
        yield 50
        if not sketch.hasKeyframeAtTime(time):
            K.action("add_blank_frame").trigger()
            document.waitForDone()
            yield 100
        paint(document, sketch, strokes(width, height, opaque=False, thick=thick))
    document.setFullClipRangeEndTime(12)
    document.setCurrentTime(4)
    document.waitForDone()
    yield 200
    session().frames = (0, 12)
    return document


def new():
    document = yield from page()
    return document, session().ink


def group():
    """Of layers that a pass-through group holds, which are composed in a document without a view."""
    document = yield from page()
    around = document.createGroupLayer("Group")
    document.rootNode().addChildNode(around, None)
    for name in ("Low", "High"):
        layer = document.createNode(name, "paintlayer")
        paint(document, layer, strokes(document.width(), document.height(), opaque=False))
        around.addChildNode(layer, None)
    around.setPassThroughMode(True)
    document.waitForDone()
    document.setActiveNode(around)
    yield 300
    return document, session().ink


def renew():
    document = yield from page()
    yield from inked(document)
    yield from edit(document)
    return document, session().ink


def slider():
    document = yield from page()
    yield from inked(document)
    return document, lambda: session().change("thickness", 30.0, final=True)


def picture():
    document = yield from page()
    session().picturing.choose("shade_edge", on=True)
    return document, session().take_lines


def picture_again():
    """The artist has drawn on the lines, changed the picture and ticked another kind."""
    document, begin = yield from picture()
    begin()
    yield from idle()
    stroke = np.zeros((30, 90, 4), np.uint8)
    stroke[..., 3] = 255
    paint(document, node_named(document, "Lines"), stroke, 200, 150)
    session().picturing.choose("shade", on=True)
    yield from edit(document)
    return document, begin


def live():
    from smart_lineart.krita_host import application

    document = yield from page()

    def again():
        ours = application.active_document()
        session().ink_live(ours, session().context.memory.sketch_for(ours, ours.active_layer()))

    again()
    yield from idle()
    sketch = node_named(document, "Sketch")
    paint(document, sketch, strokes(document.width(), document.height(), thick=6, opaque=False))
    document.setActiveNode(sketch)
    document.waitForDone()
    yield 100
    return document, again


def frames():
    document = yield from animated()
    return document, session().ink


def frames_again():
    document = yield from animated()
    yield from inked(document)
    document.setActiveNode(node_named(document, "Sketch"))
    document.waitForDone()
    yield 200
    session().settings = session().settings.with_value("thickness", 40.0)
    return document, session().ink


def take_new():
    document = yield from page()
    yield from inked(document)
    yield from edit(document)
    selection = Selection()
    selection.select(0, 0, document.width(), document.height(), 255)
    document.setSelection(selection)
    yield 1500  # closed within 0.2 s of that, Krita 5.1.5 ends at times with nothing of ours under way
    return document, session().take_new


def flats():
    document = yield from page()
    return document, session().flatting.begin


def flats_again():
    """The artist has painted on them, and drawn another line."""
    document = yield from page()
    session().flatting.begin()
    yield from idle()
    stroke = np.full((30, 90, 4), 255, np.uint8)
    paint(document, node_named(document, "Flats"), stroke, 100, 100)
    paint(document, node_named(document, "Sketch"), strokes(420, 300, thick=9, opaque=False))
    document.setActiveNode(node_named(document, "Sketch"))
    document.waitForDone()
    yield 100
    return document, session().flatting.begin


def group_of_flats():
    """The same in a group with one layer a colour."""
    document = yield from page()
    session().flatting.set_layered(True)
    session().flatting.begin()
    yield from idle()
    paint(document, node_named(document, "Sketch"), strokes(420, 300, thick=9, opaque=False))
    document.setActiveNode(node_named(document, "Sketch"))
    document.waitForDone()
    yield 100
    return document, session().flatting.begin


def flats_into_a_group():
    document = yield from page()
    session().flatting.begin()
    yield from idle()
    yield 100
    return document, lambda: session().flatting.set_layered(True)


def hints():
    document = yield from page()
    session().flatting.begin(hints=True)
    yield from idle()
    yield 300
    yield from idle()

    def dab():
        colour = np.full((12, 12, 4), 255, np.uint8)
        colour[..., 0] = 30
        paint(document, node_named(document, "Colour hints"), colour, 130, 130)
        session().flatting.hints.stir()

    return document, dab


WRITERS = {
    one.__name__: one
    for one in (
        *(new, group, renew, slider, picture, picture_again, live, frames, frames_again, take_new),
        *(flats, flats_again, hints, group_of_flats, flats_into_a_group),
    )
}


def ended(seconds=40):
    yield from idle(seconds)
    yield 100


def run(writer, at=None, way="script", after=None):
    """Let one writer work, and close its document at the step `at` or `after` ms; returns how many steps
    there were, whether it is still open, what was said, and what went wrong.
    """
    from smart_lineart.krita_host import composing, geometry

    geometry.strips.__defaults__ = (STRIP, *geometry.strips.__defaults__[1:])
    composing.AT_ONCE = STRIP
    ours = session()
    ours.messages.say("")
    ours.messages.last_error = ""
    ours.frames = None
    with QuickEngine():
        document, begin = yield from WRITERS[writer]()
        with Closing(document, at, way, after) as closing:
            begin()
            yield from ended()
        still_open = any(one == document for one in K.documents())
        if still_open:
            by_script(document)
        yield 100
    ours.frames = None
    if any(bench.raw in K.documents() for bench in composing._benches):
        return [closing.count, still_open, ours.messages.shown.text, "a document without a view is left open"]
    # The sentence has gone with its document.
    odd = ours.messages.last_error if "was closed" not in ours.messages.last_error else ""
    return [closing.count, still_open, ours.messages.shown.text, odd]


class Destroyed(QtCore.QObject):
    """Counts documents that Krita destroys."""

    def __init__(self):
        super().__init__()
        self.count = 0

    def eventFilter(self, receiver, event):  # noqa: N802 (Qt's name)
        if event.type() == QtCore.QEvent.Type.DeferredDelete and receiver.inherits("KisDocument"):
            receiver.destroyed.connect(self._count)
        return False

    def _count(self):
        self.count += 1


def while_krita_waits(how):
    """Close a document behind the dialog that Krita shows once it has waited for it for a second, and which
    goes on for a while after that.

    Returns whether that was shown, how many documents Krita destroyed before its function had returned, and
    how many later.
    """
    from smart_lineart.krita_host.document import Document
    from smart_lineart.krita_host.outlived import outlived

    document = yield from page()
    (other,) = K.documents()
    application, seen, shown = QtWidgets.QApplication.instance(), Destroyed(), []

    def close():
        if QtWidgets.QApplication.activeModalWidget() is None:
            QtCore.QTimer.singleShot(PRESS_MS, close)
            return
        shown.append(1)
        application.installEventFilter(seen)
        by_script(document)
        QtCore.QTimer.singleShot(LONGER_MS, other.unlock)

    document.lock()  # what Krita is to do now is left undone
    QtCore.QTimer.singleShot(0, close)
    if how == "refresh":
        Document(document).refresh()
    else:
        with outlived():
            node_named(document, "Sketch").setBlendingMode("multiply")  # 5.1 waits for this already
            document.waitForDone()
    early = seen.count
    yield 300
    application.removeEventFilter(seen)
    return [bool(shown), early, seen.count]


def after_changes(milliseconds):
    """Close a document so many ms after its layers were changed, and wait for what Krita put off."""
    from smart_lineart.krita_host.layer import Layer

    document = yield from page()
    sketch = Layer(node_named(document, "Sketch"))
    sketch.set_opacity(100)
    sketch.set_visible(False)
    sketch.rename("Rough")
    yield milliseconds
    by_script(document)
    yield LONGER_MS
