# SPDX-License-Identifier: GPL-3.0-or-later
"""Checks a finished zip: what Krita's importer asks for, names Windows takes, what a Mac loads, size, and
that the plugin inks.
"""

from __future__ import annotations

import configparser
import json
import stat
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path, PurePosixPath

from . import macho
from .contents import LIBRARIES, MODELS, NAME
from .errors import PackingError
from .recipes import LARGEST, Recipe, this_platform

LONGEST_NAME = 140  # with the longest folders Krita unpacks to, Windows takes 260 characters in all
_FORBIDDEN = set('<>:"|?*\\') | {chr(code) for code in range(32)}
_RESERVED = {"con", "prn", "aux", "nul"} | {
    f"{port}{number}" for port in ("com", "lpt") for number in range(1, 10)
}
_JUNK = (".pyc", ".pyo", ".kra", ".kra~", ".log", ".DS_Store", "Thumbs.db")

# Run by an interpreter of its own on the unpacked zip: inks a circle with what is bundled and nothing else.
_INK = """
import sys
sys.path.insert(0, sys.argv[1])
from smart_lineart import bundled
bundled.activate()
import numpy
from smart_lineart.inking import Inker
y, x = numpy.mgrid[:256, :256]
sketch = numpy.where(abs(numpy.hypot(x - 128, y - 128) - 80) < 2, 40, 250).astype("uint8")
with Inker(runtime="openvino", device="cpu") as inker:
    ink = inker.ink(sketch)
assert ink.shape == sketch.shape and (ink > 128).sum() > 500, "a circle was not inked"
assert numpy.__file__.startswith(sys.argv[1]), numpy.__file__
"""


def check(path: Path, recipe: Recipe) -> list[str]:
    """Check a zip and return notes on what could not be checked here. Raises PackingError with every
    fault.
    """
    faults = []
    with zipfile.ZipFile(path) as archive:
        damaged = archive.testzip()
        if damaged:
            faults.append(f"{damaged} is damaged")
        infos = archive.infolist()
        names = [info.filename for info in infos]
        faults += [fault for name in names for fault in name_faults(name)]
        faults += list_faults(names)
        faults += [f"{info.filename} is neither a file nor a folder" for info in infos if not _is_plain(info)]
        faults += importer_faults(archive)
        faults += _content_faults(archive, recipe)
        if recipe.platform.startswith("macos"):
            faults += _mac_faults(archive)
    size = path.stat().st_size
    if size > LARGEST:
        faults.append(f"it is {size / 1e6:.1f} MB, more than {LARGEST / 1e6:.0f}")
    if faults:
        raise PackingError(f"{path.name} is not fit to ship: " + "; ".join(faults) + ".")
    return _try_inking(path, recipe)


def name_faults(name: str) -> list[str]:
    """What is wrong with one name, on Windows or anywhere."""
    faults = []
    parts = PurePosixPath(name).parts
    if set(name) & _FORBIDDEN or name.startswith("/") or ".." in parts:
        faults.append(f"{name!r} is no name for every system")
    if any(part.split(".")[0].lower() in _RESERVED or part[-1] in ". " for part in parts):
        faults.append(f"{name!r} is a name Windows keeps for itself")
    if len(name) > LONGEST_NAME:
        faults.append(f"{name!r} is too long for Windows")
    if "__pycache__" in parts or name.endswith(_JUNK):
        faults.append(f"{name!r} is left over from someone's work")
    return faults


def list_faults(names: list[str]) -> list[str]:
    """What is wrong with the names together: doubles, also where case counts for nothing, and missing
    folders.
    """
    faults = []
    seen: dict[str, str] = {}
    for name in names:
        other = seen.setdefault(name.rstrip("/").lower(), name)
        if other is not name:
            faults.append(f"{name!r} and {other!r} are the same file on Windows")
    known = set(names)
    parents = {f"{parent}/" for name in names for parent in PurePosixPath(name).parents if parent.name}
    faults += [f"the folder {parent!r} has no entry" for parent in sorted(parents - known)]
    return faults


def importer_faults(archive: zipfile.ZipFile) -> list[str]:
    """What Krita's importer would not accept; it reads the desktop file and looks for what that names."""
    names = archive.namelist()
    desktops = [name for name in names if name.endswith(".desktop")]
    if len(desktops) != 1:
        return [f"it has {len(desktops)} desktop files instead of one"]
    config = configparser.ConfigParser()
    try:
        config.read_string(archive.read(desktops[0]).decode("utf-8"))
        entry = config["Desktop Entry"]
        module, title, manual = entry["X-KDE-Library"], entry["Name"], entry["X-Krita-Manual"]
    except (configparser.Error, KeyError, UnicodeDecodeError) as error:
        return [f"{desktops[0]} cannot be read ({error})"]
    wanted = [f"{module}/", f"{module}/__init__.py", f"{module}/{manual}", f"{module}.action"]
    faults = [f"{name} is missing" for name in wanted if name not in names]
    if not title or desktops[0] != f"{module}.desktop":
        faults.append(f"{desktops[0]} does not name {module}")
    return faults


def _is_plain(info: zipfile.ZipInfo) -> bool:
    mode = info.external_attr >> 16
    return stat.S_ISDIR(mode) if info.is_dir() else stat.S_ISREG(mode)


def _content_faults(archive: zipfile.ZipFile, recipe: Recipe) -> list[str]:
    names = set(archive.namelist())
    try:
        manifest = json.loads(archive.read(f"{NAME}/bundle.json"))
    except (KeyError, ValueError):
        return ["bundle.json is missing or damaged"]
    wanted = [f"{LIBRARIES}/{name}" for name in (*recipe.openvino, *recipe.msvc)]
    wanted += [f"{NAME}/{folder}/numpy/__init__.py" for folder in manifest["numpy"].values()]
    wanted += [f"{NAME}/models/{model}/model.onnx" for model in MODELS]
    faults = [f"{name} is missing" for name in wanted if name not in names]
    for tag, folder in manifest["numpy"].items():
        core = f"{NAME}/{folder}/numpy/_core/_multiarray_umath."
        marks = (f"cpython-{tag[2:]}-", f"{tag}-")
        if not any(name.startswith(tuple(core + mark for mark in marks)) for name in names):
            faults.append(f"numpy for {tag} has no extension modules")
    return faults


def _mac_faults(archive: zipfile.ZipFile) -> list[str]:
    names = set(archive.namelist())
    libraries = sorted(name for name in names if name.endswith((".so", ".dylib")))
    return [fault for name in libraries for fault in macho.faults(name, archive.read(name), names)]


def _try_inking(path: Path, recipe: Recipe) -> list[str]:
    try:
        here = this_platform()
    except PackingError:
        here = ""
    if recipe.platform != here:
        return [f"Not tried: {recipe.platform} cannot be run here."]
    with tempfile.TemporaryDirectory() as folder:
        target = Path(folder).resolve()
        with zipfile.ZipFile(path) as archive:
            archive.extractall(target)
            manifest = json.loads(archive.read(f"{NAME}/bundle.json"))
        tag = f"cp{sys.version_info[0]}{sys.version_info[1]}"
        if tag not in manifest["numpy"]:
            return [f"Not tried: the zip carries no numpy for the Python that runs this ({tag})."]
        # -I: neither this project nor packages of the user's take part.
        ran = subprocess.run(
            [sys.executable, "-I", "-c", _INK, str(target)], capture_output=True, text=True, check=False
        )
    if ran.returncode != 0:
        raise PackingError(f"{path.name} does not ink: {ran.stderr.strip().splitlines()[-1:]}.")
    return []
