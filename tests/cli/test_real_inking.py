# SPDX-License-Identifier: GPL-3.0-or-later
"""The command with the real engine: from a sketch file to ink, and what the engine's faults come to."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

import cv2
import numpy as np
import pytest
from cli_helpers import files_in
from PIL import Image
from scipy.ndimage import distance_transform_edt

from smart_lineart.inking import Inker, load_model

EXAMPLES = Path(__file__).parents[2] / "examples"


def coverage(path: Path) -> np.ndarray:
    return np.asarray(Image.open(path).getchannel("A"))


def test_ink_lies_on_the_drawn_lines_and_follows_them(run, sketch, drawing):
    ran = run("ink", sketch, "--thickness", "3")
    assert ran.code == 0
    ink = coverage(sketch.with_name("sketch-lineart.png")) > 127
    drawn = drawing < 150
    assert ink.shape == drawing.shape
    assert distance_transform_edt(~drawn)[ink].max() < 8
    assert (distance_transform_edt(~ink)[drawn] < 4).mean() > 0.9


def test_the_file_holds_what_the_python_interface_gives(run, sketch, drawing):
    assert run("ink", sketch, "--thickness", "3.5", "--style", "brush", "--faint", "0.3").code == 0
    with Inker() as inker:
        ink = inker.ink(drawing, thickness=3.5, style="brush", faint=0.3)
    assert np.array_equal(coverage(sketch.with_name("sketch-lineart.png")), ink)


def test_deep_colour_and_document_files_ink_like_the_plain_one(run, sketch, drawing, tmp_path):
    assert run("ink", sketch).code == 0
    cv2.imwrite(str(tmp_path / "deep.png"), np.dstack([drawing.astype(np.uint16) * 257] * 3))
    assert run("ink", tmp_path / "deep.png").code == 0
    plain, deep = (coverage(tmp_path / f"{name}-lineart.png").astype(int) for name in ("sketch", "deep"))
    assert (plain > 127).sum() > 500
    assert np.abs(plain - deep).mean() < 0.5


def test_a_blank_page_gives_an_empty_layer(run, tmp_path):
    Image.new("RGB", (300, 200), "white").save(tmp_path / "blank.png")
    assert run("ink", tmp_path / "blank.png").code == 0
    assert not coverage(tmp_path / "blank-lineart.png").any()


@pytest.mark.parametrize("size", [(1, 1), (1, 700), (613, 1)])
def test_pages_of_hardly_any_pixels_are_inked(run, tmp_path, size):
    Image.new("L", size, 255).save(tmp_path / "thin.png")
    assert run("ink", tmp_path / "thin.png").code == 0
    assert Image.open(tmp_path / "thin-lineart.png").size == size


@pytest.mark.parametrize("runtime", ["openvino", "onnxruntime"])
def test_the_runtime_asked_for_is_used_and_told(run, sketch, runtime):
    ran = run("ink", sketch, "--runtime", runtime, "--device", "cpu", "--json")
    result = json.loads(ran.out)["results"][0]
    assert (result["runtime"], result["device"]) == (runtime, "cpu")
    assert result["seconds"]["total"] > 0


def test_a_model_folder_that_is_missing_is_told(run, sketch, tmp_path):
    ran = run("ink", sketch, "--model", tmp_path / "none")
    assert ran.code == 2
    assert str(tmp_path / "none") in ran.complaint
    assert files_in(tmp_path) == {"sketch.png"}


def test_a_damaged_model_is_told(run, sketch, tmp_path):
    folder = tmp_path / "model"
    shutil.copytree(load_model(None).folder, folder)
    with (folder / "model.onnx").open("r+b") as file:
        file.seek(1000)
        file.write(b"damage")
    ran = run("ink", sketch, "--model", folder)
    assert ran.code == 2
    assert "damaged" in ran.complaint
    assert files_in(tmp_path) == {"sketch.png", "model"}


def test_a_runtime_that_is_not_installed_is_told(sketch):
    """Without the site's packages of that runtime, which a module of the same name hides."""
    script = (
        "import sys; sys.modules['onnxruntime'] = None\n"
        "from smart_lineart.cli import main; sys.exit(main(sys.argv[1:]))"
    )
    command = [sys.executable, "-c", script, "ink", str(sketch), "--runtime", "onnxruntime"]
    ran = subprocess.run(command, capture_output=True, text=True, check=False)
    assert ran.returncode == 2
    assert ran.stderr.startswith("smart-lineart: ")
    assert len(ran.stderr.splitlines()) == 1
    assert "ONNX Runtime" in ran.stderr
    assert files_in(sketch.parent) == {"sketch.png"}


def test_the_command_and_the_module_are_the_same(sketch):
    installed = Path(sys.executable).with_name("smart-lineart")
    for command in ([str(installed)], [sys.executable, "-m", "smart_lineart"]):
        ran = subprocess.run([*command, "--version"], capture_output=True, text=True, check=True)
        assert ran.stdout.startswith("smart-lineart ")


def test_the_examples_have_ink_and_credits(run, tmp_path):
    images = [path for path in EXAMPLES.iterdir() if path.suffix in {".png", ".jpg", ".webp"}]
    assert len(images) >= 4
    small = min(images, key=lambda path: Image.open(path).width)
    assert run("ink", small, "-o", tmp_path).code == 0
    assert 0.005 < (coverage(tmp_path / f"{small.stem}-lineart.png") > 127).mean() < 0.4
    credits_text = (EXAMPLES / "CREDITS.md").read_text()
    assert all(f"`{path.name}`" in credits_text for path in images)
