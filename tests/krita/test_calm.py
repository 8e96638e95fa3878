# SPDX-License-Identifier: GPL-3.0-or-later
"""The docker is calm: nothing moves or is replaced unasked, and what it says is true while it is said."""

from __future__ import annotations

from collections.abc import Iterator

import harness
import pytest


@pytest.fixture(scope="module")
def quick(screen: harness.Screen) -> Iterator[harness.KritaProcess]:
    process = harness.KritaProcess(screen, opengl=False)
    process.run("def job():\n    arrange()\n    yield 500")
    yield process
    process.close()


@pytest.fixture
def krita(quick: harness.KritaProcess) -> harness.KritaProcess:
    """A running Krita without documents, with a new user's settings."""
    quick.run("def job():\n    yield from fresh()")
    return quick


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
def test_a_file_is_replaced_only_by_a_button_that_says_so(krita, tmp_path, menu, entry, name) -> None:
    krita.run("def job():\n    sketch_document(300, 200)\n    yield 400")
    (tmp_path / name).write_text("mine")
    asked, open_still, as_it_was = krita.run(SAVE, MENU=menu, ENTRY=entry, PATH=str(tmp_path / name))
    stem = name.rsplit(".", 1)[0]
    assert asked == [[True, "Replace", f'Replace "{stem}"?', "mine", None]] * 2, "another name asks again"
    assert not open_still
    assert not as_it_was
