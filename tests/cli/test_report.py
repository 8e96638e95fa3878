# SPDX-License-Identifier: GPL-3.0-or-later
"""What the command tells of a batch, to people, to programs and on a terminal's bar."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from cli_helpers import FakeFeatures, FakeInker

from smart_lineart import __version__
from smart_lineart.cli import report as report_module
from smart_lineart.cli.arguments import Colour
from smart_lineart.cli.hues import Part
from smart_lineart.cli.ink import Inked
from smart_lineart.cli.jobs import Job
from smart_lineart.cli.report import Report

JOB = Job(Path("a.png"), Path("a-lineart.png"))
SECONDS = {"read": 0.12345, "prepare": 1.0004, "render": 0.5, "total": 1.6237}


def inked(*notices: str) -> Inked:
    parts = [Part("", FakeFeatures(np.zeros((300, 200), np.uint8)), Colour(0, 0, 0), JOB.targets)]
    return Inked((300, 200), (300.0, 300.0), 4.0, 0.5, dict(SECONDS), list(notices), parts=parts)


def test_a_program_gets_times_to_the_millisecond_notices_and_the_larger_peak(capsys, monkeypatch) -> None:
    monkeypatch.setattr(report_module, "peak_memory", lambda: 500)
    report = Report(1, as_json=True)
    report.notice("The GPU failed.")
    report.inked(JOB, inked("It has 3 pages."), FakeInker())
    report.close(Path("somewhere"), most_held=900)
    said = capsys.readouterr()
    document = json.loads(said.out)
    assert said.err == ""
    assert document["version"] == __version__
    assert document["notices"] == ["The GPU failed."]
    assert document["peak_memory_bytes"] == 900
    (result,) = document["results"]
    assert (result["width"], result["height"]) == (200, 300)
    assert result["seconds"] == {"read": 0.123, "prepare": 1.0, "render": 0.5, "total": 1.624}
    assert result["notices"] == ["It has 3 pages."]


@pytest.mark.parametrize(("own", "told"), [(1200, 1200), (None, None)])
def test_memory_is_what_this_process_held_where_that_is_more_or_unknown(
    capsys, monkeypatch, own: int | None, told: int | None
) -> None:
    monkeypatch.setattr(report_module, "peak_memory", lambda: own)
    Report(1, as_json=True).close(None, most_held=900)
    assert json.loads(capsys.readouterr().out)["peak_memory_bytes"] == told


def test_people_get_a_line_for_each_sketch_notices_apart_and_the_folder_last(capsys) -> None:
    report = Report(2, as_json=False)
    report.notice("The GPU failed.")
    report.inked(JOB, inked("It has 3 pages."), FakeInker())
    report.failure(Job(Path("b.png"), Path("b-lineart.png")), "b.png is empty.")
    report.close(Path("/ink"), most_held=0)
    said = capsys.readouterr()
    folder = f"The lineart is in {Path('/ink').resolve()}"
    assert said.out.splitlines() == ["a.png -> a-lineart.png (200 x 300 px, 1.6 s)", folder]
    assert said.err.splitlines() == ["The GPU failed.", "It has 3 pages.", "smart-lineart: b.png is empty."]
    assert report.failed == 1


def test_no_folder_is_named_where_nothing_was_inked_or_none_was_asked_for(capsys) -> None:
    for folder, fails in ((Path("/ink"), True), (None, False)):
        report = Report(1, as_json=False)
        if fails:
            report.failure(JOB, "a.png is empty.")
        else:
            report.inked(JOB, inked(), FakeInker())
        report.close(folder, most_held=0)
    assert "The lineart is in" not in capsys.readouterr().out


class Bar:
    """A bar that keeps what it was told."""

    def __init__(self) -> None:
        self.n = 0.0
        self.at: list[float] = []
        self.lines: list[str] = []
        self.closed = False

    def set_description_str(self, name: str) -> None:
        self.lines.append(name)

    def update(self, more: float) -> None:
        self.n += more
        self.at.append(self.n)

    def write(self, line: str, file: Any) -> None:
        assert file in (sys.stdout, sys.stderr)
        self.lines.append(line)

    def close(self) -> None:
        self.closed = True


def test_a_bar_goes_on_from_sketch_to_sketch_and_lines_are_written_above_it(capsys, monkeypatch) -> None:
    bar, asked = Bar(), []
    monkeypatch.setattr(report_module, "_bar", lambda jobs: asked.append(jobs) or bar)
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    report = Report(2, as_json=False)
    for number in (0, 1):
        show = report.progress(number, f"{number}.png")
        for done in (0.25, 0.75, 1.0):
            show(done)
    report.notice("The GPU failed.")
    report.close(None, most_held=0)
    assert asked == [2]
    assert bar.at == [0.25, 0.75, 1.0, 1.25, 1.75, 2.0]
    assert bar.lines == ["0.png", "1.png", "The GPU failed."]
    assert bar.closed
    assert capsys.readouterr().out == ""


def test_the_bar_counts_sketches_and_vanishes() -> None:
    bar = report_module._bar(3)
    assert (bar.total, bar.leave, bar.mininterval) == (3.0, False, 0.1)
    bar.close()
