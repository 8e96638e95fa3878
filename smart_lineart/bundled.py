# SPDX-License-Identifier: GPL-3.0-or-later
"""What the plugin's zip carries besides itself: numpy for several Pythons, and OpenVINO's libraries.

``bundle.json``, beside this file, says what is there; a checkout or an installed wheel has none and uses
what the
system has. Imported before anything that needs numpy, so only the standard library is used here.
"""

from __future__ import annotations

import importlib
import importlib.util
import json
import os
import platform
import shutil
import sys
import sysconfig
import tempfile
from pathlib import Path
from typing import IO, Any

from smart_lineart.said import Said, SaidError

PACKAGE = Path(__file__).resolve().parent
MANIFEST = "bundle.json"
OPENVINO_VARIABLE = "SMART_LINEART_OPENVINO"
PACKAGES_VARIABLE = "SMART_LINEART_PACKAGES"
LIBRARY_FOLDERS = ("runtime_libs", "vendor")
IN_USE = "in-use"  # a file in each copy of the libraries, open as long as somebody loads from it

_MACHINES = {"amd64": "x86_64", "aarch64": "arm64"}
_SYSTEMS = {"win32": "windows", "darwin": "macos"}
_held: list[IO[bytes]] = []


class DoesNotFit(SaidError):
    """The plugin's file is for another system or Python."""


def activate() -> None:
    """Make numpy importable and lead the engine to the bundled OpenVINO. Raises DoesNotFit.

    Packages that the artist added for this Python (see `added_packages`) become importable too.
    """
    added = added_packages()
    os.environ[PACKAGES_VARIABLE] = str(added)
    if added.is_dir() and str(added) not in sys.path:
        sys.path.append(str(added))
    manifest = read_manifest()
    if manifest is None:
        return
    if manifest["platform"] != running_platform():
        raise DoesNotFit(
            "This is Smart Lineart for {platform}, but this Krita runs on {other}: "
            "import the file made for your system.",
            platform=manifest["platform"],
            other=running_platform(),
        )
    libraries = _unlocked_libraries(manifest["libraries"])
    if sys.platform == "win32":
        # Kept on the search path as long as Krita runs: numpy's and ONNX Runtime's libraries need
        # Microsoft's too.
        os.add_dll_directory(str(libraries / "runtime_libs" / "openvino"))
    if libraries != PACKAGE and _ours_to_lead():
        os.environ[OPENVINO_VARIABLE] = str(libraries / "runtime_libs" / "openvino")
    _import_numpy(manifest["numpy"], libraries)


def read_manifest(folder: Path = PACKAGE) -> dict[str, Any] | None:
    """What the zip carries: version, platform, the libraries' key and numpy's folder for each Python."""
    try:
        text = (folder / MANIFEST).read_text(encoding="utf-8")
    except FileNotFoundError:
        return None
    manifest: dict[str, Any] = json.loads(text)
    return manifest


def running_platform() -> str:
    """The platform this Python runs on, as the zips are named: "linux-x86_64", "windows-x86_64",
    "macos-arm64".
    """
    # On Windows the interpreter's own, since an emulated one may be told the computer's.
    machine = (
        sysconfig.get_platform().split("-")[-1] if sys.platform == "win32" else platform.machine().lower()
    )
    return f"{_SYSTEMS.get(sys.platform, 'linux')}-{_MACHINES.get(machine, machine)}"


def python_tag() -> str:
    """The ABI of this Python, such as "cp313", or "cp313t" for a free-threaded build."""
    return f"cp{sys.version_info[0]}{sys.version_info[1]}{'t' if 't' in getattr(sys, 'abiflags', '') else ''}"


def resources() -> Path:
    """Krita's resource folder, which holds ``pykrita`` and with it this plugin."""
    return PACKAGE.parent.parent


def added_packages() -> Path:
    """Where an artist may put Python packages for this Krita, ONNX Runtime say; updates leave it alone."""
    return resources() / "smart_lineart-packages" / python_tag()


def library_copies() -> Path:
    """Where the libraries are loaded from on Windows."""
    return resources() / "smart_lineart-libraries"


def _ours_to_lead() -> bool:
    """Whether the artist has named no OpenVINO.

    A worker that is started after an update inherits the older copy's name from its Krita: no artist's wish.
    """
    named = os.environ.get(OPENVINO_VARIABLE)
    return not named or library_copies() in Path(named).parents


def _import_numpy(folders: dict[str, str], libraries: Path) -> None:
    if "numpy" in sys.modules:  # another plugin brought it, and there can be only one
        return
    folder = folders.get(python_tag())
    if folder is None:
        spec = importlib.util.find_spec("numpy")
        if (
            spec is None or spec.origin is None
        ):  # a folder of that name alone, as Debian leaves one, is no numpy
            raise _no_numpy(sorted(folders, key=_age))
        return
    path = str(libraries / folder)
    sys.path.insert(0, path)
    try:
        importlib.import_module("numpy")
    except ImportError as error:
        reason = " ".join(str(error.__cause__ or error).split())
        raise DoesNotFit(
            "The numpy in Smart Lineart's file does not load on this system ({reason}): "
            "import the file made for your system, or ask for help with this sentence.",
            reason=reason[:200],
        ) from error
    finally:
        # Its own modules are found through the package; what lies beside it is not for other plugins.
        sys.path.remove(path)


def _no_numpy(tags: list[str]) -> DoesNotFit:
    *names, last = [f"{tag[2]}.{tag[3:]}" for tag in tags]
    # Translators: versions of Python, such as "3.10, 3.11 and 3.13".
    carried = Said("{names} and {last}", names=", ".join(names), last=last) if names else last
    return DoesNotFit(
        "This Krita runs Python {python}, and Smart Lineart's file carries numpy for {pythons}: install your "
        "system's numpy package (python3-numpy) and restart Krita, or use the Krita from krita.org.",
        python=".".join(map(str, sys.version_info[:2])),
        pythons=carried,
    )


def _age(tag: str) -> int:
    return int(tag[3:])


def _unlocked_libraries(key: str, system: str = sys.platform) -> Path:
    """The folder to load libraries from.

    Windows does not let go of a loaded library's file, so an update could not replace it. There a copy is
    loaded that
    lies outside the plugin's folder and is named after its content; copies that no Krita uses any more go.
    """
    if system != "win32":
        return PACKAGE
    try:
        copy = copy_libraries(PACKAGE, library_copies(), key)
        hold(copy)
    except OSError:  # a full or read-only disk: works all the same, but an update needs Krita closed
        return PACKAGE
    remove_other_copies(copy)
    return copy


def copy_libraries(package: Path, copies: Path, key: str) -> Path:
    """Copy what can be loaded to ``copies/key``, unless it is there, and return that folder. Raises OSError.

    The copy appears whole or not at all; two Kritas that start together end up with the same one.
    """
    target = copies / key
    if target.is_dir():
        return target
    copies.mkdir(parents=True, exist_ok=True)
    partial = Path(tempfile.mkdtemp(prefix=".partial-", dir=copies))
    try:
        for name in LIBRARY_FOLDERS:
            shutil.copytree(package / name, partial / name)
        partial.rename(target)
    except OSError:
        if not target.is_dir():
            raise
    finally:
        shutil.rmtree(partial, ignore_errors=True)
    return target


def hold(copy: Path) -> None:
    """Keep a file of the copy open until this program ends: Windows deletes none that is. Raises OSError."""
    _held.append((copy / IN_USE).open("ab"))


def remove_other_copies(current: Path) -> None:
    """Delete the copies of other versions, except those in use.

    Of these Windows refuses to delete the open file (see `hold`), and to rename the folders.
    """
    for other in current.parent.iterdir():
        if other == current or not other.is_dir():
            continue
        doomed = other if other.name.startswith(".") else other.with_name(f".old-{other.name}")
        try:
            (other / IN_USE).unlink(missing_ok=True)
            other.rename(doomed)
        except OSError:
            continue
        shutil.rmtree(doomed, ignore_errors=True)
