# SPDX-License-Identifier: GPL-3.0-or-later
"""The docker's row for corrections: how many were kept, where they are, and the new ink in their place."""

from __future__ import annotations

from collections.abc import Callable

from smart_lineart.studio.corrections import Corrections
from smart_lineart.studio.language.i18n import tr, tr_count

from .overlay import Overlay
from .qt import QtWidgets
from .widgets import icon_button


class CorrectionsRow(QtWidgets.QWidget):
    """Shown where a sketch has lineart. `take_new` puts the new ink in the corrections' place."""

    def __init__(self, corrections: Corrections, take_new: Callable[[], None]):
        super().__init__()
        self._corrections = corrections
        self._overlay = Overlay()
        self._label = QtWidgets.QLabel()
        self._label.setObjectName("corrections")
        self._label.setSizePolicy(QtWidgets.QSizePolicy.Policy.Ignored, QtWidgets.QSizePolicy.Policy.Fixed)
        self._show = icon_button("showCorrections", "visible", tr("Mark my changes on the canvas"))
        self._show.setAccessibleName(tr("Mark my changes"))
        self._show.setCheckable(True)
        self._show.toggled.connect(corrections.set_shown)
        self._take = icon_button(
            "takeNew",
            "krita_draw_path",
            tr("Use new ink here: replaces your changes inside the selection"),
        )
        self._take.setAccessibleName(tr("Use new ink here"))
        self._take.clicked.connect(lambda *_: take_new())
        row = QtWidgets.QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(3)
        row.addWidget(self._label, 1)
        row.addWidget(self._show)
        row.addWidget(self._take)

    def refresh(self) -> None:
        """Show what the corrections are now."""
        count = self._corrections.count
        kept = tr_count("1 of your changes kept", "{count} of your changes kept", count)
        self._label.setText(kept if count else tr("Your changes are kept"))
        self._label.setToolTip(tr("Places you drew, erased or recoloured by hand"))
        self._show.setEnabled(bool(count))
        shown = self._corrections.shown and bool(count)
        self._show.blockSignals(True)
        self._show.setChecked(shown)
        self._show.blockSignals(False)
        self._overlay.show_places(self._corrections.kept if shown else None)
