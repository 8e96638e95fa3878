# SPDX-License-Identifier: GPL-3.0-or-later
"""The real wheels and the real Linux zip, fetched and built once per run."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from krita_profile import KritaProfile, cannot_cut_off, harness

from packaging_tools import archive, check, contents, recipes, wheels
from packaging_tools.errors import PackingError
from packaging_tools.wheels import Wheel


def not_here(reason: str) -> None:
    """Skip with the reason, except in continuous integration, where everything must be tested."""
    if os.environ.get("CI") == "true":
        pytest.fail(f"This must be tested here, but cannot be: {reason}")
    pytest.skip(f"NOT TESTED: {reason}")


@pytest.fixture(scope="session")
def real_wheels() -> Callable[[str], list[tuple[Wheel, Path]]]:
    """Return the published wheels of a platform."""

    def fetch(platform: str) -> list[tuple[Wheel, Path]]:
        try:
            return [
                (wheel, wheels.fetch(wheel, wheels.cache_folder())) for wheel in wheels.wheels_of(platform)
            ]
        except PackingError as error:
            not_here(str(error))
            raise

    return fetch


@pytest.fixture(scope="session")
def linux_zip(real_wheels, tmp_path_factory) -> Path:
    """The zip an artist gets, checked as build_plugin.py does; or the one SMART_LINEART_ZIP names."""
    recipe = recipes.RECIPES["linux-x86_64"]
    # Where a Krita in a chroot can read it, too.
    folder = harness.SHARE if harness.chroot() else tmp_path_factory.mktemp("zip")
    if "SMART_LINEART_ZIP" in os.environ:
        return Path(shutil.copy(os.environ["SMART_LINEART_ZIP"], folder))
    path = folder / f"smart_lineart-{contents.version()}-{recipe.name}.zip"
    archive.write(contents.gather(recipe, real_wheels(recipe.platform)), path, level=1)
    check.check(path, recipe)
    return path


@pytest.fixture(scope="module")
def screen() -> Iterator[harness.Screen]:
    missing = harness.missing() or cannot_cut_off()
    if missing:
        not_here(missing)
    one = harness.Screen()
    yield one
    one.close()


@pytest.fixture
def profile(screen) -> Iterator[KritaProfile]:
    """A new user's Krita, with no network and no numpy but the zip's."""
    one = KritaProfile(screen)
    yield one
    one.remove()


@pytest.fixture
def pictures() -> Path:
    """Where screenshots go: SMART_LINEART_SCREENSHOTS, else a folder for scratch files."""
    folder = Path(os.environ.get("SMART_LINEART_SCREENSHOTS", "/tmp/smart-lineart-screenshots"))
    folder.mkdir(parents=True, exist_ok=True)
    return folder
