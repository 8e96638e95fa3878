# SPDX-License-Identifier: GPL-3.0-or-later
"""What is shipped knows no way to run code that came as data, nor to unpack a file where its name says."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
SHIPPED = sorted((ROOT / "smart_lineart").rglob("*.py"))
MODULES = {
    "pickle",
    "cPickle",
    "marshal",
    "shelve",
    "dill",
    "joblib",
    "cloudpickle",
    "yaml",
    "xml",
    "code",
    "runpy",
}
CALLS = {"eval", "exec", "compile", "__import__", "execfile"}
METHODS = {"extractall", "extract", "system", "popen", "fromfile", "from_pickle", "unpack_archive"}
HARMLESS = {"platform.system"}  # tells the system's name
NUMPY = {"load", "loads", "loadtxt", "genfromtxt", "memmap"}
READS_XML = {"krita_host/preset_settings.py"}  # of brush presets, without entities, see tests/fuzz
PROGRAMS = {"network/runtime/worker_process.py", "cli/decoding/decoder.py"}  # our own Python, a list of words


def faults(source: str, name: str = "") -> list[str]:
    """What in a module could run data as code."""
    found = []
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            found += [alias.name for alias in node.names if alias.name.split(".")[0] in MODULES]
            if any(alias.name == "subprocess" for alias in node.names) and not name.endswith(tuple(PROGRAMS)):
                found.append("subprocess")
        elif isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] in MODULES:
            if not (node.module == "xml.etree" and name.endswith(tuple(READS_XML))):
                found.append(str(node.module))
        elif isinstance(node, ast.Call):
            found += called(node)
    return found


def called(node: ast.Call) -> list[str]:
    found = [keyword.arg for keyword in node.keywords if keyword.arg in {"allow_pickle", "shell"}]
    function = node.func
    if isinstance(function, ast.Name) and function.id in CALLS:
        found.append(function.id)
    if isinstance(function, ast.Attribute):
        owner = function.value.id if isinstance(function.value, ast.Name) else ""
        call = f"{owner}.{function.attr}"
        forbidden = function.attr in METHODS or (owner in {"np", "numpy"} and function.attr in NUMPY)
        if forbidden and call not in HARMLESS:
            found.append(call)
    return [str(one) for one in found]


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: str(path.relative_to(ROOT)))
def test_no_module_can_run_data(path: Path) -> None:
    assert faults(path.read_text(encoding="utf-8"), path.as_posix()) == []


@pytest.mark.parametrize(
    "source",
    [
        "import pickle",
        "from xml.etree import ElementTree",
        "import subprocess",
        "eval('1')",
        "exec(text)",
        "import numpy as np\nnp.load(file)",
        "load(file, allow_pickle=True)",
        "archive.extractall()",
        "import os\nos.system('true')",
        "run(words, shell=True)",
    ],
)
def test_what_is_forbidden_is_seen(source: str) -> None:
    assert faults(source) != []
