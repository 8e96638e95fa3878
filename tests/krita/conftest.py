# SPDX-License-Identifier: GPL-3.0-or-later
"""A screen, and a Krita on it that the tests share; a test that ends Krita gets the next one a new one."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

sys.path.insert(0, str(Path(__file__).parent))

import harness

HERE = Path(__file__).parent


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    # No second try, whatever `--reruns` says, for a test in which a Krita died or hung.
    again = pytest.mark.flaky(reruns=config.getoption("reruns"), condition=lambda: not harness.gone)
    for item in items:
        if HERE in Path(item.fspath).parents:
            item.add_marker(pytest.mark.krita)
            item.add_marker(again)


def pytest_runtest_setup(item: pytest.Item) -> None:
    harness.gone.clear()
    harness.test[:] = [item.nodeid]


@pytest.fixture(scope="session")
def screen() -> Iterator[harness.Screen]:
    missing = harness.missing()
    if missing and os.environ.get("CI") == "true":
        pytest.fail(f"The tests in a real Krita must run here, but cannot: {missing}")
    if missing:
        pytest.skip(f"NOT TESTED IN KRITA: {missing}")
    one = harness.Screen()
    yield one
    one.close()


class Shared:
    """The Krita the tests share, started when first needed."""

    def __init__(self, screen: harness.Screen):
        self.screen = screen
        self._process: harness.KritaProcess | None = None

    def alive(self) -> harness.KritaProcess:
        """It, or a new one where a test ended it; it fails where it ended by itself since its last test."""
        if self._process is None or not self._process.running:
            self.close()
            self._process = harness.KritaProcess(self.screen)
            self._process.run("def job():\n    arrange()\n    yield 500")
        return self._process

    def look(self) -> None:
        """Fail where it has ended since the test's last answer."""
        if self._process is not None:
            self._process.lives()

    def close(self) -> None:
        """Fail where it ends badly, or did so and no test was told."""
        process, self._process = self._process, None
        if process is not None:
            process.end()


@pytest.fixture(scope="session")
def shared(screen: harness.Screen) -> Iterator[Shared]:
    one = Shared(screen)
    yield one
    one.close()


@pytest.fixture
def krita(shared: Shared) -> Iterator[harness.KritaProcess]:
    """A running Krita without documents, with a new user's settings."""
    process = shared.alive()
    process.run("def job():\n    yield from fresh()")
    yield process
    shared.look()


@pytest.fixture(scope="module")
def own_krita(screen: harness.Screen) -> Iterator[harness.KritaProcess]:
    """A Krita that a module's tests share with no others."""
    process = harness.KritaProcess(screen)
    process.run("def job():\n    arrange()\n    yield 500")
    yield process
    process.end()


@pytest.fixture
def start_krita(screen: harness.Screen) -> Iterator[Callable[..., harness.KritaProcess]]:
    """Start a Krita of one's own, with another environment or settings."""
    started: list[harness.KritaProcess] = []

    def start(**options: Any) -> harness.KritaProcess:
        started.append(harness.KritaProcess(screen, **options))
        return started[-1]

    yield start
    with ExitStack() as closing:  # all of them, whatever comes of one
        for process in started:
            closing.callback(process.end)


@pytest.fixture(scope="module")
def folder_krita_sees() -> Iterator[Callable[[], Path]]:
    """Make folders for scratch files that Krita knows by the same path."""
    made: list[Path] = []

    def make() -> Path:
        made.append(harness.folder_krita_sees())
        return made[-1]

    yield make
    for folder in made:
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def pictures() -> Iterator[Path]:
    """Where screenshots go: SMART_LINEART_SCREENSHOTS, else a folder for scratch files; by way of one that a
    Krita in a chroot knows, too.
    """
    folder = Path(os.environ.get("SMART_LINEART_SCREENSHOTS", "/tmp/smart-lineart-screenshots"))
    folder.mkdir(parents=True, exist_ok=True)
    if not harness.chroot():
        yield folder
        return
    seen = harness.folder_krita_sees()
    yield seen
    shutil.copytree(seen, folder, dirs_exist_ok=True)
    shutil.rmtree(seen)


@pytest.fixture
def figures(request: pytest.FixtureRequest) -> Callable[[str], None]:
    """Takes note of what was measured, in the file named by SMART_LINEART_FIGURES, if any."""
    named = os.environ.get("SMART_LINEART_FIGURES")

    def note(text: str) -> None:
        if named:
            with Path(named).open("a", encoding="utf-8") as file:
                file.write(f"{request.node.name}: {text}\n")

    return note
