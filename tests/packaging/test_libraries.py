# SPDX-License-Identifier: GPL-3.0-or-later
"""Every library in every zip finds what it imports: in the zip, in the platform, or in the Python that loads
it.

Reads the import tables of ELF, PE and Mach-O files, so all zips are checked on any computer.
"""

from __future__ import annotations

import fnmatch
import re
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

import lief
import pytest

from packaging_tools import contents, macho, recipes

LIBRARY = re.compile(r".*\.(so(\.\d+)*|pyd|dll|dylib)|.*\.so\.\d.*")
# What every Linux with Krita has: the C library, the compiler's, and zlib, which Qt needs.
LINUX = {
    *(f"lib{name}" for name in ("c.so.6", "m.so.6", "dl.so.2", "pthread.so.0", "rt.so.1", "z.so.1")),
    *("ld-linux-x86-64.so.2", "libgcc_s.so.1", "libstdc++.so.6"),
}
# Windows itself, its universal C runtime, and the interpreter inside Krita.
WINDOWS = (
    *("kernel32.dll", "advapi32.dll", "user32.dll", "shell32.dll", "ole32.dll", "oleaut32.dll", "ws2_32.dll"),
    *("bcrypt.dll", "shlwapi.dll", "cfgmgr32.dll", "setupapi.dll", "psapi.dll", "dbghelp.dll", "ntdll.dll"),
    *("api-ms-win-*.dll", "python3*.dll"),
)
MACOS = ("/usr/lib/libSystem.B.dylib", "/usr/lib/libc++.1.dylib", "/usr/lib/libobjc.A.dylib",
         "/System/Library/Frameworks/*")  # fmt: skip
# The driver of an Intel GPU brings OpenCL; without it OpenVINO cannot load this plugin and lists no GPU.
GPU_PLUGINS = ("openvino_intel_gpu_plugin.dll", "libopenvino_intel_gpu_plugin.so")
OPENCL = ("libOpenCL.so.1", "opencl.dll")
# The oldest C library that a zip may ask for: that of Krita's AppImages and of every distribution still kept
# up.
OLDEST_GLIBC = (2, 31)
OLDEST_GLIBCXX = (3, 4, 28)


@pytest.fixture(scope="module", params=recipes.RECIPES)
def libraries(request, real_wheels, tmp_path_factory) -> tuple[recipes.Recipe, dict[str, Path]]:
    """The libraries of a zip by their names in the plugin's folder, unpacked."""
    recipe = recipes.RECIPES[request.param]
    entries = contents.gather(recipe, real_wheels(recipe.platform))
    folder = tmp_path_factory.mktemp(recipe.name)
    found = {}
    for name in entries:
        if LIBRARY.fullmatch(name):
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(entries.read(name))
            found[name.removeprefix("smart_lineart/")] = path
    return recipe, found


def missing_imports(recipe: recipes.Recipe, files: dict[str, Path]) -> list[str]:
    """ "library needs import" for each import that would not be found."""
    finder = {"linux": missing_in_elf, "windows": missing_in_pe, "macos": missing_in_macho}
    missing = finder[recipe.platform.split("-")[0]]
    return [f"{name} needs {wanted}" for name, path in files.items() for wanted in missing(name, path, files)]


def missing_in_elf(name: str, path: Path, files: dict[str, Path]) -> Iterator[str]:
    binary = lief.ELF.parse(str(path))
    places = [
        PurePosixPath(name).parent / path.removeprefix("$ORIGIN").lstrip("/") for path in run_paths(binary)
    ]
    for wanted in binary.libraries:
        here = {str(normal(place / wanted)) for place in places}
        if wanted not in LINUX and not here & set(files) and not is_opencl(name, wanted):
            yield wanted


def run_paths(binary: lief.ELF.Binary) -> list[str]:
    values = []
    for entry in binary.dynamic_entries:
        if isinstance(entry, lief.ELF.DynamicEntryRunPath):
            values.append(str(entry.runpath))
        elif isinstance(entry, lief.ELF.DynamicEntryRpath):
            values.append(str(entry.rpath))
    return [path for value in values for path in value.split(":") if path.startswith("$ORIGIN")]


def missing_in_pe(name: str, path: Path, files: dict[str, Path]) -> Iterator[str]:
    binary = lief.PE.parse(str(path))
    # Windows looks beside the library, in what os.add_dll_directory was given (see bundled.py and numpy's own
    # _distributor_init), and through what is loaded already; names have no case.
    top = PurePosixPath(name).parts[:2]
    folders = [
        PurePosixPath(name).parent,
        PurePosixPath("runtime_libs/openvino"),
        PurePosixPath(*top, "numpy.libs"),
    ]
    known = {other.lower() for other in files}
    wanted_names = [entry.name for entry in binary.imports] + [entry.name for entry in binary.delay_imports]
    for wanted in wanted_names:
        low = wanted.lower()
        if any(fnmatch.fnmatch(low, pattern) for pattern in WINDOWS) or is_opencl(name, low):
            continue
        if not {str(folder / low).lower() for folder in folders} & known:
            yield wanted


def missing_in_macho(name: str, path: Path, files: dict[str, Path]) -> Iterator[str]:
    for binary in slices(path):
        folder = PurePosixPath(name).parent
        rpaths = [entry.path for entry in binary.rpaths]
        for library in binary.libraries:
            wanted = library.name
            if library.command == lief.MachO.LoadCommand.TYPE.ID_DYLIB:
                continue
            if any(fnmatch.fnmatch(wanted, pattern) for pattern in MACOS):
                continue
            places = (
                [wanted] if not wanted.startswith("@rpath") else [wanted.replace("@rpath", r) for r in rpaths]
            )
            here = {str(normal(folder / place.removeprefix("@loader_path").lstrip("/"))) for place in places
                    if place.startswith("@loader_path")}  # fmt: skip
            if not here & set(files):
                yield wanted


def slices(path: Path) -> Iterator[lief.MachO.Binary]:
    """The file's binaries, one for each processor; they live as long as the file's object does."""
    file = lief.MachO.parse(str(path))
    yield from file


def normal(path: PurePosixPath) -> PurePosixPath:
    """Without `a/..`."""
    parts: list[str] = []
    for part in path.parts:
        if part == ".." and parts:
            parts.pop()
        elif part != ".":
            parts.append(part)
    return PurePosixPath(*parts)


def is_opencl(name: str, wanted: str) -> bool:
    return PurePosixPath(name).name in GPU_PLUGINS and wanted in OPENCL


def test_every_import_is_found(libraries):
    recipe, files = libraries
    assert len(files) > 50
    assert missing_imports(recipe, files) == []


def test_a_library_that_is_left_out_is_noticed(libraries):
    recipe, files = libraries
    for part in ("tbb", "openblas", *(["msvcp140.dll", "vcruntime140_1.dll"] if recipe.msvc else [])):
        fewer = {name: path for name, path in files.items() if part not in PurePosixPath(name).name}
        assert len(fewer) < len(files)
        assert missing_imports(recipe, fewer), part


def test_every_library_is_for_its_platform(libraries):
    recipe, files = libraries
    system = recipe.platform.split("-")[0]
    for name, path in files.items():
        if system == "linux":
            assert lief.ELF.parse(str(path)).header.machine_type == lief.ELF.ARCH.X86_64, name
        elif system == "windows":
            assert lief.PE.parse(str(path)).header.machine == lief.PE.Header.MACHINE_TYPES.AMD64, name
        else:
            kinds = {binary.header.cpu_type for binary in slices(path)}
            assert lief.MachO.Header.CPU_TYPE.ARM64 in kinds, name


def test_libraries_ask_for_no_newer_system_than_krita_does(libraries):
    recipe, files = libraries
    system = recipe.platform.split("-")[0]
    for name, path in files.items():
        if system == "linux":
            newest = needed_versions(lief.ELF.parse(str(path)))
            assert newest.get("GLIBC", (0,)) <= OLDEST_GLIBC, name
            assert newest.get("GLIBCXX", (0,)) <= OLDEST_GLIBCXX, name
        elif system == "macos":
            for binary in slices(path):
                minimum = (
                    binary.build_version.minos if binary.has_build_version else binary.version_min.version
                )
                assert tuple(minimum[:2]) <= macho.OLDEST, name
                assert binary.has_code_signature, f"{name} is not signed, so no Apple processor would run it"


def test_a_mac_loads_each_library_as_it_was_signed_and_no_other(libraries):
    recipe, files = libraries
    if recipe.platform != "macos-arm64":
        pytest.skip("signed pages are a Mac's")
    for name, path in files.items():
        assert macho.faults(name, path.read_bytes(), files) == []
    name = "runtime_libs/openvino/libtbb.12.dylib"
    data = bytearray(files[name].read_bytes())
    data[len(data) // 2] ^= 1
    (fault,) = macho.faults(name, bytes(data), files)
    assert "is not as it was signed" in fault


def needed_versions(binary: lief.ELF.Binary) -> dict[str, tuple[int, ...]]:
    newest: dict[str, tuple[int, ...]] = {}
    for requirement in binary.symbols_version_requirement:
        for symbol in requirement.get_auxiliary_symbols():
            match = re.fullmatch(r"(GLIBC|GLIBCXX)_([\d.]+)", symbol.name)
            if match:
                version = tuple(int(number) for number in match[2].split("."))
                newest[match[1]] = max(newest.get(match[1], (0,)), version)
    return newest


def test_what_openvino_looks_up_by_name_is_there(libraries):
    recipe, files = libraries
    here = {PurePosixPath(name).name for name in files if name.startswith("runtime_libs/")}
    assert here == {name for name in (*recipe.openvino, *recipe.msvc) if LIBRARY.fullmatch(name)}
    if recipe.platform.startswith("linux"):
        for name, path in files.items():
            binary = lief.ELF.parse(str(path))
            soname = [
                entry.name
                for entry in binary.dynamic_entries
                if isinstance(entry, lief.ELF.DynamicSharedObject)
            ]
            if name.startswith("runtime_libs/") and soname:
                assert soname == [PurePosixPath(name).name]
