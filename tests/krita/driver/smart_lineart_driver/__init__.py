# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs the end-to-end tests' snippets inside a real Krita.

The test process puts `N.py` into the folder named by SMART_LINEART_DRIVER; the snippet defines `job()`, a
function or a generator (each `yield ms` gives the event loop that many milliseconds), whose result must be
JSON-able. The driver answers with `N.json`. Nothing but files, so it works across a chroot as well.
"""

from __future__ import annotations

import faulthandler
import inspect
import json
import os
import traceback
from pathlib import Path

from krita import Extension, Krita

from . import helpers

faulthandler.enable()
FOLDER = os.environ.get("SMART_LINEART_DRIVER")
POLL_MS = 20


class Driver(Extension):
    def setup(self):
        pass

    def createActions(self, window):  # noqa: N802 (Krita's name)
        if FOLDER and not getattr(Driver, "timer", None):
            Driver.timer = helpers.QtCore.QTimer()
            Driver.timer.timeout.connect(look)
            Driver.timer.start(POLL_MS)


def look():
    """Take the next snippet, if there is one."""
    for path in sorted(Path(FOLDER).glob("*.py")):
        source = path.read_text(encoding="utf-8")
        path.unlink()
        begin(path.with_suffix(".json"), source)
        return


def begin(answer: Path, source: str):
    scope = dict(vars(helpers))
    try:
        exec(compile(source, answer.stem, "exec"), scope)
        outcome = scope["job"]()
    except BaseException:  # noqa: BLE001 (the test hears of it)
        reply(answer, {"error": traceback.format_exc()})
        return
    if inspect.isgenerator(outcome):
        step(answer, outcome)
    else:
        reply(answer, {"value": outcome})


def step(answer: Path, job):
    try:
        pause = next(job)
    except StopIteration as end:
        reply(answer, {"value": end.value})
    except BaseException:  # noqa: BLE001 (the test hears of it)
        reply(answer, {"error": traceback.format_exc()})
    else:
        helpers.QtCore.QTimer.singleShot(int(pause or 0), lambda: step(answer, job))


def reply(answer: Path, outcome: dict):
    try:
        text = json.dumps(outcome)
    except TypeError:
        text = json.dumps({"error": f"The job's result can't be written as JSON: {outcome!r}"})
    partial = answer.with_suffix(".part")
    partial.write_text(text, encoding="utf-8")
    partial.replace(answer)


Krita.instance().addExtension(Driver(Krita.instance()))
