# SPDX-License-Identifier: GPL-3.0-or-later
"""The project's own files: what is locked, packed and headed."""

from __future__ import annotations

import re
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from smart_lineart import __version__
from tests.fuzz.run import NAMES

ROOT = Path(__file__).resolve().parent.parent
LOCKS = sorted((ROOT / "requirements").glob("*.txt"))


def locked(path: Path) -> dict[str, set[str]]:
    """Package names and the versions a lock pins, one for each kind of Python."""
    pins: dict[str, set[str]] = {}
    for line in path.read_text().replace("\\\n", "").splitlines():
        if match := re.fullmatch(r"([a-z0-9-]+)==([^ ;]+)( ; .*?)?(\s+--hash=sha256:[0-9a-f]{64})+", line):
            pins.setdefault(match[1], set()).add(match[2])
        else:
            assert line.startswith("#"), line
    return pins


def test_locks_pin_everything_and_name_no_host():
    assert [path.stem for path in LOCKS] == ["build", "dev", "run", "site", "train", "windows"]
    for path in LOCKS:
        assert "://" not in path.read_text()
        assert locked(path)


def test_tests_run_on_the_versions_that_inking_runs_on():
    run, dev = (locked(ROOT / "requirements" / name) for name in ("run.txt", "dev.txt"))
    assert run.items() <= dev.items()


def test_setting_up_installs_nothing_whose_checksum_is_not_locked(tmp_path):
    calls = tmp_path / "calls"
    (tmp_path / "bin").mkdir()
    for name in ("python", "pip"):
        (tmp_path / "bin" / name).write_text(f'#!/bin/sh\necho "$*" >>"{calls}"\n')
        (tmp_path / "bin" / name).chmod(0o755)
    command = ["sh", "scripts/set_up.sh", str(tmp_path), "requirements/run.txt"]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
    installed = [line for line in calls.read_text().splitlines() if "pip install" in line]
    assert any("--require-hashes" in line and "requirements/run.txt" in line for line in installed)
    # What builds this project is not fetched behind pip's back, but was installed by its checksum before.
    assert {word for line in installed if "--require-hashes" not in line for word in line.split()} >= {
        "--no-build-isolation", "-e", "."}  # fmt: skip
    backend = set(locked(ROOT / "requirements/build.txt"))
    assert {"hatchling", "editables", "setuptools"} <= backend


def test_actions_of_others_are_pinned_by_commit():
    used = [
        match[1]
        for path in (ROOT / ".github").rglob("*.yml")
        for match in re.finditer(r"uses: (.*)", path.read_text())
    ]
    assert len(used) >= 4
    for action in used:
        assert re.fullmatch(r"[\w./-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+", action), action


def test_nothing_that_reports_home_is_installed():
    for path in LOCKS:
        assert not [name for name in locked(path) if "telemetry" in name]


def test_every_source_file_names_its_licence():
    ran = subprocess.run(
        [sys.executable, "scripts/check_spdx.py"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert (ran.returncode, ran.stdout) == (0, "")


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The project's wheel, unpacked."""
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
    (packed,) = folder.glob("*.whl")
    with zipfile.ZipFile(packed) as archive:
        archive.extractall(folder / "unpacked")
    return folder / "unpacked"


def test_a_wheel_inks_with_the_model_it_carries(wheel, sketch, tmp_path):
    script = (
        f"import sys; sys.path.insert(0, {str(wheel)!r})\n"
        "import smart_lineart; from smart_lineart.inking import load_model\n"
        "from smart_lineart.cli import main\n"
        "print(smart_lineart.__file__); print(load_model(None).folder); sys.exit(main(sys.argv[1:]))"
    )
    command = [sys.executable, "-c", script, "ink", str(sketch)]
    ran = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=True)
    package, model = ran.stdout.splitlines()[:2]
    assert Path(package) == wheel / "smart_lineart" / "__init__.py"
    assert Path(model).is_relative_to(wheel / "smart_lineart" / "models")
    assert sketch.with_name("sketch-lineart.png").exists()


def test_the_wheel_has_the_command_the_licence_and_the_types(wheel):
    info = wheel / f"smart_lineart-{__version__}.dist-info"
    assert "smart-lineart = smart_lineart.cli:main" in (info / "entry_points.txt").read_text()
    assert "GNU GENERAL PUBLIC LICENSE" in (info / "licenses" / "LICENSE").read_text()
    assert (wheel / "smart_lineart" / "py.typed").exists()


def test_the_campaigns_take_every_reader_and_room():
    campaigns = (ROOT / ".github/workflows/campaigns.yml").read_text()
    rooms = re.findall(r'^    "(\w+)": Room\(', (ROOT / "scripts/mutate.py").read_text(), re.MULTILINE)
    assert len(rooms) >= 4
    assert f"reader: [{', '.join(NAMES)}]" in campaigns
    assert f"room: [{', '.join(rooms)}]" in campaigns
