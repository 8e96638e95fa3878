# SPDX-License-Identifier: GPL-3.0-or-later
"""Loading and running a network opens no socket and leaves no file, whatever the runtime."""

from __future__ import annotations

import importlib.util
import signal
import sys
from pathlib import Path

import pytest

from tests.inking.tiny_models import write_onnx
from tests.inking.watched_child import PYTHON_SOCKET
from tests.inking.watching import run_watched

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="watched with Linux's own means")

INK = """
import sys
import numpy as np
from pathlib import Path
from smart_lineart.inking.network.runtime import list_devices, load_network

network, runtime, device = load_network(Path({onnx!r}), runtime={runtime!r}, device="gpu")
assert runtime == {runtime!r}
assert network.run(np.zeros((1, 1, 64, 96), np.uint8)).shape == (1, 2, 64, 96)
network.release_memory()
network.run(np.zeros((1, 1, 32, 32), np.uint8))
network.close()
assert list_devices()
assert "openvino" not in sys.modules
"""


@pytest.mark.parametrize("runtime", ["openvino", "onnxruntime"])
def test_inference_opens_no_socket_and_writes_no_file(runtime: str, tmp_path: Path) -> None:
    onnx = write_onnx(tmp_path / "tiny.onnx")
    watched = run_watched(INK.format(onnx=str(onnx), runtime=runtime), tmp_path / "watched")
    assert (watched.status, watched.errors) == (0, "")
    assert watched.output == ""
    assert watched.files == []


def test_a_socket_opened_by_native_code_is_caught(tmp_path: Path) -> None:
    watched = run_watched("import ctypes; ctypes.CDLL(None).socket(2, 1, 0)", tmp_path)
    assert watched.status == -signal.SIGSYS


def test_a_socket_opened_by_python_is_caught(tmp_path: Path) -> None:
    watched = run_watched("import socket; socket.socket()", tmp_path)
    assert watched.status == PYTHON_SOCKET


def test_a_written_file_is_caught(tmp_path: Path) -> None:
    watched = run_watched("open('note', 'w').write('text')", tmp_path)
    assert watched.status == -signal.SIGXFSZ


def test_an_empty_file_is_caught(tmp_path: Path) -> None:
    watched = run_watched("open('note', 'w').close()", tmp_path)
    assert watched.status == 0
    assert [file.name for file in watched.files] == ["note"]


@pytest.mark.skipif(importlib.util.find_spec("onnxruntime") is None, reason="ONNX Runtime is not installed")
def test_onnx_runtime_is_told_before_its_import_to_report_nothing(tmp_path: Path) -> None:
    code = """
import os, sys
class Witness:
    def find_spec(self, name, path=None, target=None):
        if name == "onnxruntime":
            print(os.environ.get("ORT_DISABLE_TELEMETRY"))
sys.meta_path.insert(0, Witness())
from smart_lineart.inking.network.runtime import list_devices
list_devices()
"""
    watched = run_watched(code, tmp_path)
    assert watched.output == "1\n"
