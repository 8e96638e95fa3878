# SPDX-License-Identifier: GPL-3.0-or-later
"""The artist's own brushes: kept in a folder, found by name, put aside when removed, lost never."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pytest

from smart_lineart.inking import STYLES, Strip
from smart_lineart.inking.brushes.stamping import Stamp, strip_of
from smart_lineart.studio.engine import Engine
from smart_lineart.studio.own_brushes import OwnBrushes, file_name, write_whole
from smart_lineart.studio.settings import InkSettings

STRIP = strip_of(Stamp(size_power=1.3))
OTHER = strip_of(Stamp(least_size=0.7))


def test_a_brush_is_there_again_in_the_next_krita(tmp_path: Path) -> None:
    style = OwnBrushes(tmp_path / "deep/brushes").add("My brush", STRIP)
    again = OwnBrushes(tmp_path / "deep/brushes")
    assert (style.name, style.title) == ("own:My brush", "My brush")
    assert again.is_own(style.name)
    assert again.find(style.name).strip == STRIP
    assert [s.name for s in again.styles()] == [*STYLES, "own:My brush"]


def test_names_do_not_clash(tmp_path: Path) -> None:
    brushes = OwnBrushes(tmp_path)
    names = [brushes.add(title, STRIP).name for title in ("pen", "pen", "PEN", "pen 2")]
    assert names == ["own:pen", "own:pen 2", "own:PEN 3", "own:pen 2 2"]
    assert brushes.find("pen") is STYLES["pen"]


@pytest.mark.parametrize(
    ("title", "name"),
    [
        ("b) Basic-5 Size", "b) Basic-5 Size"),
        ("../../etc/passwd", "etc passwd"),
        ("Größe · 筆", "Größe 筆"),
        ("con", "con_"),
        ("com9", "com9_"),
        ("lpt0", "lpt0_"),
        ("com10", "com10"),
        ("\x00/\\:*?", "Brush"),
        ("x" * 300, "x" * 60),
    ],
)
def test_titles_become_file_names(title: str, name: str) -> None:
    assert file_name(title) == name


def test_a_style_that_is_not_here_is_the_pen(tmp_path: Path) -> None:
    brushes = OwnBrushes(tmp_path)
    assert not brushes.has("own:elsewhere")
    assert brushes.find("own:elsewhere") is STYLES["pen"]
    assert brushes.find("") is STYLES["pen"]


def test_a_removed_brush_is_put_aside(tmp_path: Path) -> None:
    brushes = OwnBrushes(tmp_path)
    kept = []
    for strip in (STRIP, OTHER):
        kept.append(brushes.remove(brushes.add("gone", strip).name))
        assert not brushes.has("own:gone")
    assert [Strip.from_bytes(path.read_bytes()) for path in kept] == [STRIP, OTHER]
    assert [s.name for s in OwnBrushes(tmp_path).styles()] == list(STYLES)


def test_a_strip_put_into_the_folder_is_found(tmp_path: Path) -> None:
    brushes = OwnBrushes(tmp_path)
    changes: list[int] = []
    brushes.changed.connect(lambda: changes.append(1))
    brushes.refresh()
    (tmp_path / "shared.png").write_bytes(STRIP.to_bytes())
    brushes.refresh()
    brushes.refresh()
    assert brushes.has("own:shared")
    assert changes == [1]


def test_a_damaged_strip_is_named_and_the_others_are_there(tmp_path: Path) -> None:
    (tmp_path / "bad.png").write_bytes(STRIP.to_bytes()[:300])
    (tmp_path / "good.png").write_bytes(STRIP.to_bytes())
    brushes = OwnBrushes(tmp_path)
    assert [s.name for s in brushes.styles()][len(STYLES) :] == ["own:good"]
    assert len(brushes.broken) == 1
    assert str(brushes.broken[0]).startswith("bad.png")
    assert str(brushes.broken[0]).endswith(".")


def test_what_cannot_be_a_strip_is_named_without_reading_it(tmp_path: Path) -> None:
    OwnBrushes(tmp_path).add("good", STRIP)
    (tmp_path / "folder.png").mkdir()
    with (tmp_path / "vast.png").open("wb") as vast:
        vast.truncate(1 << 40)
    if hasattr(os, "mkfifo"):
        os.mkfifo(tmp_path / "pipe.png")
    brushes = OwnBrushes(tmp_path)
    assert [style.title for style in brushes.styles()][-1] == "good"
    assert len(brushes.broken) == len(list(tmp_path.iterdir())) - 1


def test_a_file_is_written_whole_or_not_at_all(tmp_path: Path) -> None:
    target = tmp_path / "there.png"
    target.mkdir()
    with pytest.raises(OSError, match=r"there\.png"):
        write_whole(target, b"data")
    assert list(tmp_path.iterdir()) == [target]


def test_the_engine_draws_with_it_and_with_the_pen_where_it_is_missing(tmp_path: Path) -> None:
    brushes = OwnBrushes(tmp_path)
    style = brushes.add("mine", STRIP)
    asked: list[object] = []

    class FakeInker:
        def render(self, _features: object, **options: object) -> np.ndarray:
            asked.append(options["style"])
            return np.zeros((4, 4), np.uint8)

    engine = Engine(lambda _: None, make=lambda **_: FakeInker())
    engine.find_style = brushes.find
    for name in (style.name, "own:elsewhere", "brush"):
        engine.render(object(), InkSettings(style=name))
    assert asked == [style, STYLES["pen"], STYLES["brush"]]
    assert asked[0].strip == STRIP
