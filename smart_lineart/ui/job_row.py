# SPDX-License-Identifier: GPL-3.0-or-later
"""How far a run is, in the place of another row: nothing in the docker moves when one starts."""

from __future__ import annotations

import math
from collections.abc import Callable

from smart_lineart.studio.language.i18n import tr
from smart_lineart.studio.runs.jobs import Job, JobState

from .qt import QtCore, QtWidgets

MARGIN = 12  # px that a progress bar leaves beside its text


class JobRow(QtWidgets.QStackedWidget):
    """One run, the first of those there are: its progress, and a button that cancels it. Else `usual`."""

    def __init__(self, usual: QtWidgets.QWidget, icon: object, cancel: Callable[[Job], None]):
        super().__init__()
        self._jobs: list[Job] = []
        self._bar = QtWidgets.QProgressBar()
        self._bar.setObjectName("progress")
        self._bar.setRange(0, 1000)
        self._bar.setTextVisible(True)
        self._bar.setMinimumWidth(40)
        button = QtWidgets.QToolButton()
        button.setObjectName("cancel")
        button.setIcon(icon)
        button.setAutoRaise(True)
        button.setToolTip(tr("Cancel. Your layers stay as they were."))
        button.setAccessibleName(tr("Cancel"))
        button.clicked.connect(lambda *_: cancel(self._jobs[0]) if self._jobs else None)
        self._page = QtWidgets.QWidget()
        layout = QtWidgets.QHBoxLayout(self._page)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(2)
        layout.addWidget(self._bar, 1)
        layout.addWidget(button)
        self._usual = usual
        self.addWidget(usual)
        self.addWidget(self._page)
        self.setSizePolicy(QtWidgets.QSizePolicy.Policy.Preferred, QtWidgets.QSizePolicy.Policy.Fixed)

    def show_jobs(self, jobs: list[Job]) -> None:
        """Show where the run under way stands, and how many wait."""
        # The one under way is the first that does not wait: a run of another document may have come before.
        self._jobs = sorted(jobs, key=lambda job: job.state is JobState.queued)
        if self._jobs:
            self._refresh()
        self.setCurrentWidget(self._page if self._jobs else self._usual)

    def resizeEvent(self, event: object) -> None:
        """Another width cuts the name elsewhere."""
        super().resizeEvent(event)
        if self._jobs:
            self._refresh()

    def _refresh(self) -> None:
        job = self._jobs[0]
        before, after = f"{_state(job)} ", _more(job, len(self._jobs) - 1)
        letters = self._bar.fontMetrics()
        room = self._bar.width() - letters.horizontalAdvance(before + after) - MARGIN
        name = letters.elidedText(job.title, QtCore.Qt.TextElideMode.ElideMiddle, room)
        self._bar.setFormat((before + name + after).replace("%", "%%"))
        self._bar.setValue(math.floor(job.progress * 1000))
        told = [f"{_state(one)} {one.title}{_more(one, 0)} ({one.document.name})" for one in self._jobs]
        self._bar.setToolTip("; ".join(told))


def _state(job: Job) -> str:
    texts = {
        JobState.queued: tr("Waiting"),
        JobState.reading: tr("Reading"),
        JobState.inking: tr("Inking"),
        JobState.flatting: tr("Finding areas"),
        JobState.writing: tr("Drawing"),
    }
    return texts.get(job.state, "")


def _more(job: Job, others: int) -> str:
    """What is said behind the name: which frame it is at, and how many runs wait."""
    frame = ""
    if job.frame is not None:
        frame = ", " + tr("frame {number} of {count}", number=job.frame[0], count=job.frame[1])
    return frame + (f" (+{others})" if others else "")
