# SPDX-License-Identifier: GPL-3.0-or-later
"""Gathers a zip's files: the plugin, its models, manual and licences, and its libraries out of the wheels."""

from __future__ import annotations

import hashlib
import json
import re
import zipfile
from pathlib import Path, PurePosixPath

from . import manual
from .entries import Entries
from .errors import PackingError
from .recipes import Recipe
from .wheels import Wheel

ROOT = Path(__file__).resolve().parent.parent
NAME = "smart_lineart"
LIBRARIES = f"{NAME}/runtime_libs/openvino"
LICENCES = f"{NAME}/licences"
TRAINING_DATA = "docs/data.md"

# The command stays out: it needs Pillow, and nothing in Krita calls it.
_LEFT_OUT = ("cli", "__pycache__", "models", "runtime_libs", "vendor")
_LEFT_OUT_FILES = ("__main__.py", "py.typed")
_LEFT_OUT_SUFFIXES = (".po", ".pot")  # translators' files: the plugin reads the .mo made from them
_SOURCE_SUFFIXES = (".py", ".mo", ".png", ".svg")
MODELS = ("lineart", "lines")  # for sketches, of which the docker offers no other, and for finished pictures
_MODEL_FILES = ("README.md", "metadata.json", "model.onnx")

# What numpy needs only to build or test others; its public modules all stay, since other plugins may share
# it.
_NUMPY_FOLDERS = {"tests", "f2py", "distutils", "include", "doc", "_pyinstaller"}
_NUMPY_SUFFIXES = (".pyi", ".a", ".lib", ".h", ".c", ".ini", ".pxd", ".pyx", ".typed", ".build", ".in", ".md")
_NUMPY_TESTS = re.compile(r"_(simd|\w+_tests)\.[^/]*\.(so|pyd)")
# How numpy was built, for `numpy.show_config()`: the one file that differs between wheels of one version.
_NUMPY_BUILD = "numpy/__config__.py"


def version(root: Path = ROOT) -> str:
    """The plugin's version."""
    text = (root / NAME / "__init__.py").read_text(encoding="utf-8")
    match = re.search(r'^__version__ = "([^"]+)"$', text, re.MULTILINE)
    if match is None:
        raise PackingError(f"{NAME}/__init__.py does not say its version.")
    return match[1]


def gather(recipe: Recipe, wheels: list[tuple[Wheel, Path]], root: Path = ROOT) -> Entries:
    """Everything that goes into the zip. Raises PackingError where something is missing."""
    entries = Entries()
    _add_plugin(entries, root)
    _add_models(entries, root)
    _add_licences(entries, wheels, root)
    numpy = {
        wheel.python: _add_numpy(entries, wheel, path) for wheel, path in _of(wheels, "numpy", recipe.without)
    }
    for _, path in _of(wheels, "openvino"):
        _add_libraries(entries, path, "openvino/libs/", recipe.openvino)
    for _, path in _of(wheels, "msvc_runtime"):
        _add_libraries(entries, path, "msvc_runtime", recipe.msvc)
    manifest = {
        "version": version(root),
        "platform": recipe.platform,
        "libraries": _library_key(entries),
        "numpy": numpy,
        "wheels": [wheel.file for wheel, _ in wheels if wheel.python not in recipe.without],
    }
    entries.add_bytes(f"{NAME}/bundle.json", (json.dumps(manifest, indent=2) + "\n").encode())
    return entries


def _of(
    wheels: list[tuple[Wheel, Path]], project: str, without: tuple[str, ...] = ()
) -> list[tuple[Wheel, Path]]:
    return [
        (wheel, path) for wheel, path in wheels if wheel.project == project and wheel.python not in without
    ]


def _add_plugin(entries: Entries, root: Path) -> None:
    for suffix in ("desktop", "action"):
        entries.add_file(f"{NAME}.{suffix}", root / f"{NAME}.{suffix}")
    for path in sorted((root / NAME).rglob("*")):
        inside = path.relative_to(root / NAME)
        if path.is_dir() or inside.name in _LEFT_OUT_FILES or set(inside.parts) & set(_LEFT_OUT):
            continue
        if path.suffix in _LEFT_OUT_SUFFIXES:
            continue
        if path.suffix not in _SOURCE_SUFFIXES or path.is_symlink():
            raise PackingError(f"{path} does not belong into the plugin: remove it.")
        entries.add_file(f"{NAME}/{inside.as_posix()}", path)
    pages = root / "docs" / "manual"
    for name in manual.names(pages):
        entries.add_bytes(f"{NAME}/{name}", manual.build(pages, name).encode())


def _add_models(entries: Entries, root: Path) -> None:
    for model in MODELS:
        folder = root / "models" / model
        if not folder.is_dir():
            raise PackingError(f"There is no model {model} in models/.")
        for name in _MODEL_FILES:
            if not (folder / name).is_file():
                raise PackingError(f"The model {folder} lacks {name}.")
            entries.add_file(f"{NAME}/models/{model}/{name}", folder / name)


def _add_licences(entries: Entries, wheels: list[tuple[Wheel, Path]], root: Path) -> None:
    entries.add_file(f"{LICENCES}/Smart Lineart.txt", root / "LICENSE")
    entries.add_file(f"{LICENCES}/training data.md", root / TRAINING_DATA)
    for wheel, path in wheels:
        found = False
        for member in _members(path):
            parts = PurePosixPath(member).parts
            if not parts[0].endswith(".dist-info") or "licen" not in member.lower():
                continue
            inside = [part for part in parts[1:] if part.lower() not in ("licenses", "licensing")]
            entries.add_member(f"{LICENCES}/{wheel.project}-{wheel.version}/{'-'.join(inside)}", path, member)
            found = True
        if not found:
            raise PackingError(f"{wheel.file} holds no licence.")


def _add_numpy(entries: Entries, wheel: Wheel, path: Path) -> str:
    """Add one Python's numpy; returns its folder in the plugin.

    The wheels of one version share all but their extension modules, whose names tell the Python they are
    for. So one
    folder serves several Pythons, and the large BLAS library is there once.
    """
    folder = f"vendor/numpy-{wheel.version}"
    for member in _members(path):
        if not _numpy_needs(member):
            continue
        name = f"{NAME}/{folder}/{member}"
        if member == _NUMPY_BUILD and name in entries:
            continue
        entries.add_member(name, path, member)
    return folder


def _numpy_needs(member: str) -> bool:
    parts = PurePosixPath(member).parts
    if parts[0] not in ("numpy", "numpy.libs") or set(parts) & _NUMPY_FOLDERS:
        return False
    return not member.endswith(_NUMPY_SUFFIXES) and _NUMPY_TESTS.fullmatch(parts[-1]) is None


def _add_libraries(entries: Entries, wheel: Path, folder: str, wanted: tuple[str, ...]) -> None:
    members = {PurePosixPath(member).name: member for member in _members(wheel) if member.startswith(folder)}
    for name in wanted:
        if name not in members:
            raise PackingError(f"{wheel.name} holds no {name}.")
        entries.add_member(f"{LIBRARIES}/{name}", wheel, members[name])


def _members(wheel: Path) -> list[str]:
    with zipfile.ZipFile(wheel) as archive:
        return [name for name in archive.namelist() if not name.endswith("/")]


def _library_key(entries: Entries) -> str:
    """A name for exactly these libraries, the same in every version of the plugin that carries them."""
    digest = hashlib.sha256()
    for name in entries:
        if name.startswith((f"{NAME}/runtime_libs/", f"{NAME}/vendor/")):
            digest.update(f"{name}\n{hashlib.sha256(entries.read(name)).hexdigest()}\n".encode())
    return digest.hexdigest()[:16]
