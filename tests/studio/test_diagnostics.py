# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

from pathlib import Path

from smart_lineart.plugin import excuse
from smart_lineart.studio.diagnostics import report


def test_the_report_names_versions_device_times_and_the_last_error_but_no_person() -> None:
    text = report(
        {"Krita": "5.2.9"},
        engine="openvino, cpu",
        options="auto",
        devices=["GPU: no driver"],
        seconds={"inking": 1.234},
        settings="thickness 4",
        last_error=f'File "{Path.home()}/x.py"\nBad\n',
    )
    for expected in (
        "Krita: 5.2.9",
        "openvino, cpu",
        "GPU: no driver",
        "inking 1.23",
        "Bad",
        "Python: ",
        "~/x.py",
    ):
        assert expected in text
    assert str(Path.home()) not in text


def test_before_the_first_run_it_says_so() -> None:
    text = report({}, engine="", options="auto", devices=[], seconds={}, settings="", last_error="")
    assert "Engine in use: not started" in text
    assert "Last error: none" in text


def test_a_plugin_that_cannot_start_says_why_in_one_sentence() -> None:
    missing = excuse(ModuleNotFoundError("No module named 'numpy.core'", name="numpy.core"))
    assert "needs numpy for Python 3." in str(missing)
    other = str(excuse(RuntimeError("first line\nsecond line")))
    assert other.endswith("first line second line")
    assert "\n" not in other
