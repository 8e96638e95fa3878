# SPDX-License-Identifier: GPL-3.0-or-later
"""The docker's box of device and memory, which is folded at first, with the report for bugs."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

import numpy as np

import smart_lineart
from smart_lineart.krita_host import application
from smart_lineart.studio import diagnostics
from smart_lineart.studio.engine import LEAST_MB, MOST_MB
from smart_lineart.studio.language.i18n import tr, translated
from smart_lineart.studio.messages import for_a_while
from smart_lineart.studio.session import Session

from .qt import QtCore, QtGui, QtWidgets
from .widgets import SliderSpinBox


class EngineBox(QtWidgets.QWidget):
    """What inking runs on; devices are looked for when it is opened. `beside` stands right in its head."""

    def __init__(self, session: Session, beside: QtWidgets.QWidget):
        super().__init__()
        self._session, self._engine = session, session.context.engine
        self._devices: list[Any] = []
        self._more = self._build_more()
        self._device = self._build_device()
        self._memory = self._build_memory()
        self._inner = QtWidgets.QWidget()
        self._inner.setVisible(False)
        inner = _column(self._inner)
        for widget in (self._device, self._memory, self._build_report()):
            inner.addWidget(widget)
        layout = _column(self)
        head = QtWidgets.QHBoxLayout()
        head.addWidget(self._more)
        head.addStretch(1)
        head.addWidget(beside)
        layout.addLayout(head)
        layout.addWidget(self._inner)

    def _build_more(self) -> QtWidgets.QToolButton:
        more = QtWidgets.QToolButton()
        more.setObjectName("more")
        more.setText(tr("Performance"))
        more.setAutoRaise(True)
        more.setToolButtonStyle(QtCore.Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        more.setArrowType(QtCore.Qt.ArrowType.RightArrow)
        more.setToolTip(tr("Processor used for inking, memory limit, and a report for bugs"))
        more.clicked.connect(lambda *_: self._open(self._inner.isHidden()))
        return more

    def _build_device(self) -> QtWidgets.QComboBox:
        device = QtWidgets.QComboBox()
        device.setObjectName("device")
        device.setToolTip(tr("Processor used for inking"))
        device.setAccessibleName(tr("Processor used for inking"))
        device.setMinimumContentsLength(6)
        device.setSizeAdjustPolicy(QtWidgets.QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        device.activated.connect(self._device_chosen)
        return device

    def _build_memory(self) -> SliderSpinBox:
        memory = SliderSpinBox(tr("Memory"), LEAST_MB, MOST_MB, suffix=" MB", exponent=3.0)
        memory.setObjectName("memory")
        memory.setSingleStep(128)
        memory.setToolTip(tr("Memory limit. Lower is slower, but works."))
        memory.show_value(self._engine.options.memory)
        memory.moved.connect(self._memory_moved)
        return memory

    def _build_report(self) -> QtWidgets.QPushButton:
        report = QtWidgets.QPushButton(tr("Copy diagnostics"))
        report.setObjectName("copyDiagnostics")
        report.setIcon(application.icon("edit-copy"))
        report.setToolTip(tr("Copy versions, device, times and the last error, to paste into a bug report"))
        report.clicked.connect(self._copy_diagnostics)
        return report

    # -- what the artist does

    def _open(self, wanted: bool) -> None:
        self._more.setArrowType(QtCore.Qt.ArrowType.DownArrow if wanted else QtCore.Qt.ArrowType.RightArrow)
        self._inner.setVisible(wanted)
        looking = tr("Looking for devices")
        if wanted and not self._devices and self._device.findText(looking) < 0:
            self._device.addItem(looking, None)
            found = self._session.context.look_for_devices()
            found.when_done(lambda: self._show_devices(found.value or []))

    def _show_devices(self, devices: list[Any]) -> None:
        self._devices = devices
        self._device.clear()
        self._device.addItem(tr("Automatic"), ("auto", "auto"))
        model = self._device.model()
        for device in devices:
            name = {"openvino": "OpenVINO", "onnxruntime": "ONNX Runtime"}.get(device.runtime, device.runtime)
            self._device.addItem(f"{device.title} ({name})", (device.runtime, device.kind))
            item = model.item(self._device.count() - 1)
            item.setToolTip(translated(device.reason) if device.reason else f"{device.title} ({name})")
            item.setEnabled(device.available)
        options = self._engine.options
        for index in range(self._device.count()):
            if self._device.itemData(index) == (options.runtime, options.device):
                self._device.setCurrentIndex(index)

    def _device_chosen(self, index: int) -> None:
        chosen = self._device.itemData(index)
        if chosen:
            self._session.set_engine_options(runtime=chosen[0], device=chosen[1])

    def _memory_moved(self, value: float, final: bool) -> None:
        if final:
            self._session.set_engine_options(memory=int(value))

    def _copy_diagnostics(self) -> None:
        versions = {
            "Smart Lineart": smart_lineart.__version__,
            "Krita": application.version(),
            "Qt": QtCore.QT_VERSION_STR,
            "numpy": np.__version__,
        }
        options = self._engine.options
        devices = [
            f"{d.title} ({d.runtime}, {d.kind}): {'available' if d.available else d.reason}"
            for d in self._devices
        ]
        text = diagnostics.report(
            versions,
            engine=self._engine.describe(),
            options=f"{options.runtime}, {options.device}, {options.memory} MB",
            devices=devices,
            seconds=self._session.runner.last_seconds,
            settings=str(asdict(self._session.settings)),
            last_error=self._session.messages.last_error,
        )
        QtGui.QGuiApplication.clipboard().setText(text)
        self._session.messages.say(tr("Report copied: paste it into a bug report."), so=for_a_while())


def _column(widget: QtWidgets.QWidget) -> QtWidgets.QVBoxLayout:
    layout = QtWidgets.QVBoxLayout(widget)
    layout.setContentsMargins(0, 0, 0, 0)
    layout.setSpacing(3)
    return layout
