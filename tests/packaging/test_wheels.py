# SPDX-License-Identifier: GPL-3.0-or-later
"""Fetching wheels with pip, from a folder that stands for the package index."""

from __future__ import annotations

import re

import fake_wheels
import pytest

from packaging_tools import recipes, wheels
from packaging_tools.errors import PackingError

FITTING = {
    "linux-x86_64": r"manylinux_?\d+(_\d+)?_x86_64",
    "windows-x86_64": "win_amd64",
    "macos-arm64": r"macosx_(11|12)_\d+_arm64",  # what Krita itself needs, or less
}


@pytest.fixture
def index(tmp_path, monkeypatch):
    folder = tmp_path / "index"
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(folder))
    monkeypatch.setenv("PIP_CONFIG_FILE", "/dev/null")
    return folder


@pytest.mark.parametrize("platform", recipes.PLATFORMS)
def test_wheels_of_other_platforms_and_pythons_are_fetched_once(platform, index, tmp_path):
    made = fake_wheels.make(recipes.RECIPES[platform], index)
    cache = tmp_path / "cache"
    wheel, source = made[0]
    assert wheels.fetch(wheel, cache).read_bytes() == source.read_bytes()
    source.unlink()
    assert wheels.fetch(wheel, cache).exists()


def test_another_file_than_the_recorded_one_is_refused(index, tmp_path):
    wheel, _ = fake_wheels.make(recipes.RECIPES["linux-x86_64"], index)[0]
    with pytest.raises(PackingError, match="is not the file"):
        wheels.fetch(wheels.Wheel(wheel.file, "0" * 64), tmp_path / "cache")


def test_an_index_without_the_wheel_gives_one_sentence(index, tmp_path):
    index.mkdir()
    wheel = wheels.wheels_of("linux-x86_64")[0]
    with pytest.raises(PackingError, match="could not be fetched") as caught:
        wheels.fetch(wheel, tmp_path / "cache")
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("platform", recipes.PLATFORMS)
def test_every_recorded_wheel_fits_its_platform_and_is_pinned(platform):
    recorded = wheels.wheels_of(platform)
    for wheel in recorded:
        assert re.fullmatch("[0-9a-f]{64}", wheel.sha256)
        assert [tag for tag in wheel.platforms if re.fullmatch(FITTING[platform], tag)] == wheel.platforms
    assert {wheel.python for wheel in recorded if wheel.project == "numpy"} >= {
        "cp310",
        "cp311",
        "cp313",
        "cp314",
    }
    assert "://" not in wheels.REQUIREMENTS.read_text()
    # The engine takes one release line of OpenVINO only.
    (openvino,) = [wheel for wheel in recorded if wheel.project == "openvino"]
    assert openvino.version.startswith("2026.4.")


def test_the_cache_is_the_users_choice(monkeypatch, tmp_path):
    monkeypatch.setenv(wheels.CACHE_VARIABLE, str(tmp_path))
    assert wheels.cache_folder() == tmp_path
    monkeypatch.delenv(wheels.CACHE_VARIABLE)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    assert wheels.cache_folder() == tmp_path / "cache/smart-lineart/wheels"
