# SPDX-License-Identifier: GPL-3.0-or-later
"""Names every end-to-end snippet can use: documents, layers, widgets, screenshots."""

from __future__ import annotations

import itertools
import time
from pathlib import Path

import numpy as np
from krita import InfoObject, Krita, Selection  # noqa: F401 (for the snippets)

try:
    from PyQt6 import QtCore, QtGui, QtWidgets, sip
except ImportError:
    from PyQt5 import QtCore, QtGui, QtWidgets, sip

K = Krita.instance()
SRGB = "sRGB-elle-V2-srgbtrc.icc"


def new_document(width=600, height=400, model="RGBA", depth="U8", profile="", ppi=300.0, name="page"):
    """A new document in a view of its own, active."""
    document = K.createDocument(width, height, name, model, depth, profile, ppi)
    document.setBatchmode(True)
    K.activeWindow().addView(document)
    # From 5.3 on Krita shows its dockers anew with the first document.
    QtCore.QTimer.singleShot(150, arrange)
    return document


def owned(elements):
    """What Krita lists, freed with the last reference to it: else it would keep layers in memory."""
    for element in elements:
        sip.transferback(element)
    return elements


def children(node):
    """A node's layers as the plugin lists them: Krita's own list may have holes while it is at work."""
    from smart_lineart.krita_host.lists import children as listed

    return listed(node)


def close_all():
    for document in owned(K.documents()):
        document.setModified(False)
        document.close()


def show(document):
    """Bring a document to the front, as a click on its tab does.

    Krita's own Window.showView does nothing: it looks for the view among objects it has just made.
    """
    area = K.activeWindow().qwindow().findChild(QtWidgets.QMdiArea)
    places = [view.document() == document for view in owned(K.activeWindow().views())]
    windows = area.subWindowList()
    for _, window in sorted(zip(places, windows, strict=True), key=lambda pair: not pair[0]):
        area.setActiveSubWindow(window)
        if K.activeDocument() == document:
            return
    raise LookupError(f"{document.name()} could not be brought to the front")


def node_named(document, name):
    return document.nodeByName(name)


def tree(document, node=None):
    """Names bottom to top; a group is [name, [children]]."""
    return [
        [child.name(), tree(document, child)] if child.type() == "grouplayer" else child.name()
        for child in children(node or document.rootNode())
    ]


def bgra(node, x, y, width, height):
    """The layer's own pixels as 8-bit sRGB, (height, width, 4), B, G, R, A."""
    copy = node.duplicate()
    copy.setColorSpace("RGBA", "U8", SRGB)
    data = bytes(copy.pixelData(x, y, width, height))
    return np.frombuffer(data, np.uint8).reshape(height, width, 4)


def projection(document, x, y, width, height):
    """What the canvas shows, as 8-bit sRGB B, G, R, A (the document must be 8-bit sRGB)."""
    document.waitForDone()
    return np.frombuffer(bytes(document.pixelData(x, y, width, height)), np.uint8).reshape(height, width, 4)


def shape(array, x=0, y=0):
    """Facts about a layer's alpha: painted pixels, their bounds and a checksum."""
    alpha = array[..., 3]
    rows, columns = np.nonzero(alpha > 8)
    if not len(rows):
        return {"count": 0}
    return {
        "count": len(rows),
        "bounds": [int(columns.min()) + x, int(rows.min()) + y, int(columns.max()) + x, int(rows.max()) + y],
        "sum": int(alpha.astype(np.int64).sum()),
        "check": int(
            (alpha.astype(np.int64) * (1 + np.arange(alpha.size).reshape(alpha.shape) % 9973)).sum()
        ),
        "colour": [int(v) for v in np.median(array[alpha > 200][:, 2::-1], axis=0)]
        if (alpha > 200).any()
        else None,
    }


def strokes(width, height, *, dark=True, opaque=True, thick=3, colour=None):
    """A simple sketch: a big loop, a diagonal and a zigzag, as (height, width, 4) B, G, R, A."""
    image = QtGui.QImage(width, height, QtGui.QImage.Format.Format_ARGB32)
    paper, ink = (
        (QtGui.QColor(255, 255, 255), QtGui.QColor(40, 40, 40))
        if dark
        else (QtGui.QColor(20, 20, 20), QtGui.QColor(235, 235, 235))
    )
    if colour:
        ink = QtGui.QColor(*colour)
    image.fill(paper if opaque else QtGui.QColor(0, 0, 0, 0))
    painter = QtGui.QPainter(image)
    painter.setRenderHint(QtGui.QPainter.RenderHint.Antialiasing)
    painter.setPen(QtGui.QPen(ink, thick))
    painter.drawEllipse(QtCore.QRectF(width * 0.1, height * 0.1, width * 0.45, height * 0.7))
    painter.drawLine(QtCore.QPointF(width * 0.6, height * 0.1), QtCore.QPointF(width * 0.9, height * 0.8))
    points = [QtCore.QPointF(width * (0.1 + 0.1 * i), height * (0.85 + 0.08 * (i % 2))) for i in range(9)]
    for a, b in itertools.pairwise(points):
        painter.drawLine(a, b)
    painter.end()
    return image_array(image)


def image_array(image):
    image = image.convertToFormat(QtGui.QImage.Format.Format_ARGB32)
    bits = image.constBits()
    bits.setsize(image.sizeInBytes() if hasattr(image, "sizeInBytes") else image.byteCount())
    return np.frombuffer(bytes(bits), np.uint8).reshape(image.height(), -1, 4)[:, : image.width()].copy()


def paint(document, node, array, x=0, y=0):
    """Put 8-bit sRGB B, G, R, A pixels into a layer of any colour space (not undoable, as Krita has it)."""
    height, width = array.shape[:2]
    model, depth, profile = node.colorModel(), node.colorDepth(), node.colorProfile()
    carrier = document.createNode("carrier", "paintlayer")
    carrier.setColorSpace("RGBA", "U8", SRGB)
    carrier.setPixelData(np.ascontiguousarray(array).tobytes(), x, y, width, height)
    carrier.setColorSpace(model, depth, profile)
    node.setPixelData(carrier.pixelData(x, y, width, height), x, y, width, height)


def sketch_document(width=600, height=400, name="Sketch", **options):
    """A new document with one sketch layer, selected; `look` options go to strokes()."""
    look = {k: options.pop(k) for k in ("dark", "opaque", "thick", "colour") if k in options}
    document = new_document(width, height, **options)
    node = document.createNode(name, "paintlayer")
    paint(document, node, strokes(width, height, **look))
    document.rootNode().addChildNode(node, children(document.rootNode())[-1])
    document.waitForDone()
    document.setActiveNode(node)
    return document


def docker():
    for candidate in K.dockers():
        if candidate.objectName() == "smart_lineart_docker":
            return candidate
    return None


def widget(name):
    found = docker().findChild(QtWidgets.QWidget, name)
    if found is None:
        raise LookupError(f"no widget called {name}")
    return found


def place(name_or_widget):
    """Centre and size of a widget on the screen."""
    target = widget(name_or_widget) if isinstance(name_or_widget, str) else name_or_widget
    corner = target.mapToGlobal(QtCore.QPoint(0, 0))
    return {
        "x": corner.x() + target.width() // 2,
        "y": corner.y() + target.height() // 2,
        "width": target.width(),
        "height": target.height(),
        "enabled": target.isEnabled(),
        "visible": target.isVisible(),
    }


def modal():
    """The title of the modal window that is open, or None."""
    window = QtWidgets.QApplication.activeModalWidget()
    return None if window is None else window.windowTitle() or type(window).__name__


def undo_text():
    return K.action("edit_undo").text().replace("&", "")


def undo(document):
    document.waitForDone()  # Krita does nothing at an undo while it is at work on the image
    K.action("edit_undo").trigger()
    document.waitForDone()


def redo(document):
    document.waitForDone()
    K.action("edit_redo").trigger()
    document.waitForDone()


def steps_to_undo():
    """How many steps Krita could take back, as its docker of the history counts them."""
    history = next(docker for docker in K.dockers() if docker.objectName() == "History")
    return history.findChild(QtWidgets.QListView).selectionModel().currentIndex().row()


def until(condition, seconds=60.0):
    """Use as `yield from until(lambda: ...)`: wait for a condition while the event loop runs."""
    end = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > end:
            raise TimeoutError("the condition did not come true")
        yield 20


def grab(path, target=None):
    """Save a picture of a widget (the main window without one)."""
    target = target or K.activeWindow().qwindow()
    target.grab().save(path)
    return Path(path).stat().st_size


PLAIN_PRESETS = ("b) Basic-5 Size", "b) Basic-1", "Basic_tip_default")


def take_brush(layer, size, erase=False, colour=(0, 0, 0)):
    """Use as `yield from take_brush(...)`: select a layer, and a brush or eraser of some size."""
    from krita import ManagedColor

    document = K.activeDocument()
    document.setActiveNode(node_named(document, layer))
    K.action("KritaShape/KisToolBrush").trigger()
    yield 250
    view = K.activeWindow().activeView()
    presets = K.resources("preset")  # whatever a test before has chosen may be an eraser
    view.setCurrentBrushPreset(next(presets[name] for name in PLAIN_PRESETS if name in presets))
    yield 150
    view.setForeGroundColor(ManagedColor.fromQColor(QtGui.QColor(*colour), view.canvas()))
    view.setBrushSize(size)
    action = K.action("erase_action")
    if action.isChecked() != erase:
        action.trigger()
    yield 150


def fit_view(document):
    """Use as `yield from fit_view(document)`: zoom so that all of the page is seen."""
    for zoom in (1.0, 0.5, 0.25, 0.2, 0.15, 0.1):
        K.activeWindow().activeView().canvas().setZoomLevel(zoom)
        yield 300
        left, top = on_screen(document, 0, 0)
        right, bottom = on_screen(document, document.width(), document.height())
        if left >= 30 and top >= 60 and right <= 1200 and bottom <= 1100:
            return
    raise LookupError(f"the page does not fit: {left, top, right, bottom}")


def on_screen(document, x, y):
    """Where a pixel of the image is on the screen."""
    from smart_lineart.krita_host import view
    from smart_lineart.krita_host.document import Document

    place = view.canvas_place(Document(document))
    spot = place.viewport.mapToGlobal(
        QtCore.QPoint(int(x * place.zoom - place.left), int(y * place.zoom - place.top))
    )
    return [spot.x(), spot.y()]


# -- the plugin


def session():
    from smart_lineart.ui.docker import SmartLineartDocker

    return SmartLineartDocker.session


def arrange():
    """Make the window large, with the layers and our docker alone on the right."""
    window = K.activeWindow().qwindow()
    window.setGeometry(0, 0, 1500, 1150)
    for other in K.dockers():
        other.setVisible(other.objectName() in {"KisLayerBox", "smart_lineart_docker", "ToolBox"})
    docker().raise_()


def idle(seconds=90.0):
    """Use as `yield from idle()`: wait until nothing is queued, running or following."""
    ours = session()
    yield 30
    yield from until(lambda: not ours.queue.active and not ours.turns.taken and not ours.turns.drags, seconds)
    yield 150


def see_at_most(times):
    """How closely pages are seen: small ones 2.5 times, left to themselves, which takes six times as long."""
    from smart_lineart.inking.page import scale

    scale.MAX_SCALE = times


def fresh(**settings):
    """Close every document and go back to the settings a new user has; small pages are seen as they are."""
    from smart_lineart.studio import preferences
    from smart_lineart.studio.settings import InkSettings

    see_at_most(1.0)
    ours = session()
    ours.live.switch(False)
    ours.queue.cancel_all()
    yield from idle()
    close_all()
    ours.context.corrections.set_shown(False)
    erase = K.action("erase_action")
    if erase is not None and erase.isChecked():
        erase.trigger()
    ours.messages.say("")
    ours.messages.last_error = ""
    ours.settings = InkSettings(**settings)
    preferences.save_settings(ours.settings)
    ours.picturing.kinds, ours.picturing.own_colour = ("line",), False
    ours.settings_changed.emit()
    widget("keepCopy").setChecked(False)
    yield 100


def ink(seconds=90.0):
    """Click the button from inside and wait for the end; returns the sentence shown then."""
    widget("ink").click()
    yield from idle(seconds)
    return session().messages.shown.text


def facts(document):
    """What the end-to-end tests compare: layers, undo, selected layer, messages, and the lineart's shape."""
    active = document.activeNode()
    return {
        "tree": tree(document),
        "undo": undo_text(),
        "active": active.name() if active else None,
        "message": session().messages.shown.text,
        "error": session().messages.last_error,
        "modal": modal(),
        "lineart": lineart_shape(document),
    }


def lineart_shape(document, name="Lineart: Sketch"):
    """The lineart's shape on and around the canvas, or None where there is no such layer."""
    node = node_named(document, name)
    if node is None:
        return None
    x, y, width, height = -300, -300, document.width() + 600, document.height() + 600
    return shape(bgra(node, x, y, width, height), x, y)
