# SPDX-License-Identifier: GPL-3.0-or-later
"""The Windows zip, run for real: imported, inking as on Linux, killed, updated while in use, taken out."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import wine
from conftest import not_here
from PIL import Image
from wine import JOBS, PYTHONS, Windows

import smart_lineart
from packaging_tools import archive, check, contents, recipes
from smart_lineart.inking import STYLES

ROOT = Path(__file__).resolve().parents[2]
# Krita's own importer, the file that "Import Python Plugin from File" runs.
IMPORTER = Path("/usr/share/krita/pykrita/plugin_importer/plugin_importer.py")
pytestmark = pytest.mark.slow

# Rooms whose tests need no Krita, and the engine's stages. Not brushes, drawing, and the engine as a whole
# (tests/inking/test_*.py): what they ink is compared, byte for byte in every style.
ROOMS = (
    "krita_host",
    "studio",
    *(f"inking/{stage}" for stage in ("lines", "network", "page", "raster", "renewing")),
)
# Traces whole pages again and again, as long as all others together; its parts have files of their own.
LONGEST = "test_renewing.py"
# Files that import any of these start programs, seconds each under Wine, or use Linux's own means. The worker
# is killed, replaced and cancelled in a test below.
STARTERS = "subprocess|isolated|worker_process|interpreters|memory_groups|watching"
STARTS_PROGRAMS = re.compile(rf"^(import|from) .*\b({STARTERS})\b", re.MULTILINE)
# Many random examples tell nothing of the system that a few chosen ones don't.
PLAIN = "not slow and not hypothesis"

WORKER_FAULTS = (
    "segmentation_fault",
    "abort",
    "killed",
    "leave",
    "nonsense",
    "hang",
    "hang_with_the_interpreter_locked",
)  # of tests/inking/faulty_worker.py


def unit_tests() -> list[Path]:
    """Files of tests that run under Wine."""
    files = sorted(path for room in ROOMS for path in (ROOT / "tests" / room).glob("test_*.py"))
    return [
        path
        for path in files
        if path.name != LONGEST and not STARTS_PROGRAMS.search(path.read_text(encoding="utf-8"))
    ]


@pytest.fixture(scope="module")
def windows_zip(real_wheels, tmp_path_factory) -> Path:
    """The zip an artist gets, or the one SMART_LINEART_WINDOWS_ZIP names."""
    if "SMART_LINEART_WINDOWS_ZIP" in os.environ:
        return Path(os.environ["SMART_LINEART_WINDOWS_ZIP"])
    recipe = recipes.RECIPES["windows-x86_64"]
    path = tmp_path_factory.mktemp("zip") / f"smart_lineart-{contents.version()}-{recipe.name}.zip"
    archive.write(contents.gather(recipe, real_wheels(recipe.platform)), path, level=1)
    check.check(path, recipe)
    return path


@pytest.fixture(scope="module")
def windows(windows_zip, tmp_path_factory) -> Iterator[Windows]:
    """A Windows on which Krita's importer has imported the zip."""
    missing = wine.missing() or ("" if IMPORTER.exists() else "Krita is not installed")
    if missing:
        not_here(missing)
    one = Windows(tmp_path_factory.mktemp("windows"))
    try:
        one.start()
        for version in PYTHONS:
            one.install_python(version)
        one.krita.mkdir(parents=True)
        import_zip(one, windows_zip)
        yield one
    finally:
        one.close()


@pytest.fixture(scope="module")
def sketch(tmp_path_factory) -> Path:
    path = tmp_path_factory.mktemp("sketch") / "fruit.npy"
    np.save(path, np.asarray(Image.open(ROOT / "examples/fruit.png").convert("L")))
    return path


@pytest.fixture(scope="module")
def inked_here(linux_zip, sketch, tmp_path_factory) -> dict[str, str]:
    """Checksums of the same job on Linux, with the Linux zip."""
    folder = tmp_path_factory.mktemp("linux")
    with zipfile.ZipFile(linux_zip) as packed:
        packed.extractall(folder)
    command = [sys.executable, "-I", "-B", JOBS / "start.py", JOBS / "ink.py", folder, sketch]
    ran = subprocess.run(command, capture_output=True, text=True, check=True, cwd=folder)
    return answer(ran.stdout)["ink"]


def import_zip(windows: Windows, path: Path) -> None:
    said = windows.python("3.13", IMPORTER, path, f"C:\\users\\{wine.USER}\\AppData\\Roaming\\krita")
    assert "Imported plugin: Smart Lineart" in said


def answer(said: str) -> dict:
    """The last line a job said; the rest when that is no answer."""
    try:
        return json.loads(said.splitlines()[-1])
    except (ValueError, IndexError):
        pytest.fail(said)


def newer(path: Path, folder: Path) -> Path:
    """The zip as a newer version would be, with libraries of its own."""
    changed = folder / "newer.zip"
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(changed, "w") as new:
        for info in old.infolist():
            data = old.read(info)
            info.compress_type = zipfile.ZIP_STORED
            if info.filename == "smart_lineart/__init__.py":
                data = data.replace(smart_lineart.__version__.encode(), b"99.0")
            elif info.filename == "smart_lineart/bundle.json":
                data = json.dumps({**json.loads(data), "libraries": "newer"}).encode()
            new.writestr(info, data)
    return changed


@pytest.mark.parametrize("version", PYTHONS)
def test_every_style_is_inked_in_a_process_of_its_own_as_on_linux(version, windows, sketch, inked_here):
    before = files_of_the_user(windows)
    said = answer(windows.python(version, JOBS / "ink.py", windows.plugin, sketch))
    assert said["python"].startswith(f"{version}.")
    assert (said["platform"], said["runtime"], said["notices"]) == ("win32", "openvino", [])
    assert set(said["ink"]) == set(STYLES)
    assert said["ink"] == inked_here
    written = {path.split("/")[0] for path in files_of_the_user(windows) - before}
    assert written <= {"smart_lineart-libraries"}  # what SECURITY.md says of Windows


def files_of_the_user(windows: Windows) -> set[str]:
    """All files in the user's folders, by their paths from Krita's resource folder."""
    user = windows.drive / "users" / wine.USER
    return {os.path.relpath(path, windows.krita) for path in user.rglob("*") if path.is_file()}


def test_a_worker_killed_in_mid_run_is_replaced_and_a_run_cancelled(windows, sketch):
    said = answer(windows.python("3.10", JOBS / "mishaps.py", windows.plugin, sketch))
    assert said["replaced"]
    assert said["notices"] == ["The inking process ended unexpectedly; inking went on in a new one."]
    assert said["cancelled"]
    assert said["same"] == [True, True]
    assert said["later_notices"] == []


def test_a_worker_that_goes_wrong_is_replaced_and_then_given_up_in_a_sentence(windows, sketch):
    said = answer(
        windows.python("3.13", JOBS / "worker_faults.py", windows.plugin, sketch, ROOT, *WORKER_FAULTS)
    )
    anew = "The inking process ended unexpectedly; inking went on in a new one."
    assert said["came"] == {fault: [True, 0, anew] for fault in WORKER_FAULTS}
    assert re.match(r"The inking process crashed .*document is as it was", said["sentence"])
    assert (said["after"], said["inside"]) == (True, False)


@pytest.mark.long
def test_unit_tests_pass(windows, real_wheels):
    wheel = next(path for one, path in real_wheels("windows-x86_64") if one.file.startswith("numpy-") and
                 one.python == "cp310")  # fmt: skip
    packages, numpy = windows.install_packages(wheel)
    folders = (windows.plugin, "", packages, numpy)
    files = unit_tests()
    halves = [
        windows.start_python("3.10", JOBS / "unit_tests.py", *folders, "-q", "-m", PLAIN, *files[half::2])
        for half in (0, 1)
    ]
    try:
        said = [half.communicate("", timeout=wine.SECONDS)[0] for half in halves]
    finally:
        for half in halves:
            half.kill()
            half.wait()
    assert [half.returncode for half in halves] == [0, 0], "\n".join(said)
    assert sum(int(re.search(r"(\d+) passed", one)[1]) for one in said) > 1000, said


def test_an_update_replaces_what_is_loaded_and_all_is_taken_out_in_the_end(
    windows, windows_zip, sketch, inked_here, tmp_path
):
    # Not 3.13: its worker would copy the newer libraries with what Wine 8 lacks (windows_jobs/start.py).
    first = windows.start_python("3.10", JOBS / "stay.py", windows.plugin, sketch)
    try:
        line = first.stdout.readline()
        before = answer(line if line.startswith("{") else line + first.stdout.read())
        assert (before["ink"], before["locked"]) == (inked_here, True)
        older = files_of_copies(windows)
        import_zip(windows, newer(windows_zip, tmp_path))
        after, _ = first.communicate("\n", timeout=wine.SECONDS)
    finally:
        first.kill()
        first.wait()
    after = answer(after)
    assert (after["version"], after["ink"]) == (smart_lineart.__version__, inked_here)
    # A worker that is started after the update comes from it, beside the older copy, which is whole.
    assert (after["same"], after["replaced"], after["anew"]) == (True, True, inked_here)
    assert after["notices"] == []
    copies = files_of_copies(windows)
    assert older < copies
    assert {path.parts[0] for path in copies - older} == {"newer"}
    next_start = answer(windows.python("3.13", JOBS / "ink.py", windows.plugin, sketch))
    assert (next_start["version"], next_start["ink"]) == ("99.0", inked_here)
    copies = [path.name for path in (windows.krita / "smart_lineart-libraries").iterdir()]
    assert copies == ["newer"]  # no Krita uses the older ones any more
    take_out(windows)


def files_of_copies(windows: Windows) -> set[Path]:
    """The files of all copies of libraries, from the folder that holds the copies."""
    folder = windows.krita / "smart_lineart-libraries"
    return {path.relative_to(folder) for path in folder.rglob("*") if path.is_file()}


def take_out(windows: Windows) -> None:
    """Uninstall, and see what is left: the artist's brush, and Krita's files as Windows writes them."""
    brush = windows.krita / "smart_lineart/brushes/mine.png"
    brush.parent.mkdir(parents=True)
    brush.write_bytes(b"a strip")
    windows.settings.mkdir(parents=True, exist_ok=True)
    settings = windows.settings / "kritarc"
    settings.write_bytes(b"first=1\r\n\r\n[python]\r\nenable_smart_lineart=true\r\nenable_other=true\r\n")
    said = windows.python("3.10", ROOT / "build_plugin.py", "--uninstall")
    assert "Removed or cleaned" in said
    assert "Kept the brushes you made, in C:" in said
    left = sorted(path.relative_to(windows.krita).as_posix() for path in windows.krita.rglob("*.*"))
    assert left == ["smart_lineart/brushes/mine.png"]
    assert settings.read_bytes() == b"first=1\r\n\r\n[python]\r\nenable_other=true\r\n"
