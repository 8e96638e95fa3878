# SPDX-License-Identifier: GPL-3.0-or-later
"""The manual where artists open it: Krita's Python plugin manager."""

from __future__ import annotations

import harness

from packaging_tools import manual

OPEN = """
def job():
    new_document(300, 200)
    yield 600
    QtCore.QTimer.singleShot(0, K.action("options_configure").trigger)
    yield from until(lambda: modal() is not None, 20)
    yield 500
    yield from select("Python Plugin Manager")
"""
LISTS = """
def row(text):
    dialog = QtWidgets.QApplication.activeModalWidget()
    for view in dialog.findChildren(QtWidgets.QAbstractItemView):
        for index in (view.model().index(number, 0) for number in range(view.model().rowCount())):
            if " ".join(str(index.data()).split()) == text:
                return view, index
    return None

def select(text):
    yield from until(lambda: row(text) is not None, 20)
    view, index = row(text)
    view.scrollTo(index, QtWidgets.QAbstractItemView.ScrollHint.EnsureVisible)
    view.setCurrentIndex(index)
    yield 500
"""
SPOT = """
def job():
    yield from select("Smart Lineart")
    view, index = row("Smart Lineart")
    box = view.visualRect(index)
    spot = view.viewport().mapToGlobal(QtCore.QPoint(box.left() + 60, box.center().y()))
    return [spot.x(), spot.y()]
"""
SHOWN = """
def job():
    yield 500
    dialog = QtWidgets.QApplication.activeModalWidget()
    panes = [pane for pane in dialog.findChildren(QtWidgets.QTextBrowser) if pane.isVisible()]
    shown = [[pane.toPlainText(), pane.horizontalScrollBar().maximum(), dialog.width()] for pane in panes]
    dialog.reject()
    return shown
"""


def test_the_manual_is_shown_by_krita_without_a_bar_to_scroll_it_sideways(screen) -> None:
    page = manual.build(harness.REPOSITORY / "docs/manual")
    krita = harness.KritaProcess(
        screen,
        plugin_changes=lambda folder: (folder / "manual.html").write_text(page, encoding="utf-8") and None,
    )
    try:
        krita.run(LISTS + OPEN)
        screen.click(*krita.run(LISTS + SPOT))
        ((text, beyond, width),) = krita.run(SHOWN)
    finally:
        krita.end()
    assert text.startswith("Smart Lineart")
    assert "From sketch to colour: an example" in text
    assert width < 1000  # as Krita opens it
    assert beyond == 0
