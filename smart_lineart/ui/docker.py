# SPDX-License-Identifier: GPL-3.0-or-later
"""The Smart Lineart docker: widgets bound to a `Session`, no logic of their own."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from krita import DockWidget

from smart_lineart.krita_host import application, painting_window
from smart_lineart.studio.language.i18n import tr
from smart_lineart.studio.session import Session
from smart_lineart.studio.settings import LIMITS, shown_thickness, thickness_in_pixels
from smart_lineart.studio.signal import Signal
from smart_lineart.units import MM_PER_INCH

from .calm import Calm
from .colour_box import ColourBox
from .corrections_row import CorrectionsRow
from .engine_box import EngineBox
from .flats_row import FlatsRow
from .job_row import JobRow
from .manual import Manual
from .picture_menu import PictureButton
from .preview_overlay import PreviewOverlay
from .proposals_panel import ProposalsPanel
from .qt import QtCore, QtWidgets
from .seams_overlay import SeamsOverlay
from .sketch_row import SketchRow
from .style_row import StyleRow
from .whose_row import WhoseRow
from .widgets import ElidedLabel, MessageBox, SliderSpinBox

LOOK_MS = 300
PEN_MS = 50  # a dot may be as short


class SmartLineartDocker(DockWidget):
    """One per Krita window; all show the same session."""

    session: Session

    def __init__(self) -> None:
        super().__init__()
        self.setWindowTitle(tr("Smart Lineart"))
        self._listening: list[tuple[Any, Any]] = []
        if painting_window.is_opening():
            return  # nobody sees that one
        self._build()
        self._listen()
        self._show_settings()
        self._show_target()
        self._show_message()
        self._show_live()
        self._corrections.refresh()
        self._timer = QtCore.QTimer(self)
        self._timer.timeout.connect(self._look)
        self._timer.start(LOOK_MS)
        self._pen = QtCore.QTimer(self)
        self._pen.timeout.connect(self.session.counting.notice_pen)
        self._pen.start(PEN_MS)

    def canvasChanged(self, _canvas: object) -> None:
        """Krita shows another document."""
        self._look()

    def _look(self) -> None:
        if self.isVisible():
            self.session.look()
            self._sketch_row.refresh()

    # -- building

    def _build(self) -> None:
        manual = Manual(self)
        body = QtWidgets.QWidget()
        layout = QtWidgets.QVBoxLayout(body)
        layout.setContentsMargins(4, 4, 4, 4)
        layout.setSpacing(3)
        layout.addLayout(self._build_head())
        self._live_state = ElidedLabel("liveState")
        layout.addWidget(self._live_state)
        self._whose = WhoseRow(self.session)
        self._jobs = JobRow(self._whose, application.icon("dialog-cancel"), self.session.cancel)
        self._corrections = CorrectionsRow(self.session.context.corrections, self.session.take_new)
        _keep_place(self._corrections)
        self._sketch_row = SketchRow(self.session)
        _keep_place(self._sketch_row)
        layout.addWidget(self._sketch_row)
        layout.addWidget(self._jobs)
        layout.addWidget(self._corrections)
        layout.addWidget(self._build_controls())
        layout.addWidget(FlatsRow(self.session))
        self._proposals = ProposalsPanel(self.session.flatting.proposing)
        layout.addWidget(self._proposals)
        layout.addWidget(EngineBox(self.session, manual.button()))
        layout.addStretch(1)
        scroll = QtWidgets.QScrollArea()
        scroll.setFrameShape(QtWidgets.QFrame.Shape.NoFrame)
        scroll.setWidgetResizable(True)
        scroll.setHorizontalScrollBarPolicy(QtCore.Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.setWidget(body)
        body.setMinimumWidth(0)
        self._message = MessageBox(application.icon("docker_close"))
        self._message.closed.connect(lambda: self.session.messages.say(""))
        whole = QtWidgets.QWidget()
        column = QtWidgets.QVBoxLayout(whole)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(scroll, 1)
        column.addWidget(self._message)  # at the foot, so that no control moves when there is one
        self.setWidget(whole)
        self._body = body
        self._preview, self._seams = PreviewOverlay(), SeamsOverlay()
        self._calm = Calm(manual)
        self._calm.watch(whole)

    def _build_head(self) -> QtWidgets.QHBoxLayout:
        self._ink = QtWidgets.QPushButton(tr("Ink sketch"))
        self._ink.setObjectName("ink")
        self._ink.setIcon(application.icon("krita_tool_freehand"))
        self._ink.clicked.connect(lambda *_: self.session.ink())
        self._ink.setSizePolicy(QtWidgets.QSizePolicy.Policy.Expanding, QtWidgets.QSizePolicy.Policy.Fixed)
        self._copy = QtWidgets.QToolButton()
        self._copy.setObjectName("keepCopy")
        self._copy.setCheckable(True)
        self._copy.setAutoRaise(True)
        self._copy.setIcon(application.icon("duplicatelayer"))
        self._copy.setToolTip(tr("New layer: keep this lineart, put the next ink on a new layer"))
        self._copy.setAccessibleName(tr("New layer"))
        self._copy.toggled.connect(self._set_keep_copy)
        self._live = QtWidgets.QToolButton()
        self._live.setObjectName("live")
        self._live.setCheckable(True)
        self._live.setAutoRaise(True)
        self._live.setText(tr("Live"))
        self._live.toggled.connect(self.session.switch_live)
        head = QtWidgets.QHBoxLayout()
        head.setSpacing(3)
        ink = QtWidgets.QHBoxLayout()
        ink.setSpacing(0)
        ink.addWidget(self._ink, 1)
        ink.addWidget(PictureButton(self.session))
        head.addLayout(ink, 1)
        head.addWidget(self._live)
        head.addWidget(self._copy)
        return head

    def _build_controls(self) -> QtWidgets.QWidget:
        low, high = LIMITS["thickness"]
        self._thickness = SliderSpinBox(tr("Thickness"), low, high, decimals=1, suffix=" px", exponent=2.5)
        self._thickness.setObjectName("thickness")
        self._thickness.setToolTip(tr("Line thickness. How much lines swell is set by line weight."))
        self._thickness.moved.connect(self._thickness_moved)
        self._unit = self._combo(
            "unit", [("px", tr("px")), ("mm", tr("mm"))], tr("Thickness in pixels or millimetres")
        )
        self._unit.setSizePolicy(QtWidgets.QSizePolicy.Policy.Fixed, QtWidgets.QSizePolicy.Policy.Fixed)
        self._weight = SliderSpinBox(
            tr("Line weight"), 0, 100, suffix=" %", ends=(tr("even"), tr("as drawn"))
        )
        self._weight.setObjectName("weight")
        self._weight.setToolTip(tr("Left: every line equally thick. Right: thick and thin as you drew them."))
        self._weight.moved.connect(
            lambda value, final: self.session.change("weight", value / 100, final=final)
        )
        self._style = self._combo("style", [], tr("Brush for the ink"))
        self._style_row = StyleRow(self.session, self._style)
        self._detail = SliderSpinBox(tr("Simplify ↔ Detail"), -100, 100, suffix=" %")
        self._detail.setObjectName("detail")
        self._detail.moved.connect(
            lambda value, final: self.session.change("detail", value / 100, final=final)
        )
        self._faint = SliderSpinBox(tr("Light lines"), 0, 100, suffix=" %")
        self._faint.setObjectName("faint")
        self._faint.setToolTip(
            tr("Left: only the darkest lines. Middle: the drawing. Right: construction lines too.")
        )
        # The engine counts how many are left out; a slider that says "Light lines" has more to its right.
        self._faint.moved.connect(
            lambda value, final: self.session.change("faint", 1 - value / 100, final=final)
        )
        self._colour = ColourBox(self.session)
        self._build_frames()
        controls = QtWidgets.QWidget()
        grid = QtWidgets.QGridLayout(controls)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setSpacing(3)
        grid.addWidget(self._thickness, 0, 0)
        grid.addWidget(self._unit, 0, 1)
        for row, widget in enumerate(
            (self._weight, self._style_row, self._detail, self._faint, self._colour, self._frame_row), 1
        ):
            grid.addWidget(widget, row, 0, 1, 2)
        grid.setColumnStretch(0, 1)
        return controls

    def _combo(self, name: str, items: list[tuple[str, str]], tip: str) -> QtWidgets.QComboBox:
        combo = QtWidgets.QComboBox()
        combo.setObjectName(name)
        combo.setToolTip(tip)
        combo.setAccessibleName(tip)
        combo.setMinimumContentsLength(2)
        combo.setSizeAdjustPolicy(QtWidgets.QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        for value, text in items:
            combo.addItem(text, value)
        combo.activated.connect(lambda _: self.session.change(name, combo.currentData(), final=True))
        return combo

    def _build_frames(self) -> None:
        self._frame_row = QtWidgets.QWidget()
        self._frame_mode = QtWidgets.QComboBox()
        self._frame_mode.setObjectName("frames")
        self._frame_mode.setToolTip(tr("Which frames of the animation to ink"))
        for value, text in (("one", tr("This frame")), ("all", tr("All frames")), ("range", tr("Frames"))):
            self._frame_mode.addItem(text, value)
        self._first, self._last = QtWidgets.QSpinBox(), QtWidgets.QSpinBox()
        for box, name, tip in (
            (self._first, "firstFrame", tr("First frame")),
            (self._last, "lastFrame", tr("Last frame")),
        ):
            box.setObjectName(name)
            box.setRange(0, 99999)
            box.setToolTip(tip)
            box.setMinimumWidth(30)
            box.valueChanged.connect(lambda _: self._set_frames())
        self._frame_mode.setSizeAdjustPolicy(
            QtWidgets.QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon
        )
        self._frame_mode.activated.connect(lambda _: self._set_frames())
        row = QtWidgets.QHBoxLayout(self._frame_row)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(3)
        row.addWidget(self._frame_mode, 2)
        row.addWidget(self._first, 1)
        row.addWidget(self._last, 1)
        self._set_frames()

    # -- showing the session

    def _listen(self) -> None:
        session = self.session
        pairs = [
            (session.settings_changed, self._show_settings),
            (session.target_changed, self._show_target),
            (session.messages.changed, self._show_message),
            (session.queue.changed, self._show_jobs),
            (session.context.corrections.changed, self._corrections.refresh),
            (session.live.changed, self._show_live),
            (session.preview.changed, self._show_preview),
            (session.flatting.proposing.changed, self._proposals.refresh),
            (session.flatting.seams.changed, self._show_seams),
        ]
        for signal, listener in pairs:
            signal.connect(listener)
        # The window may go before Krita does; by then this object can't be asked any more.
        self.destroyed.connect(lambda *_: _forget(pairs))

    def _ppi(self) -> float:
        document = application.active_document()
        return document.ppi if document is not None and document.ppi > 0 else 300.0

    def _show_settings(self) -> None:
        settings = self.session.settings
        ppi, in_mm = self._ppi(), settings.unit == "mm"
        low, high = LIMITS["thickness"]
        self._thickness.blockSignals(True)
        self._thickness.setDecimals(2 if in_mm else 1)
        by_itself = settings.auto and not self.session.target.lineart
        self._thickness.setSuffix("" if by_itself else " mm" if in_mm else " px")
        self._thickness.setSingleStep(0.05 if in_mm else 0.5)
        scale = MM_PER_INCH / ppi if in_mm else 1.0
        self._thickness.setRange(low * scale, high * scale)
        self._thickness.blockSignals(False)
        self._thickness.show_value(shown_thickness(settings, ppi))
        # Translators: the thickness of lines is chosen from the drawing, "Thickness: auto".
        self._thickness.show_instead(tr("auto") if by_itself else "")
        self._weight.show_value(settings.weight * 100)
        self._detail.show_value(settings.detail * 100)
        self._faint.show_value((1 - settings.faint) * 100)
        for combo, value in (
            (self._unit, settings.unit),
            (self._style, settings.style),
        ):
            index = combo.findData(value)
            if index >= 0:
                combo.setCurrentIndex(index)
        self._colour.show_colour(settings)

    def _show_target(self) -> None:
        target = self.session.target
        self._ink.setText(
            tr("Ink again") if target.has_lineart and not self.session.keep_copy else tr("Ink sketch")
        )
        if not target.title:
            tip = tr("Select the layer with your sketch, then click here")
        elif target.has_lineart and not self.session.keep_copy:
            tip = tr('Update the lineart of "{name}". What you changed on it stays.', name=target.title)
        else:
            tip = tr('Ink "{name}" into a new layer right above it', name=target.title)
        self._ink.setToolTip(tip)
        self._frame_row.setVisible(target.animated)
        self._detail.setEnabled(not target.of_picture)
        self._detail.setToolTip(
            tr("Lines of a picture have no other detail.")
            if target.of_picture
            else tr(
                "Left: one clean line out of many strokes. Right: keep every small mark. Middle: chosen for "
                "this sketch. With a selection, only inside it."
            )
        )
        self._corrections.setVisible(bool(target.lineart))
        self._whose.show_target(target)
        self._sketch_row.refresh()
        self._show_live()
        self._show_settings()

    def _show_message(self) -> None:
        message = self.session.messages.shown
        # Krita has an icon for warnings, and none for what is merely worth knowing.
        warns = message.kind == "error"
        self._message.show_sentence(message.text, application.icon("dialog-warning") if warns else None)

    def _show_live(self) -> None:
        state = self.session.live.state
        self._live.blockSignals(True)
        self._live.setChecked(self.session.live.on)
        self._live.blockSignals(False)
        title = state.title or self.session.target.title
        if title:
            tip = tr('Live: update the ink of "{name}" after each stroke you draw on it', name=title)
        else:
            tip = tr("Live: update the ink of a sketch after each stroke you draw on it")
        self._live.setToolTip(tip)
        text = tr("Live: inking {name}…", name=title) if state.working else tr("Live: {name}", name=title)
        where = tr('Live follows "{name}" alone. What you draw on other layers is not inked.', name=title)
        self._live_state.show_text(text, where)
        self._live_state.setEnabled(state.here)
        self._live_state.setVisible(self.session.live.on)

    def _show_preview(self) -> None:
        self._preview.show_ink(self.session.preview.shown)

    def _show_seams(self) -> None:
        self._seams.show_seams(self.session.flatting.seams.shown)

    def _show_jobs(self) -> None:
        self._jobs.show_jobs([job for job in self.session.queue.active if not job.live])

    # -- what the artist does

    def _thickness_moved(self, shown: float, final: bool) -> None:
        unit = self.session.settings.unit
        self.session.change("thickness", thickness_in_pixels(shown, unit, self._ppi()), final=final)

    def _set_keep_copy(self, keep: bool) -> None:
        self.session.keep_copies(keep)
        self._show_target()

    def _set_frames(self) -> None:
        mode = self._frame_mode.currentData()
        for box in (self._first, self._last):
            box.setVisible(mode == "range")
        first, last = self._first.value(), self._last.value()
        self.session.frames = {"one": None, "all": (0, 1 << 30)}.get(
            mode, (min(first, last), max(first, last))
        )


def _keep_place(widget: QtWidgets.QWidget) -> None:
    """Leave its place empty while it is hidden."""
    policy = widget.sizePolicy()
    policy.setRetainSizeWhenHidden(True)
    widget.setSizePolicy(policy)


def _forget(pairs: list[tuple[Signal, Callable[[], None]]]) -> None:
    for signal, listener in pairs:
        signal.disconnect(listener)
