# SPDX-License-Identifier: GPL-3.0-or-later
"""Another kind of file is one function entered in `output.WRITERS`, and the command writes it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO

import pytest
from PIL import Image

from smart_lineart.cli.files import output
from smart_lineart.cli.files.writer import Lineart
from smart_lineart.inking import Strokes
from tests.cli.cli_helpers import files_in


def write_plot(file: BinaryIO, lineart: Lineart, progress: Callable[[float], None]) -> None:
    """Strokes as text, as a plotter would be told them."""
    height, width = lineart.size
    file.write(f"page {width} {height} {lineart.thickness:g} {tuple(lineart.colour)}\n".encode())
    for number, stroke in enumerate(lineart.strokes, 1):
        widths = stroke.width * lineart.thickness
        points = [f"{x:.0f} {y:.0f} {pen:g}\n" for (x, y), pen in zip(stroke.points, widths, strict=True)]
        file.write("".join([*points, "up\n"]).encode())
        progress(number / len(lineart.strokes))


@pytest.fixture
def plots(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(output.WRITERS, ".plot", write_plot)


@pytest.mark.usefixtures("plots")
def test_a_writer_of_strokes_is_all_that_another_kind_of_file_takes(run, sketch, fake_inker, tmp_path):
    target = tmp_path / "ink.plot"
    options = ("--faint", "0.5", "--thickness", "3", "--color", "#010203")
    ran = run("ink", sketch, "-o", target, *options)
    assert (ran.code, ran.err) == (0, "")
    assert target.read_text() == "page 320 240 3 (1, 2, 3)\n0 0 3\n320 240 3\nup\n"
    assert not fake_inker.rendered  # no pixel is drawn that nobody asks for
    run("ink", sketch, "-o", target, "--faint", "0")
    assert target.read_text().count("up") == 2


@pytest.mark.usefixtures("plots")
def test_the_real_engine_s_strokes_lie_where_its_ink_does(run, sketch, tmp_path):
    for name in ("ink.plot", "ink.png"):
        assert run("ink", sketch, "-o", tmp_path / name, "--thickness", "3").code == 0
    ink = Image.open(tmp_path / "ink.png").getchannel("A")
    points = [line.split() for line in (tmp_path / "ink.plot").read_text().splitlines()[1:] if line != "up"]
    assert len(points) > 20
    for x, y, _ in points:
        around = ink.crop((int(x) - 3, int(y) - 3, int(x) + 4, int(y) + 4))
        assert around.getextrema()[1] > 100


def test_a_writer_that_fails_leaves_the_old_file_and_nothing_else(
    run, sketch, fake_inker, tmp_path, monkeypatch
):
    def fail(file: BinaryIO, lineart: Lineart, progress: Callable[[float], None]) -> None:
        file.write(b"half")
        raise OSError(28, "No space left on device")

    monkeypatch.setitem(output.WRITERS, ".plot", fail)
    target = tmp_path / "out" / "ink.plot"
    target.parent.mkdir()
    target.write_bytes(b"old")
    assert "the disk is full" in run("ink", sketch, "-o", target).complaint
    assert target.read_bytes() == b"old"
    assert files_in(target.parent) == {"ink.plot"}


@pytest.mark.usefixtures("plots")
def test_an_ending_that_nobody_writes_is_refused_with_those_that_are(run, sketch, fake_inker, tmp_path):
    complaint = run("ink", sketch, "-o", tmp_path / "ink.jpg").complaint
    assert complaint == "Lineart is written as PNG or SVG or PLOT, not as JPG: name the file ink.png."
    assert not fake_inker.prepared


def test_strokes_without_any_are_a_page_without_lines(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setitem(output.WRITERS, ".plot", write_plot)
    lineart = Lineart(
        (3, 5), None, None, 2.0, "pen", (0, 0, 0), False, Strokes.empty(), None, 1.0, iter(())
    )  # fmt: skip
    output.write_set([(tmp_path / "PAGE.PLOT", lineart)], lambda done: None)
    assert (tmp_path / "PAGE.PLOT").read_text() == "page 5 3 2 (0, 0, 0)\n"
