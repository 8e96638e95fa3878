# SPDX-License-Identifier: GPL-3.0-or-later
"""What goes into the zip of each platform."""

from __future__ import annotations

import platform
import sys
from dataclasses import dataclass

from .errors import PackingError

LARGEST = 90_000_000  # bytes, zipped


@dataclass(frozen=True)
class Recipe:
    """One zip: which of the platform's wheels to take, and which libraries out of them.

    ``openvino`` are file names in the wheel's ``openvino/libs``; ``without`` are CPython tags whose numpy
    stays out.
    """

    name: str
    platform: str
    openvino: tuple[str, ...]
    msvc: tuple[str, ...] = ()
    without: tuple[str, ...] = ()


# The C interface, the core, the CPU plugin, the readers of OpenVINO's own and of ONNX files, and threads.
# Versioned
# names are the ones that the libraries look each other up by.
_LINUX = (
    "libopenvino.so.2641",
    "libopenvino_c.so.2641",
    "libopenvino_intel_cpu_plugin.so",
    "libopenvino_ir_frontend.so.2641",
    "libopenvino_onnx_frontend.so.2641",
    "libtbb.so.12",
)
_WINDOWS = (
    "openvino.dll",
    "openvino_c.dll",
    "openvino_intel_cpu_plugin.dll",
    "openvino_ir_frontend.dll",
    "openvino_onnx_frontend.dll",
    "tbb12.dll",
)
_MACOS = (
    "libopenvino.2641.dylib",
    "libopenvino_arm_cpu_plugin.so",
    "libopenvino_c.2641.dylib",
    "libopenvino_ir_frontend.2641.dylib",
    "libopenvino_onnx_frontend.2641.dylib",
    "libtbb.12.dylib",
)
# Microsoft's C++ runtime, which Krita for Windows ships in part and in older versions.
_MSVC = ("msvcp140.dll", "msvcp140_1.dll", "vcruntime140.dll", "vcruntime140_1.dll")

RECIPES = {
    recipe.name: recipe
    for recipe in (
        Recipe("linux-x86_64", "linux-x86_64", _LINUX),
        # With Python 3.12 as well it would be too large; only distributions' Kritas run that, and they have
        # numpy.
        Recipe(
            "linux-x86_64-gpu",
            "linux-x86_64",
            (*_LINUX, "libopenvino_intel_gpu_plugin.so", "cache.json"),
            without=("cp312",),
        ),
        Recipe(
            "windows-x86_64",
            "windows-x86_64",
            (*_WINDOWS, "openvino_intel_gpu_plugin.dll", "cache.json"),
            _MSVC,
        ),
        Recipe("macos-arm64", "macos-arm64", _MACOS),
    )
}
PLATFORMS = ("linux-x86_64", "windows-x86_64", "macos-arm64")

_SYSTEMS = {"linux": "linux", "win32": "windows", "darwin": "macos"}
_MACHINES = {"amd64": "x86_64", "aarch64": "arm64"}


def this_platform() -> str:
    """The platform this computer can run. Raises PackingError where there is no zip for it."""
    machine = platform.machine().lower()
    name = f"{_SYSTEMS.get(sys.platform, sys.platform)}-{_MACHINES.get(machine, machine)}"
    if name not in PLATFORMS:
        raise PackingError(f"There is no zip for {name}; choose one with --platform: {', '.join(PLATFORMS)}.")
    return name
