# SPDX-License-Identifier: GPL-3.0-or-later
"""Small stand-ins for the published wheels, with the same layout."""

from __future__ import annotations

import zipfile
from pathlib import Path

from packaging_tools.recipes import Recipe
from packaging_tools.wheels import Wheel, sha256_of, wheels_of

# Last part of an extension module's name; an interpreter loads only those with its own.
ENDINGS = {
    "linux-x86_64": "cpython-{digits}-x86_64-linux-gnu.so",
    "windows-x86_64": "cp{digits}-win_amd64.pyd",
    "macos-arm64": "cpython-{digits}-darwin.so",
}


def make(recipe: Recipe, folder: Path) -> list[tuple[Wheel, Path]]:
    """Write a stand-in for each wheel that is recorded for the recipe's platform."""
    folder.mkdir(parents=True, exist_ok=True)
    makers = {"numpy": numpy_files, "openvino": openvino_files, "msvc_runtime": msvc_files}
    made = []
    for wheel in wheels_of(recipe.platform):
        path = write(folder / wheel.file, wheel, makers[wheel.project](wheel, recipe))
        made.append((Wheel(wheel.file, sha256_of(path)), path))
    return made


def write(path: Path, wheel: Wheel, files: dict[str, str]) -> Path:
    """Write a wheel with these files, and the metadata every wheel has."""
    info = f"{wheel.project}-{wheel.version}.dist-info"
    metadata = f"Metadata-Version: 2.1\nName: {wheel.project}\nVersion: {wheel.version}\n"
    tags = [f"Tag: {wheel.python}-{wheel.python}-{platform}" for platform in wheel.platforms]
    files = {
        **files,
        f"{info}/licenses/LICENSE": f"the licence of {wheel.project}",
        f"{info}/METADATA": metadata,
        f"{info}/WHEEL": "\n".join(["Wheel-Version: 1.0", "Root-Is-Purelib: false", *tags, ""]),
        f"{info}/RECORD": "",
    }
    with zipfile.ZipFile(path, "w") as archive:
        for name, text in files.items():
            archive.writestr(name, text)
    return path


def numpy_files(wheel: Wheel, recipe: Recipe) -> dict[str, str]:
    """What every numpy wheel has, with one extension module for its Python, and what is left out."""
    ending = ENDINGS[recipe.platform].format(digits=wheel.python[2:])
    return {
        "numpy/__init__.py": f"__version__ = '{wheel.version}'\n",
        "numpy/__config__.py": f"# built for {wheel.python}\n",
        f"numpy/_core/_multiarray_umath.{ending}": f"code for {wheel.python}",
        f"numpy/_core/_rational_tests.{ending}": "tests",
        f"numpy/_core/_simd.{ending}": "tests",
        "numpy/random/__init__.py": "",
        "numpy/__init__.pyi": "types",
        "numpy/tests/test_all.py": "tests",
        "numpy/_core/include/numpy/arrayobject.h": "a header",
        "numpy/f2py/__init__.py": "",
        "numpy.libs/libblas.so": f"blas of {wheel.version}",
    }


def openvino_files(wheel: Wheel, recipe: Recipe) -> dict[str, str]:
    """The libraries the recipe takes, and one it leaves."""
    wanted = {f"openvino/libs/{name}": name for name in recipe.openvino}
    return {"openvino/__init__.py": "", "openvino/libs/libopenvino_paddle_frontend.so": "", **wanted}


def msvc_files(wheel: Wheel, recipe: Recipe) -> dict[str, str]:
    """The libraries the recipe takes."""
    return {f"msvc_runtime-{wheel.version}.data/data/Scripts/{name}": name for name in recipe.msvc}
