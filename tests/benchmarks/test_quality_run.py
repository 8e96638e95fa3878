# SPDX-License-Identifier: GPL-3.0-or-later
"""benchmarks/quality.py from a folder to its table, figures and sheets, with the whole engine."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import cv2
import numpy as np
import pytest
from PIL import Image
from threshold_model import write_threshold_model

from benchmarks import classical, overlay, quality, sheet
from benchmarks.summary import FIGURES
from drawings.fixes import KINDS
from drawings.strokes import load_drawing
from drawings.subjects import find_files, load_subjects
from drawings.truth import draw_truth

DRAWINGS = Path(__file__).parents[2] / "benchmarks" / "drawings"


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_threshold_model(tmp_path_factory.mktemp("models") / "threshold")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A stroke drawing, a pair half as large whose sketch is its truth, and a lone image."""
    folder = tmp_path / "sketches"
    folder.mkdir()
    shutil.copy(DRAWINGS / "fish.json", folder)
    truth = cv2.resize(draw_truth(load_drawing(DRAWINGS / "Bunny03.json")), None, fx=0.5, fy=0.5)
    for kind in ("sketch", "truth"):
        cv2.imwrite(str(folder / f"bunny.{kind}.png"), truth)
    Image.new("RGBA", (90, 60), (0, 0, 0, 0)).save(folder / "empty.png")
    return folder


def test_a_folder_is_measured_and_shown(
    folder: Path, model: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "out"
    options = ["--model", str(model), "--out", str(out), "--looks", "plain", "--methods", "ours,otsu,xdog"]
    assert quality.main([str(folder), *options]) == 0
    report = json.loads((out / "metrics.json").read_text())
    names = [(image["name"], image["look"], list(image["methods"])) for image in report["images"]]
    methods = ["ours", "otsu", "xdog"]
    assert names == [("bunny", "image", methods), ("empty", "image", []), ("fish", "plain", methods)]

    bunny, _, fish = (image["methods"] for image in report["images"])
    assert tuple(bunny["ours"]) == (*FIGURES, *KINDS)
    assert fish["ours"]["fixes"] == 0 < fish["otsu"]["fixes"]
    assert bunny["ours"]["F"] > 0.98  # the sketch is its own truth, and darkness is taken for lines
    assert 0.95 < bunny["ours"]["L"] < 1.05
    assert bunny["ours"]["width"] == pytest.approx(2, abs=1)  # 4 px at 1400 px, the pair has 700
    assert fish["ours"]["width"] == pytest.approx(4, abs=1)
    medians = {name: found["median"]["F"] for name, found in report["summary"].items()}
    assert medians["otsu"] == pytest.approx((bunny["otsu"]["F"] + fish["otsu"]["F"]) / 2)

    table = capsys.readouterr().out.splitlines()
    assert "2 images with truth" in " ".join(table)
    for method in methods:
        assert sum(line.startswith((f"median: {method} ", f"worst tenth: {method} ")) for line in table) == 2
        assert any(line.startswith(f"fish (plain) {method} ") for line in table)
    for method in methods:
        assert sum(line.startswith(f"mean fixes: {method}: extra ") for line in table) == 1
    for kind in ("sheet", "crops"):
        shown = Image.open(out / f"{kind}-1.png")
        assert shown.width == 5 * (sheet.CELL + sheet.GAP) + sheet.GAP  # sketch, truth and three methods


def test_overlays_mark_the_places_to_mend(folder: Path, model: Path, tmp_path: Path) -> None:
    options = ["--model", str(model), "--out", str(tmp_path / "out"), "--methods", "ours,otsu"]
    marked = tmp_path / "new" / "overlays"
    assert quality.main([str(folder), "--looks", "plain", *options, "--overlays", str(marked)]) == 0
    fish = json.loads((tmp_path / "out" / "metrics.json").read_text())["images"][2]["methods"]["otsu"]
    shown = [f"{name}-{method}.png" for name in ("bunny-image", "fish-plain") for method in ("otsu", "ours")]
    assert sorted(path.name for path in marked.iterdir()) == shown
    picture = np.asarray(Image.open(marked / "fish-plain-otsu.png"))
    assert picture.shape[:2] == load_drawing(folder / "fish.json").size
    below_legend = picture[int(2 * overlay.LEGEND * max(picture.shape)) :]
    assert fish["tick"] > 0
    for kind in KINDS:
        assert (below_legend == overlay.COLOURS[kind]).all(2).any() == (fish[kind] > 0)


def test_ours_is_drawn_at_the_thickness_asked_for(folder: Path, model: Path, tmp_path: Path) -> None:
    options = ["--model", str(model), "--out", str(tmp_path), "--methods", "ours", "--thickness", "8"]
    assert quality.main([str(folder), *options]) == 0
    bunny = json.loads((tmp_path / "metrics.json").read_text())["images"][0]["methods"]["ours"]
    assert bunny["width"] == pytest.approx(4, abs=1)


def test_a_method_without_its_program_says_so_and_the_others_are_measured(
    folder: Path,
    model: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr(classical.shutil, "which", lambda program: None)
    options = ["--model", str(model), "--out", str(tmp_path), "--methods", "otsu,potrace", "--limit", "1"]
    assert quality.main([str(folder), *options]) == 0
    assert "potrace: left out: mkbitmap is not installed" in capsys.readouterr().out
    assert list(json.loads((tmp_path / "metrics.json").read_text())["summary"]) == ["otsu"]


def test_drawings_take_the_looks_in_turn(tmp_path: Path) -> None:
    for number in range(3):
        shutil.copy(DRAWINGS / "fish.json", tmp_path / f"{number}.json")
    subjects = load_subjects(find_files(tmp_path), ["dark", "plain"])
    assert [subject.look for subject in subjects] == ["dark", "plain", "dark"]


def test_a_page_in_16_bits_and_palette_is_read(tmp_path: Path) -> None:
    cv2.imwrite(str(tmp_path / "deep.png"), np.full((4, 5), 32896, np.uint16))
    Image.new("P", (5, 4)).save(tmp_path / "palette.png")
    deep, palette = load_subjects(find_files(tmp_path), ["plain"])
    assert deep.sketch.dtype == np.uint8
    assert (deep.sketch == 128).all()
    assert palette.sketch.shape == (4, 5, 3)


@pytest.mark.parametrize(
    ("name", "content", "sentence"),
    [
        (None, b"", "neither stroke drawings"),
        ("a.json", b"{}", "is not a stroke drawing"),
        ("a.png", b"text", "is not a readable image"),
        ("a.sketch.png", b"text", "is not a readable image"),
    ],
)
def test_what_cannot_be_measured_is_one_sentence(
    name: str | None,
    content: bytes,
    sentence: str,
    model: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    folder = tmp_path / "sketches"
    folder.mkdir()
    if name is not None:
        (folder / name).write_bytes(content)
    assert quality.main([str(folder), "--model", str(model), "--out", str(tmp_path / "out")]) == 2
    said = capsys.readouterr().err
    assert said.startswith("quality: ")
    assert sentence in said
    assert len(said.splitlines()) == 1


def test_a_truth_of_another_size_and_one_without_ink_are_refused(
    folder: Path, model: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    options = ["--model", str(model), "--out", str(tmp_path / "out"), "--methods", "otsu"]
    cv2.imwrite(str(folder / "bunny.truth.png"), np.zeros((3, 3), np.uint8))
    assert quality.main([str(folder), *options]) == 2
    assert "is not an image of the size of bunny.sketch.png" in capsys.readouterr().err
    sketch = cv2.imread(str(folder / "bunny.sketch.png"))
    cv2.imwrite(str(folder / "bunny.truth.png"), np.full_like(sketch, 255))
    assert quality.main([str(folder), *options]) == 2
    assert "bunny.truth.png has no ink" in capsys.readouterr().err
