# SPDX-License-Identifier: GPL-3.0-or-later
"""What Krita gets: the docker and the "Ink sketch" action. Where they can't run, a sentence that says why."""

from __future__ import annotations

import sys
import traceback
from typing import Any

from smart_lineart import bundled
from smart_lineart.paths import readable
from smart_lineart.said import Said
from smart_lineart.studio.language import i18n

ACTION = "smart_lineart_ink"
PICTURE_ACTION = "smart_lineart_lines_from_picture"
FLATS_ACTION = "smart_lineart_flats"
COPY_ACTION = "smart_lineart_copy_vectors"
REDRAW_ACTION = "smart_lineart_redraw"
REMOVE_ACTION = "smart_lineart_remove_stroke"
TRIM_ACTION = "smart_lineart_trim_stroke"
DOCKER = "smart_lineart_docker"


def register() -> None:
    """Add the plugin to Krita; never raises, since an error here would grey the plugin out without a word."""
    try:
        _register()
    except Exception as error:  # noqa: BLE001 (whatever it is, the artist gets a sentence)
        _register_excuse(error)


def _register() -> None:
    bundled.activate()

    from krita import DockWidgetFactory, DockWidgetFactoryBase, Extension, Krita

    from smart_lineart.krita_host import application
    from smart_lineart.studio.session import Session
    from smart_lineart.ui.docker import SmartLineartDocker
    from smart_lineart.ui.qt import QtLoop

    i18n.choose_language(i18n.languages())
    SmartLineartDocker.session = session = Session(QtLoop())
    application.when_closing(session.close)

    class InkAction(Extension):  # type: ignore[misc]
        """Tools > Scripts > Ink sketch, with a shortcut the artist can set."""

        def setup(self) -> None:
            """Nothing to do before there is a window."""

        def createActions(self, window: Any) -> None:
            """Krita has opened a window."""
            action = window.createAction(ACTION, i18n.tr("Ink sketch"), "tools/scripts")
            action.triggered.connect(lambda *_: session.ink())
            lines = window.createAction(PICTURE_ACTION, i18n.tr("Lines from picture"), "tools/scripts")
            lines.triggered.connect(lambda *_: session.take_lines())
            flats = window.createAction(FLATS_ACTION, i18n.tr("Flats"), "tools/scripts")
            flats.triggered.connect(lambda *_: session.flatting.begin())
            for name, text, how in (
                ("smart_lineart_select_area", i18n.tr("Select the area under the cursor"), "new"),
                ("smart_lineart_add_area", i18n.tr("Add the area under the cursor to the selection"), "add"),
                (
                    "smart_lineart_subtract_area",
                    i18n.tr("Subtract the area under the cursor from the selection"),
                    "subtract",
                ),
            ):
                select = window.createAction(name, text, "tools/scripts")
                select.triggered.connect(lambda *_, how=how: session.flatting.select(how))
            copy = window.createAction(COPY_ACTION, i18n.tr("Copy as vector layer"), "tools/scripts")
            copy.triggered.connect(lambda *_: session.copy_as_vectors(as_shown=False))
            redraw = window.createAction(REDRAW_ACTION, i18n.tr("Redraw with my brush"), "tools/scripts")
            redraw.triggered.connect(lambda *_: session.redraw())
            text = i18n.tr("Remove the stroke under the pen")
            remove = window.createAction(REMOVE_ACTION, text, "tools/scripts")
            remove.triggered.connect(lambda *_: session.cut_stroke(to_crossing=False))
            text = i18n.tr("Trim the stroke under the pen")
            trim = window.createAction(TRIM_ACTION, text, "tools/scripts")
            trim.triggered.connect(lambda *_: session.cut_stroke(to_crossing=True))

    krita = Krita.instance()
    krita.addExtension(InkAction(krita))
    krita.addDockWidgetFactory(
        DockWidgetFactory(DOCKER, DockWidgetFactoryBase.DockPosition.DockRight, SmartLineartDocker)
    )


def excuse(error: BaseException) -> Said:
    """Why the plugin can't run here, for the artist."""
    if isinstance(error, bundled.DoesNotFit):
        return error.said
    python = ".".join(str(part) for part in sys.version_info[:2])
    if isinstance(error, ImportError) and (error.name or "").split(".")[0] == "numpy":
        return Said(
            "Smart Lineart needs numpy for Python {python}, which this Krita runs: install the file "
            "for your system, or your system's numpy package (python3-numpy).",
            python=python,
        )
    return Said(
        "Smart Lineart could not start in this Krita (Python {python}): {problem}",
        python=python,
        problem=error,
    )


def _register_excuse(error: BaseException) -> None:
    """A docker that says what is wrong, in place of the one that couldn't be made."""
    from krita import DockWidget, DockWidgetFactory, DockWidgetFactoryBase, Krita

    try:
        from PyQt6 import QtWidgets
    except ImportError:
        from PyQt5 import QtWidgets  # type: ignore[no-redef]

    i18n.choose_language(i18n.languages())
    sentence, story = readable(i18n.translated(excuse(error))), readable(traceback.format_exc())

    class Excuse(DockWidget):  # type: ignore[misc]
        """The sentence, with the whole story as tooltip."""

        def __init__(self) -> None:
            super().__init__()
            self.setWindowTitle("Smart Lineart")
            label = QtWidgets.QLabel(sentence)
            label.setObjectName("message")
            label.setWordWrap(True)
            label.setToolTip(story)
            label.setMargin(6)
            self.setWidget(label)

        def canvasChanged(self, canvas: Any) -> None:
            """Nothing depends on the document."""

    Krita.instance().addDockWidgetFactory(
        DockWidgetFactory(DOCKER, DockWidgetFactoryBase.DockPosition.DockRight, Excuse)
    )
