# SPDX-License-Identifier: GPL-3.0-or-later
"""`--style` takes a name, a strip's file, or a picture of a mark; all else is told before work begins."""

from __future__ import annotations

import numpy as np
import pytest
from PIL import Image, ImageDraw

from smart_lineart.cli.errors import FileError, UsageError
from smart_lineart.cli.styles import _grey, choose_style
from smart_lineart.inking import STYLES, Style


def picture(path, size=(700, 260)):
    image = Image.new("RGB", size, (250, 248, 240))
    ImageDraw.Draw(image).polygon([(40, 130), (650, 90), (650, 170)], fill=(30, 30, 60))
    image.save(path)
    return path


@pytest.mark.parametrize("name", list(STYLES))
def test_names_stay_names(name):
    assert choose_style(name) == name


def test_a_strip_is_read_as_it_is(tmp_path):
    path = tmp_path / "my-brush.png"
    path.write_bytes(STYLES["charcoal"].strip.to_bytes())
    style = choose_style(str(path))
    assert isinstance(style, Style)
    assert (style.name, style.strip) == ("my-brush", STYLES["charcoal"].strip)


@pytest.mark.parametrize("name", ["mark.png", "mark.jpg", "mark.webp"])
def test_a_picture_of_a_mark_becomes_a_strip(tmp_path, name):
    style = choose_style(str(picture(tmp_path / name)))
    assert isinstance(style, Style)
    assert style.medium.width[-1] == pytest.approx(2.0, rel=0.15)


def test_a_file_called_like_a_style_is_reached_with_its_folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "pen").write_bytes(STYLES["marker"].strip.to_bytes())
    assert choose_style("pen") == "pen"
    assert isinstance(choose_style("./pen"), Style)


@pytest.mark.parametrize("asked", ["crayon", "", "\0"])
def test_what_is_neither_names_the_styles_there_are(asked):
    with pytest.raises(UsageError, match="charcoal"):
        choose_style(asked)


@pytest.mark.parametrize(
    ("content", "word"),
    [
        (None, "does not exist"),
        (b"", "empty"),
        (b"hello", "not an image"),
        (b"\x89PNG\r\n\x1a\n" + bytes(40), "damaged"),
        (STYLES["pencil"].strip.to_bytes()[:-200], "damaged"),
    ],
)
def test_files_that_cannot_be_used_are_told_in_a_sentence(tmp_path, content, word):
    path = tmp_path / "my-brush.png"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(FileError, match=word) as told:
        choose_style(str(path))
    assert str(path) in str(told.value)


def test_a_blank_picture_is_told(tmp_path):
    Image.new("L", (300, 200), 255).save(tmp_path / "blank.png")
    with pytest.raises(FileError, match="no brush mark"):
        choose_style(str(tmp_path / "blank.png"))


def test_every_row_of_a_picture_is_looked_at(tmp_path):
    rows = np.linspace(0, 255, 40).round().astype(np.uint8)
    Image.fromarray(np.repeat(rows[:, None], 30, axis=1)).save(tmp_path / "ramp.png")
    np.testing.assert_array_equal(_grey(tmp_path / "ramp.png")[:, 7], rows)


def test_a_picture_as_large_as_a_page_is_told(tmp_path):
    Image.new("L", (4096, 4097), 255).save(tmp_path / "page.png")
    with pytest.raises(FileError, match="4096 x 4097 px, too large"):
        choose_style(str(tmp_path / "page.png"))


def test_a_folder_is_told(tmp_path):
    with pytest.raises(FileError):
        choose_style(str(tmp_path))


def test_the_command_inks_with_a_brush_of_ones_own(run, sketch, fake_inker):
    brush = picture(sketch.parent / "own.png")
    assert run("ink", sketch, "--style", str(brush)).code == 0
    styles = {entry["style"] for entry in fake_inker.rendered}
    assert [style.title for style in styles] == ["own"]


def test_a_bad_strip_stops_the_command_before_it_begins(run, sketch):
    before = sorted(sketch.parent.iterdir())
    ran = run("ink", sketch, "--style", str(sketch.parent / "none.png"))
    assert ran.code == 2
    assert "none.png" in ran.complaint
    assert sorted(sketch.parent.iterdir()) == before
