# SPDX-License-Identifier: GPL-3.0-or-later
"""The docker's row that shows, fades or hides the sketch behind its ink, and compares the two."""

from __future__ import annotations

from smart_lineart.krita_host import application, view
from smart_lineart.studio import preferences
from smart_lineart.studio.language.i18n import tr
from smart_lineart.studio.session import Session
from smart_lineart.studio.veil import HIDDEN, PALE, SHOWN

from .line_colours import show_line_colours
from .qt import QtCore, QtWidgets
from .widgets import ElidedLabel

Q = QtCore.Qt
CHECK_MS = 50


class SketchRow(QtWidgets.QWidget):
    """Shown where a sketch has lineart."""

    def __init__(self, session: Session):
        super().__init__()
        self._session = session
        self._reveal = session.context.reveal
        self._label = ElidedLabel("sketchLook")
        row = QtWidgets.QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        row.addWidget(self._label, 1)
        self._looks = {
            SHOWN: self._button("showSketch", "visible", tr("Show the sketch as it was")),
            PALE: self._button("fadeSketch", "transparency-unlocked", tr("Fade the sketch behind its ink")),
            HIDDEN: self._button("hideSketch", "novisible", tr("Hide the sketch")),
        }
        for look, button in self._looks.items():
            button.setCheckable(True)
            button.clicked.connect(lambda *_, look=look: self._choose(look))
            row.addWidget(button)
        self._compare = HoldButton()
        self._compare.setObjectName("compare")
        _dress(
            self._compare,
            "split-layer",
            tr("Compare: press and hold to see the sketch alone. With Shift: the ink without the sketch."),
        )
        self._compare.setAccessibleName(tr("Compare"))
        self._compare.held.connect(self._hold)
        self._compare.left.connect(self._reveal.glance.end)
        row.addWidget(self._compare)
        row.addWidget(self._build_menu())
        self._check = QtCore.QTimer(self)
        self._check.timeout.connect(self._look_after_glance)

    def _button(self, name: str, icon: str, tip: str) -> QtWidgets.QToolButton:
        button = QtWidgets.QToolButton()
        button.setObjectName(name)
        _dress(button, icon, tip)
        return button

    def _build_menu(self) -> QtWidgets.QToolButton:
        button = QtWidgets.QToolButton()
        button.setObjectName("sketchMenu")
        _dress(button, "", tr("When a sketch is inked"))
        button.setStyleSheet("QToolButton::menu-indicator { image: none; }")  # it would lie on the dots
        button.setPopupMode(QtWidgets.QToolButton.ToolButtonPopupMode.InstantPopup)
        menu = QtWidgets.QMenu(button)
        self._fades = menu.addAction(tr("Fade the sketch at its first ink"))
        self._fades.setObjectName("fadeAtFirstInk")
        self._fades.setCheckable(True)
        self._fades.toggled.connect(preferences.save_fades)
        menu.addSeparator()
        for name, text, as_shown in (
            ("copyVectors", tr("Copy as vector layer"), False),
            ("copyVectorsAsShown", tr("Copy as vector layer, with corrections"), True),
        ):
            entry = menu.addAction(text)
            entry.setObjectName(name)
            entry.triggered.connect(
                lambda *_, as_shown=as_shown: self._session.copy_as_vectors(as_shown=as_shown)
            )
        menu.addSeparator()
        redraw = menu.addAction(tr("Redraw with my brush"))
        redraw.setObjectName("redraw")
        redraw.triggered.connect(lambda *_: self._session.redraw())
        self._again = menu.addAction("")
        self._again.setObjectName("redrawAgain")
        self._again.triggered.connect(lambda *_: self._session.redraw(again=True))
        menu.addSeparator()
        self._hues = menu.addMenu(tr("Line colours"))
        self._hues.setObjectName("lineColours")
        menu.aboutToShow.connect(self._prepare_menu)
        button.setMenu(menu)
        return button

    def _prepare_menu(self) -> None:
        self._fades.blockSignals(True)
        self._fades.setChecked(preferences.load_fades())
        self._fades.blockSignals(False)
        brush = self._session.redrawn_with
        self._again.setVisible(bool(brush))
        self._again.setText(tr("Redraw again with {name}", name=brush).replace("&", "&&"))
        show_line_colours(self._hues, self._session)

    # -- showing how it is

    def refresh(self) -> None:
        """Show how the sketch at hand is seen now; Krita's own controls may have changed that."""
        at_hand = self._session.at_hand
        self.setVisible(at_hand is not None)
        if at_hand is None or self._reveal.glance.active:
            return
        document, pair = at_hand
        now = self._reveal.look_of(document, pair.sketch)
        texts = {SHOWN: tr("Sketch: shown"), PALE: tr("Sketch: faded"), HIDDEN: tr("Sketch: hidden")}
        self._label.show_text(texts[now], pair.sketch.name)
        for look, button in self._looks.items():
            button.setChecked(look == now)

    # -- what the artist does

    def _choose(self, look: str) -> None:
        at_hand = self._session.at_hand
        if at_hand is not None:
            said = self._reveal.choose(at_hand[0], at_hand[1].sketch, look)
            if said:
                self._session.messages.say(said, of=at_hand[0])
        self.refresh()

    def _hold(self, ink: bool) -> None:
        at_hand = self._session.at_hand
        if at_hand is not None:
            self._reveal.hold(*at_hand, ink=ink)
            self._check.start(CHECK_MS)

    def _look_after_glance(self) -> None:
        """The artist may have let go where we were not told, or have gone to another document."""
        self._reveal.glance.check()
        if not self._reveal.glance.active or not self._compare.still_held():
            self._reveal.glance.end()
            self._check.stop()
            self.refresh()


class HoldButton(QtWidgets.QToolButton):
    """`held`, with whether Shift is down, when it is pressed by mouse or space bar; `left` when it no longer
    is, whichever way that comes: another key or window, the button gone.
    """

    held = QtCore.pyqtSignal(bool)
    left = QtCore.pyqtSignal()

    def __init__(self) -> None:
        super().__init__()
        self._by = ""

    def still_held(self) -> bool:
        """Whether it is held as far as can be told now."""
        return self._by == "key" or (self._by == "mouse" and view.button_down())

    def mousePressEvent(self, event: object) -> None:
        """It is held from now on."""
        super().mousePressEvent(event)
        if event.button() == Q.MouseButton.LeftButton:  # type: ignore[attr-defined]
            self._begin("mouse", event)

    def mouseReleaseEvent(self, event: object) -> None:
        """It is let go, wherever the mouse is by now."""
        super().mouseReleaseEvent(event)
        self._end()

    def keyPressEvent(self, event: object) -> None:
        """The space bar holds it, too."""
        super().keyPressEvent(event)
        if event.key() == Q.Key.Key_Space and not event.isAutoRepeat():  # type: ignore[attr-defined]
            self._begin("key", event)

    def keyReleaseEvent(self, event: object) -> None:
        """Let go, unless the key only repeats itself."""
        super().keyReleaseEvent(event)
        if event.key() == Q.Key.Key_Space and not event.isAutoRepeat():  # type: ignore[attr-defined]
            self._end()

    def event(self, event: QtCore.QEvent) -> bool:
        """Hidden, greyed, or no longer in the window in front: it is not held."""
        kinds = QtCore.QEvent.Type
        if event.type() in {kinds.Hide, kinds.EnabledChange, kinds.WindowDeactivate, kinds.FocusOut}:
            self._end()
        return bool(super().event(event))

    def eventFilter(self, watched: QtCore.QObject, event: QtCore.QEvent) -> bool:
        """A key may save the document, or undo something in it: everything is given back first."""
        kinds = QtCore.QEvent.Type
        if event.type() in {kinds.ShortcutOverride, kinds.KeyPress} and event.key() not in QUIET_KEYS:
            self._end()
        return super().eventFilter(watched, event)

    def _begin(self, by: str, event: object) -> None:
        self._by = by
        QtWidgets.QApplication.instance().installEventFilter(self)
        self.held.emit(bool(event.modifiers() & Q.KeyboardModifier.ShiftModifier))  # type: ignore[attr-defined]

    def _end(self) -> None:
        if self._by:
            self._by = ""
            QtWidgets.QApplication.instance().removeEventFilter(self)
            self.left.emit()


QUIET_KEYS = frozenset({Q.Key.Key_Shift, Q.Key.Key_Control, Q.Key.Key_Alt, Q.Key.Key_Meta, Q.Key.Key_Space})


def _dress(button: QtWidgets.QToolButton, icon: str, tip: str) -> None:
    picture = application.icon(icon) if icon else None
    button.setAutoRaise(True)
    if picture is None or picture.isNull():
        button.setText("…")
    else:
        button.setIcon(picture)
    button.setToolTip(tip)
    button.setAccessibleName(tip)
