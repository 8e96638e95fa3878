# SPDX-License-Identifier: GPL-3.0-or-later
"""Ways to run the command, with the engine or a stand-in for it."""

from __future__ import annotations

import os
import shutil
import signal
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from cli_helpers import FakeInker, Ran

from smart_lineart.cli import engine, main


@pytest.fixture
def fake_inker(monkeypatch: pytest.MonkeyPatch) -> FakeInker:
    """The engine that commands in this test get instead of the real one."""
    inker = FakeInker()

    def open_inker(**options: Any) -> FakeInker:
        inker.opened_with = options
        return inker

    monkeypatch.setattr(engine, "open_inker", open_inker)
    return inker


@pytest.fixture
def run(capfd: pytest.CaptureFixture[str]) -> Callable[..., Ran]:
    """Runs the command in this process: run("ink", path, "--json")."""

    def command(*arguments: object) -> Ran:
        capfd.readouterr()
        code = main([str(argument) for argument in arguments])
        captured = capfd.readouterr()
        assert "Traceback" not in captured.err
        return Ran(code, captured.out, captured.err)

    return command


@pytest.fixture
def open_folder() -> Iterator[Path]:
    """An empty folder of a user to whom permissions apply, also where the tests run as root."""
    superuser = os.geteuid() == 0
    if superuser:
        os.seteuid(65534)
    folder = Path(tempfile.mkdtemp(dir="/tmp"))  # pytest's own folders are closed to this user
    try:
        yield folder
    finally:
        if superuser:
            os.seteuid(0)
        folder.chmod(0o700)
        shutil.rmtree(folder)


@pytest.fixture(autouse=True, scope="session")
def heeds_signals() -> None:
    """What `nohup` or a shell's background ignores, every command started here would ignore as well."""
    signal.signal(signal.SIGINT, signal.default_int_handler)
    for name in ("SIGHUP", "SIGQUIT"):
        if hasattr(signal, name):
            signal.signal(getattr(signal, name), signal.SIG_DFL)
