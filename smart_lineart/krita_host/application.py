# SPDX-License-Identifier: GPL-3.0-or-later
"""Krita itself: its documents, settings, icons, version."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryFile
from typing import Any

from krita import Krita

from smart_lineart.paths import openable

from .document import Document
from .lists import owned
from .outlived import outlived

try:
    from PyQt6.QtCore import QStandardPaths
except ImportError:
    from PyQt5.QtCore import QStandardPaths

HEARD = "smart_lineart_hears"
SETTINGS_GROUP = "smart_lineart"
SETTINGS_ROOM = 256 << 10  # bytes; Krita writes its whole file anew


def krita() -> Any:
    """Krita's one instance."""
    return Krita.instance()


def version() -> str:
    """Krita's version, such as "5.2.9"."""
    return str(krita().version())


def icon(name: str) -> Any:
    """One of Krita's own icons, in the theme's colour."""
    return krita().icon(name)


def trigger(action_name: str) -> None:
    """Do what one of Krita's own actions does, even where its menu entry is greyed.

    Qt 6 ignores a trigger of a disabled action, Qt 5 doesn't.
    """
    action = krita().action(action_name)
    enabled = action.isEnabled()
    action.setEnabled(True)
    with outlived():
        action.trigger()
    action.setEnabled(enabled)


def undo_text() -> str:
    """What the undo entry of the menu says."""
    return str(krita().action("edit_undo").text())


def history() -> tuple[str, str]:
    """What the undo and redo entries of the menu say."""
    return undo_text(), _redo_text()


def step_named(entry: str) -> str:
    """What Krita calls the step that undo or redo would take; "" where there is none."""
    action = krita().action(entry)
    return str(action.text()).removeprefix(str(action.iconText())).strip()


def word_of_conversion() -> str:
    """What Krita calls the step that converts a layer to a paint layer, in its own language.

    Where a language has another word for it in the undo menu, that stands on a line of its own behind.
    """
    said = str(krita().krita_i18nc("(qtundo-format)", "Convert to a Paint Layer"))
    return said.rpartition("\n")[2]


def words_of_our_steps() -> tuple[str, str]:
    """What Krita calls the steps that scripts can take with layers: converting one, and adding one."""
    added = str(krita().krita_i18nc("(qtundo-format)", "Add Layer"))
    return word_of_conversion(), added.rpartition("\n")[2]


def word_step(entry: str, word: str) -> None:
    """Call the step that undo or redo would take something else, until Krita words it at the next step."""
    action = krita().action(entry)
    prefix = str(action.iconText())
    action.setText(f"{prefix} {word}")
    action.setIconText(prefix)


_bare_redo: list[str] = []


def can_redo() -> bool:
    """Whether the artist has undone something and may want it back.

    Krita's menu entry is always enabled. It names what can be redone, so it is shortest when nothing can.
    """
    return _redo_text() != _bare_redo[0]


def _redo_text() -> str:
    """What the entry says. How it looks with nothing to redo is learned whenever that is asked: `can_redo`
    may be asked for the first time right after an undo.
    """
    text = str(krita().action("edit_redo").text())
    if not _bare_redo or len(text) < len(_bare_redo[0]):
        _bare_redo[:] = [text]
    return text


def when_converted(action: Callable[[], None]) -> None:
    """Call `action` when a layer is converted to a paint layer, by anybody, in the window in front."""
    entry = krita().action("convert_to_paint_layer")
    if entry is not None and not entry.property(HEARD):
        entry.setProperty(HEARD, True)
        entry.triggered.connect(lambda *_: action())


def when_undone(action: Callable[[str], None]) -> None:
    """Call `action` at each undo and redo in the window in front, once however often this is asked, with the
    name of the entry.
    """
    for name in ("edit_undo", "edit_redo"):
        entry = krita().action(name)
        if entry is not None and not entry.property(HEARD):
            entry.setProperty(HEARD, True)
            entry.triggered.connect(lambda *_, name=name: action(name))


def active_document() -> Document | None:
    """The document the artist looks at."""
    document = krita().activeDocument()
    return None if document is None else Document(document)


def is_active(document: Document) -> bool:
    """Whether a document is the one the artist looks at."""
    active = krita().activeDocument()
    return active is not None and active == document.raw


def is_open(document: Document) -> bool:
    """Whether a document is still open."""
    return any(other == document.raw for other in owned(krita().documents()))


def user_folder() -> Path:
    """Where the plugin keeps what is the artist's: beside Krita's resources, not in the plugin's folder."""
    return openable(str(krita().getAppDataLocation())) / SETTINGS_GROUP


def read_setting(key: str, default: str = "") -> str:
    """A value kept for the user in Krita's own configuration."""
    return str(krita().readSetting(SETTINGS_GROUP, key, default))


def write_setting(key: str, value: str) -> None:
    """Keep a value for the user in Krita's own configuration, as long as there is room for that.

    Krita hangs for good when it has settings to write and no room for them, the second time it tries: the
    library that it keeps them with (KConfig 5.103) never gives up its lock then.
    """
    if has_room_for_settings():
        krita().writeSetting(SETTINGS_GROUP, key, value)


def has_room_for_settings() -> bool:
    """Whether Krita's settings can be written."""
    folder = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.GenericConfigLocation)
    try:
        with TemporaryFile(
            dir=str(openable(folder)), buffering=0
        ) as file:  # has no name where the system lets it have none
            file.write(bytes(SETTINGS_ROOM))
    except OSError:
        return False
    return True


def when_closing(action: Callable[[], None]) -> None:
    """Call `action` when Krita is about to close."""
    notifier = krita().notifier()
    notifier.setActive(True)
    notifier.applicationClosing.connect(action)


def when_image_closed(action: Callable[[], None]) -> None:
    """Call `action` when a document or a view was opened, closed or changed."""
    notifier = krita().notifier()
    notifier.setActive(True)
    notifier.imageClosed.connect(lambda *_: action())
    notifier.viewClosed.connect(lambda *_: action())
